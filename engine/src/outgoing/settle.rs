//! What a transaction means for the record: one commit, and then the events that tell of it.

use jiff::Timestamp;

use super::transaction::{Ended, Rest};
use crate::email::{AttemptOutcome, RecipientState};
use crate::store::outgoing::{self, Attempt, Ending, Next};
use crate::store::{AlertScope, Severity, Transaction, alerts, emails};
use crate::{ContentRetention, CycleContext, Event, Reason, StoreError, Workload};

/// What the session has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) sent: bool,
    /// The rest of the recipients go in another transaction now.
    pub(crate) again_now: bool,
}

/// Commits the end of an attempt and tells of it.
///
/// # Errors
/// The store's.
pub(super) fn settle(
    ctx: &CycleContext,
    attempt: &Attempt,
    ended: &Ended,
) -> Result<Settled, StoreError> {
    settle_with(ctx, attempt, ended, |_, _| Ok(()))
}

/// The same, and in the same commit whatever else follows from what the email becomes.
///
/// # Errors
/// The store's.
pub(crate) fn settle_with(
    ctx: &CycleContext,
    attempt: &Attempt,
    ended: &Ended,
    also: impl FnOnce(&Transaction<'_>, Next) -> Result<(), StoreError>,
) -> Result<Settled, StoreError> {
    let now = ctx.services.clock.now();
    let ending = conclude(ctx, attempt, ended, now);
    ctx.store.transaction(|tx| {
        settle_recipients(tx, attempt, ended, ending)?;
        also(tx, ending.next)?;
        outgoing::end(tx, attempt.email, attempt.number, now, ending)?;
        match ending.next {
            Next::Sent if ctx.config.settings.content_retention == ContentRetention::HashOnly => {
                emails::forget_raw(tx, attempt.email)
            }
            Next::Failed => {
                let reason = ending.reason.unwrap_or(Reason::Refused);
                let scope = AlertScope::Email(attempt.email);
                alerts::raise(tx, now, Severity::Error, scope, reason, &ended.words)
            }
            Next::Sent | Next::Again { .. } => Ok(()),
        }
    })?;
    tell(ctx, attempt, ended, ending);
    let sent = ending.next == Next::Sent;
    if sent {
        ctx.services.customizations.queue_asynchronous(ctx.mailbox, Workload::Outgoing);
    }
    let waits = matches!(ending.next, Next::Again { .. });
    Ok(Settled { sent, again_now: waits && ended.rest == Rest::AtOnce })
}

/// Recipients that are left over when these are settled.
fn left_over<'a>(attempt: &'a Attempt, ended: &'a Ended) -> impl Iterator<Item = u32> + 'a {
    attempt.open.iter().map(|recipient| recipient.position).filter(|position| {
        !ended.accepted.contains(position) && !ended.refused.iter().any(|(r, _)| r == position)
    })
}

fn conclude(ctx: &CycleContext, attempt: &Attempt, ended: &Ended, now: Timestamp) -> Ending {
    let settings = &ctx.config.settings;
    let taken = attempt.accepted_before || !ended.accepted.is_empty();
    let finish = |refusal: Reason| {
        if taken {
            Ending { outcome: AttemptOutcome::Sent, reason: None, next: Next::Sent }
        } else {
            let reason = Some(refusal);
            Ending { outcome: AttemptOutcome::Failed, reason, next: Next::Failed }
        }
    };
    if left_over(attempt, ended).next().is_none() {
        return finish(Reason::RecipientRefused);
    }
    let (outcome, reason, wait, counts) = match ended.rest {
        Rest::Refused(reason) => return finish(reason),
        Rest::AtOnce => {
            let next = Next::Again { due: now, counts: false };
            let reason = Some(Reason::Refused);
            return Ending { outcome: AttemptOutcome::Deferred, reason, next };
        }
        Rest::Later { reason, wait, counts } => (AttemptOutcome::Deferred, reason, wait, counts),
        Rest::Unknown => {
            let wait = settings.sending_emails_retry_interval;
            (AttemptOutcome::Unknown, Reason::OutcomeUnknown, wait, true)
        }
    };
    let exhausted = counts && attempt.counted >= settings.maximum_email_delivery_attempts;
    if exhausted {
        let reason = Some(Reason::AttemptsExhausted);
        return Ending { outcome, reason, next: Next::Failed };
    }
    Ending { outcome, reason: Some(reason), next: Next::Again { due: now + wait, counts } }
}

fn settle_recipients(
    tx: &Transaction<'_>,
    attempt: &Attempt,
    ended: &Ended,
    ending: Ending,
) -> Result<(), StoreError> {
    for &position in &ended.accepted {
        let state = RecipientState::Accepted;
        outgoing::settle_recipient(tx, attempt.email, position, state, None)?;
    }
    let refuse = |position, reason| {
        let state = RecipientState::Refused;
        outgoing::settle_recipient(tx, attempt.email, position, state, Some(reason))
    };
    for &(position, reason) in &ended.refused {
        refuse(position, reason)?;
    }
    if let (Rest::Refused(reason), false) = (ended.rest, matches!(ending.next, Next::Again { .. }))
    {
        for position in left_over(attempt, ended) {
            refuse(position, reason)?;
        }
    }
    Ok(())
}

fn tell(ctx: &CycleContext, attempt: &Attempt, ended: &Ended, ending: Ending) {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let Attempt { email, message, .. } = *attempt;
    for &(_, reason) in &ended.refused {
        ctx.emit(Event::RecipientRefused { cycle, mailbox, email, reason });
    }
    let unknown = ended.rest == Rest::Unknown;
    if unknown {
        ctx.emit(Event::SendOutcomeUnknown { mailbox, email, message });
    }
    let reason = ending.reason.unwrap_or(Reason::Refused);
    match ending.next {
        Next::Sent => {
            let recipients = u32::try_from(ended.accepted.len()).unwrap_or(u32::MAX);
            ctx.emit(Event::EmailSent { cycle, mailbox, email, message, recipients });
        }
        Next::Failed => ctx.emit(Event::EmailFailed { cycle, mailbox, email, message, reason }),
        Next::Again { .. } if unknown => {}
        Next::Again { due: until, .. } => {
            ctx.emit(Event::SendDeferred { cycle, mailbox, email, until, reason });
        }
    }
}
