//! What a server reports of itself: facts that only it knows, such as what it has committed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ItemId, MailboxIx};

/// What kind of refusal or fault a client met, for `[sometimes]`, filters and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// POP3 `[IN-USE]`.
    InUse,
    /// POP3 `[LOGIN-DELAY]`.
    LoginDelay,
    /// POP3 `[SYS/TEMP]`, SMTP 421 4.3.2 and the like.
    SystemTemporary,
    /// POP3 `[SYS/PERM]`.
    SystemPermanent,
    /// POP3 `[AUTH]`, SMTP 535.
    Credentials,
    /// SMTP 421 4.4.2: messages per minute.
    MessageRate,
    /// SMTP 432 4.3.2: connections at once.
    Connections,
    /// SMTP 554 5.2.0: recipients per day.
    RecipientQuota,
    /// SMTP 554 5.2.2: mailbox full.
    MailboxFull,
    /// SMTP 451 4.7.1: first sight.
    Greylisted,
    /// SMTP 550 5.1.1: no such recipient.
    UnknownRecipient,
    /// SMTP 452 4.5.3: too many recipients in one transaction.
    TooManyRecipients,
    /// SMTP 552 5.3.4.
    TooLarge,
    /// Any other negative answer that a fault asked for.
    Scripted,
    /// EWS `ErrorServerBusy`, in whichever form.
    ServerBusy,
    /// EWS `ErrorExceededConnectionCount` or `ErrorTooManyObjectsOpened`: requests or streams at
    /// once.
    Concurrency,
    /// HTTP 503.
    ServiceUnavailable,
    /// HTTP 429.
    TooManyRequests,
    /// EWS `ErrorInternalServerTransientError`, an error page, and whatever else passes by itself.
    TransientError,
    /// HTTP 403: EWS is blocked for the mailbox, the application or everybody.
    EwsBlocked,
    /// EWS `ErrorInvalidSyncStateData`.
    SyncStateLost,
    /// EWS `ErrorMailboxMoveInProgress`.
    MailboxMoving,
    /// EWS `ErrorMailboxStoreUnavailable`.
    StoreUnavailable,
    /// EWS `ErrorSubscriptionNotFound` and its kin: notifications have to begin anew.
    SubscriptionLost,
    /// EWS `ErrorExceededSubscriptionCount`.
    Subscriptions,
    /// EWS `ErrorExceededFindCountLimit`.
    FindCount,
    /// EWS `ErrorTimeoutExpired`: the time for one batch is over.
    BatchTime,
    /// EWS `ErrorItemNotFound`.
    ItemNotFound,
    /// EWS `ErrorIrresolvableConflict`.
    Conflict,
    /// EWS `ErrorAccountDisabled`, `ErrorPasswordExpired`, `ErrorNonExistentMailbox`,
    /// `ErrorImpersonateUserDenied`: the account may not.
    AccountRefused,
    /// EWS `ErrorSchemaValidation` and faults for requests that make no sense.
    InvalidRequest,
}

/// An event of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum ServerEvent {
    /// A client logged in. POP3: the maildrop's lock is held from here on.
    LoggedIn {
        /// To which mailbox.
        mailbox: MailboxIx,
    },
    /// The session of a logged-in client is over, however it ended.
    LoggedOut {
        /// Of which mailbox.
        mailbox: MailboxIx,
    },
    /// A message came to be in a mailbox on the server.
    Delivered {
        /// Which one.
        item: ItemId,
        /// Where.
        mailbox: MailboxIx,
        /// Octets.
        bytes: u64,
    },
    /// A message was handed to the client in full (POP3: all bytes of the RETR reply are
    /// written).
    Served {
        /// Which one.
        item: ItemId,
        /// To the client of which mailbox.
        mailbox: MailboxIx,
        /// xxh3-64 of its raw bytes as the client must see them after undoing dot-stuffing.
        content: u64,
    },
    /// A message was removed for good at the client's wish (POP3: DELE, then QUIT).
    Deleted {
        /// Which one.
        item: ItemId,
        /// From where.
        mailbox: MailboxIx,
    },
    /// Another client of the mailbox moved a message out of the inbox, or deleted it.
    TakenAway {
        /// Which one.
        item: ItemId,
        /// From where.
        mailbox: MailboxIx,
    },
    /// A client moved a message out of the inbox: it is there no more, and not gone.
    MovedOut {
        /// Which one.
        item: ItemId,
        /// In which mailbox.
        mailbox: MailboxIx,
    },
    /// The server keeps a copy of what it took from a client in the sender's Sent Items.
    CopyKept {
        /// Whose.
        mailbox: MailboxIx,
    },
    /// The server took responsibility for a submitted message. It may yet fail to say so.
    Accepted {
        /// Who submitted it.
        mailbox: MailboxIx,
        /// xxh3-64 of its Message-ID between the angle brackets; 0 without one.
        message: u64,
        /// xxh3-64 of its raw bytes after undoing dot-stuffing.
        content: u64,
        /// xxh3-64 of each recipient's address, lower case, in the order given.
        recipients: Vec<u64>,
    },
    /// A message that was accepted waits in the sender's outbox: its limit of messages a minute is
    /// reached, and nobody is told (domain.md 4.1).
    HeldBack {
        /// Who submitted it.
        mailbox: MailboxIx,
    },
    /// A message that was held back leaves the outbox.
    Departed {
        /// Who submitted it.
        mailbox: MailboxIx,
    },
    /// A request changed how many drafts there are.
    Drafts {
        /// In which mailbox.
        mailbox: MailboxIx,
        /// How many there are now.
        count: u32,
    },
    /// An answer asked for a pause.
    PauseAsked {
        /// Whose request it was.
        mailbox: MailboxIx,
        /// xxh3-64 of the client's name for itself (HTTP's User-Agent).
        client: u64,
        /// For how long.
        pause: Duration,
    },
    /// A client asked for something before the pause it had been asked for was over.
    Early {
        /// Whose request it is.
        mailbox: MailboxIx,
        /// xxh3-64 of the client's name for itself.
        client: u64,
        /// By so much.
        by: Duration,
    },
    /// The server refused something.
    Refused {
        /// Whose request, as far as it is known.
        mailbox: Option<MailboxIx>,
        /// What it said.
        refusal: Refusal,
    },
    /// The server made the client wait: service time or a fault's delay.
    Held {
        /// Whose request, as far as it is known.
        mailbox: Option<MailboxIx>,
        /// For so long.
        held: Duration,
    },
    /// A fault took effect.
    FaultApplied {
        /// Its place in the server's list of faults.
        fault: u16,
        /// On whose request, as far as it is known.
        mailbox: Option<MailboxIx>,
    },
    /// An answer that goes on, which carries events of a mailbox, has begun.
    StreamOpened {
        /// Whose budget of such connections it takes a place of.
        mailbox: MailboxIx,
    },
    /// Such an answer is over, however it ended.
    StreamClosed {
        /// Whose place is free again.
        mailbox: MailboxIx,
    },
}
