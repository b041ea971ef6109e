//! What calls work on: everything of a served scenario that may be looked at or changed while it
//! goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fake_servers::store::{SharedStore, lock_store};
use fake_servers::{ItemIds, MailboxIx};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::answer::Refusal;
use super::faults::FaultBook;
use crate::log::{HostIx, SharedLog};
use crate::run::Servers;
use crate::scenario::Scenario;
use crate::serve::act::Order;
use crate::serve::endpoint::Endpoint;
use crate::serve::record::Record;
use crate::time::SimTime;
use crate::world::RunClock;

/// All of it.
pub(in crate::serve) struct Deck {
    pub(in crate::serve) scenario: Arc<Scenario>,
    pub(in crate::serve) seed: u64,
    pub(in crate::serve) speed: f64,
    pub(in crate::serve) clock: Arc<dyn RunClock>,
    pub(in crate::serve) record: Record,
    pub(in crate::serve) log: SharedLog,
    pub(in crate::serve) mail: SharedStore,
    pub(in crate::serve) items: ItemIds,
    pub(in crate::serve) servers: Servers,
    pub(in crate::serve) endpoints: Vec<Endpoint>,
    /// By server: whether its process runs.
    pub(in crate::serve) up: Vec<Arc<AtomicBool>>,
    /// To whoever makes acts happen.
    pub(in crate::serve) orders: mpsc::Sender<Order>,
    pub(in crate::serve) faults: Mutex<FaultBook>,
}

impl Deck {
    /// The scenario's time.
    pub(super) fn now(&self) -> SimTime {
        self.clock.sim_now()
    }

    /// The scenario's calendar at a moment.
    pub(super) fn calendar(&self, at: SimTime) -> Timestamp {
        self.scenario.run.start + at.since_start()
    }

    /// Whether a server's process runs.
    pub(super) fn is_up(&self, HostIx(host): HostIx) -> bool {
        self.up.get(usize::from(host)).is_some_and(|up| up.load(Ordering::Relaxed))
    }

    /// The mailbox with this address, or with this name in the scenario.
    pub(super) fn mailbox(&self, address: &str) -> Result<MailboxIx, Refusal> {
        let found = lock_store(&self.mail).by_address(address);
        let by_name = || {
            let place = self.scenario.mailboxes.iter().position(|one| one.name == address)?;
            u32::try_from(place).ok().map(MailboxIx)
        };
        found
            .or_else(by_name)
            .ok_or_else(|| Refusal::not_found(format!("there is no mailbox {address}")))
    }
}
