//! Time in the turmoil world: a host's own during a step, the simulation's between steps.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::time::SimTime;
use crate::world::RunClock;

/// The run's clock.
#[derive(Default)]
pub(super) struct StepClock {
    between: AtomicU64,
    stepping: AtomicBool,
}

impl StepClock {
    /// A step begins: hosts tell the time.
    pub(super) fn begin(&self) {
        self.stepping.store(true, Ordering::Relaxed);
    }

    /// A step is over, and the simulation has come this far.
    pub(super) fn end(&self, now: SimTime) {
        self.between.store(now.0, Ordering::Relaxed);
        self.stepping.store(false, Ordering::Relaxed);
    }
}

impl RunClock for StepClock {
    fn sim_now(&self) -> SimTime {
        // Outside a host turmoil's clock would be the machine's.
        let of_host = || turmoil::sim_elapsed().map(SimTime::from_duration);
        let stepping = self.stepping.load(Ordering::Relaxed);
        stepping
            .then(of_host)
            .flatten()
            .unwrap_or_else(|| SimTime(self.between.load(Ordering::Relaxed)))
    }
}
