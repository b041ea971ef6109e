//! What a mailbox knows of an item beyond its bytes. Most items are never touched and have none.

use jiff::Timestamp;

use super::FolderNo;

/// What was done to an item since it came.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// When, by the mailbox's sequence, it was last changed in more than its read flag; 0 if never.
    pub changed: u64,
    /// When its read flag was last changed; 0 if never.
    pub flagged: u64,
    /// Whether it was read.
    pub read: bool,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// In which folder it lies.
    pub(super) folder: FolderNo,
}

impl Overlay {
    /// Grows with every change: what makes a change key.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.changed.max(self.flagged)
    }
}

impl Default for FolderNo {
    fn default() -> Self {
        Self::INBOX
    }
}
