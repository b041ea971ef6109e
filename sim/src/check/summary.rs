//! What is of interest in every run, whether anybody asked for it or not.

use sync_engine::{Event, Workload};

use super::distribution::Distribution;
use super::expectation::Quantity;
use super::fact::{Fact, Fate};
use super::roster::{Roster, place};
use crate::log::{Entry, WatcherEvent};

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
    /// What the clients beside the engine lived through; none when there are no such clients.
    pub beside: Option<Beside>,
}

/// What all clients beside the engine lived through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
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

/// Gathers the summary as the run goes on.
#[derive(Debug)]
pub(super) struct Summarizer {
    gaps: [Distribution; 3],
    lateness: [Distribution; 3],
    delays: [Distribution; 2],
    waiting: [u64; 2],
    waiting_peak: [u64; 2],
    connections: Vec<u32>,
    streams: u64,
    summary: Summary,
}

impl Summarizer {
    pub(super) fn new(roster: &Roster) -> Self {
        let none = vec![0; roster.hosts.len()];
        let clients = roster.watchers.len() as u64;
        let beside = (clients > 0).then(|| Beside { clients, ..Beside::default() });
        Self {
            gaps: Default::default(),
            lateness: Default::default(),
            delays: Default::default(),
            waiting: [0; 2],
            waiting_peak: [0; 2],
            connections: none.clone(),
            streams: 0,
            summary: Summary { connections_peak: none, beside, ..Summary::default() },
        }
    }

    pub(super) fn see(&mut self, entry: &Entry, facts: &[Fact]) {
        if let Entry::Engine { event } = entry {
            let counted = match event {
                Event::EmailStored { .. } => &mut self.summary.received,
                Event::EmailSent { .. } => &mut self.summary.sent,
                Event::ItemFailed { .. } | Event::SendDeferred { .. } => &mut self.summary.retries,
                _ => return self.conclude(facts),
            };
            *counted += 1;
        }
        if let (Entry::Watcher { event, .. }, Some(beside)) = (entry, &mut self.summary.beside) {
            match event {
                WatcherEvent::Notified { .. } => beside.notified += 1,
                WatcherEvent::CaughtUp { items } => beside.caught_up += items.len() as u64,
                WatcherEvent::Lost { .. } => beside.lost += 1,
                _ => {}
            }
        }
        self.conclude(facts);
    }

    fn conclude(&mut self, facts: &[Fact]) {
        for fact in facts {
            match *fact {
                Fact::CycleStarted(start) => {
                    let lane = place(start.workload);
                    if let Some(gap) = start.gap {
                        self.gaps[lane].record(gap);
                    }
                    self.lateness[lane].record(start.lateness);
                }
                Fact::CycleEnded { postponed, .. } => {
                    self.summary.back_off_ms += postponed.unwrap_or(0);
                }
                Fact::BackOff { lasts, .. } => self.summary.back_off_ms += lasts,
                Fact::Opened { host, .. } => {
                    let host = usize::from(host.0);
                    self.connections[host] += 1;
                    let peak = &mut self.summary.connections_peak[host];
                    *peak = self.connections[host].max(*peak);
                }
                Fact::Closed { host, .. } => self.connections[usize::from(host.0)] -= 1,
                Fact::StreamOpened { .. } => {
                    self.streams += 1;
                    if let Some(beside) = &mut self.summary.beside {
                        beside.streams_peak = beside.streams_peak.max(self.streams);
                    }
                }
                Fact::StreamClosed { .. } => self.streams -= 1,
                Fact::Waits { workload, .. } => {
                    let way = way(workload);
                    self.waiting[way] += 1;
                    self.waiting_peak[way] = self.waiting[way].max(self.waiting_peak[way]);
                }
                Fact::WaitsNoMore { workload, .. } => self.waiting[way(workload)] -= 1,
                Fact::Settled(settled) if settled.fate == Fate::Transferred => {
                    self.delays[way(settled.workload)].record(settled.took);
                }
                _ => {}
            }
        }
    }

    pub(super) fn summary(&self, cycles: [u64; 3]) -> Summary {
        let schedule = [0, 1, 2].map(|lane| Schedule {
            cycles: cycles[lane],
            gap: self.gaps[lane].spread(),
            lateness: self.lateness[lane].spread(),
        });
        let [delay_incoming, delay_outgoing] = [0, 1].map(|way| self.delays[way].spread());
        let [on_server_peak, pending_send_peak] = self.waiting_peak;
        Summary {
            schedule,
            delay_incoming,
            delay_outgoing,
            pending_send_peak,
            on_server_peak,
            ..self.summary.clone()
        }
    }
}

/// In or out.
fn way(workload: Workload) -> usize {
    usize::from(workload == Workload::Outgoing)
}
