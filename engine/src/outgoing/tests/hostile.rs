//! Servers whose bytes are wrong on purpose.

use proptest::prelude::*;

use super::*;
use crate::testing::in_paused_time;
use crate::testing::network::Babbler;
use crate::{EmailState, ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn every_nonsense_ends_the_session_with_its_reason() {
    let endless = "S 220-x\n".repeat(2000);
    let rows = [
        ("CLOSE".to_owned(), Reason::ConnectionLost),
        ("HANG".to_owned(), Reason::RequestTimeout),
        ("S +OK POP3 ready\n".to_owned(), Reason::ProtocolViolation),
        (endless, Reason::AnswerTooLong),
        (format!("S 220 {}\n", "x".repeat(9000)), Reason::AnswerTooLong),
        ("S 220 ready\nC EHLO example.com\nCUT 250-half".to_owned(), Reason::ConnectionLost),
        ("S 220 ready\nC EHLO example.com\nS 502 no\n".to_owned(), Reason::Refused),
        (
            "S 220 ready\nC EHLO example.com\nS 250-x\nS 250 AUTH CRAM-MD5\n".to_owned(),
            Reason::Refused,
        ),
        (format!("{HELLO}S 250 one too many\nHANG"), Reason::ProtocolViolation),
        (format!("{HELLO}S 421 4.3.2 going down\n"), Reason::SystemTemporary),
    ];
    for (script, reason) in rows {
        let mut bench = Bench::new(&[&script]);
        bench.queue_one();
        let error = bench.cycle().await.0.error.expect(&script);
        assert_eq!(error.reason, reason, "{script}");
        assert_ne!(error.class, ErrorClass::Item);
        let state = bench.outbox().state(EmailId(1)).unwrap();
        assert_eq!(state, Some(EmailState::PendingSend), "{script}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_yes_before_the_final_dot_is_not_believed() {
    let early = format!("{HELLO}{MAIL}{}C DATA\nS 354 go\nS 250 taken\n", rcpt("bob", "250 ok"));
    let mut bench = Bench::new(&[&early]);
    bench.queue_one();
    let (report, story) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::ProtocolViolation);
    assert_eq!(story[2], "1 deferred to 300: protocol_violation", "and there is no doubt");
}

/// Pieces of SMTP, whole and broken.
fn noise() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        8 => Just(b"250 ok\r\n".to_vec()),
        3 => Just(b"220 ready\r\n".to_vec()),
        3 => Just(b"250-smtp\r\n250-SIZE 0\r\n250 AUTH PLAIN LOGIN\r\n".to_vec()),
        3 => Just(b"235 2.7.0 fine\r\n".to_vec()),
        3 => Just(b"354 go\r\n".to_vec()),
        1 => Just(b"334 VXNlcm5hbWU6\r\n".to_vec()),
        1 => Just(b"421 4.4.2 too fast\r\n".to_vec()),
        1 => Just(b"452 4.5.3 too many\r\n".to_vec()),
        1 => Just(b"550-5.1.1 no\r\n550 5.1.1 such\r\n".to_vec()),
        1 => Just(b"999 5.300.2\r\n".to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..60),
        1 => proptest::collection::vec(Just(b'2'), 0..6000),
    ];
    let wanted = [
        &b"220 ready\r\n"[..],
        b"250-smtp\r\n250 AUTH PLAIN\r\n",
        b"235 fine\r\n",
        b"250 ok\r\n",
        b"250 ok\r\n",
        b"354 go\r\n",
    ];
    (0..=wanted.len(), proptest::collection::vec(piece, 0..16)).prop_map(move |(good, noise)| {
        let good = wanted[..good].iter().map(|piece| piece.to_vec());
        good.chain(noise).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever a server says, a cycle ends, soon, and no email is left in Sending.
    #[test]
    fn no_bytes_end_in_a_panic_or_a_hang(pieces in noise()) {
        in_paused_time(async {
            let mut bench = Bench::new(&[]);
            bench.ctx.services.connector = Arc::new(Babbler(pieces));
            bench.queue(RAW, &["bob", "cleo"], Priority::Normal);
            bench.queue(RAW, &["bob"], Priority::High);
            let cycle = tokio::time::timeout(Duration::from_hours(2), bench.cycle());
            let (report, _) = cycle.await.expect("the cycle hangs");
            assert!(report.error.is_none_or(|error| error.class != ErrorClass::Item));
            for email in [EmailId(1), EmailId(2)] {
                assert_ne!(bench.outbox().state(email).unwrap(), Some(EmailState::Sending));
            }
        });
    }
}
