//! Limits as budgets, not as probabilities: what a server grants per window of time or at once.
//! No clock in here; the time is handed in, and must not run backwards.
//!
//! - `concurrency`, `rate`: counted things, at once and per window; for every protocol.
//! - [`exchange`]: Exchange's throttling policies over them.

mod concurrency;
pub mod exchange;
mod rate;

pub use concurrency::Concurrency;
pub use rate::{Exhausted, RatePerWindow};
