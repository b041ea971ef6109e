//! The one event log: everything that happens in a run passes through it once, in order, and
//! everything that is ever said about a run is a fold over it. Nothing is kept here but the
//! rolling hash.

mod digest;
mod entry;
mod watcher;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fake_servers::ServerEvent;
use tokio::sync::Notify;

pub use digest::{Digest, Digester};
pub use entry::{Entry, HostIx, ShownEmail, WorldEvent};
pub use watcher::{Hindrance, Loss, WatcherEvent, WatcherIx};

use crate::time::SimTime;

/// What a fold wants of the world after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// Go on.
    GoOn,
    /// The engine's process must die right now: nothing it does after this event may take effect.
    KillEngine {
        /// How long it stays dead.
        restart_after: std::time::Duration,
    },
    /// The run is over.
    Stop,
}

/// Something derived from the stream of entries.
pub trait Fold: Send {
    /// Takes the next entry into account.
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish;
}

/// The log of one run, shared by the engine's observer, the servers' drivers and the world.
#[derive(Clone)]
pub struct SharedLog {
    inner: Arc<Mutex<Log>>,
    control: Arc<Control>,
}

struct Log {
    fold: Box<dyn Fold>,
    last: SimTime,
}

/// What the log has asked of the world and the world has not yet done.
#[derive(Default)]
struct Control {
    asked: Mutex<Asked>,
    changed: Notify,
}

#[derive(Default)]
struct Asked {
    stop: bool,
    kill: Option<std::time::Duration>,
}

impl SharedLog {
    /// A log that feeds one fold (which may be many).
    #[must_use]
    pub fn new(fold: Box<dyn Fold>) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Log { fold, last: SimTime::ZERO })),
            control: Arc::default(),
        }
    }

    /// Records an entry. Whoever records an engine event must, on [`Wish::KillEngine`], cut the
    /// engine off from its store and its observer before it returns.
    pub fn record(&self, at: SimTime, entry: &Entry) -> Wish {
        let wish = {
            let mut log = lock(&self.inner);
            log.last = at;
            log.fold.see(at, entry)
        };
        match wish {
            // It will leave at a time that nobody knew when the world last looked.
            Wish::GoOn if is_held_back(entry) => {}
            Wish::GoOn => return wish,
            Wish::Stop => lock(&self.control.asked).stop = true,
            Wish::KillEngine { restart_after } => {
                lock(&self.control.asked).kill = Some(restart_after);
            }
        }
        self.control.changed.notify_one();
        wish
    }

    /// The moment of the last entry.
    #[must_use]
    pub fn last(&self) -> SimTime {
        lock(&self.inner).last
    }

    /// Whether the run is over.
    #[must_use]
    pub fn stop_asked(&self) -> bool {
        lock(&self.control.asked).stop
    }

    /// Takes the order to kill the engine, if there is one: how long it stays dead.
    #[must_use]
    pub fn take_kill(&self) -> Option<std::time::Duration> {
        lock(&self.control.asked).kill.take()
    }

    /// Waits until [`Self::stop_asked`], [`Self::take_kill`] or the load may have something new to
    /// say.
    pub async fn changed(&self) {
        self.control.changed.notified().await;
    }
}

fn is_held_back(entry: &Entry) -> bool {
    matches!(entry, Entry::Server { event: ServerEvent::HeldBack { .. }, .. })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
