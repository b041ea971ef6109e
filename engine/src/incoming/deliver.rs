//! What becomes of one fetched message: a record, a record that was there already, or a failure
//! that is counted and at last set aside.

use super::plan::{Identity, Plan, Work, content_key, place_key};
use crate::email::{Kept, is_parsable};
use crate::store::emails::{self, Received};
use crate::store::incoming::{self, ItemState};
use crate::store::{AlertScope, Severity, Transaction, alerts};
use crate::{ContentHash, CycleContext, Event, Reason, Step, StoreError, Workload};

/// What became of a message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivered {
    /// A new record.
    Stored,
    /// The store has it already; it may go from the server like a new one.
    Known,
    /// It failed, now or for good; it stays on the server.
    Failed,
}

/// Takes in one message: "item stored and cursor moved" is one commit, and everything that can
/// go wrong with the message goes wrong before it.
///
/// # Errors
/// The store's only; whatever is wrong with the message is [`Delivered::Failed`].
pub(super) async fn deliver(
    ctx: &CycleContext,
    plan: &Plan<'_>,
    work: Work<'_>,
    raw: &[u8],
) -> Result<Delivered, StoreError> {
    let content = ContentHash::of(raw);
    if known_already(ctx, work, content)? {
        return Ok(Delivered::Known);
    }
    let failing = Failing::of(plan, work, Some(content));
    if failing.set_aside {
        return Ok(Delivered::Failed);
    }
    ctx.spend(Step::Receive).await;
    let trouble = if !is_parsable(raw) {
        Some(Reason::Unparsable)
    } else if ctx.customize().await.is_err() {
        Some(Reason::CustomizationFailed)
    } else {
        None
    };
    if let Some(reason) = trouble {
        failing.record(ctx, reason, Some((content, raw)))?;
        return Ok(Delivered::Failed);
    }
    store(ctx, work, &failing, content, raw)?;
    Ok(Delivered::Stored)
}

/// A message whose content is stored already has only changed its UIDL, or is there twice.
fn known_already(
    ctx: &CycleContext,
    work: Work<'_>,
    content: ContentHash,
) -> Result<bool, StoreError> {
    let mailbox = ctx.mailbox;
    let known = ctx.store.read(|reader| emails::received_with(reader, mailbox, content))?;
    let Some(email) = known else { return Ok(false) };
    if let Identity::Uid(uid) = work.identity {
        ctx.store.transaction(|tx| incoming::set(tx, mailbox, uid, ItemState::Stored(email)))?;
    } else if work.failed > 0 {
        ctx.store.transaction(|tx| incoming::forget(tx, mailbox, &place_key(work.number)))?;
    }
    ctx.emit(Event::EmailAlreadyStored { cycle: ctx.cycle, mailbox, email, content });
    Ok(true)
}

fn store(
    ctx: &CycleContext,
    work: Work<'_>,
    failing: &Failing,
    content: ContentHash,
    raw: &[u8],
) -> Result<(), StoreError> {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let bytes = raw.len() as u64;
    let at = ctx.services.clock.now();
    let kept = Kept::of(raw, &ctx.config.settings);
    let reduced = kept.reduced;
    let received = Received { mailbox, content, bytes, at, raw: kept.raw.as_deref(), reduced };
    let email = ctx.store.transaction(|tx| {
        let email = emails::insert_received(tx, &received)?;
        failing.clear(tx, ctx, content)?;
        if let Identity::Uid(uid) = work.identity {
            incoming::set(tx, mailbox, uid, ItemState::Stored(email))?;
        }
        Ok(email)
    })?;
    ctx.emit(Event::EmailStored { cycle, mailbox, email, content, bytes });
    if reduced {
        ctx.emit(Event::AttachmentsDropped { cycle, mailbox, email });
    }
    ctx.services.customizations.queue_asynchronous(mailbox, Workload::Incoming);
    Ok(())
}

/// How a message has failed so far, and under which key that is known.
pub(super) struct Failing {
    key: String,
    times: u32,
    set_aside: bool,
    /// Under which other key it was counted while nothing better was known of it.
    former_key: Option<String>,
    /// Whether the key may set the message aside (see [`place_key`]).
    conclusive: bool,
}

impl Failing {
    pub(super) fn of(plan: &Plan<'_>, work: Work<'_>, content: Option<ContentHash>) -> Self {
        let times = work.failed;
        let set_aside = false;
        let former_key = (times > 0).then(|| place_key(work.number));
        match (work.identity, content) {
            (Identity::Uid(uid), _) => {
                let key = uid.to_owned();
                Self { key, times, set_aside, former_key: None, conclusive: true }
            }
            (Identity::Content, Some(content)) => {
                let key = content_key(content);
                let (times, set_aside) = match plan.known_unlisted(&key) {
                    Some(state) => (state.failures(), matches!(state, ItemState::SetAside(_))),
                    None => (0, false),
                };
                Self { key, times, set_aside, former_key, conclusive: true }
            }
            (Identity::Content, None) => {
                let key = place_key(work.number);
                Self { key, times, set_aside, former_key: None, conclusive: false }
            }
        }
    }

    /// Records that the connection failed under the message. Nobody knows which of the two was to
    /// blame, so it is counted; the first time it keeps its place, because one bad moment of the
    /// network must not mix up a mailbox, and from the second on it goes last, because it must not
    /// hold up the others for ever.
    pub(super) fn interrupted(&self, ctx: &CycleContext, reason: Reason) -> Result<(), StoreError> {
        self.count(ctx, reason, None, ItemState::Interrupted)
    }

    /// Records one more failure and tells of it; sets the message aside when it was the last.
    /// The bytes are kept then, when they arrived, and those of an unparsable message at once:
    /// they are all there is to look into.
    pub(super) fn record(
        &self,
        ctx: &CycleContext,
        reason: Reason,
        arrived: Option<(ContentHash, &[u8])>,
    ) -> Result<(), StoreError> {
        self.count(ctx, reason, arrived, ItemState::Failing(1))
    }

    fn count(
        &self,
        ctx: &CycleContext,
        reason: Reason,
        arrived: Option<(ContentHash, &[u8])>,
        first: ItemState,
    ) -> Result<(), StoreError> {
        let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
        let attempt = self.times.saturating_add(1);
        let last = self.conclusive && attempt >= ctx.config.settings.item_attempts;
        let state = match attempt {
            _ if last => ItemState::SetAside(attempt),
            1 => first,
            _ => ItemState::Failing(attempt),
        };
        let now = ctx.services.clock.now();
        ctx.store.transaction(|tx| {
            self.forget_former(tx, ctx)?;
            incoming::set(tx, mailbox, &self.key, state)?;
            if let Some((_, raw)) = arrived
                && (last || reason == Reason::Unparsable)
            {
                incoming::keep(tx, mailbox, raw, reason, now)?;
            }
            if last {
                let scope = AlertScope::Mailbox(mailbox, Workload::Incoming);
                let text = format!("message {} was set aside after {attempt} tries", self.key);
                alerts::raise(tx, now, Severity::Information, scope, reason, &text)?;
            }
            Ok(())
        })?;
        let content = arrived.map(|(content, _)| content);
        ctx.emit(if last {
            Event::ItemSetAside { cycle, mailbox, content, reason }
        } else {
            Event::ItemFailed { cycle, mailbox, content, attempt, reason }
        });
        Ok(())
    }

    /// Forgets the failures of a message that has become a record after all.
    fn clear(
        &self,
        tx: &Transaction<'_>,
        ctx: &CycleContext,
        content: ContentHash,
    ) -> Result<(), StoreError> {
        self.forget_former(tx, ctx)?;
        if self.times > 0 {
            incoming::forget(tx, ctx.mailbox, &self.key)?;
            incoming::drop_kept(tx, ctx.mailbox, content)?;
        }
        Ok(())
    }

    fn forget_former(&self, tx: &Transaction<'_>, ctx: &CycleContext) -> Result<(), StoreError> {
        match &self.former_key {
            Some(key) => incoming::forget(tx, ctx.mailbox, key),
            None => Ok(()),
        }
    }
}
