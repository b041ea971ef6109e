//! `SendItem`: sends drafts, and keeps a copy if asked.

use super::RequestContent;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{FolderRef, ItemRef};

/// Sends drafts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendItem {
    /// Whether a copy is kept.
    pub save_item_to_folder: bool,
    /// The drafts, with their versions.
    pub item_ids: Vec<ItemRef>,
    /// Where the copy is kept; in Sent Items without.
    pub saved_item_folder: Option<FolderRef>,
}

impl RequestContent for SendItem {
    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut request = Self {
            save_item_to_folder: element.attr_bool("SaveItemToFolder")?.unwrap_or_default(),
            item_ids: Vec::new(),
            saved_item_folder: None,
        };
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Messages, "ItemIds") => request.item_ids = ItemRef::read_list(r)?,
                (Ns::Messages, "SavedItemFolderId") => {
                    request.saved_item_folder = FolderRef::read_one(r)?;
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(request)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_bool("SaveItemToFolder", self.save_item_to_folder);
        ItemRef::write_list(&self.item_ids, w, "m:ItemIds");
        if let Some(folder) = &self.saved_item_folder {
            folder.write_one(w, "m:SavedItemFolderId");
        }
    }
}
