//! What clients beside the engine report: those that hold streaming subscriptions. They are other
//! processes with bytes of their own, so they have entries of their own, too.

use std::time::Duration;

use fake_servers::ItemId;
use serde::{Deserialize, Serialize};

/// One such client: its place among all of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WatcherIx(pub u32);

/// What one of them has lived through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum WatcherEvent {
    /// It has a new subscription, which begins now and knows of nothing before.
    Subscribed,
    /// A connection carries its events.
    Streaming,
    /// It was told of a new message.
    Notified {
        /// Which one.
        item: ItemId,
    },
    /// It listed what has changed, and found messages that nobody had told it of.
    CaughtUp {
        /// Which ones.
        items: Vec<ItemId>,
    },
    /// What carried its notifications is lost.
    Lost {
        /// What exactly.
        what: Loss,
    },
    /// Something kept it from going on, and it tries again after a pause.
    PutOff {
        /// What.
        why: Hindrance,
        /// How long it waits.
        pause: Duration,
    },
    /// It has gone in order.
    Left,
}

/// What a client has lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The server does not know the subscription any more: it needs a fresh one.
    Subscription,
    /// The connection broke, or nothing was heard on it for too long. The subscription may live.
    Connection,
}

/// What can keep a client from going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// The server is busy, in whichever shape it says so.
    Busy,
    /// As many connections hang as may, or as many requests are under way.
    TooManyConnections,
    /// The mailbox has as many subscriptions as may be.
    TooManySubscriptions,
    /// No connection came about, or it ended before the answer did.
    Unreachable,
    /// Anything else.
    Other,
}
