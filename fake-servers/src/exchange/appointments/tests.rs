use jiff::Timestamp;
use jiff::civil::date;
use wire::ews::recurrence::{DayOfWeek, Pattern, Range, RangeEnd, Recurrence};
use wire::ews::value::{Attendee, Body};
use wire::ews::{Field, ItemId, Mailbox, Properties, ResponseCode, TimeZoneDefinition, Value};

use super::mime::read;
use super::*;
use crate::exchange::calendar::{IndexError, Zone};
use crate::store::Occurrences;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-01-05T10:00:00Z")
}

fn id_of(number: u32) -> ItemId {
    ItemId::new(number.to_string())
}

fn item(start: &str, end: &str) -> Properties {
    let mut all = Properties::default();
    all.set(Field::CalendarStart, at(start));
    all.set(Field::CalendarEnd, at(end));
    all.set(Field::CalendarStartTimeZone, TimeZoneDefinition::named("W. Europe Standard Time"));
    all
}

fn settled(mut all: Properties) -> Result<Properties, ResponseCode> {
    settle(&mut all, &mut Occurrences::new(), Touched::ALL, Zone::UTC, now())
        .map(|()| all)
        .map_err(|problem| problem.code)
}

/// Mondays at nine in Berlin, four times, from a Wednesday on.
fn mondays() -> Properties {
    let mut all = item("2026-01-07T08:00:00Z", "2026-01-07T09:00:00Z");
    let pattern = Pattern::Weekly { interval: 1, days: vec![DayOfWeek::Monday], first_day: None };
    let range = Range { start: date(2026, 1, 7), end: RangeEnd::Numbered(4) };
    all.set(Field::CalendarRecurrence, Recurrence { pattern, range });
    all.set(Field::ItemSubject, "Jour fixe");
    settled(all).unwrap()
}

/// The second one moved by an hour, the third deleted.
fn changes() -> Occurrences {
    let mut moved = Properties::default();
    moved.set(Field::CalendarStart, at("2026-01-19T09:00:00Z"));
    moved.set(Field::CalendarEnd, at("2026-01-19T10:00:00Z"));
    moved.set(Field::ItemSubject, "Jour fixe, later");
    [(date(2026, 1, 19), Some(moved)), (date(2026, 1, 26), None)].into()
}

#[test]
fn a_series_begins_with_its_first_occurrence() {
    let all = mondays();
    assert_eq!(all.date_time(Field::CalendarStart), Some(at("2026-01-12T08:00:00Z")));
    assert_eq!(all.date_time(Field::CalendarEnd), Some(at("2026-01-12T09:00:00Z")));
}

#[test]
fn a_series_that_is_moved_begins_where_it_is_moved_to() {
    let mut all = mondays();
    all.set(Field::CalendarStart, at("2026-03-02T12:00:00Z"));
    all.set(Field::CalendarEnd, at("2026-03-02T13:00:00Z"));
    let mut kept = changes();
    let touched = Touched { time: true, recurrence: false };
    settle(&mut all, &mut kept, touched, Zone::UTC, now()).unwrap();
    let Some(Value::Recurrence(recurrence)) = all.field(Field::CalendarRecurrence) else {
        panic!("still a series")
    };
    assert_eq!(recurrence.range.start, date(2026, 3, 2));
    assert!(kept.is_empty(), "its exceptions are gone");
    let untouched = Touched::default();
    let mut kept = changes();
    settle(&mut all, &mut kept, untouched, Zone::UTC, now()).unwrap();
    assert_eq!(kept, changes());
}

#[test]
fn what_cannot_be_is_refused() {
    let backwards = item("2026-01-07T08:00:00Z", "2026-01-07T07:00:00Z");
    let code = ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate;
    assert_eq!(settled(backwards), Err(code));
    let endless = item("2026-01-07T08:00:00Z", "2031-02-07T07:00:00Z");
    assert_eq!(settled(endless), Err(ResponseCode::ErrorCalendarDurationIsTooLong));
    let mut nowhere = item("2026-01-07T08:00:00Z", "2026-01-07T09:00:00Z");
    nowhere.set(Field::CalendarStartTimeZone, TimeZoneDefinition::named("Atlantis"));
    assert_eq!(settled(nowhere), Err(ResponseCode::ErrorCalendarInvalidTimeZone));
    let mut never = mondays();
    let pattern = Pattern::Daily { interval: 0 };
    let range = Range { start: date(2026, 1, 7), end: RangeEnd::NoEnd };
    never.set(Field::CalendarRecurrence, Recurrence { pattern, range });
    assert_eq!(settled(never), Err(ResponseCode::ErrorCalendarInvalidRecurrence));
}

#[test]
fn whole_days_go_from_midnight_to_midnight() {
    let mut all = item("2026-01-07T08:00:00Z", "2026-01-07T09:00:00Z");
    all.set(Field::CalendarIsAllDayEvent, true);
    let all = settled(all).unwrap();
    assert_eq!(all.date_time(Field::CalendarStart), Some(at("2026-01-06T23:00:00Z")));
    assert_eq!(all.date_time(Field::CalendarEnd), Some(at("2026-01-07T23:00:00Z")));
    assert_eq!(settled(all.clone()).unwrap(), all, "and stay so");
}

#[test]
fn what_says_no_zone_is_in_that_of_the_request() {
    let mut all = Properties::default();
    all.set(Field::CalendarStart, at("2026-01-07T08:00:00Z"));
    let home = Zone::named("Tokyo Standard Time").unwrap();
    settle(&mut all, &mut Occurrences::new(), Touched::ALL, home, now()).unwrap();
    assert_eq!(zone(&all), Some(home));
    assert_eq!(all.date_time(Field::CalendarEnd), Some(at("2026-01-07T08:30:00Z")));
}

#[test]
fn a_master_tells_of_its_occurrences() {
    let mut all = mondays();
    complete(&mut all, &changes(), &id_of);
    assert_eq!(all.text(Field::CalendarItemType), Some("RecurringMaster"));
    let Some(Value::Occurrence(first)) = all.field(Field::CalendarFirstOccurrence) else {
        panic!()
    };
    assert_eq!((first.id.id.as_str(), first.start), ("1", at("2026-01-12T08:00:00Z")));
    let Some(Value::Occurrence(last)) = all.field(Field::CalendarLastOccurrence) else { panic!() };
    assert_eq!((last.id.id.as_str(), last.start), ("4", at("2026-02-02T08:00:00Z")));
    let Some(Value::Occurrences(modified)) = all.field(Field::CalendarModifiedOccurrences) else {
        panic!()
    };
    assert_eq!(modified.len(), 1);
    assert_eq!(modified[0].original_start, at("2026-01-19T08:00:00Z"));
    assert_eq!(modified[0].start, at("2026-01-19T09:00:00Z"));
    let Some(Value::Deleted(deleted)) = all.field(Field::CalendarDeletedOccurrences) else {
        panic!()
    };
    assert_eq!(deleted[0].start, at("2026-01-26T08:00:00Z"));
}

#[test]
fn an_occurrence_is_the_master_but_for_what_differs() {
    let one = |number| {
        let mut all = mondays();
        occurrence(&mut all, &changes(), number).map(|()| all)
    };
    let first = one(1).unwrap();
    assert_eq!(first.text(Field::CalendarItemType), Some("Occurrence"));
    assert_eq!(first.text(Field::ItemSubject), Some("Jour fixe"));
    assert_eq!(first.field(Field::CalendarRecurrence), None);
    assert_eq!(first.text(Field::CalendarDuration), Some("PT1H"));
    let second = one(2).unwrap();
    assert_eq!(second.text(Field::CalendarItemType), Some("Exception"));
    assert_eq!(second.text(Field::ItemSubject), Some("Jour fixe, later"));
    assert_eq!(second.date_time(Field::CalendarStart), Some(at("2026-01-19T09:00:00Z")));
    assert_eq!(second.date_time(Field::CalendarOriginalStart), Some(at("2026-01-19T08:00:00Z")));
    assert_eq!(one(3), Err(IndexError::Deleted));
    assert_eq!(one(5), Err(IndexError::OutOfRange));
}

#[test]
fn a_meeting_is_one_and_says_whose() {
    let mut all = item("2026-01-07T08:00:00Z", "2026-01-09T09:30:00Z");
    let bob = Attendee { mailbox: Mailbox::new("bob@example.com"), ..Attendee::default() };
    all.set(Field::CalendarRequiredAttendees, vec![bob]);
    all.set(Field::CalendarMyResponseType, "Accept");
    complete(&mut all, &Occurrences::new(), &id_of);
    assert_eq!(all.bool(Field::CalendarIsMeeting), Some(true));
    assert_eq!(all.bool(Field::CalendarIsOrganizer), Some(false));
    assert_eq!(all.int(Field::CalendarAppointmentState), Some(3));
    assert_eq!(all.text(Field::CalendarDuration), Some("P2DT1H30M"));
}

#[test]
fn a_series_comes_back_from_its_own_icalendar() {
    let mut all = mondays();
    all.set(Field::CalendarUID, "0400");
    all.set(Field::ItemBody, Body::text("Agenda"));
    all.set(Field::ItemCategories, vec!["Red".to_owned()]);
    all.set(Field::CalendarLegacyFreeBusyStatus, "OOF");
    let bob = Attendee {
        mailbox: Mailbox { name: Some("Bob".to_owned()), ..Mailbox::new("bob@example.com") },
        response_type: Some("Accept".to_owned()),
        ..Attendee::default()
    };
    all.set(Field::CalendarOptionalAttendees, vec![bob]);
    let bytes = write(&all, &changes());
    assert!(bytes.starts_with(b"BEGIN:VCALENDAR"));
    let (mut back, mut kept) = read(&bytes, Zone::UTC).unwrap();
    let before = kept.clone();
    settle(&mut back, &mut kept, Touched::ALL, Zone::UTC, now()).unwrap();
    for field in [
        Field::ItemSubject,
        Field::ItemBody,
        Field::ItemCategories,
        Field::CalendarUID,
        Field::CalendarStart,
        Field::CalendarEnd,
        Field::CalendarStartTimeZone,
        Field::CalendarLegacyFreeBusyStatus,
    ] {
        assert_eq!(back.field(field), all.field(field), "{field:?}");
    }
    let moved = before[&date(2026, 1, 19)].as_ref().unwrap();
    assert_eq!(moved.text(Field::ItemSubject), Some("Jour fixe, later"));
    assert_eq!(before[&date(2026, 1, 26)], None);
    assert_eq!(write(&back, &before), bytes, "byte for byte");
    let code = read(b"no calendar", Zone::UTC).unwrap_err().code;
    assert_eq!(code, ResponseCode::ErrorMimeContentInvalid);
}
