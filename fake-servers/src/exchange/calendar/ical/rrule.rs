//! Between EWS's recurrence and RRULE (RFC 5545 section 3.3.10), as far as each can say what the
//! other says.
//!
//! One difference stays: a day that a month does not have is its last day to Exchange and no day to
//! RFC 5545. Day 31 is written `BYMONTHDAY=-1`, which means the same to both ([MS-OXCICAL]
//! 2.1.3.2.2); days 29 and 30 are written as they are.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use thiserror::Error;
use wire::ews::recurrence::{
    DayOfWeek, DayOfWeekIndex, Month, Pattern, Range, RangeEnd, Recurrence,
};

use super::time::{self, TimeValue};

/// An RRULE that EWS has no pattern for, or that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RruleError {
    /// Not by the grammar.
    #[error("the recurrence rule cannot be read")]
    Malformed,
    /// By the grammar, but without a counterpart.
    #[error("the recurrence rule has no counterpart among the patterns of EWS")]
    Unsupported,
}

/// The two letters of a day.
pub(super) const fn letters(day: Weekday) -> &'static str {
    match day {
        Weekday::Sunday => "SU",
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
    }
}

fn weekday(letters_given: &str) -> Option<Weekday> {
    let mut days = Weekday::Sunday.cycle_forward().take(7);
    days.find(|&day| letters(day).eq_ignore_ascii_case(letters_given))
}

/// The rule of a recurrence that is not a task's; `until` writes its last day as the start of the
/// item asks for it.
pub(crate) fn write(recurrence: &Recurrence, until: impl FnOnce(Date) -> String) -> String {
    let rule = match &recurrence.pattern {
        Pattern::Daily { interval } | Pattern::DailyRegeneration { interval } => {
            format!("FREQ=DAILY;INTERVAL={interval}")
        }
        Pattern::Weekly { interval, days, first_day } => {
            let week_start = first_day.and_then(DayOfWeek::weekday).unwrap_or(Weekday::Sunday);
            let days: Vec<_> = days.iter().filter_map(|day| day.weekday()).map(letters).collect();
            let days = days.join(",");
            format!("FREQ=WEEKLY;INTERVAL={interval};BYDAY={days};WKST={}", letters(week_start))
        }
        Pattern::WeeklyRegeneration { interval } => format!("FREQ=WEEKLY;INTERVAL={interval}"),
        Pattern::AbsoluteMonthly { interval, day_of_month } => {
            format!("FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={}", month_day(*day_of_month))
        }
        Pattern::RelativeMonthly { interval, days, index } => {
            format!("FREQ=MONTHLY;INTERVAL={interval};{}", by_day(*days, *index))
        }
        Pattern::MonthlyRegeneration { interval } => format!("FREQ=MONTHLY;INTERVAL={interval}"),
        Pattern::AbsoluteYearly { day_of_month, month } => {
            let day = month_day(*day_of_month);
            format!("FREQ=YEARLY;INTERVAL=1;BYMONTHDAY={day};BYMONTH={}", month.number())
        }
        Pattern::RelativeYearly { days, index, month } => {
            let day = by_day(*days, *index);
            format!("FREQ=YEARLY;INTERVAL=1;{day};BYMONTH={}", month.number())
        }
        Pattern::YearlyRegeneration { interval } => format!("FREQ=YEARLY;INTERVAL={interval}"),
    };
    match recurrence.range.end {
        RangeEnd::NoEnd => rule,
        RangeEnd::EndDate(date) => format!("{rule};UNTIL={}", until(date)),
        RangeEnd::Numbered(number) => format!("{rule};COUNT={number}"),
    }
}

/// To Exchange, the 31st is every month's last day.
const fn month_day(day: i32) -> i32 {
    if day == 31 { -1 } else { day }
}

fn by_day(days: DayOfWeek, index: DayOfWeekIndex) -> String {
    let position = match index {
        DayOfWeekIndex::Last => -1,
        index => index as i32 + 1,
    };
    match days {
        DayOfWeek::Day => {
            format!("BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS={position}")
        }
        DayOfWeek::Weekday => format!("BYDAY=MO,TU,WE,TH,FR;BYSETPOS={position}"),
        DayOfWeek::WeekendDay => format!("BYDAY=SU,SA;BYSETPOS={position}"),
        day => format!("BYDAY={position}{}", day.weekday().map_or("", letters)),
    }
}

/// The last day on which something at the start's time of day is not after UNTIL.
fn last_day(until: &TimeValue, start: DateTime, zone: &TimeZone) -> Date {
    let (day, time) = match until {
        TimeValue::Date(day) => return *day,
        TimeValue::Utc(moment) => {
            let local = moment.to_zoned(zone.clone()).datetime();
            (local.date(), local.time())
        }
        TimeValue::Local(local, _) => (local.date(), local.time()),
    };
    if time < start.time() { day.yesterday().unwrap_or(day) } else { day }
}

/// The parts of a rule, each at most once.
#[derive(Default)]
struct Parts<'a> {
    frequency: Option<&'a str>,
    interval: Option<i32>,
    count: Option<i32>,
    until: Option<TimeValue>,
    days: Vec<(i32, Weekday)>,
    month_day: Option<i32>,
    month: Option<Month>,
    position: Option<i32>,
    week_start: Option<Weekday>,
}

/// Reads a rule of an item that begins at a local time of a zone.
///
/// # Errors
/// If it is malformed, or EWS cannot say it.
pub(crate) fn read(rule: &str, start: DateTime, zone: &TimeZone) -> Result<Recurrence, RruleError> {
    let parts = Parts::read(rule)?;
    let end = match (parts.count, &parts.until) {
        (None, None) => RangeEnd::NoEnd,
        (Some(count), None) => RangeEnd::Numbered(count),
        (None, Some(until)) => RangeEnd::EndDate(last_day(until, start, zone)),
        (Some(_), Some(_)) => return Err(RruleError::Malformed),
    };
    let pattern = parts.pattern(start.date())?;
    Ok(Recurrence { pattern, range: Range { start: start.date(), end } })
}

impl<'a> Parts<'a> {
    fn read(rule: &'a str) -> Result<Self, RruleError> {
        let mut parts = Self::default();
        for part in rule.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(RruleError::Malformed)?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => parts.frequency = Some(value),
                "INTERVAL" => parts.interval = Some(number(value)?),
                "COUNT" => parts.count = Some(number(value)?),
                "UNTIL" => {
                    let until = time::read(value, None).ok_or(RruleError::Malformed)?;
                    parts.until = Some(until);
                }
                "BYDAY" => {
                    parts.days = value.split(',').map(by_day_part).collect::<Result<_, _>>()?;
                }
                "BYMONTHDAY" => parts.month_day = Some(only(value)?),
                "BYMONTH" => {
                    let month = i8::try_from(only(value)?).ok().and_then(Month::of);
                    parts.month = Some(month.ok_or(RruleError::Malformed)?);
                }
                "BYSETPOS" => parts.position = Some(only(value)?),
                "WKST" => parts.week_start = Some(weekday(value).ok_or(RruleError::Malformed)?),
                "BYHOUR" | "BYMINUTE" | "BYSECOND" | "BYYEARDAY" | "BYWEEKNO" => {
                    return Err(RruleError::Unsupported);
                }
                // Extensions say nothing that could be kept.
                _ => {}
            }
        }
        Ok(parts)
    }

    fn pattern(&self, start: Date) -> Result<Pattern, RruleError> {
        let interval = self.interval.unwrap_or(1);
        let frequency = self.frequency.ok_or(RruleError::Malformed)?.to_ascii_uppercase();
        match frequency.as_str() {
            // Outlook's "every weekday" is a week with five days.
            "DAILY" if !self.days.is_empty() => {
                if interval == 1 {
                    self.weekly(1, start)
                } else {
                    Err(RruleError::Unsupported)
                }
            }
            "DAILY" if self.month.is_none() && self.month_day.is_none() => {
                Ok(Pattern::Daily { interval })
            }
            "WEEKLY" => self.weekly(interval, start),
            "MONTHLY" if self.month.is_none() => self.monthly(interval, start),
            "YEARLY" => self.yearly(interval, start),
            "DAILY" | "MONTHLY" | "HOURLY" | "MINUTELY" | "SECONDLY" => {
                Err(RruleError::Unsupported)
            }
            _ => Err(RruleError::Malformed),
        }
    }

    fn weekly(&self, interval: i32, start: Date) -> Result<Pattern, RruleError> {
        if self.month.is_some() || self.month_day.is_some() || self.position.is_some() {
            return Err(RruleError::Unsupported);
        }
        let days = match self.days.as_slice() {
            [] => vec![DayOfWeek::of(start.weekday())],
            days if days.iter().any(|&(nth, _)| nth != 0) => return Err(RruleError::Unsupported),
            days => days.iter().map(|&(_, day)| DayOfWeek::of(day)).collect(),
        };
        // Monday is what RFC 5545 takes for granted.
        let first_day = Some(DayOfWeek::of(self.week_start.unwrap_or(Weekday::Monday)));
        Ok(Pattern::Weekly { interval, days, first_day })
    }

    fn monthly(&self, interval: i32, start: Date) -> Result<Pattern, RruleError> {
        if self.days.is_empty() {
            let day_of_month = self.day_of_month(start)?;
            return Ok(Pattern::AbsoluteMonthly { interval, day_of_month });
        }
        let (days, index) = self.relative()?;
        Ok(Pattern::RelativeMonthly { interval, days, index })
    }

    /// EWS knows only every year; every second one is every 24th month.
    fn yearly(&self, interval: i32, start: Date) -> Result<Pattern, RruleError> {
        let month = self.month.or_else(|| Month::of(start.month())).ok_or(RruleError::Malformed)?;
        if interval != 1 {
            let months = interval.checked_mul(12).ok_or(RruleError::Unsupported)?;
            return if month.number() == start.month() {
                self.monthly(months, start)
            } else {
                Err(RruleError::Unsupported)
            };
        }
        if self.days.is_empty() {
            return Ok(Pattern::AbsoluteYearly { day_of_month: self.day_of_month(start)?, month });
        }
        // Without a month, "the second Tuesday" would be one of the year.
        self.month.ok_or(RruleError::Unsupported)?;
        let (days, index) = self.relative()?;
        Ok(Pattern::RelativeYearly { days, index, month })
    }

    fn day_of_month(&self, start: Date) -> Result<i32, RruleError> {
        match (self.month_day, self.position) {
            (Some(-1), None) => Ok(31),
            (Some(day @ 1..=31), None) => Ok(day),
            (None, None) => Ok(i32::from(start.day())),
            _ => Err(RruleError::Unsupported),
        }
    }

    /// Which of which days: `2TU`, or `TU` at position 2, or five days at position -1.
    fn relative(&self) -> Result<(DayOfWeek, DayOfWeekIndex), RruleError> {
        if self.month_day.is_some() {
            return Err(RruleError::Unsupported);
        }
        let mut given: Vec<_> = self.days.iter().map(|&(_, day)| day).collect();
        given.sort_by_key(|day| day.to_sunday_zero_offset());
        given.dedup();
        let kinds = [DayOfWeek::Day, DayOfWeek::Weekday, DayOfWeek::WeekendDay];
        let days = match given.as_slice() {
            [one] => DayOfWeek::of(*one),
            several => {
                let of_kind = |kind: &DayOfWeek| {
                    let week = Weekday::Sunday.cycle_forward().take(7);
                    week.filter(|&day| kind.covers(day)).eq(several.iter().copied())
                };
                kinds.into_iter().find(of_kind).ok_or(RruleError::Unsupported)?
            }
        };
        let position = match (self.days.as_slice(), self.position) {
            (&[(nth, _)], None) => nth,
            (days, Some(position)) if days.iter().all(|&(nth, _)| nth == 0) => position,
            _ => return Err(RruleError::Unsupported),
        };
        let index = match position {
            1 => DayOfWeekIndex::First,
            2 => DayOfWeekIndex::Second,
            3 => DayOfWeekIndex::Third,
            4 => DayOfWeekIndex::Fourth,
            -1 => DayOfWeekIndex::Last,
            _ => return Err(RruleError::Unsupported),
        };
        Ok((days, index))
    }
}

fn number(text: &str) -> Result<i32, RruleError> {
    text.trim().parse().map_err(|_| RruleError::Malformed)
}

/// A list of one.
fn only(text: &str) -> Result<i32, RruleError> {
    if text.contains(',') { Err(RruleError::Unsupported) } else { number(text) }
}

/// `TU` or `-1TU`; 0 where there is no number.
fn by_day_part(text: &str) -> Result<(i32, Weekday), RruleError> {
    let text = text.trim();
    let split = text.len().checked_sub(2).filter(|&at| text.is_char_boundary(at));
    let (nth, day) = text.split_at(split.ok_or(RruleError::Malformed)?);
    let nth = if nth.is_empty() { 0 } else { number(nth)? };
    Ok((nth, weekday(day).ok_or(RruleError::Malformed)?))
}

/// The month, which of its days of one weekday, and the weekday of a yearly change of clocks:
/// `BYDAY=-1SU` or `BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14`.
pub(super) fn yearly_day(rule: &str, begins: Date) -> Option<(i8, i8, Weekday)> {
    let part = |wanted: &str| {
        let parts = rule.split(';').filter_map(|part| part.split_once('='));
        parts
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    };
    let month = part("BYMONTH").map_or(Some(begins.month()), |month| month.parse().ok())?;
    let (nth, weekday) = by_day_part(part("BYDAY")?).ok()?;
    let nth = match (nth, part("BYMONTHDAY")) {
        (0, Some(days)) => {
            let first: i32 = days.split(',').next()?.parse().ok()?;
            if first > 22 { -1 } else { (first - 1) / 7 + 1 }
        }
        (nth, _) => nth,
    };
    Some((month, i8::try_from(nth).ok()?, weekday))
}
