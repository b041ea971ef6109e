//! Virtual time as everything in a run stamps it: whole milliseconds since the run began, which is
//! also the resolution of the timers underneath.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since the start of the run.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SimTime(pub u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);

    /// The moment a duration after the start; parts of a millisecond are dropped.
    #[must_use]
    pub fn from_duration(since_start: Duration) -> Self {
        Self(u64::try_from(since_start.as_millis()).unwrap_or(u64::MAX))
    }

    /// How long after the start.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_millis(self.0)
    }

    /// How long after an earlier moment; zero when that is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// A later moment.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for SimTime {
    /// `01:02:03.004`, with days in front when there are any: `2d 01:02:03.004`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0 / 86_400_000, self.0 % 86_400_000);
        if days > 0 {
            write!(f, "{days}d ")?;
        }
        let (h, m) = (rest / 3_600_000, rest / 60_000 % 60);
        write!(f, "{h:02}:{m:02}:{:02}.{:03}", rest / 1000 % 60, rest % 1000)
    }
}
