//! Everything a world needs for one run, and how such a run ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Bystander, Cue, EngineHost, Load, ServerHost};
use crate::log::SharedLog;
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
    /// Clients beside the engine. They share the servers' links with it, not its fate.
    pub bystanders: Vec<Bystander>,
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

/// How a world came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The log asked to stop.
    Stopped,
    /// The deadline passed first.
    Deadline,
}
