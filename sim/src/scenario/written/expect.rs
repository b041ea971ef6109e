//! Expectations, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::population::Workload;
use super::{Moment, Names, Span};
use crate::check::Metric;

/// What must hold of a metric.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Expect {
    /// What it says, in a line.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Of which metric.
    pub metric: Metric,
    /// Of which samples. Default: of all.
    #[serde(default, rename = "where")]
    pub filter: Where,
    /// Taken when: in the window of a fault or a load, after it, or between clock times. Default:
    /// in the whole run.
    pub during: Option<During>,
    /// How many samples.
    pub count: Option<Bound>,
    /// The smallest.
    pub min: Option<Bound>,
    /// The largest.
    pub max: Option<Bound>,
    /// The arithmetic mean.
    pub mean: Option<Bound>,
    /// The median.
    pub p50: Option<Bound>,
    /// The 90th percentile.
    pub p90: Option<Bound>,
    /// The 95th percentile.
    pub p95: Option<Bound>,
    /// The 99th percentile.
    pub p99: Option<Bound>,
    /// All together.
    pub sum: Option<Bound>,
    /// The highest level.
    pub peak: Option<Bound>,
    /// The level at the end.
    pub last: Option<Bound>,
    /// The level at a moment.
    pub at: Option<At>,
    /// How long until the level, having risen, is zero for good.
    pub drained: Option<Bound>,
    /// How many in each stretch of time.
    pub rate: Option<Rate>,
}

/// Which samples count; all conditions must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Where {
    /// Of this workload.
    pub workload: Option<Workload>,
    /// Of this server.
    pub server: Option<String>,
    /// Of this group of mailboxes.
    pub group: Option<String>,
    /// Of these mailboxes.
    pub mailbox: Option<Names>,
    /// Of cycles that ended like this.
    pub outcome: Option<Outcome>,
    /// Of this `[[watcher]]`.
    #[schemars(length(min = 1))]
    pub watcher: Option<String>,
    /// Of emails that are tracked by this.
    pub tracked_by: Option<TrackedBy>,
    /// Of emails that are linked to this.
    #[schemars(length(min = 1))]
    pub regarding: Option<String>,
}

/// What makes an email tracked.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum TrackedBy {
    /// A folder with a rule.
    Folder,
    /// The category.
    Category,
    /// The application.
    Application,
}

impl From<TrackedBy> for sync_engine::TrackedBy {
    fn from(written: TrackedBy) -> Self {
        match written {
            TrackedBy::Folder => Self::Folder,
            TrackedBy::Category => Self::Category,
            TrackedBy::Application => Self::Application,
        }
    }
}

/// How a cycle ended.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Outcome {
    /// It did all it came for.
    Completed,
    /// The server asked it to come back later.
    Throttled,
    /// A transient error; the workload was postponed.
    Postponed,
    /// A permanent error; the workload was disabled.
    Disabled,
}

impl From<Outcome> for sync_engine::Outcome {
    fn from(written: Outcome) -> Self {
        match written {
            Outcome::Completed => Self::Completed,
            Outcome::Throttled => Self::Throttled,
            Outcome::Postponed => Self::Postponed,
            Outcome::Disabled => Self::Disabled,
        }
    }
}

/// A stretch of the run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum During {
    /// While this fault may strike, or this load makes items.
    Window(#[schemars(length(min = 1))] String),
    /// After a window, or between clock times.
    Table(DuringTable),
}

/// After a window, or from a moment on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["after"] }, { "required": ["from"] }]))]
pub(in crate::scenario) struct DuringTable {
    /// From the end of this fault's or load's window on.
    pub after: Option<String>,
    /// From this moment on.
    pub from: Option<Moment>,
    /// For how long. Default: to the end of the run.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
}

/// What a statistic may be, both ends included; at least one is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["min"] }, { "required": ["max"] }]))]
pub(in crate::scenario) struct Bound {
    /// Not less.
    pub min: Option<Amount>,
    /// Not more.
    pub max: Option<Amount>,
}

/// What a level may be at a moment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["min"] }, { "required": ["max"] }]))]
pub(in crate::scenario) struct At {
    /// The moment.
    pub time: Moment,
    /// Not less.
    pub min: Option<Amount>,
    /// Not more.
    pub max: Option<Amount>,
}

/// How many there may be in each stretch of time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["min"] }, { "required": ["max"] }]))]
pub(in crate::scenario) struct Rate {
    /// How long a stretch is.
    pub per: Span,
    /// Not fewer in any.
    pub min: Option<Amount>,
    /// Not more in any.
    pub max: Option<Amount>,
}

/// A duration with its unit for metrics of durations, a number for all others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Amount {
    /// A duration.
    Duration(Span),
    /// A number.
    Number(#[schemars(range(min = 0))] f64),
}
