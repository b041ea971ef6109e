//! The store: what the engine knows, in SQLite, one file in production and in memory in a world.
//! Whatever must not be torn is one transaction; nothing else is promised after a crash.

mod database;
pub(crate) mod emails;
mod error;
pub(crate) mod incoming;
pub(crate) mod outgoing;
mod schema;
pub(crate) mod time;

pub use database::Store;
pub(crate) use database::{Reader, Transaction};
pub use error::StoreError;
