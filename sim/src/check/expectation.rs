//! What a scenario expects of a metric, resolved: names have become numbers, quantities have
//! become whole milliseconds and counts, and nothing that makes no sense can be built.

use std::fmt;
use std::time::Duration;

use super::filter::Filter;
use super::metric::{Kind, Metric};
use crate::time::SimTime;

/// A number over the occurrences of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// How many occurrences.
    Count,
    /// The shortest, or the lowest level.
    Min,
    /// The longest.
    Max,
    /// The mean; of a level, weighted with time.
    Mean,
    /// The median.
    P50,
    /// 90 of 100 are at most this.
    P90,
    /// 95 of 100 are at most this.
    P95,
    /// 99 of 100 are at most this.
    P99,
    /// All together.
    Sum,
    /// Occurrences in stretches of this length, laid end to end from the beginning of the period.
    /// An upper bound holds for the busiest, a lower bound for the quietest whole one.
    Rate {
        /// The length of a stretch.
        per: Duration,
    },
    /// The highest level, the one at the beginning of the period included.
    Peak,
    /// The level at the end of the period.
    Last,
    /// The level at a moment of the run, inside the period or not.
    At(SimTime),
    /// From the beginning of the period until the level, having risen, is zero for good: as seen
    /// from the end of the period, or, if it is not zero then, the first time after.
    Drained,
}

/// In what a statistic is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A duration.
    Time,
    /// Occurrences, or a level.
    Count,
    /// Thousandths of a level: a mean is seldom whole.
    Thousandths,
}

impl Statistic {
    /// Whether the statistic makes sense on this kind of metric.
    #[must_use]
    pub const fn applies_to(self, kind: Kind) -> bool {
        match self {
            Self::Count | Self::Rate { .. } => matches!(kind, Kind::Duration | Kind::Count),
            Self::Min | Self::Mean => matches!(kind, Kind::Duration | Kind::Level),
            Self::Max | Self::P50 | Self::P90 | Self::P95 | Self::P99 | Self::Sum => {
                matches!(kind, Kind::Duration)
            }
            Self::Peak | Self::Last | Self::At(_) | Self::Drained => matches!(kind, Kind::Level),
        }
    }

    /// In what it is counted on this kind of metric.
    #[must_use]
    pub const fn unit(self, kind: Kind) -> Unit {
        match (self, kind) {
            (Self::Count | Self::Rate { .. }, _) => Unit::Count,
            (Self::Mean, Kind::Level) => Unit::Thousandths,
            (Self::Drained, _) | (_, Kind::Duration) => Unit::Time,
            (_, Kind::Count | Kind::Level) => Unit::Count,
        }
    }

    /// The share of samples a quantile is about, in hundredths.
    pub(super) const fn percentile(self) -> Option<u64> {
        match self {
            Self::P50 => Some(50),
            Self::P90 => Some(90),
            Self::P95 => Some(95),
            Self::P99 => Some(99),
            _ => None,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Mean => f.write_str("mean"),
            Self::P50 => f.write_str("p50"),
            Self::P90 => f.write_str("p90"),
            Self::P95 => f.write_str("p95"),
            Self::P99 => f.write_str("p99"),
            Self::Sum => f.write_str("sum"),
            Self::Rate { per } => write!(f, "rate per {}", Quantity::from(*per)),
            Self::Peak => f.write_str("peak"),
            Self::Last => f.write_str("last"),
            Self::At(at) => write!(f, "at {at}"),
            Self::Drained => f.write_str("drained"),
        }
    }
}

/// An amount with its unit: exact, so that a bound is met or not and never nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Whole milliseconds.
    Millis(u64),
    /// Occurrences, or a level.
    Count(u64),
    /// Thousandths of a level.
    Thousandths(u64),
}

impl Quantity {
    /// In what it is counted.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Millis(_) => Unit::Time,
            Self::Count(_) => Unit::Count,
            Self::Thousandths(_) => Unit::Thousandths,
        }
    }

    /// The bare number, in the unit's own steps.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Millis(n) | Self::Count(n) | Self::Thousandths(n) => n,
        }
    }

    pub(super) const fn of(unit: Unit, number: u64) -> Self {
        match unit {
            Unit::Time => Self::Millis(number),
            Unit::Count => Self::Count(number),
            Unit::Thousandths => Self::Thousandths(number),
        }
    }
}

impl From<Duration> for Quantity {
    /// Parts of a millisecond are dropped.
    fn from(duration: Duration) -> Self {
        Self::Millis(millis(duration))
    }
}

impl fmt::Display for Quantity {
    /// `5m2s`, `1h6m40s`, `1.250s`, `40ms`, `12`, `1.500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = match *self {
            Self::Count(n) => return write!(f, "{n}"),
            Self::Thousandths(n) => return write!(f, "{}.{:03}", n / 1000, n % 1000),
            Self::Millis(ms) if ms < 1000 => return write!(f, "{ms}ms"),
            Self::Millis(ms) => ms,
        };
        for (unit, size, wrap) in
            [("d", 86_400_000, u64::MAX), ("h", 3_600_000, 24), ("m", 60_000, 60)]
        {
            let whole = ms / size % wrap;
            if whole > 0 {
                write!(f, "{whole}{unit}")?;
            }
        }
        match (ms / 1000 % 60, ms % 1000) {
            (0, 0) => Ok(()),
            (s, 0) => write!(f, "{s}s"),
            (s, ms) => write!(f, "{s}.{ms:03}s"),
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A statistic and what it must lie between, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Of what.
    pub statistic: Statistic,
    /// At least this.
    pub min: Option<Quantity>,
    /// At most this.
    pub max: Option<Quantity>,
}

/// A stretch of the run. An occurrence belongs to the moment it is complete: a delay to the moment
/// the message was stored, a gap to the moment the next cycle started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From this moment on.
    pub from: SimTime,
    /// Before this moment; `None` is the end of the run.
    pub until: Option<SimTime>,
}

impl Period {
    /// From the start of the run to its end.
    pub const WHOLE_RUN: Self = Self { from: SimTime::ZERO, until: None };

    /// Whether a moment lies in it.
    #[must_use]
    pub fn contains(self, at: SimTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Why an expectation makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpectationError {
    /// Such as a quantile of a level.
    #[error("{statistic} is not a statistic of {metric}, which is a {kind}", metric = .metric.name(), kind = kind_name(.metric.kind()))]
    Statistic {
        /// Which.
        statistic: Statistic,
        /// On what.
        metric: Metric,
    },
    /// Such as a duration as the bound of a count.
    #[error("{statistic} is counted in {wanted}, not in {given}", wanted = unit_name(.statistic.unit(.metric.kind())), given = unit_name(.given.unit()))]
    Unit {
        /// Of what.
        statistic: Statistic,
        /// On what.
        metric: Metric,
        /// The bound.
        given: Quantity,
    },
    /// The lower bound is above the upper one.
    #[error("{statistic} cannot be at least {min} and at most {max}")]
    Empty {
        /// Of what.
        statistic: Statistic,
        /// The lower bound.
        min: Quantity,
        /// The upper bound.
        max: Quantity,
    },
    /// Nothing is bounded.
    #[error("an expectation needs at least one bound")]
    Unbounded,
    /// Stretches of no length.
    #[error("a rate needs a stretch of at least 1ms")]
    NoWindow,
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Duration => "duration",
        Kind::Count => "count",
        Kind::Level => "level",
    }
}

const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Time => "time",
        Unit::Count => "whole numbers",
        Unit::Thousandths => "thousandths",
    }
}

/// An expectation that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    pub(super) name: String,
    pub(super) metric: Metric,
    pub(super) filter: Filter,
    pub(super) period: Period,
    pub(super) bounds: Vec<Bound>,
}

impl Expectation {
    /// An expectation on a metric.
    ///
    /// # Errors
    /// When a statistic does not fit the metric, a bound does not fit its statistic, or there is
    /// nothing to hold.
    pub fn new(
        name: impl Into<String>,
        metric: Metric,
        filter: Filter,
        period: Period,
        bounds: Vec<Bound>,
    ) -> Result<Self, ExpectationError> {
        for bound in &bounds {
            bound.check(metric)?;
        }
        if bounds.iter().all(|bound| bound.min.is_none() && bound.max.is_none()) {
            return Err(ExpectationError::Unbounded);
        }
        Ok(Self { name: name.into(), metric, filter, period, bounds })
    }
}

impl Bound {
    fn check(&self, metric: Metric) -> Result<(), ExpectationError> {
        let statistic = self.statistic;
        if !statistic.applies_to(metric.kind()) {
            return Err(ExpectationError::Statistic { statistic, metric });
        }
        if matches!(statistic, Statistic::Rate { per } if millis(per) == 0) {
            return Err(ExpectationError::NoWindow);
        }
        let wrong = |given: &Quantity| given.unit() != statistic.unit(metric.kind());
        if let Some(given) = self.min.into_iter().chain(self.max).find(wrong) {
            return Err(ExpectationError::Unit { statistic, metric, given });
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) if min.number() > max.number() => {
                Err(ExpectationError::Empty { statistic, min, max })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity::{Count, Millis};
    use super::*;

    #[test]
    fn quantities_read_as_people_write_them() {
        let texts: Vec<_> =
            [0, 40, 1_250, 60_000, 302_000, 300_010, 4_000_000, 93_600_000, 86_400_000]
                .map(|ms| Quantity::Millis(ms).to_string())
                .into();
        insta::assert_snapshot!(
            texts.join(" "),
            @"0ms 40ms 1.250s 1m 5m2s 5m0.010s 1h6m40s 1d2h 1d"
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let build = |metric, statistic, min, max| {
            let bounds = vec![Bound { statistic, min, max }];
            Expectation::new("x", metric, Filter::default(), Period::WHOLE_RUN, bounds)
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        let p95 = Statistic::P95;
        let results = [
            build(Metric::BacklogOnServer, p95, None, Some(Millis(1))),
            build(Metric::DelayIncoming, p95, None, Some(Count(1))),
            build(Metric::DelayIncoming, p95, Some(Millis(2)), Some(Millis(1))),
            build(Metric::DelayIncoming, p95, None, None),
            build(Metric::MailSent, Statistic::Rate { per: Duration::ZERO }, None, Some(Count(1))),
            build(Metric::DelayIncoming, p95, None, Some(Millis(1))),
        ];
        insta::assert_debug_snapshot!(results, @r#"
        [
            Err(
                "p95 is not a statistic of backlog.on_server, which is a level",
            ),
            Err(
                "p95 is counted in time, not in whole numbers",
            ),
            Err(
                "p95 cannot be at least 2ms and at most 1ms",
            ),
            Err(
                "an expectation needs at least one bound",
            ),
            Err(
                "a rate needs a stretch of at least 1ms",
            ),
            Ok(
                (),
            ),
        ]
        "#);
    }
}
