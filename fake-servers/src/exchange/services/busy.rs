//! When somebody is busy: everything in a calendar that overlaps a stretch of time.

use jiff::civil::DateTime;
use wire::ews::services::{BusyEventDetails, BusyType, IdFormat};
use wire::ews::{Field, Properties};

use super::super::calendar::View;
use super::super::call::Call;
use super::super::ids::Id;
use super::super::items::{Known, seen};
use super::availability::Busy;
use super::convert_id;
use super::local_zone::LocalZone;
use crate::MailboxIx;
use crate::store::FolderNo;

/// What is in a calendar between two local times, in order.
pub(super) fn times(
    call: &Call<'_>,
    mailbox: MailboxIx,
    start: DateTime,
    end: DateTime,
    zone: LocalZone<'_>,
    detailed: bool,
) -> Vec<Busy> {
    let Ok(view) = View::new(zone.moment(start), zone.moment(end)) else { return Vec::new() };
    let Some(calendar) = call.store.mailbox(mailbox) else { return Vec::new() };
    let items = calendar.items(FolderNo::CALENDAR).iter();
    let known = items.filter_map(|item| Known::find(call.store, mailbox, item.uid));
    let mut busy: Vec<Busy> = known
        .flat_map(|known| seen(&known, &view))
        .map(|(start, end, known)| {
            let all = known.properties();
            Busy {
                start: zone.local(start),
                end: zone.local(end),
                kind: status(&all),
                details: detailed.then(|| details(mailbox, &known, &all)),
            }
        })
        .collect();
    busy.sort_by_key(|it| (it.start, it.end));
    busy
}

fn details(mailbox: MailboxIx, known: &Known<'_>, all: &Properties) -> BusyEventDetails {
    let is = |field| all.bool(field) == Some(true);
    let text = |field| all.text(field).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let id = Id::Item(mailbox, known.stored.uid);
    BusyEventDetails {
        id: Some(convert_id::write(IdFormat::HexEntry, id)),
        subject: text(Field::ItemSubject),
        location: text(Field::CalendarLocation),
        is_meeting: is(Field::CalendarIsMeeting),
        is_recurring: is(Field::CalendarIsRecurring),
        is_exception: all.text(Field::CalendarItemType) == Some("Exception"),
        is_reminder_set: is(Field::ItemReminderIsSet),
        is_private: all.text(Field::ItemSensitivity) == Some("Private"),
    }
}

fn status(all: &Properties) -> BusyType {
    match all.text(Field::CalendarLegacyFreeBusyStatus) {
        Some("Free") => BusyType::Free,
        Some("Tentative") => BusyType::Tentative,
        Some("OOF") => BusyType::OutOfOffice,
        Some("WorkingElsewhere") => BusyType::WorkingElsewhere,
        Some("NoData") => BusyType::NoData,
        _ => BusyType::Busy,
    }
}
