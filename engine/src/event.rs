//! What the engine tells its observer: one typed event per decision, so that everything anybody
//! wants to know of a run can be derived from the stream and nothing else need be recorded.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ContentHash, CycleId, EmailId, MailboxId, MessageKey, Priority, Reason, RuleId, ServerId,
};

/// One of the three workloads of a mailbox (server-side-synchronization, "frequency").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    /// Email from the server into the application.
    Incoming,
    /// Email in Pending Send out to the server.
    Outgoing,
    /// Appointments, contacts and tasks, both ways.
    Act,
}

impl Workload {
    /// All three, in the order in which reports show them.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Outgoing, Self::Act];

    /// The name in reports, scenario files and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Act => "act",
        }
    }
}

/// How far an error reaches and what it calls for (domain.md 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Goes away by itself: the mailbox's workload is postponed and tried again; permanent after
    /// `MaxMailboxTransientFailures` in a row.
    Transient,
    /// Only a person can help: the mailbox's workload is disabled with an alert.
    Permanent,
    /// One item's own trouble: the others go on.
    Item,
}

/// How a cycle ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did all it came for; single items may still have failed.
    Completed,
    /// The server asked it to come back later; not a failure of the mailbox.
    Throttled,
    /// A transient error; the workload is postponed.
    Postponed,
    /// A permanent error; the workload is disabled.
    Disabled,
}

/// What made an email tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackedBy {
    /// It is in a folder with a rule (domain.md 1.10).
    Folder,
    /// It has the category (domain.md 1.11).
    Category,
    /// The application asked (domain.md 1.11).
    Application,
}

impl TrackedBy {
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [Self::Folder, Self::Category, Self::Application].get(usize::from(code)).copied()
    }
}

/// Why a tracking rule acts no longer (domain.md 1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleEnd {
    /// Its folder was moved outside of the Inbox, or never was there.
    OutsideInbox,
    /// Its folder was deleted.
    FolderDeleted,
}

impl RuleEnd {
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [Self::OutsideInbox, Self::FolderDeleted].get(usize::from(code)).copied()
    }
}

/// An event of the engine. Times inside are calendar times of the engine's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The engine has opened its store and is about to schedule.
    EngineStarted {
        /// Mailboxes configured.
        mailboxes: u32,
    },
    /// A cycle leaves its queue: a worker and a connection permit are its own from here on.
    CycleStarted {
        /// This cycle.
        cycle: CycleId,
        /// Whose.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
        /// When it was due; it is late by the difference.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        due: Timestamp,
    },
    /// A due cycle waits because its workload's workers are all busy.
    WaitingForWorker {
        /// Whose.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
    },
    /// A due cycle waits because its server's connections are all in use.
    WaitingForConnection {
        /// Whose.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
        /// The server at its limit.
        server: ServerId,
    },
    /// A connection is open (bytes can flow; nobody has logged in yet).
    ConnectionOpened {
        /// For which cycle.
        cycle: CycleId,
        /// Whose.
        mailbox: MailboxId,
        /// To which server.
        server: ServerId,
    },
    /// The connection of a cycle is closed, by either side.
    ConnectionClosed {
        /// For which cycle.
        cycle: CycleId,
        /// Whose.
        mailbox: MailboxId,
        /// To which server.
        server: ServerId,
    },
    /// A message was stored and the cursor moved, in one commit.
    EmailStored {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it was.
        mailbox: MailboxId,
        /// The new record.
        email: EmailId,
        /// Of its raw bytes.
        content: ContentHash,
        /// Octets as received.
        bytes: u64,
    },
    /// The record just stored is without the attachments that were too large, and says so.
    AttachmentsDropped {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox the message was.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
    },
    /// A message was fetched that is in the store already; nothing was stored.
    EmailAlreadyStored {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it was.
        mailbox: MailboxId,
        /// The record it equals.
        email: EmailId,
        /// Of its raw bytes.
        content: ContentHash,
    },
    /// An incoming message failed for a reason of its own; it will be tried again.
    ItemFailed {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it is.
        mailbox: MailboxId,
        /// Of its raw bytes, when they were received in full.
        content: Option<ContentHash>,
        /// Tries so far, this one included.
        attempt: u32,
        /// Why.
        reason: Reason,
    },
    /// An incoming message failed for the last time: it is reported, its bytes are kept (when
    /// they ever arrived), it stays on the server, and it is not tried again.
    ItemSetAside {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it is.
        mailbox: MailboxId,
        /// Of its raw bytes, when they were received in full.
        content: Option<ContentHash>,
        /// Why.
        reason: Reason,
    },
    /// The server has confirmed (QUIT answered) the deletion of messages already committed.
    DeletedOnServer {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox they were.
        mailbox: MailboxId,
        /// How many.
        count: u32,
    },
    /// A customization starts to run in the delivery of an item; a synchronous one holds the
    /// worker and the connection until it ends.
    CustomizationStarted {
        /// In which mailbox's cycle.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
    },
    /// The customization that started last in this mailbox and workload has ended.
    CustomizationEnded {
        /// In which mailbox's cycle.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
        /// False when it threw.
        succeeded: bool,
    },
    /// The application has put an email in Pending Send.
    EmailQueued {
        /// The record.
        email: EmailId,
        /// Who sends.
        mailbox: MailboxId,
        /// Of the Message-ID, which never changes from here on.
        message: MessageKey,
        /// Of the bytes that will be sent.
        content: ContentHash,
        /// How urgent.
        priority: Priority,
        /// How many recipients.
        recipients: u32,
    },
    /// An email goes from Pending Send to Sending: an attempt begins.
    SendStarted {
        /// By which cycle.
        cycle: CycleId,
        /// Who sends.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Attempts so far, this one included (`deliveryattempts`).
        attempt: u32,
    },
    /// The server refused one recipient for good; the others go on.
    RecipientRefused {
        /// By which cycle.
        cycle: CycleId,
        /// Who sends.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Why.
        reason: Reason,
    },
    /// The server has taken the message; the record says so (Sent).
    EmailSent {
        /// By which cycle.
        cycle: CycleId,
        /// Who sent.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Of its Message-ID.
        message: MessageKey,
        /// Recipients the server took in this attempt.
        recipients: u32,
    },
    /// The message goes back to Pending Send, for some or all of its recipients.
    SendDeferred {
        /// By which cycle.
        cycle: CycleId,
        /// Who sends.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Not before this.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        until: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// Nobody can know whether this message went (reply lost after the final dot, or a crash
    /// there). It is recorded, and the message is tried again with the same Message-ID.
    SendOutcomeUnknown {
        /// Who sends.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Of its Message-ID.
        message: MessageKey,
    },
    /// The message has failed for good (Failed), with an alert.
    EmailFailed {
        /// By which cycle.
        cycle: CycleId,
        /// Who sends.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// Of its Message-ID.
        message: MessageKey,
        /// Why.
        reason: Reason,
    },
    /// The server asked for a pause, and the engine will obey: no request for this mailbox and
    /// workload before `until`. What Exchange asks for in its own words holds for every workload of
    /// the mailbox; another one tells so when it would have run, or asked for more.
    BackOffBegan {
        /// Whose.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
        /// Which server asked.
        server: ServerId,
        /// To the millisecond.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        until: Timestamp,
        /// In whose words.
        reason: Reason,
    },
    /// A workload of a mailbox was disabled: nothing more happens there until a person acts.
    MailboxDisabled {
        /// Whose.
        mailbox: MailboxId,
        /// Which workload.
        workload: Workload,
        /// Why.
        reason: Reason,
    },
    /// A cycle is over; its worker and its connection permit are free, and the next run is
    /// computed and stored.
    CycleEnded {
        /// This cycle.
        cycle: CycleId,
        /// Whose.
        mailbox: MailboxId,
        /// Of which workload.
        workload: Workload,
        /// How it ended.
        outcome: Outcome,
        /// Why, when it was not `Completed`.
        reason: Option<Reason>,
        /// Items stored or sent.
        items: u32,
        /// When the workload is due again; none when it was disabled.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::optional")]
        next_run: Option<Timestamp>,
    },
    /// A worker spent the engine's declared cost of a step (zero cost is not reported).
    CostSpent {
        /// For which mailbox.
        mailbox: MailboxId,
        /// In which workload.
        workload: Workload,
        /// How long, waiting for a processor not included.
        cost: Duration,
    },
    /// The server did not know the engine's place in a folder any more
    /// (`ErrorInvalidSyncStateData`): the folder is listed from its beginning, and what is known
    /// is not taken in again.
    SyncStateLost {
        /// By which cycle.
        cycle: CycleId,
        /// Whose folder.
        mailbox: MailboxId,
    },
    /// An item was moved to the folder for undelivered email.
    MovedToUndeliverable {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox.
        mailbox: MailboxId,
    },
    /// An email is tracked from here on, or linked to something else than before.
    EmailTracked {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it was.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
        /// What made it so.
        by: TrackedBy,
    },
    /// An email is not tracked any more; its record stays.
    EmailUntracked {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox it was.
        mailbox: MailboxId,
        /// The record.
        email: EmailId,
    },
    /// The categories of the engine are in the mailbox's list from here on: made because they were
    /// missing, or found there by an engine that did not know (domain.md 1.11).
    CategoryMade {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox.
        mailbox: MailboxId,
    },
    /// The categories of the engine are in the mailbox's list no more, because
    /// `TrackCategorizedItems` is false.
    CategoryRemoved {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox.
        mailbox: MailboxId,
    },
    /// What stands where the mailbox's list of categories should be is no list. It may be somebody's,
    /// so it is left as it is, with an alert; the categories are known by the names they had last.
    /// Told once, until the list was read again.
    CategoryListUnreadable {
        /// By which cycle.
        cycle: CycleId,
        /// In whose mailbox.
        mailbox: MailboxId,
    },
    /// A rule that tracked a folder acts no longer; what it has tracked stays so.
    TrackingRuleEnded {
        /// By which cycle.
        cycle: CycleId,
        /// Whose.
        mailbox: MailboxId,
        /// The rule.
        rule: RuleId,
        /// Why.
        why: RuleEnd,
    },
}
