//! When somebody is busy: everything in a calendar that overlaps a stretch of time.

use jiff::civil::DateTime;
use wire::ews::Field;
use wire::ews::services::BusyType;

use super::super::calendar::View;
use super::super::call::Call;
use super::super::items::{Known, seen};
use super::availability::Busy;
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
) -> Vec<Busy> {
    let Ok(view) = View::new(zone.moment(start), zone.moment(end)) else { return Vec::new() };
    let Some(calendar) = call.store.mailbox(mailbox) else { return Vec::new() };
    let items = calendar.items(FolderNo::CALENDAR).iter();
    let known = items.filter_map(|item| Known::find(call.store, mailbox, item.uid));
    let mut busy: Vec<Busy> = known
        .flat_map(|known| seen(&known, &view))
        .map(|(start, end, known)| Busy {
            start: zone.local(start),
            end: zone.local(end),
            kind: status(&known),
        })
        .collect();
    busy.sort_by_key(|it| (it.start, it.end));
    busy
}

fn status(known: &Known<'_>) -> BusyType {
    match known.properties().text(Field::CalendarLegacyFreeBusyStatus) {
        Some("Free") => BusyType::Free,
        Some("Tentative") => BusyType::Tentative,
        Some("OOF") => BusyType::OutOfOffice,
        Some("WorkingElsewhere") => BusyType::WorkingElsewhere,
        Some("NoData") => BusyType::NoData,
        _ => BusyType::Busy,
    }
}
