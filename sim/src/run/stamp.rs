//! Where a part of a run learns what time it is and writes what has happened: the run's clock and
//! its log in one small handle.

use std::sync::Arc;

use jiff::Timestamp;
use sync_engine::Clock;

use crate::log::{Entry, SharedLog, Wish};
use crate::time::SimTime;

/// The run's clock and log.
#[derive(Clone)]
pub(super) struct Stamp {
    start: Timestamp,
    clock: Arc<dyn Clock>,
    log: SharedLog,
}

impl Stamp {
    /// Stamps entries with the time passed on `clock` since `start`.
    #[must_use]
    pub(super) fn new(start: Timestamp, clock: Arc<dyn Clock>, log: SharedLog) -> Self {
        Self { start, clock, log }
    }

    /// Now.
    #[must_use]
    pub(super) fn now(&self) -> SimTime {
        let passed = self.clock.now().as_millisecond() - self.start.as_millisecond();
        SimTime(u64::try_from(passed).unwrap_or(0))
    }

    /// Records an entry as happening now.
    pub(super) fn record(&self, entry: &Entry) -> Wish {
        self.log.record(self.now(), entry)
    }
}
