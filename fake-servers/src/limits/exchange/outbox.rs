//! `MessageRateLimit`: what exceeds it is accepted without a word and carried over to the following
//! minutes (domain.md 4.1, 4.5; domain.md 6, incident 2).

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

const MINUTE: Duration = Duration::from_mins(1);

/// The messages of one user on their way out.
#[derive(Debug, Clone)]
pub struct Outbox {
    limit: Option<u32>,
    /// When the last ones left or leave, oldest first; at most `limit`.
    departures: VecDeque<Timestamp>,
}

impl Outbox {
    /// At most `limit` messages leave in any minute; none is as many as come.
    #[must_use]
    pub fn new(limit: Option<u32>) -> Self {
        Self { limit, departures: VecDeque::new() }
    }

    /// Takes a message and says when it leaves: now, or as soon as fewer than the limit left in
    /// the minute before. Messages leave in the order in which they were taken.
    pub fn accept(&mut self, now: Timestamp) -> Timestamp {
        let Some(limit) = self.limit else { return now };
        let limit = limit.max(1) as usize;
        let mut departure = self.departures.back().map_or(now, |last| now.max(*last));
        if self.departures.len() == limit {
            let oldest = self.departures.pop_front();
            let free = oldest.and_then(|oldest| oldest.checked_add(MINUTE).ok());
            departure = free.map_or(departure, |free| departure.max(free));
        }
        self.departures.push_back(departure);
        departure
    }

    /// How many could be taken now and leave at once.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Option<u32> {
        let limit = self.limit?;
        let recent = |at: &&Timestamp| at.checked_add(MINUTE).is_ok_and(|free| free > now);
        let used = self.departures.iter().filter(recent).count();
        Some(limit.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX)))
    }

    /// How many were taken and have not left.
    #[must_use]
    pub fn waiting(&self, now: Timestamp) -> usize {
        self.departures.iter().filter(|at| **at > now).count()
    }
}
