//! What must hold at every moment of every run, whatever the scenario. Each invariant reads one
//! kind of conclusion; the first breach ends the run.
//!
//! Connections are counted as the engine opens and closes them. The network's own count may be
//! higher for a while without anybody's fault: what the engine has closed, the server may hear of
//! only after a new connection has overtaken the news.

use sync_engine::Workload;

use super::charge::Invariant;
use super::expectation::{Quantity, millis};
use super::fact::{CycleStart, Early, Fact, Hop, Wrong};
use super::findings::Breach;
use super::roster::{Roster, place};
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Invariants {
    watched: Vec<Invariant>,
}

impl Invariants {
    pub(super) fn new(watched: Vec<Invariant>) -> Self {
        Self { watched }
    }

    pub(super) fn see(
        &self,
        at: SimTime,
        facts: &[Fact],
        roster: &Roster,
        breaches: &mut Vec<Breach>,
    ) {
        for fact in facts {
            let mut found = |breach: Option<Breach>| {
                breaches.extend(breach.filter(|found| self.watched.contains(&found.invariant)));
            };
            match fact {
                Fact::CycleStarted(start) => {
                    found(one_at_a_time(at, start, roster));
                    found(within_workers(at, start, roster));
                    found(not_before_back_off(at, start, roster));
                    found(not_before_due(at, start, roster));
                    found(not_while_disabled(at, start, roster));
                }
                Fact::Opened { .. } => {
                    found(within_connections(at, fact));
                    found(no_connection_before_back_off(at, fact));
                }
                Fact::Early { .. } => found(not_before_the_servers_time(at, fact)),
                Fact::DraftsLeft { .. } => found(no_draft_left(at, fact, roster)),
                Fact::Wrong { .. } => found(item_as_it_should_be(at, fact, roster)),
                Fact::StreamOpened { .. } => found(within_streams(at, fact)),
                Fact::Missed { .. } => found(none_missed(at, fact)),
                _ => {}
            }
        }
    }
}

fn one_at_a_time(at: SimTime, start: &CycleStart, roster: &Roster) -> Option<Breach> {
    let beside = start.beside?;
    let what = format!(
        "cycle {} started while cycle {} was still running; one run per mailbox and workload is \
         allowed",
        start.cycle.0, beside.0
    );
    Some(of_cycle(Invariant::OneRunPerMailbox, at, start, roster, &what))
}

fn within_workers(at: SimTime, start: &CycleStart, roster: &Roster) -> Option<Breach> {
    let workers = roster.workers[place(start.workload)];
    if start.running <= workers {
        return None;
    }
    let what = format!("{} cycles are running; the queue has {workers} workers", start.running);
    Some(of_cycle(Invariant::QueueLimit, at, start, roster, &what))
}

fn not_before_back_off(at: SimTime, start: &CycleStart, roster: &Roster) -> Option<Breach> {
    if at >= start.back_off {
        return None;
    }
    let early = Quantity::Millis(millis(start.back_off.since(at)));
    let what = format!(
        "cycle {} started {early} before the server's back-off ended at {}",
        start.cycle.0, start.back_off
    );
    Some(of_cycle(Invariant::NeverBeforeBackOff, at, start, roster, &what))
}

fn not_before_due(at: SimTime, start: &CycleStart, roster: &Roster) -> Option<Breach> {
    if at >= start.due {
        return None;
    }
    let early = Quantity::Millis(millis(start.due.since(at)));
    let what =
        format!("cycle {} started {early} before it was due at {}", start.cycle.0, start.due);
    Some(of_cycle(Invariant::NeverBeforeDue, at, start, roster, &what))
}

fn not_while_disabled(at: SimTime, start: &CycleStart, roster: &Roster) -> Option<Breach> {
    let since = start.disabled?;
    let what = format!(
        "cycle {} started although the workload has been disabled since {since}, and nobody has \
         enabled its mailbox again",
        start.cycle.0
    );
    Some(of_cycle(Invariant::NeverWhileDisabled, at, start, roster, &what))
}

fn of_cycle(
    invariant: Invariant,
    at: SimTime,
    start: &CycleStart,
    roster: &Roster,
    what: &str,
) -> Breach {
    let host = roster.host_of(start.mailbox, start.workload);
    let what = format!("{}: {what}", start.workload.name());
    Breach { invariant, at, mailbox: Some(start.mailbox), host, what }
}

fn within_connections(at: SimTime, fact: &Fact) -> Option<Breach> {
    let Fact::Opened { mailbox, host, open, limit, .. } = *fact else { return None };
    (open > limit).then(|| Breach {
        invariant: Invariant::ConnectionLimit,
        at,
        mailbox: Some(mailbox),
        host: Some(host),
        what: format!("{open} connections are open; the profile allows {limit}"),
    })
}

fn no_connection_before_back_off(at: SimTime, fact: &Fact) -> Option<Breach> {
    let Fact::Opened { mailbox, host, back_off, .. } = *fact else { return None };
    (at < back_off).then(|| Breach {
        invariant: Invariant::NeverBeforeBackOff,
        at,
        mailbox: Some(mailbox),
        host: Some(host),
        what: format!(
            "a connection was opened {} before the server's back-off ended at {back_off}",
            Quantity::Millis(millis(back_off.since(at)))
        ),
    })
}

fn not_before_the_servers_time(at: SimTime, fact: &Fact) -> Option<Breach> {
    let Fact::Early { mailbox, workload, host, until, by } = *fact else { return None };
    let early = Quantity::Millis(millis(until.since(at)));
    let who = workload.map_or(String::new(), |workload| format!("{}: ", workload.name()));
    let what = match by {
        Early::Request => "request came",
        Early::Cycle => "cycle started",
    };
    Some(Breach {
        invariant: Invariant::NeverBeforeBackOff,
        at,
        mailbox: Some(mailbox),
        host: Some(host),
        what: format!(
            "{who}a {what} {early} before the pause was over that the server had asked for"
        ),
    })
}

fn no_draft_left(at: SimTime, fact: &Fact, roster: &Roster) -> Option<Breach> {
    let Fact::DraftsLeft { mailbox, drafts } = *fact else { return None };
    let are = if drafts == 1 { "draft is" } else { "drafts are" };
    Some(Breach {
        invariant: Invariant::NoDraftLeft,
        at,
        mailbox: Some(mailbox),
        host: roster.host_of(mailbox, Workload::Outgoing),
        what: format!("outgoing: nothing is to be sent any more, and {drafts} {are} still there"),
    })
}

fn item_as_it_should_be(at: SimTime, fact: &Fact, roster: &Roster) -> Option<Breach> {
    let Fact::Wrong { item, mailbox, workload, wrong } = *fact else { return None };
    let invariant = match wrong {
        Wrong::Lost(_) => Invariant::NoLoss,
        Wrong::Duplicated => Invariant::NoDuplicate,
        Wrong::Altered => Invariant::Unaltered,
        Wrong::Overtaken => Invariant::NoReorder,
    };
    let item = item.map_or_else(|| "an item".to_owned(), |item| format!("item {}", item.0));
    let what = match wrong {
        Wrong::Lost(Hop::DeletedBeforeStored) => {
            "was deleted on the server before it was stored or set aside".to_owned()
        }
        Wrong::Lost(Hop::TakenForStored) => {
            "was taken for one already stored, but nothing equal is in the store".to_owned()
        }
        Wrong::Lost(Hop::SentWithoutServer) => {
            "is recorded as sent, but no server took responsibility for it".to_owned()
        }
        Wrong::Lost(Hop::SentWithoutSome(missing)) => {
            format!("is recorded as sent, but no server took it for {missing} of its recipients")
        }
        Wrong::Duplicated => "arrived once more, and no unknown outcome excuses it".to_owned(),
        Wrong::Altered => "arrived that is not, to the octet, what was sent".to_owned(),
        Wrong::Overtaken => "was overtaken by a later one".to_owned(),
    };
    Some(Breach {
        invariant,
        at,
        mailbox: Some(mailbox),
        host: roster.host_of(mailbox, workload),
        what: format!("{}: {item} {what}", workload.name()),
    })
}

fn within_streams(at: SimTime, fact: &Fact) -> Option<Breach> {
    let Fact::StreamOpened { mailbox, host, open, limit: Some(limit) } = *fact else { return None };
    (open > limit).then(|| Breach {
        invariant: Invariant::StreamLimit,
        at,
        mailbox: Some(mailbox),
        host: Some(host),
        what: format!("{open} streaming connections are open; the policy allows {limit}"),
    })
}

fn none_missed(at: SimTime, fact: &Fact) -> Option<Breach> {
    let Fact::Missed { watcher, lookout, item, delivered } = *fact else { return None };
    Some(Breach {
        invariant: Invariant::NoneMissed,
        at,
        mailbox: Some(lookout.mailbox),
        host: Some(lookout.host),
        what: format!(
            "watcher {} was told of a later message and does not know of item {}, which came at \
             {delivered}",
            watcher.0, item.0
        ),
    })
}

#[cfg(test)]
mod tests;
