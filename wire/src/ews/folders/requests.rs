//! The operations on folders, but for those that synchronise and change.

use super::{Folder, FolderShape};
use crate::ews::FolderRef;
use crate::ews::record::{el, one_of};
use crate::ews::search::Restriction;

record! {
    /// Asks for folders that are known.
    pub struct GetFolder {
        /// What to say of each.
        one shape: FolderShape = el("m:FolderShape"),
        /// Which ones.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}

record! {
    /// Asks what folders there are.
    pub struct FindFolder {
        /// How far down.
        attribute traversal: FolderTraversal = "Traversal",
        /// What to say of each.
        one shape: FolderShape = el("m:FolderShape"),
        /// Which of what was found.
        maybe paging: Paging = one_of(),
        /// What a folder must be like.
        maybe restriction: Restriction = el("m:Restriction"),
        /// Where to look: one answer each.
        one parents: Vec<FolderRef> = el("m:ParentFolderIds").lists(one_of()),
    }
}

words! {
    /// How far down to look for folders.
    pub enum FolderTraversal {
        /// Only children.
        Shallow = "Shallow",
        /// Children and theirs.
        Deep = "Deep",
        /// Deleted ones that can still be recovered.
        SoftDeleted = "SoftDeleted",
    }
}

choice! {
    /// Which page of the folders that were found.
    #[derive(Copy, Eq)]
    pub enum Paging {
        /// From one folder on.
        Indexed(FolderPage) = el("m:IndexedPageFolderView"),
        /// From a fraction of all on.
        Fractional(FolderFraction) = el("m:FractionalPageFolderView"),
    }
}

record! {
    /// A page that starts at one folder.
    #[derive(Copy, Eq)]
    pub struct FolderPage {
        /// How many folders at most.
        maybe_attribute max_entries: i32 = "MaxEntriesReturned",
        /// How far from the base point.
        attribute offset: i32 = "Offset",
        /// From where it counts.
        attribute base_point: BasePoint = "BasePoint",
    }
}

words! {
    /// From where a page's offset counts.
    pub enum BasePoint {
        /// Forwards from the first.
        Beginning = "Beginning",
        /// Backwards from the last.
        End = "End",
    }
}

record! {
    /// A page that starts at a fraction of all folders.
    #[derive(Copy, Eq)]
    pub struct FolderFraction {
        /// How many folders at most.
        maybe_attribute max_entries: i32 = "MaxEntriesReturned",
        /// Above the line.
        attribute numerator: i32 = "Numerator",
        /// Below the line.
        attribute denominator: i32 = "Denominator",
    }
}

content! {
    /// Folders by value, or by id alone: what most operations on folders answer.
    pub struct Folders {
        /// The folders; one in each answer.
        maybe folders: Vec<Folder> = el("m:Folders").lists(one_of()),
    }
}

impl Folders {
    /// An answer with one folder.
    pub fn one(folder: Folder) -> Self {
        Self { folders: Some(vec![folder]) }
    }

    /// The first folder.
    pub fn first(&self) -> Option<&Folder> {
        self.folders.as_ref()?.first()
    }
}

content! {
    /// The folders found within one.
    pub struct FoundFolders {
        /// The page and how it lies in the whole.
        maybe root: RootFolder = el("m:RootFolder"),
    }
}

record! {
    /// A page of folders.
    #[derive(Default)]
    pub struct RootFolder {
        /// Where the next page starts. Without it, some clients never stop (ews-clients.md).
        maybe_attribute next_offset: i32 = "IndexedPagingOffset",
        /// Where the next page starts, above the line.
        maybe_attribute numerator: i32 = "NumeratorOffset",
        /// The same below the line.
        maybe_attribute denominator: i32 = "AbsoluteDenominator",
        /// Whether this page is the last.
        maybe_attribute is_last: bool = "IncludesLastItemInRange",
        /// How many folders there are on all pages.
        maybe_attribute total: i32 = "TotalItemsInView",
        /// The folders.
        maybe folders: Vec<Folder> = el("t:Folders").lists(one_of()),
    }
}

record! {
    /// Makes folders.
    pub struct CreateFolder {
        /// Where.
        one parent: FolderRef = el("m:ParentFolderId").holds(one_of()),
        /// What they are like.
        one folders: Vec<Folder> = el("m:Folders").lists(one_of()),
    }
}

words! {
    /// What becomes of what is deleted.
    pub enum DeleteType {
        /// It is gone.
        HardDelete = "HardDelete",
        /// It can be recovered by whoever knows how.
        SoftDelete = "SoftDelete",
        /// It goes where its owner looks for it.
        MoveToDeletedItems = "MoveToDeletedItems",
    }
}

record! {
    /// Deletes folders.
    #[derive(Eq)]
    pub struct DeleteFolder {
        /// What becomes of them.
        attribute delete_type: DeleteType = "DeleteType",
        /// Which ones.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}

record! {
    /// Deletes what is in folders.
    #[derive(Eq)]
    pub struct EmptyFolder {
        /// What becomes of it.
        attribute delete_type: DeleteType = "DeleteType",
        /// Whether the folders within go too.
        attribute delete_subfolders: bool = "DeleteSubFolders",
        /// Which ones.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}

record! {
    /// Puts folders elsewhere.
    #[derive(Eq)]
    pub struct MoveFolder {
        /// Where.
        one to: FolderRef = el("m:ToFolderId").holds(one_of()),
        /// Which ones.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}

record! {
    /// Puts copies of folders elsewhere.
    #[derive(Eq)]
    pub struct CopyFolder {
        /// Where.
        one to: FolderRef = el("m:ToFolderId").holds(one_of()),
        /// Which ones.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}
