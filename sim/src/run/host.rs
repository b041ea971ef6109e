//! The engine as a host of a world: it can be started, killed at any event and started again, on
//! the same store, as a process on one database file could.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sync_engine::{
    ActSource, BoxFuture, Engine, EngineConfig, Event, Observer, Random, Services, Settings, Store,
};

use crate::log::{Entry, SharedLog, Wish};
use crate::random::stream;
use crate::run::act::Declared;
use crate::run::compute::Processors;
use crate::run::customizations::Registered;
use crate::run::stamp::Stamp;
use crate::scenario::Scenario;
use crate::world::{EngineHost, Seams};

/// What the engine's host is made of, apart from the world's seams.
pub(super) struct Setup {
    /// Mailboxes, server profiles, limits.
    pub(super) config: EngineConfig,
    /// The organisation's database: what every life of the engine opens.
    pub(super) store: Store,
    /// The run's seed.
    pub(super) seed: u64,
    /// The run's log.
    pub(super) log: SharedLog,
    /// Its machine, the customer's own code, and the mailboxes' activity.
    pub(super) scenario: Arc<Scenario>,
}

/// The engine's machine.
pub(super) struct Host {
    setup: Setup,
    process: Arc<Process>,
    lives: AtomicU64,
    /// The other side of appointments, contacts and tasks: it outlives the engine's crashes.
    act: OnceLock<Arc<Declared>>,
}

/// The process that runs there now, if any.
#[derive(Default)]
struct Process {
    alive: AtomicBool,
    store: Mutex<Option<Store>>,
}

impl Process {
    fn kill(&self) {
        self.alive.store(false, Ordering::Relaxed);
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(store) = store {
            store.close();
        }
    }
}

impl Host {
    /// A machine on which nothing runs yet.
    #[must_use]
    pub(super) fn new(setup: Setup) -> Self {
        Self { setup, process: Arc::default(), lives: AtomicU64::new(0), act: OnceLock::new() }
    }

    fn services(&self, seams: &Seams, process: &Arc<Process>, life: u64) -> Services {
        let setup = &self.setup;
        let stamp =
            Stamp::new(setup.scenario.run.start, Arc::clone(&seams.clock), setup.log.clone());
        let machine = &setup.scenario.engine;
        let customizations = Registered::new(
            setup.scenario.customizations.clone(),
            machine.asynchronous_workers as usize,
            stream(setup.seed, &format!("customizations/{life}")),
            stamp.clone(),
        );
        let act = self.act.get_or_init(|| {
            Arc::new(Declared::new(&setup.scenario.mailboxes, setup.seed, stamp.clone()))
        });
        Services {
            connector: Arc::clone(&seams.connector),
            clock: Arc::clone(&seams.clock),
            spawner: Arc::clone(&seams.spawner),
            random: Arc::new(Random::seeded(setup.seed ^ life.rotate_left(48))),
            observer: Arc::new(Listener { stamp: stamp.clone(), process: Arc::clone(process) }),
            compute: Arc::new(Processors::new(machine.processors as usize, machine.cost)),
            customizations: Arc::new(customizations),
            act: Arc::clone(act) as Arc<dyn ActSource>,
        }
    }
}

impl EngineHost for Host {
    fn start(&self, seams: Seams) -> BoxFuture<'static, ()> {
        let life = self.lives.fetch_add(1, Ordering::Relaxed);
        let store = self.setup.store.new_handle();
        *self.process.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store.clone());
        self.process.alive.store(true, Ordering::Relaxed);
        let services = self.services(&seams, &self.process, life);
        let mut config = self.setup.config.clone();
        if life > 0 {
            let content_retention = config.settings.content_retention;
            let restarted = &self.setup.scenario.engine.restarted;
            config.settings = Settings { content_retention, ..restarted.settings.clone() };
            for mailbox in &restarted.enabled {
                config.mailboxes[mailbox.0 as usize].enabled_at = seams.clock.now();
            }
        }
        let process = Arc::clone(&self.process);
        Box::pin(async move {
            let engine = match Engine::new(config, store, services) {
                Ok(engine) => engine,
                Err(error) => {
                    unreachable!("the scenario layer lets no such set-up through: {error}")
                }
            };
            if let Err(error) = engine.run().await {
                // A killed process has lost its store; it says so to nobody.
                assert!(!process.alive.load(Ordering::Relaxed), "the engine gave up: {error}");
            }
        })
    }

    fn kill(&self) {
        self.process.kill();
    }

    fn is_alive(&self) -> bool {
        self.process.alive.load(Ordering::Relaxed)
    }
}

/// Writes the engine's events to the log, and kills the process where the log says so.
struct Listener {
    stamp: Stamp,
    process: Arc<Process>,
}

impl Observer for Listener {
    fn event(&self, event: Event) {
        if !self.process.alive.load(Ordering::Relaxed) {
            return;
        }
        if let Wish::KillEngine { .. } = self.stamp.record(&Entry::Engine { event }) {
            self.process.kill();
        }
    }
}
