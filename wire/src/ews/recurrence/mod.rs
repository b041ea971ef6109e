//! Recurrence as EWS says it: a pattern and a range. It is kept in these words and not as an
//! RRULE, because each can say what the other cannot (RRULE has no `Weekday`, EWS no `BYSETPOS=2`),
//! and a client must read back what it wrote.
//!
//! - [`words`]: days of the week, which of them in a month, months.
//! - [`pattern`]: the pattern and the range (types.xsd, `RecurrenceType` and `TaskRecurrenceType`).
//! - [`occurrence`]: what a recurring master tells of its occurrences.
//! - [`meeting_zone`]: the older form of a time zone, whose changes are yearly patterns.
//! - [`xml`]: all of it as elements.

mod meeting_zone;
mod occurrence;
mod pattern;
mod words;
mod xml;

#[cfg(test)]
mod tests;

pub use meeting_zone::{ChangeDay, MeetingTimeZone, TimeChange};
pub use occurrence::{DeletedOccurrence, OccurrenceInfo};
pub use pattern::{Pattern, Range, RangeEnd, Recurrence};
pub use words::{DayOfWeek, DayOfWeekIndex, Month};
