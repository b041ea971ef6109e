//! What a fault is, as data: scenarios write these, server machines carry them out.

use std::time::Duration;

use jiff::Timestamp;

use super::{EwsRefusal, Operation};

/// Which requests a fault strikes. All conditions must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Matcher {
    /// These operations; empty means all.
    pub operations: Vec<Operation>,
    /// These mailboxes (by index, sorted); `None` means all, known or not yet known. A request
    /// whose mailbox is not yet known matches no list.
    pub mailboxes: Option<Vec<crate::MailboxIx>>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Which of the requests that match so far.
    pub which: Which,
}

/// Which of the matching requests, counted from 1 over the life of the server. A fault counts
/// every request its other conditions admit, also one that an earlier fault of the list strikes,
/// so that faults do not disturb each other's counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Which {
    /// All of them.
    Every,
    /// The nth only.
    Nth(u64),
    /// The nth, 2nth, 3nth …
    EveryNth(u64),
    /// The first n.
    First(u64),
    /// Each with this probability (0 to 1), drawn from the fault's own stream.
    Chance(f64),
}

/// What happens to a request that a fault strikes.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Answer with this line instead (without CRLF), verbatim; for SMTP a reply code and text, for
    /// POP3 `-ERR …`. `close` ends the connection after it.
    Reply {
        /// The line.
        line: String,
        /// Whether the connection is closed after it.
        close: bool,
        /// What it counts as in reports.
        refusal: crate::Refusal,
    },
    /// Answer as usual, later.
    Delay(Delay),
    /// Break the connection instead of answering.
    Reset,
    /// Answer nothing, ever, and keep the connection open.
    Hang,
    /// Send the first `after` octets of the answer, then break the connection.
    Truncate {
        /// Octets that still go out.
        after: usize,
    },
    /// Send the answer drop by drop.
    Dribble {
        /// Octets at a time.
        chunk: usize,
        /// Between chunks.
        pause: Duration,
    },
    /// Do the work, then break the connection instead of answering: the client cannot know.
    CommitThenFail,
    /// Send these bytes instead of the answer, verbatim.
    Garbage(Vec<u8>),
    /// Send `unit` over and over, `total` octets in all (an endless line or an endless body).
    Flood {
        /// What is repeated.
        unit: Vec<u8>,
        /// Octets in all.
        total: u64,
    },
    /// Let a TLS handshake go so: the one that follows STLS or STARTTLS, which is answered as
    /// usual, and the one that a connection begins with.
    Handshake(crate::Handshake),
    /// EWS: refuse in Exchange's words instead of answering.
    Ews(EwsRefusal),
    /// POP3 UIDL: give every message the same id.
    DuplicateUidls,
    /// POP3 UIDL: give every message another id in each session.
    ChangingUidls,
    /// POP3 LIST and STAT: add this to every size.
    LieAboutSizes(i64),
}

/// How long a delay is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Delay {
    /// Always the same.
    Fixed(Duration),
    /// Anything between the two, equally likely.
    Uniform(Duration, Duration),
    /// Log-normal through these two quantiles; the usual shape of service times.
    LogNormal {
        /// Half are shorter.
        p50: Duration,
        /// One in a hundred is longer.
        p99: Duration,
    },
}

/// A named fault of one server.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The scenario's name for it.
    pub name: String,
    /// Which requests.
    pub matcher: Matcher,
    /// What happens to them.
    pub effect: Effect,
}
