//! Making items, and with them sending, replying and answering invitations.

use crate::ews::record::{el, one_of};
use crate::ews::{FolderRef, Item};

record! {
    /// Makes items.
    pub struct CreateItem {
        /// What becomes of messages. Without it, they are refused.
        maybe_attribute message_disposition: MessageDisposition = "MessageDisposition",
        /// Who is invited to meetings. Without it, they are refused.
        maybe_attribute send_meeting_invitations: SendMeetingInvitations =
            "SendMeetingInvitations",
        /// Where they are kept.
        maybe saved_item_folder: FolderRef = el("m:SavedItemFolderId").holds(one_of()),
        /// What they are like.
        one items: Vec<Item> = el("m:Items").lists(one_of()),
    }
}

words! {
    /// What becomes of a message.
    pub enum MessageDisposition {
        /// It becomes a draft.
        SaveOnly = "SaveOnly",
        /// It is sent, and nothing is kept.
        SendOnly = "SendOnly",
        /// It is sent and kept.
        SendAndSaveCopy = "SendAndSaveCopy",
    }
}

words! {
    /// Who is told of a meeting that is made or deleted.
    pub enum SendMeetingInvitations {
        /// Nobody.
        SendToNone = "SendToNone",
        /// All attendees.
        SendOnlyToAll = "SendOnlyToAll",
        /// All attendees, and a copy is kept.
        SendToAllAndSaveCopy = "SendToAllAndSaveCopy",
    }
}
