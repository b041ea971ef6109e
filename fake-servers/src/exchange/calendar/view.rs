//! What a CalendarView shows: everything that overlaps its window, recurring items as their
//! occurrences.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use thiserror::Error;

use super::{Occurrence, Series};

/// From its start to its end, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    start: Timestamp,
    end: Timestamp,
}

/// Why a view cannot be. Each is a response code of EWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ViewError {
    /// `ErrorCalendarEndDateIsEarlierThanStartDate`.
    #[error("EndDate is earlier than StartDate")]
    EndsBeforeStart,
    /// `ErrorCalendarViewRangeTooBig`.
    #[error("the specified view range exceeds the maximum range of two years")]
    TooBig,
}

impl View {
    /// A window.
    ///
    /// # Errors
    /// If it ends before it starts, or spans more than two years.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, ViewError> {
        if end < start {
            return Err(ViewError::EndsBeforeStart);
        }
        // Two years by the calendar, leap days included.
        let utc = start.to_zoned(jiff::tz::TimeZone::UTC);
        let most = utc.saturating_add(2.years()).timestamp();
        if end > most { Err(ViewError::TooBig) } else { Ok(Self { start, end }) }
    }

    /// Whether something from `start` to `end` is seen: it overlaps the window. What takes no time
    /// is seen from the moment it is at.
    pub fn shows(&self, start: Timestamp, end: Timestamp) -> bool {
        start < self.end && (end > self.start || start >= self.start)
    }

    /// The occurrences that are seen, by start.
    pub fn occurrences(&self, series: &Series) -> Vec<Occurrence> {
        // Zones are at most a day away from UTC; local times can shift what is on the edge.
        let day = SignedDuration::from_hours(25);
        let back = series.length.max(SignedDuration::ZERO).saturating_add(day);
        let date = |moment: Timestamp| -> Date { moment.to_zoned(jiff::tz::TimeZone::UTC).date() };
        let from = date(self.start.saturating_sub(back).unwrap_or(Timestamp::MIN));
        let to = date(self.end.saturating_add(day).unwrap_or(Timestamp::MAX));
        let by_rule = series.between(from, to).filter(|occurrence| !occurrence.modified);
        let mut seen: Vec<_> = by_rule
            .chain(series.modified())
            .filter(|occurrence| self.shows(occurrence.start, occurrence.end))
            .collect();
        seen.sort_by_key(|occurrence| (occurrence.start, occurrence.date));
        seen
    }
}
