//! What becomes of one fetched message: a record, a record that was there already, or a failure
//! that is counted and at last set aside.

use super::super::requests::Fetched;
use super::tracking::{self, Told};
use crate::email::{Kept, is_parsable};
use crate::store::emails::{self, Received};
use crate::store::exchange::{self, FolderKey, ItemState, OpenItem};
use crate::store::{AlertScope, Severity, alerts, incoming};
use crate::{ContentHash, CycleContext, Event, Reason, Step, StoreError, Workload};

/// What became of a message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivered {
    /// A new record.
    Stored,
    /// The store has it already: it was moved, or the folder was listed anew.
    Known,
    /// It failed.
    Failed {
        /// For the last time.
        set_aside: bool,
    },
}

/// Takes in one message: the record, the item it came as and what it is linked to are one commit,
/// and everything that can go wrong with the message goes wrong before it.
///
/// # Errors
/// The store's only; whatever is wrong with the message is [`Delivered::Failed`].
pub(super) async fn deliver(
    ctx: &CycleContext,
    key: FolderKey,
    failing: &Failing,
    fetched: &Fetched,
) -> Result<Delivered, StoreError> {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let raw = fetched.mime.as_slice();
    let content = ContentHash::of(raw);
    let known = ctx.store.read(|reader| emails::received_with(reader, mailbox, content))?;
    if let Some(email) = known {
        let told = ctx.store.transaction(|tx| {
            exchange::set(tx, mailbox, &failing.item, ItemState::Stored(email))?;
            tracking::on_arrival(tx, ctx, key, &failing.item, email, raw)
        })?;
        ctx.emit(Event::EmailAlreadyStored { cycle, mailbox, email, content });
        Told::tell(told, ctx);
        return Ok(Delivered::Known);
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
        return Ok(Delivered::Failed { set_aside: failing.record(ctx, reason, Some(raw))? });
    }
    store(ctx, key, failing, content, raw)?;
    Ok(Delivered::Stored)
}

fn store(
    ctx: &CycleContext,
    key: FolderKey,
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
    let (email, told) = ctx.store.transaction(|tx| {
        let email = emails::insert_received(tx, &received)?;
        if failing.times > 0 {
            incoming::drop_kept(tx, mailbox, content)?;
        }
        exchange::set(tx, mailbox, &failing.item, ItemState::Stored(email))?;
        let told = tracking::on_arrival(tx, ctx, key, &failing.item, email, raw)?;
        Ok((email, told))
    })?;
    ctx.emit(Event::EmailStored { cycle, mailbox, email, content, bytes });
    if reduced {
        ctx.emit(Event::AttachmentsDropped { cycle, mailbox, email });
    }
    Told::tell(told, ctx);
    ctx.services.customizations.queue_asynchronous(mailbox, Workload::Incoming);
    Ok(())
}

/// How an item has failed so far.
pub(super) struct Failing {
    pub(super) item: String,
    times: u32,
}

impl Failing {
    pub(super) fn of(item: &OpenItem) -> Self {
        Self { item: item.item.clone(), times: item.state.failures() }
    }

    /// Records that a request failed without an answer. Nobody knows what was to blame, so it is
    /// counted; the first time the item keeps its place, because one bad moment of the network
    /// must not mix up a mailbox, and from the second on it goes last, because it must not hold
    /// up the others for ever. Items that were asked for together are not accused together: they
    /// only go alone from now on. Says whether it was the last time.
    pub(super) fn interrupted(
        &self,
        ctx: &CycleContext,
        reason: Reason,
        with_others: bool,
    ) -> Result<bool, StoreError> {
        if with_others {
            let state = ItemState::Interrupted;
            ctx.store.transaction(|tx| exchange::set(tx, ctx.mailbox, &self.item, state))?;
            return Ok(false);
        }
        self.count(ctx, reason, None, ItemState::Interrupted)
    }

    /// Records one more failure and tells of it; sets the item aside when it was the last, and
    /// says so. The bytes are kept then, when they arrived, and those of an unparsable message at
    /// once: they are all there is to look into.
    pub(super) fn record(
        &self,
        ctx: &CycleContext,
        reason: Reason,
        arrived: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        self.count(ctx, reason, arrived, ItemState::Failing(1))
    }

    fn count(
        &self,
        ctx: &CycleContext,
        reason: Reason,
        arrived: Option<&[u8]>,
        first: ItemState,
    ) -> Result<bool, StoreError> {
        let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
        let attempt = self.times.saturating_add(1);
        let last = attempt >= ctx.config.settings.item_attempts;
        let state = match attempt {
            _ if last => ItemState::SetAside(attempt),
            1 => first,
            _ => ItemState::Failing(attempt),
        };
        let now = ctx.services.clock.now();
        ctx.store.transaction(|tx| {
            exchange::set(tx, mailbox, &self.item, state)?;
            if let Some(raw) = arrived
                && (last || reason == Reason::Unparsable)
            {
                incoming::keep(tx, mailbox, raw, reason, now)?;
            }
            if last {
                let scope = AlertScope::Mailbox(mailbox, Workload::Incoming);
                let text = format!("item {} was set aside after {attempt} tries", self.item);
                alerts::raise(tx, now, Severity::Information, scope, reason, &text)?;
            }
            Ok(())
        })?;
        let content = arrived.map(ContentHash::of);
        ctx.emit(if last {
            Event::ItemSetAside { cycle, mailbox, content, reason }
        } else {
            Event::ItemFailed { cycle, mailbox, content, attempt, reason }
        });
        Ok(last)
    }
}
