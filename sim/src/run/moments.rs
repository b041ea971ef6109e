//! When a load's items come into being: each way of spacing them as a generator that holds only
//! its next moment, so that ten thousand mailboxes with a year of mail fit in memory.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rand_pcg::Pcg64Mcg;

use crate::scenario::{Period, Timing};
use crate::time::SimTime;

/// The moments of one load for one mailbox, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    timing: Arc<Timing>,
    random: Pcg64Mcg,
    next: Option<(SimTime, u32)>,
    /// How many moments of [`Timing::Times`] have passed.
    passed: usize,
}

impl Moments {
    /// All moments of `timing`, those left to chance drawn from `random`.
    #[must_use]
    pub(super) fn new(timing: Arc<Timing>, random: Pcg64Mcg) -> Self {
        let mut moments = Self { timing, random, next: None, passed: 0 };
        moments.next = match &*Arc::clone(&moments.timing) {
            Timing::Poisson { period, .. } => moments.poisson_after(period.from),
            Timing::Regular { count, period, .. } => within(*period, period.from, *count),
            Timing::Once { at, count } => Some((*at, *count)),
            Timing::Times(times) => times.first().map(|at| (*at, 1)),
        };
        moments
    }

    /// The next moment and how many items come into being then; `None` when there are no more.
    #[must_use]
    pub(super) fn next(&self) -> Option<(SimTime, u32)> {
        self.next
    }

    /// Goes on to the moment after.
    pub(super) fn advance(&mut self) {
        let Some((at, _)) = self.next else { return };
        self.next = match &*Arc::clone(&self.timing) {
            Timing::Poisson { .. } => self.poisson_after(at),
            Timing::Regular { count, every, period } => {
                within(*period, at.plus((*every).max(Duration::from_millis(1))), *count)
            }
            Timing::Once { .. } => None,
            Timing::Times(times) => {
                self.passed += 1;
                times.get(self.passed).map(|at| (*at, 1))
            }
        };
    }

    fn poisson_after(&mut self, at: SimTime) -> Option<(SimTime, u32)> {
        let Timing::Poisson { mean_gap, period } = *self.timing else { return None };
        let exponential = -(1.0 - self.random.random::<f64>()).ln();
        within(period, at.plus(mean_gap.mul_f64(exponential)), 1)
    }
}

fn within(period: Period, at: SimTime, count: u32) -> Option<(SimTime, u32)> {
    (period.contains(at) && count > 0).then_some((at, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    fn all(timing: Timing) -> Vec<(u64, u32)> {
        let mut moments = Moments::new(Arc::new(timing), stream(1, "load/test"));
        std::iter::from_fn(|| {
            let next = moments.next()?;
            moments.advance();
            Some((next.0.0, next.1))
        })
        .collect()
    }

    fn period(from: u64, until: u64) -> Period {
        Period { from: SimTime(from), until: Some(SimTime(until)) }
    }

    #[test]
    fn regular_ones_begin_with_their_period_and_end_before_its_end() {
        let every = Duration::from_millis(10);
        let timing = Timing::Regular { count: 3, every, period: period(5, 25) };
        assert_eq!(all(timing), [(5, 3), (15, 3)]);
    }

    #[test]
    fn once_is_once_and_given_times_are_kept() {
        assert_eq!(all(Timing::Once { at: SimTime(7), count: 9 }), [(7, 9)]);
        let times = Timing::Times([1, 8, 8, 30].map(SimTime).into());
        assert_eq!(all(times), [(1, 1), (8, 1), (8, 1), (30, 1)]);
    }

    #[test]
    fn a_poisson_process_keeps_its_mean() {
        let mean_gap = Duration::from_millis(100);
        let count = all(Timing::Poisson { mean_gap, period: period(0, 1_000_000) }).len();
        assert!((9_700..=10_300).contains(&count), "{count} arrivals instead of about 10,000");
    }
}
