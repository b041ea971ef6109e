//! Checks: pure functions over the event log.

mod metric;

pub use metric::{Kind, Metric};
