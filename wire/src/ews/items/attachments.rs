//! Attaching things to items, and getting and removing what is attached.

use crate::ews::record::{el, one_of};
use crate::ews::value::{Attachment, BodyType};
use crate::ews::{AttachmentId, ItemId, Property};

record! {
    /// Attaches files and items to an item.
    pub struct CreateAttachment {
        /// The item.
        one parent: ItemId = el("m:ParentItemId"),
        /// What is attached.
        one attachments: Vec<Attachment> = el("m:Attachments").lists(one_of()),
    }
}

record! {
    /// Asks for attachments with their contents.
    #[derive(Eq)]
    pub struct GetAttachment {
        /// What to say of items among them.
        maybe shape: AttachmentShape = el("m:AttachmentShape"),
        /// Which ones.
        one attachment_ids: Vec<AttachmentId> = el("m:AttachmentIds").lists(el("t:AttachmentId")),
    }
}

record! {
    /// What to say of items that are attachments.
    #[derive(Eq, Default)]
    pub struct AttachmentShape {
        /// Whether the message as it travels by mail is wanted.
        maybe include_mime_content: bool = el("t:IncludeMimeContent"),
        /// What bodies shall be written in.
        maybe body_type: BodyType = el("t:BodyType"),
        /// Whether unsafe HTML is wanted out.
        maybe filter_html_content: bool = el("t:FilterHtmlContent"),
        /// What is wanted besides.
        maybe additional: Vec<Property> = el("t:AdditionalProperties").lists(one_of()),
    }
}

record! {
    /// Removes attachments.
    #[derive(Eq)]
    pub struct DeleteAttachment {
        /// Which ones.
        one attachment_ids: Vec<AttachmentId> = el("m:AttachmentIds").lists(el("t:AttachmentId")),
    }
}

content! {
    /// What became of the item whose attachment was removed.
    #[derive(Eq)]
    pub struct DeletedAttachment {
        /// The item.
        maybe root: RootItem = el("m:RootItemId"),
    }
}

record! {
    /// The item that an attachment hung on.
    #[derive(Eq)]
    pub struct RootItem {
        /// Its id.
        attribute id: String = "RootItemId",
        /// Its new version.
        attribute change_key: String = "RootItemChangeKey",
    }
}
