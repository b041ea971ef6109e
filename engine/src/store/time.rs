//! Moments as the store keeps them: whole milliseconds since 1970, in UTC.

use jiff::Timestamp;

use super::StoreError;

/// A moment as a column value.
pub(crate) fn to_column(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A column value as a moment.
///
/// # Errors
/// [`StoreError::Damaged`] when it is out of jiff's range.
pub(crate) fn from_column(table: &'static str, millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis)
        .map_err(|error| StoreError::Damaged { table, what: error.to_string() })
}
