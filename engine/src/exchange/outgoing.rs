//! The outgoing workload on Exchange: a draft is made, its id is committed, and the draft is sent.
//!
//! A draft can be sent once and is gone from Drafts when it was. So whatever a crash or a lost
//! answer leaves open can be looked up before anything is repeated, and nothing is ever sent twice:
//!
//! | what is known of the draft | then |
//! |---|---|
//! | nothing was asked for | make one |
//! | one was asked for, its id never came | look for its Message-ID in Drafts; make one if there is none |
//! | its id | look at it: still a draft, send it; gone or submitted, it was sent |

use std::time::Duration;

use super::refusal::{Refusal, Source};
use super::requests::{DraftId, DraftState, Recipients};
use super::session::Session;
use crate::outgoing::{Ended, Rest, settle_with};
use crate::store::Reader;
use crate::store::exchange::{self, Draft};
use crate::store::outgoing::{self, Attempt, Next};
use crate::{
    BackOff, CycleContext, CycleError, CycleReport, EmailId, ErrorClass, Event, Reason, ServerId,
    Step, StoreError,
};

/// Emails read from the store at once.
const BATCH: u32 = 30;

/// Runs one cycle.
pub(crate) async fn run(ctx: CycleContext, server: ServerId) -> CycleReport {
    let mut report = CycleReport::default();
    let mut session = Session::new(&ctx, server);
    if let Err(error) = cycle(&ctx, &mut session, &mut report).await {
        report.error = Some(error);
    }
    session.finish();
    report
}

async fn cycle(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let mut tidied = false;
    loop {
        let now = ctx.services.clock.now();
        let earliest = ctx.store.read(|reader| outgoing::earliest_due(reader, ctx.mailbox))?;
        if earliest.is_none_or(|due| due > now) {
            report.next_due = earliest;
            return drop_orphans(ctx, session).await;
        }
        let read = |reader: &Reader<'_>| outgoing::due(reader, ctx.mailbox, now, BATCH);
        for email in ctx.store.read(read)? {
            send(ctx, session, email, report).await?;
        }
        if !tidied {
            tidied = true;
            drop_orphans(ctx, session).await?;
        }
    }
}

/// One attempt at one email.
async fn send(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    email: EmailId,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let now = ctx.services.clock.now();
    let begun = ctx.store.transaction(|tx| {
        let Some(attempt) = outgoing::begin(tx, email, now)? else { return Ok(None) };
        let draft = exchange::draft(tx, email)?;
        if draft.is_none() {
            exchange::set_draft(tx, mailbox, email, &Draft::Asked)?;
        }
        Ok(Some((attempt, draft)))
    })?;
    // Canceled since the scan: nothing to send.
    let Some((attempt, draft)) = begun else { return Ok(()) };
    ctx.emit(Event::SendStarted { cycle, mailbox, email, attempt: attempt.number });
    ctx.spend(Step::Send).await;
    let (ended, draft_is_gone) = if ctx.customize().await.is_ok() {
        Sending { ctx, session, attempt: &attempt }.run(draft).await?
    } else {
        // Nothing was asked for in this attempt: what was known of the draft still holds.
        let words = "a customization threw";
        let ended = Ended::deferred(&ctx.config.settings, Reason::CustomizationFailed, words);
        (ended, draft.is_none())
    };
    let sent = settle(ctx, &attempt, &ended, draft_is_gone)?;
    report.items += u32::from(sent);
    ended.session.map_or(Ok(()), Err)
}

/// Commits the end of an attempt. The draft is forgotten with it when it is gone from the server,
/// or was never asked for.
fn settle(
    ctx: &CycleContext,
    attempt: &Attempt,
    ended: &Ended,
    draft_is_gone: bool,
) -> Result<bool, StoreError> {
    let settled = settle_with(ctx, attempt, ended, |tx, next| {
        if draft_is_gone || next == Next::Sent {
            exchange::drop_draft(tx, attempt.email)?;
        }
        Ok(())
    })?;
    Ok(settled.sent)
}

/// Drafts of email that failed or was taken back are of no more use. One whose id never came is
/// looked for: the server may have made it although its answer was lost.
async fn drop_orphans(ctx: &CycleContext, session: &mut Session<'_>) -> Result<(), CycleError> {
    for orphan in ctx.store.read(|reader| exchange::orphaned_drafts(reader, ctx.mailbox))? {
        let item = match orphan.draft {
            Draft::Made { item, .. } => Some(item),
            Draft::Asked => session.find_draft(&orphan.message_id).await?.map(|draft| draft.item),
        };
        if let Some(item) = item {
            match session.delete_draft(&item).await {
                Err(refusal) if refusal.class != ErrorClass::Item => return Err(refusal.into()),
                Ok(()) | Err(_) => {}
            }
        }
        ctx.store.transaction(|tx| exchange::drop_draft(tx, orphan.email))?;
    }
    Ok(())
}

struct Sending<'a, 'c> {
    ctx: &'a CycleContext,
    session: &'a mut Session<'c>,
    attempt: &'a Attempt,
}

/// How an attempt ended, and whether its draft is gone from the server.
type End = (Ended, bool);

impl Sending<'_, '_> {
    /// # Errors
    /// The store's; whatever the server does is in the result.
    async fn run(mut self, draft: Option<Draft>) -> Result<End, StoreError> {
        let (draft, looked_up) = match draft {
            Some(Draft::Made { item, .. }) => {
                match self.session.look_at_draft(&item).await {
                    Ok(DraftState::Draft(id)) => (id, true),
                    Ok(DraftState::Submitted) => return Ok(self.sent("the draft was submitted")),
                    Err(refusal) if refusal.is_missing() => {
                        return Ok(self.sent("the draft is gone: it was sent"));
                    }
                    // Any other trouble with looking leaves the draft where it is.
                    Err(refusal) => return Ok(self.put_off(refusal, false)),
                }
            }
            Some(Draft::Asked) => match self.session.find_draft(&self.attempt.message_id).await {
                Ok(Some(id)) => (id, false),
                Ok(None) => match self.make().await {
                    Ok(id) => (id, false),
                    Err(end) => return Ok(end),
                },
                Err(refusal) => return Ok(self.put_off(refusal, false)),
            },
            None => match self.make().await {
                Ok(id) => (id, false),
                Err(end) => return Ok(end),
            },
        };
        let (mailbox, email) = (self.ctx.mailbox, self.attempt.email);
        let made = Draft::Made { item: draft.item.clone(), change_key: draft.change_key.clone() };
        self.ctx.store.transaction(|tx| exchange::set_draft(tx, mailbox, email, &made))?;
        Ok(self.submit(&draft, looked_up).await)
    }

    /// `CreateItem`: nothing is sent yet.
    async fn make(&mut self) -> Result<DraftId, End> {
        let attempt = self.attempt;
        let recipients = Recipients::of(&attempt.raw, &attempt.open);
        match self.session.create_draft(&attempt.raw, recipients).await {
            Ok(id) => Ok(id),
            Err(refusal)
                if refusal.class == ErrorClass::Item && refusal.source == Source::Server =>
            {
                Err((refused(refusal), true))
            }
            // The message's bytes were on their way. A server that has just served another request
            // may have broken over them; of any other nobody can say so.
            Err(refusal) => {
                let blamed = refusal.source == Source::Silence && self.session.is_trusted();
                Err(self.put_off(refusal, blamed))
            }
        }
    }

    /// `SendItem`: from here on it may have been sent.
    async fn submit(&mut self, draft: &DraftId, looked_up: bool) -> End {
        let saves = self.ctx.config.settings.saves_sent_items();
        match self.session.send_draft(draft, saves).await {
            Ok(()) => self.sent("SendItem: NoError"),
            // An earlier request that nobody had an answer to has been served since the look.
            Err(refusal) if refusal.is_missing() && looked_up => self.sent(&refusal.detail),
            // Somebody else deleted it before it was sent.
            Err(refusal) if refusal.is_missing() => {
                let settings = &self.ctx.config.settings;
                (Ended::deferred(settings, Reason::Refused, refusal.detail), true)
            }
            Err(refusal)
                if refusal.class == ErrorClass::Item && refusal.source == Source::Server =>
            {
                // The draft is deleted with the orphans.
                (refused(refusal), false)
            }
            Err(refusal) => self.put_off(refusal, false),
        }
    }

    fn sent(&self, words: &str) -> End {
        let accepted = self.attempt.open.iter().map(|open| open.position).collect();
        let ended = Ended { accepted, ..Ended::new(Rest::AtOnce, words) };
        (ended, true)
    }

    /// The mailbox is put off as a whole, and its emails keep their order. But a request without
    /// an answer lets the others go first once, because its email may be to blame; if it is, the
    /// attempt counts.
    fn put_off(&self, refusal: Refusal, counts: bool) -> End {
        let settings = &self.ctx.config.settings;
        let wait = match (refusal.source, refusal.back_off) {
            (Source::Silence, _) => settings.pending_emails_retry_interval * 2,
            (_, Some(BackOff::For(wait))) => wait,
            (_, Some(BackOff::Until(_)) | None) => Duration::ZERO,
        };
        let rest = Rest::Later { reason: refusal.reason, wait, counts };
        let words = refusal.detail.clone();
        let ended = Ended { session: Some(refusal.into()), ..Ended::new(rest, words) };
        (ended, false)
    }
}

/// The message itself is refused for good.
fn refused(refusal: Refusal) -> Ended {
    Ended::new(Rest::Refused(refusal.reason), refusal.detail)
}
