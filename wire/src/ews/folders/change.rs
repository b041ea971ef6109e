//! `UpdateFolder`: changes of single properties.

use super::Folder;
use crate::ews::record::{el, one_of};
use crate::ews::{FolderRef, Property};

record! {
    /// Changes folders.
    pub struct UpdateFolder {
        /// What is to become of which.
        one changes: Vec<FolderChange> = el("m:FolderChanges").lists(el("t:FolderChange")),
    }
}

record! {
    /// What is to become of one folder.
    pub struct FolderChange {
        /// Which one.
        one folder: FolderRef = one_of(),
        /// The changes, in order.
        one updates: Vec<FolderUpdate> = el("t:Updates").lists(one_of()),
    }
}

choice! {
    /// One change.
    pub enum FolderUpdate {
        /// Adds to a property, where one can.
        Append(FolderValue) = el("t:AppendToFolderField"),
        /// Gives a property a value.
        Set(FolderValue) = el("t:SetFolderField"),
        /// Takes a property's value away.
        Delete(FolderField) = el("t:DeleteFolderField"),
    }
}

record! {
    /// A property and its new value.
    pub struct FolderValue {
        /// Which property.
        one path: Property = one_of(),
        /// A folder that has only that one.
        one folder: Folder = one_of(),
    }
}

record! {
    /// A property.
    pub struct FolderField {
        /// Which one.
        one path: Property = one_of(),
    }
}
