//! The frame of a run: when it starts and stops, with which seeds, under which invariants.

use std::time::Duration;

use jiff::Timestamp;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Always, Arrivals, LoadIx, Run, Seeds, Send, Stop, WorldKind};
use super::super::nearest::{list, nearest};
use super::super::place::At;
use super::super::written;
use super::names::Windows;
use crate::time::SimTime;

/// Monday, 2026-03-02T00:00:00Z.
const DEFAULT_START_SECOND: i64 = 1_772_409_600;
/// Beyond `stop.after`, which always comes first.
const AFTER_THE_STOP: Duration = Duration::from_hours(1);
/// Beyond the last item of the loads.
const AFTER_THE_LOADS: Duration = Duration::from_hours(24);

pub(super) fn run(
    written: written::Run,
    arrivals: &[Arrivals],
    sends: &[Send],
    windows: &Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<Run> {
    let at = root.key("run");
    let start = written
        .start
        .map_or(Timestamp::from_second(DEFAULT_START_SECOND).ok(), |start| Some(start.0))?;
    let (stop, sensible) =
        stop(&written.stop, arrivals, sends, windows, &at.key("stop"), problems)?;
    let deadline = written.deadline.map_or(sensible, |span| SimTime::from_duration(span.0));
    if matches!(stop, Stop::After(end) if deadline < end) || deadline == SimTime::ZERO {
        let problem = Problem::new("the deadline comes before the end of the run");
        problems.add(at.key("deadline").span(), problem.expecting("a later one, or none"));
    }
    if start.checked_add(deadline.since_start()).is_err() {
        let problem = Problem::new("the calendar ends before the run does");
        problems.add(at.key("start").span(), problem.expecting("an earlier start"));
    }
    let tick = written.tick.map_or(Duration::from_millis(1), |span| span.0);
    if tick.is_zero() {
        let problem = Problem::new("a tick of no length");
        problems.add(at.key("tick").span(), problem.expecting("at least \"1ms\""));
    }
    let worlds = written.worlds.unwrap_or_else(|| vec![WorldKind::Virtual, WorldKind::Turmoil]);
    let written::Seeds { pinned, sweep } = written.seeds;
    each_once(&worlds, "worlds", &at.key("worlds"), problems);
    each_once(&pinned, "pinned", &at.key("seeds").key("pinned"), problems);
    let chosen = Seeds { pinned, sweep };
    Some(Run { start, stop, deadline, seeds: chosen, worlds, tick, meant: written.verdict })
}

fn each_once<T: PartialEq>(all: &[T], key: &str, at: &At<'_>, problems: &mut Problems<'_>) {
    for (index, one) in all.iter().enumerate() {
        if all[..index].contains(one) {
            let problem = Problem::new(format!("twice the same in `{key}`"));
            problems.add(at.index(index).span(), problem.expecting("each once"));
        }
    }
}

/// What ends the run, and a sensible deadline for it.
fn stop(
    written: &written::Stop,
    arrivals: &[Arrivals],
    sends: &[Send],
    windows: &Windows,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<(Stop, SimTime)> {
    if let Some(after) = &written.after {
        if written.settle.is_some() {
            let problem = Problem::new("`settle` means nothing with `after`");
            problems.add(at.key("settle").span(), problem.expecting("`after` alone"));
        }
        if after.0.is_zero() {
            let problem = Problem::new("a run of no length");
            problems.add(at.key("after").span(), problem.expecting("at least \"1ms\""));
        }
        let end = SimTime::from_duration(after.0);
        return Some((Stop::After(end), end.plus(AFTER_THE_STOP)));
    }
    let settle = written.settle.as_ref().map_or(Duration::ZERO, |span| span.0);
    let ends = |window| windows.get(window).period.until;
    let arrivals = arrivals.iter().enumerate().map(|(ix, load)| Load {
        ix: LoadIx::Arrivals(ix),
        name: &load.name,
        ends: ends(load.window),
    });
    let sends = sends.iter().enumerate().map(|(ix, load)| Load {
        ix: LoadIx::Send(ix),
        name: &load.name,
        ends: ends(load.window),
    });
    let loads: Vec<Load<'_>> = arrivals.chain(sends).collect();
    let (stop, last) = match &written.drained {
        Some(name) => drained(name, settle, &loads, &at.key("drained"), problems)?,
        None => settled(settle, &loads, &at.key("settled"), problems)?,
    };
    Some((stop, last.plus(AFTER_THE_LOADS + settle)))
}

/// A load, as far as the end of a run depends on it.
struct Load<'l> {
    ix: LoadIx,
    name: &'l str,
    ends: Option<SimTime>,
}

impl Load<'_> {
    /// When its last item has come into being; without that it is never settled.
    fn last(&self, at: &At<'_>, problems: &mut Problems<'_>) -> Option<SimTime> {
        if self.ends.is_none() {
            let message = format!("`{}` never ends, so it is never settled", self.name);
            let expected = "loads that end: with `for`, `count` or `times`";
            problems.add(at.span(), Problem::new(message).expecting(expected));
        }
        self.ends
    }
}

/// Stops when one load is drained; also says when its last item has come into being.
fn drained(
    name: &str,
    settle: Duration,
    loads: &[Load<'_>],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<(Stop, SimTime)> {
    if let Some(load) = loads.iter().find(|load| load.name == name) {
        return Some((Stop::Drained { load: load.ix, settle }, load.last(at, problems)?));
    }
    let names = || loads.iter().map(|load| load.name);
    let problem = Problem::new(format!("no load is named `{name}`"));
    let problem = match loads {
        [] => problem.expecting("an [[arrivals]] or a [[send]] to be there"),
        _ => problem.expecting(format!("one of {}", list(names()))),
    };
    problems.add(at.span(), problem.did_you_mean(nearest(name, names())));
    None
}

/// Stops when all loads are settled; also says when the last item has come into being.
fn settled(
    settle: Duration,
    loads: &[Load<'_>],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<(Stop, SimTime)> {
    if loads.is_empty() {
        let problem = Problem::new("nothing will ever be there to settle");
        problems.add(at.span(), problem.expecting("an [[arrivals]] or a [[send]] to be there"));
        return None;
    }
    let ends: Vec<Option<SimTime>> = loads.iter().map(|load| load.last(at, problems)).collect();
    let last = ends.into_iter().collect::<Option<Vec<_>>>()?.into_iter().max()?;
    Some((Stop::Settled { settle }, last))
}

/// All invariants but those that are switched off, each with its reason.
pub(super) fn always(
    written: written::Always,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Always {
    for (invariant, reason) in &written.except {
        if reason.trim().is_empty() {
            let at = root.key("always").key("except").key(invariant.name());
            let problem = Problem::new("an invariant is switched off without a reason");
            problems.add(at.span(), problem.expecting("the reason, in a sentence"));
        }
    }
    Always { except: written.except }
}
