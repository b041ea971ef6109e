//! Changes of items: each takes a number of the mailbox's sequence, is told to subscribers, and
//! leaves what a synchronising client needs to hear of it.

use jiff::Timestamp;

use super::journal::{Passage, Thing, What};
use super::{FolderNo, Mailbox, Message, Overlay, Stored, Uid};

/// An item to be put into a folder.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The message.
    pub message: Message,
    /// What it weighs against the mailbox's quota.
    pub octets: u64,
    /// What is known of it from the start.
    pub overlay: Overlay,
}

impl Mailbox {
    /// Puts an item into a folder, if there is such a folder.
    pub fn add(&mut self, folder: FolderNo, draft: Draft, now: Timestamp) -> Option<Uid> {
        let uid = self.insert(folder, draft)?;
        self.tree_mut().tell(now, What::Created(Thing::Item(uid), folder));
        Some(uid)
    }

    pub(super) fn insert(&mut self, folder: FolderNo, draft: Draft) -> Option<Uid> {
        self.folder(folder)?;
        // The tree first: it must know which items were there before this one.
        self.tree_mut();
        let uid = self.next_uid();
        let Draft { message, octets, overlay } = draft;
        self.items_mut(folder)?.push(Stored { uid, popped: false, octets, message });
        if !folder.is_recoverable() {
            self.weigh(octets, 0);
        }
        let tree = self.tree_mut();
        let overlay = Overlay { folder, changed: 0, flagged: 0, ..overlay };
        tree.overlays.insert(uid, Box::new(overlay));
        tree.came(folder, uid);
        Some(uid)
    }

    /// Changes what is known of an item, and its change key with it.
    pub fn change(
        &mut self,
        uid: Uid,
        now: Timestamp,
        change: impl FnOnce(&mut Overlay),
    ) -> Option<()> {
        self.touch(uid, now, |overlay, at| {
            change(overlay);
            overlay.changed = at;
        })
    }

    /// Sets what is known of an item from the start, before anybody could see it otherwise.
    pub fn describe(&mut self, uid: Uid, describe: impl FnOnce(&mut Overlay)) -> Option<()> {
        let (folder, _) = self.item(uid)?;
        describe(self.tree_mut().overlay(folder, uid));
        Some(())
    }

    /// Sets an item's read flag; nothing happens if it is set that way already.
    pub fn flag(&mut self, uid: Uid, read: bool, now: Timestamp) -> Option<()> {
        self.item(uid)?;
        if self.overlay(uid).is_some_and(|overlay| overlay.read) == read {
            return Some(());
        }
        self.touch(uid, now, |overlay, at| {
            overlay.read = read;
            overlay.flagged = at;
        })
    }

    fn touch(
        &mut self,
        uid: Uid,
        now: Timestamp,
        change: impl FnOnce(&mut Overlay, u64),
    ) -> Option<()> {
        let (folder, _) = self.item(uid)?;
        let tree = self.tree_mut();
        let at = tree.step();
        let kept = tree.folder_mut(folder)?;
        kept.touched = at;
        kept.modified = Some(now);
        let overlay = tree.overlay(folder, uid);
        overlay.modified = Some(now);
        change(overlay, at);
        tree.tell(now, What::Modified(Thing::Item(uid), folder));
        Some(())
    }

    /// Gives an item other bytes.
    pub fn replace(&mut self, uid: Uid, message: Message, octets: u64) -> Option<()> {
        let (folder, _) = self.item(uid)?;
        let items = self.items_mut(folder)?;
        let place = items.binary_search_by_key(&uid, |stored| stored.uid).ok()?;
        let before = items[place].octets;
        items[place].message = message;
        items[place].octets = octets;
        if !folder.is_recoverable() {
            self.weigh(octets, before);
        }
        Some(())
    }

    /// Removes an item for good.
    pub fn discard(&mut self, uid: Uid, now: Timestamp) -> Option<Stored> {
        let (folder, stored, _) = self.take(uid)?;
        self.tree_mut().tell(now, What::Deleted(Thing::Item(uid), folder));
        Some(stored)
    }

    /// Moves an item; it is another item from then on, and yields its new place.
    pub fn move_item(&mut self, uid: Uid, to: FolderNo, now: Timestamp) -> Option<Uid> {
        self.folder(to)?;
        let (from, stored, overlay) = self.take(uid)?;
        let Stored { octets, message, .. } = stored;
        let new = self.insert(to, Draft { message, octets, overlay })?;
        let (old, new) = (Thing::Item(uid), Thing::Item(new));
        self.tree_mut().tell(now, What::Moved(Passage { old, from, new, to }));
        match new {
            Thing::Item(new) => Some(new),
            Thing::Folder(_) => None,
        }
    }

    /// Copies an item.
    pub fn copy_item(&mut self, uid: Uid, to: FolderNo, now: Timestamp) -> Option<Uid> {
        let (from, stored) = self.item(uid)?;
        let (message, octets) = (stored.message.clone(), stored.octets);
        let overlay = self.overlay(uid).cloned().unwrap_or_default();
        let new = self.insert(to, Draft { message, octets, overlay })?;
        let passage = Passage { old: Thing::Item(uid), from, new: Thing::Item(new), to };
        self.tree_mut().tell(now, What::Copied(passage));
        Some(new)
    }

    pub(super) fn take(&mut self, uid: Uid) -> Option<(FolderNo, Stored, Overlay)> {
        let (folder, _) = self.item(uid)?;
        self.tree_mut();
        let items = self.items_mut(folder)?;
        let place = items.binary_search_by_key(&uid, |stored| stored.uid).ok()?;
        let stored = items.remove(place);
        if !folder.is_recoverable() {
            self.weigh(0, stored.octets);
        }
        let overlay = self.tree_mut().went(folder, uid).map(|overlay| *overlay);
        Some((folder, stored, overlay.unwrap_or_default()))
    }
}
