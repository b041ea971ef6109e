use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;

use super::*;
use crate::ews::ItemId;
use crate::ews::xml::{Limits, ReadError, ReadErrorKind, Reader, Writer};

const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";

fn read(xml: &str) -> Result<Recurrence, ReadError> {
    let mut r = Reader::new(xml.as_bytes(), Limits::default())?;
    r.root()?;
    Recurrence::read(&mut r)
}

/// Wraps what is inside of `Recurrence`.
fn recurrence(inside: &str) -> Result<Recurrence, ReadError> {
    read(&format!("<Recurrence xmlns=\"{TYPES}\">{inside}</Recurrence>"))
}

fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut w = Writer::new();
    w.open("t:Root");
    w.attr("xmlns:t", TYPES);
    write(&mut w);
    w.close("t:Root");
    String::from_utf8(w.into_bytes()).unwrap()
}

#[test]
fn what_exchangelib_sends() {
    let read = recurrence(
        "<WeeklyRecurrence><Interval>2</Interval><DaysOfWeek>Monday Thursday</DaysOfWeek>\
         <FirstDayOfWeek>Monday</FirstDayOfWeek></WeeklyRecurrence>\
         <NumberedRecurrence><StartDate>2017-09-01</StartDate>\
         <NumberOfOccurrences>7</NumberOfOccurrences></NumberedRecurrence>",
    );
    let pattern = Pattern::Weekly {
        interval: 2,
        days: vec![DayOfWeek::Monday, DayOfWeek::Thursday],
        first_day: Some(DayOfWeek::Monday),
    };
    let start = "2017-09-01".parse().unwrap();
    assert_eq!(
        read,
        Ok(Recurrence { pattern, range: Range { start, end: RangeEnd::Numbered(7) } })
    );
}

#[test]
fn a_date_may_carry_an_offset() {
    let with = |date: &str| {
        recurrence(&format!(
            "<DailyRecurrence><Interval>1</Interval></DailyRecurrence>\
             <NoEndRecurrence><StartDate>{date}</StartDate></NoEndRecurrence>"
        ))
    };
    for date in ["2013-03-20-08:00", "2013-03-20Z", " 2013-03-20 "] {
        assert_eq!(with(date).unwrap().range.start, "2013-03-20".parse().unwrap(), "{date}");
    }
    for date in ["", "2013-3-20", "20. März 13", "2013-02-30"] {
        assert!(with(date).is_err(), "{date}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let range = "<NoEndRecurrence><StartDate>2013-03-20</StartDate></NoEndRecurrence>";
    let daily = "<DailyRecurrence><Interval>1</Interval></DailyRecurrence>";
    for (inside, of, what) in [
        (range.to_owned(), "Recurrence", "a pattern"),
        (daily.to_owned(), "Recurrence", "a range"),
        (format!("<DailyRecurrence/>{range}"), "DailyRecurrence", "Interval"),
        (
            format!(
                "{daily}<EndDateRecurrence><StartDate>2013-03-20</StartDate></EndDateRecurrence>"
            ),
            "EndDateRecurrence",
            "EndDate",
        ),
    ] {
        let error = recurrence(&inside).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Missing { of, what }, "{inside}");
    }
}

#[test]
fn occurrences_come_back_without_fractions() {
    let moment = |text: &str| -> Timestamp { text.parse().unwrap() };
    let info = OccurrenceInfo {
        id: ItemId::versioned("AAMk", "DwAA"),
        start: moment("2024-01-02T03:04:05.678Z"),
        end: moment("2024-01-02T04:04:05Z"),
        original_start: moment("2024-01-02T03:00:00Z"),
    };
    let text = written(|w| OccurrenceInfo::write_list(std::slice::from_ref(&info), w, "t:List"));
    assert!(text.contains("<t:Start>2024-01-02T03:04:05Z</t:Start>"), "{text}");
    let mut r = Reader::new(text.as_bytes(), Limits::default()).unwrap();
    r.root().unwrap();
    let mut list = Vec::new();
    r.children(|r, _| {
        list = OccurrenceInfo::read_list(r)?;
        Ok(())
    })
    .unwrap();
    let start = moment("2024-01-02T03:04:05Z");
    assert_eq!(list, [OccurrenceInfo { start, ..info }]);
}

#[test]
fn meeting_time_zones_come_back() {
    let change = |offset: &str, month| TimeChange {
        name: Some("Standard".to_owned()),
        offset: offset.to_owned(),
        day: Some(ChangeDay::Relative {
            days: DayOfWeek::Sunday,
            index: DayOfWeekIndex::Last,
            month,
        }),
        time: "02:00:00".to_owned(),
    };
    let whole = MeetingTimeZone {
        name: Some("W. Europe Standard Time".to_owned()),
        base: Some("-PT1H".to_owned()),
        changes: Some((change("PT0S", Month::October), change("-PT1H", Month::March))),
    };
    for zone in [whole, MeetingTimeZone::named("UTC"), MeetingTimeZone::default()] {
        let text = written(|w| zone.write(w, "t:MeetingTimeZone"));
        let mut r = Reader::new(text.as_bytes(), Limits::default()).unwrap();
        r.root().unwrap();
        let mut read = None;
        r.children(|r, el| {
            read = Some(MeetingTimeZone::read(r, &el)?);
            Ok(())
        })
        .unwrap();
        assert_eq!(read, Some(zone), "{text}");
    }
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn patterns() -> impl Strategy<Value = Pattern> {
    let n = any::<i32>;
    let (day, index, month) =
        (|| word(DayOfWeek::ALL), || word(DayOfWeekIndex::ALL), || word(Month::ALL));
    let days = prop::collection::vec(day(), 0..8);
    prop_oneof![
        (day(), index(), month()).prop_map(|(days, index, month)| Pattern::RelativeYearly {
            days,
            index,
            month
        }),
        (n(), month())
            .prop_map(|(day_of_month, month)| Pattern::AbsoluteYearly { day_of_month, month }),
        (n(), day(), index()).prop_map(|(interval, days, index)| Pattern::RelativeMonthly {
            interval,
            days,
            index
        }),
        (n(), n()).prop_map(|(interval, day_of_month)| Pattern::AbsoluteMonthly {
            interval,
            day_of_month
        }),
        (n(), days, prop::option::of(day()))
            .prop_map(|(interval, days, first_day)| Pattern::Weekly { interval, days, first_day }),
        n().prop_map(|interval| Pattern::Daily { interval }),
        n().prop_map(|interval| Pattern::DailyRegeneration { interval }),
        n().prop_map(|interval| Pattern::WeeklyRegeneration { interval }),
        n().prop_map(|interval| Pattern::MonthlyRegeneration { interval }),
        n().prop_map(|interval| Pattern::YearlyRegeneration { interval }),
    ]
}

fn dates() -> impl Strategy<Value = Date> {
    (0..700_000_i64).prop_map(|days| jiff::civil::date(1, 1, 1) + days.days())
}

proptest! {
    #[test]
    fn every_recurrence_comes_back(
        pattern in patterns(),
        start in dates(),
        end in prop_oneof![
            Just(RangeEnd::NoEnd),
            dates().prop_map(RangeEnd::EndDate),
            any::<i32>().prop_map(RangeEnd::Numbered),
        ],
    ) {
        let whole = Recurrence { pattern, range: Range { start, end } };
        let mut w = Writer::new();
        w.open("t:Outer");
        w.attr("xmlns:t", TYPES);
        whole.write(&mut w, "t:Recurrence");
        w.close("t:Outer");
        let bytes = w.into_bytes();
        let mut r = Reader::new(&bytes, Limits::default()).unwrap();
        r.root().unwrap();
        let mut came_back = None;
        r.children(|r, _| {
            came_back = Some(Recurrence::read(r)?);
            Ok(())
        }).unwrap();
        prop_assert_eq!(came_back, Some(whole));
    }
}
