//! What comes into being during a run, as a file writes it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity;
use super::{Moment, Names, Octets, Span};
use crate::scenario::model::Content;

/// Mail that comes from outside into mailboxes on the servers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Arrivals {
    /// Its name, to which windows and `stop` refer.
    #[schemars(length(min = 1))]
    pub name: String,
    /// To whom: every one of these mailboxes that has incoming email gets its own.
    pub to: Names,
    /// When, for each mailbox.
    #[serde(flatten)]
    pub timing: Timing,
    /// How large each message is. Default: "8KiB".
    pub size: Option<Size>,
    /// What is in it.
    #[serde(default)]
    pub kind: Content,
}

/// Mail that users put in Pending Send.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Send {
    /// Its name, to which windows and `stop` refer.
    #[schemars(length(min = 1))]
    pub name: String,
    /// From whom: every one of these mailboxes that has outgoing email sends its own.
    pub from: Names,
    /// When, for each mailbox.
    #[serde(flatten)]
    pub timing: Timing,
    /// How large each message is. Default: "8KiB".
    pub size: Option<Size>,
    /// What is in it.
    #[serde(default)]
    pub kind: Content,
    /// How many recipients each message has. Default: 1.
    #[schemars(range(min = 1, max = 10_000))]
    pub recipients: Option<u32>,
    /// To which mailboxes of the scenario each message goes, instead of to people elsewhere. Only
    /// Exchange delivers to mailboxes of its own. Default: to none.
    pub to: Option<Names>,
    /// How many recipients each message has besides at addresses of the organisation that nobody
    /// has: SMTP refuses them, Exchange takes them and reports back. Default: none.
    #[schemars(range(max = 10_000))]
    pub unknown_recipients: Option<u32>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
}

/// When items come into being, for each mailbox: exactly one of `rate`, `every`, `burst`, `count`
/// and `times`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("oneOf" = [
    { "required": ["rate"] }, { "required": ["every"] }, { "required": ["burst"] },
    { "required": ["count"] }, { "required": ["times"] }
]))]
pub(in crate::scenario) struct Timing {
    /// So often, at random and independent of each other (a Poisson process).
    pub rate: Option<quantity::Rate>,
    /// One at a time, at equal distances.
    pub every: Option<Span>,
    /// Many at a time, at equal distances.
    pub burst: Option<Burst>,
    /// So many, all at one moment.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub count: Option<u32>,
    /// One at each of these moments.
    #[schemars(length(min = 1, max = 1_000_000))]
    pub times: Option<Vec<Moment>>,
    /// The moment of `count`, or the first of `rate`, `every` and `burst`. Default: the start.
    pub at: Option<Moment>,
    /// How long `rate`, `every` and `burst` go on. Default: to the end of the run.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
}

/// Many at a time, at equal distances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Burst {
    /// How many at a time.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub count: u32,
    /// From one time to the next.
    pub every: Span,
}

/// How large messages are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Size {
    /// All the same.
    Fixed(Octets),
    /// Log-normal through these two quantiles.
    Quantiles(SizeQuantiles),
}

/// Half of the messages are smaller than `p50`, one in a hundred is larger than `p99`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct SizeQuantiles {
    /// Half are smaller.
    pub p50: Octets,
    /// One in a hundred is larger.
    pub p99: Octets,
}

/// How long something takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Delay {
    /// Always the same.
    Fixed(Span),
    /// Log-normal through these two quantiles: { p50 = "35ms", p99 = "400ms" }.
    Quantiles(DelayQuantiles),
    /// Anything between the two, equally likely: { min = "10ms", max = "50ms" }.
    Uniform(DelayBounds),
}

/// Half are shorter than `p50`, one in a hundred is longer than `p99`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct DelayQuantiles {
    /// Half are shorter.
    pub p50: Span,
    /// One in a hundred is longer.
    pub p99: Span,
}

/// Anything between the two, equally likely.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct DelayBounds {
    /// The shortest.
    pub min: Span,
    /// The longest.
    pub max: Span,
}

/// How urgent an email is.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Priority {
    /// After all others.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before all others.
    High,
}
