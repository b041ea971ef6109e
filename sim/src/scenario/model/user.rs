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
    /// The newest messages of a folder are moved to another.
    MoveMail {
        /// How many.
        newest: u32,
        /// From which folder; none is the inbox.
        from: Option<String>,
        /// To which folder, which is made under the inbox if it is missing.
        to: String,
    },
    /// The newest messages of the inbox are deleted for good.
    DeleteMail {
        /// How many.
        newest: u32,
    },
    /// The newest emails that wait to be sent are taken back in the application.
    TakeBack {
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
    /// The newest messages of the inbox lose their categories.
    Uncategorize {
        /// How many.
        newest: u32,
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
    /// The mailbox's list of categories is overwritten with what is no list.
    SpoilCategories,
    /// The application tracks folders under the inbox, as far as the engine has seen them.
    TrackFolder {
        /// Their names.
        names: Vec<String>,
        /// What their email is linked to.
        regarding: Option<String>,
    },
    /// The application deletes a folder's rule.
    UntrackFolder(String),
    /// The application changes what a folder's rule links to.
    LinkFolder {
        /// The folder's name.
        name: String,
        /// To what; none removes the link.
        regarding: Option<String>,
    },
    /// Email that is linked to one thing is linked to another by hand.
    LinkMail {
        /// What it is linked to.
        from: String,
        /// What it is linked to then.
        to: String,
    },
    /// The app in Outlook asks for the newest messages of a folder to be tracked.
    RequestTracking {
        /// How many.
        newest: u32,
        /// Of which folder; none is the inbox.
        from: Option<String>,
        /// What they are linked to.
        regarding: Option<String>,
    },
    /// The application shows which rules act and what each email is linked to.
    ShowTracking,
    /// Folders are made.
    CreateFolder {
        /// Their names.
        names: Vec<String>,
        /// In which one; none is the inbox.
        inside: Option<String>,
    },
    /// A folder is put into another.
    MoveFolder {
        /// Its name.
        name: String,
        /// The other's name.
        into: String,
    },
    /// A folder gets another name.
    RenameFolder {
        /// The name it has.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// A folder is deleted with all that is in it.
    DeleteFolder(String),
    /// So many octets are put into a folder that nobody synchronises.
    Fill(u64),
    /// What was put there is deleted.
    Free,
}

impl Deed {
    /// Whether it is about tracking, and done in the application.
    #[must_use]
    pub const fn is_of_tracking(&self) -> bool {
        matches!(
            self,
            Self::TrackFolder { .. }
                | Self::UntrackFolder(_)
                | Self::LinkFolder { .. }
                | Self::LinkMail { .. }
                | Self::RequestTracking { .. }
                | Self::ShowTracking
        )
    }

    /// What it links email to, if it does.
    #[must_use]
    pub fn regarding(&self) -> Option<&str> {
        match self {
            Self::TrackFolder { regarding, .. }
            | Self::LinkFolder { regarding, .. }
            | Self::RequestTracking { regarding, .. } => regarding.as_deref(),
            Self::LinkMail { to, .. } => Some(to),
            _ => None,
        }
    }
}
