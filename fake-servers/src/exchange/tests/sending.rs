//! Sending: what is accepted, delivered, copied, held back and reported.

use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::MessageDisposition;
use wire::ews::search::Restriction;
use wire::ews::value::MimeContent;
use wire::ews::{Field, Item, ItemClass, ItemShape, Mailbox, ResponseCode, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::kit::{ANN, BOB, World, as_mime, find, second};
use crate::store::{Quota, lock_store};
use crate::{Actions, Refusal, ServerEvent, Session};

const SAVE: Option<MessageDisposition> = Some(MessageDisposition::SaveOnly);
const SEND: Option<MessageDisposition> = Some(MessageDisposition::SendOnly);
const BOTH: Option<MessageDisposition> = Some(MessageDisposition::SendAndSaveCopy);

#[test]
fn a_draft_that_is_sent_is_accepted_delivered_copied_and_gone() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, bytes) = as_mime("Bob@Example.com, far@elsewhere.org", "1@x");
    let draft = ann.create(item, SAVE, None).unwrap().unwrap();
    assert_eq!(ann.mime(&draft), bytes);
    let drafts = |count| ServerEvent::Drafts { mailbox: ANN, count };
    assert_eq!(std::mem::take(&mut ann.events), [drafts(1)], "a draft is nobody's mail");
    assert_eq!(ann.send_item(&draft, true), ResponseCode::NoError);
    let hash = |text: &str| xxh3_64(text.as_bytes());
    let accepted = ServerEvent::Accepted {
        mailbox: ANN,
        message: hash("1@x"),
        content: xxh3_64(&bytes),
        recipients: vec![hash("bob@example.com"), hash("far@elsewhere.org")],
    };
    assert_eq!(ann.events[0], accepted);
    assert!(matches!(ann.events[1], ServerEvent::Delivered { mailbox: BOB, .. }));
    assert_eq!(ann.events[2..], [ServerEvent::CopyKept { mailbox: ANN }, drafts(0)]);
    assert_eq!(ann.send_item(&draft, true), ResponseCode::ErrorItemNotFound, "it was sent");
    assert!(ann.list("drafts").is_empty());
    let copy = ann.list("sentitems")[0].clone();
    let copy = ann.all(&copy).properties;
    assert_eq!(copy.bool(Field::MessageIsRead), Some(true));
    assert_eq!(copy.bool(Field::ItemIsDraft), Some(false));
    assert_eq!(copy.bool(Field::ItemIsFromMe), Some(true));
    let mut bob = world.bob();
    let got = bob.list("inbox")[0].clone();
    assert_eq!(bob.mime(&got), bytes);
    assert_eq!(bob.all(&got).properties.bool(Field::MessageIsRead), Some(false));
}

#[test]
fn a_draft_that_was_changed_since_is_not_sent() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, _) = as_mime("bob@example.com", "1@x");
    let draft = ann.create(item, SAVE, None).unwrap().unwrap();
    let stale = wire::ews::ItemId::versioned(draft.id.clone(), crate::exchange::ids::change_key(9));
    assert_eq!(ann.send_item(&stale, false), ResponseCode::ErrorIrresolvableConflict);
    let keyless = wire::ews::ItemId::new(draft.id.clone());
    assert_eq!(ann.send_item(&keyless, false), ResponseCode::ErrorChangeKeyRequired);
    assert_eq!(ann.send_item(&draft, false), ResponseCode::NoError);
    assert!(ann.list("sentitems").is_empty(), "no copy was wanted");
    assert!(!ann.events.contains(&ServerEvent::CopyKept { mailbox: ANN }), "and none told of");
}

#[test]
fn what_is_sent_at_once_answers_without_an_id() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, _) = as_mime("bob@example.com", "1@x");
    assert_eq!(ann.create(item.clone(), SEND, None), Ok(None));
    assert!(ann.list("sentitems").is_empty());
    assert_eq!(ann.create(item, BOTH, None), Ok(None));
    assert_eq!((ann.list("sentitems").len(), ann.list("outbox").len()), (1, 0));
    assert_eq!(world.bob().list("inbox").len(), 2);
}

#[test]
fn blind_recipients_get_it_and_nobody_sees_them() {
    let world = World::new();
    let mut ann = world.ann();
    let bob = Value::Mailboxes(vec![Mailbox::new("bob@example.com")]);
    let item = Item::new(ItemClass::Message).with(Field::MessageBccRecipients, bob);
    assert_eq!(ann.create(item, SEND, None), Ok(None));
    let mut bob = world.bob();
    let id = bob.list("inbox")[0].clone();
    assert!(!String::from_utf8(bob.mime(&id)).unwrap().contains("bob@example.com"));
}

#[test]
fn whom_nobody_here_knows_comes_back_as_a_report() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, _) = as_mime("nobody@example.com", "1@x");
    assert_eq!(ann.create(item, SEND, None), Ok(None));
    let id = ann.list("inbox")[0].clone();
    let report = ann.all(&id).properties;
    assert_eq!(report.text(Field::ItemClass), Some("REPORT.IPM.Note.NDR"));
    assert!(report.text(Field::ItemBody).unwrap().contains("nobody@example.com"));
    let sent = as_mime("nobody@example.com", "1@x").1;
    let subject = String::from_utf8(sent.clone()).unwrap();
    let subject = subject.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
    let subject = format!("Undeliverable: {subject}");
    assert_eq!(report.text(Field::ItemSubject), Some(&*subject));
    assert_eq!(report.text(Field::ItemDisplayTo), Some("ann@example.com"));
    let mime = String::from_utf8(ann.mime(&id)).unwrap();
    let (_, original) = mime.split_once("Content-Type: text/rfc822-headers\r\n\r\n").unwrap();
    let header = sent.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
    assert!(original.as_bytes().starts_with(&sent[..header]), "{original}");
    assert!(original[header..].starts_with("\r\n\r\n--_ndr_"), "and no body: {original}");
    let (item, _) = as_mime("not an address", "2@x");
    assert_eq!(ann.create(item, SEND, None), Err(ResponseCode::ErrorInvalidRecipients));
    assert!(ann.list("outbox").is_empty(), "what is not sent leaves nothing");
}

#[test]
fn limits_of_size_quota_and_recipients_are_kept() {
    let world = World::with(
        |options| {
            options.message_octets = 500;
            options.quota = Quota::both(3_000);
            options.policy.recipients_per_day = Some(1);
        },
        Vec::new(),
    );
    let mut ann = world.ann();
    let (item, _) = as_mime(&"b@elsewhere.org, ".repeat(40), "1@x");
    assert_eq!(ann.create(item, SEND, None), Err(ResponseCode::ErrorMessageSizeExceeded));
    let (item, _) = as_mime("b@elsewhere.org", "2@x");
    assert_eq!(ann.create(item.clone(), SEND, None), Ok(None));
    let spent = ann.create(item.clone(), SEND, None);
    assert_eq!(spent, Err(ResponseCode::ErrorSubmissionQuotaExceeded));
    let told = ServerEvent::Refused { mailbox: Some(ANN), refusal: Refusal::RecipientQuota };
    assert_eq!(ann.events.last(), Some(&told), "what is refused in part is told as well");
    world.deliver(ANN, 1);
    world.deliver(ANN, 2);
    assert_eq!(ann.create(item, SAVE, None), Err(ResponseCode::ErrorQuotaExceeded));
    let full = ann.list("inbox");
    assert_eq!(ann.delete(&full[0], DeleteType::HardDelete), ResponseCode::NoError);
    let (item, _) = as_mime("b@elsewhere.org", "3@x");
    assert!(ann.create(item, SAVE, None).is_ok());
}

#[test]
fn a_mailbox_of_its_own_quota_is_full_and_its_neighbours_are_not() {
    let world = World::new();
    let quota = Quota { prohibit_send: Some(3_000), prohibit_send_receive: Some(5_000) };
    lock_store(&world.store).mailbox_mut(BOB).unwrap().set_quota(quota);
    world.deliver(BOB, 1);
    world.deliver(BOB, 2);
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let letter = |from: &str, to: &str, octets: usize| {
        let bytes = format!(
            "From: {from}@example.com\r\nTo: {to}@example.com\r\nSubject: s\r\n\r\n{}\r\n",
            "x".repeat(octets)
        );
        Item::new(ItemClass::Message)
            .with(Field::ItemMimeContent, MimeContent::new(bytes.into_bytes()))
    };
    let refused = bob.create(letter("bob", "ann", 10), SEND, None);
    assert_eq!(refused, Err(ResponseCode::ErrorQuotaExceeded));
    let told = ServerEvent::Refused { mailbox: Some(BOB), refusal: Refusal::MailboxFull };
    assert_eq!(bob.events.last(), Some(&told));
    let draft = bob.create(letter("bob", "ann", 10), SAVE, None).unwrap().unwrap();
    assert_eq!(bob.send_item(&draft, false), ResponseCode::ErrorQuotaExceeded);
    assert_eq!(bob.list("drafts").len(), 1, "what was not sent is still there");
    assert_eq!(ann.create(letter("ann", "bob", 10), SEND, None), Ok(None));
    assert_eq!(bob.list("inbox").len(), 3, "it still receives");
    assert_eq!(ann.create(letter("ann", "bob", 2_000), SEND, None), Ok(None));
    assert_eq!(bob.list("inbox").len(), 3);
    let report = ann.list("inbox")[0].clone();
    let report = ann.all(&report).properties;
    assert_eq!(report.text(Field::ItemClass), Some("REPORT.IPM.Note.NDR"));
    assert!(report.text(Field::ItemBody).unwrap().contains("5.2.2"));
    assert_eq!(ann.create(letter("ann", "ann", 20_000), BOTH, None), Ok(None), "no quota of hers");
}

#[test]
fn only_the_sender_keeps_who_got_a_blind_copy() {
    let world = World::new();
    let mut ann = world.ann();
    let bytes = b"From: ann@example.com\r\nBcc: bob@example.com,\r\n\tfar@elsewhere.org\r\n\
        To: ann@example.com\r\nResent-Bcc: x@elsewhere.org\r\nSubject: s\r\n\r\nBcc: not a header\r\n";
    let mime = MimeContent::new(bytes.to_vec());
    let item = Item::new(ItemClass::Message).with(Field::ItemMimeContent, mime);
    assert_eq!(ann.create(item, BOTH, None), Ok(None));
    let mut bob = world.bob();
    let id = bob.list("inbox")[0].clone();
    let got = String::from_utf8(bob.mime(&id)).unwrap();
    assert_eq!(
        got,
        "From: ann@example.com\r\nTo: ann@example.com\r\nSubject: s\r\n\r\nBcc: not a header\r\n"
    );
    let copy = ann.list("sentitems")[0].clone();
    assert_eq!(ann.mime(&copy), bytes);
    let copy = ann.all(&copy).properties;
    assert!(copy.field(Field::MessageBccRecipients).is_some());
}

#[test]
fn nobody_sends_as_somebody_else() {
    let world = World::new();
    let mut bob = world.bob();
    let (item, _) = as_mime("far@elsewhere.org", "1@x");
    let refused = bob.create(item.clone(), SEND, None);
    assert_eq!(refused, Err(ResponseCode::ErrorSendAsDenied), "it says it is from Ann");
    assert!(bob.list("outbox").is_empty());
    let draft = bob.create(item, SAVE, None).unwrap().unwrap();
    assert_eq!(bob.send_item(&draft, false), ResponseCode::ErrorSendAsDenied);
    let from = Mailbox::new("ann@example.com");
    let to = Value::Mailboxes(vec![Mailbox::new("far@elsewhere.org")]);
    let item = Item::new(ItemClass::Message).with(Field::MessageToRecipients, to);
    let forged = item.clone().with(Field::MessageFrom, from);
    assert_eq!(bob.create(forged, SEND, None), Err(ResponseCode::ErrorSendAsDenied));
    let own = item.with(Field::MessageFrom, Mailbox::new("Bob@Example.com"));
    assert_eq!(bob.create(own, SEND, None), Ok(None));
}

#[test]
fn what_exceeds_the_rate_waits_in_the_outbox_without_an_error() {
    let world = World::with(|options| options.policy.messages_per_minute = Some(1), Vec::new());
    let mut ann = world.ann();
    for (number, rings) in (0..3).zip([0, 1, 2]) {
        let (item, _) = as_mime("bob@example.com", &format!("{number}@x"));
        assert_eq!(ann.create(item, BOTH, None), Ok(None));
        assert_eq!(world.server.holds_back().rings(), rings, "who is held back is told");
    }
    assert_eq!((ann.list("outbox").len(), ann.list("sentitems").len()), (2, 1));
    let delivered = |events: &[ServerEvent]| {
        events.iter().filter(|it| matches!(it, ServerEvent::Delivered { .. })).count()
    };
    assert_eq!(delivered(&ann.events), 1, "all three were accepted");
    assert_eq!(ann.session.wake_at(), Some(second(60)));
    let mut out = Actions::default();
    ann.session.wake(second(60), &mut out);
    ann.take(&mut out);
    assert_eq!(delivered(&ann.events), 2);
    ann.now = second(120);
    assert_eq!((ann.list("outbox").len(), ann.list("sentitems").len()), (0, 3));
    assert_eq!(delivered(&ann.events), 3);
    assert_eq!(lock_store(&world.store).mailbox(BOB).unwrap().messages().len(), 3);
}

/// How an engine finds out whether a send got through: by the draft while it knows its id, by
/// Message-ID if it does not.
#[test]
fn a_draft_can_be_found_again_by_its_message_id() {
    let world = World::new();
    let mut ann = world.ann();
    for number in 0..3 {
        let (item, _) = as_mime("far@elsewhere.org", &format!("{number}@x"));
        ann.create(item, SAVE, None).unwrap();
    }
    let mut request = find("drafts");
    request.restriction = Some(Restriction::equal(Field::MessageInternetMessageId, "<1@x>"));
    let found = ann.found(request.clone());
    assert_eq!(found.len(), 1);
    let id = found[0].id().unwrap().clone();
    assert_eq!(ann.send_item(&id, false), ResponseCode::NoError);
    assert!(ann.found(request).is_empty());
    let shape = ItemShape::new(BaseShape::IdOnly);
    assert_eq!(ann.get(&id, shape), Err(ResponseCode::ErrorItemNotFound));
}
