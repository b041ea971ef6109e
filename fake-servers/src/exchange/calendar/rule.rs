//! A recurrence that has been checked, as arithmetic: its days come in periods (a day, a week, a
//! month) of which each holds the same number of them, so that the millionth is found as quickly
//! as the first and no interval, however absurd, makes a loop.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use thiserror::Error;
use wire::ews::recurrence::{DayOfWeek, DayOfWeekIndex, Pattern, RangeEnd, Recurrence};

/// The last day a recurrence may reach: what stands for "never ends" in the binary form
/// ([MS-OXOCAL] 2.2.1.44.1, `EndDate`).
const LAST_DAY: Date = jiff::civil::date(4500, 8, 31);

/// The greatest intervals of days; of weeks, of months ([MS-OXOCAL] 2.2.1.44.1, `Period`).
const MAX_DAYS: i32 = 999;
const MAX_PERIODS: i32 = 99;

/// Why a recurrence cannot be. Each is a response code of EWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RuleError {
    /// `ErrorCalendarInvalidRecurrence`.
    #[error("an interval, a day or a number of occurrences is out of range")]
    Invalid,
    /// `ErrorCalendarInvalidDayForWeeklyRecurrence`.
    #[error("a weekly recurrence takes days of the week, Sunday to Saturday")]
    WeeklyDay,
    /// `ErrorCalendarEndDateIsEarlierThanStartDate`.
    #[error("the recurrence ends before it starts")]
    EndsBeforeStart,
    /// `ErrorRecurrenceEndDateTooBig`.
    #[error("the recurrence ends too far in the future")]
    EndTooBig,
    /// `ErrorRecurrenceHasNoOccurrence`.
    #[error("the recurrence has no occurrence")]
    NoOccurrence,
}

/// A recurrence with at least one occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    period: Period,
    start: Date,
    /// Where it ends: a day with or without an occurrence.
    end: Date,
    ends: bool,
}

/// What comes again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Days {
        interval: i64,
        first: Date,
    },
    Weeks {
        interval: i64,
        /// The first day of the week in which the recurrence starts.
        first: Date,
        days: Days,
    },
    Months {
        interval: i64,
        /// The first day of the first month.
        first: Date,
        day: MonthDay,
    },
}

/// The day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MonthDay {
    /// This one, or the month's last if it is shorter.
    Number(i8),
    Relative(DayOfWeek, DayOfWeekIndex),
}

/// Days of a week by their distance from its first, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days(u8);

impl Rule {
    /// Checks a recurrence of a calendar item.
    ///
    /// # Errors
    /// If it cannot be; regenerating patterns, which only tasks have, among them.
    pub fn new(recurrence: &Recurrence) -> Result<Self, RuleError> {
        let start = recurrence.range.start;
        if start > LAST_DAY {
            return Err(RuleError::EndTooBig);
        }
        let period = Period::new(&recurrence.pattern, start)?;
        let mut rule = Self { period, start, end: LAST_DAY, ends: false };
        match recurrence.range.end {
            RangeEnd::NoEnd => {}
            RangeEnd::EndDate(end) if end < start => return Err(RuleError::EndsBeforeStart),
            RangeEnd::EndDate(end) if end > LAST_DAY => return Err(RuleError::EndTooBig),
            RangeEnd::EndDate(end) => rule = Self { end, ends: true, ..rule },
            RangeEnd::Numbered(number) => {
                let number = u32::try_from(number).ok().filter(|&number| number > 0);
                let last = rule.nth(number.ok_or(RuleError::Invalid)? - 1);
                rule = Self { end: last.ok_or(RuleError::EndTooBig)?, ends: true, ..rule };
            }
        }
        rule.nth(0).ok_or(RuleError::NoOccurrence)?;
        Ok(rule)
    }

    /// The first occurrence's day.
    pub fn first(&self) -> Date {
        self.nth(0).unwrap_or(self.start)
    }

    /// The last occurrence's day, unless there is none.
    pub fn last(&self) -> Option<Date> {
        self.ends.then(|| self.before(self.end).last()).flatten()
    }

    /// The day of the occurrence of this number, counted from 0, deleted ones included.
    pub fn nth(&self, number: u32) -> Option<Date> {
        let number = i64::from(number);
        let in_first = self.in_first_period();
        let (period, place) = if number < in_first {
            (0, self.per_period() - in_first + number)
        } else {
            let rest = number - in_first;
            (1 + rest / self.per_period(), rest % self.per_period())
        };
        let date = self.period.dates(period)?.nth(usize::try_from(place).ok()?)?;
        (date <= self.end).then_some(date)
    }

    /// The number of the occurrence on this day, counted from 0.
    pub fn number_of(&self, date: Date) -> Option<u32> {
        if date < self.start || date > self.end {
            return None;
        }
        let period = self.period.holding(date);
        let place = self.period.dates(period)?.position(|day| day == date)?;
        let place = i64::try_from(place).ok()?;
        let skipped = self.per_period() - self.in_first_period();
        u32::try_from(period * self.per_period() + place - skipped).ok()
    }

    /// The days on or after this one, in order, to the recurrence's end.
    pub fn from(&self, date: Date) -> impl Iterator<Item = Date> + use<> {
        let rule = *self;
        let from = date.max(rule.start);
        (rule.period.holding(from)..)
            .map_while(move |period| rule.period.dates(period))
            .flatten()
            .skip_while(move |&day| day < from)
            .take_while(move |&day| day <= rule.end)
    }

    /// The days of the last two periods up to this day.
    fn before(&self, date: Date) -> impl Iterator<Item = Date> + use<> {
        let rule = *self;
        let period = rule.period.holding(date);
        (0.max(period - 1)..=period)
            .filter_map(move |period| rule.period.dates(period))
            .flatten()
            .filter(move |&day| day >= rule.start && day <= date)
    }

    fn per_period(&self) -> i64 {
        match self.period {
            Period::Weeks { days: Days(bits), .. } => i64::from(bits.count_ones()),
            Period::Days { .. } | Period::Months { .. } => 1,
        }
    }

    /// How many days of the first period are not before the start.
    fn in_first_period(&self) -> i64 {
        let dates = self.period.dates(0).into_iter().flatten();
        i64::try_from(dates.filter(|&day| day >= self.start).count()).unwrap_or_default()
    }
}

impl Period {
    fn new(pattern: &Pattern, start: Date) -> Result<Self, RuleError> {
        let within = |interval: i32, most: i32| match interval {
            1.. if interval <= most => Ok(i64::from(interval)),
            _ => Err(RuleError::Invalid),
        };
        let number = |day: i32| match i8::try_from(day) {
            Ok(day @ 1..=31) => Ok(MonthDay::Number(day)),
            _ => Err(RuleError::Invalid),
        };
        let month = start.first_of_month();
        let yearly = |wanted: i8, day: MonthDay| Period::Months {
            interval: 12,
            first: month
                .saturating_add(i64::from((wanted - start.month()).rem_euclid(12)).months()),
            day,
        };
        Ok(match pattern {
            Pattern::Daily { interval } => {
                Self::Days { interval: within(*interval, MAX_DAYS)?, first: start }
            }
            Pattern::Weekly { interval, days, first_day } => {
                let interval = within(*interval, MAX_PERIODS)?;
                // Where a client leaves it out, as those for Exchange 2007 do, Outlook's default.
                let week_start = first_day.map_or(Some(Weekday::Sunday), DayOfWeek::weekday);
                let week_start = week_start.ok_or(RuleError::WeeklyDay)?;
                let back = start.weekday().since(week_start);
                let first = start.saturating_sub(i64::from(back).days());
                Self::Weeks { interval, first, days: Days::new(days, week_start)? }
            }
            Pattern::AbsoluteMonthly { interval, day_of_month } => Self::Months {
                interval: within(*interval, MAX_PERIODS)?,
                first: month,
                day: number(*day_of_month)?,
            },
            Pattern::RelativeMonthly { interval, days, index } => Self::Months {
                interval: within(*interval, MAX_PERIODS)?,
                first: month,
                day: MonthDay::Relative(*days, *index),
            },
            Pattern::AbsoluteYearly { day_of_month, month } => {
                yearly(month.number(), number(*day_of_month)?)
            }
            Pattern::RelativeYearly { days, index, month } => {
                yearly(month.number(), MonthDay::Relative(*days, *index))
            }
            Pattern::DailyRegeneration { .. }
            | Pattern::WeeklyRegeneration { .. }
            | Pattern::MonthlyRegeneration { .. }
            | Pattern::YearlyRegeneration { .. } => return Err(RuleError::Invalid),
        })
    }
}

impl Period {
    /// The number of the period that this day lies in or after: 0 for all before the first.
    fn holding(&self, date: Date) -> i64 {
        let days_since = |first: Date| i64::from((date - first).get_days());
        let number = match *self {
            Self::Days { interval, first } => days_since(first).div_euclid(interval),
            Self::Weeks { interval, first, .. } => days_since(first).div_euclid(7 * interval),
            Self::Months { interval, first, .. } => {
                let years = i64::from(date.year()) - i64::from(first.year());
                let months = i64::from(date.month()) - i64::from(first.month());
                (years * 12 + months).div_euclid(interval)
            }
        };
        number.max(0)
    }

    /// The days of a period, in order; nothing beyond the end of the calendar.
    fn dates(&self, period: i64) -> Option<Dates> {
        let after = |interval: i64| period.checked_mul(interval);
        let one = |first| Dates { first, days: Days(1) };
        match *self {
            Self::Days { interval, first } => {
                let days = jiff::Span::new().try_days(after(interval)?).ok()?;
                first.checked_add(days).ok().map(one)
            }
            Self::Weeks { interval, first, days } => {
                let weeks = jiff::Span::new().try_weeks(after(interval)?).ok()?;
                first.checked_add(weeks).ok().map(|first| Dates { first, days })
            }
            Self::Months { interval, first, day } => {
                let months = jiff::Span::new().try_months(after(interval)?).ok()?;
                first.checked_add(months).ok().and_then(|month| day.within(month)).map(one)
            }
        }
    }
}

impl MonthDay {
    /// Which day it is in a month, given by its first day.
    fn within(self, month: Date) -> Option<Date> {
        let last = month.days_in_month();
        match self {
            Self::Number(day) => month.with().day(day.min(last)).build().ok(),
            Self::Relative(kind, index) => {
                let day = |number: i8| month.with().day(number).build().ok();
                let mut of_kind =
                    (1..=last).filter_map(day).filter(|day| kind.covers(day.weekday()));
                match index {
                    DayOfWeekIndex::Last => of_kind.next_back(),
                    index => of_kind.nth(index as usize),
                }
            }
        }
    }
}

impl Days {
    fn new(days: &[DayOfWeek], week_start: Weekday) -> Result<Self, RuleError> {
        let mut bits = 0;
        for day in days {
            let day = day.weekday().ok_or(RuleError::WeeklyDay)?;
            bits |= 1 << day.since(week_start);
        }
        if bits == 0 { Err(RuleError::WeeklyDay) } else { Ok(Self(bits)) }
    }
}

/// The days of one period.
struct Dates {
    first: Date,
    days: Days,
}

impl Iterator for Dates {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        let Days(bits) = &mut self.days;
        let distance = bits.trailing_zeros();
        // Takes the lowest bit away, or does nothing if there is none.
        *bits &= bits.checked_sub(1)?;
        self.first.checked_add(i64::from(distance).days()).ok()
    }
}
