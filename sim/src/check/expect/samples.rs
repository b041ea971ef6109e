//! Statistics of durations and of counts.
//!
//! A quantile is known only to a thousandth, but whether it is within its bound is known exactly:
//! "95 in 100 take at most 5 minutes" is decided by counting those that took at most 5 minutes.

use super::held_against;
use super::rates::Rates;
use crate::check::distribution::{Distribution, rank};
use crate::check::expectation::{Bound, Period, Quantity, Statistic, Unit};
use crate::check::findings::Observed;
use crate::check::verdict::Verdict;
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Samples {
    period: Period,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
    /// Only when a quantile is asked for.
    distribution: Option<Distribution>,
    /// By bound.
    tallies: Vec<Tally>,
}

/// What a bound needs beyond the common sums.
#[derive(Debug)]
enum Tally {
    Nothing,
    Quantile {
        percentile: u64,
        min: Option<u64>,
        max: Option<u64>,
        /// Samples below the lower bound.
        below: u64,
        /// Samples not above the upper bound.
        within: u64,
    },
    Rate(Rates),
}

impl Samples {
    pub(super) fn new(bounds: &[Bound], period: Period) -> Self {
        let tallies: Vec<_> = bounds.iter().map(|bound| Tally::of(bound, period)).collect();
        let quantiles = tallies.iter().any(|tally| matches!(tally, Tally::Quantile { .. }));
        Self {
            period,
            count: 0,
            sum: 0,
            min: u64::MAX,
            max: 0,
            distribution: quantiles.then(Distribution::default),
            tallies,
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn take(&mut self, at: SimTime, sample: u64, times: u64) {
        if !self.period.contains(at) {
            return;
        }
        self.count += times;
        self.sum += u128::from(sample);
        self.min = self.min.min(sample);
        self.max = self.max.max(sample);
        if let Some(distribution) = &mut self.distribution {
            distribution.record(sample);
        }
        for tally in &mut self.tallies {
            tally.take(at, sample, times);
        }
    }

    pub(super) fn judge(
        &mut self,
        place: usize,
        bound: &Bound,
        end: SimTime,
    ) -> (Observed, Verdict) {
        let count = u128::from(self.count);
        let time = |number| Observed::Value(Quantity::of(Unit::Time, number));
        match bound.statistic {
            // Nothing is a number too: "never" can be expected, and "at least once" not met.
            Statistic::Count => {
                let observed = Observed::Value(Quantity::Count(self.count));
                (observed, held_against(bound, count, 1))
            }
            Statistic::Rate { .. } => self.judge_rate(place, bound, end),
            _ if self.count == 0 => (Observed::Nothing, Verdict::Vacuous),
            Statistic::Min => (time(self.min), held_against(bound, self.min.into(), 1)),
            Statistic::Max => (time(self.max), held_against(bound, self.max.into(), 1)),
            Statistic::Sum => {
                let sum = u64::try_from(self.sum).unwrap_or(u64::MAX);
                (time(sum), held_against(bound, self.sum, 1))
            }
            Statistic::Mean => {
                let mean = u64::try_from((self.sum + count / 2) / count).unwrap_or(u64::MAX);
                (time(mean), held_against(bound, self.sum, count))
            }
            _ => self.judge_quantile(place),
        }
    }

    fn judge_quantile(&self, place: usize) -> (Observed, Verdict) {
        let (Tally::Quantile { percentile, min, max, below, within }, Some(distribution)) =
            (&self.tallies[place], &self.distribution)
        else {
            unreachable!("levels' statistics are not taken of samples")
        };
        let rank = rank(*percentile, self.count);
        let (high, low) = (max.is_some() && *within < rank, min.is_some() && *below >= rank);
        let mut shown = distribution.percentile(*percentile);
        // The number shown may be a thousandth off, but must not contradict the verdict.
        if let Some(max) = *max {
            shown = if high { shown.max(max + 1) } else { shown.min(max) };
        }
        if let Some(min) = *min {
            shown = if low { shown.min(min.saturating_sub(1)) } else { shown.max(min) };
        }
        let verdict = if high || low { Verdict::Fail } else { Verdict::Pass };
        (Observed::Value(Quantity::Millis(shown)), verdict)
    }

    /// Too little can be seen in silence, too much cannot: without a single occurrence an upper
    /// bound was never put to the test.
    fn judge_rate(&mut self, place: usize, bound: &Bound, end: SimTime) -> (Observed, Verdict) {
        let Tally::Rate(rates) = &mut self.tallies[place] else {
            unreachable!("each rate has its tally")
        };
        let (quietest, busiest) = rates.finish(end);
        let count = |n| Quantity::Count(n);
        let too_high = bound.max.is_some_and(|max| busiest > max.number());
        let too_low = bound.min.zip(quietest).is_some_and(|(min, low)| low < min.number());
        let untested =
            (bound.max.is_some() && busiest == 0) || (bound.min.is_some() && quietest.is_none());
        let verdict = if too_high || too_low {
            Verdict::Fail
        } else if untested {
            Verdict::Vacuous
        } else {
            Verdict::Pass
        };
        let observed = match (bound.min, quietest) {
            (Some(_), None) if bound.max.is_none() => Observed::Nothing,
            (Some(_), Some(quietest)) if bound.max.is_none() => Observed::Value(count(quietest)),
            (Some(_), Some(quietest)) => Observed::Range(count(quietest), count(busiest)),
            _ => Observed::Value(count(busiest)),
        };
        (observed, verdict)
    }
}

impl Tally {
    fn of(bound: &Bound, period: Period) -> Self {
        if let Statistic::Rate { per } = bound.statistic {
            return Self::Rate(Rates::new(per, period));
        }
        bound.statistic.percentile().map_or(Self::Nothing, |percentile| Self::Quantile {
            percentile,
            min: bound.min.map(Quantity::number),
            max: bound.max.map(Quantity::number),
            below: 0,
            within: 0,
        })
    }

    fn take(&mut self, at: SimTime, sample: u64, times: u64) {
        match self {
            Self::Nothing => {}
            Self::Quantile { min, max, below, within, .. } => {
                *below += u64::from(min.is_some_and(|min| sample < min));
                *within += u64::from(max.is_some_and(|max| sample <= max));
            }
            Self::Rate(rates) => rates.take(at, times),
        }
    }
}
