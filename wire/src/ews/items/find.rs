//! Finding items.

use crate::ews::record::{Body, attribute, el, one_of};
use crate::ews::search::{FieldOrder, Grouping, Restriction, View};
use crate::ews::xml::{Element, ReadError, Reader, Writer};
use crate::ews::{FolderRef, Item, ItemShape};

record! {
    /// Asks which items there are.
    #[derive(Eq)]
    pub struct FindItem {
        /// Which of them count.
        attribute traversal: ItemTraversal = "Traversal",
        /// What to say of each.
        one shape: ItemShape = el("m:ItemShape"),
        /// Which of what was found.
        maybe view: View = one_of(),
        /// How what was found is grouped.
        maybe grouping: Grouping = one_of(),
        /// What they are like.
        maybe restriction: Restriction = el("m:Restriction"),
        /// In which order.
        maybe sort_order: Vec<FieldOrder> = el("m:SortOrder").lists(el("t:FieldOrder")),
        /// Where to look: one answer each.
        one parents: Vec<FolderRef> = el("m:ParentFolderIds").lists(one_of()),
        /// What they are like, in words.
        maybe query: QueryString = el("m:QueryString"),
    }
}

words! {
    /// Which items of a folder count.
    pub enum ItemTraversal {
        /// Those that people see.
        Shallow = "Shallow",
        /// Deleted ones that can still be recovered.
        SoftDeleted = "SoftDeleted",
        /// Those that belong to the folder itself.
        Associated = "Associated",
    }
}

/// A search in words (AQS).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryString {
    /// The words.
    pub text: String,
    /// Whether what was found before is forgotten.
    pub reset_cache: Option<bool>,
    /// Whether the answer says what was found where.
    pub return_highlight_terms: Option<bool>,
    /// Whether deleted items count.
    pub return_deleted_items: Option<bool>,
}

content! {
    /// The items found within one folder.
    pub struct FoundItems {
        /// The page and how it lies in the whole.
        maybe root: ItemPage = el("m:RootFolder"),
    }
}

record! {
    /// A page of items.
    #[derive(Default)]
    pub struct ItemPage {
        /// Where the next page starts. Without it, some clients never stop (ews-clients.md).
        maybe_attribute next_offset: i32 = "IndexedPagingOffset",
        /// Where the next page starts, above the line.
        maybe_attribute numerator: i32 = "NumeratorOffset",
        /// The same below the line.
        maybe_attribute denominator: i32 = "AbsoluteDenominator",
        /// Whether this page is the last.
        maybe_attribute is_last: bool = "IncludesLastItemInRange",
        /// How many items there are on all pages.
        maybe_attribute total: i32 = "TotalItemsInView",
        /// The items.
        one items: Vec<Item> = el("t:Items").lists(one_of()),
    }
}

impl Body for QueryString {
    fn read_body(r: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        Ok(Self {
            reset_cache: attribute(start, "ResetCache")?,
            return_highlight_terms: attribute(start, "ReturnHighlightTerms")?,
            return_deleted_items: attribute(start, "ReturnDeletedItems")?,
            text: r.string()?,
        })
    }

    fn write_body(&self, w: &mut Writer, name: &str) {
        w.open(name);
        for (name, value) in [
            ("ResetCache", self.reset_cache),
            ("ReturnHighlightTerms", self.return_highlight_terms),
            ("ReturnDeletedItems", self.return_deleted_items),
        ] {
            if let Some(value) = value {
                w.attr_bool(name, value);
            }
        }
        w.text(&self.text);
        w.close(name);
    }
}
