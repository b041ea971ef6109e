//! What a run of a scenario is checked against: the scenario's names and bounds lowered to the
//! numbers that entries of the log carry.

use sync_engine::{Protocol, Settings, Workload};

use crate::check::{
    Bound, Charge, Cohort, CrashOrder, Expectation, Filter, Invariant, Member, Probe, Profile,
    Quantity, Roster, Sighting, Stop, Unit,
};
use crate::log::HostIx;
use crate::run::exchange::exchange_options;
use crate::run::faults::fault_places;
use crate::run::sightings::sighting;
use crate::run::watchers;
use crate::scenario::{self, Deed, LoadIx, Range, Scenario, Seen, Strike, Timing};
use crate::time::SimTime;

/// The charge of one run; `variant` is the step at which a crash sweep kills the engine.
#[must_use]
pub(super) fn charge(scenario: &Scenario, variant: Option<u64>) -> Charge {
    Charge {
        roster: roster(scenario),
        always: Invariant::ALL.into_iter().filter(|i| scenario.always.checks(*i)).collect(),
        sometimes: scenario.sometimes.iter().map(|seen| probe(scenario, *seen)).collect(),
        expectations: scenario.expectations.iter().map(expectation).collect(),
        stop: stop(scenario),
        crashes: crashes(scenario, variant),
        tracking: scenario
            .users
            .iter()
            .any(|it| it.deed.is_of_tracking() || matches!(it.deed, Deed::Categorize { .. })),
    }
}

fn roster(scenario: &Scenario) -> Roster {
    let Settings { incoming_workers, outgoing_workers, act_workers, .. } = scenario.engine.settings;
    let member = |mailbox: &scenario::Mailbox| Member {
        name: mailbox.name.clone(),
        group: mailbox.group,
        incoming: mailbox.incoming,
        outgoing: mailbox.outgoing,
    };
    let profile = |(host, server): (u16, &scenario::Server)| Profile {
        host: HostIx(host),
        connections: u32::from(server.profile.max_concurrent_connections),
        can_look_up_sends: server.protocol() == Protocol::Ews,
    };
    let streams = |server: &scenario::Server| match &server.face {
        scenario::Face::Ews { preset, options, .. } => {
            let name = &server.name;
            exchange_options(name, *preset, options, None, scenario).policy.hanging_connections
        }
        _ => None,
    };
    Roster {
        start: scenario.run.start,
        mailboxes: scenario.mailboxes.iter().map(member).collect(),
        groups: scenario.groups.iter().map(|group| group.name.clone()).collect(),
        hosts: scenario.servers.iter().map(|server| server.name.clone()).collect(),
        profiles: (0..).zip(&scenario.servers).map(profile).collect(),
        workers: [incoming_workers, outgoing_workers, act_workers],
        watchers: watchers::all(scenario).collect(),
        streams: scenario.servers.iter().map(streams).collect(),
        enabled_again: scenario.engine.restarted.enabled.clone(),
        regardings: scenario.regardings(),
    }
}

fn stop(scenario: &Scenario) -> Stop {
    match scenario.run.stop {
        scenario::Stop::After(at) => Stop::At(at),
        scenario::Stop::Drained { load, settle } => {
            Stop::Drained { cohort: cohort(scenario, load), settle }
        }
        scenario::Stop::Settled { settle } => {
            let arrivals = scenario.arrivals.iter().map(|load| &load.timing);
            let timings = arrivals.chain(scenario.sends.iter().map(|load| &load.timing));
            let load_ends = timings.map(last_moment).max().unwrap_or(SimTime::ZERO);
            Stop::Settled { load_ends, settle }
        }
    }
}

fn cohort(scenario: &Scenario, load: LoadIx) -> Cohort {
    let (mailboxes, workload, window) = match load {
        LoadIx::Arrivals(index) => {
            let load = &scenario.arrivals[index];
            (load.to.clone(), Workload::Incoming, load.window)
        }
        LoadIx::Send(index) => {
            let load = &scenario.sends[index];
            (load.from.clone(), Workload::Outgoing, load.window)
        }
    };
    Cohort { mailboxes, workload, born: scenario.windows[usize::from(window.0)].period }
}

/// The last moment at which a timing may make an item.
fn last_moment(timing: &Timing) -> SimTime {
    match timing {
        Timing::Poisson { period, .. } | Timing::Regular { period, .. } => {
            period.until.unwrap_or(SimTime(u64::MAX))
        }
        Timing::Once { at, .. } => *at,
        Timing::Times(times) => times.last().copied().unwrap_or(SimTime::ZERO),
    }
}

fn crashes(scenario: &Scenario, variant: Option<u64>) -> Vec<CrashOrder> {
    let order = |fault: &scenario::Fault| {
        let period = scenario.windows[usize::from(fault.window.0)].period;
        match &fault.strike {
            Strike::CrashEngine {
                trigger: scenario::EngineTrigger::Event { probe, nth },
                restart_after,
            } => Some(CrashOrder {
                nth: *nth,
                sighting: sighting(*probe, None),
                period,
                restart_after: *restart_after,
            }),
            Strike::CrashSweep { restart_after, .. } => variant.map(|nth| CrashOrder {
                nth,
                sighting: Sighting::AnyEngineEvent,
                period,
                restart_after: *restart_after,
            }),
            _ => None,
        }
    };
    scenario.faults.iter().filter_map(order).collect()
}

fn expectation(expectation: &scenario::Expectation) -> Expectation {
    let filter = &expectation.filter;
    let filter = Filter {
        group: filter.group,
        server: filter.server,
        mailboxes: filter.mailboxes.clone(),
        workload: filter.workload,
        outcome: filter.outcome,
        watcher: filter.watcher,
        tracked_by: filter.tracked_by,
        regarding: filter.regarding,
        ..Filter::default()
    };
    let metric = expectation.metric;
    let bounds = expectation.bounds.iter().map(|bound| {
        let statistic = bound.statistic;
        let (min, max) = quantities(bound.range, statistic.unit(metric.kind()));
        Bound { statistic, min, max }
    });
    let name = expectation.name.clone();
    match Expectation::new(name, metric, filter, expectation.during, bounds.collect()) {
        Ok(expectation) => expectation,
        Err(error) => unreachable!("the scenario layer lets no such expectation through: {error}"),
    }
}

fn quantities(range: Range, unit: Unit) -> (Option<Quantity>, Option<Quantity>) {
    match range {
        Range::Duration { min, max } => (min.map(Quantity::from), max.map(Quantity::from)),
        Range::Number { min, max } => (min.map(|n| number(n, unit)), max.map(|n| number(n, unit))),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative")]
fn number(number: f64, unit: Unit) -> Quantity {
    match unit {
        Unit::Thousandths => Quantity::Thousandths((number.max(0.0) * 1000.0).round() as u64),
        Unit::Count | Unit::Time => Quantity::Count(number.max(0.0).round() as u64),
    }
}

fn probe(scenario: &Scenario, seen: Seen) -> Probe {
    let name = match seen {
        Seen::Anywhere(probe) => format!("{}.{}", probe.source().prefix(), probe.name()),
        Seen::At(host, probe) => {
            format!("{}.{}", scenario.servers[usize::from(host.0)].name, probe.name())
        }
        Seen::Fault(fault) => format!("fault.{}", scenario.faults[usize::from(fault)].name),
    };
    let sighting = match seen {
        Seen::Anywhere(probe) => sighting(probe, None),
        Seen::At(host, probe) => sighting(probe, Some(host)),
        Seen::Fault(fault) => match fault_places(scenario)[usize::from(fault)] {
            Some((host, place)) => Sighting::Fault { host, fault: place },
            None => Sighting::Window(scenario.faults[usize::from(fault)].window.0),
        },
    };
    Probe { name, sighting }
}
