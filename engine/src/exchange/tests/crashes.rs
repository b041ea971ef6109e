//! Every request of a send and of a receipt lost before and after it is served, and the process
//! killed there: nothing is sent twice, nothing is lost, nothing is stored twice.

use super::*;
use crate::{EmailState, Spawner};

/// What is done to the nth request.
const BLOWS: [Blow; 4] = [Blow::LostBefore, Blow::LostAfter, Blow::SilentBefore, Blow::SilentAfter];

/// Sends until there is nothing more to send; how many cycles it took.
async fn send_all(bench: &mut Bench, emails: &[EmailId]) -> u32 {
    for cycle in 0..20 {
        bench.send().await;
        let states = emails.iter().map(|email| bench.outbox().state(*email).unwrap());
        if states.into_iter().all(|state| state == Some(EmailState::Sent)) {
            return cycle;
        }
        tokio::time::sleep(Duration::from_mins(11)).await;
    }
    panic!("something is never sent");
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_of_a_send_sends_nothing_twice() {
    for operation in ["CreateItem", "SendItem"] {
        for first in BLOWS {
            // The look-up that follows may be lost as well, and so may the one after that.
            for then in [None, Some("FindItem"), Some("GetItem"), Some(operation)] {
                for second in BLOWS {
                    let (mut bench, office) = Bench::office(|_| {});
                    let emails = ["one", "two"].map(|name| bench.queue(name, Priority::Normal));
                    office.blow(operation, first.clone());
                    if let Some(then) = then {
                        office.blow(then, second.clone());
                    }
                    send_all(&mut bench, &emails).await;
                    let case = format!("{operation} {first:?} {then:?} {second:?}");
                    let mut sent = office.sent();
                    sent.sort();
                    assert_eq!(sent, ["one", "two"], "{case}");
                    assert!(office.drafts().is_empty(), "{case}: {:?}", office.drafts());
                    let doubt = bench
                        .world
                        .events()
                        .into_iter()
                        .any(|(_, event)| matches!(event, Event::SendOutcomeUnknown { .. }));
                    assert!(!doubt, "{case}: nothing is in doubt on Exchange");
                }
            }
        }
    }
}

/// Runs a cycle that will hang, and kills the process a second later.
pub(super) async fn die_in(bench: &mut Bench, outgoing: bool) {
    bench.ctx.workload = if outgoing { Workload::Outgoing } else { Workload::Incoming };
    bench.ctx.cycle.0 += 1;
    let ctx = bench.ctx.clone();
    bench.world.spawner.spawn(Box::pin(async move {
        if outgoing {
            super::super::outgoing::run(ctx, ServerId(0)).await;
        } else {
            super::super::incoming::run(ctx, ServerId(0)).await;
        }
    }));
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.crash();
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_any_request_of_a_send_sends_nothing_twice() {
    for first in
        [("CreateItem", false), ("CreateItem", true), ("SendItem", false), ("SendItem", true)]
    {
        for then in
            [None, Some(("FindItem", true)), Some(("GetItem", true)), Some(("SendItem", true))]
        {
            let (mut bench, office) = Bench::office(|_| {});
            let emails = ["one", "two"].map(|name| bench.queue(name, Priority::Normal));
            for (operation, served) in [Some(first), then].into_iter().flatten() {
                let blow = if served { Blow::SilentAfter } else { Blow::SilentBefore };
                office.blow(operation, blow);
                die_in(&mut bench, true).await;
                tokio::time::sleep(Duration::from_mins(6)).await;
            }
            office.with(|mail| mail.blows.clear());
            send_all(&mut bench, &emails).await;
            let mut sent = office.sent();
            sent.sort();
            assert_eq!(sent, ["one", "two"], "{first:?} {then:?}");
        }
    }
}

/// The answer that would have told of the draft is lost, and the email is taken back; then each
/// request of the clean-up is lost, or the process killed in it.
#[tokio::test(start_paused = true)]
async fn a_draft_is_not_left_behind_by_an_email_taken_back() {
    for first in BLOWS {
        for then in ["FindItem", "DeleteItem"] {
            for second in BLOWS {
                for killed in [false, true] {
                    let (mut bench, office) = Bench::office(|_| {});
                    let email = bench.queue("regretted", Priority::Normal);
                    office.blow("CreateItem", first.clone());
                    bench.send().await;
                    assert!(bench.outbox().cancel(email).unwrap());
                    office.blow(then, second.clone());
                    if killed {
                        die_in(&mut bench, true).await;
                    }
                    for _ in 0..3 {
                        bench.send().await;
                        tokio::time::sleep(Duration::from_mins(11)).await;
                    }
                    let case = format!("{first:?} {then} {second:?} {killed}");
                    assert_eq!((office.sent(), office.drafts()), (vec![], vec![]), "{case}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_not_left_behind_by_an_email_that_failed() {
    for blow in [Blow::LostAfter, Blow::SilentAfter] {
        let (mut bench, office) = Bench::office(|config| {
            config.settings.maximum_email_delivery_attempts = 1;
        });
        let email = bench.queue("bad", Priority::Normal);
        office.blow("CreateItem", Blow::LostBefore);
        bench.send().await;
        tokio::time::sleep(Duration::from_mins(11)).await;
        // The server has just served the search: the second silence is the email's own fault.
        office.blow("CreateItem", blow.clone());
        for _ in 0..2 {
            bench.send().await;
            tokio::time::sleep(Duration::from_mins(11)).await;
        }
        assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Failed), "{blow:?}");
        assert_eq!((office.sent(), office.drafts()), (vec![], vec![]), "{blow:?}");
    }
}

/// The process dies at its nth event, whichever that is.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_event_of_a_send_sends_nothing_twice() {
    for nth in 1..=8 {
        let (mut bench, office) = Bench::office(|_| {});
        let emails = ["one", "two"].map(|name| bench.queue(name, Priority::Normal));
        let before = bench.world.events().len();
        bench.world.recorder.kill_after(before + nth, bench.ctx.store.clone());
        die_in(&mut bench, true).await;
        bench.world.recorder.restart();
        send_all(&mut bench, &emails).await;
        let mut sent = office.sent();
        sent.sort();
        assert_eq!(sent, ["one", "two"], "event {nth}");
    }
}

/// Receives until there is nothing more to receive; the records stored in all.
async fn receive_all(bench: &mut Bench) -> u32 {
    for _ in 0..20 {
        let (report, story) = bench.receive().await;
        if report.error.is_none() && story.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_mins(5)).await;
    }
    let sql = "SELECT count(*) FROM email WHERE status = 4";
    bench.ctx.store.read(|reader| reader.first(sql, [], |row| row.get(0))).unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_of_a_receipt_loses_and_doubles_nothing() {
    for operation in ["SyncFolderItems", "GetItem", "DeleteItem"] {
        for blow in BLOWS {
            let (mut bench, office) = Bench::office(|config| {
                config.mailboxes[0].process_and_delete_emails = true;
            });
            office.with(|mail| mail.page = 4);
            for number in 0..25 {
                office.deliver("inbox", &format!("m{number}"));
            }
            office.blow(operation, blow.clone());
            let case = format!("{operation} {blow:?}");
            assert_eq!(receive_all(&mut bench).await, 25, "{case}");
            assert!(office.subjects("inbox").is_empty(), "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_event_of_a_receipt_loses_and_doubles_nothing() {
    for nth in 1..=30 {
        let (mut bench, office) = Bench::office(|config| {
            config.mailboxes[0].process_and_delete_emails = nth % 2 == 0;
        });
        office.with(|mail| mail.page = 4);
        for number in 0..25 {
            office.deliver("inbox", &format!("m{number}"));
        }
        let before = bench.world.events().len();
        bench.world.recorder.kill_after(before + nth, bench.ctx.store.clone());
        die_in(&mut bench, false).await;
        bench.world.recorder.restart();
        assert_eq!(receive_all(&mut bench).await, 25, "event {nth}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_a_full_listing_doubles_nothing() {
    for page in 1..=3 {
        let (mut bench, office) = Bench::office(|_| {});
        for number in 0..12 {
            office.deliver("inbox", &format!("m{number}"));
        }
        bench.received().await;
        office.forget_states();
        office.with(|mail| mail.page = 4);
        // The listing begins anew, and the process dies in its nth page.
        office.with(|mail| {
            mail.asked.clear();
            mail.silent_at = Some(page + 1);
        });
        die_in(&mut bench, false).await;
        office.with(|mail| mail.silent_at = None);
        assert_eq!(receive_all(&mut bench).await, 12, "page {page}");
    }
}
