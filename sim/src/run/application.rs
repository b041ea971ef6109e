//! The business application beside the engine: it puts emails in Pending Send through the engine's
//! own outbox. It is another process on the same database, so it outlives the engine's crashes.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sync_engine::{
    ActResult, ActSource, BoxFuture, ByteStream, Clock, Compute, Connector, CustomizationError,
    Customizations, CycleError, EmailId, Endpoint, EngineConfig, Event, MailboxId, NewEmail,
    Observer, Outbox, Random, Services, Spawner, Step, Store, SubmitError, Submitted, Workload,
};

use crate::log::{Entry, SharedLog};
use crate::time::SimTime;

/// The application's process.
pub(super) struct Application {
    outbox: Outbox,
    clock: Arc<HandClock>,
    /// What each user has sent, the newest last, where users take email back.
    sent: Option<Mutex<BTreeMap<MailboxId, Vec<EmailId>>>>,
}

impl Application {
    /// An application on the organisation's database.
    #[must_use]
    pub(super) fn new(
        config: Arc<EngineConfig>,
        store: Store,
        start: Timestamp,
        seed: u64,
        log: SharedLog,
    ) -> Self {
        let clock = Arc::new(HandClock { start, passed_ms: AtomicI64::new(0) });
        let reporter = Reporter { clock: Arc::clone(&clock), log };
        let services = Services {
            connector: Arc::new(Offline),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            spawner: Arc::new(Offline),
            random: Arc::new(Random::seeded(seed)),
            observer: Arc::new(reporter),
            compute: Arc::new(Offline),
            customizations: Arc::new(Offline),
            act: Arc::new(Offline),
        };
        Self { outbox: Outbox::new(config, store, services), clock, sent: None }
    }

    /// The same application, which remembers what was sent so that it can be taken back.
    #[must_use]
    pub(super) fn with_memory(self) -> Self {
        Self { sent: Some(Mutex::default()), ..self }
    }

    /// A user presses Send.
    ///
    /// # Errors
    /// As the outbox says; nothing was stored then.
    pub(super) fn submit(&self, at: SimTime, email: NewEmail) -> Result<Submitted, SubmitError> {
        self.clock.set(at);
        let mailbox = email.mailbox;
        let submitted = self.outbox.submit(email)?;
        if let Some(sent) = &self.sent {
            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.entry(mailbox).or_default().push(submitted.email);
        }
        Ok(submitted)
    }

    /// A user takes back so many of the newest emails that can be taken back. Says which.
    pub(super) fn take_back(&self, mailbox: MailboxId, newest: u32) -> Vec<EmailId> {
        let Some(sent) = &self.sent else { return Vec::new() };
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sent) = sent.get_mut(&mailbox) else { return Vec::new() };
        let can_be = |email: &&EmailId| self.outbox.cancel(**email).unwrap_or(false);
        let taken: Vec<EmailId> =
            sent.iter().rev().filter(can_be).take(newest as usize).copied().collect();
        sent.retain(|email| !taken.contains(email));
        taken
    }
}

/// A clock that whoever calls the application sets by hand.
struct HandClock {
    start: Timestamp,
    passed_ms: AtomicI64,
}

impl HandClock {
    fn set(&self, at: SimTime) {
        self.passed_ms.store(i64::try_from(at.0).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    fn sim_time(&self) -> SimTime {
        SimTime(self.passed_ms.load(Ordering::Relaxed).unsigned_abs())
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.start + self.sim_time().since_start()
    }
}

struct Reporter {
    clock: Arc<HandClock>,
    log: SharedLog,
}

impl Observer for Reporter {
    fn event(&self, event: Event) {
        self.log.record(self.clock.sim_time(), &Entry::Engine { event });
    }
}

/// The seams an outbox has no use for: the application talks to the database only.
struct Offline;

impl Connector for Offline {
    fn connect<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }
}

impl Spawner for Offline {
    fn spawn(&self, _: BoxFuture<'static, ()>) {
        unreachable!("an outbox starts no task")
    }
}

impl Compute for Offline {
    fn cost(&self, _: Step) -> Duration {
        Duration::ZERO
    }

    fn spend(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

impl Customizations for Offline {
    fn has_synchronous(&self, _: MailboxId, _: Workload) -> bool {
        false
    }

    fn run_synchronous(
        &self,
        _: MailboxId,
        _: Workload,
    ) -> BoxFuture<'_, Result<(), CustomizationError>> {
        Box::pin(async { Ok(()) })
    }

    fn queue_asynchronous(&self, _: MailboxId, _: Workload) {}
}

impl ActSource for Offline {
    fn synchronise(&self, _: MailboxId) -> BoxFuture<'_, Result<ActResult, CycleError>> {
        Box::pin(async { Ok(ActResult::default()) })
    }
}
