//! Email on its way out.

use super::*;
use crate::{BackOff, EmailState, ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn a_message_is_drafted_and_then_sent() {
    let (mut bench, office) = Bench::office(|_| {});
    let email = bench.queue("hello", Priority::Normal);
    let (report, story) = bench.send().await;
    assert_eq!((report.error, report.items), (None, 1));
    assert_eq!(story, ["1 attempt 1", "1 sent to 1"]);
    assert_eq!(office.asked(), ["CreateItem", "SendItem"]);
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Sent));
    let bodies: Vec<String> = bench.server.seen().into_iter().map(|seen| seen.body).collect();
    insta::assert_snapshot!(bodies.join("\n").replace("><", ">\n<"));
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_kept_when_version_and_switch_say_so() {
    let version = crate::ApplicationVersion(9, 1, 0, 16_818);
    for (change, kept) in [
        ((crate::ApplicationVersion::SENT_ITEMS, true), true),
        ((crate::ApplicationVersion::SENT_ITEMS, false), false),
        ((version, true), false),
    ] {
        let (mut bench, office) = Bench::office(|config| {
            let settings = &mut config.settings;
            settings.application_version = change.0;
            settings.sss_save_outgoing_email_to_exchange_sent_folder = change.1;
        });
        bench.queue("hello", Priority::Normal);
        bench.send().await;
        assert_eq!(office.with(|mail| mail.sent[0].1), kept, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_urgent_go_first_and_then_the_oldest() {
    let (mut bench, office) = Bench::office(|_| {});
    for (subject, priority) in [
        ("low", Priority::Low),
        ("first", Priority::Normal),
        ("second", Priority::Normal),
        ("high", Priority::High),
    ] {
        bench.queue(subject, priority);
    }
    bench.send().await;
    assert_eq!(office.sent(), ["high", "first", "second", "low"]);
}

#[tokio::test(start_paused = true)]
async fn a_scan_that_finds_nothing_asks_nothing() {
    let (mut bench, office) = Bench::office(|_| {});
    let (report, story) = bench.send().await;
    assert_eq!((report, story), (CycleReport::default(), Vec::new()));
    assert_eq!(office.asked(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn quotas_and_pauses_put_the_mailbox_off_and_count_no_attempt() {
    for (operation, code, reason, wait) in [
        ("CreateItem", "ErrorQuotaExceeded", Reason::QuotaExceeded, None),
        ("SendItem", "ErrorSubmissionQuotaExceeded", Reason::QuotaExceeded, None),
        ("SendItem", "ErrorServerBusy", Reason::ServerBusy, Some(12_345)),
        ("CreateItem", "ErrorServerBusy", Reason::ServerBusy, Some(12_345)),
    ] {
        let (mut bench, office) = Bench::office(|config| {
            config.settings.maximum_email_delivery_attempts = 1;
        });
        bench.queue("hello", Priority::Normal);
        office.blow(operation, Blow::Message(0, code));
        let (report, story) = bench.send().await;
        let error = report.error.unwrap();
        assert_eq!((error.class, error.reason), (ErrorClass::Transient, reason), "{code}");
        let back_off = wait.map(|wait| BackOff::For(Duration::from_millis(wait)));
        assert_eq!(error.back_off, back_off);
        let deferred = format!("1 deferred to {}: {reason}", wait.unwrap_or_default());
        assert_eq!(story, ["1 attempt 1", deferred.as_str()]);
        tokio::time::sleep(Duration::from_millis(wait.unwrap_or_default())).await;
        let (report, story) = bench.send().await;
        assert_eq!((report.error, story.len()), (None, 2));
        assert_eq!((office.sent().len(), office.drafts().len()), (1, 0), "{operation} {code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_nobody_takes_fails_alone_and_leaves_no_draft() {
    for (operation, code, reason) in [
        ("CreateItem", "ErrorMessageSizeExceeded", Reason::MessageTooLarge),
        ("SendItem", "ErrorInvalidRecipients", Reason::RecipientRefused),
        ("SendItem", "ErrorSendAsDenied", Reason::Refused),
    ] {
        let (mut bench, office) = Bench::office(|_| {});
        bench.queue("bad", Priority::Normal);
        bench.queue("good", Priority::Normal);
        office.blow(operation, Blow::Message(0, code));
        let (report, story) = bench.send().await;
        assert_eq!(report.error, None);
        assert_eq!(story[1], format!("1 failed: {reason}"), "{code}");
        assert_eq!(story[3], "2 sent to 1");
        assert!(office.sent().contains(&"good".to_owned()));
        let alert = &bench.ctx.store.alerts().unwrap()[0];
        assert!(alert.text.contains(code), "{}", alert.text);
    }
}

#[tokio::test(start_paused = true)]
async fn the_draft_of_an_email_taken_back_is_deleted() {
    let (mut bench, office) = Bench::office(|_| {});
    let email = bench.queue("regretted", Priority::Normal);
    office.blow("SendItem", Blow::Refuse(error_message("SendItem", "ErrorServerBusy", "", &[])));
    bench.send().await;
    assert_eq!(office.drafts(), ["regretted"]);
    assert!(bench.outbox().cancel(email).unwrap());
    bench.queue("other", Priority::Normal);
    let (report, _) = bench.send().await;
    assert_eq!(report.error, None);
    assert_eq!((office.sent(), office.drafts()), (vec!["other".to_owned()], vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_draft_goes_with_its_email_though_nothing_else_is_to_be_sent() {
    let (mut bench, office) = Bench::office(|_| {});
    bench.queue("bad", Priority::Normal);
    let refused = error_message("SendItem", "ErrorInvalidRecipients", "", &[]);
    office.blow("SendItem", Blow::Refuse(refused));
    // The clean-up fails in this cycle, and is done in the next, which has nothing to send.
    office.blow("DeleteItem", Blow::LostBefore);
    let (report, _) = bench.send().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(office.drafts(), ["bad"]);
    let (report, story) = bench.send().await;
    assert_eq!((report.error, story.len()), (None, 0));
    assert_eq!(office.drafts(), [""; 0]);
    office.asked();
    bench.send().await;
    assert_eq!(office.asked(), [""; 0], "and then nothing is asked any more");
}

#[tokio::test(start_paused = true)]
async fn a_draft_somebody_deleted_is_made_again() {
    let (mut bench, office) = Bench::office(|_| {});
    bench.queue("hello", Priority::Normal);
    office.blow("SendItem", Blow::Refuse(error_message("SendItem", "ErrorItemNotFound", "", &[])));
    office.with(|mail| mail.loses_drafts = true);
    let (report, story) = bench.send().await;
    assert_eq!(report.error, None);
    assert_eq!(story[1], "1 deferred to 300000: refused");
    office.with(|mail| mail.loses_drafts = false);
    tokio::time::sleep(Duration::from_mins(5)).await;
    let (_, story) = bench.send().await;
    assert_eq!((story[1].as_str(), office.sent().len()), ("1 sent to 1", 1));
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_refused_touch_no_message() {
    let (mut bench, office) = Bench::office(|_| {});
    let email = bench.queue("hello", Priority::Normal);
    let denied = fault("ErrorImpersonateUserDenied", "no", &[]);
    office.blow("CreateItem", Blow::Refuse(denied));
    let (report, _) = bench.send().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Permanent, Reason::AccessDenied));
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::PendingSend));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_breaks_every_connection_holds_up_nobody() {
    let (mut bench, office) = Bench::office(|_| {});
    bench.queue("poison", Priority::Normal);
    bench.queue("good", Priority::Normal);
    office.blow("CreateItem", Blow::LostBefore);
    let (report, story) = bench.send().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(story[1], "1 deferred to 600000: connection_lost");
    tokio::time::sleep(Duration::from_mins(5)).await;
    bench.send().await;
    assert_eq!(office.sent(), ["good"]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_uses_up_no_attempts() {
    let (mut bench, office) = Bench::office(|config| {
        config.settings.maximum_email_delivery_attempts = 2;
    });
    let email = bench.queue("hello", Priority::Normal);
    for _ in 0..6 {
        office.blow("CreateItem", Blow::LostBefore);
        office.blow("FindItem", Blow::SilentBefore);
        bench.send().await;
        tokio::time::sleep(Duration::from_mins(15)).await;
    }
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::PendingSend));
    office.with(|mail| mail.blows.clear());
    bench.send().await;
    assert_eq!(office.sent(), ["hello"]);
}
