//! What was settled, remembered only as far as needed to recognise it when it comes again: one
//! hash each, in a table that grows by half, so between 10 and 15 bytes per item.

use fake_servers::MailboxIx;

/// A set of things that happened in mailboxes, each known by a hash.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Open addressing, linear probing; 0 is empty.
    slots: Vec<u64>,
    used: usize,
}

impl Known {
    pub(super) fn insert(&mut self, mailbox: MailboxIx, hash: u64) {
        // At most four in five are used, which keeps probes short.
        if (self.used + 1) * 5 > self.slots.len() * 4 {
            self.grow();
        }
        let key = key(mailbox, hash);
        let slot = self.find(key);
        if self.slots[slot] == 0 {
            self.slots[slot] = key;
            self.used += 1;
        }
    }

    pub(super) fn contains(&self, mailbox: MailboxIx, hash: u64) -> bool {
        !self.slots.is_empty() && {
            let key = key(mailbox, hash);
            self.slots[self.find(key)] == key
        }
    }

    /// Where the key is, or the empty slot where it belongs.
    fn find(&self, key: u64) -> usize {
        let size = self.slots.len();
        // The high bits of the product: a fair place in a table of any size.
        let product = (u128::from(key) * size as u128) >> 64;
        let Ok(mut slot) = usize::try_from(product) else {
            unreachable!("the product's high half is less than the size")
        };
        while self.slots[slot] != 0 && self.slots[slot] != key {
            slot = if slot + 1 == size { 0 } else { slot + 1 };
        }
        slot
    }

    fn grow(&mut self) {
        let size = (self.slots.len() + self.slots.len() / 2).max(16);
        let before = std::mem::replace(&mut self.slots, vec![0; size]);
        for key in before.into_iter().filter(|key| *key != 0) {
            let slot = self.find(key);
            self.slots[slot] = key;
        }
    }
}

/// Mixes both into one number, never 0 (the finalizer of `SplitMix64`).
fn key(mailbox: MailboxIx, hash: u64) -> u64 {
    let mut key = hash ^ u64::from(mailbox.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (key ^ (key >> 31)).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn knows_what_was_put_in_and_nothing_else(
            put in prop::collection::btree_set((0u32..50, 0u64..200), 0..500),
        ) {
            let mut known = Known::default();
            for (mailbox, hash) in &put {
                known.insert(MailboxIx(*mailbox), *hash);
            }
            for mailbox in 0..50 {
                for hash in 0..200 {
                    let has = known.contains(MailboxIx(mailbox), hash);
                    prop_assert_eq!(has, put.contains(&(mailbox, hash)));
                }
            }
            prop_assert_eq!(known.used, put.len());
        }
    }

    #[test]
    fn stays_within_sixteen_bytes_per_item() {
        let mut known = Known::default();
        for hash in 0..100_000 {
            known.insert(MailboxIx(3), hash);
            if known.used > 100 {
                assert!(known.slots.len() * 8 <= known.used * 16, "at {} items", known.used);
            }
        }
    }
}
