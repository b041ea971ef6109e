//! A fake Exchange.
//!
//! - [`calendar`]: when calendar items are, and what they are as iCalendar.

pub mod calendar;
