//! `SyncFolderHierarchy`: what has become of a mailbox's folders since a client last asked.

use super::{Folder, FolderShape};
use crate::ews::record::{el, one_of};
use crate::ews::{FolderId, FolderRef, SyncState};

record! {
    /// Asks for changes of folders.
    pub struct SyncFolderHierarchy {
        /// What to say of each.
        one shape: FolderShape = el("m:FolderShape"),
        /// Below which folder; below the root without.
        maybe folder: FolderRef = el("m:SyncFolderId").holds(one_of()),
        /// What the client has seen; nothing without.
        maybe state: SyncState = el("m:SyncState"),
    }
}

content! {
    /// What has become of the folders. Errors carry the first two as well (ews-clients.md).
    pub struct FolderHierarchy {
        /// What the client has seen now.
        maybe state: SyncState = el("m:SyncState"),
        /// Whether that is everything.
        maybe is_last: bool = el("m:IncludesLastFolderInRange"),
        /// The changes, in order.
        maybe changes: Vec<HierarchyChange> = el("m:Changes").lists(one_of()),
    }
}

choice! {
    /// What has become of one folder.
    pub enum HierarchyChange {
        /// It is new.
        Create(Box<Folder>) = el("t:Create").holds(one_of()),
        /// It has changed.
        Update(Box<Folder>) = el("t:Update").holds(one_of()),
        /// It is gone.
        Delete(FolderId) = el("t:Delete").holds(el("t:FolderId")),
    }
}
