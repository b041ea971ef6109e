//! When things happen: each way of spacing arrivals as a generator of moments that holds only its
//! next one, so that ten thousand mailboxes with a year of mail fit in memory.

use std::time::Duration;

use rand::Rng;
use rand_pcg::Pcg64Mcg;

use crate::time::SimTime;

/// How occurrences are spaced.
#[derive(Debug, Clone, PartialEq)]
pub enum Spacing {
    /// Independent of each other, with this mean gap (a Poisson process).
    Poisson {
        /// Between two.
        mean_gap: Duration,
    },
    /// At equal distances; the first after one distance.
    Every(Duration),
    /// Several at once, at equal distances; the first burst at the beginning.
    Bursts {
        /// At once.
        count: u32,
        /// Between bursts.
        every: Duration,
    },
    /// Several at once, once.
    Once {
        /// How many.
        count: u32,
        /// When.
        at: SimTime,
    },
    /// At exactly these moments, in order.
    Times(std::sync::Arc<[SimTime]>),
}

/// The moments of one source, one after the other.
#[derive(Debug, Clone)]
pub struct Timing {
    spacing: Spacing,
    until: SimTime,
    random: Pcg64Mcg,
    next: Option<(SimTime, u32)>,
    /// How many moments of [`Spacing::Times`] have passed.
    passed: usize,
}

impl Timing {
    /// A source that begins at `from` and yields nothing at or after `until`.
    #[must_use]
    pub fn new(spacing: Spacing, from: SimTime, until: SimTime, random: Pcg64Mcg) -> Self {
        let mut timing = Self { spacing, until, random, next: None, passed: 0 };
        let first = match &timing.spacing {
            Spacing::Poisson { .. } | Spacing::Every(_) => timing.after(from),
            Spacing::Bursts { count, .. } => Some((from, *count)),
            Spacing::Once { count, at } => Some((*at, *count)),
            Spacing::Times(times) => {
                timing.passed = times.partition_point(|at| *at < from);
                times.get(timing.passed).map(|at| (*at, 1))
            }
        };
        timing.next = timing.bounded(first);
        timing
    }

    /// The next moment and how many happen then; `None` when it is over.
    #[must_use]
    pub fn next(&self) -> Option<(SimTime, u32)> {
        self.next
    }

    /// Goes on to the moment after.
    pub fn advance(&mut self) {
        let Some((at, _)) = self.next else { return };
        let following = match &self.spacing {
            Spacing::Once { .. } => None,
            Spacing::Times(times) => {
                self.passed += 1;
                times.get(self.passed).map(|at| (*at, 1))
            }
            Spacing::Poisson { .. } | Spacing::Every(_) | Spacing::Bursts { .. } => self.after(at),
        };
        self.next = self.bounded(following);
    }

    fn bounded(&self, next: Option<(SimTime, u32)>) -> Option<(SimTime, u32)> {
        next.filter(|(at, count)| *at < self.until && *count > 0)
    }

    fn after(&mut self, at: SimTime) -> Option<(SimTime, u32)> {
        match self.spacing {
            Spacing::Poisson { mean_gap } => {
                let exponential = -(1.0 - self.random.random::<f64>()).ln();
                Some((at.plus(mean_gap.mul_f64(exponential)), 1))
            }
            Spacing::Every(gap) => Some((at.plus(gap.max(Duration::from_millis(1))), 1)),
            Spacing::Bursts { count, every } => {
                Some((at.plus(every.max(Duration::from_millis(1))), count))
            }
            Spacing::Once { .. } | Spacing::Times(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    fn moments(spacing: Spacing, from: u64, until: u64) -> Vec<(u64, u32)> {
        let mut timing =
            Timing::new(spacing, SimTime(from), SimTime(until), stream(1, "load/test"));
        let mut all = Vec::new();
        while let Some((at, count)) = timing.next() {
            all.push((at.0, count));
            timing.advance();
        }
        all
    }

    #[test]
    fn constant_gaps_begin_after_one_gap() {
        let every = Spacing::Every(Duration::from_millis(10));
        assert_eq!(moments(every, 5, 36), [(15, 1), (25, 1), (35, 1)]);
    }

    #[test]
    fn bursts_begin_at_the_beginning() {
        let bursts = Spacing::Bursts { count: 3, every: Duration::from_millis(20) };
        assert_eq!(moments(bursts, 5, 26), [(5, 3), (25, 3)]);
    }

    #[test]
    fn once_and_given_times_are_kept_within_their_bounds() {
        assert_eq!(moments(Spacing::Once { count: 9, at: SimTime(7) }, 0, 100), [(7, 9)]);
        let times = Spacing::Times([1, 8, 8, 30].map(SimTime).into());
        assert_eq!(moments(times, 5, 30), [(8, 1), (8, 1)]);
    }

    #[test]
    fn a_poisson_process_keeps_its_mean() {
        let spacing = Spacing::Poisson { mean_gap: Duration::from_millis(100) };
        let count = moments(spacing, 0, 1_000_000).len();
        assert!((9_700..=10_300).contains(&count), "{count} arrivals instead of about 10,000");
    }
}
