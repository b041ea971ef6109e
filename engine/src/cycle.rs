//! The contract between the scheduler and the workloads: what a cycle is given and what it has to
//! say at its end. The scheduler knows nothing of protocols, the workloads nothing of schedules.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::http::Pools;
use crate::incoming::KnownServers;
use crate::schedule::holds::Holds;
use crate::{
    CustomizationError, CycleId, EngineConfig, ErrorClass, Event, MailboxId, Reason, Services,
    Step, Store, StoreError, Workload,
};

/// What a running cycle may use.
#[derive(Clone)]
pub struct CycleContext {
    /// The configuration.
    pub config: Arc<EngineConfig>,
    /// The store.
    pub store: Store,
    /// The seams.
    pub services: Services,
    /// This cycle.
    pub cycle: CycleId,
    /// Whose.
    pub mailbox: MailboxId,
    /// Of which workload.
    pub workload: Workload,
    /// What is known of POP3 servers for the life of this engine: one for all cycles.
    pub(crate) pop3: Arc<KnownServers>,
    /// HTTP connections kept for the life of this engine: one pool for all cycles.
    pub(crate) http: Arc<Pools>,
    /// Who was told to wait: one for all cycles.
    pub(crate) holds: Arc<Holds>,
}

impl CycleContext {
    /// Tells the observer.
    pub fn emit(&self, event: Event) {
        self.services.observer.event(event);
    }

    /// Spends the declared cost of a step, if it has one.
    pub async fn spend(&self, step: Step) {
        let cost = self.services.compute.cost(step);
        if cost.is_zero() {
            return;
        }
        self.services.compute.spend(cost).await;
        self.emit(Event::CostSpent { mailbox: self.mailbox, workload: self.workload, cost });
    }

    /// Runs the synchronous customizations for one item, if there are any. The worker and the
    /// connection stay taken until they end (server-side-synchronization, "Incoming sync
    /// frequency").
    ///
    /// # Errors
    /// When one throws; the item then fails.
    pub async fn customize(&self) -> Result<(), CustomizationError> {
        let (mailbox, workload) = (self.mailbox, self.workload);
        let customizations = &self.services.customizations;
        if !customizations.has_synchronous(mailbox, workload) {
            return Ok(());
        }
        self.emit(Event::CustomizationStarted { mailbox, workload });
        let result = customizations.run_synchronous(mailbox, workload).await;
        self.emit(Event::CustomizationEnded { mailbox, workload, succeeded: result.is_ok() });
        result
    }
}

/// The pause a server has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackOff {
    /// No request of this mailbox and workload for this long, counted from now; on Exchange, none
    /// of this mailbox.
    For(Duration),
    /// No request of this mailbox and workload before this moment.
    Until(Timestamp),
}

/// An error that ended a cycle early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason:?}: {detail}")]
pub struct CycleError {
    /// Transient (postpone) or permanent (disable); never `Item`, which ends no cycle.
    pub class: ErrorClass,
    /// Why.
    pub reason: Reason,
    /// The server's own words, or what was being done, for the alert. At most 512 characters.
    pub detail: String,
    /// The pause the server asked for in its own words, to be obeyed exactly.
    pub back_off: Option<BackOff>,
}

impl CycleError {
    /// An error without a pause; a detail that is too long is cut.
    pub(crate) fn new(class: ErrorClass, reason: Reason, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if let Some((end, _)) = detail.char_indices().nth(512) {
            detail.truncate(end);
        }
        Self { class, reason, detail, back_off: None }
    }

    /// The same with a pause the server asked for.
    pub(crate) fn with_back_off(self, back_off: BackOff) -> Self {
        Self { back_off: Some(back_off), ..self }
    }
}

/// The store serves all mailboxes: none of them is to blame, and none is disabled at once.
impl From<StoreError> for CycleError {
    fn from(error: StoreError) -> Self {
        Self::new(ErrorClass::Transient, Reason::Internal, error.to_string())
    }
}

/// What a cycle reports at its end, from which the scheduler computes the next run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CycleReport {
    /// Items stored or sent; none at all makes the mailbox look idle.
    pub items: u32,
    /// The error that ended it early, if one did. What was done before it stays done.
    pub error: Option<CycleError>,
    /// There is more to do than one cycle may: run again without waiting the full interval.
    pub more: bool,
    /// The earliest moment at which an email that was put off may go, when that is before the
    /// next regular run.
    pub next_due: Option<Timestamp>,
    /// The server lets this mailbox and workload come back only then, though nothing went wrong
    /// (POP3 LOGIN-DELAY, RFC 2449 section 6.5).
    pub not_before: Option<Timestamp>,
}
