//! A recurring item in its time zone: the days of a rule become moments, some of them moved, some
//! deleted. Start and end are local times, so a meeting at nine stays at nine when clocks change
//! ([MS-OXOCAL] 2.2.1.44.5, `StartTimeOffset` and `EndTimeOffset`).

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Rule;

/// A recurring item: when it is.
#[derive(Debug, Clone)]
pub struct Series {
    /// On which days.
    pub rule: Rule,
    /// Whose local time is meant.
    pub zone: TimeZone,
    /// The local time at which it begins.
    pub start: Time,
    /// From its beginning to its end, on the clock on the wall.
    pub length: SignedDuration,
    /// What became of single occurrences, by the day that the rule gives them.
    pub changes: BTreeMap<Date, Change>,
}

/// What became of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was deleted.
    Deleted,
    /// It is an exception, perhaps at another time.
    Modified {
        /// When it begins.
        start: Timestamp,
        /// When it ends.
        end: Timestamp,
    },
}

/// One occurrence of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The day that the rule gives it: what identifies it.
    pub date: Date,
    /// When the rule lets it begin.
    pub original_start: Timestamp,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Whether it is an exception.
    pub modified: bool,
}

/// Why there is no occurrence of a number. Each is a response code of EWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// `ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange`.
    #[error("occurrence index is out of recurrence range")]
    OutOfRange,
    /// `ErrorCalendarOccurrenceIsDeletedFromRecurrence`.
    #[error("the occurrence was deleted from the recurrence")]
    Deleted,
}

impl Series {
    /// The first occurrence that was not deleted.
    pub fn first(&self) -> Option<Occurrence> {
        self.rule.from(self.rule.first()).find_map(|date| self.on(date))
    }

    /// The last occurrence that was not deleted, if the series ends.
    pub fn last(&self) -> Option<Occurrence> {
        let last = self.rule.number_of(self.rule.last()?)?;
        (0..=last).rev().filter_map(|number| self.rule.nth(number)).find_map(|date| self.on(date))
    }

    /// The occurrence of this number, counted from 1 and with deleted ones counted, as
    /// `OccurrenceItemId` has it.
    ///
    /// # Errors
    /// If there is none, or no more.
    pub fn nth(&self, number: u32) -> Result<Occurrence, IndexError> {
        let date = number.checked_sub(1).and_then(|number| self.rule.nth(number));
        self.on(date.ok_or(IndexError::OutOfRange)?).ok_or(IndexError::Deleted)
    }

    /// The occurrence that the rule puts on this day; none if the rule has none or it was deleted.
    pub fn of(&self, date: Date) -> Option<Occurrence> {
        self.rule.number_of(date)?;
        self.on(date)
    }

    /// The day whose occurrence begins at this moment by the rule.
    pub fn date_at(&self, original_start: Timestamp) -> Option<Date> {
        let date = original_start.to_zoned(self.zone.clone()).date();
        self.rule.number_of(date)?;
        (self.moment(date.to_datetime(self.start)) == original_start).then_some(date)
    }

    /// The exceptions, in the order of their days.
    pub fn modified(&self) -> impl Iterator<Item = Occurrence> {
        self.changes.keys().filter_map(|&date| self.on(date)).filter(|found| found.modified)
    }

    /// When the deleted occurrences would have begun.
    pub fn deleted(&self) -> impl Iterator<Item = Timestamp> {
        let deleted = self.changes.iter().filter(|(_, change)| **change == Change::Deleted);
        deleted.map(|(&date, _)| self.moment(date.to_datetime(self.start)))
    }

    /// The occurrences of days from `from` to `to`, by the rule, without the deleted ones.
    pub(super) fn between(&self, from: Date, to: Date) -> impl Iterator<Item = Occurrence> {
        let days = self.rule.from(from).take_while(move |&date| date <= to);
        days.filter_map(|date| self.on(date))
    }

    /// The occurrence of a day of the rule, unless it was deleted.
    fn on(&self, date: Date) -> Option<Occurrence> {
        let begins = date.to_datetime(self.start);
        let original_start = self.moment(begins);
        let (start, end, modified) = match self.changes.get(&date) {
            Some(Change::Deleted) => return None,
            Some(&Change::Modified { start, end }) => (start, end, true),
            None => (original_start, self.moment(begins.saturating_add(self.length)), false),
        };
        Some(Occurrence { date, original_start, start, end, modified })
    }

    /// A local time that clocks skip is read by the clock of before, one they show twice is the
    /// first of them.
    fn moment(&self, local: DateTime) -> Timestamp {
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
    }
}
