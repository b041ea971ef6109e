//! How durations are distributed: exact where that is cheap, to one part in a thousand elsewhere.

use hdrhistogram::Histogram;

use super::expectation::{Quantity, Unit};
use super::summary::Spread;

/// Significant digits of quantiles: the smallest and the largest value are exact.
const DIGITS: u8 = 3;

/// A growing set of samples, of which only the distribution is kept. Its memory grows with the
/// range of the samples, not with their number.
#[derive(Debug, Clone)]
pub(super) struct Distribution {
    histogram: Histogram<u32>,
    min: u64,
    max: u64,
}

impl Default for Distribution {
    fn default() -> Self {
        let Ok(histogram) = Histogram::new(DIGITS) else {
            unreachable!("three digits are within what the histogram offers")
        };
        Self { histogram, min: u64::MAX, max: 0 }
    }
}

impl Distribution {
    pub(super) fn record(&mut self, sample: u64) {
        // Not `saturating_record`: that one cuts samples to the present range and never grows it.
        let Ok(()) = self.histogram.record(sample) else {
            unreachable!("the histogram grows to any number of 64 bits")
        };
        self.min = self.min.min(sample);
        self.max = self.max.max(sample);
    }

    pub(super) fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The smallest sample that so many in a hundred do not exceed.
    pub(super) fn percentile(&self, percentile: u64) -> u64 {
        let rank = rank(percentile, self.count());
        let mut seen = 0;
        for bucket in self.histogram.iter_recorded() {
            seen += u64::from(bucket.count_at_value());
            if seen >= rank {
                return bucket.value_iterated_to().clamp(self.min, self.max);
            }
        }
        self.max
    }

    pub(super) fn spread(&self) -> Option<Spread> {
        let time = |number| Quantity::of(Unit::Time, number);
        (self.count() > 0).then(|| Spread {
            count: self.count(),
            min: time(self.min),
            p50: time(self.percentile(50)),
            p95: time(self.percentile(95)),
            p99: time(self.percentile(99)),
            max: time(self.max),
        })
    }
}

/// Which sample, counted from the smallest as 1, is the percentile of so many (nearest rank).
pub(super) fn rank(percentile: u64, count: u64) -> u64 {
    let rank = (u128::from(percentile) * u128::from(count)).div_ceil(100);
    u64::try_from(rank).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn percentiles_are_right_to_a_thousandth(
            samples in prop::collection::vec(0u64..10_000_000, 1..300),
            percentile in 1u64..=100,
        ) {
            let mut distribution = Distribution::default();
            for sample in &samples {
                distribution.record(*sample);
            }
            let mut sorted = samples;
            sorted.sort_unstable();
            let place = usize::try_from(rank(percentile, distribution.count())).unwrap() - 1;
            let exact = sorted[place];
            let told = distribution.percentile(percentile);
            prop_assert!(told.abs_diff(exact) * 1000 <= exact, "{told} for {exact}");
        }
    }

    #[test]
    fn a_single_value_is_exact() {
        let mut distribution = Distribution::default();
        distribution.record(300_001);
        assert_eq!(distribution.percentile(50), 300_001);
        assert_eq!(Distribution::default().spread(), None);
    }
}
