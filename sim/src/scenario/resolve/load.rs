//! Arrivals and sends: who, when, how large.

use std::time::Duration;

use fake_servers::MailboxIx;
use sync_engine::Protocol;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Arrivals, Period, Send, Server, Size, Timing};
use super::super::place::At;
use super::super::written;
use super::names::{Mailboxes, Windows};
use super::period;
use crate::time::SimTime;

/// The size of a message where a file says nothing.
const DEFAULT_SIZE: u64 = 8 * 1024;
/// The largest message there can be, in octets.
const LARGEST: u64 = 1 << 30;

pub(super) fn arrivals(
    written: Vec<written::Arrivals>,
    population: &Mailboxes<'_>,
    windows: &mut Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Arrivals> {
    let mut all = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("arrivals").index(index);
        let to = population.choose(
            &entry.to,
            |mailbox| mailbox.incoming.is_some(),
            "an `incoming` server",
            &at.key("to"),
            problems,
        );
        let timing = timing(entry.timing, &at, problems);
        let window = windows.add(&entry.name, span_of(&timing), &at, problems);
        all.push(Arrivals {
            name: entry.name,
            to,
            timing,
            size: size(entry.size, &at.key("size"), problems),
            content: entry.kind,
            window,
        });
    }
    all
}

pub(super) fn sends(
    written: Vec<written::Send>,
    servers: &[Server],
    population: &Mailboxes<'_>,
    windows: &mut Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Send> {
    let mut all = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("send").index(index);
        let from = population.choose(
            &entry.from,
            |mailbox| mailbox.outgoing.is_some(),
            "an `outgoing` server",
            &at.key("from"),
            problems,
        );
        let to = inside(&entry, &from, servers, population, &at, problems);
        let timing = timing(entry.timing, &at, problems);
        let window = windows.add(&entry.name, span_of(&timing), &at, problems);
        all.push(Send {
            name: entry.name,
            from,
            timing,
            size: size(entry.size, &at.key("size"), problems),
            content: entry.kind,
            recipients: entry.recipients.unwrap_or(1),
            to,
            unknown_recipients: entry.unknown_recipients.unwrap_or(0),
            priority: entry.priority.into(),
            window,
        });
    }
    all
}

/// The mailboxes of the scenario that a message goes to.
fn inside(
    entry: &written::Send,
    from: &[MailboxIx],
    servers: &[Server],
    population: &Mailboxes<'_>,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<MailboxIx> {
    let Some(names) = &entry.to else { return Vec::new() };
    if entry.recipients.is_some() {
        let problem = Problem::new("`recipients` means nothing with `to`");
        problems.add(at.key("recipients").span(), problem.expecting("`to` without it"));
    }
    let on_exchange = |ix: &MailboxIx| {
        let host = population.list[ix.0 as usize].outgoing;
        host.is_some_and(|host| servers[usize::from(host.0)].protocol() == Protocol::Ews)
    };
    if !from.iter().all(on_exchange) {
        let problem = Problem::new("only Exchange delivers to mailboxes of the scenario");
        problems.add(at.key("to").span(), problem.expecting("`from` mailboxes on Exchange"));
    }
    let lacking = "an `incoming` server";
    population.choose(names, |mailbox| mailbox.incoming.is_some(), lacking, &at.key("to"), problems)
}

/// The structure has made sure that exactly one of the five is there.
fn timing(written: written::Timing, at: &At<'_>, problems: &mut Problems<'_>) -> Timing {
    let over_time = period(written.at.clone(), written.lasting.as_ref());
    let mut without = |key: &str, given: bool, with: &str| {
        if given {
            let problem = Problem::new(format!("`{key}` means nothing with `{with}`"));
            problems.add(at.key(key).span(), problem.expecting(format!("`{with}` without it")));
        }
    };
    if let Some(rate) = written.rate {
        return Timing::Poisson { mean_gap: rate.0, period: over_time };
    }
    if let Some(count) = written.count {
        without("for", written.lasting.is_some(), "count");
        return Timing::Once { at: over_time.from, count };
    }
    if let Some(times) = written.times {
        without("for", written.lasting.is_some(), "times");
        without("at", written.at.is_some(), "times");
        let mut times: Vec<SimTime> = times.into_iter().map(|moment| moment.0).collect();
        times.sort_unstable();
        return Timing::Times(times);
    }
    let (count, every, place) = match (written.burst, written.every) {
        (Some(burst), _) => (burst.count, burst.every.0, at.key("burst").key("every")),
        (None, Some(every)) => (1, every.0, at.key("every")),
        (None, None) => (1, Duration::ZERO, at.clone()),
    };
    if every.is_zero() {
        let problem = Problem::new("no time between one and the next");
        problems.add(place.span(), problem.expecting("at least \"1ms\""));
    }
    Timing::Regular { count, every, period: over_time }
}

/// From the first moment to just after the last, so that every item is born in it.
fn span_of(timing: &Timing) -> Period {
    let just_after = |at: SimTime| at.plus(Duration::from_millis(1));
    match timing {
        Timing::Poisson { period, .. } | Timing::Regular { period, .. } => *period,
        Timing::Once { at, .. } => Period { from: *at, until: Some(just_after(*at)) },
        Timing::Times(times) => Period {
            from: times.first().copied().unwrap_or_default(),
            until: times.last().copied().map(just_after),
        },
    }
}

fn size(written: Option<written::Size>, at: &At<'_>, problems: &mut Problems<'_>) -> Size {
    let size = match written {
        None => Size::Fixed(DEFAULT_SIZE),
        Some(written::Size::Fixed(octets)) => Size::Fixed(octets.0),
        Some(written::Size::Quantiles(q)) => Size::LogNormal { p50: q.p50.0, p99: q.p99.0 },
    };
    let (smallest, largest, key) = match size {
        Size::Fixed(octets) => (octets, octets, ""),
        Size::LogNormal { p50, p99 } => (p50, p99, "p99"),
    };
    let place = if key.is_empty() { at.clone() } else { at.key(key) };
    if largest > LARGEST {
        let problem = Problem::new("a message larger than any server takes");
        problems.add(place.span(), problem.expecting("at most \"1GiB\""));
    } else if smallest == 0 {
        let problem = Problem::new("a message of no size");
        problems.add(at.span(), problem.expecting("at least \"1B\""));
    } else if largest < smallest {
        let problem = Problem::new("`p99` is less than `p50`");
        problems.add(place.span(), problem.expecting(format!("at least {smallest} octets")));
    }
    size
}
