//! What is fetched, stored, recognised, failed and set aside.

use super::*;
use crate::testing::Plugin;
use crate::{ContentRetention, EmailId};

#[tokio::test(start_paused = true)]
async fn only_new_messages_are_fetched_and_a_quiet_cycle_writes_nothing() {
    let mut bench = Bench::new(&[
        &first_session(&["a", "b"], &(retr(1, "one") + &retr(2, "two") + QUIT)),
        &session(&["a", "b"], QUIT),
        &session(&["a", "b", "c"], &(retr(3, "three") + QUIT)),
    ]);
    assert_eq!(bench.story().await, ["stored 1 of 23 octets", "stored 2 of 23 octets"]);
    let written = |bench: &Bench| -> i64 {
        let store = &bench.ctx.store;
        store.read(|r| r.first("SELECT total_changes()", [], |row| row.get(0))).unwrap().unwrap()
    };
    let before = written(&bench);
    assert_eq!(bench.story().await, [""; 0]);
    assert_eq!(written(&bench), before);
    assert_eq!(bench.story().await, ["stored 3 of 25 octets"]);
    assert!(bench.stored(&raw("two")));
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn dots_come_through_unaltered() {
    let body = "C RETR 1\nS +OK\nS Subject: dots\nS \nS ..\nS ...two\nS x.\nS .\n";
    let mut bench = Bench::new(&[&first_session(&["a"], &(body.to_owned() + QUIT))]);
    assert_eq!(bench.story().await, ["stored 1 of 31 octets"]);
    assert!(bench.stored(b"Subject: dots\r\n\r\n.\r\n..two\r\nx.\r\n"));
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_uidl_makes_no_second_record() {
    let mut bench = Bench::new(&[
        &first_session(&["a"], &(retr(1, "one") + QUIT)),
        &session(&["changed"], &(retr(1, "one") + QUIT)),
        &session(&["changed"], QUIT),
    ]);
    assert_eq!(bench.story().await, ["stored 1 of 23 octets"]);
    assert_eq!(bench.story().await, ["known as 1"]);
    assert_eq!(bench.story().await, [""; 0]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn duplicate_uidls_are_told_apart_by_their_content() {
    let both = retr(1, "one") + &retr(2, "two");
    let mut bench = Bench::new(&[
        &first_session(&["x", "x"], &(both.clone() + QUIT)),
        &session(&["x", "x"], &(both + QUIT)),
        &session(&["x"], &(retr(1, "two") + QUIT)),
        &session(&["x"], QUIT),
    ]);
    assert_eq!(bench.story().await, ["stored 1 of 23 octets", "stored 2 of 23 octets"]);
    assert_eq!(bench.story().await, ["known as 1", "known as 2"]);
    assert_eq!(bench.story().await, ["known as 2"], "alone, its UIDL is worth remembering");
    assert_eq!(bench.story().await, [""; 0]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn without_uidl_the_content_decides() {
    let numbers = |list: &str, rest: &str| {
        format!("{LOGIN}C UIDL\nS -ERR unknown command\nC LIST\nS +OK\n{list}S .\n{rest}{QUIT}")
    };
    let first = numbers("S 1 -5\nS 2 99999999999999999999\n", &(retr(1, "one") + &retr(2, "two")));
    let mut bench = Bench::new(&[
        &first.replacen("C USER", "C CAPA\nS -ERR\nC USER", 1),
        &numbers("S 1 23\nS 2 23\nS 3 25\n", &(retr(1, "one") + &retr(2, "two") + &retr(3, "new"))),
    ]);
    assert_eq!(bench.story().await, ["stored 1 of 23 octets", "stored 2 of 23 octets"]);
    let story = ["known as 1", "known as 2", "stored 3 of 23 octets"];
    assert_eq!(bench.story().await, story, "each is fetched again to be recognised");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_poison_message_is_tried_last_set_aside_and_kept() {
    let poison = |number| format!("C RETR {number}\nS +OK\nS \nS no header at all\nS .\n");
    let mut bench = Bench::with(
        &[
            &first_session(&["p", "a"], &(poison(1) + &retr(2, "one") + QUIT)),
            &session(&["p", "a", "b"], &(retr(3, "two") + &poison(1) + QUIT)),
            &session(&["p", "a", "b"], &(poison(1) + QUIT)),
            &session(&["p", "a", "b"], QUIT),
        ],
        |config| config.settings.item_attempts = 3,
    );
    assert_eq!(bench.story().await, ["failed 1: unparsable", "stored 1 of 23 octets"]);
    let kept = |bench: &Bench| -> Vec<u8> {
        let sql = "SELECT raw FROM incoming_kept WHERE mailbox = 0 AND reason = 'unparsable'";
        bench.ctx.store.read(|r| r.first(sql, [], |row| row.get(0))).unwrap().unwrap()
    };
    assert_eq!(kept(&bench), b"\r\nno header at all\r\n", "kept from the first failure on");
    assert_eq!(bench.story().await, ["stored 2 of 23 octets", "failed 2: unparsable"]);
    assert_eq!(bench.story().await, ["set aside: unparsable"]);
    assert_eq!(bench.story().await, [""; 0]);
    assert_eq!(kept(&bench), b"\r\nno header at all\r\n");
    assert_eq!(bench.ctx.store.alerts().unwrap().len(), 1);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_customization_that_throws_fails_its_item_only_and_may_recover() {
    let mut bench = Bench::new(&[
        &first_session(&["a"], &(retr(1, "one") + QUIT)),
        &session(&["a"], &(retr(1, "one") + QUIT)),
    ]);
    let plugin = Plugin { throws_for: [MailboxId(0)].into(), ..Plugin::default() };
    bench.ctx.services.customizations = Arc::new(plugin);
    let story = bench.story().await;
    assert_eq!(story.last().unwrap(), "failed 1: customization_failed");
    assert!(!bench.stored(&raw("one")));
    let healthy = Arc::new(Plugin::default());
    bench.ctx.services.customizations = Arc::clone(&healthy) as _;
    assert_eq!(bench.story().await, ["stored 1 of 23 octets"]);
    assert_eq!(*healthy.queued.lock().unwrap(), [MailboxId(0)], "asynchronous ones come after");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_does_not_hold_up_the_others() {
    let refused = "C RETR 1\nS -ERR no such message\n";
    let mut bench =
        Bench::new(&[&first_session(&["a", "b"], &(refused.to_owned() + &retr(2, "two") + QUIT))]);
    assert_eq!(bench.story().await, ["failed 1: refused, not received", "stored 1 of 23 octets"]);
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_cycle_takes_so_many_and_asks_for_another() {
    let uids = ["a", "b", "c"];
    let mut bench = Bench::with(
        &[
            &first_session(&uids, &(retr(1, "one") + &retr(2, "two") + QUIT)),
            &session(&uids, &(retr(3, "three") + QUIT)),
        ],
        |config| config.settings.incoming_maximum_emails_per_cycle = 2,
    );
    let (report, _) = bench.cycle().await;
    assert_eq!((report.items, report.more), (2, true));
    let (report, _) = bench.cycle().await;
    assert_eq!((report.items, report.more), (1, false));
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn what_left_the_server_is_forgotten_and_may_come_back() {
    let mut bench = Bench::new(&[
        &first_session(&["a"], &(retr(1, "one") + QUIT)),
        &session(&[], QUIT),
        &session(&["a"], &(retr(1, "other") + QUIT)),
    ]);
    bench.story().await;
    bench.story().await;
    assert_eq!(bench.story().await, ["stored 2 of 25 octets"], "a UIDL used again is new");
    bench.network.check().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_hash_is_kept_when_that_is_the_setting() {
    let mut bench = Bench::with(&[&first_session(&["a"], &(retr(1, "one") + QUIT))], |config| {
        config.settings.content_retention = crate::ContentRetention::HashOnly;
    });
    bench.story().await;
    assert!(bench.stored(&raw("one")));
    let raw = bench.ctx.store.read(|reader| emails::raw(reader, crate::EmailId(1))).unwrap();
    assert_eq!(raw, None);
}

#[tokio::test(start_paused = true)]
async fn an_attachment_that_is_too_large_is_dropped_and_the_record_says_so() {
    let message = format!(
        "Subject: big\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
         Content-Type: text/plain\n\nhello\n--b\nContent-Disposition: attachment; filename=f\n\n\
         {}\n--b--",
        "x".repeat(101)
    );
    let big = format!("C RETR 1\nS +OK\nS {}\nS .\n", message.replace('\n', "\nS "));
    let script = first_session(&["a", "b"], &(big + &retr(2, "two") + QUIT));
    let mut bench = Bench::with(&[&script], |config| {
        config.settings.maximum_attachment_size = 100;
        config.settings.content_retention = ContentRetention::Keep;
    });
    let told = bench.story().await;
    assert!(told[1].starts_with("AttachmentsDropped"), "{told:?}");
    assert_eq!(told[2], "stored 2 of 23 octets", "{told:?}");
    let read = |email| {
        let store = &bench.ctx.store;
        let note = store.read(|r| emails::notifications(r, EmailId(email))).unwrap();
        (note, store.read(|r| emails::raw(r, EmailId(email))).unwrap().unwrap())
    };
    let (noted, raw) = read(1);
    let raw = String::from_utf8(raw).unwrap();
    assert!(noted == 1 && raw.contains("hello") && !raw.contains("xxx"), "{raw}");
    assert_eq!(read(2), (0, super::raw("two")));
    bench.network.check().await;
}
