//! What a client that synchronises has not seen yet. A folder's items came in the order of their
//! uids and were changed in the order of the mailbox's sequence, so two numbers say all that a
//! client knows, and they mean the same after a restart.

use super::folder::Folder;
use super::{FolderNo, Mailbox, Uid};

/// How far a client has synchronised a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncPoint {
    /// It knows of items up to this one.
    pub uid: Uid,
    /// And of their changes up to this one.
    pub change: u64,
}

/// One change that a client has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A new item.
    Create(Uid),
    /// An item is different.
    Update(Uid),
    /// Only its read flag is.
    Flag(Uid, bool),
    /// It is no more here.
    Delete(Uid),
}

/// Some changes, in the order in which they are to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncPage {
    /// The changes.
    pub changes: Vec<Change>,
    /// How far the client is after them.
    pub point: SyncPoint,
    /// Whether these are all.
    pub last: bool,
}

/// The client last synchronised so long ago that it cannot be told what it missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what happened since is forgotten")]
pub struct Lost;

/// One change of the folders themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderChange {
    /// A new folder.
    Create(FolderNo),
    /// Renamed, moved, or otherwise different.
    Update(FolderNo),
    /// Gone.
    Delete(FolderNo),
}

impl Mailbox {
    /// What a client at this point does not know of a folder: at most `most` changes. From now on
    /// the mailbox remembers what it must tell the client the next time.
    ///
    /// # Errors
    /// [`Lost`].
    pub fn changes_since(
        &mut self,
        folder: FolderNo,
        mut point: SyncPoint,
        most: usize,
    ) -> Result<SyncPage, Lost> {
        self.tree_mut();
        let newest = self.newest_in(folder);
        let kept = self.tree().and_then(|tree| tree.folder(folder));
        let touched = kept.map_or(0, |kept| kept.touched);
        if point.uid > newest || point.change > self.sequence() {
            return Err(Lost);
        }
        if kept.is_some_and(|kept| point.uid > Uid(0) && point.change < kept.forgotten) {
            return Err(Lost);
        }
        let mut changes = Vec::new();
        if let Some(kept) = kept.filter(|_| touched > point.change && point.uid > Uid(0)) {
            let mut known = self.changes_of_known(kept, point);
            known.sort_unstable_by_key(|(at, _)| *at);
            if known.len() > most {
                known.truncate(most);
                point.change = known.last().map_or(point.change, |(at, _)| *at);
                let changes = known.into_iter().map(|(_, change)| change).collect();
                return Ok(SyncPage { changes, point, last: false });
            }
            changes.extend(known.into_iter().map(|(_, change)| change));
        }
        point.change = self.sequence();
        let items = self.items(folder);
        let first = items.partition_point(|item| item.uid <= point.uid);
        let new = &items[first..];
        let told = &new[..new.len().min(most - changes.len())];
        changes.extend(told.iter().map(|item| Change::Create(item.uid)));
        let last = told.len() == new.len();
        point.uid = if last { newest } else { told.last().map_or(point.uid, |item| item.uid) };
        Ok(SyncPage { changes, point, last })
    }

    /// Each with its number, in any order.
    fn changes_of_known(&self, folder: &Folder, point: SyncPoint) -> Vec<(u64, Change)> {
        let overlays = self.tree().into_iter().flat_map(|tree| tree.overlays.range(..=point.uid));
        let changed = overlays.filter(|(_, it)| it.folder == folder.no).filter_map(|(uid, it)| {
            if it.changed > point.change {
                Some((it.version(), Change::Update(*uid)))
            } else if it.flagged > point.change {
                Some((it.flagged, Change::Flag(*uid, it.read)))
            } else {
                None
            }
        });
        let first = folder.removed.partition_point(|(_, at)| *at <= point.change);
        let removed = folder.removed[first..].iter().filter(|(uid, _)| *uid <= point.uid);
        changed.chain(removed.map(|(uid, at)| (*at, Change::Delete(*uid)))).collect()
    }

    /// What changed among the folders below one since a sequence number; `None` for a client that
    /// knows none. One that was moved away from there is gone for the client ([MS-OXCFXICS]: what
    /// has left the scope of synchronisation is told as deleted). The number to go on from is
    /// [`Mailbox::sequence`].
    pub fn folder_changes_since(&self, root: FolderNo, since: Option<u64>) -> Vec<FolderChange> {
        let below = self.descendants(root);
        let Some(since) = since else {
            let all = self.folders().map(|folder| folder.no);
            return all.filter(|no| below.contains(no)).map(FolderChange::Create).collect();
        };
        let Some(tree) = self.tree() else { return Vec::new() };
        let crossings = |no: FolderNo| {
            let of_it = tree.crossings.iter().filter(move |it| it.root == root && it.folder == no);
            of_it.filter(move |it| it.at > since)
        };
        let mut changes: Vec<(u64, FolderChange)> = Vec::new();
        for folder in &tree.folders {
            let (no, is_below) = (folder.no, below.contains(&folder.no));
            let first = crossings(no).next();
            let was_below = folder.created <= since && first.map_or(is_below, |it| !it.entered);
            let at = crossings(no).next_back().map_or(0, |it| it.at).max(folder.changed);
            match (was_below, is_below) {
                (false, true) => changes.push((at.max(folder.created), FolderChange::Create(no))),
                (true, true) if at > since => changes.push((at, FolderChange::Update(no))),
                (true, false) => changes.push((at, FolderChange::Delete(no))),
                (true, true) | (false, false) => {}
            }
        }
        let removed = tree.removed.iter().filter(|(_, at)| *at > since);
        changes.extend(removed.map(|(no, at)| (*at, FolderChange::Delete(*no))));
        changes.sort_unstable_by_key(|(at, _)| *at);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}
