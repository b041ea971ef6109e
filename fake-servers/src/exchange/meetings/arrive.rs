//! What a message with an invitation, an answer or a cancellation does on arrival: it is known for
//! what it is, and the calendar says so, as the service's own attendant would have it.

use jiff::Timestamp;
use wire::ews::{Field, ItemClass, Mailbox as Address, Properties, Property, Value};

use super::update::change_guests;
use super::{INVITED, entry};
use crate::exchange::appointments::{self, Letter, Touched};
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
    let Ok(letter) = appointments::read_message(bytes) else { return };
    let Ok(mailbox) = store.mailbox_mut(ix) else { return };
    let Some(newest) = mailbox.items(FolderNo::INBOX).last().map(|item| item.uid) else { return };
    let Some(uid) = letter.all.text(Field::CalendarUID).map(ToOwned::to_owned) else { return };
    let before = entry(mailbox, &uid);
    let mut all = letter.all.clone();
    let outdated = before.is_some_and(|entry| version(mailbox, entry) > sequence(&all));
    let current = before.filter(|_| !outdated);
    let (class, entry) = match letter.method.as_str() {
        "REQUEST" => {
            let same = current.is_some_and(|entry| at_the_same_time(mailbox, entry, &all));
            let kind = match (before, same) {
                (None, _) => "NewMeetingRequest",
                (Some(_), _) if outdated => "Outdated",
                (Some(_), true) => "InformationalUpdate",
                (Some(_), false) => "FullUpdate",
            };
            let put = if outdated { before } else { put(mailbox, before, letter, same, now) };
            all.set(Field::MeetingRequestType, kind);
            all.set(Field::MeetingRequestIntendedFreeBusyStatus, "Busy");
            all.set(Field::MeetingResponseType, "NoResponseReceived");
            (ItemClass::MeetingRequest, put)
        }
        "CANCEL" => {
            if let Some(entry) = current {
                call_off(mailbox, entry, &letter, now);
            }
            (ItemClass::MeetingCancellation, before)
        }
        "REPLY" => {
            let answer =
                answered(mailbox, current.filter(|_| letter.occurrence.is_none()), &all, now);
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
    all.set(Field::MeetingIsOutOfDate, outdated);
    describe(mailbox, ix, (newest, class), entry, all);
}

/// Which version of a meeting something is about.
fn sequence(all: &Properties) -> i64 {
    all.int(Field::CalendarAppointmentSequenceNumber).unwrap_or(0)
}

fn version(mailbox: &Mailbox, entry: Uid) -> i64 {
    mailbox.overlay(entry).map_or(0, |it| sequence(&it.properties))
}

fn at_the_same_time(mailbox: &Mailbox, entry: Uid, all: &Properties) -> bool {
    const TIME: [Field; 3] = [Field::CalendarStart, Field::CalendarEnd, Field::CalendarRecurrence];
    let kept = mailbox.overlay(entry).map(|it| &it.properties);
    kept.is_some_and(|kept| TIME.into_iter().all(|field| kept.field(field) == all.field(field)))
}

/// Puts an invitation into the calendar, tentatively. An answer holds for as long as the time does.
fn put(
    mailbox: &mut Mailbox,
    before: Option<Uid>,
    letter: Letter,
    same: bool,
    now: Timestamp,
) -> Option<Uid> {
    let Letter { all: mut properties, kept, occurrence, .. } = letter;
    properties.set(Field::CalendarMyResponseType, "NoResponseReceived");
    properties.set(Field::CalendarLegacyFreeBusyStatus, "Tentative");
    properties.set(Field::CalendarMeetingRequestWasSent, true);
    let mut none = Occurrences::new();
    appointments::settle(&mut properties, &mut none, Touched::ALL, Zone::UTC, now).ok()?;
    if let Some(entry) = before {
        mailbox.change(entry, now, |overlay| {
            if let Some(day) = occurrence {
                properties.remove(&Property::Field(Field::CalendarUID));
                overlay.occurrences.insert(day, Some(properties));
                return;
            }
            for field in ANSWERED.into_iter().filter(|_| same) {
                if let Some(value) = overlay.properties.field(field) {
                    properties.set(field, value.clone());
                }
            }
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

/// What is of one's own answer.
const ANSWERED: [Field; 3] = [
    Field::CalendarMyResponseType,
    Field::CalendarLegacyFreeBusyStatus,
    Field::CalendarAppointmentReplyTime,
];

/// Marks a meeting, or one occurrence of it, as one that does not take place.
fn call_off(mailbox: &mut Mailbox, entry: Uid, letter: &Letter, now: Timestamp) {
    mailbox.change(entry, now, |overlay| {
        let number = sequence(&letter.all);
        overlay.properties.set(Field::CalendarAppointmentSequenceNumber, number);
        let called_off = match letter.occurrence {
            None => &mut overlay.properties,
            Some(day) => {
                let kept = overlay.occurrences.entry(day).or_default();
                kept.get_or_insert_default()
            }
        };
        if letter.occurrence.is_some() {
            let said = letter.all.iter().filter(|(property, _)| {
                matches!(
                    property,
                    Property::Field(Field::ItemSubject | Field::CalendarStart | Field::CalendarEnd)
                )
            });
            for (property, value) in said.cloned() {
                called_off.set(property, value);
            }
        }
        called_off.set(Field::CalendarIsCancelled, true);
        called_off.set(Field::CalendarLegacyFreeBusyStatus, "Free");
    });
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
    if let Some(entry) = entry {
        mailbox.change(entry, now, |overlay| {
            change_guests(overlay, |guest| {
                if address(&guest.mailbox) == own {
                    guest.response_type = Some(answer.clone());
                    guest.last_response_time = Some(now);
                }
            });
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
