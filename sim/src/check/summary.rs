//! What is of interest in every run, whether anybody asked for it or not.

use super::expectation::Quantity;

/// How a duration was distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Samples.
    pub count: u64,
    /// The shortest.
    pub min: Quantity,
    /// The median.
    pub p50: Quantity,
    /// 95 of 100 are at most this.
    pub p95: Quantity,
    /// 99 of 100 are at most this.
    pub p99: Quantity,
    /// The longest.
    pub max: Quantity,
}

/// The numbers of one workload's schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// Cycles that ended.
    pub cycles: u64,
    /// From the end of a cycle to the start of the next.
    pub gap: Option<Spread>,
    /// From when a cycle was due to when it started.
    pub lateness: Option<Spread>,
}

/// The summary of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// In the order of [`sync_engine::Workload::ALL`].
    pub schedule: [Schedule; 3],
    /// Emails stored.
    pub received: u64,
    /// Emails the server took and the record says so.
    pub sent: u64,
    /// From arrival on the server to the commit in the store.
    pub delay_incoming: Option<Spread>,
    /// From Pending Send to Sent.
    pub delay_outgoing: Option<Spread>,
    /// The most emails at once in Pending Send or Sending.
    pub pending_send_peak: u64,
    /// The most emails at once on the servers that the store did not have.
    pub on_server_peak: u64,
    /// Sends put off and incoming items that failed and were to be tried again.
    pub retries: u64,
    /// Back-offs and postponements together, in milliseconds.
    pub back_off_ms: u64,
    /// The engine's most connections at once, by server host.
    pub connections_peak: Vec<u32>,
}
