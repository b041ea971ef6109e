//! Expectations: samples are taken as the run goes on, and judged at its end. What is kept of them
//! does not grow with their number.

mod gauge;
mod rates;
mod samples;
#[cfg(test)]
mod tests;

use gauge::Gauge;
use samples::Samples;

use super::expectation::{Bound, Expectation, Quantity};
use super::filter::Labels;
use super::findings::{Judgement, Measured, Observed};
use super::metric::Kind;
use super::roster::Roster;
use super::verdict::Verdict;
use crate::time::SimTime;

/// What an occurrence of a metric says, by the metric's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// Something lasted so many milliseconds.
    Lasted(u64),
    /// Something happened so many times.
    Happened(u64),
    /// A level went up by one.
    Up,
    /// A level went down by one.
    Down,
}

/// An expectation and what was seen of its metric so far.
#[derive(Debug)]
pub(super) struct Expecting {
    expectation: Expectation,
    seen: Taken,
}

#[derive(Debug)]
enum Taken {
    Samples(Samples),
    Gauge(Gauge),
}

impl Expecting {
    pub(super) fn new(expectation: Expectation) -> Self {
        let (bounds, period) = (&expectation.bounds, expectation.period);
        let seen = match expectation.metric.kind() {
            Kind::Duration | Kind::Count => Taken::Samples(Samples::new(bounds, period)),
            Kind::Level => Taken::Gauge(Gauge::new(bounds, period)),
        };
        Self { expectation, seen }
    }

    pub(super) fn see(
        &mut self,
        at: SimTime,
        labels: &Labels,
        occurrence: Occurrence,
        roster: &Roster,
    ) {
        if !self.expectation.filter.matches(labels, roster) {
            return;
        }
        match (&mut self.seen, occurrence) {
            (Taken::Samples(samples), Occurrence::Lasted(ms)) => samples.take(at, ms, 1),
            (Taken::Samples(samples), Occurrence::Happened(times)) => samples.take(at, 0, times),
            (Taken::Gauge(gauge), Occurrence::Up) => gauge.change(at, 1),
            (Taken::Gauge(gauge), Occurrence::Down) => gauge.change(at, -1),
            _ => unreachable!("occurrences are of their metric's kind"),
        }
    }

    pub(super) fn judge(&mut self, end: SimTime) -> Judgement {
        let Expectation { name, metric, bounds, period, .. } = &self.expectation;
        let happened = end >= period.from;
        let measure = |(place, bound): (usize, &Bound)| {
            let (observed, verdict) = match &mut self.seen {
                _ if !happened => (Observed::Nothing, Verdict::Vacuous),
                Taken::Samples(samples) => samples.judge(place, bound, end),
                Taken::Gauge(gauge) => gauge.judge(place, bound, end),
            };
            let Bound { statistic, min, max } = *bound;
            Measured { statistic, observed, min, max, verdict }
        };
        let bounds: Vec<_> = bounds.iter().enumerate().map(measure).collect();
        Judgement {
            name: name.clone(),
            metric: *metric,
            verdict: Verdict::worst(bounds.iter().map(|bound| bound.verdict)),
            samples: match &self.seen {
                Taken::Samples(samples) => samples.count(),
                Taken::Gauge(gauge) => gauge.changes(),
            },
            bounds,
        }
    }
}

/// Holds a number, given as a fraction so that nothing is rounded, against a bound.
fn held_against(bound: &Bound, numerator: u128, denominator: u128) -> Verdict {
    let limit = |quantity: Quantity| u128::from(quantity.number()) * denominator;
    let high = bound.max.is_some_and(|max| numerator > limit(max));
    let low = bound.min.is_some_and(|min| numerator < limit(min));
    if high || low { Verdict::Fail } else { Verdict::Pass }
}
