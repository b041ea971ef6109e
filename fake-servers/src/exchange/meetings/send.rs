//! Telling those who are invited to a meeting, or the one who invited.

use wire::ews::value::{Attachment, AttachmentContent, Body};
use wire::ews::{Field, Mailbox as Address, Properties, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::addresses;
use crate::exchange::appointments;
use crate::exchange::call::Call;
use crate::exchange::delivery::{self, Copy};
use crate::exchange::items::{compose_message, owner};
use crate::exchange::problem::Outcome;
use crate::store::{Body as Bytes, Draft, FolderNo, Message, Occurrences, Overlay, Uid};
use crate::{ItemId, MailboxIx};

/// What is told (RFC 5546 section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Method {
    /// Come.
    Request,
    /// Do not come.
    Cancel,
}

/// What is told to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::exchange) struct Telling {
    pub(in crate::exchange) method: Method,
    /// To everybody who is invited, if not to these.
    pub(in crate::exchange) to: Option<Vec<String>>,
    /// Of one occurrence of a series, counted from 1; else of all there is.
    pub(in crate::exchange) occurrence: Option<u32>,
    /// Whether a copy is kept.
    pub(in crate::exchange) keep: bool,
}

impl Telling {
    /// To everybody, of everything.
    pub(in crate::exchange) const fn all(method: Method, keep: bool) -> Self {
        Self { method, to: None, occurrence: None, keep }
    }
}

/// Tells those who are invited to a meeting of one's own; of anything else nobody.
pub(in crate::exchange) fn tell(
    call: &mut Call<'_>,
    (ix, uid): (MailboxIx, Uid),
    telling: Telling,
) -> Outcome<()> {
    let known = call.known(ix, uid)?.at(telling.occurrence)?;
    let mut all = known.properties();
    let kept = match telling.occurrence {
        None => known.occurrences().clone(),
        Some(_) => Occurrences::new(),
    };
    let own = owner(known.mailbox).address.unwrap_or_default();
    let mut to = telling.to.unwrap_or_else(|| addresses(&all));
    to.retain(|address| !address.eq_ignore_ascii_case(&own));
    if to.is_empty() || all.bool(Field::CalendarIsOrganizer) != Some(true) {
        return Ok(());
    }
    let subject = all.text(Field::ItemSubject).unwrap_or_default().to_owned();
    let (word, subject) = match telling.method {
        Method::Request => ("REQUEST", subject),
        Method::Cancel => {
            all.set(Field::CalendarIsCancelled, true);
            ("CANCEL", format!("Canceled: {subject}"))
        }
    };
    all.set(Field::ItemSubject, subject);
    send(call, ix, &all, (&kept, word), &to, telling.keep)?;
    if telling.method == Method::Request
        && let Ok(mailbox) = call.mailbox_mut(ix)
    {
        mailbox.describe(uid, |overlay| {
            overlay.properties.set(Field::CalendarMeetingRequestWasSent, true);
        });
    }
    Ok(())
}

/// Sends an appointment as mail.
pub(super) fn send(
    call: &mut Call<'_>,
    ix: MailboxIx,
    all: &Properties,
    (kept, method): (&Occurrences, &str),
    to: &[String],
    keep: bool,
) -> Outcome<()> {
    let calendar = appointments::message(all, kept, method);
    let Some(from) = call.store.mailbox(ix).map(owner) else { return Ok(()) };
    let mut letter = Properties::default();
    let seed = format!("{method} {} {}", ix.0, call.now);
    let id = xxh3_64(&[seed.as_bytes(), &calendar].concat());
    letter
        .set(Field::MessageInternetMessageId, format!("<{id:016x}@{}>", call.server.options.name));
    letter.set(Field::MessageFrom, from);
    let to = to.iter().map(Address::new).collect();
    letter.set(Field::MessageToRecipients, Value::Mailboxes(to));
    letter.set(Field::ItemSubject, all.text(Field::ItemSubject).unwrap_or_default());
    letter.set(Field::ItemBody, Body::text(all.text(Field::ItemTextBody).unwrap_or_default()));
    let attachment = Attachment {
        name: Some("meeting.ics".to_owned()),
        content_type: Some(format!("text/calendar; method={method}; charset=utf-8")),
        content: AttachmentContent::File { is_contact_photo: None, content: Some(calendar) },
        ..Attachment::default()
    };
    let bytes = compose_message(&letter, [&attachment], call.now);
    let octets = bytes.len() as u64;
    let message = Message { item: ItemId(0), arrived: call.now, body: Bytes::Raw(bytes.into()) };
    let draft = Draft { message, octets, overlay: Overlay::default() };
    let copy = keep.then_some(Copy { ix, folder: FolderNo::SENT });
    delivery::send(call, ix, &draft, copy)
}
