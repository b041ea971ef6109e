//! Requests at once. What a request costs is drawn when it arrives, so the moment it ends is known
//! then: it counts from its arrival to that moment, and nobody has to say that it is over.

use jiff::Timestamp;

/// The requests under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Intervals {
    /// When each ends; in no order, since a handful is all there is.
    ends: Vec<Timestamp>,
}

impl Intervals {
    /// Takes a request in, if fewer than `limit` are under way; whether it was.
    pub(super) fn has_room(&mut self, now: Timestamp, limit: Option<u32>) -> bool {
        limit.is_none_or(|limit| self.count(now) < limit)
    }

    /// A request that is under way until `end`, which is outside.
    pub(super) fn add(&mut self, now: Timestamp, end: Timestamp) {
        if end > now {
            self.ends.push(end);
        }
    }

    /// How many are under way.
    pub(super) fn count(&mut self, now: Timestamp) -> u32 {
        self.ends.retain(|end| *end > now);
        if self.ends.is_empty() {
            // Ten thousand mailboxes keep no room for requests that are long over.
            self.ends = Vec::new();
        }
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }
}
