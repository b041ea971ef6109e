//! When calendar items are: recurrence over civil time, the windows that clients look through,
//! time zones by their Windows names. Pure functions: what is stored where is not known here.
//!
//! - [`rule`]: a checked recurrence as arithmetic over days.
//! - [`series`]: a rule in a time zone, with its exceptions and deletions.
//! - [`view`]: what a CalendarView shows of it.
//! - [`ical`]: calendar items as iCalendar.
//! - [`zones`]: time zones by their Windows names.

pub mod ical;
mod rule;
mod series;
mod view;
pub mod zones;

pub use rule::{Rule, RuleError};
pub use series::{Change, IndexError, Occurrence, Series};
pub use view::{View, ViewError};
pub use zones::Zone;

#[cfg(test)]
mod tests;
