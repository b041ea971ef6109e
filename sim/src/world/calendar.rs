//! A world's time: how far the run has come, and what the calendar says then.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sync_engine::Clock;

use crate::time::SimTime;

/// Where a world's time comes from.
pub trait RunClock: Send + Sync {
    /// How far the run has come.
    fn sim_now(&self) -> SimTime;

    /// How long a timer of the runtime must run for so much of the run's time to pass: the same,
    /// unless the run is faster or slower than the clock on the wall.
    fn timer(&self, how_long: Duration) -> Duration {
        how_long
    }
}

/// Calendar time at a moment of a run that started at `start`; the end of jiff's calendar (the
/// year 9999) when the run outlasts it.
#[must_use]
pub(super) fn calendar(start: Timestamp, now: SimTime) -> Timestamp {
    let since = SignedDuration::from_millis(i64::try_from(now.0).unwrap_or(i64::MAX));
    start.checked_add(since).unwrap_or(Timestamp::MAX)
}

/// The engine's clock in a world.
pub(super) struct Calendar {
    pub(super) start: Timestamp,
    pub(super) clock: Arc<dyn RunClock>,
}

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        calendar(self.start, self.clock.sim_now())
    }
}
