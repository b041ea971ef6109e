//! The budgets, by their rules and against models that are slow and plain.

mod models;
mod rules;

use std::time::Duration;

use jiff::Timestamp;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_767_600_000_000 + ms).unwrap()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
