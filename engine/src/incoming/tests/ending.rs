//! Deletion, and connections that end where they should not.

use super::*;
use crate::store::incoming::{self as items, ItemState};
use crate::testing::Plugin;
use crate::{ErrorClass, Reason};

fn deleting(scripts: &[&str]) -> Bench {
    Bench::with(scripts, |config| config.mailboxes[0].process_and_delete_emails = true)
}

fn dele(number: u32) -> String {
    format!("C DELE {number}\nS +OK\n")
}

#[tokio::test(start_paused = true)]
async fn a_message_is_deleted_once_it_is_committed_and_gone_once_quit_is_answered() {
    let mut bench = deleting(&[
        &first_session(
            &["a", "b"],
            &(retr(1, "one") + &dele(1) + &retr(2, "two") + &dele(2) + QUIT),
        ),
        &session(&["b"], &(retr(1, "new") + &dele(1) + QUIT)),
    ]);
    let stored = ["stored 1 of 23 octets", "stored 2 of 23 octets"];
    assert_eq!(bench.story().await, [&stored[..], &["deleted 2"]].concat());
    assert_eq!(bench.story().await, ["stored 3 of 23 octets", "deleted 1"], "its UIDL is free");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn without_quit_nothing_is_deleted_and_nothing_fetched_again() {
    let mut bench = deleting(&[
        &first_session(&["a", "b"], &(retr(1, "one") + &dele(1) + "C RETR 2\nCUT +OK\r\nSubj")),
        &session(&["a", "b"], &(dele(1) + "C QUIT\nCLOSE")),
        &session(&["a", "b"], &(dele(1) + "C QUIT\nS -ERR some messages not removed\n")),
        &session(&["a", "b"], &(dele(1) + QUIT)),
    ]);
    let lost = |report: CycleReport| report.error.map(|error| (error.class, error.reason));
    let transient = Some((ErrorClass::Transient, Reason::ConnectionLost));
    let (report, story) = bench.cycle().await;
    assert_eq!(lost(report), transient);
    assert_eq!(story, ["stored 1 of 23 octets", "failed 1: connection_lost, not received"]);
    // The one that broke the connection would be retried, were the scripts not to show that
    // deletion does not depend on it.
    let aside = ItemState::SetAside(9);
    bench.ctx.store.transaction(|tx| items::set(tx, MailboxId(0), "b", aside)).unwrap();
    let (report, story) = bench.cycle().await;
    assert_eq!((lost(report), story), (transient, vec![]));
    assert_eq!(bench.story().await, [""; 0], "a refused QUIT confirms nothing");
    assert_eq!(bench.story().await, ["deleted 1"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn dele_waits_for_the_commit() {
    // The process dies between the last byte of the message and the commit: no DELE was sent.
    let mut bench = deleting(&[&first_session(&["a"], &retr(1, "one"))]);
    let plugin = Plugin { takes: MINUTE, ..Plugin::default() };
    bench.ctx.services.customizations = Arc::new(plugin);
    let store = bench.ctx.store.clone();
    tokio::spawn(async move {
        tokio::time::sleep(MINUTE / 2).await;
        store.close();
    });
    let (report, _) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::Internal);
    bench.ctx.store = bench.ctx.store.new_handle();
    assert!(!bench.stored(&raw("one")));
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_counts_for_the_message_which_goes_last_the_second_time() {
    let uids = ["a", "b"];
    let mut bench = Bench::new(&[
        &first_session(&uids, "C RETR 1\nCUT +OK\r\nSubject: x\r\n\r\nhalf a mess"),
        &session(&uids, "C RETR 1\nCLOSE"),
        &session(&uids, &(retr(2, "two") + "C RETR 1\nCLOSE")),
        &session(&uids, &(retr(1, "one") + QUIT)),
    ]);
    let lost = |times| format!("failed {times}: connection_lost, not received");
    let (report, story) = bench.cycle().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(story, [lost(1)]);
    assert_eq!(bench.cycle().await.1, [lost(2)], "the first time it keeps its place");
    assert_eq!(bench.cycle().await.1, ["stored 1 of 23 octets".to_owned(), lost(3)]);
    assert_eq!(bench.story().await, ["stored 2 of 23 octets"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_quit_without_answer_is_nobodys_trouble_when_nothing_was_deleted() {
    let mut bench = Bench::new(&[&first_session(&["a"], &(retr(1, "one") + "C QUIT\nCLOSE"))]);
    assert_eq!(bench.story().await, ["stored 1 of 23 octets"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn trouble_of_the_system_at_retr_ends_the_cycle() {
    let rest = "C RETR 1\nS -ERR [SYS/TEMP] back end away\n";
    let mut bench = Bench::new(&[&first_session(&["a", "b"], rest)]);
    let (report, story) = bench.cycle().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::SystemTemporary));
    assert_eq!(story, ["failed 1: system_temporary, not received"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_names_the_servers_words() {
    let mut bench = Bench::new(&[
        "S +OK\nC CAPA\nS -ERR\nC USER ann\nS +OK\nC PASS secret\nS -ERR [AUTH] wrong\n",
    ]);
    let (report, _) = bench.cycle().await;
    assert_eq!(report.error.unwrap().to_string(), "CredentialsRejected: PASS: -ERR [AUTH] wrong");
}
