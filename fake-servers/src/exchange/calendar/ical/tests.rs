use calcard::icalendar::{ICalendar, ICalendarProperty as Name};
use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use wire::ews::recurrence::{DayOfWeek, Pattern, Range, RangeEnd, Recurrence};

use super::*;
use crate::exchange::calendar::{Zone, tests};

fn berlin() -> Zone {
    Zone::named("W. Europe Standard Time").unwrap()
}

fn event(inside: &str) -> Event {
    let text = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    Calendar::read(text.as_bytes(), berlin()).unwrap().event
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What `DavMail` makes of an event of Thunderbird's before it sends it on.
const FROM_DAVMAIL: &str = "BEGIN:VCALENDAR\r\n\
    PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\r\n\
    VERSION:2.0\r\n\
    METHOD:PUBLISH\r\n\
    BEGIN:VTIMEZONE\r\n\
    TZID:W. Europe Standard Time\r\n\
    BEGIN:STANDARD\r\n\
    DTSTART:16010101T030000\r\n\
    TZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\n\
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\n\
    END:STANDARD\r\n\
    BEGIN:DAYLIGHT\r\n\
    DTSTART:16010101T020000\r\n\
    TZOFFSETFROM:+0100\r\n\
    TZOFFSETTO:+0200\r\n\
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\n\
    END:DAYLIGHT\r\n\
    END:VTIMEZONE\r\n\
    BEGIN:VEVENT\r\n\
    UID:b28cd1b0-0f1c\r\n\
    DTSTAMP:20260105T101500Z\r\n\
    DTSTART;TZID=W. Europe Standard Time:20260112T090000\r\n\
    DTEND;TZID=W. Europe Standard Time:20260112T103000\r\n\
    SUMMARY:Jour fixe\\, Köln\r\n\
    DESCRIPTION:Agenda:\\n1. Zahlen\r\n\
    LOCATION:Raum 5\r\n\
    CLASS:PRIVATE\r\n\
    TRANSP:OPAQUE\r\n\
    X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n\
    X-MICROSOFT-CDO-ALLDAYEVENT:FALSE\r\n\
    RRULE:FREQ=WEEKLY;UNTIL=20260330T070000Z;BYDAY=MO\r\n\
    EXDATE;TZID=W. Europe Standard Time:20260119T090000\r\n\
    EXDATE:20260202T080000Z\r\n\
    ORGANIZER;CN=Ann:MAILTO:ann@example.com\r\n\
    ATTENDEE;CN=Bob;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:bob@example.co\r\n m\r\n\
    BEGIN:VALARM\r\n\
    ACTION:DISPLAY\r\n\
    TRIGGER;VALUE=DURATION:-PT15M\r\n\
    DESCRIPTION:Default\r\n\
    END:VALARM\r\n\
    END:VEVENT\r\n\
    BEGIN:VEVENT\r\n\
    UID:b28cd1b0-0f1c\r\n\
    RECURRENCE-ID;TZID=W. Europe Standard Time:20260126T090000\r\n\
    DTSTART;TZID=W. Europe Standard Time:20260127T090000\r\n\
    DTEND;TZID=W. Europe Standard Time:20260127T100000\r\n\
    SUMMARY:Jour fixe (moved)\r\n\
    END:VEVENT\r\n\
    END:VCALENDAR\r\n";

#[test]
fn what_davmail_sends_is_read() {
    let calendar = Calendar::read(FROM_DAVMAIL.as_bytes(), Zone::UTC).unwrap();
    let event = &calendar.event;
    assert_eq!(calendar.method.as_deref(), Some("PUBLISH"));
    assert_eq!(event.subject.as_deref(), Some("Jour fixe, Köln"));
    assert_eq!(event.body.as_deref(), Some("Agenda:\n1. Zahlen"));
    assert_eq!(event.when.zone, berlin());
    assert_eq!(event.when.starts(), moment("2026-01-12T08:00:00Z"));
    assert_eq!(event.when.ends(), moment("2026-01-12T09:30:00Z"));
    assert_eq!(event.class, Class::Private);
    assert_eq!(event.reminder, Some(15));
    assert_eq!(event.deleted, [date(2026, 1, 19), date(2026, 2, 2)]);
    let pattern = Pattern::Weekly {
        interval: 1,
        days: vec![DayOfWeek::Monday],
        first_day: Some(DayOfWeek::Monday),
    };
    // UNTIL is nine o'clock of that Monday in summer.
    let range = Range { start: date(2026, 1, 12), end: RangeEnd::EndDate(date(2026, 3, 30)) };
    assert_eq!(event.recurrence, Some(Recurrence { pattern, range }));
    assert_eq!(event.attendees[0].person.address, "bob@example.com", "folded");
    assert!(event.attendees[0].rsvp);
    assert_eq!(event.organizer.as_ref().unwrap().name.as_deref(), Some("Ann"));
    assert_eq!(calendar.exceptions.len(), 1);
    assert_eq!(calendar.exceptions[0].occurrence, Some(date(2026, 1, 26)));

    let again = Calendar::read(calendar.write().as_bytes(), Zone::UTC).unwrap();
    assert_eq!(again, calendar);
}

#[test]
fn a_calendar_may_be_wrapped_in_a_message() {
    let wrapped = format!(
        "MIME-Version: 1.0\r\nSubject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
         --b\r\nContent-Type: text/calendar; method=REQUEST; charset=UTF-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{FROM_DAVMAIL}\r\n--b--\r\n"
    );
    let calendar = Calendar::read(wrapped.as_bytes(), Zone::UTC).unwrap();
    assert_eq!(calendar.event.subject.as_deref(), Some("Jour fixe, Köln"));
    assert_eq!(
        Calendar::read(b"Subject: nothing\r\n\r\nhere", Zone::UTC),
        Err(ReadError::NoCalendar)
    );
}

#[test]
fn whole_days_are_days_or_midnights() {
    let by_date = event("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260503");
    assert!(by_date.when.all_day);
    assert_eq!(by_date.when.starts(), moment("2026-04-30T22:00:00Z"));
    assert_eq!(by_date.when.ends(), moment("2026-05-02T22:00:00Z"));
    assert_eq!(by_date.busy, Busy::Busy, "nothing says that it is free");
    let one = event("DTSTART;VALUE=DATE:20260501");
    assert_eq!(one.when.end.date(), date(2026, 5, 2));
    let midnights = "DTSTART;TZID=W. Europe Standard Time:20260501T000000\r\n\
        DTEND;TZID=W. Europe Standard Time:20260502T000000\r\n";
    assert!(!event(midnights).when.all_day);
    assert!(event(&format!("{midnights}X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")).when.all_day);
}

#[test]
fn what_is_missing_has_a_default() {
    let bare = event("DTSTART:20260501T100000Z");
    assert_eq!(bare.when.start, bare.when.end);
    assert_eq!(bare.when.zone, Zone::UTC);
    assert_eq!(bare.busy, Busy::Busy);
    let long = event("DTSTART:20260501T100000\r\nDURATION:PT1H30M");
    assert_eq!(long.when.zone, berlin());
    assert_eq!(long.when.ends(), moment("2026-05-01T09:30:00Z"));
    let backwards = event("DTSTART:20260501T100000Z\r\nDTEND:20260401T100000Z");
    assert_eq!(backwards.when.start, backwards.when.end);
    let abroad = event(
        "DTSTART;TZID=Europe/Berlin:20260501T100000\r\nDTEND;TZID=America/New_York:20260501T060000",
    );
    assert_eq!(abroad.when.ends(), moment("2026-05-01T10:00:00Z"));
}

#[test]
fn alarms_are_minutes_before_the_start() {
    let with = |trigger: &str| {
        event(&format!(
            "DTSTART:20260501T100000Z\r\nDTEND:20260501T110000Z\r\n\
             BEGIN:VALARM\r\n{trigger}\r\nEND:VALARM"
        ))
        .reminder
    };
    assert_eq!(with("TRIGGER:-PT1H"), Some(60));
    assert_eq!(with("TRIGGER:-P1W"), Some(7 * 24 * 60));
    assert_eq!(with("TRIGGER;VALUE=DATE-TIME:20260501T093000Z"), Some(30));
    assert_eq!(with("TRIGGER;RELATED=END:-PT1H30M"), Some(30));
    assert_eq!(with("TRIGGER:PT5M"), Some(0), "after the start is at the start");
    assert_eq!(with("TRIGGER:soon"), None);
    assert_eq!(with("TRIGGER:-PT99999999999999999999M"), None);
}

#[test]
fn what_is_no_event_is_refused() {
    for (text, error) in [
        ("", ReadError::NoCalendar),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", ReadError::NoEvent),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR", ReadError::NoEvent),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260501\nRRULE:FREQ=HOURLY\nEND:VEVENT\n\
             END:VCALENDAR",
            ReadError::Recurrence(RruleError::Unsupported),
        ),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", ReadError::Unbalanced),
    ] {
        assert_eq!(Calendar::read(text.as_bytes(), Zone::UTC), Err(error), "{text}");
    }
}

fn texts() -> impl Strategy<Value = String> {
    "[^\\p{Cc}]{1,40}(\n[^\\p{Cc}]{1,20})?"
}

fn people() -> impl Strategy<Value = Person> {
    let name = "[^\\p{Cc}\\s]{1,12}( [^\\p{Cc}\\s]{1,8})?";
    (prop::option::of(name), "[a-z]{1,8}@[a-z]{1,8}\\.org")
        .prop_map(|(name, address)| Person { name, address })
}

fn one<T: Clone + std::fmt::Debug + 'static>(of: Vec<T>) -> impl Strategy<Value = T> {
    proptest::sample::select(of)
}

fn whens() -> impl Strategy<Value = When> {
    let zones: Vec<_> = Zone::all().collect();
    (tests::oracle::dates(), 0..1440_i64, 0..10_000_i64, one(zones), any::<bool>()).prop_map(
        |(date, minute, length, zone, all_day)| {
            let (minute, length) =
                if all_day { (0, (length / 1440 + 1) * 1440) } else { (minute, length) };
            let start = date.at(0, 0, 0, 0) + minute.minutes();
            When { start, end: start + length.minutes(), zone, all_day }
        },
    )
}

fn recurrences(when: When) -> impl Strategy<Value = Option<Recurrence>> {
    let start = when.start.date();
    let end = prop_oneof![
        Just(RangeEnd::NoEnd),
        (1..500_i32).prop_map(RangeEnd::Numbered),
        (0..999_i64).prop_map(move |days| RangeEnd::EndDate(start + days.days())),
    ];
    let whole = (tests::oracle::patterns(), end).prop_map(move |(mut pattern, end)| {
        if let Pattern::Weekly { first_day, .. } = &mut pattern {
            first_day.get_or_insert(DayOfWeek::Sunday);
        }
        Recurrence { pattern, range: Range { start, end } }
    });
    prop::option::of(whole)
}

fn attendees() -> impl Strategy<Value = Vec<Attendee>> {
    let roles = vec![Role::Required, Role::Optional, Role::Resource];
    let answers = vec![Answer::None, Answer::Accepted, Answer::Tentative, Answer::Declined];
    let attendee = (people(), one(roles), one(answers), any::<bool>())
        .prop_map(|(person, role, answer, rsvp)| Attendee { person, role, answer, rsvp });
    prop::collection::vec(attendee, 0..4)
}

fn events() -> impl Strategy<Value = Event> {
    let busy = vec![Busy::Free, Busy::Tentative, Busy::Busy, Busy::Oof, Busy::WorkingElsewhere];
    let class = vec![Class::Normal, Class::Personal, Class::Private, Class::Confidential];
    let importance = vec![Importance::Low, Importance::Normal, Importance::High];
    let words = (texts(), prop::option::of(texts()), prop::option::of(texts()), texts());
    let kinds = (one(busy), one(class), one(importance), any::<bool>());
    let when = whens().prop_flat_map(|when| (Just(when), recurrences(when)));
    let people = (prop::option::of(people()), attendees());
    let rest = (
        prop::collection::vec(texts(), 0..3),
        prop::option::of(0..100_000_i32),
        0..9_i32,
        prop::collection::btree_set(0..300_i64, 0..4),
    );
    (words, kinds, when, people, rest).prop_map(
        |(
            (subject, body, location, uid),
            (busy, class, importance, cancelled),
            when,
            people,
            rest,
        )| {
            let (when, recurrence) = when;
            let (categories, reminder, sequence, deleted) = rest;
            let deleted = deleted.into_iter().map(|days| when.start.date() + days.days());
            Event {
                uid: Some(uid),
                sequence,
                stamp: Timestamp::from_second(1_700_000_000).ok(),
                occurrence: None,
                deleted: if recurrence.is_some() { deleted.collect() } else { Vec::new() },
                recurrence,
                when,
                subject: Some(subject),
                body,
                html: None,
                location,
                categories,
                class,
                importance,
                busy,
                cancelled,
                reminder,
                organizer: people.0,
                attendees: people.1,
            }
        },
    )
}

proptest! {
    #[test]
    fn every_calendar_comes_back(event in events(), moved in prop::option::of(events())) {
        let exceptions = moved.into_iter().map(|mut moved| {
            moved.uid.clone_from(&event.uid);
            moved.occurrence = Some(event.when.start.date() + 7.days());
            moved.recurrence = None;
            moved.deleted.clear();
            // Exceptions are told in the zone of their series.
            moved.when.zone = event.when.zone;
            moved
        }).collect();
        let calendar = Calendar { method: Some("REQUEST".to_owned()), event, exceptions };
        let text = calendar.write();
        prop_assert!(text.starts_with("BEGIN:VCALENDAR\r\n"));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75), "{}", text);
        prop_assert_eq!(Calendar::read(text.as_bytes(), Zone::UTC).unwrap(), calendar, "{}", text);
    }

    /// Another reader sees the same subject, start and number of people.
    #[test]
    fn calcard_reads_what_is_written(event in events()) {
        let calendar = Calendar { method: None, event, exceptions: Vec::new() };
        let text = calendar.write();
        let read = ICalendar::parse(&text).unwrap();
        let component = read.components.iter().find(|component| {
            component.component_type == calcard::icalendar::ICalendarComponentType::VEvent
        }).unwrap();
        let of = |name| component.properties(&name).count();
        prop_assert_eq!(of(Name::Attendee), calendar.event.attendees.len());
        let subject = component.property(&Name::Summary).unwrap().values[0].as_text();
        prop_assert_eq!(subject, calendar.event.subject.as_deref(), "{}", text);
        prop_assert_eq!(of(Name::Dtstart), 1);
        prop_assert_eq!(of(Name::Rrule), usize::from(calendar.event.recurrence.is_some()));
        prop_assert_eq!(of(Name::Exdate), calendar.event.deleted.len());
    }

    #[test]
    fn no_bytes_make_it_fall_over(
        changes in prop::collection::vec((0..FROM_DAVMAIL.len(), any::<u8>()), 0..20),
        cut in 0..FROM_DAVMAIL.len(),
    ) {
        let mut bytes = FROM_DAVMAIL.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut], &bytes[cut..]] {
            if let Ok(calendar) = Calendar::read(bytes, berlin()) {
                let _ = calendar.write();
            }
        }
    }
}
