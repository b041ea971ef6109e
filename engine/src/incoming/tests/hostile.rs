//! Servers whose bytes are wrong on purpose.

use proptest::prelude::*;

use super::*;
use crate::testing::in_paused_time;
use crate::testing::network::Babbler;
use crate::{ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn a_message_without_end_costs_no_more_than_its_limit_and_holds_up_nobody() {
    let endless = |number: u32| {
        format!(
            "C RETR {number}\nS +OK 10 octets\nS Subject: x\nS \n{}CLOSE",
            "S spam\n".repeat(20)
        )
    };
    let mut bench = Bench::with(
        &[
            &first_session(&["a", "b"], &endless(1)),
            &session(&["a", "b"], &(retr(2, "two") + &endless(1))),
        ],
        |config| config.settings.maximum_message_size = 100,
    );
    let (report, story) = bench.cycle().await;
    assert_eq!((report.error, report.more), (None, true), "the other one is worth another cycle");
    assert_eq!(story, ["failed 1: message_too_large, not received"]);
    let (report, story) = bench.cycle().await;
    assert_eq!((report.error, report.more), (None, false));
    assert_eq!(story, ["stored 1 of 23 octets", "failed 2: message_too_large, not received"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn without_uidl_a_message_without_end_goes_last_too() {
    let list =
        |rest: String| format!("{LOGIN}C UIDL\nS -ERR\nC LIST\nS +OK\nS 1 5\nS 2 5\nS .\n{rest}");
    let endless = format!("C RETR 1\nS +OK\n{}CLOSE", "S spam\n".repeat(20));
    let mut bench = Bench::with(
        &[
            &list(endless.clone()).replacen("C USER", "C CAPA\nS -ERR\nC USER", 1),
            &list(retr(2, "two") + &endless),
            &list(retr(2, "two") + &retr(1, "one") + QUIT),
        ],
        |config| config.settings.maximum_message_size = 100,
    );
    assert_eq!(bench.story().await, ["failed 1: message_too_large, not received"]);
    let story = bench.story().await;
    assert_eq!(story, ["stored 1 of 23 octets", "failed 2: message_too_large, not received"]);
    assert_eq!(bench.story().await, ["known as 1", "stored 2 of 23 octets"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn an_endless_first_line_is_cut_off() {
    let endless = format!("S +OK {}\n", "x".repeat(10_000));
    let mut bench = Bench::new(&[&endless]);
    let error = bench.cycle().await.0.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::AnswerTooLong));
    assert!(error.detail.chars().count() <= 512);
}

#[tokio::test(start_paused = true)]
async fn nonsense_in_a_listing_is_reported_after_the_rest_is_done() {
    let mut bench = Bench::new(&[&first_session(&["a"], &(retr(1, "one") + QUIT)).replacen(
        "S 1 a",
        "S -1 b\nS \u{fffd}\nS 1 a",
        1,
    )]);
    let (report, story) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::ProtocolViolation);
    assert_eq!(story, ["stored 1 of 23 octets"]);
    bench.network.check().await;
}

/// Pieces of POP3, whole and broken.
fn noise() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        6 => Just(b"+OK\r\n".to_vec()),
        2 => Just(b".\r\n".to_vec()),
        2 => Just(b"1 a\r\n2 b\r\n2 a\r\n.\r\n".to_vec()),
        2 => Just(b"Subject: x\r\n\r\n..\r\n.\r\n".to_vec()),
        1 => Just(b"-ERR [IN-USE]\r\n".to_vec()),
        1 => Just(b"1 -7\r\n\xc3\r\n".to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..60),
        1 => proptest::collection::vec(Just(b'x'), 0..6000),
    ];
    proptest::collection::vec(piece, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever a server says, a cycle ends, soon, with a report.
    #[test]
    fn no_bytes_end_in_a_panic_or_a_hang(pieces in noise()) {
        in_paused_time(async {
            let mut bench = Bench::with(&[], |config| {
                config.settings.maximum_message_size = 1000;
                config.mailboxes[0].process_and_delete_emails = true;
            });
            bench.ctx.services.connector = Arc::new(Babbler(pieces));
            let cycle = tokio::time::timeout(30 * MINUTE, bench.cycle());
            let (report, _) = cycle.await.expect("the cycle hangs");
            assert!(report.error.is_none_or(|error| error.class != ErrorClass::Item));
        });
    }
}
