//! A scenario's faults on requests, handed to the servers they strike.

use fake_servers::{Fault, Matcher};

use crate::log::HostIx;
use crate::scenario::{Scenario, Strike};

/// The faults of one server, in the order of the scenario.
#[must_use]
pub(super) fn faults_of(scenario: &Scenario, host: HostIx) -> Vec<Fault> {
    let calendar = |at: crate::time::SimTime| scenario.run.start + at.since_start();
    let mine = |fault: &crate::scenario::Fault| match &fault.strike {
        Strike::Requests { server, operations, mailboxes, which, effect } if *server == host => {
            let period = scenario.windows[usize::from(fault.window.0)].period;
            Some(Fault {
                name: fault.name.clone(),
                matcher: Matcher {
                    operations: operations.clone(),
                    mailboxes: mailboxes.clone(),
                    from: Some(calendar(period.from)),
                    until: period.until.map(calendar),
                    which: *which,
                },
                effect: effect.clone(),
            })
        }
        _ => None,
    };
    scenario.faults.iter().filter_map(mine).collect()
}

/// Where each fault of the scenario went: its server and its place in that server's list; `None`
/// for those that no server applies.
#[must_use]
pub(super) fn fault_places(scenario: &Scenario) -> Vec<Option<(HostIx, u16)>> {
    let mut counts = vec![0u16; scenario.servers.len()];
    let place = |fault: &crate::scenario::Fault| {
        let Strike::Requests { server, .. } = &fault.strike else { return None };
        let count = &mut counts[usize::from(server.0)];
        let place = *count;
        *count += 1;
        Some((*server, place))
    };
    scenario.faults.iter().map(place).collect()
}
