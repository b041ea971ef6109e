//! The way in: greeting, capabilities, credentials, and how soon to come again.

use super::*;
use crate::{BackOff, ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn capabilities_are_asked_for_once() {
    let capa = "C CAPA\nS +OK\nS UIDL\nS USER\nS .\n";
    let mut bench = Bench::new(&[
        &first_session(&[], QUIT).replacen("C CAPA\nS -ERR what?\n", capa, 1),
        &session(&[], QUIT),
    ]);
    bench.story().await;
    bench.story().await;
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_login_delay_is_kept_to_the_millisecond_even_after_a_restart() {
    let capa = "C CAPA\nS +OK\nS LOGIN-DELAY 900\nS .\n";
    let mut bench =
        Bench::new(&[&first_session(&[], QUIT).replacen("C CAPA\nS -ERR what?\n", capa, 1)]);
    let (report, _) = bench.cycle().await;
    let until = crate::testing::start() + Duration::from_mins(15);
    assert_eq!((report.error, report.not_before), (None, Some(until)));

    bench.ctx.pop3 = Arc::default();
    bench.ctx.store = bench.ctx.store.new_handle();
    tokio::time::sleep(Duration::from_millis(899_999)).await;
    let (report, _) = bench.cycle().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::LoginDelay));
    assert_eq!(error.back_off, Some(BackOff::Until(until)));

    bench.network.add(&first_session(&[], QUIT));
    tokio::time::sleep(Duration::from_millis(1)).await;
    bench.story().await;
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn every_way_not_to_get_in_has_its_reason() {
    use ErrorClass::{Permanent, Transient};
    let rows = [
        ("CLOSE", Transient, Reason::ConnectionLost),
        ("HANG", Transient, Reason::RequestTimeout),
        (
            "DRIBBLE +OK I am taking my time to say all this, and it will be more than a minute",
            Transient,
            Reason::RequestTimeout,
        ),
        ("S HTTP/1.1 400 Bad Request\n", Transient, Reason::ProtocolViolation),
        ("S -ERR go away\n", Transient, Reason::Refused),
        ("S -ERR [SYS/TEMP] later\n", Transient, Reason::SystemTemporary),
        (
            "S +OK\nC CAPA\nS -ERR\nC USER ann\nS -ERR [SYS/PERM] ask\n",
            Permanent,
            Reason::SystemPermanent,
        ),
        (
            "S +OK\nC CAPA\nS -ERR\nC USER ann\nS +OK\nC PASS secret\nS -ERR [IN-USE] x\n",
            Transient,
            Reason::InUse,
        ),
        (
            "S +OK\nC CAPA\nS -ERR\nC USER ann\nS +OK\nC PASS secret\nS -ERR\n",
            Permanent,
            Reason::CredentialsRejected,
        ),
        ("S +OK\nC CAPA\nS +OK\nCUT UIDL\r\n", Transient, Reason::ConnectionLost),
    ];
    for (script, class, reason) in rows {
        let mut bench = Bench::new(&[script]);
        let (report, story) = bench.cycle().await;
        let error = report.error.expect(script);
        assert_eq!((error.class, error.reason), (class, reason), "{script}");
        assert_eq!(story, [""; 0], "{script}");
        bench.network.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_told_from_one_that_does_not_answer() {
    let mut bench = Bench::new(&[]);
    let (report, _) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectRefused);
}

#[tokio::test(start_paused = true)]
async fn a_password_that_no_line_can_hold_is_wrong() {
    let mut bench = Bench::with(&["S +OK\nC CAPA\nS -ERR\nC USER ann\nS +OK\n"], |config| {
        config.mailboxes[0].credentials.password = "two\r\nDELE 1".into();
    });
    let error = bench.cycle().await.0.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Permanent, Reason::CredentialsRejected));
    bench.network.check().await;
}
