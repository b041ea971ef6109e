//! What mailboxes have left of a POP3 server's limits, for others to look at: a client that is
//! refused should be able to learn whether it had a chance.

use serde::Serialize;

/// What a mailbox has left; nothing where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pop3BudgetsLeft {
    /// Sessions that could be opened now: one has the maildrop to itself (RFC 1939 section 4).
    pub sessions: u32,
    /// Milliseconds until a login is taken again.
    pub login_delay_ms: Option<u64>,
    /// Messages for which the window has room; if it hides some, how many, below zero.
    pub window: Option<i64>,
}
