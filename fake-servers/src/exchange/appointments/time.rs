//! When an item is, by its properties.

use jiff::civil::Date;
use wire::ews::{Field, Properties, Value};

use crate::exchange::calendar::ical::When;
use crate::exchange::calendar::{Change, Rule, Series, Zone};
use crate::store::Occurrences;

/// The zone that an item's local times are in, if it says one that is known.
pub(in crate::exchange) fn zone(all: &Properties) -> Option<Zone> {
    let defined = match all.field(Field::CalendarStartTimeZone) {
        Some(Value::TimeZone(zone)) => Zone::defined(zone),
        _ => None,
    };
    let meeting = || match all.field(Field::CalendarMeetingTimeZone) {
        Some(Value::MeetingTimeZone(zone)) => zone.name.as_deref().and_then(Zone::named),
        _ => None,
    };
    let by_id = || all.text(Field::CalendarStartTimeZoneId).and_then(Zone::named);
    defined.or_else(meeting).or_else(by_id)
}

/// When an item is; for a series, its first time.
pub(in crate::exchange) fn when(all: &Properties) -> Option<When> {
    let start = all.date_time(Field::CalendarStart)?;
    let end = all.date_time(Field::CalendarEnd).unwrap_or(start);
    let all_day = all.bool(Field::CalendarIsAllDayEvent).unwrap_or(false);
    Some(When::between(start, end, zone(all).unwrap_or(Zone::UTC), all_day))
}

/// The series that an item is the master of.
pub(in crate::exchange) fn series(all: &Properties, kept: &Occurrences) -> Option<Series> {
    let Some(Value::Recurrence(recurrence)) = all.field(Field::CalendarRecurrence) else {
        return None;
    };
    let when = when(all)?;
    let mut series = Series {
        rule: Rule::new(recurrence).ok()?,
        zone: when.zone.time_zone(),
        start: when.start.time(),
        length: when.length(),
        changes: [].into(),
    };
    let changes: Vec<(Date, Change)> = kept
        .iter()
        .filter_map(|(&date, kept)| {
            let Some(changed) = kept else { return Some((date, Change::Deleted)) };
            let plain = series.of(date)?;
            let start = changed.date_time(Field::CalendarStart).unwrap_or(plain.start);
            let end = changed.date_time(Field::CalendarEnd).unwrap_or(plain.end);
            Some((date, Change::Modified { start, end: end.max(start) }))
        })
        .collect();
    series.changes.extend(changes);
    Some(series)
}
