//! The end of a run whose length is given in time: a bell that rings then, so that the jury hears
//! an entry at that very moment and not at the next thing that happens to happen.

use crate::log::{Entry, SharedLog, WorldEvent};
use crate::time::SimTime;
use crate::world::Load;

/// Rings once.
pub(super) struct Bell {
    at: Option<SimTime>,
    log: SharedLog,
}

impl Bell {
    /// A bell that rings at a moment, or never.
    #[must_use]
    pub(super) fn new(at: Option<SimTime>, log: SharedLog) -> Self {
        Self { at, log }
    }
}

impl Load for Bell {
    fn next(&self) -> Option<SimTime> {
        self.at
    }

    fn act(&mut self, now: SimTime) {
        if self.at.take_if(|at| *at <= now).is_some() {
            self.log.record(now, &Entry::World { event: WorldEvent::TimeUp });
        }
    }
}
