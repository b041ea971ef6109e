//! What was being sent when the last process ended.

use crate::email::{AttemptOutcome, AttemptPhase};
use crate::store::outgoing::{self, Ending, Next};
use crate::{EngineConfig, Event, Reason, Services, Store, StoreError};

/// Puts every email in Sending back to Pending Send, before anything is scheduled. One whose
/// bytes had not begun to leave is due at once. One whose bytes had may have been sent: that is
/// said, and it waits for `SendingEmailsRetryInterval` before it is tried again with the same
/// Message-ID (domain.md 1.7).
///
/// # Errors
/// The store's.
pub(crate) fn recover(
    store: &Store,
    config: &EngineConfig,
    services: &Services,
) -> Result<(), StoreError> {
    let now = services.clock.now();
    for stuck in store.read(outgoing::stuck)? {
        let unknown = stuck.phase == AttemptPhase::DataBegun;
        let ending = if unknown {
            let due = now + config.settings.sending_emails_retry_interval;
            Ending {
                outcome: AttemptOutcome::Unknown,
                reason: Some(Reason::OutcomeUnknown),
                next: Next::Again { due, counts: true },
            }
        } else {
            Ending {
                outcome: AttemptOutcome::Deferred,
                reason: None,
                next: Next::Again { due: now, counts: true },
            }
        };
        store.transaction(|tx| outgoing::end(tx, stuck.email, stuck.attempt, now, ending))?;
        if unknown {
            services.observer.event(Event::SendOutcomeUnknown {
                mailbox: stuck.mailbox,
                email: stuck.email,
                message: stuck.message,
            });
        }
    }
    Ok(())
}
