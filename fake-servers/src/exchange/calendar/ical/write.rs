//! From events to iCalendar, in the words and the order of Exchange's own ([MS-OXCICAL]).

use jiff::civil::Date;

use super::event::{
    Answer, Attendee, Busy, Calendar, Class, Event, Importance, Person, Role, When,
};
use super::{lines, rrule, time, vtimezone};

impl Calendar {
    /// The calendar, with CRLF line ends.
    pub fn write(&self) -> String {
        let mut out = String::with_capacity(2048);
        let mut line = |text: &str| lines::write(&mut out, text);
        line("BEGIN:VCALENDAR");
        let method = self.method.as_deref().unwrap_or("PUBLISH");
        line(&format!("METHOD:{}", lines::escape(method)));
        line("PRODID:Microsoft Exchange Server 2010");
        line("VERSION:2.0");
        let When { start, zone, .. } = self.event.when;
        vtimezone::write(&mut out, zone, start.year());
        self.event.write(&mut out, &self.event.when);
        for exception in &self.exceptions {
            exception.write(&mut out, &self.event.when);
        }
        lines::write(&mut out, "END:VCALENDAR");
        out
    }
}

impl When {
    /// A property with a day of this item, at its time of day.
    fn day(&self, name: &str, date: Date) -> String {
        self.local(name, date.to_datetime(self.start.time()))
    }

    fn local(&self, name: &str, local: jiff::civil::DateTime) -> String {
        if self.all_day {
            return format!("{name};VALUE=DATE:{}", time::write_date(local.date()));
        }
        let zone = lines::parameter("TZID", self.zone.id());
        format!("{name}{zone}:{}", time::write_local(local))
    }

    /// The last day of a recurrence, as DTSTART asks for it: a date or a moment of UTC.
    fn until(&self, date: Date) -> String {
        if self.all_day {
            return time::write_date(date);
        }
        let last = Self { start: date.to_datetime(self.start.time()), ..*self };
        time::write_utc(last.starts())
    }
}

impl Event {
    /// `series` says when the series is that an occurrence belongs to.
    fn write(&self, out: &mut String, series: &When) {
        let mut line = |text: &str| lines::write(out, text);
        let text = |name: &str, text: &str| format!("{name}:{}", lines::escape(text));
        line("BEGIN:VEVENT");
        if let Some(organizer) = &self.organizer {
            line(&format!("ORGANIZER{}", organizer.parameter_and_value()));
        }
        for attendee in &self.attendees {
            line(&attendee.line());
        }
        if let Some(body) = &self.body {
            line(&text("DESCRIPTION;LANGUAGE=en-US", body));
        }
        if let Some(recurrence) = &self.recurrence {
            let rule = rrule::write(recurrence, |date| self.when.until(date));
            line(&format!("RRULE:{rule}"));
        }
        for &date in &self.deleted {
            line(&self.when.day("EXDATE", date));
        }
        if let Some(uid) = &self.uid {
            line(&text("UID", uid));
        }
        if let Some(date) = self.occurrence {
            line(&series.day("RECURRENCE-ID", date));
        }
        line(&text("SUMMARY;LANGUAGE=en-US", self.subject.as_deref().unwrap_or_default()));
        line(&self.when.local("DTSTART", self.when.start));
        line(&self.when.local("DTEND", self.when.end));
        line(&format!("CLASS:{}", self.class.word()));
        line(&format!("PRIORITY:{}", self.importance.number()));
        if let Some(stamp) = self.stamp {
            line(&format!("DTSTAMP:{}", time::write_utc(stamp)));
        }
        line(if self.busy == Busy::Free { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
        line(if self.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        line(&format!("SEQUENCE:{}", self.sequence));
        line(&text("LOCATION;LANGUAGE=en-US", self.location.as_deref().unwrap_or_default()));
        if !self.categories.is_empty() {
            let escaped: Vec<_> = self.categories.iter().map(|text| lines::escape(text)).collect();
            line(&format!("CATEGORIES:{}", escaped.join(",")));
        }
        line(&format!("X-MICROSOFT-CDO-APPT-SEQUENCE:{}", self.sequence));
        line(&format!("X-MICROSOFT-CDO-BUSYSTATUS:{}", self.busy.word()));
        line("X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY");
        let all_day = if self.when.all_day { "TRUE" } else { "FALSE" };
        line(&format!("X-MICROSOFT-CDO-ALLDAYEVENT:{all_day}"));
        line(&format!("X-MICROSOFT-CDO-IMPORTANCE:{}", self.importance as u8));
        let kind = match (&self.recurrence, self.occurrence) {
            (Some(_), _) => 1,
            (None, Some(_)) => 3,
            (None, None) => 0,
        };
        line(&format!("X-MICROSOFT-CDO-INSTTYPE:{kind}"));
        if let Some(minutes) = self.reminder {
            line("BEGIN:VALARM");
            line("DESCRIPTION:REMINDER");
            line(&format!("TRIGGER;RELATED=START:-PT{}M", minutes.max(0)));
            line("ACTION:DISPLAY");
            line("END:VALARM");
        }
        line("END:VEVENT");
    }
}

impl Person {
    fn parameter_and_value(&self) -> String {
        let name = self.name.as_ref().map(|name| lines::parameter("CN", name));
        // A line end in an address would begin another line.
        let address = self.address.replace(|character: char| character.is_control(), "");
        format!("{}:MAILTO:{address}", name.unwrap_or_default())
    }
}

impl Attendee {
    fn line(&self) -> String {
        let (kind, role) = match self.role {
            Role::Required => ("", "REQ-PARTICIPANT"),
            Role::Optional => ("", "OPT-PARTICIPANT"),
            Role::Resource => (";CUTYPE=RESOURCE", "NON-PARTICIPANT"),
        };
        let answer = match self.answer {
            Answer::None => "NEEDS-ACTION",
            Answer::Accepted => "ACCEPTED",
            Answer::Tentative => "TENTATIVE",
            Answer::Declined => "DECLINED",
        };
        let rsvp = if self.rsvp { ";RSVP=TRUE" } else { "" };
        let person = self.person.parameter_and_value();
        format!("ATTENDEE{kind};ROLE={role};PARTSTAT={answer}{rsvp}{person}")
    }
}

impl Class {
    const fn word(self) -> &'static str {
        match self {
            Self::Normal => "PUBLIC",
            Self::Personal => "X-PERSONAL",
            Self::Private => "PRIVATE",
            Self::Confidential => "CONFIDENTIAL",
        }
    }
}

impl Importance {
    const fn number(self) -> u8 {
        match self {
            Self::High => 1,
            Self::Normal => 5,
            Self::Low => 9,
        }
    }
}

impl Busy {
    const fn word(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Tentative => "TENTATIVE",
            Self::Busy => "BUSY",
            Self::Oof => "OOF",
            Self::WorkingElsewhere => "WORKINGELSEWHERE",
        }
    }
}
