//! The world's script: every fault that is the network's or a host's, and every window's opening
//! and closing, as cues in order of time.

use crate::log::HostIx;
use crate::scenario::{EngineTrigger, Period, Scenario, Strike};
use crate::time::SimTime;
use crate::world::{Change, Cue};

/// The cues of a scenario, in order of time; those of one moment in the order of the file, with
/// windows opening before and closing after what happens in them.
#[must_use]
pub(super) fn script(scenario: &Scenario) -> Vec<Cue> {
    let mut cues = Vec::new();
    for (index, window) in (0u16..).zip(&scenario.windows) {
        push(&mut cues, window.period.from, Change::Window { window: index, open: true });
    }
    for fault in &scenario.faults {
        let window = &scenario.windows[usize::from(fault.window.0)];
        strike(&mut cues, &fault.strike, window.period);
    }
    for (index, window) in (0u16..).zip(&scenario.windows) {
        if let Some(until) = window.period.until {
            push(&mut cues, until, Change::Window { window: index, open: false });
        }
    }
    cues.sort_by_key(|cue| cue.at);
    cues
}

fn strike(cues: &mut Vec<Cue>, strike: &Strike, period: Period) {
    for (begin, end) in changes(strike) {
        push(cues, period.from, begin);
        if let Some(until) = period.until {
            push(cues, until, end);
        }
    }
}

/// What a fault changes in the world when it begins, each with what undoes it.
#[must_use]
pub(crate) fn changes(strike: &Strike) -> Vec<(Change, Change)> {
    let each = |servers: &[HostIx], pair: &dyn Fn(HostIx) -> (Change, Change)| {
        servers.iter().map(|host| pair(*host)).collect()
    };
    match strike {
        Strike::Partition { servers, only } => each(servers, &|host| {
            let cut =
                only.map_or(Change::Partition(host), |way| Change::PartitionOneWay(host, way));
            (cut, Change::Repair(host))
        }),
        Strike::Hold { servers } => {
            each(servers, &|host| (Change::Hold(host), Change::Release(host)))
        }
        Strike::CrashServer { server, .. } => {
            vec![(Change::CrashServer(*server), Change::StartServer(*server))]
        }
        Strike::CrashEngine { trigger: EngineTrigger::WindowOpens, .. } => {
            vec![(Change::CrashEngine, Change::StartEngine)]
        }
        // Requests are the servers' matter, locks the load's, and crashes at an event the log's.
        Strike::Requests { .. }
        | Strike::Lock { .. }
        | Strike::CrashSweep { .. }
        | Strike::CrashEngine { trigger: EngineTrigger::Event { .. }, .. } => Vec::new(),
    }
}

fn push(cues: &mut Vec<Cue>, at: SimTime, change: Change) {
    cues.push(Cue { at, change });
}
