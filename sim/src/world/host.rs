//! The hosts of a run: the engine's, which can die and be started again, the servers', and the one
//! of all other clients.

use std::sync::Arc;

use fake_servers::Session;
use jiff::Timestamp;
use sync_engine::{BoxFuture, Clock, Connector, Spawner};

use super::Link;

/// The engine as a host: it can be started again and again on the same store.
pub trait EngineHost: Send + Sync {
    /// Starts one life of the engine's process. Dropping the future, and all tasks given to
    /// `spawner`, kills it.
    fn start(&self, seams: Seams) -> BoxFuture<'static, ()>;

    /// Called when the engine is killed, before its tasks are dropped: from here on its store
    /// handle refuses everything and its observer hears nothing, as if the process were gone.
    fn kill(&self);

    /// False from the moment of a kill (a world's or the log's own, see
    /// [`crate::log::Wish::KillEngine`]) until the next start. A world lets no byte of a dead
    /// engine out.
    fn is_alive(&self) -> bool;
}

/// A client beside the engine: starts its life, which nothing ends but the run's end.
pub type Bystander = Arc<dyn Fn(Seams) -> BoxFuture<'static, ()> + Send + Sync>;

/// What a world gives the engine, or a client beside it.
#[derive(Clone)]
pub struct Seams {
    /// Opens connections in this world.
    pub connector: Arc<dyn Connector>,
    /// This world's calendar.
    pub clock: Arc<dyn Clock>,
    /// Starts tasks that die with the host.
    pub spawner: Arc<dyn Spawner>,
}

/// One simulated server as a host.
pub struct ServerHost {
    /// Its host name.
    pub name: String,
    /// Its TCP port.
    pub port: u16,
    /// The link between the engine and it.
    pub link: Link,
    /// Makes the machine behind a new connection.
    pub accept: Arc<dyn Fn() -> Box<dyn Session> + Send + Sync>,
    /// Forgets what its process had in memory only, after that has died at this time.
    pub forget: Arc<dyn Fn(Timestamp) + Send + Sync>,
}
