//! The last things that happened in a mailbox, for those who subscribed to them. Kept only from the
//! first subscription on, and only so many.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{FolderNo, Uid};

/// How many a mailbox remembers.
const REMEMBERED: usize = 512;

/// Something that happened in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    /// Its number; they are counted from 1 in each mailbox.
    pub watermark: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What can happen. The folder is where the item lies, or the parent of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A message arrived.
    NewMail(Thing, FolderNo),
    /// It was made, or arrived.
    Created(Thing, FolderNo),
    /// It was changed.
    Modified(Thing, FolderNo),
    /// It was removed for good.
    Deleted(Thing, FolderNo),
    /// It lies elsewhere now.
    Moved(Passage),
    /// There is another like it now.
    Copied(Passage),
}

/// From where to where something was moved or copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// What it was.
    pub old: Thing,
    /// Where it lay.
    pub from: FolderNo,
    /// What it is now.
    pub new: Thing,
    /// Where it lies.
    pub to: FolderNo,
}

/// An item or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// An item.
    Item(Uid),
    /// A folder.
    Folder(FolderNo),
}

/// A watermark so old that what followed it is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what followed this watermark is forgotten")]
pub struct Forgotten;

/// The happenings of one mailbox, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    kept: VecDeque<Happening>,
    /// The watermark of the newest ever.
    newest: u64,
}

impl Journal {
    pub(super) fn record(&mut self, at: Timestamp, what: What) {
        if self.kept.len() == REMEMBERED {
            self.kept.pop_front();
        }
        self.newest += 1;
        self.kept.push_back(Happening { watermark: self.newest, at, what });
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    pub(super) fn since(
        &self,
        watermark: u64,
    ) -> Result<impl Iterator<Item = &Happening>, Forgotten> {
        let new = self.newest.checked_sub(watermark).ok_or(Forgotten)?;
        let new = usize::try_from(new).map_err(|_| Forgotten)?;
        let first = self.kept.len().checked_sub(new).ok_or(Forgotten)?;
        Ok(self.kept.range(first..))
    }
}
