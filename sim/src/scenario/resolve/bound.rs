//! Bounds on statistics: which of them a metric has, and what they are measured in.

use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Bound, Range};
use super::super::nearest::list;
use super::super::place::At;
use super::super::written::{self, Amount};
use crate::check::{Kind, Statistic};

/// All bounds of an expectation.
pub(super) fn resolve(
    entry: &written::Expect,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Bound> {
    let given = given(entry);
    if given.is_empty() {
        let names = statistics(entry.metric.kind());
        let problem = Problem::new(format!("`{}` expects nothing", entry.name));
        let expected = format!("bounds on at least one of {}", list(names.iter().copied()));
        problems.add(at.span(), problem.expecting(expected));
    }
    if entry.rate.as_ref().is_some_and(|rate| rate.per.0.is_zero()) {
        let problem = Problem::new("a stretch of no length");
        problems.add(at.key("rate").key("per").span(), problem.expecting("at least \"1ms\""));
    }
    let mut reader = Reader { entry, at, problems };
    given.into_iter().filter_map(|given| reader.bound(&given)).collect()
}

/// A bound as it is written.
struct Given<'e> {
    key: &'static str,
    statistic: Statistic,
    min: Option<&'e Amount>,
    max: Option<&'e Amount>,
}

fn given(entry: &written::Expect) -> Vec<Given<'_>> {
    use Statistic as S;
    let plain = [
        ("count", S::Count, &entry.count),
        ("min", S::Min, &entry.min),
        ("max", S::Max, &entry.max),
        ("mean", S::Mean, &entry.mean),
        ("p50", S::P50, &entry.p50),
        ("p90", S::P90, &entry.p90),
        ("p95", S::P95, &entry.p95),
        ("p99", S::P99, &entry.p99),
        ("sum", S::Sum, &entry.sum),
        ("peak", S::Peak, &entry.peak),
        ("last", S::Last, &entry.last),
        ("drained", S::Drained, &entry.drained),
    ];
    let plain = plain.into_iter().filter_map(|(key, statistic, bound)| {
        let bound = bound.as_ref()?;
        Some(Given { key, statistic, min: bound.min.as_ref(), max: bound.max.as_ref() })
    });
    let at = entry.at.as_ref().map(|at| Given {
        key: "at",
        statistic: S::At(at.time.0),
        min: at.min.as_ref(),
        max: at.max.as_ref(),
    });
    let rate = entry.rate.as_ref().map(|rate| Given {
        key: "rate",
        statistic: S::Rate { per: rate.per.0 },
        min: rate.min.as_ref(),
        max: rate.max.as_ref(),
    });
    plain.chain(at).chain(rate).collect()
}

/// What a statistic is measured in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Duration,
    Number,
}

/// What a metric of a kind has of a statistic.
fn unit(statistic: Statistic, kind: Kind) -> Option<Unit> {
    use Statistic as S;
    match (kind, statistic) {
        (Kind::Duration | Kind::Count, S::Count)
        | (Kind::Count, S::Rate { .. })
        | (Kind::Level, S::Peak | S::Last | S::At(_)) => Some(Unit::Number),
        (
            Kind::Duration,
            S::Min | S::Max | S::Mean | S::P50 | S::P90 | S::P95 | S::P99 | S::Sum,
        )
        | (Kind::Level, S::Drained) => Some(Unit::Duration),
        _ => None,
    }
}

/// The statistics of a kind of metric, for messages.
fn statistics(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Duration => &["count", "min", "max", "mean", "p50", "p90", "p95", "p99", "sum"],
        Kind::Count => &["count", "rate"],
        Kind::Level => &["peak", "last", "at", "drained"],
    }
}

struct Reader<'r, 'p, 's> {
    entry: &'r written::Expect,
    at: &'r At<'r>,
    problems: &'p mut Problems<'s>,
}

impl Reader<'_, '_, '_> {
    fn bound(&mut self, given: &Given<'_>) -> Option<Bound> {
        let Given { key, statistic, min, max } = *given;
        let metric = self.entry.metric;
        let at = self.at.key(key);
        let Some(unit) = unit(statistic, metric.kind()) else {
            let names = statistics(metric.kind());
            let problem = Problem::new(format!("`{}` has no `{key}`", metric.name()))
                .expecting(format!("one of {}", list(names.iter().copied())));
            self.problems.add(at.span(), problem);
            return None;
        };
        let range = match unit {
            Unit::Duration => Range::Duration {
                min: self.duration(min, key, &at.key("min")),
                max: self.duration(max, key, &at.key("max")),
            },
            Unit::Number => Range::Number {
                min: self.number(min, key, &at.key("min")),
                max: self.number(max, key, &at.key("max")),
            },
        };
        let is_empty = match range {
            Range::Duration { min: Some(min), max: Some(max) } => max < min,
            Range::Number { min: Some(min), max: Some(max) } => max < min,
            _ => false,
        };
        if is_empty {
            let problem = Problem::new(format!("no `{key}` is at least `min` and at most `max`"));
            self.problems.add(at.key("max").span(), problem.expecting("`max` not below `min`"));
        }
        Some(Bound { statistic, range })
    }

    fn duration(&mut self, end: Option<&Amount>, key: &str, at: &At<'_>) -> Option<Duration> {
        match end? {
            Amount::Duration(span) => Some(span.0),
            Amount::Number(number) => {
                let metric = self.entry.metric.name();
                let problem = Problem::new(format!("`{key}` of `{metric}` is a duration"))
                    .expecting(written::Span::KIND.expected)
                    .help(format!("write \"{number}s\" if these are seconds"));
                self.problems.add(at.span(), problem);
                None
            }
        }
    }

    fn number(&mut self, end: Option<&Amount>, key: &str, at: &At<'_>) -> Option<f64> {
        match end? {
            Amount::Number(number) => Some(*number),
            Amount::Duration(_) => {
                let metric = self.entry.metric.name();
                let problem = Problem::new(format!("`{key}` of `{metric}` is a number"));
                self.problems.add(at.span(), problem.expecting("a number without a unit"));
                None
            }
        }
    }
}
