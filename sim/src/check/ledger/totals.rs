//! What became of the items, in numbers.

use serde::Serialize;

/// Every item is in exactly one of settled, failed, set aside, taken away, lost and pending. The
/// other numbers say what else happened to items, whatever became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// All there ever were: messages delivered to mailboxes on the servers, emails submitted.
    pub items: u64,
    /// On the other side, as they should be.
    pub settled: u64,
    /// Outgoing, given up with an alert.
    pub failed: u64,
    /// Incoming, given up and reported.
    pub set_aside: u64,
    /// Incoming, taken away by another client of the mailbox before it was synchronised.
    pub taken_away: u64,
    /// Gone, and nobody was told.
    pub lost: u64,
    /// On their way when the run ended.
    pub pending: u64,
    /// Put on the other side once more although nothing made that unavoidable; counted each time.
    pub duplicated: u64,
    /// Put on the other side once more after the outcome had been declared unknowable; counted
    /// each time.
    pub duplicated_declared: u64,
    /// Sends whose outcome was declared unknowable; counted each time.
    pub unknown: u64,
    /// Arrived on the other side as something that was never sent.
    pub altered: u64,
    /// Overtaken by a later item for no reason.
    pub reordered: u64,
}

impl Totals {
    /// Whether every item is accounted for.
    #[must_use]
    pub const fn add_up(&self) -> bool {
        let ended = self.settled + self.failed + self.set_aside + self.taken_away + self.lost;
        self.items == ended + self.pending
    }
}
