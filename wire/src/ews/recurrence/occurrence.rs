//! What a recurring master tells of its occurrences (types.xsd, `OccurrenceInfoType`).

use jiff::Timestamp;

use crate::ews::ItemId;

/// The first, the last, or a modified occurrence of a master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceInfo {
    /// Its id.
    pub id: ItemId,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// When it would begin by the pattern.
    pub original_start: Timestamp,
}

/// An occurrence that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletedOccurrence {
    /// When it would begin by the pattern.
    pub start: Timestamp,
}
