//! What things are called: items, folders, attachments, states and subscriptions. All of them are
//! opaque to a client, which only hands them back.

use super::Mailbox;
use super::xml::{Element, Ns, ReadError, Reader, Writer};

/// An item, and the version of it that was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ItemId {
    /// Its name.
    pub id: String,
    /// Its version. An update may insist on it.
    pub change_key: Option<String>,
}

/// A folder, and the version of it that was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FolderId {
    /// Its name.
    pub id: String,
    /// Its version.
    pub change_key: Option<String>,
}

/// An item in a request: by its own id, or by way of the series it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemRef {
    /// `ItemId`.
    Id(ItemId),
    /// `OccurrenceItemId`: one occurrence of a series.
    Occurrence {
        /// The series' master.
        master: String,
        /// Its version.
        change_key: Option<String>,
        /// Which occurrence, counted from 1.
        index: i32,
    },
    /// `RecurringMasterItemId`: the master of an occurrence.
    RecurringMaster {
        /// The occurrence.
        occurrence: String,
        /// Its version.
        change_key: Option<String>,
    },
}

/// A folder in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderRef {
    /// `FolderId`.
    Id(FolderId),
    /// `DistinguishedFolderId`: a folder that every mailbox has, such as `inbox`.
    Distinguished {
        /// Its name.
        name: String,
        /// Whose it is; the caller's without.
        mailbox: Option<Box<Mailbox>>,
    },
}

/// An attachment. Answers add the item it hangs on and that item's new version: some clients
/// insist on both (ews-clients.md).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttachmentId {
    /// Its name.
    pub id: String,
    /// The item.
    pub root_item_id: Option<String>,
    /// Its version.
    pub root_item_change_key: Option<String>,
}

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub String);

        impl $name {
            /// It as it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

opaque! {
    /// How far a client has seen a folder or a hierarchy.
    SyncState
    /// A subscription to events.
    SubscriptionId
    /// How far a client has seen a subscription's events.
    Watermark
}

macro_rules! versioned_id {
    ($name:ident, $text:literal) => {
        impl $name {
            /// The id without a version.
            pub fn new(id: impl Into<String>) -> Self {
                Self { id: id.into(), change_key: None }
            }

            /// The id of one version.
            pub fn versioned(id: impl Into<String>, change_key: impl Into<String>) -> Self {
                Self { id: id.into(), change_key: Some(change_key.into()) }
            }

            pub(crate) fn read(element: &Element) -> Result<Self, ReadError> {
                Ok(Self {
                    id: element.require($text, "Id")?,
                    change_key: element.attr_string("ChangeKey")?,
                })
            }

            /// `name` differs where an id stands in another role (`ParentFolderId`).
            pub(crate) fn write(&self, w: &mut Writer, name: &str) {
                w.open(name);
                w.attr("Id", &self.id);
                w.attr_opt("ChangeKey", self.change_key.as_deref());
                w.close(name);
            }
        }
    };
}

versioned_id!(ItemId, "ItemId");
versioned_id!(FolderId, "FolderId");

impl ItemRef {
    /// Reads it, if this element is one.
    pub(crate) fn read(element: &Element) -> Result<Option<Self>, ReadError> {
        let change_key = element.attr_string("ChangeKey")?;
        let bad = |what| ReadError::value(element.position, what, "");
        Ok(Some(match (element.ns, element.name) {
            (Ns::Types, "ItemId") => Self::Id(ItemId::read(element)?),
            (Ns::Types, "OccurrenceItemId") => Self::Occurrence {
                master: element.require("OccurrenceItemId", "RecurringMasterId")?,
                change_key,
                index: element
                    .attr_parse("InstanceIndex", "int")?
                    .ok_or_else(|| bad("InstanceIndex"))?,
            },
            (Ns::Types, "RecurringMasterItemId") => Self::RecurringMaster {
                occurrence: element.require("RecurringMasterItemId", "OccurrenceId")?,
                change_key,
            },
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        match self {
            Self::Id(id) => id.write(w, "t:ItemId"),
            Self::Occurrence { master, change_key, index } => {
                w.open("t:OccurrenceItemId");
                w.attr("RecurringMasterId", master);
                w.attr_opt("ChangeKey", change_key.as_deref());
                w.attr_display("InstanceIndex", index);
                w.close("t:OccurrenceItemId");
            }
            Self::RecurringMaster { occurrence, change_key } => {
                w.open("t:RecurringMasterItemId");
                w.attr("OccurrenceId", occurrence);
                w.attr_opt("ChangeKey", change_key.as_deref());
                w.close("t:RecurringMasterItemId");
            }
        }
    }
}

impl FolderRef {
    /// A distinguished folder of the caller's own mailbox.
    pub fn distinguished(name: impl Into<String>) -> Self {
        Self::Distinguished { name: name.into(), mailbox: None }
    }

    /// Reads it, if this element is one.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Option<Self>, ReadError> {
        match (element.ns, element.name) {
            (Ns::Types, "FolderId") => Ok(Some(Self::Id(FolderId::read(element)?))),
            (Ns::Types, "DistinguishedFolderId") => {
                let name = element.require("DistinguishedFolderId", "Id")?;
                let mut mailbox = None;
                r.children(|r, el| {
                    if el.is(Ns::Types, "Mailbox") {
                        mailbox = Some(Box::new(Mailbox::read(r)?));
                    }
                    Ok(())
                })?;
                Ok(Some(Self::Distinguished { name, mailbox }))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        match self {
            Self::Id(id) => id.write(w, "t:FolderId"),
            Self::Distinguished { name, mailbox } => {
                w.open("t:DistinguishedFolderId");
                w.attr("Id", name);
                if let Some(mailbox) = mailbox {
                    mailbox.write(w, "t:Mailbox");
                }
                w.close("t:DistinguishedFolderId");
            }
        }
    }
}

impl From<ItemId> for ItemRef {
    fn from(id: ItemId) -> Self {
        Self::Id(id)
    }
}

impl From<FolderId> for FolderRef {
    fn from(id: FolderId) -> Self {
        Self::Id(id)
    }
}

impl AttachmentId {
    /// The id alone, as requests give it.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    pub(crate) fn read(element: &Element) -> Result<Self, ReadError> {
        Ok(Self {
            id: element.require("AttachmentId", "Id")?,
            root_item_id: element.attr_string("RootItemId")?,
            root_item_change_key: element.attr_string("RootItemChangeKey")?,
        })
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("t:AttachmentId");
        w.attr("Id", &self.id);
        w.attr_opt("RootItemId", self.root_item_id.as_deref());
        w.attr_opt("RootItemChangeKey", self.root_item_change_key.as_deref());
        w.close("t:AttachmentId");
    }
}
