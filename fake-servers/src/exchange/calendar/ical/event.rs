//! A calendar item as iCalendar has it: what its MimeContent says, and nothing of how it is
//! written.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use wire::ews::recurrence::Recurrence;

use crate::exchange::calendar::Zone;

/// An item, and the occurrences of it that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What shall happen to it: `PUBLISH`, `REQUEST`, `REPLY`, `CANCEL`.
    pub method: Option<String>,
    /// The item: single, or a series.
    pub event: Event,
    /// Occurrences of it that differ. Each says which it is.
    pub exceptions: Vec<Event>,
}

/// A VEVENT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is called everywhere.
    pub uid: Option<String>,
    /// Which version of the meeting this is.
    pub sequence: i32,
    /// When it was written.
    pub stamp: Option<Timestamp>,
    /// When it takes place; for a series, the first time.
    pub when: When,
    /// RECURRENCE-ID: the day that the rule gives it, where it is one occurrence.
    pub occurrence: Option<Date>,
    /// How it recurs.
    pub recurrence: Option<Recurrence>,
    /// The days of deleted occurrences.
    pub deleted: Vec<Date>,
    /// SUMMARY.
    pub subject: Option<String>,
    /// DESCRIPTION.
    pub body: Option<String>,
    /// X-ALT-DESC of text/html.
    pub html: Option<String>,
    /// LOCATION.
    pub location: Option<String>,
    /// CATEGORIES.
    pub categories: Vec<String>,
    /// CLASS.
    pub class: Class,
    /// PRIORITY.
    pub importance: Importance,
    /// X-MICROSOFT-CDO-BUSYSTATUS, or what TRANSP and STATUS say.
    pub busy: Busy,
    /// STATUS says so.
    pub cancelled: bool,
    /// Minutes from VALARM to the start.
    pub reminder: Option<i32>,
    /// Who invites.
    pub organizer: Option<Person>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
}

/// When an event takes place, on the clocks of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Beginning.
    pub start: DateTime,
    /// End.
    pub end: DateTime,
    /// Whose clocks.
    pub zone: Zone,
    /// Whole days: from midnight to midnight.
    pub all_day: bool,
}

/// CLASS, as EWS's Sensitivity knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Class {
    /// `PUBLIC`.
    #[default]
    Normal,
    /// `X-PERSONAL`, of Exchange only.
    Personal,
    /// `PRIVATE`.
    Private,
    /// `CONFIDENTIAL`.
    Confidential,
}

/// PRIORITY, as EWS's Importance knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Importance {
    /// 6 to 9.
    Low,
    /// 5, and none.
    #[default]
    Normal,
    /// 1 to 4.
    High,
}

/// How the time is shown to others, as EWS's `LegacyFreeBusyStatus` knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Busy {
    /// `FREE`.
    Free,
    /// `TENTATIVE`.
    Tentative,
    /// `BUSY`.
    #[default]
    Busy,
    /// `OOF`.
    Oof,
    /// `WORKINGELSEWHERE`.
    WorkingElsewhere,
}

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// CN.
    pub name: Option<String>,
    /// Without `mailto:`.
    pub address: String,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub person: Person,
    /// As what.
    pub role: Role,
    /// With what answer.
    pub answer: Answer,
    /// Whether an answer is asked for.
    pub rsvp: bool,
}

/// As what somebody is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// `REQ-PARTICIPANT`, `CHAIR`.
    #[default]
    Required,
    /// `OPT-PARTICIPANT`.
    Optional,
    /// A room or a thing: `CUTYPE=RESOURCE`, `CUTYPE=ROOM`, `NON-PARTICIPANT`.
    Resource,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// `NEEDS-ACTION`.
    #[default]
    None,
    /// `ACCEPTED`.
    Accepted,
    /// `TENTATIVE`.
    Tentative,
    /// `DECLINED`.
    Declined,
}

impl When {
    /// The moment at which it begins.
    pub fn starts(&self) -> Timestamp {
        moment(self.zone, self.start)
    }

    /// The moment at which it ends.
    pub fn ends(&self) -> Timestamp {
        moment(self.zone, self.end)
    }

    /// How long it is on the clock.
    pub fn length(&self) -> SignedDuration {
        self.start.duration_until(self.end)
    }

    /// From one moment to another on the clocks of a zone; whole days if both are midnights there
    /// and the days are said to be whole.
    pub fn between(start: Timestamp, end: Timestamp, zone: Zone, all_day: bool) -> Self {
        let local = |moment: Timestamp| moment.to_zoned(zone.time_zone()).datetime();
        Self { start: local(start), end: local(end), zone, all_day }
    }
}

/// A time that clocks skip is read by the clock of before.
fn moment(zone: Zone, local: DateTime) -> Timestamp {
    let ambiguous = zone.time_zone().into_ambiguous_zoned(local);
    ambiguous.compatible().map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
