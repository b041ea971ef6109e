//! Dates and times of iCalendar (RFC 5545 sections 3.3.4 and 3.3.5).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A value of DTSTART and its like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TimeValue {
    /// A day: `20240229`.
    Date(Date),
    /// A moment: `20240229T080000Z`.
    Utc(Timestamp),
    /// Local time, in the zone of this TZID or in nobody's: `20240229T090000`.
    Local(DateTime, Option<String>),
}

impl TimeValue {
    /// Its day on the calendars of a zone.
    pub(super) fn date_in(&self, zone: &TimeZone) -> Date {
        match self {
            Self::Date(date) => *date,
            Self::Utc(moment) => moment.to_zoned(zone.clone()).date(),
            Self::Local(local, _) => local.date(),
        }
    }
}

/// Reads a value, with its TZID if there was one.
pub(super) fn read(text: &str, tzid: Option<&str>) -> Option<TimeValue> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = read_date(date)?;
    let Some(time) = time else { return Some(TimeValue::Date(date)) };
    let (time, utc) = match time.strip_suffix(['Z', 'z']) {
        Some(time) => (time, true),
        None => (time, false),
    };
    let local = date.to_datetime(read_time(time)?);
    if utc {
        let moment = TimeZone::UTC.to_timestamp(local).ok()?;
        return Some(TimeValue::Utc(moment));
    }
    Some(TimeValue::Local(local, tzid.map(ToOwned::to_owned)))
}

fn read_date(text: &str) -> Option<Date> {
    let digits = digits(text, 8)?;
    let (month, day) = (digits / 100 % 100, digits % 100);
    let year = i16::try_from(digits / 10_000).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let digits = digits(text, 6)?;
    // A leap second counts as the one before it.
    let second = (digits % 100).min(if digits % 100 == 60 { 59 } else { 60 });
    let part = |number: u32| i8::try_from(number).ok();
    Time::new(part(digits / 10_000)?, part(digits / 100 % 100)?, part(second)?, 0).ok()
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let all = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// `20240229`.
pub(super) fn write_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// `20240229T090000`.
pub(super) fn write_local(local: DateTime) -> String {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    format!("{}T{hour:02}{minute:02}{second:02}", write_date(local.date()))
}

/// `20240229T080000Z`.
pub(super) fn write_utc(moment: Timestamp) -> String {
    format!("{}Z", write_local(moment.to_zoned(TimeZone::UTC).datetime()))
}
