//! What a client set on a calendar item, checked and made whole: Exchange refuses what cannot be,
//! and lets a series begin with its first occurrence.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use wire::ews::recurrence::Recurrence;
use wire::ews::{Field, Properties, Property, ResponseCode, TimeZoneDefinition, Value};

use super::time;
use crate::exchange::calendar::ical::When;
use crate::exchange::calendar::{Rule, RuleError, Zone};
use crate::exchange::problem::{Outcome, Problem};
use crate::store::Occurrences;

/// The longest that something may last (EWSREF `ErrorCalendarDurationIsTooLong`).
const LONGEST: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);

/// How many occurrences are looked at for how far they are apart.
const SAMPLE: usize = 14;

/// What of the time was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::exchange) struct Touched {
    /// Start, end, zone, or whether it takes whole days.
    pub(in crate::exchange) time: bool,
    /// How it recurs.
    pub(in crate::exchange) recurrence: bool,
}

impl Touched {
    /// A new item: everything.
    pub(in crate::exchange) const ALL: Self = Self { time: true, recurrence: true };

    /// What setting or deleting a property touches.
    pub(in crate::exchange) fn note(&mut self, property: &Property) {
        self.time |= matches!(
            property,
            Property::Field(
                Field::CalendarStart
                    | Field::CalendarEnd
                    | Field::CalendarIsAllDayEvent
                    | Field::CalendarStartTimeZone
                    | Field::CalendarEndTimeZone
                    | Field::CalendarMeetingTimeZone
            )
        );
        self.recurrence |= *property == Property::Field(Field::CalendarRecurrence);
    }
}

/// Checks an item's time and makes it whole. `home` is the zone of times that say none: that of the
/// request, or the mailbox's.
pub(in crate::exchange) fn settle(
    all: &mut Properties,
    kept: &mut Occurrences,
    touched: Touched,
    home: Zone,
    now: Timestamp,
) -> Outcome<()> {
    if touched == Touched::default() {
        return Ok(());
    }
    let zone = settle_zone(all, home)?;
    let mut when = settle_times(all, zone, now)?;
    if let Some(Value::Recurrence(recurrence)) = all.field(Field::CalendarRecurrence) {
        let mut recurrence = (**recurrence).clone();
        settle_series(&mut recurrence, &mut when, touched)?;
        all.set(Field::CalendarRecurrence, recurrence);
    }
    all.set(Field::CalendarStart, when.starts());
    all.set(Field::CalendarEnd, when.ends());
    all.set(Field::CalendarDateTimeStamp, now);
    // Exceptions were made to a series that is no more.
    kept.clear();
    Ok(())
}

/// The item's zone, under the names that clients know it by.
fn settle_zone(all: &mut Properties, home: Zone) -> Outcome<Zone> {
    let given = match all.field(Field::CalendarStartTimeZone) {
        Some(Value::TimeZone(zone)) => zone.id.clone(),
        _ => match all.field(Field::CalendarMeetingTimeZone) {
            Some(Value::MeetingTimeZone(zone)) => zone.name.clone(),
            _ => None,
        },
    };
    let zone = match (time::zone(all), given) {
        (Some(zone), _) => zone,
        (None, None) => home,
        (None, Some(_)) => {
            let text = "The time zone is not valid.";
            return Err(Problem::new(ResponseCode::ErrorCalendarInvalidTimeZone, text));
        }
    };
    let named = TimeZoneDefinition {
        id: Some(zone.id().to_owned()),
        name: Some(zone.display_name(0)),
        ..TimeZoneDefinition::default()
    };
    let end = match all.field(Field::CalendarEndTimeZone) {
        Some(Value::TimeZone(end)) => Zone::defined(end),
        _ => None,
    };
    if end.is_none_or(|end| end == zone) {
        all.set(Field::CalendarEndTimeZone, named.clone());
    }
    all.set(Field::CalendarStartTimeZone, named);
    Ok(zone)
}

fn settle_times(all: &Properties, zone: Zone, now: Timestamp) -> Outcome<When> {
    let all_day = all.bool(Field::CalendarIsAllDayEvent).unwrap_or(false);
    let start = all.date_time(Field::CalendarStart).unwrap_or(now);
    let end = all.date_time(Field::CalendarEnd);
    let end = end.unwrap_or_else(|| start.saturating_add(30.minutes()).unwrap_or(start));
    if end < start {
        let text = "EndDate is earlier than StartDate.";
        let code = ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate;
        return Err(Problem::new(code, text));
    }
    if end.duration_since(start) > LONGEST {
        let text = "The duration of a calendar item cannot exceed five years.";
        return Err(Problem::new(ResponseCode::ErrorCalendarDurationIsTooLong, text));
    }
    let mut when = When::between(start, end, zone, all_day);
    if all_day {
        // Whole days begin and end at midnight.
        when.start = when.start.date().at(0, 0, 0, 0);
        let whole = when.end.time() == Time::midnight() && when.end > when.start;
        let last = if whole { when.end.date() } else { when.end.date().saturating_add(1.day()) };
        when.end = last.at(0, 0, 0, 0);
    }
    Ok(when)
}

fn settle_series(recurrence: &mut Recurrence, when: &mut When, touched: Touched) -> Outcome<()> {
    if !touched.recurrence {
        // A series that is moved begins where it is moved to.
        recurrence.range.start = when.start.date();
    }
    let rule = Rule::new(recurrence).map_err(|error| {
        let code = match error {
            RuleError::Invalid => ResponseCode::ErrorCalendarInvalidRecurrence,
            RuleError::WeeklyDay => ResponseCode::ErrorCalendarInvalidDayForWeeklyRecurrence,
            RuleError::EndsBeforeStart => ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate,
            RuleError::EndTooBig => ResponseCode::ErrorRecurrenceEndDateTooBig,
            RuleError::NoOccurrence => ResponseCode::ErrorRecurrenceHasNoOccurrence,
        };
        Problem::new(code, error.to_string())
    })?;
    let length = when.length();
    // How far two are apart comes again soon, whatever the pattern.
    let days: Vec<Date> = rule.from(rule.first()).take(SAMPLE).collect();
    let apart = days.windows(2).map(|two| two[1].duration_since(two[0])).min();
    if apart.is_some_and(|apart| length > apart) {
        let text = "An occurrence must not last longer than until the next one.";
        return Err(Problem::new(ResponseCode::ErrorOccurrenceTimeSpanTooBig, text));
    }
    when.start = rule.first().to_datetime(when.start.time());
    when.end = when.start.saturating_add(length);
    Ok(())
}
