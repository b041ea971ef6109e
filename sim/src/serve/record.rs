//! The fold over the log of a served scenario: the ledger, and the lines of events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::hub::Hub;
use super::ledger::Ledger;
use super::line::line;
use super::names::Names;
use crate::log::{Entry, Fold, Wish};
use crate::time::SimTime;

/// Everything that is known of what has happened. Cheap to clone.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) names: Arc<Names>,
    pub(super) hub: Arc<Hub>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Record {
    /// An empty one.
    pub(super) fn new(names: Names) -> Self {
        Self { names: Arc::new(names), hub: Arc::default(), ledger: Arc::default() }
    }

    /// The ledger as of now. Not to be held while anything is recorded.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fold for Record {
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        self.ledger().see(entry, &self.names);
        self.hub.push(line(at, entry, &self.names));
        Wish::GoOn
    }
}
