//! Stand-ins for the seams, for this crate's own tests.

pub(crate) mod http;
pub(crate) mod network;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    ActResult, ActSource, BoxFuture, ByteStream, Clock, Compute, Connector, Credentials,
    CustomizationError, Customizations, CycleContext, CycleError, CycleId, Endpoint, EngineConfig,
    Event, ExchangeProfile, Mailbox, MailboxId, Observer, Protocol, Random, RecipientKind,
    ServerProfile, Services, Spawner, Step, Store, Workload,
};

/// When tests begin.
pub(crate) fn start() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

/// Calendar time that runs with tokio's.
pub(crate) struct TestClock(Instant);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        start() + self.0.elapsed()
    }
}

/// Tasks that can be killed together.
#[derive(Default)]
pub(crate) struct TestSpawner(Mutex<tokio::task::JoinSet<()>>);

impl TestSpawner {
    pub(crate) fn kill_all(&self) {
        self.0.lock().unwrap().abort_all();
    }
}

impl Spawner for TestSpawner {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.lock().unwrap().spawn(task);
    }
}

/// Keeps all events, with the milliseconds since the start of the test. Can kill the engine at
/// an event, as a world would: nothing it does from then on has any effect.
pub(crate) struct Recorder {
    began: Instant,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    events: Vec<(u64, Event)>,
    deaf: bool,
    kill: Option<(usize, Store)>,
}

impl Recorder {
    /// Once there are this many events, the handle is closed and nothing more is heard.
    pub(crate) fn kill_after(&self, events: usize, handle: Store) {
        self.heard.lock().unwrap().kill = Some((events, handle));
    }

    /// A new process is heard again.
    pub(crate) fn restart(&self) {
        let mut heard = self.heard.lock().unwrap();
        (heard.kill, heard.deaf) = (None, false);
    }
}

impl Observer for Recorder {
    fn event(&self, event: Event) {
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        let mut heard = self.heard.lock().unwrap();
        if heard.deaf {
            return;
        }
        heard.events.push((at, event));
        if let Some((events, handle)) = &heard.kill
            && heard.events.len() >= *events
        {
            handle.close();
            heard.deaf = true;
        }
    }
}

/// No network: every connection is refused.
pub(crate) struct NoNetwork;

impl Connector for NoNetwork {
    fn connect<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) })
    }
}

/// Work costs nothing.
pub(crate) struct Free;

impl Compute for Free {
    fn cost(&self, _step: Step) -> Duration {
        Duration::ZERO
    }

    fn spend(&self, cost: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(cost))
    }
}

/// A plug-in that throws for some mailboxes, and runs for a while.
#[derive(Default)]
pub(crate) struct Plugin {
    pub(crate) takes: Duration,
    pub(crate) throws_for: BTreeSet<MailboxId>,
    pub(crate) queued: Mutex<Vec<MailboxId>>,
}

impl Customizations for Plugin {
    fn has_synchronous(&self, mailbox: MailboxId, _workload: Workload) -> bool {
        !self.takes.is_zero() || self.throws_for.contains(&mailbox)
    }

    fn run_synchronous(
        &self,
        mailbox: MailboxId,
        _workload: Workload,
    ) -> BoxFuture<'_, Result<(), CustomizationError>> {
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            if self.throws_for.contains(&mailbox) {
                return Err(CustomizationError { name: "plug-in".into() });
            }
            Ok(())
        })
    }

    fn queue_asynchronous(&self, mailbox: MailboxId, _workload: Workload) {
        self.queued.lock().unwrap().push(mailbox);
    }
}

type Answer = Result<ActResult, CycleError>;

/// Appointments, contacts and tasks that take a while and end as the test says.
pub(crate) struct Act<F>(pub(crate) F);

impl<F: Fn(MailboxId) -> (Duration, Answer) + Send + Sync> ActSource for Act<F> {
    fn synchronise(&self, mailbox: MailboxId) -> BoxFuture<'_, Answer> {
        let (takes, answer) = self.0(mailbox);
        Box::pin(async move {
            tokio::time::sleep(takes).await;
            answer
        })
    }
}

/// Nothing to synchronise, at once.
pub(crate) fn quiet_act() -> Arc<dyn ActSource> {
    Arc::new(Act(|_| (Duration::ZERO, Ok(ActResult::default()))))
}

/// A mailbox with no workload yet.
pub(crate) fn mailbox(name: &str) -> Mailbox {
    Mailbox {
        address: format!("{name}@example.com"),
        user: name.into(),
        kind: RecipientKind::Mailbox,
        credentials: Credentials { user: name.into(), password: "secret".into() },
        incoming: None,
        outgoing: None,
        act: false,
        process_and_delete_emails: false,
        enabled_at: start(),
    }
}

/// A profile with the defaults its fields document.
pub(crate) fn profile(name: &str, protocol: Protocol) -> ServerProfile {
    ServerProfile {
        name: name.into(),
        protocol,
        endpoint: Endpoint { host: format!("{name}.example.com"), port: 110 },
        max_concurrent_connections: 10,
        request_timeout: Duration::from_mins(1),
        min_polling_interval: Duration::ZERO,
        messages_per_connection: 30,
        exchange: ExchangeProfile::default(),
    }
}

/// Everything an engine needs, and what a test looks at.
pub(crate) struct TestWorld {
    pub(crate) services: Services,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) spawner: Arc<TestSpawner>,
}

impl TestWorld {
    pub(crate) fn new(act: Arc<dyn ActSource>) -> Self {
        let recorder = Arc::new(Recorder { began: Instant::now(), heard: Mutex::default() });
        let spawner = Arc::new(TestSpawner::default());
        let services = Services {
            connector: Arc::new(NoNetwork),
            clock: Arc::new(TestClock::new()),
            spawner: Arc::clone(&spawner) as _,
            random: Arc::new(Random::seeded(1)),
            observer: Arc::clone(&recorder) as _,
            compute: Arc::new(Free),
            customizations: Arc::new(Plugin::default()),
            act,
        };
        Self { services, recorder, spawner }
    }

    /// What a cycle of the first mailbox is given, over a store of its own.
    pub(crate) fn context(&self, config: EngineConfig, workload: Workload) -> CycleContext {
        CycleContext {
            config: Arc::new(config),
            store: Store::in_memory().unwrap(),
            services: self.services.clone(),
            cycle: CycleId(0),
            mailbox: MailboxId(0),
            workload,
            pop3: Arc::default(),
            http: Arc::default(),
            holds: Arc::default(),
        }
    }

    /// What happened so far, and when.
    pub(crate) fn events(&self) -> Vec<(u64, Event)> {
        self.recorder.heard.lock().unwrap().events.clone()
    }
}

/// Runs something in time that passes only when everybody waits.
pub(crate) fn in_paused_time<F: Future>(work: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(work)
}
