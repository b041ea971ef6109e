//! Faults that would get in each other's way: the end of one would end the other.

use super::super::super::diagnostic::{Problem, Problems};
use super::super::super::model::{EngineTrigger, Fault, Period, Strike};
use super::super::super::place::At;
use super::super::names::Windows;
use crate::log::HostIx;

/// What a fault holds to itself for as long as it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Link(HostIx),
    Process(Option<HostIx>),
    Sweep,
}

fn held(strike: &Strike) -> Vec<Held> {
    match strike {
        Strike::Partition { servers, .. } | Strike::Hold { servers } => {
            servers.iter().copied().map(Held::Link).collect()
        }
        Strike::CrashServer { server, .. } => vec![Held::Process(Some(*server))],
        Strike::CrashEngine { trigger: EngineTrigger::WindowOpens, .. } => {
            vec![Held::Process(None)]
        }
        Strike::CrashSweep { .. } => vec![Held::Sweep],
        Strike::CrashEngine { .. } | Strike::Requests { .. } | Strike::Lock { .. } => Vec::new(),
    }
}

/// Two faults cannot both hold one link or one process: the end of either would end both.
pub(super) fn check(
    all: &[Fault],
    places: &[At<'_>],
    windows: &Windows,
    problems: &mut Problems<'_>,
) {
    for (later, fault) in all.iter().enumerate() {
        let mine = held(&fault.strike);
        let earlier = all[..later].iter().find(|earlier| {
            let at_once =
                overlap(windows.get(earlier.window).period, windows.get(fault.window).period);
            let theirs = held(&earlier.strike);
            mine.iter().any(|held| theirs.contains(held) && (at_once || *held == Held::Sweep))
        });
        if let Some(earlier) = earlier {
            let problem = match fault.strike {
                Strike::CrashSweep { .. } => Problem::new("a second crash sweep")
                    .expecting("one in a scenario: each of its steps is a run"),
                _ => Problem::new(format!("this gets in the way of the fault `{}`", earlier.name))
                    .expecting("windows that do not overlap, as the end of one would end both"),
            };
            problems.add(places[later].key("effect").span(), problem);
        }
    }
}

fn overlap(one: Period, other: Period) -> bool {
    one.until.is_none_or(|until| other.from < until)
        && other.until.is_none_or(|until| one.from < until)
}
