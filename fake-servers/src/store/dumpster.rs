//! What becomes of what is deleted softly: for a while it lies in a folder that users do not see,
//! from which it can be had back. It weighs nothing against the mailbox's quota, and is bounded.

use jiff::{SignedDuration, Timestamp};

use super::journal::{Thing, What};
use super::{Draft, FolderNo, Mailbox, Stored, Uid};

/// `RetainDeletedItemsFor` of a mailbox database.
const RETAINED: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Items kept of one mailbox. A simulated one must not grow without end, whatever it is made to
/// delete; the older go first.
const MOST_ITEMS: usize = 64;
/// And their octets.
const MOST_OCTETS: u64 = 1 << 20;

impl Mailbox {
    /// Takes an item out of its folder, from where it can be had back; yields it as it was.
    pub fn soft_delete(&mut self, uid: Uid, now: Timestamp) -> Option<Stored> {
        let (folder, stored, mut overlay) = self.take(uid)?;
        self.tree_mut().tell(now, What::Deleted(Thing::Item(uid), folder));
        overlay.modified = Some(now);
        let Stored { octets, message, .. } = stored.clone();
        self.insert(FolderNo::DELETIONS, Draft { message, octets, overlay });
        self.let_go(now);
        Some(stored)
    }

    /// Lets go what has lain there for too long, or is too much.
    fn let_go(&mut self, now: Timestamp) {
        let items = self.items(FolderNo::DELETIONS);
        let mut octets: u64 = items.iter().map(|it| it.octets).sum();
        let mut left = items.len();
        let too_old = |uid| {
            let since = self.overlay(uid).and_then(|it| it.modified).unwrap_or(now);
            now.duration_since(since) > RETAINED
        };
        let mut gone = Vec::new();
        for item in items {
            if left <= MOST_ITEMS && octets <= MOST_OCTETS && !too_old(item.uid) {
                break;
            }
            left -= 1;
            octets -= item.octets;
            gone.push(item.uid);
        }
        for uid in gone {
            self.take(uid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ItemId;
    use crate::store::{Body, BodyKind, MailStore, Message};

    #[test]
    fn it_is_bounded_in_number_size_and_time() {
        let start = Timestamp::UNIX_EPOCH;
        let mut store = MailStore::new("x");
        let ix = store.add_mailbox("a@x", "a", "p").unwrap();
        let delete = |store: &mut MailStore, octets, now| {
            let body = Body::Generated { seed: 1, octets, kind: BodyKind::Plain };
            store.deliver(ix, Message { item: ItemId(1), arrived: now, body }).unwrap();
            let mailbox = store.mailbox_mut(ix).unwrap();
            let uid = mailbox.messages()[0].uid;
            mailbox.soft_delete(uid, now).unwrap();
            assert_eq!(mailbox.octets(), 0);
            mailbox.items(FolderNo::DELETIONS).len()
        };
        let few = (0..300).map(|_| delete(&mut store, 1_000, start)).max();
        assert_eq!(few, Some(MOST_ITEMS));
        let days = |n: i64| start + SignedDuration::from_hours(24 * n);
        assert_eq!(delete(&mut store, 1_000, days(14)), MOST_ITEMS);
        assert_eq!(delete(&mut store, 1_000, days(15)), 2);
        assert_eq!(delete(&mut store, 2 << 20, days(15)), 0, "too large to be kept");
        let footprint = store.mailbox(ix).unwrap().footprint();
        assert!(footprint < 64 * 1024, "{footprint}");
    }
}
