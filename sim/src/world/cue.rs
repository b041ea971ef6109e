//! The script of a run: what happens to the network and to hosts, and when.

use super::Direction;
use crate::log::{HostIx, WorldEvent};
use crate::time::SimTime;

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

/// What the world reports of [`Change::Window`].
pub(crate) fn window_event(window: u16, open: bool) -> WorldEvent {
    if open { WorldEvent::WindowOpened { window } } else { WorldEvent::WindowClosed { window } }
}
