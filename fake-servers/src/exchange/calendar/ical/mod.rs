//! Calendar items as iCalendar (RFC 5545), the form of their MimeContent.
//!
//! - `event`: what a calendar says.
//! - `read`, `write`: from bytes and to them.
//! - `component`, `lines`: components and their lines, folded and escaped.
//! - `vtimezone`: time zones.
//! - `rrule`: recurrence.
//! - `time`: dates and times.

mod component;
mod event;
pub(in crate::exchange) mod lines;
mod read;
pub(super) mod rrule;
mod time;
mod vtimezone;
mod write;

pub use component::ReadError;
pub use event::{Answer, Attendee, Busy, Calendar, Class, Event, Importance, Person, Role, When};
pub use rrule::RruleError;

#[cfg(test)]
mod tests;
