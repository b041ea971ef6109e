//! Clients beside the engine that hold streaming subscriptions.

use fake_servers::MailboxIx;

use super::{Period, WindowIx};

/// Clients of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// Its name; also its window's.
    pub name: String,
    /// Whose inboxes, ascending; all have an Exchange server.
    pub mailboxes: Vec<MailboxIx>,
    /// How many for each of them; at least one.
    pub clients: u32,
    /// While they are switched on.
    pub period: Period,
    /// `ConnectionTimeout`: 1 to 30 minutes.
    pub minutes: u8,
    /// The same as the period.
    pub window: WindowIx,
}
