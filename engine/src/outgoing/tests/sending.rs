//! What goes right, to the byte, and what the server refuses for good.

use super::*;
use crate::email::{AttemptOutcome, AttemptPhase, RecipientState};
use crate::{EmailState, Reason};

#[tokio::test(start_paused = true)]
async fn nothing_due_opens_no_connection() {
    let mut bench = Bench::new(&[]);
    assert_eq!(bench.story().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_message_goes_out_and_its_record_says_so() {
    let mut bench = Bench::new(&[&(HELLO.to_owned() + &transaction(OK) + QUIT)]);
    let email = bench.queue_one();
    assert_eq!(bench.story().await, ["open", "1 attempt 1", "1 sent to 1", "closed"]);
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Sent));
    let attempts = bench.outbox().attempts(email).unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].phase, AttemptPhase::DataBegun);
    assert_eq!(attempts[0].ended, Some((start(), AttemptOutcome::Sent)));
    let recipients = bench.outbox().recipients(email).unwrap();
    assert_eq!(recipients, [("bob@example.net".into(), RecipientState::Accepted)]);
    assert!(!bench.outbox().cancel(email).unwrap(), "too late");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn bytes_arrive_unaltered_and_dots_cannot_end_a_message() {
    let data = "C DATA\nS 354 go\nC ..\nC ..first\nC x\nC ...\nC \nC .\n";
    let envelope = format!("{MAIL}{}", rcpt("bob", "250 ok"));
    let mut bench = Bench::new(&[&format!("{HELLO}{envelope}{data}S {OK}\n{QUIT}")]);
    bench.queue(".\n.first\rx\r\n..\r\n\r\n", &["bob"], Priority::Normal);
    assert_eq!(bench.story().await, ["open", "1 attempt 1", "1 sent to 1", "closed"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn urgent_before_old_before_new_and_a_new_connection_when_one_is_used_up() {
    let two = transaction(OK) + &transaction(OK);
    let mut bench = Bench::with(
        &[&format!("{HELLO}{two}{QUIT}"), &format!("{HELLO}{}{QUIT}", transaction(OK))],
        |config| config.servers[0].messages_per_connection = 2,
    );
    for priority in [Priority::Normal, Priority::Low, Priority::High] {
        bench.queue(RAW, &["bob"], priority);
    }
    let story = bench.story().await.join(", ");
    assert_eq!(
        story,
        "open, 3 attempt 1, 3 sent to 1, 1 attempt 1, 1 sent to 1, closed, \
         open, 2 attempt 1, 2 sent to 1, closed"
    );
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn recipients_are_refused_one_by_one() {
    let envelope = format!(
        "{MAIL}{}{}{}",
        rcpt("bob", "250 ok"),
        rcpt("cleo", "550 5.1.1 unknown"),
        rcpt("dan", "250 ok")
    );
    let mut bench = Bench::new(&[&format!("{HELLO}{envelope}{}S {OK}\n{QUIT}", data())]);
    let email = bench.queue(RAW, &["bob", "cleo", "dan"], Priority::Normal);
    let story = bench.story().await;
    assert_eq!(story[1..4], ["1 attempt 1", "1 refused: recipient_refused", "1 sent to 2"]);
    let states: Vec<_> =
        bench.outbox().recipients(email).unwrap().into_iter().map(|r| r.1).collect();
    assert_eq!(
        states,
        [RecipientState::Accepted, RecipientState::Refused, RecipientState::Accepted]
    );
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_nobody_takes_fails_with_an_alert_and_the_next_one_goes() {
    let refused = format!("{MAIL}{}C RSET\nS 250 ok\n", rcpt("bob", "550 5.1.1 unknown"));
    let mut bench = Bench::new(&[&format!("{HELLO}{refused}{}{QUIT}", transaction(OK))]);
    let email = bench.queue_one();
    bench.queue_one();
    let story = bench.story().await;
    let told = ["1 attempt 1", "1 refused: recipient_refused", "1 failed: recipient_refused"];
    assert_eq!(story[1..4], told);
    assert_eq!(story[5], "2 sent to 1");
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Failed));
    let alerts = bench.ctx.store.alerts().unwrap();
    assert_eq!(alerts[0].reason, Reason::RecipientRefused);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_too_large_is_refused_before_any_command() {
    let hello = HELLO.replace("250-smtp", "250-smtp\nS 250-SIZE 10");
    let mut bench = Bench::new(&[&format!("{hello}{QUIT}")]);
    bench.queue_one();
    assert_eq!(bench.story().await[2], "1 failed: message_too_large");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_offered_is_used() {
    let hello = "S 220 ready\nC EHLO example.com\nS 250-smtp\nS 250-SIZE\nS 250-8BITMIME\n\
        S 250 AUTH LOGIN\nC AUTH LOGIN\nS 334 VXNlcm5hbWU6\nC YW5u\nS 334 UGFzc3dvcmQ6\n\
        C c2VjcmV0\nS 235 2.7.0 fine\n";
    let mail = "C MAIL FROM:<ann@example.com> SIZE=15 BODY=8BITMIME\nS 250 ok\n";
    let data = "C DATA\nS 354 go\nC Subject: \u{e9}\nC \nC .\n";
    let rcpt = rcpt("bob", "250 ok");
    let mut bench = Bench::new(&[&format!("{hello}{mail}{rcpt}{data}S {OK}\n{QUIT}")]);
    bench.queue("Subject: \u{e9}\r\n\r\n", &["bob"], Priority::Normal);
    assert_eq!(bench.story().await[2], "1 sent to 1");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn too_many_recipients_go_in_several_transactions() {
    let first = format!("{MAIL}{}{}", rcpt("bob", "250 ok"), rcpt("cleo", "452 4.5.3 too many"));
    let second = format!("{MAIL}{}", rcpt("cleo", "250 ok"));
    let script = format!("{HELLO}{first}{}S {OK}\n{second}{}S {OK}\n{QUIT}", data(), data());
    let mut bench = Bench::new(&[&script]);
    bench.queue(RAW, &["bob", "cleo"], Priority::Normal);
    let story = bench.story().await;
    assert_eq!(
        story[1..5],
        ["1 attempt 1", "1 deferred to 0: refused", "1 attempt 2", "1 sent to 1"]
    );
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_canceled_is_not_sent() {
    let mut bench = Bench::new(&[]);
    let email = bench.queue_one();
    assert!(bench.outbox().cancel(email).unwrap());
    assert!(!bench.outbox().cancel(email).unwrap());
    assert_eq!(bench.story().await, [""; 0]);
    assert_eq!(bench.outbox().state(email).unwrap(), Some(EmailState::Canceled));
}
