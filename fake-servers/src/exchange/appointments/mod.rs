//! Calendar items as the fake keeps them: properties, and for a series what became of single
//! occurrences. What EWS tells beyond that follows from [`super::calendar`].
//!
//! - [`time`]: when an item is, by its properties.
//! - [`settle`]: what a client set, checked and made whole.
//! - [`tell`]: what follows: a master's first and last occurrence, an occurrence's properties.
//! - [`mime`]: as iCalendar.
//! - [`make`]: what a client gives, on its way into the store.

mod make;
mod mime;
mod settle;
mod tell;
mod time;

pub(super) use make::{at_home, day, excepted, home, localized, prepare};
pub(super) use mime::{Letter, message, read_message, write};
pub(super) use settle::{Touched, settle};
pub(super) use tell::{complete, exists, occurrence};
pub(super) use time::{series, zone};

#[cfg(test)]
mod tests;
