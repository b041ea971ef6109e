//! What can be concluded from an entry and all before it. The lanes and the ledger keep the state
//! and conclude; invariants, metrics and stop conditions only read the conclusions.

use fake_servers::{ItemId, MailboxIx};
use sync_engine::{CycleId, Outcome, Reason, TrackedBy, Workload};

use super::roster::Lookout;
use crate::log::{HostIx, WatcherIx};
use crate::time::SimTime;

/// One conclusion. Durations are whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// A cycle left its queue.
    CycleStarted(CycleStart),
    /// A cycle is over.
    CycleEnded {
        mailbox: MailboxIx,
        workload: Workload,
        outcome: Outcome,
        reason: Option<Reason>,
        /// From its start; none when it never started.
        lasted: Option<u64>,
        /// How far the next run was put off by an error that brought no back-off of its own.
        postponed: Option<u64>,
    },
    /// A server asked for a pause.
    BackOff { mailbox: MailboxIx, workload: Workload, host: HostIx, lasts: u64, reason: Reason },
    /// The engine opened a connection.
    Opened {
        mailbox: MailboxIx,
        /// Of the cycle it is for; none when no such cycle is running.
        workload: Option<Workload>,
        host: HostIx,
        /// Open to this profile's server now, and the most there may be.
        open: u32,
        limit: u32,
        /// When the last back-off of this mailbox and workload ends.
        back_off: SimTime,
    },
    /// A connection of the engine is gone.
    Closed { mailbox: MailboxIx, workload: Option<Workload>, host: HostIx },
    /// A message is in a server's mailbox, or an email in Pending Send.
    Waits { mailbox: MailboxIx, workload: Workload },
    /// It no longer waits there, whatever became of it.
    WaitsNoMore { mailbox: MailboxIx, workload: Workload },
    /// An item came into being.
    Born { mailbox: MailboxIx, workload: Workload },
    /// An item was settled.
    Settled(Settled),
    /// A client beside the engine is to be told of a message.
    Owed { lookout: Lookout },
    /// It knows of the message, or nobody needs to know of it any more.
    OwedNoMore { lookout: Lookout },
    /// A client beside the engine got to know of a message, so long after it came.
    Told { lookout: Lookout, took: u64 },
    /// A client beside the engine was told of a message before it knew of this one.
    Missed { watcher: WatcherIx, lookout: Lookout, item: ItemId, delivered: SimTime },
    /// A server's answer that goes on has begun.
    StreamOpened {
        mailbox: MailboxIx,
        host: HostIx,
        /// Open for this mailbox now, and the most there may be.
        open: u32,
        limit: Option<u32>,
    },
    /// Such an answer is over.
    StreamClosed { mailbox: MailboxIx, host: HostIx },
    /// A mailbox has another number of drafts.
    Drafts { mailbox: MailboxIx, before: u32, now: u32 },
    /// Nothing of a mailbox is to be sent any more, and these drafts are still there.
    DraftsLeft { mailbox: MailboxIx, drafts: u32 },
    /// The engine came back to a server before the pause it had asked for was over.
    Early {
        mailbox: MailboxIx,
        /// Where that can be told.
        workload: Option<Workload>,
        host: HostIx,
        until: SimTime,
        by: Early,
    },
    /// An email is tracked by this, or no longer.
    Tracked { mailbox: MailboxIx, by: TrackedBy, is: bool },
    /// An email is to be tracked by this, or that is done or no longer wanted.
    TrackingOwed { mailbox: MailboxIx, by: TrackedBy, is: bool },
    /// The engine tracked or untracked an email that it had no reason to.
    Unwarranted { mailbox: MailboxIx },
    /// The application shows something of a mailbox that users have not asked for.
    Mistracked { mailbox: MailboxIx },
    /// The application shows an email that is linked to this, or is no longer.
    Linked { mailbox: MailboxIx, regarding: u16, is: bool },
    /// The application shows another number of rules that act.
    Rules { mailbox: MailboxIx, before: u32, now: u32 },
    /// Something is wrong with an item.
    Wrong { item: Option<ItemId>, mailbox: MailboxIx, workload: Workload, wrong: Wrong },
}

/// How a pause was cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Early {
    /// A request reached the server.
    Request,
    /// A cycle started.
    Cycle,
}

/// The start of a cycle and what it is to be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CycleStart {
    pub(super) mailbox: MailboxIx,
    pub(super) workload: Workload,
    pub(super) cycle: CycleId,
    /// When it was due, by its own word and by that of the cycle before.
    pub(super) due: SimTime,
    /// Since the end of the cycle before.
    pub(super) gap: Option<u64>,
    /// Since it was due.
    pub(super) lateness: u64,
    /// Of that, for a worker.
    pub(super) for_worker: u64,
    /// Of that, for a connection.
    pub(super) for_connection: u64,
    /// When the last back-off of this mailbox and workload ends.
    pub(super) back_off: SimTime,
    /// Since when this mailbox and workload is disabled.
    pub(super) disabled: Option<SimTime>,
    /// Another cycle of this mailbox and workload that has not ended.
    pub(super) beside: Option<CycleId>,
    /// Cycles of this workload running now, this one included.
    pub(super) running: u32,
}

/// How an item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) mailbox: MailboxIx,
    pub(super) workload: Workload,
    pub(super) born: SimTime,
    pub(super) fate: Fate,
    /// From its birth.
    pub(super) took: u64,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is on the other side, and this event put it there.
    Transferred,
    /// It is on the other side: something equal was there already.
    There,
    /// It failed for good, with an alert.
    Failed,
    /// It was set aside and reported.
    SetAside,
    /// Another client took it away before it was synchronised, or its sender took it back: nobody
    /// expects it any more.
    TakenAway,
    /// It is gone.
    Lost,
}

/// What can be wrong with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is gone, at this hop.
    Lost(Hop),
    /// It is on the other side once more, and nothing made that unavoidable.
    Duplicated,
    /// What is on the other side is not what was sent.
    Altered,
    /// A later one went first, for no reason.
    Overtaken,
}

/// Where an item was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    /// Deleted on the server before it was in the store.
    DeletedBeforeStored,
    /// The engine took it for stored, but nothing equal is in the store.
    TakenForStored,
    /// The record says Sent, but no server took responsibility for it.
    SentWithoutServer,
    /// The record says Sent, but no server took it for this many of the recipients.
    SentWithoutSome(u32),
}
