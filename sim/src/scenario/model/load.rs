//! What comes into being during a run: mail from outside, and mail that users send.

use std::time::Duration;

use fake_servers::MailboxIx;
use sync_engine::Priority;

use super::{Period, WindowIx};
use crate::time::SimTime;

/// One load's place in the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoadIx {
    /// In [`super::Scenario::arrivals`].
    Arrivals(usize),
    /// In [`super::Scenario::sends`].
    Send(usize),
}

/// Mail from outside that is delivered to mailboxes on the servers.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrivals {
    /// Its name; also its stream's and its window's.
    pub name: String,
    /// To whom, ascending; each gets its own.
    pub to: Vec<MailboxIx>,
    /// When.
    pub timing: Timing,
    /// Octets of each message.
    pub size: Size,
    /// What is in it.
    pub content: Content,
    /// From its first moment to its last.
    pub window: WindowIx,
}

/// Mail that users put in Pending Send.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// Its name; also its stream's and its window's.
    pub name: String,
    /// From whom, ascending; each sends its own.
    pub from: Vec<MailboxIx>,
    /// When.
    pub timing: Timing,
    /// Octets of each message.
    pub size: Size,
    /// What is in it.
    pub content: Content,
    /// Recipients of each message, at least 1.
    pub recipients: u32,
    /// The recipients, ascending, when they are mailboxes of the scenario.
    pub to: Vec<MailboxIx>,
    /// Further recipients, at addresses of the organisation that nobody has.
    pub unknown_recipients: u32,
    /// How urgent.
    pub priority: Priority,
    /// From its first moment to its last.
    pub window: WindowIx,
}

/// When the items of a load come into being. Everything is per mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timing {
    /// At random, independent of each other (a Poisson process).
    Poisson {
        /// The mean time between two.
        mean_gap: Duration,
        /// During.
        period: Period,
    },
    /// `count` at a time, at equal distances, the first at the beginning of the period. With a
    /// count of 1 a constant stream, else bursts.
    Regular {
        /// How many at a time, at least 1.
        count: u32,
        /// From one time to the next, at least 1 ms.
        every: Duration,
        /// During.
        period: Period,
    },
    /// All at one moment.
    Once {
        /// When.
        at: SimTime,
        /// How many, at least 1.
        count: u32,
    },
    /// One at each of these moments, ascending.
    Times(Vec<SimTime>),
}

/// How large messages are, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// All the same.
    Fixed(u64),
    /// Log-normal through these two quantiles.
    LogNormal {
        /// Half are smaller.
        p50: u64,
        /// One in a hundred is larger.
        p99: u64,
    },
}

/// What a message looks like inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Plain text in ASCII.
    #[default]
    Plain,
    /// Several parts, with an attachment.
    Multipart,
    /// Many lines that begin with a dot, which POP3 and SMTP must stuff.
    Dots,
    /// UTF-8 in headers and text.
    EightBit,
    /// Bytes that no mail parser takes for a message.
    Poison,
}
