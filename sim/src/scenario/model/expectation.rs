//! What must hold of a metric: a filter, a stretch of the run, and bounds on statistics.

use std::time::Duration;

use fake_servers::MailboxIx;
use sync_engine::{Outcome, TrackedBy, Workload};

use super::Period;
use crate::check::{Metric, Statistic};
use crate::log::HostIx;

/// One expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What it says, in a line.
    pub name: String,
    /// Of which metric.
    pub metric: Metric,
    /// Of which samples.
    pub filter: Filter,
    /// Taken when.
    pub during: Period,
    /// What must hold of them; at least one.
    pub bounds: Vec<Bound>,
}

/// Which samples count. All conditions must hold; what is `None` always does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this workload.
    pub workload: Option<Workload>,
    /// Of this server.
    pub server: Option<HostIx>,
    /// Of the group at this place in the scenario's list.
    pub group: Option<u16>,
    /// Of these mailboxes, ascending.
    pub mailboxes: Option<Vec<MailboxIx>>,
    /// Of cycles that ended like this.
    pub outcome: Option<Outcome>,
    /// Of the watcher at this place in the scenario's list.
    pub watcher: Option<u16>,
    /// Of emails tracked by this.
    pub tracked_by: Option<TrackedBy>,
    /// Of emails linked to what is at this place of [`super::Scenario::regardings`].
    pub regarding: Option<u16>,
}

/// A bound on one statistic of the samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Which statistic.
    pub statistic: Statistic,
    /// What it may be.
    pub range: Range,
}

/// What a statistic may be, both ends included. At least one end is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Statistics of durations, and the time to drain.
    Duration {
        /// Not shorter.
        min: Option<Duration>,
        /// Not longer.
        max: Option<Duration>,
    },
    /// Everything else.
    Number {
        /// Not less.
        min: Option<f64>,
        /// Not more.
        max: Option<f64>,
    },
}
