use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wire::ews::recurrence::{
    DayOfWeek, DayOfWeekIndex, Month, Pattern, Range, RangeEnd, Recurrence,
};

use crate::exchange::calendar::{Change, IndexError, Rule, RuleError, Series, View, ViewError};

fn rule(pattern: Pattern, start: Date, end: RangeEnd) -> Result<Rule, RuleError> {
    Rule::new(&Recurrence { pattern, range: Range { start, end } })
}

fn days(pattern: Pattern, start: Date, number: usize) -> Vec<String> {
    let rule = rule(pattern, start, RangeEnd::NoEnd).unwrap();
    rule.from(start).take(number).map(|date| date.to_string()).collect()
}

fn series(pattern: Pattern, start: Date, end: RangeEnd) -> Series {
    Series {
        rule: rule(pattern, start, end).unwrap(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        start: time(9, 0, 0, 0),
        length: SignedDuration::from_hours(1),
        changes: [].into(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_thirty_first_is_the_last_day_of_shorter_months() {
    let pattern = Pattern::AbsoluteMonthly { interval: 1, day_of_month: 31 };
    assert_eq!(
        days(pattern, date(2024, 1, 31), 4),
        ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
    );
    let leap_day = Pattern::AbsoluteYearly { day_of_month: 29, month: Month::February };
    assert_eq!(days(leap_day, date(2024, 1, 1), 2), ["2024-02-29", "2025-02-28"]);
}

#[test]
fn kinds_of_days_are_counted_within_the_month() {
    let last_weekday = Pattern::RelativeMonthly {
        interval: 1,
        days: DayOfWeek::Weekday,
        index: DayOfWeekIndex::Last,
    };
    assert_eq!(days(last_weekday, date(2024, 8, 1), 2), ["2024-08-30", "2024-09-30"]);
    let second_weekend_day = Pattern::RelativeYearly {
        days: DayOfWeek::WeekendDay,
        index: DayOfWeekIndex::Second,
        month: Month::September,
    };
    assert_eq!(days(second_weekend_day, date(2024, 9, 2), 2), ["2024-09-07", "2025-09-07"]);
}

#[test]
fn the_first_day_of_the_week_decides_which_weeks_are_hit() {
    // The example of RFC 5545 section 3.8.5.3, "changing only WKST".
    let every_second = |first_day| Pattern::Weekly {
        interval: 2,
        days: vec![DayOfWeek::Tuesday, DayOfWeek::Sunday],
        first_day: Some(first_day),
    };
    assert_eq!(
        days(every_second(DayOfWeek::Monday), date(1997, 8, 5), 4),
        ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
    );
    assert_eq!(
        days(every_second(DayOfWeek::Sunday), date(1997, 8, 5), 4),
        ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
    );
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let start = date(2024, 1, 1);
    let daily = |interval| Pattern::Daily { interval };
    assert_eq!(rule(daily(0), start, RangeEnd::NoEnd), Err(RuleError::Invalid));
    assert_eq!(rule(daily(1000), start, RangeEnd::NoEnd), Err(RuleError::Invalid));
    assert_eq!(rule(daily(1), start, RangeEnd::Numbered(0)), Err(RuleError::Invalid));
    assert_eq!(rule(daily(1), start, RangeEnd::Numbered(i32::MAX)), Err(RuleError::EndTooBig));
    assert_eq!(
        rule(daily(1), start, RangeEnd::EndDate(date(2023, 12, 31))),
        Err(RuleError::EndsBeforeStart)
    );
    assert_eq!(
        rule(daily(1), start, RangeEnd::EndDate(date(4500, 9, 1))),
        Err(RuleError::EndTooBig)
    );
    let mondays = |days| Pattern::Weekly { interval: 1, days, first_day: None };
    assert_eq!(rule(mondays(vec![]), start, RangeEnd::NoEnd), Err(RuleError::WeeklyDay));
    assert_eq!(
        rule(mondays(vec![DayOfWeek::Weekday]), start, RangeEnd::NoEnd),
        Err(RuleError::WeeklyDay)
    );
    let third = Pattern::AbsoluteMonthly { interval: 1, day_of_month: 3 };
    assert_eq!(
        rule(third, date(2024, 1, 4), RangeEnd::EndDate(date(2024, 2, 2))),
        Err(RuleError::NoOccurrence)
    );
    let regenerating = Pattern::DailyRegeneration { interval: 1 };
    assert_eq!(rule(regenerating, start, RangeEnd::NoEnd), Err(RuleError::Invalid));
}

#[test]
fn a_meeting_at_nine_stays_at_nine() {
    let weekly = Pattern::Weekly { interval: 1, days: vec![DayOfWeek::Friday], first_day: None };
    let series = series(weekly, date(2024, 3, 29), RangeEnd::Numbered(2));
    assert_eq!(series.nth(1).unwrap().start, at("2024-03-29T08:00:00Z"));
    assert_eq!(series.nth(2).unwrap().start, at("2024-04-05T07:00:00Z"));
    assert_eq!(series.nth(3), Err(IndexError::OutOfRange));
    assert_eq!(series.nth(0), Err(IndexError::OutOfRange));
}

#[test]
fn a_time_that_clocks_skip_is_read_by_the_clock_of_before() {
    let mut series = series(Pattern::Daily { interval: 1 }, date(2024, 3, 30), RangeEnd::NoEnd);
    series.start = time(2, 30, 0, 0);
    let starts: Vec<_> = (1..=3).map(|number| series.nth(number).unwrap().start).collect();
    let expected = ["2024-03-30T01:30:00Z", "2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z"];
    assert_eq!(starts, expected.map(at));
}

#[test]
fn exceptions_move_and_deletions_stay_away() {
    let mut series =
        series(Pattern::Daily { interval: 1 }, date(2024, 1, 1), RangeEnd::Numbered(4));
    let (start, end) = (at("2024-01-10T12:00:00Z"), at("2024-01-10T13:00:00Z"));
    series.changes.insert(date(2024, 1, 1), Change::Deleted);
    series.changes.insert(date(2024, 1, 4), Change::Deleted);
    series.changes.insert(date(2024, 1, 2), Change::Modified { start, end });
    assert_eq!(series.first().unwrap().start, start, "the first by the rule that is left");
    assert_eq!(series.last().unwrap().date, date(2024, 1, 3));
    assert_eq!(series.nth(1), Err(IndexError::Deleted));
    assert_eq!(series.modified().count(), 1);
    assert_eq!(
        series.deleted().collect::<Vec<_>>(),
        [at("2024-01-01T08:00:00Z"), at("2024-01-04T08:00:00Z")]
    );
    assert_eq!(series.date_at(at("2024-01-02T08:00:00Z")), Some(date(2024, 1, 2)));
    assert_eq!(series.date_at(at("2024-01-02T08:01:00Z")), None);

    let first_days = View::new(at("2024-01-01T00:00:00Z"), at("2024-01-09T00:00:00Z")).unwrap();
    let seen: Vec<_> = first_days.occurrences(&series).iter().map(|seen| seen.date).collect();
    assert_eq!(seen, [date(2024, 1, 3)], "the moved one is elsewhere");
    let later = View::new(at("2024-01-10T12:30:00Z"), at("2024-01-10T12:31:00Z")).unwrap();
    assert_eq!(later.occurrences(&series).len(), 1, "and is found there");
}

#[test]
fn a_view_ends_before_its_end_and_spans_two_years_at_most() {
    let day = View::new(at("2024-01-02T08:00:00Z"), at("2024-01-03T08:00:00Z")).unwrap();
    let daily = series(Pattern::Daily { interval: 1 }, date(2024, 1, 1), RangeEnd::NoEnd);
    let dates: Vec<_> = day.occurrences(&daily).iter().map(|seen| seen.date).collect();
    assert_eq!(dates, [date(2024, 1, 2)], "the next one begins where the view ends");
    let hour_later = View::new(at("2024-01-02T08:59:59Z"), at("2024-01-02T09:00:00Z")).unwrap();
    assert_eq!(hour_later.occurrences(&daily).len(), 1);
    let after = View::new(at("2024-01-02T09:00:00Z"), at("2024-01-02T09:30:00Z")).unwrap();
    assert_eq!(after.occurrences(&daily).len(), 0, "what ends there is not seen");
    assert!(after.shows(at("2024-01-02T09:00:00Z"), at("2024-01-02T09:00:00Z")));

    assert!(View::new(at("2024-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")).is_ok());
    assert_eq!(
        View::new(at("2024-01-01T00:00:00Z"), at("2026-01-01T00:00:01Z")),
        Err(ViewError::TooBig)
    );
    assert_eq!(
        View::new(at("2024-01-02T00:00:00Z"), at("2024-01-01T00:00:00Z")),
        Err(ViewError::EndsBeforeStart)
    );
}

#[test]
fn the_ends_of_long_series_are_found_at_once() {
    let rule = rule(Pattern::Daily { interval: 1 }, date(1601, 1, 1), RangeEnd::NoEnd).unwrap();
    let number = rule.number_of(date(4500, 8, 31)).unwrap();
    assert_eq!(rule.nth(number), Some(date(4500, 8, 31)));
    assert_eq!(rule.nth(number + 1), None);
    assert_eq!(rule.nth(u32::MAX), None);
    assert_eq!(rule.last(), None);
}
