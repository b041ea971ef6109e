//! What a mailbox knows of an item beyond its bytes. Most items are never touched and have none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use wire::ews::value::Attachment;
use wire::ews::{Field, ItemClass, Properties, Property, Value};

use super::FolderNo;

/// What became of single occurrences of a series, by the day that its rule gives them: what was
/// changed in one, or nothing where it was deleted.
pub type Occurrences = BTreeMap<Date, Option<Properties>>;

/// What was done to an item since it came.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// When, by the mailbox's sequence, it was last changed in more than its read flag; 0 if never.
    pub changed: u64,
    /// When its read flag was last changed; 0 if never.
    pub flagged: u64,
    /// Whether it was read.
    pub read: bool,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// What it is; a message without.
    pub class: Option<ItemClass>,
    /// Whether it was never sent.
    pub draft: bool,
    /// What was set on it, or is all that is known of it.
    pub properties: Properties,
    /// What was attached to it, each with its number.
    pub attachments: Vec<(u32, Attachment)>,
    /// How many were ever attached; numbers are not used again.
    pub attached: u32,
    /// What became of its occurrences, if it is a series.
    pub occurrences: Occurrences,
    /// In which folder it lies; the mailbox sees to it.
    pub folder: FolderNo,
}

impl Overlay {
    /// Gives the item these categories in place of those it has.
    pub fn categorize(&mut self, categories: Vec<String>) {
        let categories = Value::Strings(categories);
        self.properties.set(Property::Field(Field::ItemCategories), categories);
    }

    /// Grows with every change: what makes a change key.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.changed.max(self.flagged)
    }
}

impl Default for FolderNo {
    fn default() -> Self {
        Self::INBOX
    }
}
