//! Where the ids of messages come from when several servers and a load make messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ItemId;

/// A shared source of item ids. Clones draw from the same source.
#[derive(Debug, Clone)]
pub struct ItemIds(Arc<AtomicU64>);

impl ItemIds {
    /// A source whose first id is this one.
    #[must_use]
    pub fn starting_at(first: ItemId) -> Self {
        Self(Arc::new(AtomicU64::new(first.0)))
    }

    /// An id that was never given out before.
    #[must_use]
    pub fn next_id(&self) -> ItemId {
        ItemId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}
