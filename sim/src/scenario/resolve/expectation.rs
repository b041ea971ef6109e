//! Expectations: a metric, which of its samples, and bounds on statistics that the metric has.

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Expectation, Filter, Period, Server, Watcher};
use super::super::nearest::{list, nearest};
use super::super::place::At;
use super::super::written::{self, During};
use super::names::{Mailboxes, Windows};
use super::{bound, server};

/// What of a scenario a filter can name beside its servers and mailboxes.
pub(super) struct Cast<'c> {
    pub(super) watchers: &'c [Watcher],
    /// What users link email to.
    pub(super) regardings: &'c [String],
}

pub(super) fn resolve(
    written: Vec<written::Expect>,
    servers: &[Server],
    population: &Mailboxes<'_>,
    cast: &Cast<'_>,
    windows: &Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Expectation> {
    let mut all: Vec<Expectation> = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("expect").index(index);
        if all.iter().any(|other| other.name == entry.name) {
            let problem = Problem::new(format!("a second expectation named `{}`", entry.name));
            problems.add(at.key("name").span(), problem.expecting("each name once"));
        }
        let during = match &entry.during {
            Some(during) => period_of(during, windows, &at.key("during"), problems),
            None => Period::WHOLE_RUN,
        };
        let place = at.key("where");
        let mut filter = filter(&entry.filter, servers, population, &place, problems);
        let watcher = entry.filter.watcher.as_ref();
        filter.watcher = watcher.and_then(|name| find(name, cast.watchers, &place, problems));
        let regarding = entry.filter.regarding.as_ref();
        filter.regarding =
            regarding.and_then(|name| linked_to(name, cast.regardings, &place, problems));
        let bounds = bound::resolve(&entry, &at, problems);
        let (name, metric) = (entry.name, entry.metric);
        all.push(Expectation { name, metric, filter, during, bounds });
    }
    all
}

fn period_of(
    written: &During,
    windows: &Windows,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Period {
    let (name, after) = match written {
        During::Window(name) => (name, None),
        During::Table(table) => match &table.after {
            Some(name) => (name, Some(table)),
            None => return super::period(table.from.clone(), table.lasting.as_ref()),
        },
    };
    let place = if after.is_some() { at.key("after") } else { at.clone() };
    let window = match windows.named(name) {
        Ok(window) => window,
        Err(problem) => {
            problems.add(place.span(), problem);
            return Period::WHOLE_RUN;
        }
    };
    let Some(table) = after else { return window.period };
    let Some(until) = window.period.until else {
        let problem = Problem::new(format!("`{name}` never ends, so nothing is after it"));
        problems.add(place.span(), problem.expecting("a window that has a `for`"));
        return Period::WHOLE_RUN;
    };
    super::period(Some(written::Moment(until)), table.lasting.as_ref())
}

fn filter(
    written: &written::Where,
    servers: &[Server],
    population: &Mailboxes<'_>,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Filter {
    let server = written
        .server
        .as_ref()
        .and_then(|name| server::find(name, servers, &at.key("server"), problems));
    let group =
        written.group.as_ref().and_then(|name| population.group(name, &at.key("group"), problems));
    let mailboxes = written
        .mailbox
        .as_ref()
        .map(|names| population.choose(names, |_| true, "anything", &at.key("mailbox"), problems));
    Filter {
        workload: written.workload.map(Into::into),
        server,
        group,
        mailboxes,
        outcome: written.outcome.map(Into::into),
        watcher: None,
        tracked_by: written.tracked_by.map(Into::into),
        regarding: None,
    }
}

fn find(name: &str, watchers: &[Watcher], at: &At<'_>, problems: &mut Problems<'_>) -> Option<u16> {
    let place = watchers.iter().position(|watcher| watcher.name == name);
    if place.is_none() {
        let names = || watchers.iter().map(|watcher| watcher.name.as_str());
        let problem = Problem::new(format!("no [[watcher]] is named `{name}`"));
        let problem = match watchers {
            [] => problem.expecting("a [[watcher]] to be there"),
            _ => problem.expecting(format!("one of {}", list(names()))),
        };
        problems.add(at.key("watcher").span(), problem.did_you_mean(nearest(name, names())));
    }
    place.and_then(|place| u16::try_from(place).ok())
}

fn linked_to(
    name: &str,
    regardings: &[String],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<u16> {
    let place = regardings.iter().position(|regarding| regarding == name);
    if place.is_none() {
        let names = || regardings.iter().map(String::as_str);
        let problem = Problem::new(format!("no [[user]] links email to `{name}`"));
        let problem = match regardings {
            [] => problem.expecting("a [[user]] with a `regarding` to be there"),
            _ => problem.expecting(format!("one of {}", list(names()))),
        };
        problems.add(at.key("regarding").span(), problem.did_you_mean(nearest(name, names())));
    }
    place.and_then(|place| u16::try_from(place).ok())
}
