//! Changing items, one property at a time.

use super::MessageDisposition;
use crate::ews::record::{Choice, el, one_of, unexpected};
use crate::ews::xml::{Element, Ns, ReadError, ReadErrorKind, Reader, Writer};
use crate::ews::{FolderRef, Item, ItemClass, ItemRef, Property, Value};

record! {
    /// Changes items.
    pub struct UpdateItem {
        /// What happens when somebody else changed them since.
        attribute conflict_resolution: ConflictResolution = "ConflictResolution",
        /// What becomes of messages. Without it, they are refused.
        maybe_attribute message_disposition: MessageDisposition = "MessageDisposition",
        /// Who is told of changed meetings. Without it, they are refused.
        maybe_attribute send_invitations_or_cancellations: SendInvitationsOrCancellations =
            "SendMeetingInvitationsOrCancellations",
        /// Whether senders who asked for it are not told that their messages were read.
        maybe_attribute suppress_read_receipts: bool = "SuppressReadReceipts",
        /// Where a copy of what is sent is kept.
        maybe saved_item_folder: FolderRef = el("m:SavedItemFolderId").holds(one_of()),
        /// What changes.
        one changes: Vec<ItemUpdate> = el("m:ItemChanges").lists(el("t:ItemChange")),
    }
}

words! {
    /// What happens when somebody else changed an item since.
    pub enum ConflictResolution {
        /// Nothing, and the answer is an error.
        NeverOverwrite = "NeverOverwrite",
        /// The server decides.
        AutoResolve = "AutoResolve",
        /// The change is made all the same.
        AlwaysOverwrite = "AlwaysOverwrite",
    }
}

words! {
    /// Who is told of a changed meeting.
    pub enum SendInvitationsOrCancellations {
        /// Nobody.
        SendToNone = "SendToNone",
        /// All attendees.
        SendOnlyToAll = "SendOnlyToAll",
        /// Those who came or went.
        SendOnlyToChanged = "SendOnlyToChanged",
        /// All attendees, and a copy is kept.
        SendToAllAndSaveCopy = "SendToAllAndSaveCopy",
        /// Those who came or went, and a copy is kept.
        SendToChangedAndSaveCopy = "SendToChangedAndSaveCopy",
    }
}

record! {
    /// What changes of one item.
    pub struct ItemUpdate {
        /// Which one.
        one item: ItemRef = one_of(),
        /// What changes, in this order.
        one updates: Vec<FieldUpdate> = el("t:Updates").lists(one_of()),
    }
}

/// The change of one property. Its new value comes as an item that has nothing else.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldUpdate {
    /// It becomes this.
    Set(Property, Item),
    /// This is added to it.
    Append(Property, Item),
    /// It goes.
    Delete(Property),
}

impl FieldUpdate {
    /// A property becomes this.
    pub fn set(class: ItemClass, property: impl Into<Property>, value: impl Into<Value>) -> Self {
        let property = property.into();
        Self::Set(property.clone(), Item::new(class).with(property, value))
    }

    /// The property that changes.
    pub const fn property(&self) -> &Property {
        match self {
            Self::Set(property, _) | Self::Append(property, _) | Self::Delete(property) => property,
        }
    }

    /// The value given for it; nothing where it goes, or where the item has something else.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Set(property, item) | Self::Append(property, item) => {
                item.properties.get(property)
            }
            Self::Delete(_) => None,
        }
    }
}

impl Choice for FieldUpdate {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types
            && matches!(child.name, "SetItemField" | "AppendToItemField" | "DeleteItemField")
    }

    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let (mut property, mut item) = (None, None);
        r.children(|r, el| {
            match (el.ns, ItemClass::from_element(el.name)) {
                (Ns::Types, Some(class)) => item = Some(Item::read(r, class)?),
                _ => property = Property::read(&el)?.or(property.take()),
            }
            Ok(())
        })?;
        let missing = |what| {
            ReadError::new(element.position, ReadErrorKind::Missing { of: "an update", what })
        };
        let property = property.ok_or_else(|| missing("a property"))?;
        match (element.name, item) {
            ("DeleteItemField", _) => Ok(Self::Delete(property)),
            ("SetItemField", Some(item)) => Ok(Self::Set(property, item)),
            ("AppendToItemField", Some(item)) => Ok(Self::Append(property, item)),
            (_, None) => Err(missing("an item")),
            _ => Err(unexpected(element)),
        }
    }

    fn write(&self, w: &mut Writer) {
        let (name, item) = match self {
            Self::Set(_, item) => ("t:SetItemField", Some(item)),
            Self::Append(_, item) => ("t:AppendToItemField", Some(item)),
            Self::Delete(_) => ("t:DeleteItemField", None),
        };
        w.open(name);
        self.property().write(w);
        if let Some(item) = item {
            item.write(w);
        }
        w.close(name);
    }
}
