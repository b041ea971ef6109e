//! What every face of the store relies on.

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;
use crate::{ItemId, MailboxIx};

const KINDS: [BodyKind; 5] = [
    BodyKind::Plain,
    BodyKind::Multipart,
    BodyKind::DotHeavy,
    BodyKind::EightBit,
    BodyKind::Poison,
];
const TO: &str = "mailbox-7@example.com";

fn message(seed: u64, octets: u32, kind: BodyKind) -> Message {
    let arrived = Timestamp::from_second(1_767_225_600).unwrap();
    Message { item: ItemId(42), arrived, body: Body::Generated { seed, octets, kind } }
}

fn rendered(seed: u64, octets: u32, kind: BodyKind) -> Vec<u8> {
    message(seed, octets, kind).render(TO, "mail.example.com")
}

fn store_of_one() -> (MailStore, MailboxIx) {
    let mut store = MailStore::new("mail.example.com");
    let mailbox = store.add_mailbox(TO, TO, "secret").unwrap();
    (store, mailbox)
}

#[test]
fn a_generated_message_is_what_a_parser_expects() {
    for kind in KINDS.into_iter().filter(|kind| *kind != BodyKind::Poison) {
        let bytes = rendered(5, 8192, kind);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.message_id(), Some("item-42@mail.example.com"), "{kind:?}");
        assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-01-01T00:00:00Z");
        assert_eq!(parsed.subject(), Some("Figures of the quarter (42)"));
        let address = |found: Option<&mail_parser::Address<'_>>| {
            found.and_then(|it| it.first()).and_then(|it| it.address()).map(str::to_owned)
        };
        assert_eq!(address(parsed.from()).as_deref(), Some("sender-5@example.net"));
        assert_eq!(address(parsed.to()).as_deref(), Some(TO));
        assert!(parsed.body_text(0).unwrap().starts_with("Reference 0000000000000005"));
    }
}

#[test]
fn an_attachment_can_be_decoded() {
    let bytes = rendered(1, 20_000, BodyKind::Multipart);
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    let attachment = parsed.attachment(0).unwrap();
    assert_eq!(attachment.attachment_name(), Some("42.bin"));
    assert_eq!(attachment.contents().len() % 57, 0);
    assert!(attachment.contents().len() > 20_000 / 2);
    assert!(attachment.contents().starts_with(b"PK\x03\x04"));
    assert!(!attachment.is_encoding_problem);
}

#[test]
fn poison_cannot_be_parsed_at_all() {
    for octets in [0, 100, 8192] {
        let bytes = rendered(1, octets, BodyKind::Poison);
        assert!(MessageParser::default().parse(&bytes).is_none());
    }
}

#[test]
fn kinds_are_what_they_are_for() {
    let dots = rendered(1, 4096, BodyKind::DotHeavy);
    let lines = |start: &[u8]| dots.split(|b| *b == b'\n').filter(|l| l.starts_with(start)).count();
    assert!(lines(b".") > 50 && lines(b".\r") > 20);
    assert!(rendered(1, 4096, BodyKind::Plain).is_ascii());
    let eight_bit = rendered(1, 4096, BodyKind::EightBit);
    assert!(!eight_bit.is_ascii() && std::str::from_utf8(&eight_bit).is_ok());
}

#[test]
fn mailboxes_are_found_whatever_the_case_and_added_once() {
    let mut store = MailStore::new("mail.example.com");
    let ix = store.add_mailbox("Ann@Example.com", "ann", "secret").unwrap();
    assert_eq!(store.by_address("aNN@example.COM"), Some(ix));
    assert_eq!(store.by_user("ANN"), Some(ix));
    assert_eq!(store.by_user("bob"), None);
    assert_eq!(&*store.mailbox(ix).unwrap().account().address, "Ann@Example.com");
    assert!(store.password_fits(ix, "secret") && !store.password_fits(ix, "Secret"));
    store.set_password(ix, "new").unwrap();
    assert!(store.password_fits(ix, "new"));

    let mut add = |address: &str, user| store.add_mailbox(address, user, "x");
    assert_eq!(add("ann@example.com", "a"), Err(AddError::AddressTaken("ann@example.com".into())));
    assert_eq!(add("a@example.com", "ANN"), Err(AddError::UserTaken("ANN".into())));
    let split = "a@example.com\r\nBcc: b";
    assert_eq!(add(split, "a"), Err(AddError::NotAnAddress(split.into())));
    assert_eq!(store.len(), 1, "a refused mailbox leaves no trace");
    assert_eq!(store.by_address("a@example.com"), None);
}

#[test]
fn messages_keep_their_order_and_never_share_an_id() {
    let (mut store, mailbox) = store_of_one();
    for octets in [1000, 2000, 3000] {
        let delivered = store.deliver(mailbox, message(1, octets, BodyKind::Plain));
        assert_eq!(delivered, Ok(u64::from(octets)));
    }
    let uids = |store: &MailStore| -> Vec<u32> {
        store.mailbox(mailbox).unwrap().messages().iter().map(|stored| stored.uid.0).collect()
    };
    assert_eq!(uids(&store), [1, 2, 3]);
    assert_eq!(store.remove(mailbox, &[Uid(3), Uid(1), Uid(9)]).unwrap().len(), 2);
    store.deliver(mailbox, message(1, 500, BodyKind::Plain)).unwrap();
    assert_eq!(uids(&store), [2, 4], "a removed message's place is not given away again");
    assert_eq!(store.render(mailbox, Uid(2)).unwrap().len(), 2000);
    assert_eq!(store.render(mailbox, Uid(3)), None);
    assert_eq!(Uid(2).unique_id(MailboxIx(0xABCD)).as_str(), "000000020000ABCD");
    let nowhere = MailboxIx(1);
    let refused = store.deliver(nowhere, message(1, 500, BodyKind::Plain));
    assert_eq!(refused, Err(UnknownMailbox(nowhere)));
}

#[test]
fn a_raw_message_ends_with_a_line_end() {
    let (mut store, mailbox) = store_of_one();
    let raw =
        |bytes: &[u8]| Message { body: Body::Raw(bytes.into()), ..message(0, 0, BodyKind::Plain) };
    assert_eq!(store.deliver(mailbox, raw(b"A: b\r\n\r\nc")), Ok(11));
    assert_eq!(store.deliver(mailbox, raw(b"A: b\r\n\r\nc\r\n")), Ok(11));
    assert_eq!(store.render(mailbox, Uid(1)), store.render(mailbox, Uid(2)));
}

#[test]
fn an_idle_mailbox_is_small() {
    let strings = 2 * (2 * TO.len() + 64);
    let index = 2 * (size_of::<(std::sync::Arc<str>, MailboxIx)>() + 3 * size_of::<usize>());
    let mailbox = size_of::<Mailbox>();
    assert!(strings + index + mailbox < 512, "{strings} + {index} + {mailbox} octets");
    assert!(size_of::<Stored>() <= 80, "{} octets a message", size_of::<Stored>());
}

proptest! {
    #[test]
    fn sizes_are_exact_and_lines_are_lines(
        seed: u64, octets in 0u32..6000, kind in proptest::sample::select(&KINDS),
    ) {
        let bytes = rendered(seed, octets, kind);
        let said = message(seed, octets, kind).octets(TO, "mail.example.com");
        prop_assert_eq!(said, bytes.len() as u64);
        prop_assert!(bytes.len() as u64 == u64::from(octets) || bytes.len() < 900);
        prop_assert!(bytes.len() >= octets as usize);
        prop_assert!(bytes.ends_with(b"\r\n"));
        for line in bytes.split_inclusive(|octet| *octet == b'\n') {
            prop_assert!(line.ends_with(b"\r\n") && line.len() <= 120);
            prop_assert!(!line[..line.len() - 2].contains(&b'\r'));
        }
        prop_assert_eq!(rendered(seed, octets, kind), bytes.clone());
        prop_assert_ne!(rendered(seed ^ 1, octets, kind), bytes);
    }
}
