//! Calendar items as iCalendar (RFC 5545), the form of their MimeContent.
//!
//! - `rrule`: recurrence.
//! - `time`: dates and times.

pub(super) mod rrule;
mod time;

pub use rrule::RruleError;
