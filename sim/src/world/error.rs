//! Why a world refuses to play.

use std::time::Duration;

/// A play that no world can perform, or a machine that cannot run one.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Timers count whole milliseconds, so a shorter latency would silently become a longer one.
    #[error(
        "link to {server}: a latency of {latency:?} is below 1 ms, the resolution of the timers"
    )]
    LatencyTooShort {
        /// The server at the other end.
        server: String,
        /// What was asked for.
        latency: Duration,
    },
    /// Nothing would ever arrive.
    #[error("link to {server}: a bandwidth of 0 octets per second lets nothing through")]
    NoBandwidth {
        /// The server at the other end.
        server: String,
    },
    /// A chance that is none.
    #[error("link to {server}: a chance of loss must be from 0 to 1, not {chance}")]
    ChanceOutOfRange {
        /// The server at the other end.
        server: String,
        /// What was asked for.
        chance: f64,
    },
    /// Two servers listen at one place.
    #[error("two servers listen at {name}:{port}")]
    SameEndpoint {
        /// The host name.
        name: String,
        /// The port.
        port: u16,
    },
    /// More servers than a run can tell apart.
    #[error("{servers} servers are too many: 65,535 is the most")]
    TooManyServers {
        /// How many there are.
        servers: usize,
    },
    /// The script speaks of a server that is not there.
    #[error("the script names server {host}, but there are only {servers}")]
    UnknownServer {
        /// Its place, from 0.
        host: u16,
        /// How many there are.
        servers: usize,
    },
    /// Turmoil moves messages at ticks only, so another latency would silently be rounded.
    #[error("link to {server}: a tick of {tick:?} does not divide the latency of {latency:?}")]
    TickDoesNotDivide {
        /// The server at the other end.
        server: String,
        /// The tick of the turmoil world.
        tick: Duration,
        /// The latency of the link.
        latency: Duration,
    },
    /// A tick that moves time by less than the timers can tell.
    #[error("a tick of {tick:?} is below 1 ms, the resolution of the timers")]
    TickTooShort {
        /// The tick of the turmoil world.
        tick: Duration,
    },
    /// Turmoil gave up.
    #[error("turmoil: {0}")]
    Turmoil(String),
    /// The machine cannot run it.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[from] std::io::Error),
}
