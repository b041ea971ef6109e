//! When calendar items are: recurrence over civil time, the windows that clients look through,
//! time zones by their Windows names. Pure functions: what is stored where is not known here.
//!
//! - [`rule`]: a checked recurrence as arithmetic over days.
//! - [`series`]: a rule in a time zone, with its exceptions and deletions.
//! - [`view`]: what a CalendarView shows of it.

mod ical;
mod rule;
mod series;
mod view;

pub use rule::{Rule, RuleError};
pub use series::{Change, IndexError, Occurrence, Series};
pub use view::{View, ViewError};

#[cfg(test)]
mod tests;
