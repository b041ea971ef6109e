//! What a link between the engine and a server does to the bytes on it.

use std::time::Duration;

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

/// A way between the engine and a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the engine to the server.
    ToServer,
    /// From the server to the engine.
    ToEngine,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::ToServer => Self::ToEngine,
            Self::ToEngine => Self::ToServer,
        }
    }
}
