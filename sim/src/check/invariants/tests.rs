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
