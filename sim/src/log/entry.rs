//! What the one event log holds: what the engine decided, what a server knows, what the world did,
//! and what a client beside the engine saw.

use std::time::Duration;

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use serde::{Deserialize, Serialize};
use sync_engine::{EmailId, Event as EngineEvent};

use super::watcher::{WatcherEvent, WatcherIx};

/// A server host of a run: its place in the scenario's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostIx(pub u16);

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Entry {
    /// The engine decided something.
    Engine {
        /// What.
        #[serde(flatten)]
        event: EngineEvent,
    },
    /// A server reports something.
    Server {
        /// Which one.
        host: HostIx,
        /// What.
        #[serde(flatten)]
        event: ServerEvent,
    },
    /// The world did something.
    World {
        /// What.
        #[serde(flatten)]
        event: WorldEvent,
    },
    /// A client beside the engine, which watches a mailbox, reports something.
    Watcher {
        /// Which one.
        watcher: WatcherIx,
        /// Whose mailbox it watches.
        mailbox: MailboxIx,
        /// What.
        #[serde(flatten)]
        event: WatcherEvent,
    },
}

/// An email as the application shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownEmail {
    /// The record.
    pub email: EmailId,
    /// Whether it is tracked.
    pub tracked: bool,
    /// What it is linked to.
    pub regarding: Option<String>,
}

/// What the world does by itself: time, network, hosts, load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum WorldEvent {
    /// A named window (a fault's or a load's) opens.
    WindowOpened {
        /// Its place in the plan's list of windows.
        window: u16,
    },
    /// A named window closes.
    WindowClosed {
        /// Its place in the plan's list of windows.
        window: u16,
    },
    /// The engine's process was killed: its tasks and open transactions are gone.
    EngineCrashed,
    /// The engine was started (again) on the same store.
    EngineStarted,
    /// A server's process was killed: its connections are reset, its mailboxes stay.
    ServerCrashed {
        /// Which one.
        host: HostIx,
    },
    /// A server was started again.
    ServerStarted {
        /// Which one.
        host: HostIx,
    },
    /// A TCP connection to a server was established.
    Connected {
        /// Which server.
        host: HostIx,
    },
    /// A TCP connection to a server is gone.
    Disconnected {
        /// Which server.
        host: HostIx,
    },
    /// The time the run was given is up.
    TimeUp,
    /// An asynchronous customization for a committed item went to its own queue.
    AsynchronousQueued {
        /// Whose item.
        mailbox: MailboxIx,
        /// How long it waits there for a worker.
        waits: Duration,
        /// How long it then runs.
        takes: Duration,
    },
    /// The application tracks a folder from here on.
    FolderTracked {
        /// Whose.
        mailbox: MailboxIx,
        /// Its number on the server.
        folder: u32,
        /// What its email is linked to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        regarding: Option<String>,
    },
    /// The application refuses to track a folder.
    TrackingRefused {
        /// Whose.
        mailbox: MailboxIx,
    },
    /// The application does not track a folder any more.
    FolderUntracked {
        /// Whose.
        mailbox: MailboxIx,
        /// Its number on the server.
        folder: u32,
    },
    /// The application links what is in a tracked folder to something else, or new email to nothing.
    FolderLinked {
        /// Whose.
        mailbox: MailboxIx,
        /// Its number on the server.
        folder: u32,
        /// To what.
        regarding: Option<String>,
    },
    /// Somebody linked an email by hand.
    LinkedByHand {
        /// In whose mailbox it was.
        mailbox: MailboxIx,
        /// The record.
        email: EmailId,
        /// To what.
        regarding: String,
    },
    /// The app in a user's Outlook asks for an email to be tracked.
    TrackingRequested {
        /// Which one.
        item: ItemId,
        /// In which mailbox.
        mailbox: MailboxIx,
        /// What it is to be linked to.
        regarding: Option<String>,
    },
    /// The application shows all that is tracked of a mailbox.
    TrackingShown {
        /// Whose.
        mailbox: MailboxIx,
        /// How many folders have a rule that acts.
        rules: u32,
        /// Every email that is tracked, or ever was.
        emails: Vec<ShownEmail>,
    },
    /// A folder came to lie inside or outside the inbox.
    FolderPlaced {
        /// Whose.
        mailbox: MailboxIx,
        /// Its number on the server.
        folder: u32,
        /// Whether it is under the inbox, however deep.
        under_inbox: bool,
    },
    /// A folder is gone, and all that was in it.
    FolderGone {
        /// Whose.
        mailbox: MailboxIx,
        /// Its number on the server.
        folder: u32,
    },
    /// A user moved a message to a folder.
    Moved {
        /// Which one.
        item: ItemId,
        /// Whose.
        mailbox: MailboxIx,
        /// The folder's number on the server.
        folder: u32,
    },
    /// A user gave a message of the inbox a category in place of those it had.
    Categorized {
        /// Which one.
        item: ItemId,
        /// Whose.
        mailbox: MailboxIx,
        /// Whether it is the category that tracks (domain.md 1.11).
        tracks: bool,
    },
    /// A user took an email back that waited to be sent.
    TakenBack {
        /// Whose.
        mailbox: MailboxIx,
        /// The record.
        email: EmailId,
    },
    /// A user pressed Send: an item exists in the application and waits for the engine.
    Submitted {
        /// The item, as the ledger knows it.
        item: ItemId,
        /// Whose.
        mailbox: MailboxIx,
        /// The record made of it.
        email: EmailId,
    },
}
