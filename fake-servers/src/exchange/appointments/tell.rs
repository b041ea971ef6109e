//! What follows from a calendar item's own properties and is told with them.

use jiff::{SignedDuration, Timestamp};
use wire::ews::recurrence::{DeletedOccurrence, OccurrenceInfo};
use wire::ews::{Field, ItemId, Properties, Property, ResponseCode, Value};

use super::time;
use crate::exchange::calendar::{IndexError, Occurrence, Series};
use crate::exchange::problem::{Outcome, Problem};
use crate::store::Occurrences;

/// Gives the id of an occurrence, by its number from 1.
type IdOf<'a> = &'a dyn Fn(u32) -> ItemId;

/// Exceptions and deletions of one series that are told; a series with more is a client's mistake.
const MOST_CHANGES: usize = 1000;

/// Adds to a single item or a master what follows.
pub(in crate::exchange) fn complete(all: &mut Properties, kept: &Occurrences, id_of: IdOf<'_>) {
    let series = time::series(all, kept);
    let kind = if series.is_some() { "RecurringMaster" } else { "Single" };
    all.set(Field::CalendarItemType, kind);
    all.set(Field::CalendarIsRecurring, series.is_some());
    if let Some(series) = series {
        occurrences(&series, all, id_of);
    }
    common(all);
}

fn occurrences(series: &Series, all: &mut Properties, id_of: IdOf<'_>) {
    let info = |found: Occurrence| {
        let number = series.rule.number_of(found.date)? + 1;
        let Occurrence { start, end, original_start, .. } = found;
        Some(OccurrenceInfo { id: id_of(number), start, end, original_start })
    };
    if let Some(first) = series.first().and_then(info) {
        all.set(Field::CalendarFirstOccurrence, first);
    }
    if let Some(last) = series.last().and_then(info) {
        all.set(Field::CalendarLastOccurrence, last);
    }
    let modified: Vec<_> = series.modified().filter_map(info).take(MOST_CHANGES).collect();
    if !modified.is_empty() {
        all.set(Field::CalendarModifiedOccurrences, modified);
    }
    let deleted = series.deleted().map(|start| DeletedOccurrence { start });
    let deleted: Vec<_> = deleted.take(MOST_CHANGES).collect();
    if !deleted.is_empty() {
        all.set(Field::CalendarDeletedOccurrences, deleted);
    }
}

/// Whether a series has an occurrence of this number, counted from 1.
pub(in crate::exchange) fn exists(
    master: &Properties,
    kept: &Occurrences,
    number: u32,
) -> Outcome<()> {
    let Some(series) = time::series(master, kept) else {
        let text = "The ID does not belong to a recurring master.";
        return Err(Problem::new(ResponseCode::ErrorCalendarCannotUseIdForOccurrenceId, text));
    };
    series.nth(number).map(drop).map_err(|error| match error {
        IndexError::OutOfRange => {
            let text = "Occurrence index is out of recurrence range.";
            let code = ResponseCode::ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange;
            Problem::new(code, text)
        }
        IndexError::Deleted => {
            let text = "Occurrence with this index was previously deleted from the recurrence.";
            Problem::new(ResponseCode::ErrorCalendarOccurrenceIsDeletedFromRecurrence, text)
        }
    })
}

/// Makes a master's properties those of an occurrence, by its number from 1.
pub(in crate::exchange) fn occurrence(
    all: &mut Properties,
    kept: &Occurrences,
    number: u32,
) -> Result<(), IndexError> {
    let series = time::series(all, kept).ok_or(IndexError::OutOfRange)?;
    let found = series.nth(number)?;
    all.remove(&Property::Field(Field::CalendarRecurrence));
    if let Some(Some(changed)) = kept.get(&found.date) {
        for (property, value) in changed {
            all.set(property.clone(), value.clone());
        }
    }
    all.set(Field::CalendarStart, found.start);
    all.set(Field::CalendarEnd, found.end);
    all.set(Field::CalendarOriginalStart, found.original_start);
    all.set(Field::CalendarRecurrenceId, found.original_start);
    all.set(Field::CalendarItemType, if found.modified { "Exception" } else { "Occurrence" });
    all.set(Field::CalendarIsRecurring, true);
    common(all);
    Ok(())
}

/// What holds for every kind.
fn common(all: &mut Properties) {
    let (start, end) = (all.date_time(Field::CalendarStart), all.date_time(Field::CalendarEnd));
    if let Some((start, end)) = start.zip(end) {
        all.set(Field::CalendarDuration, duration(start, end));
    }
    if all.field(Field::ItemReminderDueBy).is_none()
        && let Some(start) = start
    {
        all.set(Field::ItemReminderDueBy, start);
    }
    if let Some(zone) = time::zone(all) {
        all.set(Field::CalendarTimeZone, zone.display_name(0));
        all.set(Field::CalendarStartTimeZoneId, zone.id());
        all.set(Field::CalendarEndTimeZoneId, zone.id());
    }
    let invited = [
        Field::CalendarRequiredAttendees,
        Field::CalendarOptionalAttendees,
        Field::CalendarResources,
    ];
    let invited = invited.into_iter().any(|field| match all.field(field) {
        Some(Value::Attendees(list)) => !list.is_empty(),
        _ => false,
    });
    if invited {
        all.set(Field::CalendarIsMeeting, true);
    }
    let own = all.text(Field::CalendarMyResponseType).is_none_or(|answer| answer == "Organizer");
    all.set(Field::CalendarIsOrganizer, own);
    let cancelled = all.bool(Field::CalendarIsCancelled).unwrap_or(false);
    // asfMeeting, asfReceived, asfCanceled ([MS-OXOCAL] 2.2.1.10).
    let bits = [(invited, 1), (invited && !own, 2), (cancelled, 4)];
    let state: i64 = bits.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum();
    all.set(Field::CalendarAppointmentState, state);
}

/// As the service writes it: `PT30M`, `P1D`, `P1DT2H`.
fn duration(start: Timestamp, end: Timestamp) -> String {
    let minutes = end.duration_since(start).max(SignedDuration::ZERO).as_mins();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |number: i64, unit: &str| match number {
        0 => String::new(),
        number => format!("{number}{unit}"),
    };
    let clock = part(hours, "H") + &part(minutes, "M");
    match (days, clock.as_str()) {
        (0, "") => "PT0S".to_owned(),
        (days, "") => part(days, "D").replacen("", "P", 1),
        (days, clock) => format!("P{}T{clock}", part(days, "D")),
    }
}
