//! The example session of RFC 1939 section 10, as a client sees it that reads with `wire`.

use std::sync::Arc;

use wire::pop3::{BodyLimits, DropListing, ReplyReader, ScanEntry, StatusLine, scan_listing};
use xxhash_rust::xxh3::xxh3_64;

use super::*;

/// A message of so many octets.
fn raw(octets: usize) -> Vec<u8> {
    let mut raw = b"Subject: example\r\n\r\n.\r\n".to_vec();
    raw.resize(octets - 2, b'x');
    raw.extend_from_slice(b"\r\n");
    raw
}

fn ask(client: &mut Client, reader: &mut ReplyReader, line: &str) -> String {
    reader.feed(&client.send(format!("{line}\r\n").as_bytes()));
    match reader.status() {
        Ok(Some(StatusLine::Ok { text })) => text,
        other => panic!("{line}: {other:?}"),
    }
}

fn ask_for_body(client: &mut Client, reader: &mut ReplyReader, line: &str) -> Vec<u8> {
    ask(client, reader, line);
    let body = reader.body(BodyLimits::octets(1024)).unwrap();
    assert!(reader.is_drained());
    body.unwrap()
}

#[test]
fn the_example_session_of_the_rfc() {
    let store = store();
    for (item, octets) in [(7, 120), (8, 200)] {
        let body = Body::Raw(raw(octets).into());
        let message = Message { item: ItemId(item), arrived: at(0), body };
        lock_store(&store).deliver(BOB, message).unwrap();
    }
    let server =
        Pop3Server::new(Pop3Options::generic(), Arc::clone(&store), FaultPlan::default(), 1);
    let mut client = Client::connect(&server);
    let reader = &mut ReplyReader::default();

    ask(&mut client, reader, "USER bob");
    ask(&mut client, reader, "PASS secret");
    let stat = DropListing::parse(ask(&mut client, reader, "STAT").as_bytes());
    assert_eq!(stat, Ok(DropListing { messages: 2, octets: 320 }));
    let body = ask_for_body(&mut client, reader, "LIST");
    let listed: Vec<_> = scan_listing(&body).collect();
    let entry = |number, octets| Ok(ScanEntry { number, octets });
    assert_eq!(listed, [entry(1, 120), entry(2, 200)]);
    assert_eq!(ask_for_body(&mut client, reader, "RETR 1"), raw(120));
    ask(&mut client, reader, "DELE 1");
    assert_eq!(ask_for_body(&mut client, reader, "RETR 2"), raw(200));
    ask(&mut client, reader, "DELE 2");
    ask(&mut client, reader, "QUIT");

    assert_eq!(client.over, Some(Action::Close));
    let (mailbox, content) = (BOB, |octets| xxh3_64(&raw(octets)));
    assert_eq!(
        client.events,
        [
            ServerEvent::LoggedIn { mailbox },
            ServerEvent::Served { item: ItemId(7), mailbox, content: content(120) },
            ServerEvent::Served { item: ItemId(8), mailbox, content: content(200) },
            ServerEvent::Deleted { item: ItemId(7), mailbox },
            ServerEvent::Deleted { item: ItemId(8), mailbox },
            ServerEvent::LoggedOut { mailbox },
        ]
    );
    assert!(lock_store(&store).mailbox(BOB).unwrap().messages().is_empty());
}
