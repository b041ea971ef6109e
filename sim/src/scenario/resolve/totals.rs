//! Counts that no machine could run: what a scenario would make is added up before it is made.

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Arrivals, Period, Run, Send, Stop, Timing};
use super::super::place::At;
use super::names::Windows;
use crate::report::units::count;
use crate::time::SimTime;

/// The most items of a scenario.
const MOST_ITEMS: u64 = 10_000_000;

/// When the run is over at the latest.
fn end(run: &Run) -> SimTime {
    match run.stop {
        Stop::After(end) => end.min(run.deadline),
        Stop::Drained { .. } | Stop::Settled { .. } => run.deadline,
    }
}

/// Adds up the items of all loads.
pub(super) fn check(
    run: &Run,
    arrivals: &[Arrivals],
    sends: &[Send],
    root: &At<'_>,
    problems: &mut Problems<'_>,
) {
    let arrivals = arrivals.iter().enumerate();
    let arrivals = arrivals.map(|(ix, load)| ("arrivals", ix, &load.timing, load.to.len()));
    let sends = sends.iter().enumerate();
    let sends = sends.map(|(ix, load)| ("send", ix, &load.timing, load.from.len()));
    let mut sum = 0_u64;
    for (table, index, timing, mailboxes) in arrivals.chain(sends) {
        let items = per_mailbox(timing, end(run)).saturating_mul(mailboxes as u64);
        sum = sum.saturating_add(items);
        if sum > MOST_ITEMS {
            let problem = Problem::new(format!("with this load the run has {} items", count(sum)))
                .expecting(format!("at most {} in all", count(MOST_ITEMS)));
            let load = root.key(table).index(index);
            let key = ["rate", "every", "burst", "count", "times"].into_iter();
            let timing = key.map(|key| load.key(key)).find(At::is_there);
            problems.add(timing.unwrap_or(load).span(), problem);
            return;
        }
    }
}

/// How many items a load makes for each mailbox; on average, if by chance.
fn per_mailbox(timing: &Timing, end: SimTime) -> u64 {
    let length = |period: &Period| {
        let until = period.until.map_or(end, |until| until.min(end));
        until.since(period.from)
    };
    let times = |period: &Period, every: std::time::Duration| {
        let times = length(period).as_nanos() / every.as_nanos().max(1);
        u64::try_from(times).unwrap_or(u64::MAX)
    };
    match timing {
        Timing::Poisson { mean_gap, period } => times(period, *mean_gap),
        Timing::Regular { count, every, period } => {
            times(period, *every).saturating_add(1).saturating_mul(u64::from(*count))
        }
        Timing::Once { count, .. } => u64::from(*count),
        Timing::Times(times) => times.len() as u64,
    }
}

/// A fault or a load that begins when the run is over shows nothing.
pub(super) fn windows_begin_in_the_run(run: &Run, windows: &Windows, problems: &mut Problems<'_>) {
    for (window, span) in windows.iter() {
        if window.period.from >= end(run) {
            let message = format!("`{}` begins when the run is over", window.name);
            let expected = format!("a beginning before {}", end(run));
            problems.add(span.clone(), Problem::new(message).expecting(expected));
        }
    }
}
