//! What a jury found: plain data for reports, with a verdict for every part and one for the whole.

use std::fmt;

use fake_servers::{ItemId, MailboxIx};
use serde::Serialize;
use sync_engine::Workload;

use super::charge::Invariant;
use super::expectation::{Quantity, Statistic};
use super::ledger::{Split, Totals};
use super::metric::Metric;
use super::summary::Summary;
use super::verdict::Verdict;
use crate::log::{Digest, HostIx};
use crate::time::SimTime;

/// Everything found in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The worst of all parts, and [`Verdict::Stuck`] when the deadline ended the run.
    pub verdict: Verdict,
    /// The rolling hash of the log.
    pub digest: Digest,
    /// Entries of the log.
    pub events: u64,
    /// When the run ended.
    pub ended: SimTime,
    /// Cycles that ended, in the order of [`Workload::ALL`].
    pub cycles: [u64; 3],
    /// What became of the items.
    pub ledger: Totals,
    /// Where their time went, by group and workload; those without settled items left out.
    pub blame: Vec<Blame>,
    /// The slowest items, the slowest first; those still pending count up to the end.
    pub slowest: Vec<Story>,
    /// The invariants that did not hold; the first breach ends the run, so at most a few.
    pub breaches: Vec<Breach>,
    /// The expectations, in the order given.
    pub expectations: Vec<Judgement>,
    /// The probes, in the order given.
    pub sometimes: Vec<Seen>,
    /// How many of the ordered crashes never came about; the run is then vacuous.
    pub crashes_missed: usize,
    /// What is always of interest.
    pub summary: Summary,
}

/// Where the time of a group's settled items went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blame {
    /// A place in [`super::Roster::groups`].
    pub group: u16,
    /// Received or sent.
    pub workload: Workload,
    /// How many items.
    pub items: u64,
    /// All their time together.
    pub split: Split,
}

/// One item's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// Which, when it has a number of its own.
    pub item: Option<ItemId>,
    /// Whose.
    pub mailbox: MailboxIx,
    /// Received or sent.
    pub workload: Workload,
    /// When it came into being.
    pub born: SimTime,
    /// When it was settled; `None` while it is pending.
    pub settled: Option<SimTime>,
    /// Where its time went.
    pub split: Split,
}

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub invariant: Invariant,
    /// When it was seen.
    pub at: SimTime,
    /// Whose, where it is one mailbox's.
    pub mailbox: Option<MailboxIx>,
    /// At which server, where it is one's.
    pub host: Option<HostIx>,
    /// What happened and what should have, in words.
    pub what: String,
}

/// How an expectation came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Its name.
    pub name: String,
    /// Of which metric.
    pub metric: Metric,
    /// The worst of its bounds.
    pub verdict: Verdict,
    /// Samples taken; of a level, changes.
    pub samples: u64,
    /// Bound by bound.
    pub bounds: Vec<Measured>,
}

/// How one bound came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Of what.
    pub statistic: Statistic,
    /// What it was.
    pub observed: Observed,
    /// At least this was asked for.
    pub min: Option<Quantity>,
    /// At most this was asked for.
    pub max: Option<Quantity>,
    /// [`Verdict::Pass`], [`Verdict::Fail`] or [`Verdict::Vacuous`].
    pub verdict: Verdict,
}

/// What a statistic came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// There was nothing to take it of.
    Nothing,
    /// This.
    Value(Quantity),
    /// The quietest and the busiest stretch.
    Range(Quantity, Quantity),
    /// Not drained when the run ended, so long after the beginning of the period.
    NotDrained(Quantity),
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no samples"),
            Self::Value(value) => value.fmt(f),
            Self::Range(low, high) => write!(f, "{low}..{high}"),
            Self::NotDrained(after) => write!(f, "not yet after {after}"),
        }
    }
}

impl Measured {
    /// What was asked for: `p95 <= 5m`, `1900 <= peak <= 2100`.
    #[must_use]
    pub fn bound(&self) -> String {
        let statistic = self.statistic;
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("{statistic} = {min}"),
            (Some(min), Some(max)) => format!("{min} <= {statistic} <= {max}"),
            (Some(min), None) => format!("{statistic} >= {min}"),
            (None, Some(max)) => format!("{statistic} <= {max}"),
            (None, None) => statistic.to_string(),
        }
    }
}

impl Judgement {
    /// What was seen, with units: `p95 4m58s, count 412`.
    #[must_use]
    pub fn observed(&self) -> String {
        self.joined(|bound| format!("{} {}", bound.statistic, bound.observed))
    }

    /// What was asked for, with units: `p95 <= 5m, count >= 40`.
    #[must_use]
    pub fn bound(&self) -> String {
        self.joined(Measured::bound)
    }

    fn joined(&self, text: impl Fn(&Measured) -> String) -> String {
        self.bounds.iter().map(text).collect::<Vec<_>>().join(", ")
    }
}

/// How often a probe was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// As the scenario calls it.
    pub name: String,
    /// How often.
    pub times: u64,
    /// When first.
    pub first: Option<SimTime>,
}
