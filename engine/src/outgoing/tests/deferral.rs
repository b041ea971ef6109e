//! What is tried again, when, and how often.

use super::*;
use crate::testing::Plugin;
use crate::{BackOff, EmailState, ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn a_greylisted_message_waits_and_the_others_go_on() {
    let grey = format!("{MAIL}{}C RSET\nS 250 ok\n", rcpt("bob", "451 4.7.1 come back later"));
    let mut bench = Bench::new(&[
        &format!("{HELLO}{grey}{}{QUIT}", transaction(OK)),
        &format!("{HELLO}{}{QUIT}", transaction(OK)),
    ]);
    bench.queue_one();
    bench.queue_one();
    let (report, story) = bench.cycle().await;
    assert_eq!(story[2], "1 deferred to 300: greylisted");
    assert_eq!(story[4], "2 sent to 1");
    assert_eq!((report.error, report.next_due), (None, Some(start() + Duration::from_mins(5))));
    tokio::time::sleep(Duration::from_millis(299_999)).await;
    assert_eq!(bench.story().await, [""; 0], "not a millisecond earlier");
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.story().await, ["open", "1 attempt 2", "1 sent to 1", "closed"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn only_those_who_were_deferred_are_tried_again() {
    let first = format!("{MAIL}{}{}", rcpt("bob", "250 ok"), rcpt("cleo", "450 4.7.1 greylisted"));
    let second = format!("{MAIL}{}", rcpt("cleo", "250 ok"));
    let mut bench = Bench::new(&[
        &format!("{HELLO}{first}{}S {OK}\n{QUIT}", data()),
        &format!("{HELLO}{second}{}S {OK}\n{QUIT}", data()),
    ]);
    bench.queue(RAW, &["bob", "cleo"], Priority::Normal);
    assert_eq!(bench.story().await[2], "1 deferred to 300: greylisted");
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(bench.story().await[2], "1 sent to 1");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn throttling_and_quotas_pause_the_mailbox_and_count_no_attempt() {
    let rows = [
        ("421 4.4.2 submission rate exceeded", Reason::RateLimited, Duration::from_mins(1)),
        (
            "554 5.2.0 SubmissionQuotaExceededException",
            Reason::QuotaExceeded,
            Duration::from_hours(1),
        ),
        ("554 5.2.2 mailbox full", Reason::QuotaExceeded, Duration::from_hours(1)),
    ];
    for (reply, reason, pause) in rows {
        let mut bench = Bench::with(
            &[
                &format!("{HELLO}{}", transaction(reply)),
                &format!("{HELLO}{}{QUIT}", transaction(OK)),
            ],
            |config| config.settings.maximum_email_delivery_attempts = 1,
        );
        bench.queue_one();
        let (report, story) = bench.cycle().await;
        let error = report.error.unwrap();
        assert_eq!((error.class, error.reason), (ErrorClass::Transient, reason));
        assert_eq!(error.back_off, Some(BackOff::For(pause)));
        assert_eq!(story[2], format!("1 deferred to {}: {reason}", pause.as_secs()));
        tokio::time::sleep(pause).await;
        assert_eq!(bench.story().await[1..3], ["1 attempt 2", "1 sent to 1"]);
        bench.network.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_going_down_is_no_attempt_either() {
    let mut bench = Bench::with(
        &[&format!("{HELLO}C MAIL FROM:<ann@example.com>\nS 421 4.3.2 shutting down\n")],
        |config| config.settings.maximum_email_delivery_attempts = 1,
    );
    let email = bench.queue_one();
    let (report, story) = bench.cycle().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::SystemTemporary));
    assert_eq!((story[2].as_str(), error.back_off), ("1 deferred to 0: system_temporary", None));
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::PendingSend));
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn attempts_run_out() {
    let busy = format!("{HELLO}{}{QUIT}", transaction("451 4.2.0 busy"));
    let mut bench = Bench::with(&[&busy, &busy], |config| {
        config.settings.maximum_email_delivery_attempts = 2;
    });
    let email = bench.queue_one();
    assert_eq!(bench.story().await[2], "1 deferred to 300: refused");
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(bench.story().await[2], "1 failed: attempts_exhausted");
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Failed));
    let alerts = bench.ctx.store.alerts().unwrap();
    assert_eq!(alerts[0].reason, Reason::AttemptsExhausted);
    assert_eq!(alerts[0].text, "the final dot: 451 4.2.0 busy");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_permanent_and_touch_no_message() {
    let script = HELLO.replace("235 2.7.0 fine", "535 5.7.8 no");
    let mut bench = Bench::new(&[&script]);
    let email = bench.queue_one();
    let (report, story) = bench.cycle().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Permanent, Reason::CredentialsRejected));
    assert_eq!(story, ["open", "closed"]);
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::PendingSend));
    assert_eq!(bench.outbox().attempts(email).unwrap(), []);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_customization_that_throws_puts_its_email_off() {
    let mut bench = Bench::new(&[&format!("{HELLO}{QUIT}")]);
    let plugin = Plugin { throws_for: [MailboxId(0)].into(), ..Plugin::default() };
    bench.ctx.services.customizations = Arc::new(plugin);
    bench.queue_one();
    let story = bench.story().await;
    assert_eq!(story[story.len() - 2], "1 deferred to 300: customization_failed");
    bench.network.check().await;
}
