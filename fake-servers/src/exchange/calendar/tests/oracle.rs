//! calcard expands RRULEs by a port of python-dateutil's algorithm, which shares nothing with
//! ours. Where the two may differ is written down in `agrees`.

use calcard::icalendar::ICalendar;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::*;
use wire::ews::recurrence::{
    DayOfWeek, DayOfWeekIndex, Month, Pattern, Range, RangeEnd, Recurrence,
};

use crate::exchange::calendar::ical::rrule;
use crate::exchange::calendar::{Rule, Series};

const SHOWN: usize = 60;

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

pub(in crate::exchange::calendar) fn patterns() -> impl Strategy<Value = Pattern> {
    let (kinds, indices, months) = (DayOfWeek::ALL, DayOfWeekIndex::ALL, Month::ALL);
    let one_day = &DayOfWeek::ALL[..7];
    prop_oneof![
        (1..=40).prop_map(|interval| Pattern::Daily { interval }),
        (1..=6, prop::collection::vec(word(one_day), 1..=7), prop::option::of(word(one_day)))
            .prop_map(|(interval, days, first_day)| Pattern::Weekly { interval, days, first_day }),
        (1..=15, 1..=31).prop_map(|(interval, day_of_month)| Pattern::AbsoluteMonthly {
            interval,
            day_of_month
        }),
        (1..=15, word(kinds), word(indices)).prop_map(|(interval, days, index)| {
            Pattern::RelativeMonthly { interval, days, index }
        }),
        (1..=31, word(months))
            .prop_map(|(day_of_month, month)| Pattern::AbsoluteYearly { day_of_month, month }),
        (word(kinds), word(indices), word(months))
            .prop_map(|(days, index, month)| Pattern::RelativeYearly { days, index, month }),
    ]
}

pub(in crate::exchange::calendar) fn dates() -> impl Strategy<Value = Date> {
    (0..20_000_i64).prop_map(|days| jiff::civil::date(1990, 1, 1) + days.days())
}

fn recurrences() -> impl Strategy<Value = Recurrence> {
    let ends = prop_oneof![
        Just(None),
        (1..50_i32).prop_map(|number| Some(Ok(number))),
        (0..4000_i64).prop_map(|days| Some(Err(days))),
    ];
    (patterns(), dates(), ends).prop_map(|(pattern, start, end)| {
        let end = match end {
            None => RangeEnd::NoEnd,
            Some(Ok(number)) => RangeEnd::Numbered(number),
            Some(Err(days)) => RangeEnd::EndDate(start + days.days()),
        };
        Recurrence { pattern, range: Range { start, end } }
    })
}

/// The starts that calcard finds, from the first of ours on.
fn expanded(recurrence: &Recurrence, first: Date, zone: &str) -> Vec<Timestamp> {
    let rule = rrule::write(recurrence, |date| format!("{}T090000Z", date.strftime("%Y%m%d")));
    let start = first.strftime("%Y%m%d");
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n\
         DTSTART;TZID={zone}:{start}T090000\r\nDTEND;TZID={zone}:{start}T100000\r\n\
         RRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let calendar = ICalendar::parse(&text).unwrap();
    let zone: calcard::common::timezone::Tz = zone.parse().unwrap();
    let found = calendar.expand_dates(zone, SHOWN);
    assert!(found.errors.is_empty(), "{rule}: {:?}", found.errors);
    let mut starts: Vec<_> = found
        .events
        .iter()
        .map(|event| Timestamp::from_second(event.start.timestamp()).unwrap())
        .collect();
    starts.sort_unstable();
    starts
}

fn agrees(recurrence: &Recurrence, zone: &str) -> Result<(), TestCaseError> {
    let Ok(rule) = Rule::new(recurrence) else { return Ok(()) };
    let series = Series {
        rule,
        zone: TimeZone::get(zone).unwrap(),
        start: time(9, 0, 0, 0),
        length: SignedDuration::from_hours(1),
        changes: [].into(),
    };
    // Day 29 or 30 of a shorter month is its last day to Exchange and no day to RFC 5545, so only
    // the others can be compared; and a COUNT would count other days.
    let clipped = match recurrence.pattern {
        Pattern::AbsoluteMonthly { day_of_month, .. }
        | Pattern::AbsoluteYearly { day_of_month, .. }
            if day_of_month != 31 =>
        {
            i8::try_from(day_of_month).ok()
        }
        _ => None,
    };
    let kept = |date: &Date| clipped.is_none_or(|day| date.day() == day);
    let counted = matches!(recurrence.range.end, RangeEnd::Numbered(_));
    let mut days = rule.from(rule.first());
    let first = days.find(kept);
    let Some(first) = first else { return Ok(()) };
    if clipped.is_some_and(|day| day > 28) && counted {
        return Ok(());
    }
    let starts = |date: Date| series.of(date).unwrap().start;
    // chrono-tz, under calcard, has no clock changes after 2099; jiff's rules go on.
    let known = |start: &Timestamp| *start < "2099-01-01T00:00:00Z".parse().unwrap();
    let ours: Vec<_> = rule.from(first).filter(kept).take(SHOWN).map(starts).collect();
    let ours: Vec<_> = ours.into_iter().filter(known).collect();
    let theirs: Vec<_> = expanded(recurrence, first, zone).into_iter().filter(known).collect();
    prop_assert_eq!(ours, theirs);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn both_find_the_same_days(recurrence in recurrences()) {
        agrees(&recurrence, "Etc/UTC")?;
    }

    /// Without UNTIL, which calcard takes for local time in any zone.
    #[test]
    fn both_find_the_same_moments(
        recurrence in recurrences(),
        zone in proptest::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata",
        ]),
    ) {
        if !matches!(recurrence.range.end, RangeEnd::EndDate(_)) {
            agrees(&recurrence, zone)?;
        }
    }

    #[test]
    fn numbers_and_days_belong_together(recurrence in recurrences(), number in 0..5000_u32) {
        let Ok(rule) = Rule::new(&recurrence) else { return Ok(()) };
        if let Some(date) = rule.nth(number) {
            prop_assert_eq!(rule.number_of(date), Some(number));
            prop_assert_eq!(rule.from(date).next(), Some(date));
            if let Some(next) = rule.nth(number + 1) {
                prop_assert!(next > date);
                prop_assert_eq!(rule.number_of(date + 1.day()).is_some(), next == date + 1.day());
                prop_assert_eq!(rule.from(date + 1.day()).next(), Some(next));
            }
        }
        if let Some(last) = rule.last() {
            let number = rule.number_of(last).unwrap();
            prop_assert_eq!(rule.nth(number + 1), None);
            prop_assert_eq!(rule.from(rule.first()).count(), number as usize + 1);
        }
    }

    /// What an RRULE says comes back, so that a client's calendar does not drift.
    #[test]
    fn rules_are_read_as_written(recurrence in recurrences()) {
        let until = |date: Date| date.strftime("%Y%m%d").to_string();
        let written = rrule::write(&recurrence, until);
        let start = recurrence.range.start.to_datetime(time(9, 0, 0, 0));
        let read = rrule::read(&written, start, &TimeZone::UTC).unwrap();
        let mut expected = recurrence;
        if let Pattern::Weekly { first_day, .. } = &mut expected.pattern {
            first_day.get_or_insert(DayOfWeek::Sunday);
        }
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_rule_makes_the_reader_fall_over(
        rule in "((FREQ|INTERVAL|BYDAY|UNTIL|COUNT|BYSETPOS|BYMONTH|BYMONTHDAY|WKST)=\
                 [-A-Z0-9,]{0,12};?){0,5}|\\PC{0,30}"
    ) {
        let start = jiff::civil::date(2024, 2, 29).at(9, 0, 0, 0);
        if let Ok(recurrence) = rrule::read(&rule, start, &TimeZone::UTC)
            && let Ok(rule) = Rule::new(&recurrence)
        {
            prop_assert!(rule.from(rule.first()).take(3).count() > 0);
        }
    }
}
