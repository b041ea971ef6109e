//! What goes wrong, and when.

use std::ops::RangeInclusive;
use std::time::Duration;

use fake_servers::{Effect, MailboxIx, Operation, Which};

use super::WindowIx;
use crate::log::HostIx;
use crate::scenario::Probe;
use crate::world::Direction;

/// A named fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Its name; also its stream's and its window's.
    pub name: String,
    /// While it may strike. An engine or server that crashes does so at the window's beginning.
    pub window: WindowIx,
    /// What it does.
    pub strike: Strike,
}

/// What a fault does, and to whom.
#[derive(Debug, Clone, PartialEq)]
pub enum Strike {
    /// A server answers requests otherwise than it should.
    Requests {
        /// Which server.
        server: HostIx,
        /// These operations; empty means all.
        operations: Vec<Operation>,
        /// Requests of these mailboxes, ascending; none means all, known or not yet known.
        mailboxes: Option<Vec<MailboxIx>>,
        /// Which of the requests that match so far.
        which: Which,
        /// What happens to them.
        effect: Effect,
    },
    /// Another client holds the maildrops' locks for the whole window.
    Lock {
        /// At which server.
        server: HostIx,
        /// Of which mailboxes, ascending.
        mailboxes: Vec<MailboxIx>,
    },
    /// Nothing gets through, in one direction or both.
    Partition {
        /// Between the engine and which servers.
        servers: Vec<HostIx>,
        /// Only this way; none is both.
        only: Option<Direction>,
    },
    /// Bytes are kept back for the length of the window.
    Hold {
        /// Between the engine and which servers.
        servers: Vec<HostIx>,
    },
    /// A server's process dies when the window opens.
    CrashServer {
        /// Which server.
        server: HostIx,
        /// How long it stays dead.
        restart_after: Duration,
    },
    /// The engine's process dies.
    CrashEngine {
        /// When.
        trigger: EngineTrigger,
        /// How long it stays dead.
        restart_after: Duration,
    },
    /// The engine's process dies at its nth event, in a run of its own for each n.
    CrashSweep {
        /// The ns.
        steps: RangeInclusive<u64>,
        /// How long it stays dead.
        restart_after: Duration,
    },
}

/// What kills the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineTrigger {
    /// The window opens.
    WindowOpens,
    /// The nth event of a kind while the window is open, counted from 1.
    Event {
        /// Of which kind: always one of the engine's.
        probe: Probe,
        /// Which of them.
        nth: u64,
    },
}
