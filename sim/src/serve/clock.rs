//! The clock of a served scenario: the machine's own, run faster or slower if so asked. Nothing
//! else in here knows that there is one.

use std::time::Duration;

use tokio::time::Instant;

use crate::time::SimTime;
use crate::world::RunClock;

/// Counts from its making.
#[derive(Debug)]
pub(super) struct PacedClock {
    began: Instant,
    speed: Speed,
}

/// How much of the scenario's time passes in one second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(f64);

/// Neither a number nor one that time could go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from 0.001 to 100000, such as 60")]
pub struct SpeedError;

impl Speed {
    /// As on the wall.
    pub const REAL: Self = Self(1.0);

    /// A speed.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(times: f64) -> Result<Self, SpeedError> {
        if (0.001..=100_000.0).contains(&times) { Ok(Self(times)) } else { Err(SpeedError) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl std::str::FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        Self::new(text.parse().map_err(|_| SpeedError)?)
    }
}

impl PacedClock {
    /// A clock that starts now.
    pub(super) fn start(speed: Speed) -> Self {
        Self { began: Instant::now(), speed }
    }
}

impl RunClock for PacedClock {
    fn sim_now(&self) -> SimTime {
        SimTime::from_duration(self.began.elapsed().mul_f64(self.speed.0))
    }

    fn timer(&self, how_long: Duration) -> Duration {
        Duration::try_from_secs_f64(how_long.as_secs_f64() / self.speed.0).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_faster_clock_shortens_every_timer_by_as_much() {
        let clock = PacedClock::start(Speed::new(60.0).unwrap());
        tokio::time::sleep(clock.timer(Duration::from_mins(5))).await;
        assert_eq!(clock.sim_now(), SimTime(300_000));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(clock.sim_now(), SimTime(360_000));
        assert_eq!(PacedClock::start(Speed(0.5)).timer(Duration::MAX), Duration::MAX);
    }

    #[test]
    fn odd_speeds_are_refused() {
        for odd in ["0", "-1", "NaN", "inf", "fast", "", "1e9"] {
            assert_eq!(odd.parse::<Speed>(), Err(SpeedError), "{odd}");
        }
        assert_eq!("2.5".parse(), Ok(Speed(2.5)));
    }
}
