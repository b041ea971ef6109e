//! Following a folder: what the server says has changed becomes what the store has to do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use wire::ews::{FolderRef, ResponseCode};

use super::super::requests::{Change, Listed, Page};
use super::super::session::Session;
use super::tracking::{self, Told};
use crate::store::Transaction;
use crate::store::exchange::{self, FolderKey, ItemState, SeenItem};
use crate::{CycleContext, CycleError, ErrorClass, Event, Reason, StoreError};

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
            listing.take(&page)?;
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
    fn take(&mut self, page: &Page) -> Result<(), StoreError> {
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
        let tracks = self.ctx.config.settings.tracks_categories();
        self.ctx.store.transaction(|tx| {
            for change in &page.changes {
                match change {
                    Change::Present(listed) => {
                        *seen += 1;
                        let new = note(tx, self.ctx, key, listed, order(now, *seen))?;
                        if tracks && (!new || tracking::is_tracked(listed)) {
                            told.extend(tracking::by_category(tx, self.ctx, listed)?);
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

/// Notes a listed item, and says whether it is new. An item that was set aside is worth another try
/// when a person says that it is to be tracked (domain.md, section 6, incident 16).
fn note(
    tx: &Transaction<'_>,
    ctx: &CycleContext,
    key: FolderKey,
    listed: &Listed,
    seen: i64,
) -> Result<bool, StoreError> {
    let mailbox = ctx.mailbox;
    let item =
        SeenItem { item: &listed.item, received: listed.received, seen, bytes: listed.bytes };
    if exchange::note(tx, mailbox, key, &item)? {
        return Ok(true);
    }
    if ctx.config.settings.tracks_categories()
        && tracking::is_tracked(listed)
        && !tracking::is_undeliverable(listed)
        && let Some((_, ItemState::SetAside(_))) = exchange::state(tx, mailbox, &listed.item)?
    {
        exchange::set(tx, mailbox, &listed.item, ItemState::Seen)?;
    }
    Ok(false)
}

/// What was listed earlier comes first, over cycles as well.
fn order(now: Timestamp, seen: i64) -> i64 {
    (now.as_millisecond() << 20).saturating_add(seen)
}
