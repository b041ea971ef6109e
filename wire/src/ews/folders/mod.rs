//! Folders and what is done with them: finding, synchronising, making, changing, moving.

mod change;
mod folder;
mod permission;
mod requests;
mod shape;
mod sync;

pub use change::{FolderChange, FolderField, FolderUpdate, FolderValue, UpdateFolder};
pub use folder::{
    EffectiveRights, ExtendedProperty, Folder, FolderKind, FolderProperties, ManagedFolder,
    RetentionTag, SearchParameters, SearchTraversal,
};
pub use permission::{
    CalendarPermission, CalendarPermissionLevel, CalendarReadAccess, DistinguishedUser, Permission,
    PermissionAction, PermissionLevel, PermissionSet, ReadAccess, UserId,
};
pub use requests::{
    BasePoint, CopyFolder, CreateFolder, DeleteFolder, DeleteType, EmptyFolder, FindFolder,
    FolderFraction, FolderPage, FolderTraversal, Folders, FoundFolders, GetFolder, MoveFolder,
    Paging, RootFolder,
};
pub use shape::{BaseShape, FolderShape};
pub use sync::{FolderHierarchy, HierarchyChange, SyncFolderHierarchy};
