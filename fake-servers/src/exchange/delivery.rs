//! Messages on their way: accepted, delivered to mailboxes of this server at once or when the
//! sender's limit of messages per minute lets them (domain.md 4.1), copied to a folder, reported
//! back when nobody is there to receive them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use wire::ews::items::SendItem;
use wire::ews::{
    Field, ItemClass, ItemRef, Properties, Property, ResponseCode, ResponseMessage, Value,
};
use xxhash_rust::xxh3::xxh3_64;

use super::call::Call;
use super::ids::version;
use super::items::{Known, parse_message};
use super::problem::{Outcome, Problem, message};
use super::reports::Undelivered;
use super::server::Shared;
use super::{automatic, blind, items, reports};
use crate::limits::exchange::Charged;
use crate::store::{
    AcceptedMail, Body, Draft, FolderNo, MailStore, Mailbox, Message, Overlay, Quota, Uid,
    lock_store,
};
use crate::{ItemId, MailboxIx, ServerEvent};

/// Where a copy of what is sent is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) ix: MailboxIx,
    pub(super) folder: FolderNo,
}

/// A message that was accepted.
#[derive(Debug, Clone)]
struct Outgoing {
    sender: MailboxIx,
    bytes: Arc<[u8]>,
    /// Of the bytes that the client gave: recipients that it set beside them show in the header,
    /// and are its own doing.
    content: u64,
    recipients: Vec<String>,
    copy: Option<Copy>,
    /// What the copy keeps of the draft.
    kept: Properties,
}

/// Messages that were accepted and are held back, by when they are due.
#[derive(Debug, Default)]
pub(super) struct Held {
    waiting: BTreeMap<(Timestamp, u64), (Uid, Outgoing)>,
    counted: u64,
}

/// `SendItem`
pub(super) fn send_items(call: &mut Call<'_>, request: &SendItem) -> Vec<ResponseMessage<()>> {
    let mut answers = Vec::with_capacity(request.item_ids.len());
    for item in &request.item_ids {
        answers.push(message(send_item(call, request, item)));
    }
    answers
}

fn send_item(call: &mut Call<'_>, request: &SendItem, item: &ItemRef) -> Outcome<()> {
    if !request.save_item_to_folder && request.saved_item_folder.is_some() {
        let text = "A folder for the copy was given, but no copy is to be kept.";
        return Err(Problem::new(ResponseCode::ErrorInvalidSendItemSaveSettings, text));
    }
    let named = call.named(item)?;
    let known = call.known(named.ix, named.uid)?;
    if !matches!(known.class(), ItemClass::Message) {
        let text = "Items of this class cannot be sent.";
        return Err(Problem::new(ResponseCode::ErrorInvalidItemForOperationSendItem, text));
    }
    match named.change_key {
        None => {
            let text = "A change key is required for this operation.";
            return Err(Problem::new(ResponseCode::ErrorChangeKeyRequired, text));
        }
        Some(key) if version(key) != Some(known.version()) => return Err(items::conflict()),
        Some(_) => {}
    }
    let copy = match (&request.saved_item_folder, request.save_item_to_folder) {
        (_, false) => None,
        (Some(folder), true) => {
            let (ix, folder) = call.folder(folder)?;
            Some(Copy { ix, folder })
        }
        (None, true) => Some(Copy { ix: named.ix, folder: FolderNo::SENT }),
    };
    send_draft(call, named.ix, named.uid, copy)
}

/// Sends what lies in a folder, which is then no more there.
pub(super) fn send_draft(
    call: &mut Call<'_>,
    ix: MailboxIx,
    uid: Uid,
    copy: Option<Copy>,
) -> Outcome<()> {
    let known = call.known(ix, uid)?;
    let outgoing = outgoing(&known, ix, copy);
    submit(call, outgoing)?;
    let now = call.now;
    call.mailbox_mut(ix)?.discard(uid, now).map(drop).ok_or_else(Problem::item_not_found)
}

/// Sends what lies nowhere yet.
pub(super) fn send(
    call: &mut Call<'_>,
    ix: MailboxIx,
    draft: &Draft,
    copy: Option<Copy>,
) -> Outcome<()> {
    // For a moment it is a draft like any other, so that both ways are one.
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let uid = mailbox.add(FolderNo::OUTBOX, draft.clone(), now);
    let uid = uid.ok_or_else(Problem::folder_not_found)?;
    let sent = send_draft(call, ix, uid, copy);
    if sent.is_err() {
        call.mailbox_mut(ix)?.discard(uid, now);
    }
    sent
}

fn outgoing(known: &Known<'_>, sender: MailboxIx, copy: Option<Copy>) -> Outgoing {
    let kept = known.overlay.map(|it| it.properties.clone()).unwrap_or_default();
    let keeps = |property: &Property| {
        matches!(
            property,
            Property::Extended(_)
                | Property::Field(Field::ItemCategories | Field::MessageBccRecipients)
        )
    };
    let bytes: Arc<[u8]> = known.mime().into();
    Outgoing {
        sender,
        content: xxh3_64(known.own_bytes().as_deref().unwrap_or(&bytes)),
        bytes,
        recipients: known.recipients(),
        copy,
        kept: kept.into_iter().filter(|(property, _)| keeps(property)).collect(),
    }
}

/// Takes a message, as far as its sender may send it.
fn submit(call: &mut Call<'_>, outgoing: Outgoing) -> Outcome<()> {
    if outgoing.recipients.is_empty() || !outgoing.recipients.iter().all(|it| is_address(it)) {
        let text = "At least one recipient isn't valid.";
        return Err(Problem::new(ResponseCode::ErrorInvalidRecipients, text));
    }
    if outgoing.bytes.len() as u64 > call.server.options.message_octets {
        let text = "The message exceeds the maximum supported size.";
        return Err(Problem::new(ResponseCode::ErrorMessageSizeExceeded, text));
    }
    let said = parse_message(&outgoing.bytes);
    may_send(call, outgoing.sender, &said)?;
    if let Some(copy) = outgoing.copy {
        has_room(call, copy.ix, outgoing.bytes.len() as u64)?;
    }
    let target = (call.caller.account != outgoing.sender).then_some(outgoing.sender);
    let charged = Charged::of(call.caller.account, target);
    let due = call.server.submit(charged, outgoing.recipients.len(), call.now).map_err(|_| {
        let text = "The message can't be submitted because the sender's submission quota was \
                    exceeded.";
        Problem::new(ResponseCode::ErrorSubmissionQuotaExceeded, text)
    })?;
    call.events.push(accepted(&outgoing, &said));
    let (now, address) = (call.now, call.mailbox(outgoing.sender)?.account().address.clone());
    call.store.note_accepted(|| AcceptedMail {
        number: 0,
        mailbox: outgoing.sender,
        at: now,
        sender: address.to_string(),
        recipients: outgoing.recipients.clone(),
        bytes: Arc::clone(&outgoing.bytes),
    });
    if due <= call.now {
        let events = &mut call.events;
        deliver(call.server, call.store, &outgoing, call.now, &mut |event| events.push(event));
        return Ok(());
    }
    hold(call, outgoing, due)
}

/// A mailbox at the other end, as far as an address shows it.
fn is_address(text: &str) -> bool {
    let split = text.rsplit_once('@');
    split.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether a mailbox may send this: in nobody else's name, and only while it is not too large.
fn may_send(call: &Call<'_>, sender: MailboxIx, said: &Properties) -> Outcome<()> {
    let mailbox = call.mailbox(sender)?;
    let named = match said.field(Field::MessageFrom) {
        Some(Value::Mailbox(from)) => from.address.as_deref(),
        _ => None,
    };
    if named.is_some_and(|named| !named.eq_ignore_ascii_case(&mailbox.account().address)) {
        let text = "The user account which was used to submit this request does not have the \
                    right to send mail on behalf of the specified sending account.";
        return Err(Problem::new(ResponseCode::ErrorSendAsDenied, text));
    }
    if !quota(call.server, mailbox).may_send(mailbox.octets()) {
        return Err(too_large());
    }
    Ok(())
}

fn accepted(outgoing: &Outgoing, said: &Properties) -> ServerEvent {
    let id = said.text(Field::MessageInternetMessageId);
    let id = id.map(|id| id.trim_start_matches('<').trim_end_matches('>'));
    let hash = |address: &String| xxh3_64(address.to_lowercase().as_bytes());
    ServerEvent::Accepted {
        mailbox: outgoing.sender,
        message: id.map_or(0, |id| xxh3_64(id.as_bytes())),
        content: outgoing.content,
        recipients: outgoing.recipients.iter().map(hash).collect(),
    }
}

/// A message that is held back lies in the outbox meanwhile, without an error.
fn hold(call: &mut Call<'_>, outgoing: Outgoing, due: Timestamp) -> Outcome<()> {
    let body = Body::Raw(Arc::clone(&outgoing.bytes));
    let message = Message { item: ItemId(0), arrived: call.now, body };
    let octets = outgoing.bytes.len() as u64;
    let overlay = Overlay { read: true, ..Overlay::default() };
    let draft = Draft { message, octets, overlay };
    let (now, sender) = (call.now, outgoing.sender);
    let uid = call.mailbox_mut(sender)?.add(FolderNo::OUTBOX, draft, now);
    let uid = uid.ok_or_else(Problem::folder_not_found)?;
    call.events.push(ServerEvent::HeldBack { mailbox: sender });
    call.server.held(|held| {
        held.counted += 1;
        held.waiting.insert((due, held.counted), (uid, outgoing));
    });
    call.server.holds_back.ring();
    Ok(())
}

/// Brings a message to everybody here, and reports those who are not.
fn deliver(
    server: &Shared,
    store: &mut MailStore,
    outgoing: &Outgoing,
    now: Timestamp,
    tell: &mut dyn FnMut(ServerEvent),
) {
    let mut local = Vec::new();
    let mut nobody = Vec::new();
    for recipient in &outgoing.recipients {
        match store.by_address(recipient) {
            Some(found) if local.contains(&found) => {}
            Some(found) => local.push(found),
            None if is_local(server, recipient) => nobody.push(recipient.as_str()),
            None => {}
        }
    }
    let bytes = blind::hidden(&outgoing.bytes);
    let address = |it: MailboxIx, store: &MailStore| {
        store.mailbox(it).map(|it| it.account().address.to_string()).unwrap_or_default()
    };
    let sender = address(outgoing.sender, store);
    let about = Undelivered { sender: &sender, recipient: "", bytes: &bytes };
    for mailbox in local {
        let more = bytes.len() as u64;
        let fits = |it: &Mailbox| quota(server, it).has_room(it.octets(), more);
        if store.mailbox(mailbox).is_some_and(fits) {
            arrive(server, store, mailbox, &bytes, now, tell);
        } else {
            let to = address(mailbox, store);
            let report = reports::full(server, Undelivered { recipient: &to, ..about }, now);
            report_back(server, store, outgoing.sender, report, now, tell);
        }
    }
    for recipient in nobody {
        let report = reports::unknown(server, Undelivered { recipient, ..about }, now);
        report_back(server, store, outgoing.sender, report, now, tell);
    }
    keep_copy(store, outgoing, now, tell);
}

fn is_local(server: &Shared, address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    server.options.local_domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
}

fn arrive(
    server: &Shared,
    store: &mut MailStore,
    mailbox: MailboxIx,
    bytes: &Arc<[u8]>,
    now: Timestamp,
    tell: &mut dyn FnMut(ServerEvent),
) {
    let item = server.ids.next_id();
    let message = Message { item, arrived: now, body: Body::Raw(Arc::clone(bytes)) };
    if let Ok(octets) = store.deliver(mailbox, message) {
        tell(ServerEvent::Delivered { item, mailbox, bytes: octets });
        reply(server, store, mailbox, bytes, now, tell);
    }
}

/// Answers a message whose recipient is out of office.
fn reply(
    server: &Shared,
    store: &mut MailStore,
    mailbox: MailboxIx,
    bytes: &[u8],
    now: Timestamp,
    tell: &mut dyn FnMut(ServerEvent),
) {
    let is_inside = |address: &str| is_local(server, address);
    let Some(letter) = automatic::reply(store, mailbox, bytes, &is_inside, now) else { return };
    let automatic::Letter { from, to, bytes } = letter;
    let bytes: Arc<[u8]> = bytes.into();
    store.note_accepted(|| AcceptedMail {
        number: 0,
        mailbox,
        at: now,
        sender: from,
        recipients: vec![to.clone()],
        bytes: Arc::clone(&bytes),
    });
    // It says that it is automatic, so nobody answers it in turn.
    if let Some(back) = store.by_address(&to) {
        arrive(server, store, back, &bytes, now, tell);
    }
}

/// A report lies in the sender's inbox as what it is.
fn report_back(
    server: &Shared,
    store: &mut MailStore,
    sender: MailboxIx,
    report: Vec<u8>,
    now: Timestamp,
    tell: &mut dyn FnMut(ServerEvent),
) {
    arrive(server, store, sender, &report.into(), now, tell);
    let Ok(mailbox) = store.mailbox_mut(sender) else { return };
    let newest = mailbox.items(FolderNo::INBOX).last().map(|item| item.uid);
    if let Some(uid) = newest {
        mailbox.describe(uid, |overlay| {
            overlay.properties.set(Field::ItemClass, "REPORT.IPM.Note.NDR");
        });
    }
}

fn keep_copy(
    store: &mut MailStore,
    outgoing: &Outgoing,
    now: Timestamp,
    tell: &mut dyn FnMut(ServerEvent),
) {
    let Some(Copy { ix, folder }) = outgoing.copy else { return };
    let Ok(mailbox) = store.mailbox_mut(ix) else { return };
    let body = Body::Raw(Arc::clone(&outgoing.bytes));
    let message = Message { item: ItemId(0), arrived: now, body };
    let properties = outgoing.kept.clone();
    let overlay = Overlay { read: true, properties, ..Overlay::default() };
    let octets = outgoing.bytes.len() as u64;
    let kept = mailbox.add(folder, Draft { message, octets, overlay }, now);
    if kept.is_some() && folder == FolderNo::SENT {
        tell(ServerEvent::CopyKept { mailbox: ix });
    }
}

/// Whether so many octets more fit a mailbox.
pub(super) fn has_room(call: &Call<'_>, ix: MailboxIx, more: u64) -> Outcome<()> {
    let fits = |it: &Mailbox| quota(call.server, it).has_room(it.octets(), more);
    if call.store.mailbox(ix).is_none_or(fits) { Ok(()) } else { Err(too_large()) }
}

fn quota(server: &Shared, mailbox: &Mailbox) -> Quota {
    mailbox.quota().or(server.options.quota)
}

fn too_large() -> Problem {
    let text = "The mailbox storage limit has been exceeded.";
    Problem::new(ResponseCode::ErrorQuotaExceeded, text)
}

/// When the next message that was held back is due.
pub(super) fn next_due(server: &Shared) -> Option<Timestamp> {
    server.held(|held| held.waiting.first_key_value().map(|((due, _), _)| *due))
}

/// Delivers what was held back until now.
pub(super) fn deliver_due(server: &Shared, now: Timestamp, mut tell: impl FnMut(ServerEvent)) {
    while let Some((uid, outgoing)) = server.held(|held| {
        let first = held.waiting.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove())
    }) {
        let mut store = lock_store(&server.store);
        if let Ok(mailbox) = store.mailbox_mut(outgoing.sender) {
            mailbox.discard(uid, now);
        }
        tell(ServerEvent::Departed { mailbox: outgoing.sender });
        deliver(server, &mut store, &outgoing, now, &mut tell);
    }
}
