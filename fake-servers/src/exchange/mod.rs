//! A fake Exchange.
//!
//! - [`calendar`]: when calendar items are, and what they are as iCalendar.
//! - [`versions`]: the versions as presets.
//! - [`refusals`]: how each refusal looks on the wire.

pub mod calendar;
pub mod refusals;
pub mod versions;
