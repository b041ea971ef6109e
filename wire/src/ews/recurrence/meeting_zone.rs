//! The time zone of Exchange 2007's clients: a base offset, and the changes to standard and to
//! daylight time (types.xsd, `TimeZoneType`).

use jiff::civil::Date;

use super::xml::{date, word};
use super::{DayOfWeek, DayOfWeekIndex, Month};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// `MeetingTimeZone`. Most clients send nothing but the name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeetingTimeZone {
    /// The Windows id.
    pub name: Option<String>,
    /// UTC minus local time, as XML says durations.
    pub base: Option<String>,
    /// The changes to standard and to daylight time, if there are any.
    pub changes: Option<(TimeChange, TimeChange)>,
}

/// A change that happens every year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeChange {
    /// The name of the time that begins.
    pub name: Option<String>,
    /// What is added to the base offset from then on, as XML says durations.
    pub offset: String,
    /// On which day.
    pub day: Option<ChangeDay>,
    /// At what local time: `02:00:00`.
    pub time: String,
}

/// The day of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeDay {
    /// A day of the week of a month.
    Relative {
        /// Which kind of day.
        days: DayOfWeek,
        /// Which of them.
        index: DayOfWeekIndex,
        /// In which month.
        month: Month,
    },
    /// A date.
    Absolute(Date),
}

impl MeetingTimeZone {
    /// One that is only named.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut zone = Self { name: element.attr_string("TimeZoneName")?, ..Self::default() };
        let (mut standard, mut daylight) = (None, None);
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "BaseOffset") => zone.base = Some(r.string()?),
                (Ns::Types, "Standard") => standard = Some(TimeChange::read(r, &el)?),
                (Ns::Types, "Daylight") => daylight = Some(TimeChange::read(r, &el)?),
                _ => {}
            }
            Ok(())
        })?;
        zone.changes = standard.zip(daylight);
        Ok(zone)
    }

    /// Appends it under a name (`t:MeetingTimeZone`).
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        w.attr_opt("TimeZoneName", self.name.as_deref());
        if let Some(base) = &self.base {
            w.element("t:BaseOffset", base);
            if let Some((standard, daylight)) = &self.changes {
                standard.write(w, "t:Standard");
                daylight.write(w, "t:Daylight");
            }
        }
        w.close(name);
    }
}

impl TimeChange {
    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut change = Self { name: element.attr_string("TimeZoneName")?, ..Self::default() };
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "Offset") => change.offset = r.string()?,
                (Ns::Types, "RelativeYearlyRecurrence") => change.day = Some(ChangeDay::read(r)?),
                (Ns::Types, "AbsoluteDate") => change.day = Some(ChangeDay::Absolute(date(r)?)),
                (Ns::Types, "Time") => change.time = r.string()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(change)
    }

    fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        w.attr_opt("TimeZoneName", self.name.as_deref());
        w.element("t:Offset", &self.offset);
        match self.day {
            None => {}
            Some(ChangeDay::Absolute(date)) => w.display("t:AbsoluteDate", date),
            Some(ChangeDay::Relative { days, index, month }) => {
                w.open("t:RelativeYearlyRecurrence");
                w.display("t:DaysOfWeek", days);
                w.display("t:DayOfWeekIndex", index);
                w.display("t:Month", month);
                w.close("t:RelativeYearlyRecurrence");
            }
        }
        w.element("t:Time", &self.time);
        w.close(name);
    }
}

impl ChangeDay {
    fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let (mut days, mut index, mut month) = (None, None, None);
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "DaysOfWeek") => {
                    days = Some(word(r, "DayOfWeek", DayOfWeek::parse)?);
                }
                (Ns::Types, "DayOfWeekIndex") => {
                    index = Some(word(r, "DayOfWeekIndex", DayOfWeekIndex::parse)?);
                }
                (Ns::Types, "Month") => month = Some(word(r, "Month", Month::parse)?),
                _ => {}
            }
            Ok(())
        })?;
        let r = &*r;
        let lacks = |what| move || r.missing("RelativeYearlyRecurrence", what);
        Ok(Self::Relative {
            days: days.ok_or_else(lacks("DaysOfWeek"))?,
            index: index.ok_or_else(lacks("DayOfWeekIndex"))?,
            month: month.ok_or_else(lacks("Month"))?,
        })
    }
}
