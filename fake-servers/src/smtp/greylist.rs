//! Greylisting (RFC 6647): who has been seen before, and since when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::GreylistOptions;
use crate::MailboxIx;

/// The pairs of addresses that were seen, within the bounds of the options.
#[derive(Debug)]
pub(super) struct Greylist {
    options: GreylistOptions,
    /// By the hash of mailbox, sender and recipient.
    seen: BTreeMap<u64, Seen>,
    /// The same pairs in the order of their last attempts.
    order: BTreeMap<u64, u64>,
    attempts: u64,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    first: Timestamp,
    last: Timestamp,
    /// Its place in the order: which attempt of all was its last.
    attempt: u64,
}

impl Greylist {
    pub(super) fn new(options: GreylistOptions) -> Self {
        Self { options, seen: BTreeMap::new(), order: BTreeMap::new(), attempts: 0 }
    }

    /// Notes an attempt; whether it may go on.
    pub(super) fn admits(
        &mut self,
        mailbox: MailboxIx,
        sender: &str,
        recipient: &str,
        now: Timestamp,
    ) -> bool {
        self.forget(now);
        let key = key(mailbox, sender, recipient);
        self.attempts += 1;
        let fresh = Seen { first: now, last: now, attempt: self.attempts };
        let seen = self.seen.entry(key).or_insert(fresh);
        self.order.remove(&seen.attempt);
        self.order.insert(self.attempts, key);
        (seen.last, seen.attempt) = (now, self.attempts);
        let waited = now.duration_since(seen.first).unsigned_abs();
        if self.seen.len() > self.options.capacity {
            self.drop_oldest();
        }
        waited >= self.options.delay
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some(oldest) = self.order.values().next()
            && let Some(seen) = self.seen.get(oldest)
            && now.duration_since(seen.last).unsigned_abs() > self.options.retention
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, key)) = self.order.pop_first() {
            self.seen.remove(&key);
        }
    }
}

fn key(mailbox: MailboxIx, sender: &str, recipient: &str) -> u64 {
    // No address that was let in contains a line feed.
    let pair = format!("{}\n{}\n{}", mailbox.0, sender.to_lowercase(), recipient.to_lowercase());
    xxh3_64(pair.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ANN: MailboxIx = MailboxIx(0);

    fn greylist(capacity: usize) -> Greylist {
        Greylist::new(GreylistOptions {
            delay: Duration::from_mins(5),
            retention: Duration::from_hours(1),
            capacity,
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_pair_is_taken_once_the_delay_has_passed_since_its_first_attempt() {
        let mut list = greylist(10);
        assert!(!list.admits(ANN, "a@x", "b@y", at(0)));
        assert!(!list.admits(ANN, "a@x", "b@y", at(299)), "too soon");
        assert!(list.admits(ANN, "A@x", "b@Y", at(300)), "in any case of letters");
        assert!(!list.admits(ANN, "a@x", "c@y", at(300)), "another recipient");
        assert!(!list.admits(MailboxIx(1), "a@x", "b@y", at(300)), "another mailbox");
        assert!(list.admits(ANN, "a@x", "b@y", at(3_900)), "known for an hour after the last");
        assert!(!list.admits(ANN, "a@x", "b@y", at(7_501)), "then forgotten");
    }

    #[test]
    fn a_flood_of_pairs_pushes_out_the_oldest_and_costs_bounded_room() {
        let mut list = greylist(100);
        list.admits(ANN, "a@x", "first@y", at(0));
        for n in 0..1_000 {
            list.admits(ANN, "a@x", &format!("{n}@y"), at(1));
        }
        for _ in 0..1_000 {
            list.admits(ANN, "a@x", "999@y", at(1));
        }
        assert_eq!((list.seen.len(), list.order.len()), (100, 100));
        assert!(list.admits(ANN, "a@x", "999@y", at(600)), "the last is known");
        assert!(!list.admits(ANN, "a@x", "first@y", at(600)), "the first was forgotten");
    }
}
