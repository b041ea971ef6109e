use fake_servers::{ItemId, MailboxIx};
use proptest::prelude::*;
use sync_engine::{EmailId, Outcome, Priority, Workload};

use super::{Phase, Totals};
use crate::check::charge::Invariant;
use crate::check::testing::*;
use crate::check::verdict::Verdict;
use crate::log::WorldEvent;

const ANN: MailboxIx = MailboxIx(0);
const NORMAL: Priority = Priority::Normal;

fn told(tell: impl FnOnce(&mut Run)) -> Run {
    let mut run = Run::new(charge());
    tell(&mut run);
    run
}

fn totals(run: &Run) -> Totals {
    let totals = run.findings().ledger;
    assert!(totals.add_up(), "{totals:?}");
    totals
}

/// Which invariant was broken, if one was; a run that breaks one fails.
fn broken(run: &Run) -> Option<Invariant> {
    let findings = run.findings();
    let broken = findings.breaches.first().map(|breach| breach.invariant);
    assert_eq!(findings.verdict == Verdict::Fail, broken.is_some());
    broken
}

#[test]
fn what_is_served_and_stored_is_settled() {
    let run = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70));
        run.engine(stored(0, 70)).server(POP, deleted(7, 0));
    });
    assert_eq!(totals(&run), Totals { items: 1, settled: 1, ..Totals::default() });
    assert_eq!(broken(&run), None);
}

#[test]
fn what_is_deleted_before_it_is_stored_is_lost() {
    let run = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70));
        run.server(POP, deleted(7, 0));
    });
    assert_eq!(totals(&run), Totals { items: 1, lost: 1, ..Totals::default() });
    assert_eq!(broken(&run), Some(Invariant::NoLoss));
    insta::assert_snapshot!(
        run.breaches()[0].1,
        @"incoming: item 7 was deleted on the server before it was stored or set aside"
    );
}

#[test]
fn what_is_stored_twice_is_a_duplicate() {
    let run = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70)).engine(stored(0, 70));
        run.server(POP, served(7, 0, 70)).engine(stored(0, 70));
    });
    assert_eq!(totals(&run).duplicated, 1);
    assert_eq!(broken(&run), Some(Invariant::NoDuplicate));
}

#[test]
fn what_is_recognised_when_it_comes_again_is_not() {
    let run = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70)).engine(stored(0, 70));
        run.server(POP, served(7, 0, 70)).engine(already_stored(0, 70));
    });
    assert_eq!(totals(&run), Totals { items: 1, settled: 1, ..Totals::default() });
    assert_eq!(broken(&run), None);
}

#[test]
fn two_equal_messages_are_two_items_and_either_record_will_do() {
    let twice = |run: &mut Run| {
        run.server(POP, delivered(7, 0)).server(POP, delivered(8, 0));
        run.server(POP, served(7, 0, 70)).engine(stored(0, 70)).server(POP, served(8, 0, 70));
    };
    for last in [stored(0, 70), already_stored(0, 70)] {
        let run = told(|run| {
            twice(run);
            run.engine(last);
        });
        assert_eq!(totals(&run), Totals { items: 2, settled: 2, ..Totals::default() });
        assert_eq!(broken(&run), None);
    }
}

#[test]
fn what_is_taken_for_stored_and_never_was_is_lost() {
    let run = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70));
        run.engine(already_stored(0, 70));
    });
    assert_eq!(totals(&run), Totals { items: 1, lost: 1, ..Totals::default() });
    assert_eq!(broken(&run), Some(Invariant::NoLoss));
}

#[test]
fn what_is_stored_and_was_never_served_is_altered() {
    for (mailbox, content) in [(0, 71), (1, 70)] {
        let run = told(|run| {
            run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70));
            run.engine(stored(mailbox, content));
        });
        assert_eq!(totals(&run), Totals { items: 1, pending: 1, altered: 1, ..Totals::default() });
        assert_eq!(broken(&run), Some(Invariant::Unaltered));
    }
}

#[test]
fn what_is_set_aside_is_settled_as_that() {
    for content in [Some(70), None] {
        let run = told(|run| {
            run.server(POP, delivered(7, 0)).server(POP, delivered(8, 0));
            if content.is_some() {
                run.server(POP, served(7, 0, 70));
            }
            run.engine(set_aside(0, content)).server(POP, deleted(7, 0));
        });
        let expected = Totals { items: 2, set_aside: 1, pending: 1, ..Totals::default() };
        assert_eq!(totals(&run), expected);
        assert_eq!(broken(&run), None);
    }
}

#[test]
fn stored_order_is_delivered_order_except_for_what_failed() {
    let both = |run: &mut Run| {
        run.server(POP, delivered(7, 0)).server(POP, delivered(8, 0));
        run.server(POP, served(7, 0, 70)).server(POP, served(8, 0, 80));
    };
    let overtaken = told(|run| {
        both(run);
        run.engine(stored(0, 80)).engine(stored(0, 70));
    });
    assert_eq!(broken(&overtaken), Some(Invariant::NoReorder));
    assert_eq!(totals(&overtaken).reordered, 1);
    let in_order = told(|run| {
        both(run);
        run.engine(stored(0, 70)).engine(stored(0, 80));
    });
    assert_eq!(broken(&in_order), None);
    let excused = told(|run| {
        both(run);
        run.engine(item_failed(0, Some(70))).engine(stored(0, 80)).engine(stored(0, 70));
    });
    assert_eq!(broken(&excused), None);
    assert_eq!(totals(&excused).settled, 2);
}

#[test]
fn what_is_taken_and_recorded_is_sent() {
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).world(submitted(1, 0)).engine(send_started(1, 0, 1));
        run.server(SMTP, accepted(1, 0, &[5, 6])).engine(sent(1, 0));
    });
    assert_eq!(totals(&run), Totals { items: 1, settled: 1, ..Totals::default() });
    assert_eq!(broken(&run), None);
    assert_eq!(run.findings().slowest[0].item, Some(ItemId(1001)));
}

#[test]
fn what_is_recorded_as_sent_and_no_server_took_is_lost() {
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(sent(1, 0));
    });
    assert_eq!(totals(&run), Totals { items: 1, lost: 1, ..Totals::default() });
    assert_eq!(broken(&run), Some(Invariant::NoLoss));
}

#[test]
fn every_recipient_is_taken_or_refused() {
    let one_taken = |run: &mut Run| {
        run.engine(queued(1, 0, NORMAL)).server(SMTP, accepted(1, 0, &[5]));
    };
    let forgotten = told(|run| {
        one_taken(run);
        run.engine(sent(1, 0));
    });
    assert_eq!(broken(&forgotten), Some(Invariant::NoLoss));
    insta::assert_snapshot!(
        forgotten.breaches()[0].1,
        @"outgoing: an item is recorded as sent, but no server took it for 1 of its recipients"
    );
    let refused_for_good = told(|run| {
        one_taken(run);
        run.engine(refused(1, 0)).engine(sent(1, 0));
    });
    assert_eq!(broken(&refused_for_good), None);
    let later = told(|run| {
        one_taken(run);
        run.engine(deferred(1, 0, 60_000)).server(SMTP, accepted(1, 0, &[6])).engine(sent(1, 0));
    });
    assert_eq!(broken(&later), None);
}

#[test]
fn a_second_copy_is_excused_by_one_unknown_outcome_and_no_more() {
    let mut run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).server(SMTP, accepted(1, 0, &[5, 6]));
        run.engine(unknown(1, 0)).server(SMTP, accepted(1, 0, &[5, 6]));
    });
    let expected =
        Totals { items: 1, pending: 1, unknown: 1, duplicated_declared: 1, ..Totals::default() };
    assert_eq!(totals(&run), expected);
    assert_eq!(broken(&run), None);
    run.server(SMTP, accepted(1, 0, &[6]));
    assert_eq!(totals(&run).duplicated, 1);
}

#[test]
fn where_a_send_can_be_looked_up_nothing_excuses_a_second_copy() {
    let mut charge = charge();
    charge.roster.profiles[1].can_look_up_sends = true;
    let mut run = Run::new(charge);
    run.engine(queued(1, 0, NORMAL)).server(SMTP, accepted(1, 0, &[5, 6]));
    run.engine(unknown(1, 0)).server(SMTP, accepted(1, 0, &[5, 6]));
    assert_eq!(totals(&run).duplicated, 1);
    assert_eq!(broken(&run), Some(Invariant::NoDuplicate));
}

#[test]
fn what_another_client_takes_away_is_told_as_that_and_owed_to_nobody() {
    let away = Totals { items: 1, taken_away: 1, ..Totals::default() };
    let before = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, taken_away(7, 0));
    });
    assert_eq!((totals(&before), broken(&before)), (away, None));
    let after = told(|run| {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70)).engine(stored(0, 70));
        run.server(POP, taken_away(7, 0));
    });
    assert_eq!(totals(&after), Totals { items: 1, settled: 1, ..Totals::default() });
    for late in [false, true] {
        let mut run = told(|run| {
            run.server(POP, delivered(7, 0));
            if !late {
                run.server(POP, served(7, 0, 70));
            }
            run.server(POP, taken_away(7, 0));
            if late {
                run.server(POP, served(7, 0, 70));
            }
            run.engine(stored(0, 70));
        });
        assert_eq!((totals(&run), broken(&run)), (away, None), "had it, or found it elsewhere");
        run.server(POP, served(7, 0, 70)).engine(stored(0, 70));
        assert_eq!(totals(&run).duplicated, 1, "but not twice");
    }
}

#[test]
fn what_was_set_aside_may_come_in_once_when_a_person_asks_for_it() {
    let aside = Totals { items: 1, set_aside: 1, ..Totals::default() };
    for known in [false, true] {
        let mut run = told(|run| {
            run.server(POP, delivered(7, 0));
            if known {
                run.server(POP, served(7, 0, 70));
            }
            run.engine(set_aside(0, known.then_some(70)));
            run.server(POP, served(7, 0, 70)).engine(stored(0, 70));
        });
        assert_eq!((totals(&run), broken(&run)), (aside, None));
        run.server(POP, served(7, 0, 70)).engine(stored(0, 70));
        assert_eq!(totals(&run).duplicated, 1, "but not twice");
    }
}

#[test]
fn nobody_waits_for_what_arrives_where_nothing_comes_in() {
    let mut charge = charge();
    charge.roster.mailboxes[0].incoming = None;
    let mut run = Run::new(charge);
    run.server(SMTP, delivered(7, 0));
    assert_eq!(totals(&run), Totals::default());
}

#[test]
fn a_second_copy_without_an_excuse_is_a_duplicate() {
    let before = told(|run| {
        run.engine(queued(1, 0, NORMAL)).server(SMTP, accepted(1, 0, &[5, 6]));
        run.server(SMTP, accepted(1, 0, &[6]));
    });
    assert_eq!(broken(&before), Some(Invariant::NoDuplicate));
    let after = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(unknown(1, 0));
        run.server(SMTP, accepted(1, 0, &[5, 6])).engine(sent(1, 0));
        run.server(SMTP, accepted(1, 0, &[5, 6]));
    });
    assert_eq!(broken(&after), Some(Invariant::NoDuplicate));
}

#[test]
fn what_the_server_takes_is_what_was_queued() {
    let other_bytes = told(|run| {
        let mut accepted = accepted(1, 0, &[5, 6]);
        if let fake_servers::ServerEvent::Accepted { content, .. } = &mut accepted {
            *content += 1;
        }
        run.engine(queued(1, 0, NORMAL)).server(SMTP, accepted);
    });
    assert_eq!(broken(&other_bytes), Some(Invariant::Unaltered));
    let invented = told(|run| {
        run.server(SMTP, accepted(1, 0, &[5]));
    });
    assert_eq!(broken(&invented), Some(Invariant::Unaltered));
}

#[test]
fn what_is_taken_back_is_owed_to_nobody_and_sent_once_too_often() {
    let back = WorldEvent::TakenBack { mailbox: ANN, email: EmailId(1) };
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).world(submitted(1, 0)).world(back.clone());
    });
    assert_eq!(totals(&run), Totals { items: 1, taken_away: 1, ..Totals::default() });
    assert_eq!(broken(&run), None);
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).world(back.clone()).server(SMTP, accepted(1, 0, &[1]));
    });
    assert_eq!(broken(&run), Some(Invariant::NoDuplicate));
}

#[test]
fn what_failed_is_settled_as_that() {
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(failed(1, 0));
    });
    assert_eq!(totals(&run), Totals { items: 1, failed: 1, ..Totals::default() });
    assert_eq!(broken(&run), None);
}

#[test]
fn the_urgent_go_first_then_the_oldest() {
    let two = |run: &mut Run, second: Priority| {
        run.engine(queued(1, 0, NORMAL)).engine(queued(2, 0, second));
        run.engine(started(1, 0, Workload::Outgoing, 0));
    };
    let run = told(|run| {
        two(run, Priority::High);
        run.engine(send_started(2, 0, 1)).engine(send_started(1, 0, 1));
    });
    assert_eq!(broken(&run), None);
    let run = told(|run| {
        two(run, Priority::High);
        run.engine(send_started(1, 0, 1));
    });
    assert_eq!(broken(&run), Some(Invariant::NoReorder));
    let run = told(|run| {
        two(run, NORMAL);
        run.engine(send_started(2, 0, 1));
    });
    assert_eq!(broken(&run), Some(Invariant::NoReorder));
}

#[test]
fn what_was_put_off_or_came_too_late_for_the_cycle_may_be_overtaken() {
    let put_off = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(queued(2, 0, NORMAL));
        run.engine(started(1, 0, Workload::Outgoing, 0)).engine(send_started(1, 0, 1));
        run.engine(deferred(1, 0, 60_000)).engine(send_started(2, 0, 1));
    });
    assert_eq!(broken(&put_off), None);
    let too_late = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(started(1, 0, Workload::Outgoing, 0));
        run.engine(queued(2, 0, Priority::High)).engine(send_started(1, 0, 1));
    });
    assert_eq!(broken(&too_late), None);
}

#[test]
fn an_items_time_is_split_without_a_gap() {
    let incoming = Workload::Incoming;
    let run = told(|run| {
        run.at(1_000).server(POP, delivered(7, 0));
        run.at(2_000).engine(started(1, 0, incoming, 2_000));
        run.at(2_500).engine(ended_with(1, 0, incoming, 12_000, Outcome::Postponed));
        run.at(12_000).engine(sync_engine::Event::WaitingForWorker {
            mailbox: sync_engine::MailboxId(0),
            workload: incoming,
        });
        run.at(12_100).engine(started(2, 0, incoming, 12_000)).server(POP, held(0, 300));
        run.at(12_600).server(POP, served(7, 0, 70)).engine(stored(0, 70));
    });
    let story = run.findings().slowest[0];
    assert_eq!((story.born.0, story.settled.map(|at| at.0)), (1_000, Some(12_600)));
    assert_eq!(story.split.total(), 11_600);
    let parts: Vec<_> = story.split.parts().filter(|(_, ms)| *ms > 0).collect();
    let expected = [
        (Phase::Schedule, 1_000),
        (Phase::BackOff, 9_500),
        (Phase::WorkerWait, 100),
        (Phase::Link, 700),
        (Phase::Server, 300),
    ];
    assert_eq!(parts, expected);
    let blame = run.findings().blame;
    assert_eq!((blame.len(), blame[0].group, blame[0].items), (1, 0, 1));
    assert_eq!(blame[0].split, story.split);
}

#[test]
fn an_emails_own_deferral_is_back_off_and_not_schedule() {
    let outgoing = Workload::Outgoing;
    let run = told(|run| {
        run.engine(queued(1, 0, NORMAL)).engine(started(1, 0, outgoing, 0));
        run.engine(send_started(1, 0, 1)).engine(deferred(1, 0, 200_000));
        run.engine(ended(1, 0, outgoing, 300_000));
        run.at(300_000).engine(started(2, 0, outgoing, 300_000)).engine(send_started(1, 0, 2));
        run.at(300_400).server(SMTP, accepted(1, 0, &[5, 6])).engine(sent(1, 0));
    });
    let split = run.findings().slowest[0].split;
    assert_eq!(split[Phase::BackOff], 200_000);
    assert_eq!(split[Phase::Schedule], 100_000);
    assert_eq!(split.total(), 300_400);
}

#[test]
fn the_slowest_are_told_with_the_pending_among_them() {
    let run = told(|run| {
        for item in 0..10 {
            run.at(item * 10).server(POP, delivered(item, 0));
        }
        for item in 0..9 {
            run.at(1_000 + item * 20).server(POP, served(item, 0, item)).engine(stored(0, item));
        }
        run.at(5_000).world(WorldEvent::WindowOpened { window: 0 });
    });
    let slowest = run.findings().slowest;
    let told: Vec<_> = slowest.iter().map(|story| story.item.map(|item| item.0)).collect();
    assert_eq!(told, [9, 8, 7, 6, 5].map(Some));
    assert_eq!(slowest[0].settled, None);
}

proptest! {
    /// Whatever the engine and the servers say, in whatever order: the books balance.
    #[test]
    fn the_totals_always_add_up(
        steps in prop::collection::vec((0u8..16, 0u64..6, 0u32..3, 0u64..4), 0..200),
    ) {
        let mut charge = charge();
        charge.always.clear();
        let mut run = Run::new(charge);
        let mut items = std::collections::BTreeSet::new();
        for (now, (what, n, mailbox, content)) in (0u64..).zip(steps) {
            run.at(now);
            match what {
                0 => { items.insert((true, mailbox, now)); run.server(POP, delivered(now, mailbox)) }
                1 => run.server(POP, served(now.saturating_sub(n), mailbox, content)),
                2 => run.engine(stored(mailbox, content)),
                3 => run.engine(already_stored(mailbox, content)),
                4 => run.server(POP, deleted(now.saturating_sub(n), mailbox)),
                5 => run.engine(item_failed(mailbox, Some(content))),
                6 => run.engine(set_aside(mailbox, (n > 2).then_some(content))),
                7 => { items.insert((false, mailbox, now)); run.engine(queued(now, mailbox, NORMAL)) }
                8 => run.engine(send_started(now.saturating_sub(n), mailbox, 1)),
                9 => run.server(SMTP, accepted(now.saturating_sub(n), mailbox, &[content, n])),
                10 => run.engine(sent(now.saturating_sub(n), mailbox)),
                11 => run.engine(deferred(now.saturating_sub(n), mailbox, now + 100)),
                12 => run.engine(unknown(now.saturating_sub(n), mailbox)),
                13 => run.engine(failed(now.saturating_sub(n), mailbox)),
                14 => run.engine(started(now, mailbox, Workload::Outgoing, 0)),
                _ => { items.insert((false, mailbox, now)); run.world(submitted(now, mailbox)) }
            };
        }
        let totals = run.findings().ledger;
        prop_assert!(totals.add_up(), "{totals:?}");
        prop_assert_eq!(totals.items, items.len() as u64);
    }
}
