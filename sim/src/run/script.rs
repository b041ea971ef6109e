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
    match strike {
        Strike::Partition { servers, only } => {
            let begin = |host| {
                only.map_or(Change::Partition(host), |way| Change::PartitionOneWay(host, way))
            };
            both_ends(cues, servers, period, begin, Change::Repair);
        }
        Strike::Hold { servers } => {
            both_ends(cues, servers, period, Change::Hold, Change::Release);
        }
        Strike::CrashServer { server, restart_after } => {
            push(cues, period.from, Change::CrashServer(*server));
            push(cues, period.from.plus(*restart_after), Change::StartServer(*server));
        }
        Strike::CrashEngine { trigger: EngineTrigger::WindowOpens, restart_after } => {
            push(cues, period.from, Change::CrashEngine);
            push(cues, period.from.plus(*restart_after), Change::StartEngine);
        }
        // Requests are the servers' matter, locks the load's, and crashes at an event the log's.
        Strike::Requests { .. }
        | Strike::Lock { .. }
        | Strike::CrashSweep { .. }
        | Strike::CrashEngine { trigger: EngineTrigger::Event { .. }, .. } => {}
    }
}

fn both_ends(
    cues: &mut Vec<Cue>,
    servers: &[HostIx],
    period: Period,
    begin: impl Fn(HostIx) -> Change,
    end: impl Fn(HostIx) -> Change,
) {
    for &server in servers {
        push(cues, period.from, begin(server));
        if let Some(until) = period.until {
            push(cues, until, end(server));
        }
    }
}

fn push(cues: &mut Vec<Cue>, at: SimTime, change: Change) {
    cues.push(Cue { at, change });
}
