//! The engine's seams: everything it needs from the outside comes through these traits, so that
//! it reads no clock, environment, thread or random source of the machine by itself, and a world
//! can stand in for all of them without the engine noticing.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use rand_pcg::Pcg64Mcg;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Endpoint, Event, MailboxId, Workload};

/// A future behind a pointer, as the object-safe traits here return them.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Both directions of a connection.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// Opens connections. In production TCP with TLS; in a world the world's own.
pub trait Connector: Send + Sync {
    /// Opens a byte stream to a server.
    ///
    /// # Errors
    /// `ConnectionRefused` when nobody listens; any other error counts as a lost connection. The
    /// engine puts its own time-out around the call, so it may wait for ever.
    fn connect<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>>;
}

/// Calendar time. All *waiting* goes through `tokio::time`, which a world drives.
pub trait Clock: Send + Sync {
    /// Now, to the millisecond at least.
    fn now(&self) -> Timestamp;
}

/// Starts every task of the engine and of libraries under it, so that a world can kill a host
/// whole.
pub trait Spawner: Send + Sync {
    /// Runs a future to its end in the background, or until the host dies.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}

/// Receives the engine's events, in the order of their happening.
pub trait Observer: Send + Sync {
    /// One event. Must not block and must not call back into the engine.
    fn event(&self, event: Event);
}

/// A step of the engine's work that takes processor time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Open a connection and log in.
    Connect,
    /// Take in one incoming message: parse it, store it.
    Receive,
    /// Put out one message.
    Send,
    /// Synchronise one appointment, contact or task.
    SyncItem,
}

/// Charges the time of the engine's own work. In production the work itself takes its time and
/// this does nothing; in virtual time, where a processor costs nothing, the world spends the
/// declared cost here, out of a bounded pool of processors.
pub trait Compute: Send + Sync {
    /// The declared cost of a step; zero when it is free. Asked first, because a free step must
    /// not cost an allocation.
    fn cost(&self, step: Step) -> Duration;

    /// Waits for a processor, then for the cost to pass on it.
    fn spend(&self, cost: Duration) -> BoxFuture<'_, ()>;
}

/// A customization (plug-in or workflow) threw: the item it ran for fails (`IsvAborted`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("customization {name} threw")]
pub struct CustomizationError {
    /// Which.
    pub name: String,
}

/// The customer's own code in the flow of delivery.
pub trait Customizations: Send + Sync {
    /// Whether any synchronous customization is registered for this mailbox and workload. Asked
    /// first, because none is the common case and must cost nothing.
    fn has_synchronous(&self, mailbox: MailboxId, workload: Workload) -> bool;

    /// Runs the synchronous ones for one item, inside its delivery: the worker and the connection
    /// are held until they end.
    ///
    /// # Errors
    /// When one throws; the item then fails.
    fn run_synchronous(
        &self,
        mailbox: MailboxId,
        workload: Workload,
    ) -> BoxFuture<'_, Result<(), CustomizationError>>;

    /// Hands the asynchronous ones for one committed item to their own queue; returns at once.
    fn queue_asynchronous(&self, mailbox: MailboxId, workload: Workload);
}

/// What one cycle of appointments, contacts and tasks did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActResult {
    /// Items created, changed or deleted on either side.
    pub items: u32,
}

/// The other side of appointments, contacts and tasks. Email protocols have none (POP3 is email
/// only); an Exchange profile brings its own.
pub trait ActSource: Send + Sync {
    /// Exchanges what has changed since the last cycle.
    ///
    /// # Errors
    /// Classified as the cycle's error.
    fn synchronise(
        &self,
        mailbox: MailboxId,
    ) -> BoxFuture<'_, Result<ActResult, crate::CycleError>>;
}

/// A seeded random source shared by the engine's parts.
#[derive(Debug)]
pub struct Random(Mutex<Pcg64Mcg>);

impl Random {
    /// A source that yields the same numbers for the same seed, on every machine.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(Pcg64Mcg::new(
            (u128::from(seed) << 64) | u128::from(seed.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15),
        )))
    }

    /// The next 64 bits.
    pub fn next_u64(&self) -> u64 {
        use rand::RngCore;
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next_u64()
    }
}

/// All seams together, handed to [`crate::Engine::new`].
#[derive(Clone)]
pub struct Services {
    /// Opens connections.
    pub connector: Arc<dyn Connector>,
    /// Calendar time.
    pub clock: Arc<dyn Clock>,
    /// Starts tasks.
    pub spawner: Arc<dyn Spawner>,
    /// Random numbers.
    pub random: Arc<Random>,
    /// Receives events.
    pub observer: Arc<dyn Observer>,
    /// Charges processor time.
    pub compute: Arc<dyn Compute>,
    /// The customer's own code.
    pub customizations: Arc<dyn Customizations>,
    /// Appointments, contacts and tasks.
    pub act: Arc<dyn ActSource>,
}
