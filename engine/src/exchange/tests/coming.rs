//! Email on its way in.

use super::*;
use crate::testing::Plugin;
use crate::{BackOff, ContentRetention, ErrorClass, Reason, Tracking};

#[tokio::test(start_paused = true)]
async fn new_messages_are_stored_and_a_quiet_cycle_asks_once() {
    let (mut bench, office) = Bench::office(|_| {});
    for subject in ["one", "two", "three"] {
        office.deliver("inbox", subject);
    }
    assert_eq!(bench.received().await, ["1 stored", "2 stored", "3 stored"]);
    assert_eq!(office.asked(), ["SyncFolderItems", "GetItem"]);
    let (report, story) = bench.receive().await;
    assert_eq!((report, story), (CycleReport::default(), Vec::new()));
    assert_eq!(office.asked(), ["SyncFolderItems"]);
    assert!(bench.server.seen().iter().all(|seen| seen.connection == 1));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_cycle_writes_nothing() {
    let (mut bench, office) = Bench::office(|_| {});
    office.deliver("inbox", "one");
    bench.received().await;
    let changes = |bench: &Bench| {
        let sql = "SELECT total_changes()";
        bench.ctx.store.read(|reader| reader.first(sql, [], |row| row.get::<_, i64>(0))).unwrap()
    };
    let before = changes(&bench);
    bench.received().await;
    assert_eq!(changes(&bench), before, "the schedule's row is the only commit of a quiet cycle");
}

#[tokio::test(start_paused = true)]
async fn the_first_request_is_as_the_schema_says() {
    let (mut bench, office) = Bench::office(|_| {});
    office.deliver("inbox", "one");
    bench.received().await;
    let bodies: Vec<String> = bench.server.seen().into_iter().map(|seen| seen.body).collect();
    insta::assert_snapshot!(bodies.join("\n").replace("><", ">\n<"));
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_to_the_last_and_the_oldest_comes_first() {
    let (mut bench, office) = Bench::office(|_| {});
    office.with(|mail| mail.page = 2);
    for (subject, minute) in [("c", 3), ("a", 1), ("d", 4), ("b", 2), ("e", 5)] {
        let received = format!("2026-03-02T07:5{minute}:00Z");
        office.put("inbox", office::Entry { received, ..office::entry(subject) });
    }
    bench.received().await;
    assert_eq!(
        office.asked(),
        ["SyncFolderItems"; 3].into_iter().chain(["GetItem"]).collect::<Vec<_>>()
    );
    let fetched = bench.server.seen().pop().unwrap().body;
    let place = |id: &str| fetched.find(&format!("AAMk000{id}=")).unwrap();
    let places: Vec<_> = ["2", "4", "1", "3", "5"].map(place).into();
    assert!(places.is_sorted(), "a to e, oldest first");
}

#[tokio::test(start_paused = true)]
async fn ten_messages_go_in_one_request_and_no_more_than_a_cycle_may() {
    let (mut bench, office) = Bench::office(|config| {
        config.settings.incoming_maximum_emails_per_cycle = 15;
    });
    for number in 0..25 {
        office.deliver("inbox", &format!("m{number}"));
    }
    let (report, story) = bench.receive().await;
    assert_eq!((report.items, report.more, story.len()), (15, true, 15));
    assert_eq!(office.asked(), ["SyncFolderItems", "GetItem", "GetItem"]);
    let (report, _) = bench.receive().await;
    assert_eq!((report.items, report.more), (10, false));
}

#[tokio::test(start_paused = true)]
async fn what_went_between_the_listing_and_the_fetching_is_no_error() {
    let (mut bench, office) = Bench::office(|_| {});
    office.deliver("inbox", "one");
    office.deliver("inbox", "two");
    office.blow("GetItem", Blow::Message(0, "ErrorItemNotFound"));
    assert_eq!(bench.received().await, ["1 stored"]);
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(office.asked(), ["SyncFolderItems", "GetItem", "SyncFolderItems"]);
}

#[tokio::test(start_paused = true)]
async fn that_something_was_read_changes_nothing() {
    let (mut bench, office) = Bench::office(|_| {});
    let id = office.deliver("inbox", "one");
    bench.received().await;
    office.read("inbox", &id);
    office.asked();
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(office.asked(), ["SyncFolderItems"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_state_lists_everything_anew_and_doubles_nothing() {
    let (mut bench, office) = Bench::office(|_| {});
    for subject in ["one", "two"] {
        office.deliver("inbox", subject);
    }
    let gone = office.deliver("inbox", "gone");
    bench.received().await;
    office.forget_states();
    office.remove("inbox", &gone);
    office.deliver("inbox", "three");
    assert_eq!(bench.received().await, ["state lost", "4 stored"]);
    let items = bench
        .ctx
        .store
        .read(|reader| {
            let inbox = crate::store::exchange::FolderKey::INBOX;
            crate::store::exchange::items(reader, MailboxId(0), inbox)
        })
        .unwrap();
    assert_eq!(items.len(), 3, "what is gone is forgotten too");
}

#[tokio::test(start_paused = true)]
async fn a_message_with_another_id_is_recognised_by_its_content() {
    let (mut bench, office) = Bench::office(|_| {});
    let id = office.deliver("inbox", "one");
    bench.received().await;
    office.shift("inbox", &id, "inbox");
    assert_eq!(bench.received().await, ["1 known"]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_is_left_alone_and_what_came_before_is_kept() {
    let (mut bench, office) = Bench::office(|_| {});
    for subject in ["one", "two", "three"] {
        office.deliver("inbox", subject);
    }
    office.blow("GetItem", Blow::Message(1, "ErrorServerBusy"));
    let (report, story) = bench.receive().await;
    let error = report.error.unwrap();
    assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::ServerBusy));
    assert_eq!(error.back_off, Some(BackOff::For(Duration::from_millis(12_345))));
    assert_eq!((report.items, story), (1, vec!["1 stored".to_owned()]));
    office.asked();
    let (too_early, _) = bench.receive().await;
    assert_eq!(too_early.error.unwrap().reason, Reason::ServerBusy);
    assert_eq!(office.asked(), [""; 0]);
    tokio::time::sleep(Duration::from_millis(12_345)).await;
    assert_eq!(bench.received().await, ["2 stored", "3 stored"]);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_item_is_its_own_trouble_and_set_aside_after_five_tries() {
    let (mut bench, office) = Bench::office(|config| {
        config.servers[0].exchange.move_undelivered_emails = true;
    });
    let id = office.deliver("inbox", "bad");
    office.deliver("inbox", "good");
    for attempt in 1..=4 {
        office.blow("GetItem", Blow::Message(0, "ErrorItemCorrupt"));
        let story = bench.received().await;
        assert!(story.contains(&format!("failed {attempt}: item_corrupt")), "{story:?}");
        assert_eq!(story.contains(&"1 stored".to_owned()), attempt == 1);
    }
    office.blow("GetItem", Blow::Message(0, "ErrorItemCorrupt"));
    office.asked();
    assert_eq!(bench.received().await, ["set aside: item_corrupt", "moved away"]);
    let asked =
        ["SyncFolderItems", "GetItem", "UpdateItem", "FindFolder", "CreateFolder", "MoveItem"];
    assert_eq!(office.asked(), asked);
    assert_eq!(office.subjects("undeliverable"), ["bad"]);
    assert_eq!(office.categories(&id), [""; 0], "it has another id there");
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(bench.ctx.store.alerts().unwrap()[0].reason, Reason::ItemCorrupt);
}

#[tokio::test(start_paused = true)]
async fn what_was_given_up_is_marked_and_tried_again_when_a_person_asks() {
    let (mut bench, office) = Bench::office(|config| config.settings.item_attempts = 1);
    let id = office.deliver("inbox", "bad");
    office.blow("GetItem", Blow::Message(0, "ErrorItemCorrupt"));
    assert_eq!(bench.received().await, ["set aside: item_corrupt"]);
    assert_eq!(office.categories(&id), ["Tracked to Dynamics 365 (Undeliverable)"]);
    assert_eq!(bench.received().await, [""; 0]);
    office.categorise(&id, &["Tracked to Dynamics 365"]);
    assert_eq!(bench.received().await, ["1 stored", "1 tracked by Category"]);
}

#[tokio::test(start_paused = true)]
async fn reports_of_non_delivery_are_stored_and_moved_away() {
    let (mut bench, office) = Bench::office(|config| {
        config.servers[0].exchange.move_undelivered_emails = true;
    });
    let class = "REPORT.IPM.Note.NDR";
    office.put("inbox", office::Entry { class, ..office::entry("failure") });
    assert_eq!(bench.received().await, ["1 stored", "moved away"]);
    assert_eq!(office.subjects("undeliverable"), ["failure"]);
    office.put("inbox", office::Entry { class, ..office::entry("again") });
    office.asked();
    assert_eq!(bench.received().await, ["2 stored", "moved away"]);
    assert_eq!(office.asked(), ["SyncFolderItems", "GetItem", "MoveItem"], "the folder is known");
}

#[tokio::test(start_paused = true)]
async fn processed_messages_are_deleted_after_they_are_committed() {
    let (mut bench, office) = Bench::office(|config| {
        config.mailboxes[0].process_and_delete_emails = true;
    });
    office.deliver("inbox", "one");
    office.deliver("inbox", "two");
    assert_eq!(bench.received().await, ["1 stored", "2 stored", "2 deleted"]);
    assert_eq!(office.subjects("inbox"), [""; 0]);
    assert_eq!(bench.received().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_without_an_answer_is_repeated() {
    let (mut bench, office) = Bench::office(|config| {
        config.mailboxes[0].process_and_delete_emails = true;
    });
    office.deliver("inbox", "one");
    office.blow("DeleteItem", Blow::LostAfter);
    let (report, story) = bench.receive().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(story, ["1 stored"]);
    assert_eq!(bench.received().await, [""; 0], "the listing says that it is gone");
}

#[tokio::test(start_paused = true)]
async fn an_attachment_that_is_too_large_is_dropped_and_the_record_says_so() {
    let (mut bench, office) = Bench::office(|config| {
        config.settings.maximum_attachment_size = 100;
        config.settings.content_retention = ContentRetention::Keep;
    });
    let body = "x".repeat(101);
    let mime = format!(
        "Subject: big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Disposition: attachment; \
         filename=f\r\n\r\n{body}\r\n--b--\r\n"
    );
    office.put("inbox", office::Entry { mime, ..office::entry("big") });
    office.deliver("inbox", "small");
    assert_eq!(bench.received().await, ["1 stored", "1 without attachments", "2 stored"]);
    let tracking = Tracking::new(Arc::clone(&bench.ctx.config), bench.ctx.store.clone());
    assert_eq!(tracking.notifications(EmailId(1)).unwrap(), 1);
    assert_eq!(tracking.notifications(EmailId(2)).unwrap(), 0);
    let raw = bench.ctx.store.read(|r| crate::store::emails::raw(r, EmailId(1))).unwrap().unwrap();
    assert!(!String::from_utf8(raw).unwrap().contains("xxx"));
}

#[tokio::test(start_paused = true)]
async fn a_message_larger_than_may_be_is_not_even_fetched() {
    let (mut bench, office) = Bench::office(|config| {
        config.settings.maximum_message_size = 60;
        config.settings.item_attempts = 1;
    });
    office.deliver("inbox", "large");
    assert_eq!(bench.received().await, ["set aside: message_too_large"]);
    assert_eq!(office.asked(), ["SyncFolderItems", "UpdateItem"]);
}

#[tokio::test(start_paused = true)]
async fn a_customization_that_throws_fails_its_item() {
    let (mut bench, office) = Bench::office(|_| {});
    let plugin = Plugin { throws_for: [MailboxId(0)].into(), ..Plugin::default() };
    bench.ctx.services.customizations = Arc::new(plugin);
    office.deliver("inbox", "one");
    let story = bench.received().await;
    assert_eq!(story.last().unwrap(), "failed 1: customization_failed");
    bench.ctx.services.customizations = Arc::new(Plugin::default());
    assert_eq!(bench.received().await, ["1 stored"]);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_breaks_every_connection_holds_up_nobody_for_ever() {
    let (mut bench, office) = Bench::office(|config| config.settings.item_attempts = 3);
    office.deliver("inbox", "poison");
    office.deliver("inbox", "good");
    // The first request takes both along, and accuses neither; they go alone from then on. Each
    // is said once more over a new connection.
    office.blow("GetItem", Blow::LostBefore);
    office.blow("GetItem", Blow::LostBefore);
    let (report, story) = bench.receive().await;
    assert_eq!((report.error.unwrap().reason, story), (Reason::ConnectionLost, Vec::new()));
    office.blow("GetItem", Blow::LostBefore);
    office.blow("GetItem", Blow::LostBefore);
    let (report, story) = bench.receive().await;
    assert_eq!(report.error.unwrap().reason, Reason::ConnectionLost);
    assert_eq!(story, ["failed 2: connection_lost"]);
    assert_eq!(bench.received().await, ["1 stored", "2 stored"]);
    let fetched = bench.ctx.store.read(|r| crate::store::emails::raw(r, EmailId(1))).unwrap();
    assert!(String::from_utf8(fetched.unwrap()).unwrap().contains("good"), "the poison goes last");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_comes_to_an_end_is_left() {
    let (mut bench, office) = Bench::office(|_| {});
    let body = soap(
        "<m:SyncFolderItemsResponse><m:ResponseMessages><m:SyncFolderItemsResponseMessage \
         ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:SyncState>x\
         </m:SyncState><m:IncludesLastItemInRange>false</m:IncludesLastItemInRange><m:Changes/>\
         </m:SyncFolderItemsResponseMessage></m:ResponseMessages></m:SyncFolderItemsResponse>",
    );
    for _ in 0..2 {
        office.blow("SyncFolderItems", Blow::Refuse(body.clone()));
    }
    let (report, _) = bench.receive().await;
    assert_eq!(report.error.unwrap().reason, Reason::ProtocolViolation);
    assert_eq!(office.asked().len(), 2);
}
