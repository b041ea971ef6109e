//! Replies that never come, and processes that end in the middle.

use super::*;
use crate::email::{AttemptOutcome, AttemptPhase};
use crate::{EmailState, Reason, Spawner};

/// Both ways to lose the reply to the final dot, and the retry with the same Message-ID.
#[tokio::test(start_paused = true)]
async fn a_reply_lost_after_the_final_dot_is_an_unknown_outcome() {
    for (end, reason) in [("CLOSE", Reason::ConnectionLost), ("HANG", Reason::RequestTimeout)] {
        let lost = format!("{HELLO}{MAIL}{}{}{end}", rcpt("bob", "250 ok"), data());
        let mut bench = Bench::new(&[&lost, &format!("{HELLO}{}{QUIT}", transaction(OK))]);
        let email = bench.queue_one();
        let (report, story) = bench.cycle().await;
        assert_eq!(report.error.unwrap().reason, reason);
        assert_eq!(story, ["open", "1 attempt 1", "1 in doubt", "closed"]);
        let attempt = &bench.outbox().attempts(email).unwrap()[0];
        assert_eq!(attempt.ended.unwrap().1, AttemptOutcome::Unknown);
        assert_eq!(attempt.reason, Some(Reason::OutcomeUnknown));

        tokio::time::sleep(Duration::from_mins(30) - Duration::from_millis(1)).await;
        assert_eq!(bench.story().await, [""; 0]);
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(bench.story().await[2], "1 sent to 1");
        bench.network.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_final_dot_has_its_own_patience() {
    let slow = format!("{HELLO}{MAIL}{}{}HANG", rcpt("bob", "250 ok"), data());
    let mut bench = Bench::new(&[&slow]);
    bench.queue_one();
    bench.cycle().await;
    let last = bench.world.events().pop().unwrap().0;
    assert_eq!(last, 600_000, "10 minutes (RFC 5321, 4.5.3.2.6)");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_lost_before_the_final_dot_leaves_no_doubt() {
    let lost = format!("{HELLO}{MAIL}{}C DATA\nCLOSE", rcpt("bob", "250 ok"));
    let mut bench = Bench::new(&[&lost]);
    bench.queue_one();
    let (report, story) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(story[2], "1 deferred to 300: connection_lost");
    bench.network.check().await;
}

/// Kills the process while the server keeps silent at this point, and starts another one.
async fn crash_at(script: &str) -> (Bench, Vec<String>) {
    let mut bench = Bench::new(&[script, &format!("{HELLO}{}{QUIT}", transaction(OK))]);
    bench.queue_one();
    let ctx = bench.ctx.clone();
    bench.world.spawner.spawn(Box::pin(async move {
        run(ctx).await;
    }));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.outbox().state(EmailId(1)).unwrap(), Some(EmailState::Sending));
    bench.ctx.store.close();
    bench.world.spawner.kill_all();
    let restarted = bench.ctx.store.new_handle();
    bench.ctx.store = restarted;
    let before = bench.world.events().len();
    recover(&bench.ctx.store, &bench.ctx.config, &bench.ctx.services).unwrap();
    let story = bench.told_since(before);
    (bench, story)
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_the_data_is_tried_again_at_once() {
    let (mut bench, story) = crash_at(&format!("{HELLO}C MAIL FROM:<ann@example.com>\nHANG")).await;
    assert_eq!(story, [""; 0]);
    assert_eq!(bench.story().await, ["open", "1 attempt 2", "1 sent to 1", "closed"]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_the_data_began_is_in_doubt() {
    let script = format!("{HELLO}{MAIL}{}{}HANG", rcpt("bob", "250 ok"), data());
    let (mut bench, story) = crash_at(&script).await;
    assert_eq!(story, ["1 in doubt"]);
    let attempt = &bench.outbox().attempts(EmailId(1)).unwrap()[0];
    assert_eq!(attempt.phase, AttemptPhase::DataBegun);
    assert_eq!(attempt.ended.unwrap().1, AttemptOutcome::Unknown);
    assert_eq!(bench.story().await, [""; 0]);
    tokio::time::sleep(Duration::from_mins(30)).await;
    assert_eq!(bench.story().await, ["open", "1 attempt 2", "1 sent to 1", "closed"]);
}
