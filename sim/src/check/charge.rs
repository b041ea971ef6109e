//! What a run is checked against: all that a jury needs to know of the plan.

use std::time::Duration;

use fake_servers::MailboxIx;
use serde::{Deserialize, Serialize};
use sync_engine::Workload;

use super::expectation::{Expectation, Period};
use super::roster::Roster;
use super::sighting::Sighting;
use crate::time::SimTime;

/// What must hold at every moment.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// No item is lost.
    NoLoss,
    /// No item is duplicated, except where the outcome is declared unknowable.
    NoDuplicate,
    /// Items keep their order within a mailbox.
    NoReorder,
    /// What arrives is what was sent, to the octet.
    Unaltered,
    /// No request goes out before a server's back-off has ended, neither by the engine's word for
    /// when that is nor by the server's.
    NeverBeforeBackOff,
    /// No cycle starts before it is due.
    NeverBeforeDue,
    /// No cycle starts of a workload that is disabled, until its mailbox is enabled again.
    NeverWhileDisabled,
    /// A mailbox and workload has one run at a time.
    OneRunPerMailbox,
    /// No more connections to a server than its profile allows.
    ConnectionLimit,
    /// No more cycles of a workload at once than its queue has workers.
    QueueLimit,
    /// No mailbox has more streaming connections open than its server's policy allows.
    StreamLimit,
    /// No client beside the engine is told of a message before it knows of those that came earlier.
    NoneMissed,
    /// No draft is left when nothing of its mailbox is to be sent any more.
    NoDraftLeft,
}

impl Invariant {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 13] = [
        Self::NoLoss,
        Self::NoDuplicate,
        Self::NoReorder,
        Self::Unaltered,
        Self::NeverBeforeBackOff,
        Self::NeverBeforeDue,
        Self::NeverWhileDisabled,
        Self::OneRunPerMailbox,
        Self::ConnectionLimit,
        Self::QueueLimit,
        Self::StreamLimit,
        Self::NoneMissed,
        Self::NoDraftLeft,
    ];

    /// The name in scenario files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoLoss => "no_loss",
            Self::NoDuplicate => "no_duplicate",
            Self::NoReorder => "no_reorder",
            Self::Unaltered => "unaltered",
            Self::NeverBeforeBackOff => "never_before_back_off",
            Self::NeverBeforeDue => "never_before_due",
            Self::NeverWhileDisabled => "never_while_disabled",
            Self::OneRunPerMailbox => "one_run_per_mailbox",
            Self::ConnectionLimit => "connection_limit",
            Self::QueueLimit => "queue_limit",
            Self::StreamLimit => "stream_limit",
            Self::NoneMissed => "none_missed",
            Self::NoDraftLeft => "no_draft_left",
        }
    }
}

/// Something that must be seen at least once, or the run proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// As the scenario calls it.
    pub name: String,
    /// What it looks like.
    pub sighting: Sighting,
}

/// Items by where and when they came into being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// Of these mailboxes, ascending.
    pub mailboxes: Vec<MailboxIx>,
    /// Received or sent.
    pub workload: Workload,
    /// Born in this period.
    pub born: Period,
}

/// When a run is over. The jury knows the time only from entries: it stops at the first one at or
/// after the moment. A world that must stop sharp wakes at [`super::Jury::stop_at`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// At a moment.
    At(SimTime),
    /// When all items of a cohort are settled one way or another, no more can come, and some time
    /// has passed since.
    Drained {
        /// Which items.
        cohort: Cohort,
        /// How much time.
        settle: Duration,
    },
    /// When all items are settled one way or another, no load can make more, and some time has
    /// passed since.
    Settled {
        /// The last moment at which any load makes an item.
        load_ends: SimTime,
        /// How much time.
        settle: Duration,
    },
}

/// An order to kill the engine, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrashOrder {
    /// At the nth time, counted from 1 ...
    pub nth: u64,
    /// ... that this is seen: always something of the engine's ...
    pub sighting: Sighting,
    /// ... in this period.
    pub period: Period,
    /// How long it stays dead.
    pub restart_after: Duration,
}

/// All that a run is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Who takes part.
    pub roster: Roster,
    /// The invariants to watch; normally [`Invariant::ALL`].
    pub always: Vec<Invariant>,
    /// What must be seen.
    pub sometimes: Vec<Probe>,
    /// What must hold of the metrics.
    pub expectations: Vec<Expectation>,
    /// When the run is over.
    pub stop: Stop,
    /// When the engine is killed.
    pub crashes: Vec<CrashOrder>,
    /// Whether users ask for email to be tracked, so that items are told apart for it.
    pub tracking: bool,
}
