//! What can go wrong with the store, at the one scope it has: the whole engine's.

use crate::MailboxId;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// This handle was closed: the engine it belonged to has been stopped or killed.
    #[error("the store is closed")]
    Closed,
    /// The file was written by a newer version of the engine, whose rows this one may misread.
    #[error(
        "the store has schema version {found}, and this engine knows versions up to {supported}: \
         start the version that wrote it, or a newer one"
    )]
    Newer {
        /// The file's schema version.
        found: u32,
        /// The newest this engine knows.
        supported: u32,
    },
    /// The file has an application id that is not this engine's.
    #[error("the file is an SQLite database of another application (application id {0:#010x})")]
    Foreign(u32),
    /// A mailbox stands at another place of the configuration than the store knows it at.
    #[error(
        "mailbox {} of the configuration is {configured}, and the store knows it as {known}: keep \
         the order of the mailboxes and add new ones at the end", .mailbox.0
    )]
    MailboxMoved {
        /// The place.
        mailbox: MailboxId,
        /// The address the store knows.
        known: String,
        /// The address configured.
        configured: String,
    },
    /// A row says something no version of the engine writes.
    #[error("the store is damaged: table {table}, {what}")]
    Damaged {
        /// In which table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// SQLite itself failed: the disk is full, the file is locked or unreadable, and the like.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}
