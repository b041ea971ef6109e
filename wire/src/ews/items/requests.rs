//! The operations that take items as they are: getting, moving, copying, deleting, sending.

use super::SendMeetingInvitations;
use crate::ews::folders::DeleteType;
use crate::ews::record::{el, one_of};
use crate::ews::{FolderRef, ItemRef, ItemShape};

record! {
    /// Asks for items that are known.
    #[derive(Eq)]
    pub struct GetItem {
        /// What to say of each.
        one shape: ItemShape = el("m:ItemShape"),
        /// Which ones.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
    }
}

record! {
    /// Puts items elsewhere.
    #[derive(Eq)]
    pub struct MoveItem {
        /// Where.
        one to: FolderRef = el("m:ToFolderId").holds(one_of()),
        /// Which ones.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
        /// Whether to say what they are called there.
        maybe return_new_item_ids: bool = el("m:ReturnNewItemIds"),
    }
}

record! {
    /// Puts copies of items elsewhere.
    #[derive(Eq)]
    pub struct CopyItem {
        /// Where.
        one to: FolderRef = el("m:ToFolderId").holds(one_of()),
        /// Which ones.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
        /// Whether to say what they are called there.
        maybe return_new_item_ids: bool = el("m:ReturnNewItemIds"),
    }
}

record! {
    /// Deletes items.
    #[derive(Eq)]
    pub struct DeleteItem {
        /// What becomes of them.
        attribute delete_type: DeleteType = "DeleteType",
        /// Who is told of deleted meetings. Without it, meetings are refused.
        maybe_attribute send_meeting_cancellations: SendMeetingInvitations =
            "SendMeetingCancellations",
        /// Which tasks of a series go. Without it, tasks are refused.
        maybe_attribute affected_task_occurrences: AffectedTaskOccurrences =
            "AffectedTaskOccurrences",
        /// Whether senders who asked for it are not told that their messages went unread.
        maybe_attribute suppress_read_receipts: bool = "SuppressReadReceipts",
        /// Which ones.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
    }
}

words! {
    /// Which tasks of a series are deleted.
    pub enum AffectedTaskOccurrences {
        /// All of them.
        AllOccurrences = "AllOccurrences",
        /// The one that is named.
        SpecifiedOccurrenceOnly = "SpecifiedOccurrenceOnly",
    }
}

record! {
    /// Sends drafts.
    #[derive(Eq)]
    pub struct SendItem {
        /// Whether a copy is kept.
        attribute save_item_to_folder: bool = "SaveItemToFolder",
        /// The drafts, with their versions.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
        /// Where the copy is kept; in Sent Items without.
        maybe saved_item_folder: FolderRef = el("m:SavedItemFolderId").holds(one_of()),
    }
}

record! {
    /// Marks everything in folders as read or unread.
    #[derive(Eq)]
    pub struct MarkAllItemsAsRead {
        /// Which of the two.
        one read_flag: bool = el("m:ReadFlag"),
        /// Whether senders who asked for it are not told.
        one suppress_read_receipts: bool = el("m:SuppressReadReceipts"),
        /// Where.
        one folder_ids: Vec<FolderRef> = el("m:FolderIds").lists(one_of()),
    }
}

record! {
    /// Declares messages junk, or not.
    #[derive(Eq)]
    pub struct MarkAsJunk {
        /// Which of the two.
        attribute is_junk: bool = "IsJunk",
        /// Whether they move to or out of the junk folder.
        attribute move_item: bool = "MoveItem",
        /// Which ones.
        one item_ids: Vec<ItemRef> = el("m:ItemIds").lists(one_of()),
    }
}
