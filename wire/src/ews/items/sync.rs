//! Synchronising the items of a folder.

use crate::ews::record::{Choice, Part, el, one_of, unexpected};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{Content, FolderRef, Item, ItemClass, ItemId, ItemShape, SyncState};

record! {
    /// Asks what changed in a folder since a state.
    #[derive(Eq)]
    pub struct SyncFolderItems {
        /// What to say of each item.
        one shape: ItemShape = el("m:ItemShape"),
        /// The folder.
        one folder: FolderRef = el("m:SyncFolderId").holds(one_of()),
        /// The state; from the beginning without.
        maybe state: SyncState = el("m:SyncState"),
        /// What the client knows already.
        maybe ignore: Vec<ItemId> = el("m:Ignore").lists(el("t:ItemId")),
        /// How many changes at most, 1 to 512.
        one max_changes: i32 = el("m:MaxChangesReturned"),
        /// Whether associated items count.
        maybe scope: SyncScope = el("m:SyncScope"),
    }
}

words! {
    /// Which items are synchronised.
    pub enum SyncScope {
        /// The items that people see.
        NormalItems = "NormalItems",
        /// Those that belong to the folder itself as well.
        NormalAndAssociatedItems = "NormalAndAssociatedItems",
    }
}

/// What changed. An error carries an empty state and says that it is the last, because some
/// clients want both in any answer (ews-clients.md); that is the default.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncedItems {
    /// The state from which to ask next.
    pub state: SyncState,
    /// Whether nothing else has changed.
    pub is_last: bool,
    /// The changes; none in an error.
    pub changes: Option<Vec<ItemChange>>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemChange {
    /// An item came.
    Create(Item),
    /// An item changed.
    Update(Item),
    /// An item went.
    Delete(ItemId),
    /// An item was read, or is unread again, and nothing else.
    ReadFlagChange(ItemId, bool),
}

impl Default for SyncedItems {
    fn default() -> Self {
        Self { state: SyncState::default(), is_last: true, changes: None }
    }
}

impl Content for SyncedItems {
    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        match (element.ns, element.name) {
            (Ns::Messages, "SyncState") => self.state = SyncState(r.string()?),
            (Ns::Messages, "IncludesLastItemInRange") => self.is_last = r.bool()?,
            (Ns::Messages, "Changes") => {
                self.changes = Some(el("m:Changes").lists(one_of()).read(r, element)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn write(&self, w: &mut Writer) {
        w.element("m:SyncState", self.state.as_str());
        w.bool("m:IncludesLastItemInRange", self.is_last);
        if let Some(changes) = &self.changes {
            el("m:Changes").lists(one_of()).write(w, changes);
        }
    }
}

impl Choice for ItemChange {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Types
            && matches!(child.name, "Create" | "Update" | "Delete" | "ReadFlagChange")
    }

    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let (mut item, mut id, mut is_read) = (None, None, None);
        r.children(|r, el| {
            if el.ns != Ns::Types {
                return Ok(());
            }
            match el.name {
                "ItemId" => id = Some(ItemId::read(&el)?),
                "IsRead" => is_read = Some(r.bool()?),
                name => {
                    if let Some(class) = ItemClass::from_element(name) {
                        item = Some(Item::read(r, class)?);
                    }
                }
            }
            Ok(())
        })?;
        match (element.name, item, id) {
            ("Create", Some(item), _) => Ok(Self::Create(item)),
            ("Update", Some(item), _) => Ok(Self::Update(item)),
            ("Delete", _, Some(id)) => Ok(Self::Delete(id)),
            ("ReadFlagChange", _, Some(id)) => {
                let is_read = is_read.ok_or_else(|| r.missing("ReadFlagChange", "IsRead"))?;
                Ok(Self::ReadFlagChange(id, is_read))
            }
            ("Create" | "Update", None, _) => Err(r.missing("a change", "an item")),
            ("Delete" | "ReadFlagChange", _, None) => Err(r.missing("a change", "ItemId")),
            _ => Err(unexpected(element)),
        }
    }

    fn write(&self, w: &mut Writer) {
        match self {
            Self::Create(item) => {
                w.open("t:Create");
                item.write(w);
                w.close("t:Create");
            }
            Self::Update(item) => {
                w.open("t:Update");
                item.write(w);
                w.close("t:Update");
            }
            Self::Delete(id) => {
                w.open("t:Delete");
                id.write(w, "t:ItemId");
                w.close("t:Delete");
            }
            Self::ReadFlagChange(id, is_read) => {
                w.open("t:ReadFlagChange");
                id.write(w, "t:ItemId");
                w.bool("t:IsRead", *is_read);
                w.close("t:ReadFlagChange");
            }
        }
    }
}
