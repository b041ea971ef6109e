//! Limits as budgets, not as probabilities: what a server grants per window of time or at once.
//! No clock in here; the time is handed in, and must not run backwards.

mod concurrency;
mod rate;

pub use concurrency::Concurrency;
pub use rate::{Exhausted, RatePerWindow};
