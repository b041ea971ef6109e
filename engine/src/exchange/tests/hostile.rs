//! Servers whose bytes are wrong on purpose.

use proptest::prelude::*;

use super::*;
use crate::testing::in_paused_time;
use crate::{EmailState, ErrorClass, Reason};

#[tokio::test(start_paused = true)]
async fn every_nonsense_ends_the_cycle_with_its_reason() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\
                <s:Envelope>&b;</s:Envelope>";
    let deep = "<a>".repeat(5_000);
    let huge = format!("<a>{}</a>", "x".repeat(5 * 1024 * 1024));
    let rows = [
        (Reply::ok(bomb), Reason::ProtocolViolation),
        (Reply::ok(deep), Reason::ProtocolViolation),
        (Reply::ok(huge), Reason::AnswerTooLong),
        (Reply::ok(""), Reason::ProtocolViolation),
        (Reply::ok(soap("")), Reason::ProtocolViolation),
        (Reply::ok(soap("<m:NoSuchResponse/>")), Reason::ProtocolViolation),
        (Reply::ok(success_message("GetFolder", "")), Reason::ProtocolViolation),
        (Reply::ok(success_message("SyncFolderItems", "")), Reason::ProtocolViolation),
        (Reply::ok(soap("<m:SyncFolderItemsResponse/>")), Reason::ProtocolViolation),
        (
            Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<?xml".to_vec()),
            Reason::ConnectionLost,
        ),
        (Reply::Cut(b"220 smtp ready\r\n".to_vec()), Reason::ProtocolViolation),
        (Reply::Silence, Reason::RequestTimeout),
    ];
    for (number, (reply, reason)) in rows.into_iter().enumerate() {
        let mut bench = Bench::new(HttpServer::replies(vec![reply]));
        let error = bench.receive().await.0.error.unwrap();
        assert_eq!(error.reason, reason, "row {number}: {}", error.detail);
        assert_eq!(error.class, ErrorClass::Transient);
        assert!(error.detail.chars().count() <= 512);
    }
}

#[tokio::test(start_paused = true)]
async fn fewer_or_more_answers_than_items_are_not_believed() {
    for answers in [0, 3] {
        let (mut bench, office) = Bench::office(|_| {});
        office.deliver("inbox", "one");
        office.deliver("inbox", "two");
        let message = "<m:GetItemResponseMessage ResponseClass=\"Error\"><m:ResponseCode>\
                       ErrorItemNotFound</m:ResponseCode><m:Items/></m:GetItemResponseMessage>";
        let body = soap(&format!(
            "<m:GetItemResponse><m:ResponseMessages>{}</m:ResponseMessages></m:GetItemResponse>",
            message.repeat(answers)
        ));
        office.blow("GetItem", Blow::Refuse(body));
        let (report, story) = bench.receive().await;
        assert_eq!(report.error.unwrap().reason, Reason::ProtocolViolation);
        assert_eq!(story, [""; 0]);
        assert_eq!(bench.received().await, ["1 stored", "2 stored"], "nothing is lost by it");
    }
}

/// Pieces of answers, whole and broken.
fn noise() -> impl Strategy<Value = String> {
    let ids = "<m:Items><t:Message><t:ItemId Id=\"A\" ChangeKey=\"B\"/></t:Message></m:Items>";
    let mime = "<m:Items><t:Message><t:MimeContent>U3ViamVjdDogeA0KDQp4</t:MimeContent></t:Message>\
                </m:Items>";
    let state = "<m:SyncState>s</m:SyncState><m:IncludesLastItemInRange>true\
                 </m:IncludesLastItemInRange>";
    let changes = "<m:Changes><t:Create><t:Message><t:ItemId Id=\"A\"/></t:Message></t:Create>\
                   <t:Delete><t:ItemId Id=\"Z\"/></t:Delete></m:Changes>";
    let pieces: Vec<String> = [ids, mime, state, changes, "<m:Items/>", "&lt;", "</m:Items>", "<"]
        .iter()
        .map(|piece| (*piece).to_owned())
        .collect();
    let operation = proptest::sample::select(vec![
        "SyncFolderItems",
        "GetItem",
        "CreateItem",
        "SendItem",
        "FindItem",
        "DeleteItem",
    ]);
    let code = proptest::sample::select(vec![
        ("Success", "NoError"),
        ("Error", "ErrorItemNotFound"),
        ("Error", "ErrorServerBusy"),
        ("Error", "ErrorInvalidSyncStateData"),
        ("Warning", "ErrorBatchProcessingStopped"),
        ("Nonsense", "Nonsense"),
    ]);
    let content = proptest::collection::vec(proptest::sample::select(pieces), 0..4);
    (operation, code, content, 0..3_usize, any::<u16>()).prop_map(
        |(operation, (class, code), content, count, cut)| {
            let message = format!(
                "<m:{operation}ResponseMessage ResponseClass=\"{class}\"><m:ResponseCode>{code}\
                 </m:ResponseCode>{}</m:{operation}ResponseMessage>",
                content.concat()
            );
            let mut body = soap(&format!(
                "<m:{operation}Response><m:ResponseMessages>{}</m:ResponseMessages>\
                 </m:{operation}Response>",
                message.repeat(count)
            ));
            if cut % 7 == 0 {
                body.truncate(usize::from(cut) % body.len());
            }
            body
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    /// Whatever a server says, both cycles end, soon, no email is left in Sending, and none is
    /// called sent without a word of the server that allows it.
    #[test]
    fn no_bytes_end_in_a_panic_or_a_hang(bodies in proptest::collection::vec(noise(), 0..12)) {
        in_paused_time(async {
            let replies = bodies.into_iter().map(Reply::ok).collect();
            let mut bench = Bench::new(HttpServer::replies(replies));
            let email = bench.queue("hello", Priority::Normal);
            let cycles = async {
                bench.receive().await;
                bench.send().await;
                bench.receive().await;
            };
            tokio::time::timeout(Duration::from_hours(2), cycles).await.expect("a cycle hangs");
            assert_ne!(bench.outbox().state(email).unwrap(), Some(EmailState::Sending));
        });
    }
}
