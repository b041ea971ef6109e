//! What a query may say of time: days by name and by number, from, till and between.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz};

/// A stretch of time, its end not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    pub(super) fn holds(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// What a text says of time, if it does. Days are those of UTC.
pub(super) fn span(text: &str, now: Timestamp) -> Option<Span> {
    let text = text.trim().to_ascii_lowercase();
    let days = |text: &str| days(text.trim(), now);
    if let Some((from, till)) = text.split_once("..") {
        let start = if from.is_empty() { Date::MIN } else { days(from)?.0 };
        let end = if till.is_empty() { Date::MAX } else { days(till)?.1 };
        return Some(between(start, end));
    }
    let after = |text: &str| Some(between(days(text)?.1, Date::MAX));
    let before = |text: &str| Some(between(Date::MIN, days(text)?.0));
    if let Some(text) = text.strip_prefix(">=") {
        return Some(between(days(text)?.0, Date::MAX));
    }
    if let Some(text) = text.strip_prefix("<=") {
        return Some(between(Date::MIN, days(text)?.1));
    }
    match (text.strip_prefix('>'), text.strip_prefix('<')) {
        (Some(text), _) => after(text),
        (_, Some(text)) => before(text),
        _ => days(&text).map(|(start, end)| between(start, end)),
    }
}

fn between(start: Date, end: Date) -> Span {
    let moment = |day: Date, otherwise| {
        tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(otherwise)
    };
    Span { start: moment(start, Timestamp::MIN), end: moment(end, Timestamp::MAX) }
}

/// The first day, and the one after the last.
fn days(text: &str, now: Timestamp) -> Option<(Date, Date)> {
    let today = tz::Offset::UTC.to_datetime(now).date();
    let week = today.saturating_sub(i32::from(today.weekday().to_sunday_zero_offset()).days());
    let (month, year) = (today.first_of_month(), today.first_of_year());
    let one = |day: Date| Some((day, day.saturating_add(1.day())));
    match text.replace(' ', "").as_str() {
        "today" => one(today),
        "yesterday" => one(today.saturating_sub(1.day())),
        "tomorrow" => one(today.saturating_add(1.day())),
        "thisweek" => Some((week, week.saturating_add(7.days()))),
        "lastweek" => Some((week.saturating_sub(7.days()), week)),
        "thismonth" => Some((month, month.saturating_add(1.month()))),
        "lastmonth" => Some((month.saturating_sub(1.month()), month)),
        "thisyear" => Some((year, year.saturating_add(1.year()))),
        "lastyear" => Some((year.saturating_sub(1.year()), year)),
        written => one(day(written)?),
    }
}

/// `12/10/2013`, the month first, or `2013-12-10`, perhaps with a time, which says nothing here.
fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.get(..10).unwrap_or(text).parse::<Date>() {
        return Some(day);
    }
    let mut numbers = text.split('/').map(|part| part.parse::<i16>().ok());
    let (month, day, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_known_by_name_and_number() {
        // A Wednesday.
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        let holds = |text, at: &str| span(text, now).unwrap().holds(at.parse().unwrap());
        let (day, before) = ("2026-03-04T00:00:00Z", "2026-03-03T23:59:59Z");
        for (text, at, within) in [
            ("today", day, true),
            ("today", before, false),
            ("Yesterday", before, true),
            ("last week", "2026-02-22T00:00:00Z", true),
            ("lastweek", "2026-03-01T00:00:00Z", false),
            ("this week", "2026-03-01T00:00:00Z", true),
            ("this month", before, true),
            ("last year", before, false),
            ("3/4/2026", day, true),
            ("2026-03-04", before, false),
            (">2026-03-04", day, false),
            (">=2026-03-04", day, true),
            ("<3/4/2026", before, true),
            ("<=3/4/2026", day, true),
            ("3/1/2026..3/3/2026", before, true),
            ("3/1/2026..3/3/2026", day, false),
            ("..2026-03-03", "1970-01-01T00:00:00Z", true),
        ] {
            assert_eq!(holds(text, at), within, "{text} {at}");
        }
        for text in ["never", "13/40/2026", "1/2", "1/2/3/4", ">", ""] {
            assert_eq!(span(text, now), None, "{text}");
        }
    }
}
