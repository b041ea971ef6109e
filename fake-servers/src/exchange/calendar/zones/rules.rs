//! What happens in a zone's year. The tz database's rules are not to be had from jiff, its
//! transitions are: a rule is what the transitions of 28 years have in common, after which the
//! calendar's weekdays repeat.

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// From when on zones are told as they are.
pub(in crate::exchange::calendar) const PRESENT: i16 = 2025;

/// A year's clock: standard time, and daylight time if there is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Standard time's offset.
    pub standard: Offset,
    /// Daylight time's offset, the change to it, and the change back.
    pub daylight: Option<(Offset, Change, Change)>,
}

/// A day of the year on which clocks change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The month, from 1.
    pub month: i8,
    /// The day of the week.
    pub weekday: Weekday,
    /// Which of them: 1 to 4, or -1 for the last.
    pub nth: i8,
    /// The time of day that clocks show when they change.
    pub time: SignedDuration,
}

/// A transition, as clocks show it.
#[derive(Clone, Copy)]
struct Seen {
    date: Date,
    time: SignedDuration,
}

impl Rules {
    /// The rules of a zone from a year on, or from now on if that was long ago: the rules of past
    /// years have no end, and nobody asks for them. Those that are no rules (Ramadan in Morocco)
    /// are no changes here; those that no nth weekday describes (the Friday before the last Sunday)
    /// are what they are in this year.
    pub(super) fn of(zone: &TimeZone, year: i16) -> Self {
        let year = year.clamp(PRESENT, 2200);
        let begin = |year: i16| {
            let date = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
            TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
        };
        let end = begin(year + 28);
        let mut before = zone.to_offset(begin(year));
        let (mut up, mut down) = (Vec::new(), Vec::new());
        let mut offsets = [before, before];
        for transition in zone.following(begin(year)).take_while(|seen| seen.timestamp() < end) {
            let after = transition.offset();
            let local = before.to_datetime(transition.timestamp());
            let time = local.time().duration_since(jiff::civil::Time::midnight());
            if after > before {
                up.push(Seen { date: local.date(), time });
            } else if after < before {
                down.push(Seen { date: local.date(), time });
            }
            offsets = [offsets[0].min(after), offsets[1].max(after)];
            before = after;
        }
        let [standard, daylight] = offsets;
        let fixed = Self { standard: zone.to_offset(begin(year)), daylight: None };
        match (Change::of(&up), Change::of(&down)) {
            (Some(up), Some(down)) => Self { standard, daylight: Some((daylight, up, down)) },
            _ => fixed,
        }
    }
}

impl Change {
    /// What a change of each of 28 years has in common.
    fn of(seen: &[Seen]) -> Option<Self> {
        if seen.len() != 28 {
            return None;
        }
        // "Thursday, 24:00" is seen as the Friday after.
        Self::common(seen, 0).or_else(|| Self::common(seen, 1)).or_else(|| {
            let first = seen.first()?;
            let nth = *possible(first.date).last()?;
            let Seen { date, time } = *first;
            let regular = seen.iter().all(|seen| {
                seen.date.month() == date.month() && seen.date.weekday() == date.weekday()
            });
            regular.then_some(Self { month: date.month(), weekday: date.weekday(), nth, time })
        })
    }

    fn common(seen: &[Seen], days_before: i8) -> Option<Self> {
        let day =
            |seen: &Seen| (0..days_before).try_fold(seen.date, |date, _| date.yesterday().ok());
        let first = seen.first()?;
        let (date, time) = (day(first)?, first.time);
        if days_before > 0 && !time.is_zero() {
            return None;
        }
        let nth = possible(date).into_iter().find(|nth| {
            seen.iter().all(|seen| {
                day(seen).is_some_and(|day| {
                    day.month() == date.month()
                        && day.weekday() == date.weekday()
                        && seen.time == time
                        && possible(day).contains(nth)
                })
            })
        })?;
        // As close to midnight as a time of day gets; Windows' own zones have it so.
        let time = if days_before > 0 { SignedDuration::from_secs(86_399) } else { time };
        Some(Self { month: date.month(), weekday: date.weekday(), nth, time })
    }
}

/// Which of its month's days of one weekday a day is: by number, or the last.
fn possible(date: Date) -> Vec<i8> {
    let number = (date.day() - 1) / 7 + 1;
    let mut possible = vec![number];
    possible.retain(|&number| number <= 4);
    if date.day() + 7 > date.days_in_month() {
        possible.push(-1);
    }
    possible
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(zone: &str) -> Rules {
        Rules::of(&TimeZone::get(zone).unwrap(), 2026)
    }

    fn change(month: i8, nth: i8, weekday: Weekday, time: SignedDuration) -> Change {
        Change { month, weekday, nth, time }
    }

    #[test]
    fn zones_of_the_north_of_the_south_and_without_changes() {
        let hours = SignedDuration::from_hours;
        let sunday = Weekday::Sunday;
        let berlin = rules("Europe/Berlin");
        assert_eq!(berlin.standard, Offset::constant(1));
        let expected = (
            Offset::constant(2),
            change(3, -1, sunday, hours(2)),
            change(10, -1, sunday, hours(3)),
        );
        assert_eq!(berlin.daylight, Some(expected));
        let sydney = rules("Australia/Sydney");
        assert_eq!(sydney.standard, Offset::constant(10));
        let expected =
            (Offset::constant(11), change(10, 1, sunday, hours(2)), change(4, 1, sunday, hours(3)));
        assert_eq!(sydney.daylight, Some(expected));
        assert_eq!(rules("America/New_York").daylight.unwrap().1, change(3, 2, sunday, hours(2)));
        assert_eq!(rules("Asia/Kolkata").daylight, None);
        assert_eq!(rules("Europe/Dublin").standard, Offset::UTC, "winter's time");
    }

    #[test]
    fn zones_whose_changes_are_odd() {
        let (_, up, down) = rules("Africa/Cairo").daylight.unwrap();
        assert_eq!(up, change(4, -1, Weekday::Friday, SignedDuration::ZERO));
        let end_of_day = SignedDuration::from_secs(86_399);
        assert_eq!(down, change(10, -1, Weekday::Thursday, end_of_day));
        let (_, up, _) = rules("Asia/Jerusalem").daylight.unwrap();
        assert_eq!(up, change(3, -1, Weekday::Friday, SignedDuration::from_hours(2)), "in 2026");
        assert_eq!(rules("Africa/Casablanca").daylight, None);
    }
}
