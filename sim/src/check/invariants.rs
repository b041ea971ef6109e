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
mod tests {
    use fake_servers::{ItemId, MailboxIx, ServerEvent};
    use sync_engine::Workload::{Incoming, Outgoing};

    use super::*;
    use crate::check::testing::*;
    use crate::log::{WatcherEvent, Wish, WorldEvent};

    fn told(tell: impl FnOnce(&mut Run)) -> Vec<(Invariant, String)> {
        let mut run = Run::new(charge());
        tell(&mut run);
        let breaches = run.breaches();
        assert_eq!(run.wish == Wish::Stop, !breaches.is_empty(), "the first breach ends the run");
        breaches
    }

    #[test]
    fn one_run_per_mailbox_and_workload() {
        let breaches = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(started(2, 0, Incoming, 0));
        });
        insta::assert_debug_snapshot!(breaches, @r#"
        [
            (
                OneRunPerMailbox,
                "incoming: cycle 2 started while cycle 1 was still running; one run per mailbox and workload is allowed",
            ),
        ]
        "#);
        let fine = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(started(2, 0, Outgoing, 0));
            run.engine(ended(1, 0, Incoming, 5)).at(5).engine(started(3, 0, Incoming, 5));
        });
        assert_eq!(fine, []);
    }

    #[test]
    fn a_dead_engine_runs_nothing() {
        let fine = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(opened(1, 0, 0));
            run.engine(started(2, 1, Incoming, 0)).engine(opened(2, 1, 0));
            run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
            run.engine(started(1, 0, Incoming, 0)).engine(opened(1, 0, 0));
            run.engine(started(2, 2, Incoming, 0)).engine(opened(2, 2, 0));
        });
        assert_eq!(fine, []);
    }

    #[test]
    fn nothing_of_what_is_disabled_runs_until_it_is_enabled_again() {
        let breaches = told(|run| {
            run.engine(disabled(0, Incoming)).engine(started(1, 0, Outgoing, 0));
            run.at(7).engine(started(2, 0, Incoming, 0));
        });
        insta::assert_debug_snapshot!(breaches, @r#"
        [
            (
                NeverWhileDisabled,
                "incoming: cycle 2 started although the workload has been disabled since 00:00:00.000, and nobody has enabled its mailbox again",
            ),
        ]
        "#);
        let restarted = |enabled_again| {
            let mut charge = charge();
            charge.roster.enabled_again = enabled_again;
            let mut run = Run::new(charge);
            run.engine(disabled(0, Incoming)).world(WorldEvent::EngineCrashed);
            run.world(WorldEvent::EngineStarted).engine(started(1, 0, Incoming, 0));
            run.breaches().len()
        };
        assert_eq!(restarted(vec![MailboxIx(1)]), 1, "another mailbox");
        assert_eq!(restarted(vec![MailboxIx(0)]), 0);
    }

    #[test]
    fn no_more_cycles_than_workers() {
        let three = |third| {
            told(|run| {
                run.engine(started(1, 0, Incoming, 0)).engine(started(2, 1, Incoming, 0));
                run.engine(started(3, 2, third, 0));
            })
        };
        assert_eq!(three(Outgoing), []);
        insta::assert_debug_snapshot!(three(Incoming), @r#"
        [
            (
                QueueLimit,
                "incoming: 3 cycles are running; the queue has 2 workers",
            ),
        ]
        "#);
    }

    #[test]
    fn no_more_connections_than_the_profile_allows() {
        let breaches = told(|run| {
            run.engine(opened(1, 0, 0)).engine(opened(2, 1, 0)).engine(opened(3, 2, 0));
        });
        insta::assert_debug_snapshot!(breaches, @r#"
        [
            (
                ConnectionLimit,
                "3 connections are open; the profile allows 2",
            ),
        ]
        "#);
        let fine = told(|run| {
            run.engine(opened(1, 0, 0)).engine(opened(2, 1, 0)).engine(opened(3, 2, 1));
            run.engine(closed(1, 0, 0)).engine(opened(4, 2, 0));
        });
        assert_eq!(fine, []);
    }

    #[test]
    fn nothing_before_a_back_off_has_ended() {
        let again_at = |now: u64| {
            told(|run| {
                run.engine(started(1, 0, Incoming, 0)).engine(back_off(0, Incoming, 60_000));
                run.engine(ended(1, 0, Incoming, 0));
                run.at(now).engine(started(2, 0, Incoming, 0));
            })
        };
        insta::assert_debug_snapshot!(again_at(59_999), @r#"
        [
            (
                NeverBeforeBackOff,
                "incoming: cycle 2 started 1ms before the server's back-off ended at 00:01:00.000",
            ),
        ]
        "#);
        assert_eq!(again_at(60_000), []);
    }

    #[test]
    fn a_back_off_holds_in_the_cycle_it_began_in_and_survives_a_crash() {
        let reconnects = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(back_off(0, Incoming, 60_000));
            run.engine(opened(1, 0, 0));
        });
        assert_eq!(reconnects[0].0, Invariant::NeverBeforeBackOff);
        let forgets = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(back_off(0, Incoming, 60_000));
            run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
            run.at(30_000).engine(started(1, 0, Incoming, 0));
        });
        assert_eq!(forgets[0].0, Invariant::NeverBeforeBackOff);
    }

    #[test]
    fn a_back_off_is_of_one_mailbox_and_workload() {
        let others = told(|run| {
            run.engine(back_off(0, Incoming, 60_000));
            run.engine(started(1, 1, Incoming, 0)).engine(started(2, 0, Outgoing, 0));
        });
        assert_eq!(others, []);
    }

    #[test]
    fn nothing_before_it_is_due() {
        let breaches = told(|run| {
            run.at(5).engine(started(1, 0, Incoming, 10));
        });
        insta::assert_debug_snapshot!(breaches, @r#"
        [
            (
                NeverBeforeDue,
                "incoming: cycle 1 started 5ms before it was due at 00:00:00.010",
            ),
        ]
        "#);
        let against_its_own_word = told(|run| {
            run.engine(started(1, 0, Incoming, 0)).engine(ended(1, 0, Incoming, 300_000));
            run.at(299_999).engine(started(2, 0, Incoming, 0));
        });
        assert_eq!(against_its_own_word[0].0, Invariant::NeverBeforeDue);
    }

    fn streams(events: &[ServerEvent]) -> Vec<(Invariant, String)> {
        told(|run| {
            for event in events {
                run.server(POP, event.clone());
            }
        })
    }

    #[test]
    fn no_more_streams_than_the_policy_allows() {
        let (ann, ben) = (MailboxIx(0), MailboxIx(1));
        let opened = |mailbox| ServerEvent::StreamOpened { mailbox };
        let closed = |mailbox| ServerEvent::StreamClosed { mailbox };
        insta::assert_debug_snapshot!(streams(&[opened(ann), opened(ben), opened(ann)]), @r#"
        [
            (
                StreamLimit,
                "2 streaming connections are open; the policy allows 1",
            ),
        ]
        "#);
        assert_eq!(streams(&[opened(ann), closed(ann), opened(ann)]), []);
        let unlimited = told(|run| {
            run.server(SMTP, opened(ann)).server(SMTP, opened(ann));
        });
        assert_eq!(unlimited, []);
    }

    #[test]
    fn whoever_watches_is_told_of_one_after_the_other() {
        let watch = |known: &[WatcherEvent]| {
            told(|run| {
                run.server(POP, delivered(6, 0)).watcher(WatcherEvent::Subscribed);
                run.at(5).server(POP, delivered(7, 0)).server(POP, delivered(8, 1));
                run.at(9).server(POP, delivered(9, 0)).server(POP, delivered(10, 0));
                for event in known {
                    run.watcher(event.clone());
                }
            })
        };
        let notified = |item| WatcherEvent::Notified { item: ItemId(item) };
        insta::assert_debug_snapshot!(watch(&[notified(9)]), @r#"
        [
            (
                NoneMissed,
                "watcher 0 was told of a later message and does not know of item 7, which came at 00:00:00.005",
            ),
        ]
        "#);
        let caught_up = WatcherEvent::CaughtUp { items: vec![ItemId(7)] };
        assert_eq!(watch(&[caught_up, notified(10), notified(9)]), []);
        assert_eq!(watch(&[notified(7), notified(9), notified(9)]), []);
        assert_eq!(watch(&[WatcherEvent::Left, notified(9)]), []);
        let (item, mailbox) = (ItemId(7), MailboxIx(0));
        let taken_away = ServerEvent::TakenAway { item, mailbox };
        for gone in [taken_away, ServerEvent::MovedOut { item, mailbox }] {
            let nothing = told(|run| {
                run.watcher(WatcherEvent::Subscribed).server(POP, delivered(7, 0));
                run.server(POP, gone);
                run.at(9).server(POP, delivered(9, 0)).watcher(notified(9));
            });
            assert_eq!(nothing, []);
        }
    }

    #[test]
    fn what_is_not_watched_is_not_found() {
        let mut charge = charge();
        charge.always.retain(|watched| *watched != Invariant::NeverBeforeDue);
        let mut run = Run::new(charge);
        run.engine(started(1, 0, Incoming, 10));
        assert_eq!(run.breaches(), []);
    }
}
