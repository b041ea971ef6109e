//! What users and administrators do to Exchange mailboxes from elsewhere.

use fake_servers::MailboxIx;

use super::{Timing, WindowIx};

/// Something that happens to mailboxes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name; also its window's.
    pub name: String,
    /// To which mailboxes, ascending; all have an Exchange server.
    pub mailboxes: Vec<MailboxIx>,
    /// When.
    pub timing: Timing,
    /// What.
    pub deed: Deed,
    /// From the first time to the last.
    pub window: WindowIx,
}

/// What happens to a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Every synchronisation state given out so far is invalid.
    LoseSyncState,
    /// The server forgets all subscriptions.
    LoseSubscriptions,
    /// The newest messages are moved from the inbox to a folder under it.
    MoveMail {
        /// How many.
        newest: u32,
        /// To which folder, which is made if it is missing.
        to: String,
    },
    /// The newest messages of the inbox are deleted for good.
    DeleteMail {
        /// How many.
        newest: u32,
    },
    /// The newest messages of the inbox get a category.
    Categorize {
        /// How many.
        newest: u32,
        /// Which.
        category: String,
    },
    /// A category gets another name in the mailbox's list and on its items.
    RenameCategory {
        /// The name it has.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// A category is deleted from the mailbox's list.
    DeleteCategory(String),
    /// The application tracks a folder under the inbox, if the engine has seen it.
    TrackFolder(String),
    /// A folder is made under the inbox.
    CreateFolder(String),
    /// A folder under the inbox gets another name.
    RenameFolder {
        /// The name it has.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// A folder under the inbox is deleted with all that is in it.
    DeleteFolder(String),
    /// So many octets are put into a folder that nobody synchronises.
    Fill(u64),
    /// What was put there is deleted.
    Free,
}
