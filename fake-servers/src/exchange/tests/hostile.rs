//! Bytes that nobody should send, cut anywhere: no panic, no hang, bounded memory; and what idle
//! mailboxes cost.

use proptest::prelude::*;
use wire::ews::SyncState;
use wire::ews::items::MessageDisposition;

use super::kit::{ANN, World, as_mime, start};
use crate::store::{Mailbox, Stored, lock_store};
use crate::{Action, Actions, Session};

/// Everything that is written when bytes come in pieces of this size.
fn written(bytes: &[u8], piece: usize) -> Vec<u8> {
    let world = World::with(|options| options.request_octets = 10_000, Vec::new());
    world.deliver(ANN, 1);
    let mut session = world.server.session();
    let mut out = Actions::default();
    session.open(start(), &mut out);
    for piece in bytes.chunks(piece.max(1)) {
        session.receive(start(), piece, &mut out);
    }
    let mut written = Vec::new();
    for action in out.drain() {
        if let Action::Send(bytes) = action {
            written.extend(bytes);
        }
    }
    written
}

fn token() -> impl Strategy<Value = Vec<u8>> {
    let body = |inner: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:m=\"http://\
             schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"http://schemas.\
             microsoft.com/exchange/services/2006/types\"><s:Body>{inner}</s:Body></s:Envelope>"
        )
    };
    let whole = |inner: &str| {
        let body = body(inner);
        format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uOnNlY3JldA==\
             \r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    let get = "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape>\
        </m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds>\
        </m:GetFolder>";
    let sync = "<m:SyncFolderItems><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>\
        </m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id=\"inbox\"/></m:SyncFolderId>\
        <m:MaxChangesReturned>9</m:MaxChangesReturned></m:SyncFolderItems>";
    prop_oneof![
        Just(whole(get)),
        Just(whole(sync)),
        Just(whole("<m:Fly/>")),
        Just(whole(&get[..60])),
        Just(b"\r\n".to_vec()),
        Just(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
    ]
}

#[test]
fn strangers_and_too_large_requests_are_refused_at_the_head() {
    let world = World::with(|options| options.request_octets = 10_000, Vec::new());
    let mut client = world.ann();
    let mut say = |head: &str, body: usize| {
        let body = vec![b'x'; body];
        String::from_utf8(client.send(&[head.as_bytes(), &body].concat())).unwrap()
    };
    let head = |login: &str, length: usize| {
        format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\n{login}Expect: 100-continue\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    // The connection stays, as clients of NTLM and of exchangelib's kind expect it.
    let answer = say(&head("", 10_000), 10_000);
    assert!(answer.contains("HTTP/1.1 401 ") && !answer.contains("Connection: close"), "{answer}");
    let answer = say(&head("Authorization: Basic YW5uOndyb25n\r\n", 9), 9);
    assert!(answer.contains("HTTP/1.1 401 "), "{answer}");
    let answer = say(&head("Authorization: Basic YW5uOnNlY3JldA==\r\n", 9), 9);
    assert!(answer.contains("HTTP/1.1 500 "), "what is read is no SOAP: {answer}");
    let answer = say(&head("Authorization: Basic YW5uOnNlY3JldA==\r\n", 10_001), 0);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn of_what_strangers_send_nothing_is_kept() {
    let world = World::new();
    let kept = |login: &str| {
        let mut client = world.ann();
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\n{login}Content-Length: 9000\r\n\r\n"
        );
        client.send(&[head.as_bytes(), &[b'x'; 5000]].concat());
        client.session.kept()
    };
    assert_eq!(kept(""), 0);
    assert_eq!(kept("Authorization: Basic YW5uOndyb25n\r\n"), 0, "a wrong password");
    assert_eq!(kept("Authorization: Basic YW5uOnNlY3JldA==\r\n"), 5000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn where_bytes_are_cut_makes_no_difference(
        tokens in prop::collection::vec(token(), 0..6), piece in 1_usize..400,
    ) {
        let bytes = tokens.concat();
        prop_assert_eq!(written(&bytes, usize::MAX), written(&bytes, piece));
    }
}

#[test]
fn an_idle_mailbox_is_small() {
    let world = World::new();
    for seed in 0..20 {
        world.deliver(ANN, seed);
    }
    let mut ann = world.ann();
    let state = ann.sync("inbox", &SyncState::default(), 512).content.state;
    ann.sync("inbox", &state, 512);
    let (item, bytes) = as_mime("b@elsewhere.org", "1@x");
    ann.create(item, Some(MessageDisposition::SendAndSaveCopy), None).unwrap();
    let store = lock_store(&world.store);
    let mailbox = store.mailbox(ANN).unwrap();
    let measured = mailbox.footprint();
    // The maildrop with 20 messages, two folders, the copy and what is known of it.
    assert!(size_of::<Mailbox>() <= 128, "{}", size_of::<Mailbox>());
    assert!(size_of::<Stored>() <= 64, "{}", size_of::<Stored>());
    let bound = 4_096 + bytes.len();
    assert!(measured < bound, "{measured} octets, more than {bound}");
}
