//! The ids and names that everybody uses, as parts of records.

use super::{Body, Choice, unexpected};
use crate::ews::search::{Restriction, View};
use crate::ews::value::Attachment;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{
    AttachmentId, Content, FolderId, FolderRef, Item, ItemClass, ItemId, ItemRef, ItemShape,
    Mailbox, Property, ResponseMessage, SubscriptionId, SyncState, TimeZoneDefinition, Watermark,
};

macro_rules! ids {
    ($($type:ty),*) => { $(
        impl Body for $type {
            fn read_body(_: &mut Reader, start: &Element) -> Result<Self, ReadError> {
                Self::read(start)
            }

            fn write_body(&self, writer: &mut Writer, name: &str) {
                self.write(writer, name);
            }
        }
    )* };
}

ids!(FolderId, ItemId);

impl Body for AttachmentId {
    fn read_body(_: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        Self::read(start)
    }

    fn write_body(&self, writer: &mut Writer, _: &str) {
        self.write(writer);
    }
}

macro_rules! bodies {
    ($($type:ty),*) => { $(
        impl Body for $type {
            fn read_body(reader: &mut Reader, _: &Element) -> Result<Self, ReadError> {
                Self::read(reader)
            }

            fn write_body(&self, writer: &mut Writer, name: &str) {
                self.write(writer, name);
            }
        }
    )* };
}

bodies!(ItemShape, Mailbox);

macro_rules! opaque {
    ($($type:ident),*) => { $(
        impl Body for $type {
            fn read_body(reader: &mut Reader, _: &Element) -> Result<Self, ReadError> {
                reader.string().map($type)
            }

            fn write_body(&self, writer: &mut Writer, name: &str) {
                writer.element(name, &self.0);
            }
        }
    )* };
}

opaque!(SubscriptionId, SyncState, Watermark);

impl Body for TimeZoneDefinition {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        Self::read(reader, start)
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        self.write(writer, name);
    }
}

/// The few operations that answer without a list have one message by name.
impl<T: Content> Body for ResponseMessage<T> {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        Self::read(reader, start)
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        self.write(writer, name);
    }
}

impl Body for Restriction {
    fn read_body(reader: &mut Reader, _: &Element) -> Result<Self, ReadError> {
        Self::read(reader)
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        self.write(writer, name);
    }
}

impl Choice for Property {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types
            && matches!(child.name, "FieldURI" | "IndexedFieldURI" | "ExtendedFieldURI")
    }

    fn read(_: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        Self::read(child)?.ok_or_else(|| unexpected(child))
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}

impl Choice for FolderRef {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types && matches!(child.name, "FolderId" | "DistinguishedFolderId")
    }

    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        Self::read(reader, child)?.ok_or_else(|| unexpected(child))
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}

impl Choice for ItemRef {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types
            && matches!(child.name, "ItemId" | "OccurrenceItemId" | "RecurringMasterItemId")
    }

    fn read(_: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        Self::read(child)?.ok_or_else(|| unexpected(child))
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}

impl Choice for Item {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types && ItemClass::from_element(child.name).is_some()
    }

    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        let class = ItemClass::from_element(child.name).ok_or_else(|| unexpected(child))?;
        Self::read(reader, class)
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}

impl Choice for Attachment {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types && matches!(child.name, "FileAttachment" | "ItemAttachment")
    }

    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        Self::read(reader, child)?.ok_or_else(|| unexpected(child))
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}

impl Choice for View {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Messages
            && matches!(
                child.name,
                "IndexedPageItemView" | "FractionalPageItemView" | "CalendarView" | "ContactsView"
            )
    }

    fn read(_: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        Self::read(child)?.ok_or_else(|| unexpected(child))
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}
