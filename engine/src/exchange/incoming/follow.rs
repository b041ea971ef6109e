//! Following a folder: what the server says has changed becomes what the store has to do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use wire::ews::{FolderRef, ResponseCode};

use super::super::requests::{Change, Listed, Page};
use super::super::session::Session;
use super::categories::Categories;
use super::tracking::{self, Told};
use crate::store::Transaction;
use crate::store::exchange::{self, FolderKey, ItemState, SeenItem};
use crate::{CycleContext, CycleError, ErrorClass, Event, MailboxId, Reason, StoreError};

/// Pages taken in one cycle: half a million changes. A server that never comes to an end must not
/// keep a worker for ever.
const MOST_PAGES: u32 = 1000;

/// Pages in a row that change nothing. A server that has nothing more says so at once.
const MOST_EMPTY_PAGES: u32 = 3;

/// Brings the store's list of a folder up to date. Says whether there are more changes than one
/// cycle takes.
pub(super) async fn follow(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    known: &mut Categories,
    key: FolderKey,
    folder: &FolderRef,
) -> Result<bool, CycleError> {
    let mailbox = ctx.mailbox;
    let mut state = ctx.store.read(|reader| exchange::sync_state(reader, mailbox, key))?;
    let mut listing = Listing { ctx, key, whole: state.is_none().then(BTreeSet::new), seen: 0 };
    let mut empty = 0;
    for _ in 0..MOST_PAGES {
        let page = match session.sync_items(folder, state.as_deref()).await {
            Ok(page) => page,
            Err(refusal)
                if refusal.code == Some(ResponseCode::ErrorInvalidSyncStateData)
                    && state.is_some() =>
            {
                ctx.store.transaction(|tx| exchange::drop_sync_state(tx, mailbox, key))?;
                ctx.emit(Event::SyncStateLost { cycle: ctx.cycle, mailbox });
                (state, listing.whole) = (None, Some(BTreeSet::new()));
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let moved = state.as_deref() != Some(page.state.as_str());
        empty = if page.changes.is_empty() { empty + 1 } else { 0 };
        if moved || !page.changes.is_empty() {
            known.judge(ctx, session, &page).await?;
            listing.take(&page, known)?;
        }
        if page.last {
            return Ok(false);
        }
        if !moved || empty > MOST_EMPTY_PAGES {
            let detail = "SyncFolderItems has more changes, and does not tell them";
            return Err(CycleError::new(ErrorClass::Transient, Reason::ProtocolViolation, detail));
        }
        state = Some(page.state);
    }
    Ok(true)
}

struct Listing<'c> {
    ctx: &'c CycleContext,
    key: FolderKey,
    /// Every item so far, when the folder is listed from its beginning.
    whole: Option<BTreeSet<String>>,
    /// How many so far: the order within one second.
    seen: i64,
}

impl Listing<'_> {
    /// Commits one page together with the place it leads to.
    fn take(&mut self, page: &Page, known: &Categories) -> Result<(), StoreError> {
        let (mailbox, key) = (self.ctx.mailbox, self.key);
        let now = self.ctx.services.clock.now();
        let mut told = Vec::new();
        if let Some(whole) = &mut self.whole {
            whole.extend(page.changes.iter().filter_map(|change| match change {
                Change::Present(listed) => Some(listed.item.clone()),
                Change::Gone(_) => None,
            }));
        }
        let (whole, seen) = (&self.whole, &mut self.seen);
        self.ctx.store.transaction(|tx| {
            for change in &page.changes {
                match change {
                    Change::Present(listed) => {
                        *seen += 1;
                        let marked = known.track(&listed.categories);
                        let new = note(tx, mailbox, key, listed, order(now, *seen))?;
                        if !new && marked && !known.give_up(&listed.categories) {
                            once_more(tx, mailbox, listed)?;
                        }
                        if known.on && (!new || marked) {
                            told.extend(tracking::by_category(tx, self.ctx, listed, marked)?);
                        }
                    }
                    Change::Gone(item) => exchange::forget(tx, mailbox, item)?,
                }
            }
            if page.last
                && let Some(whole) = whole
            {
                for item in exchange::items(tx, mailbox, key)? {
                    if !whole.contains(&item) {
                        exchange::forget(tx, mailbox, &item)?;
                    }
                }
            }
            exchange::set_sync_state(tx, mailbox, key, &page.state)
        })?;
        Told::tell(told, self.ctx);
        Ok(())
    }
}

/// Notes a listed item, and says whether it is new.
fn note(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    key: FolderKey,
    listed: &Listed,
    seen: i64,
) -> Result<bool, StoreError> {
    let item =
        SeenItem { item: &listed.item, received: listed.received, seen, bytes: listed.bytes };
    exchange::note(tx, mailbox, key, &item)
}

/// An item that was set aside is worth another try when a person says that it is to be tracked
/// (domain.md, section 6, incident 16).
fn once_more(tx: &Transaction<'_>, mailbox: MailboxId, listed: &Listed) -> Result<(), StoreError> {
    if let Some((_, ItemState::SetAside(_))) = exchange::state(tx, mailbox, &listed.item)? {
        exchange::set(tx, mailbox, &listed.item, ItemState::Seen)?;
    }
    Ok(())
}

/// What was listed earlier comes first, over cycles as well.
fn order(now: Timestamp, seen: i64) -> i64 {
    (now.as_millisecond() << 20).saturating_add(seen)
}
