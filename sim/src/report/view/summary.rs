//! The part of a result that is there whether anybody asked for it or not.

use indexmap::IndexMap;
use serde::Serialize;

use crate::check::{Beside, Schedule, Spread, Summary};
use crate::scenario::Scenario;

/// What is of interest in every run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryView {
    /// By workload.
    pub schedule: IndexMap<&'static str, ScheduleView>,
    /// Emails stored.
    pub received: u64,
    /// Emails the server took and the record says so.
    pub sent: u64,
    /// From arrival on the server to the commit in the store.
    pub delay_incoming: Option<SpreadView>,
    /// From Pending Send to Sent.
    pub delay_outgoing: Option<SpreadView>,
    /// The most emails at once in Pending Send or Sending.
    pub pending_send_peak: u64,
    /// The most emails at once on the servers that the store did not have.
    pub on_server_peak: u64,
    /// Sends put off and incoming items that were to be tried again.
    pub retries: u64,
    /// Back-offs and postponements together.
    pub back_off_ms: u64,
    /// The engine's most connections at once, by server.
    pub connections_peak: IndexMap<String, u32>,
    /// The clients beside the engine; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<BesideView>,
}

/// What all clients beside the engine lived through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BesideView {
    /// How many there are.
    pub clients: u64,
    /// Messages they were told of.
    pub notified: u64,
    /// Messages they found by listing what had changed.
    pub caught_up: u64,
    /// Subscriptions and connections they lost.
    pub lost: u64,
    /// The most streaming connections at once.
    pub streams_peak: u64,
}

impl BesideView {
    /// Together with those of other runs.
    #[must_use]
    pub fn and(self, others: Option<Self>) -> Self {
        let Some(others) = others else { return self };
        Self {
            clients: self.clients + others.clients,
            notified: self.notified + others.notified,
            caught_up: self.caught_up + others.caught_up,
            lost: self.lost + others.lost,
            streams_peak: self.streams_peak.max(others.streams_peak),
        }
    }
}

impl From<Beside> for BesideView {
    fn from(beside: Beside) -> Self {
        let Beside { clients, notified, caught_up, lost, streams_peak } = beside;
        Self { clients, notified, caught_up, lost, streams_peak }
    }
}

/// How one workload kept its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScheduleView {
    /// From the end of a cycle to the start of the next.
    pub gap: Option<SpreadView>,
    /// From when a cycle was due to when it started.
    pub lateness: Option<SpreadView>,
}

/// How a duration was distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SpreadView {
    /// Samples.
    pub count: u64,
    /// The shortest, in milliseconds as all that follow.
    pub min_ms: u64,
    /// The median.
    pub p50_ms: u64,
    /// 95 of 100 are at most this.
    pub p95_ms: u64,
    /// 99 of 100 are at most this.
    pub p99_ms: u64,
    /// The longest.
    pub max_ms: u64,
}

impl From<Spread> for SpreadView {
    fn from(spread: Spread) -> Self {
        Self {
            count: spread.count,
            min_ms: spread.min.number(),
            p50_ms: spread.p50.number(),
            p95_ms: spread.p95.number(),
            p99_ms: spread.p99.number(),
            max_ms: spread.max.number(),
        }
    }
}

impl From<Schedule> for ScheduleView {
    fn from(schedule: Schedule) -> Self {
        Self { gap: schedule.gap.map(Into::into), lateness: schedule.lateness.map(Into::into) }
    }
}

impl SummaryView {
    /// The same with the scenario's names.
    #[must_use]
    pub(super) fn new(summary: &Summary, scenario: &Scenario) -> Self {
        let workloads = sync_engine::Workload::ALL.map(sync_engine::Workload::name);
        let servers = scenario.servers.iter().map(|server| server.name.clone());
        Self {
            schedule: workloads.into_iter().zip(summary.schedule.map(Into::into)).collect(),
            received: summary.received,
            sent: summary.sent,
            delay_incoming: summary.delay_incoming.map(Into::into),
            delay_outgoing: summary.delay_outgoing.map(Into::into),
            pending_send_peak: summary.pending_send_peak,
            on_server_peak: summary.on_server_peak,
            retries: summary.retries,
            back_off_ms: summary.back_off_ms,
            connections_peak: servers.zip(summary.connections_peak.iter().copied()).collect(),
            beside: summary.beside.map(Into::into),
        }
    }
}
