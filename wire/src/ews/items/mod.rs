//! What is done with items: getting, finding, synchronising, making, changing, moving, sending.

mod answers;
mod attachments;
mod create;
mod find;
mod requests;
mod sync;
mod update;

pub use answers::{Attachments, ConflictResults, Items, MovedItem, UpdatedItems};
pub use attachments::{
    AttachmentShape, CreateAttachment, DeleteAttachment, DeletedAttachment, GetAttachment, RootItem,
};
pub use create::{CreateItem, MessageDisposition, SendMeetingInvitations};
pub use find::{FindItem, FoundItems, ItemPage, ItemTraversal, QueryString};
pub use requests::{
    AffectedTaskOccurrences, CopyItem, DeleteItem, GetItem, MarkAllItemsAsRead, MarkAsJunk,
    MoveItem, SendItem,
};
pub use sync::{ItemChange, SyncFolderItems, SyncScope, SyncedItems};
pub use update::{
    ConflictResolution, FieldUpdate, ItemUpdate, SendInvitationsOrCancellations, UpdateItem,
};
