//! What operations on items answer.

use crate::ews::record::el;
use crate::ews::value::Attachment;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{Content, Item, ItemId};

/// Items, by value or by id alone. Answers that are errors hold the empty list: the schema wants
/// the element in any case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Items {
    /// The items; one in each answer.
    pub items: Vec<Item>,
}

/// Items that were changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UpdatedItems {
    /// The items with their new versions.
    pub items: Vec<Item>,
    /// What came of conflicts.
    pub conflicts: Option<ConflictResults>,
}

record! {
    /// What came of conflicts.
    #[derive(Copy, Eq, Default)]
    pub struct ConflictResults {
        /// How many were settled.
        one count: i32 = el("t:Count"),
    }
}

content! {
    /// An item that was moved to or out of the junk folder.
    #[derive(Eq)]
    pub struct MovedItem {
        /// Its new id.
        maybe id: ItemId = el("m:MovedItemId"),
    }
}

/// Attachments, by value or by id alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attachments {
    /// The attachments; one in each answer.
    pub attachments: Vec<Attachment>,
}

impl Items {
    /// An answer with one item.
    pub fn one(item: Item) -> Self {
        Self { items: vec![item] }
    }

    /// The first item.
    pub fn first(&self) -> Option<&Item> {
        self.items.first()
    }
}

impl Content for Items {
    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        if element.is(Ns::Messages, "Items") {
            self.items = Item::read_list(r)?;
        }
        Ok(())
    }

    fn write(&self, w: &mut Writer) {
        Item::write_list(&self.items, w, "m:Items");
    }
}

impl Content for UpdatedItems {
    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        match (element.ns, element.name) {
            (Ns::Messages, "Items") => self.items = Item::read_list(r)?,
            (Ns::Messages, "ConflictResults") => {
                self.conflicts = Some(crate::ews::record::Group::read_group(r, element)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn write(&self, w: &mut Writer) {
        Item::write_list(&self.items, w, "m:Items");
        if let Some(conflicts) = &self.conflicts {
            crate::ews::record::Body::write_body(conflicts, w, "m:ConflictResults");
        }
    }
}

impl Attachments {
    /// An answer with one attachment.
    pub fn one(attachment: Attachment) -> Self {
        Self { attachments: vec![attachment] }
    }
}

impl Content for Attachments {
    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        if element.is(Ns::Messages, "Attachments") {
            self.attachments = Attachment::read_list(r)?;
        }
        Ok(())
    }

    fn write(&self, w: &mut Writer) {
        w.open("m:Attachments");
        for attachment in &self.attachments {
            attachment.write(w);
        }
        w.close("m:Attachments");
    }
}
