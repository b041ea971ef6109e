//! From iCalendar to events. Lenient as Exchange is: what is missing is what it would be by
//! default, what is unknown is ignored.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use mail_parser::{MessageParser, MimeHeaders as _};

use super::component::{Component, ReadError};
use super::event::{
    Answer, Attendee, Busy, Calendar, Class, Event, Importance, Person, Role, When,
};
use super::lines::Line;
use super::rrule;
use super::time::{self, TimeValue};
use super::vtimezone::Zones;
use crate::exchange::calendar::Zone;

impl Calendar {
    /// Reads MimeContent: a bare calendar, or a message with one as a part. `home` is the zone of
    /// times that say none.
    ///
    /// # Errors
    /// If there is no calendar with an event, or its recurrence cannot be kept.
    pub fn read(content: &[u8], home: Zone) -> Result<Self, ReadError> {
        let text = find(content).ok_or(ReadError::NoCalendar)?;
        let calendar = Component::read(&text)?;
        if calendar.name != "VCALENDAR" {
            return Err(ReadError::NoCalendar);
        }
        let zones = Zones::of(&calendar);
        let home = zones.first().unwrap_or(home);
        let events = calendar.named("VEVENT");
        let events = events.map(|event| Reading { event, zones: &zones, home }.event());
        let mut events = events.collect::<Result<Vec<_>, _>>()?;
        // Occurrences may stand before their series.
        let master = events.iter().position(|event| event.occurrence.is_none()).unwrap_or(0);
        if events.is_empty() {
            return Err(ReadError::NoEvent);
        }
        let event = events.remove(master);
        events.retain(|other| other.uid == event.uid && other.occurrence.is_some());
        Ok(Self { method: calendar.text("METHOD"), event, exceptions: events })
    }
}

/// The calendar's text within the content.
fn find(content: &[u8]) -> Option<Cow<'_, str>> {
    let bare = String::from_utf8_lossy(content.trim_ascii_start());
    let begins = bare.trim_start_matches('\u{FEFF}').get(..15);
    if begins.is_some_and(|begins| begins.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Some(bare);
    }
    let message = MessageParser::default().parse(content)?;
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.c_type.eq_ignore_ascii_case("text")
                && kind.c_subtype.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("calendar"))
        })
    })?;
    let text = match part.text_contents() {
        Some(text) => text.to_owned(),
        None => String::from_utf8_lossy(part.contents()).into_owned(),
    };
    Some(Cow::Owned(text))
}

/// One VEVENT, and what it takes to read it.
struct Reading<'a> {
    event: &'a Component,
    zones: &'a Zones,
    home: Zone,
}

impl Reading<'_> {
    fn event(&self) -> Result<Event, ReadError> {
        let event = self.event;
        let when = self.when().ok_or(ReadError::NoEvent)?;
        let zone = when.zone.time_zone();
        let recurrence = event.line("RRULE");
        let recurrence =
            recurrence.map(|line| rrule::read(line.value, when.start, &zone)).transpose()?;
        let occurrence = event.line("RECURRENCE-ID");
        Ok(Event {
            uid: event.text("UID"),
            sequence: event.text("SEQUENCE").and_then(|text| text.parse().ok()).unwrap_or(0),
            stamp: event.line("DTSTAMP").and_then(|line| match value(&line)? {
                TimeValue::Utc(moment) => Some(moment),
                other => Some(when.zone.time_zone().to_timestamp(local(&other, &zone)).ok()?),
            }),
            occurrence: occurrence.and_then(|line| self.days(&line, &zone).next()),
            recurrence,
            deleted: self.deleted(&zone),
            subject: event.text("SUMMARY"),
            body: event.text("DESCRIPTION"),
            html: event
                .line("X-ALT-DESC")
                .filter(|line| line.has("FMTTYPE", "text/html"))
                .map(|line| line.text()),
            location: event.text("LOCATION"),
            categories: event
                .lines()
                .filter(|line| line.name == "CATEGORIES")
                .flat_map(|line| line.texts())
                .collect(),
            class: self.class(),
            importance: self.importance(),
            busy: self.busy(),
            cancelled: self.is("STATUS", "CANCELLED"),
            reminder: self.reminder(&when),
            organizer: event.line("ORGANIZER").map(|line| person(&line)),
            attendees: event
                .lines()
                .filter(|line| line.name == "ATTENDEE")
                .map(|line| attendee(&line))
                .collect(),
            when,
        })
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.event.line(name).is_some_and(|line| line.value.trim().eq_ignore_ascii_case(value))
    }

    fn when(&self) -> Option<When> {
        let line = self.event.line("DTSTART")?;
        let start = value(&line)?;
        let zone = match &start {
            TimeValue::Date(_) | TimeValue::Local(_, None) => self.home,
            TimeValue::Utc(_) => Zone::UTC,
            TimeValue::Local(_, Some(id)) => self.zones.named(id).unwrap_or(self.home),
        };
        let day = matches!(start, TimeValue::Date(_));
        let clock = zone.time_zone();
        let starts = local(&start, &clock);
        let end = self.event.line("DTEND").and_then(|line| {
            let end = value(&line)?;
            let elsewhere = match &end {
                TimeValue::Local(_, Some(id)) => self.zones.named(id),
                _ => None,
            };
            Some(match elsewhere {
                // An end in another zone is kept as the moment it is.
                Some(other) if other != zone => {
                    let moment = other.time_zone().to_timestamp(local(&end, &clock)).ok()?;
                    moment.to_zoned(clock.clone()).datetime()
                }
                _ => local(&end, &clock),
            })
        });
        let ends = end.or_else(|| {
            let length = self.event.text("DURATION")?;
            starts.checked_add(duration(&length)?).ok()
        });
        let ends =
            ends.unwrap_or_else(|| if day { starts.saturating_add(1.day()) } else { starts });
        // What DavMail and Outlook send for whole days.
        let midnights = [starts, ends].iter().all(|at| at.time() == jiff::civil::Time::midnight());
        let all_day = day || (midnights && self.is("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE"));
        Some(When { start: starts, end: ends.max(starts), zone, all_day })
    }

    /// The days of a line of EXDATE, or of RECURRENCE-ID, on the clocks of the event.
    fn days<'l>(&'l self, line: &'l Line<'_>, clock: &'l TimeZone) -> impl Iterator<Item = Date> {
        line.value.split(',').filter_map(move |text| {
            let value = time::read(text, line.parameter("TZID"))?;
            let elsewhere = match &value {
                TimeValue::Local(_, Some(id)) => self.zones.named(id).map(Zone::time_zone),
                _ => None,
            };
            Some(match elsewhere.filter(|other| other != clock) {
                Some(other) => {
                    let moment = other.to_timestamp(local(&value, clock)).ok()?;
                    moment.to_zoned(clock.clone()).date()
                }
                None => value.date_in(clock),
            })
        })
    }

    fn deleted(&self, clock: &TimeZone) -> Vec<Date> {
        let mut days = Vec::new();
        for line in self.event.lines().filter(|line| line.name == "EXDATE") {
            days.extend(self.days(&line, clock));
        }
        days.sort_unstable();
        days.dedup();
        days
    }

    fn class(&self) -> Class {
        match self.event.text("CLASS").unwrap_or_default().to_ascii_uppercase().as_str() {
            "PRIVATE" => Class::Private,
            "CONFIDENTIAL" => Class::Confidential,
            "X-PERSONAL" => Class::Personal,
            _ => Class::Normal,
        }
    }

    fn importance(&self) -> Importance {
        match self.event.text("PRIORITY").and_then(|text| text.parse::<u8>().ok()) {
            Some(1..=4) => Importance::High,
            Some(6..=9) => Importance::Low,
            _ => Importance::Normal,
        }
    }

    /// X-MICROSOFT-CDO-BUSYSTATUS before TRANSP, and busy where neither says anything ([MS-OXCICAL]
    /// 2.1.3.1.1.20.25 and .31; TRANSP is OPAQUE by default, RFC 5545 section 3.8.2.7).
    fn busy(&self) -> Busy {
        let status = self.event.text("X-MICROSOFT-CDO-BUSYSTATUS").unwrap_or_default();
        match status.to_ascii_uppercase().as_str() {
            "FREE" => Busy::Free,
            "TENTATIVE" => Busy::Tentative,
            "BUSY" => Busy::Busy,
            "OOF" => Busy::Oof,
            "WORKINGELSEWHERE" => Busy::WorkingElsewhere,
            _ if self.is("TRANSP", "TRANSPARENT") => Busy::Free,
            _ if self.is("STATUS", "TENTATIVE") => Busy::Tentative,
            _ => Busy::Busy,
        }
    }

    /// Minutes before the start at which the first usable alarm goes off.
    fn reminder(&self, when: &When) -> Option<i32> {
        self.event.named("VALARM").find_map(|alarm| {
            let trigger = alarm.line("TRIGGER")?;
            let before = if let Some(TimeValue::Utc(moment)) = time::read(trigger.value, None) {
                moment.duration_until(when.starts())
            } else {
                let after = duration(trigger.value)?;
                let end = trigger.has("RELATED", "END");
                let from = if end { when.length() } else { SignedDuration::ZERO };
                -after.checked_add(from)?
            };
            i32::try_from(before.as_mins().max(0)).ok()
        })
    }
}

fn value(line: &Line<'_>) -> Option<TimeValue> {
    time::read(line.value, line.parameter("TZID"))
}

/// The local time of a value.
fn local(value: &TimeValue, clock: &TimeZone) -> DateTime {
    match value {
        TimeValue::Date(day) => day.at(0, 0, 0, 0),
        TimeValue::Utc(moment) => moment.to_zoned(clock.clone()).datetime(),
        TimeValue::Local(local, _) => *local,
    }
}

/// `-PT15M`, `P1W`: weeks, days, and clock time (RFC 5545 section 3.3.6).
fn duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mut total, mut number) = (0_i64, None::<i64>);
    for character in rest.strip_prefix(['P', 'p'])?.chars() {
        let unit = match character.to_ascii_uppercase() {
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            digit => {
                let digit = i64::from(digit.to_digit(10)?);
                let so_far = number.unwrap_or(0).checked_mul(10)?;
                number = Some(so_far.checked_add(digit)?);
                continue;
            }
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    let total = SignedDuration::from_secs(total);
    number.is_none().then_some(if negative { -total } else { total })
}

fn person(line: &Line<'_>) -> Person {
    let address = line.value.trim();
    let address = match address.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &address[7..],
        _ => address,
    };
    let name = line.parameter("CN").map(str::trim).filter(|name| !name.is_empty());
    Person { name: name.map(ToOwned::to_owned), address: address.to_owned() }
}

fn attendee(line: &Line<'_>) -> Attendee {
    let role = match line.parameter("ROLE") {
        _ if line.has("CUTYPE", "RESOURCE") || line.has("CUTYPE", "ROOM") => Role::Resource,
        Some(role) if role.eq_ignore_ascii_case("OPT-PARTICIPANT") => Role::Optional,
        Some(role) if role.eq_ignore_ascii_case("NON-PARTICIPANT") => Role::Resource,
        _ => Role::Required,
    };
    let answer = match line.parameter("PARTSTAT").unwrap_or_default().to_ascii_uppercase().as_str()
    {
        "ACCEPTED" => Answer::Accepted,
        "TENTATIVE" => Answer::Tentative,
        "DECLINED" => Answer::Declined,
        _ => Answer::None,
    };
    Attendee { person: person(line), role, answer, rsvp: line.has("RSVP", "TRUE") }
}
