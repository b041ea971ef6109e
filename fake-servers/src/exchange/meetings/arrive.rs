//! What a message with an invitation, an answer or a cancellation does on arrival: it is known for
//! what it is, and the calendar says so, as the service's own attendant would have it.

use jiff::Timestamp;
use wire::ews::value::Attendee;
use wire::ews::{Field, ItemClass, Mailbox as Address, Properties, Property, Value};

use super::{INVITED, entry};
use crate::exchange::appointments::{self, Touched};
use crate::exchange::calendar::Zone;
use crate::exchange::items::item_id;
use crate::store::{Body, Draft, FolderNo, MailStore, Mailbox, Message, Occurrences, Overlay, Uid};
use crate::{ItemId, MailboxIx};

/// Looks at the newest message of an inbox.
pub(in crate::exchange) fn arrived(
    store: &mut MailStore,
    ix: MailboxIx,
    bytes: &[u8],
    now: Timestamp,
) {
    // Most mail is no meeting, and is not read here.
    const KIND: &[u8] = b"text/calendar";
    if !bytes.windows(KIND.len()).any(|at| at.eq_ignore_ascii_case(KIND)) {
        return;
    }
    let Ok((method, mut all, kept)) = appointments::read_message(bytes) else { return };
    let Ok(mailbox) = store.mailbox_mut(ix) else { return };
    let Some(newest) = mailbox.items(FolderNo::INBOX).last().map(|item| item.uid) else { return };
    let Some(uid) = all.text(Field::CalendarUID).map(ToOwned::to_owned) else { return };
    let before = entry(mailbox, &uid);
    let (class, entry) = match method.as_str() {
        "REQUEST" => {
            let kind = if before.is_some() { "FullUpdate" } else { "NewMeetingRequest" };
            let put = put(mailbox, before, &all, kept, now);
            all.set(Field::MeetingRequestType, kind);
            all.set(Field::MeetingRequestIntendedFreeBusyStatus, "Busy");
            all.set(Field::MeetingResponseType, "NoResponseReceived");
            (ItemClass::MeetingRequest, put)
        }
        "CANCEL" => {
            if let Some(entry) = before {
                mailbox.change(entry, now, |overlay| {
                    overlay.properties.set(Field::CalendarIsCancelled, true);
                    overlay.properties.set(Field::CalendarLegacyFreeBusyStatus, "Free");
                });
            }
            (ItemClass::MeetingCancellation, before)
        }
        "REPLY" => {
            let answer = answered(mailbox, before, &all, now);
            all.set(Field::MeetingResponseType, answer.as_str());
            let kind = match answer.as_str() {
                "Decline" => "IPM.Schedule.Meeting.Resp.Neg",
                "Tentative" => "IPM.Schedule.Meeting.Resp.Tent",
                _ => "IPM.Schedule.Meeting.Resp.Pos",
            };
            all.set(Field::ItemClass, kind);
            (ItemClass::MeetingResponse, before)
        }
        _ => return,
    };
    describe(mailbox, ix, (newest, class), entry, all);
}

/// Puts an invitation into the calendar, tentatively.
fn put(
    mailbox: &mut Mailbox,
    before: Option<Uid>,
    all: &Properties,
    kept: Occurrences,
    now: Timestamp,
) -> Option<Uid> {
    let mut properties = all.clone();
    properties.set(Field::CalendarMyResponseType, "NoResponseReceived");
    properties.set(Field::CalendarLegacyFreeBusyStatus, "Tentative");
    properties.set(Field::CalendarMeetingRequestWasSent, true);
    let mut none = Occurrences::new();
    appointments::settle(&mut properties, &mut none, Touched::ALL, Zone::UTC, now).ok()?;
    if let Some(entry) = before {
        mailbox.change(entry, now, |overlay| {
            overlay.properties = properties;
            overlay.occurrences = kept;
        });
        return Some(entry);
    }
    let overlay = Overlay {
        class: Some(ItemClass::CalendarItem),
        properties,
        occurrences: kept,
        ..Overlay::default()
    };
    let message = Message { item: ItemId(0), arrived: now, body: Body::Absent };
    mailbox.add(FolderNo::CALENDAR, Draft { message, octets: 512, overlay }, now)
}

/// Notes somebody's answer in the organizer's calendar.
fn answered(mailbox: &mut Mailbox, entry: Option<Uid>, all: &Properties, now: Timestamp) -> String {
    let who = INVITED.into_iter().find_map(|field| match all.field(field) {
        Some(Value::Attendees(list)) => list.first().cloned(),
        _ => None,
    });
    let Some(who) = who else { return "Unknown".to_owned() };
    let answer = who.response_type.clone().unwrap_or_default();
    let address = |it: &Address| it.address.as_deref().unwrap_or_default().to_lowercase();
    let own = address(&who.mailbox);
    let note = |list: &mut Vec<Attendee>| {
        for one in list.iter_mut().filter(|it| address(&it.mailbox) == own) {
            one.response_type = Some(answer.clone());
            one.last_response_time = Some(now);
        }
    };
    if let Some(entry) = entry {
        mailbox.change(entry, now, |overlay| {
            for field in INVITED {
                let property = Property::Field(field);
                if let Some(Value::Attendees(mut list)) = overlay.properties.remove(&property) {
                    note(&mut list);
                    overlay.properties.set(property, list);
                }
            }
        });
    }
    answer
}

/// Tells of a message what it is, and which entry of the calendar it belongs to.
fn describe(
    mailbox: &mut Mailbox,
    ix: MailboxIx,
    (newest, class): (Uid, ItemClass),
    entry: Option<Uid>,
    mut all: Properties,
) {
    // The message has a subject, a body and attachments of its own.
    all.retain(|property| match property {
        Property::Field(Field::ItemClass) => true,
        Property::Field(field) => class.has(*field) && !field.uri().starts_with("item:"),
        _ => false,
    });
    all.set(Field::MeetingIsDelegated, false);
    all.set(Field::MeetingIsOutOfDate, false);
    all.set(Field::MeetingHasBeenProcessed, true);
    if let Some(entry) = entry {
        let version = mailbox.overlay(entry).map_or(0, Overlay::version);
        all.set(Field::MeetingAssociatedCalendarItemId, item_id(ix, entry, version));
    }
    mailbox.describe(newest, |overlay| {
        overlay.class = Some(class);
        for (property, value) in all {
            overlay.properties.set(property, value);
        }
    });
}
