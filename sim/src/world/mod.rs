//! Worlds: what gives a run its time, its network and its hosts. The same play runs in any of
//! them, and the verdict must be the same.

use std::sync::Arc;
use std::time::Duration;

use fake_servers::Session;
use jiff::Timestamp;
use sync_engine::{BoxFuture, Clock, Connector, Spawner};

use crate::log::{HostIx, SharedLog};
use crate::time::SimTime;

/// A play: everything a world needs to run one scenario with one seed once.
pub struct Play {
    /// Calendar time at the start.
    pub start: Timestamp,
    /// The run's seed; a world derives its own named streams from it (`link/…`).
    pub seed: u64,
    /// How the engine is started, at the beginning and after each crash.
    pub engine: Arc<dyn EngineHost>,
    /// The servers; [`HostIx`] is the place in this list.
    pub servers: Vec<ServerHost>,
    /// What happens to the network and to hosts, in order of time.
    pub script: Vec<Cue>,
    /// What users and strangers do: mail that arrives, mail that is sent.
    pub load: Box<dyn Load>,
    /// The run is stuck when it has not been stopped by then.
    pub deadline: SimTime,
    /// Where every event goes, and what says when to stop and when to kill the engine.
    pub log: SharedLog,
    /// The tick of the turmoil world; the virtual world has none.
    pub tick: Duration,
}

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

/// What a world gives the engine.
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
}

/// A link between the engine and one server, the same in both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// One way, at least 1 ms.
    pub latency: Duration,
    /// Added per chunk: drawn from `link/<server>`; order within a direction is kept.
    pub jitter: Jitter,
    /// Octets per second in each direction; `None` is unlimited.
    pub bandwidth: Option<u64>,
    /// What is lost on the way.
    pub loss: Loss,
}

/// How much a chunk's latency varies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Up to this much more, equally likely.
    Uniform(Duration),
    /// Half a normal distribution with this deviation, never above `max`.
    Normal {
        /// Standard deviation.
        deviation: Duration,
        /// The cap.
        max: Duration,
    },
    /// Exponential with this mean, never above `max`.
    Exponential {
        /// Mean.
        mean: Duration,
        /// The cap.
        max: Duration,
    },
}

/// What becomes of a lost chunk. TCP never loses bytes: it repeats them later or gives up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Nothing is lost.
    None,
    /// With this chance a chunk arrives later by a retransmission time-out (RFC 6298: 1 s, and
    /// twice that for each further loss of the same chunk).
    Delay {
        /// 0 to 1, for each chunk.
        chance: f64,
    },
    /// With this chance the connection is reset.
    Reset {
        /// 0 to 1, for each chunk.
        chance: f64,
    },
}

/// Which way a one-way fault lets nothing through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the engine to the server.
    ToServer,
    /// From the server to the engine.
    ToEngine,
}

/// A change of the world at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    /// When.
    pub at: SimTime,
    /// What.
    pub change: Change,
}

/// What can be changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Nothing gets through between the engine and this server; new connections hang. When it
    /// ends, what was under way is retransmitted.
    Partition(HostIx),
    /// The partition (of either kind) ends.
    Repair(HostIx),
    /// A partition in one direction.
    PartitionOneWay(HostIx, Direction),
    /// Bytes are kept back and let go, in order, at [`Change::Release`].
    Hold(HostIx),
    /// The end of a hold.
    Release(HostIx),
    /// The server's process dies: connections reset, new ones refused.
    CrashServer(HostIx),
    /// The server's process is back.
    StartServer(HostIx),
    /// The engine's process dies.
    CrashEngine,
    /// The engine's process is back.
    StartEngine,
    /// A named window opens or closes; the world only reports it.
    Window {
        /// Its place in the plan's list.
        window: u16,
        /// Opens or closes.
        open: bool,
    },
}

/// Users and strangers: arrivals and submissions, one after the other in time.
pub trait Load: Send {
    /// When something happens next; `None` when nothing ever will.
    fn next(&self) -> Option<SimTime>;

    /// Makes everything happen that is due at or before `now`, and reports it to the log.
    fn act(&mut self, now: SimTime);
}

/// How a world came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The log asked to stop.
    Stopped,
    /// The deadline passed first.
    Deadline,
}
