//! `ConvertId`: the same item under ids of other forms. Clients ask it first, with an id that
//! nobody has, only to learn which server answers (ews-clients.md).

use crate::ews::record::{Body, Group, Part, el, one_of};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

record! {
    /// Asks for ids in another form.
    #[derive(Eq)]
    pub struct ConvertId {
        /// In which form.
        attribute destination: IdFormat = "DestinationFormat",
        /// The ids: one answer each.
        one ids: Vec<SourceId> = el("m:SourceIds").lists(one_of()),
    }
}

words! {
    /// The forms in which an id travels.
    pub enum IdFormat {
        /// That of Exchange 2007 before its first service pack.
        EwsLegacy = "EwsLegacyId",
        /// That of EWS.
        Ews = "EwsId",
        /// MAPI's, in base64.
        Entry = "EntryId",
        /// MAPI's, in hexadecimal.
        HexEntry = "HexEntryId",
        /// That of the store.
        Store = "StoreId",
        /// That of Outlook Web Access.
        Owa = "OwaId",
    }
}

choice! {
    /// An id to be converted.
    #[derive(Eq)]
    pub enum SourceId {
        /// Of a mailbox.
        Mailbox(AlternateId) = el("t:AlternateId"),
        /// Of a public folder.
        PublicFolder(AlternatePublicFolderId) = el("t:AlternatePublicFolderId"),
        /// Of an item in a public folder.
        PublicItem(AlternatePublicItemId) = el("t:AlternatePublicFolderItemId"),
    }
}

record! {
    /// An id in a mailbox.
    #[derive(Eq)]
    pub struct AlternateId {
        /// Its form.
        attribute format: IdFormat = "Format",
        /// The id.
        attribute id: String = "Id",
        /// The mailbox's address.
        attribute mailbox: String = "Mailbox",
        /// Whether it is in the mailbox's archive.
        maybe_attribute is_archive: bool = "IsArchive",
    }
}

record! {
    /// The id of a public folder.
    #[derive(Eq)]
    pub struct AlternatePublicFolderId {
        /// Its form.
        attribute format: IdFormat = "Format",
        /// The id.
        attribute folder_id: String = "FolderId",
    }
}

record! {
    /// The id of an item in a public folder.
    #[derive(Eq)]
    pub struct AlternatePublicItemId {
        /// The form of both.
        attribute format: IdFormat = "Format",
        /// The folder's id.
        attribute folder_id: String = "FolderId",
        /// The item's id.
        attribute item_id: String = "ItemId",
    }
}

content! {
    /// An id in another form.
    #[derive(Eq)]
    pub struct ConvertedId {
        /// The id.
        maybe id: SourceId = Typed,
    }
}

/// In answers the element has one name, and `xsi:type` tells which of the three it is.
struct Typed;

impl Typed {
    const NAME: &'static str = "m:AlternateId";
}

impl Part<SourceId> for Typed {
    fn is(&self, child: &Element) -> bool {
        child.is(Ns::Messages, "AlternateId")
    }

    fn read(&self, reader: &mut Reader, child: &Element) -> Result<SourceId, ReadError> {
        // By what it has: the prefix in the value of `xsi:type` is bound by whoever wrote it.
        Ok(if child.attr("ItemId")?.is_some() {
            SourceId::PublicItem(Body::read_body(reader, child)?)
        } else if child.attr("FolderId")?.is_some() {
            SourceId::PublicFolder(Body::read_body(reader, child)?)
        } else {
            SourceId::Mailbox(Body::read_body(reader, child)?)
        })
    }

    fn write(&self, writer: &mut Writer, value: &SourceId) {
        let kind = match value {
            SourceId::Mailbox(_) => "t:AlternateIdType",
            SourceId::PublicFolder(_) => "t:AlternatePublicFolderIdType",
            SourceId::PublicItem(_) => "t:AlternatePublicFolderItemIdType",
        };
        writer.open(Self::NAME);
        writer.attr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        writer.attr("xsi:type", kind);
        match value {
            SourceId::Mailbox(id) => id.write_attributes(writer),
            SourceId::PublicFolder(id) => id.write_attributes(writer),
            SourceId::PublicItem(id) => id.write_attributes(writer),
        }
        writer.close(Self::NAME);
    }
}
