//! Meetings between mailboxes: invitations and cancellations go out, answers come back, and
//! calendars on both sides say so. What travels is mail with iCalendar in it (RFC 6047), so an
//! invitation from elsewhere does the same.
//!
//! - [`send`]: telling those who are invited; [`update`]: what has changed and for whom.
//! - [`arrive`]: what a message with an invitation, an answer or a cancellation does on arrival.
//! - [`answer`]: accepting and declining, and calling a meeting off.

mod answer;
mod arrive;
mod send;
mod update;

pub(super) use answer::{answer, cancel};
pub(super) use arrive::arrived;
pub(super) use send::{Method, Telling, tell};
pub(super) use update::{before, raise, updated};

use wire::ews::{Field, Properties, Value};

use crate::store::{FolderNo, Mailbox, Uid};

/// The fields that hold those who are invited.
const INVITED: [Field; 3] =
    [Field::CalendarRequiredAttendees, Field::CalendarOptionalAttendees, Field::CalendarResources];

/// Where a meeting stands in a calendar.
fn entry(mailbox: &Mailbox, uid: &str) -> Option<Uid> {
    let items = mailbox.items(FolderNo::CALENDAR).iter();
    let mut found = items.filter(|item| {
        let overlay = mailbox.overlay(item.uid);
        overlay.is_some_and(|it| it.properties.text(Field::CalendarUID) == Some(uid))
    });
    found.next().map(|item| item.uid)
}

/// The addresses of those who are invited.
pub(super) fn addresses(all: &Properties) -> Vec<String> {
    let lists = INVITED.into_iter().filter_map(|field| match all.field(field) {
        Some(Value::Attendees(list)) => Some(list),
        _ => None,
    });
    lists.flatten().filter_map(|it| it.mailbox.address.clone()).collect()
}
