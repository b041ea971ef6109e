//! The store: what the engine knows, in SQLite, one file in production and in memory in a world.
//! Whatever must not be torn is one transaction; nothing else is promised after a crash.

pub(crate) mod alerts;
pub(crate) mod categories;
mod database;
pub(crate) mod emails;
mod error;
pub(crate) mod exchange;
pub(crate) mod incoming;
pub(crate) mod mailbox;
pub(crate) mod outgoing;
pub(crate) mod schedule;
mod schema;
pub(crate) mod tracking;

pub use alerts::{Alert, AlertScope, Severity};
pub use database::Store;
pub(crate) use database::{Reader, Transaction};
pub use error::StoreError;

/// A moment as a row kept it.
///
/// # Errors
/// [`StoreError::Damaged`] when no calendar has such a time.
fn moment(table: &'static str, millis: i64) -> Result<jiff::Timestamp, StoreError> {
    crate::millis::Millis::from_row(millis)
        .map(crate::millis::Millis::timestamp)
        .ok_or_else(|| StoreError::Damaged { table, what: format!("{millis} ms is no time") })
}
