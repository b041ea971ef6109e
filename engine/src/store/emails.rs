//! Email records, incoming and outgoing alike. A record is small and often written; its bytes
//! stand apart, so that a change of state does not rewrite them.

use jiff::Timestamp;
use rusqlite::params;

use super::{Reader, StoreError, Transaction};
use crate::millis::Millis;
use crate::{ContentHash, EmailId, EmailState, MailboxId};

/// The tables of schema version 1. The columns from `priority` on are an outgoing email's.
///
/// `email_received` finds what is stored already when its UIDL does not tell; `email_pending` is
/// the scan of Pending Send in the order of sending; `email_sending` what a crash left behind.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE email (
        id         INTEGER PRIMARY KEY,
        mailbox    INTEGER NOT NULL,
        status     INTEGER NOT NULL,
        content    INTEGER NOT NULL,
        bytes      INTEGER NOT NULL,
        created    INTEGER NOT NULL,
        message_id TEXT,
        priority   INTEGER,
        due        INTEGER,
        attempts   INTEGER,
        uncounted  INTEGER
    ) STRICT",
    "CREATE TABLE email_raw (
        email INTEGER PRIMARY KEY,
        raw   BLOB NOT NULL
    ) STRICT",
    "CREATE INDEX email_received ON email (mailbox, content) WHERE status = 4",
    "CREATE INDEX email_pending ON email (mailbox, priority DESC, id, due) WHERE status = 6",
    "CREATE INDEX email_sending ON email (mailbox) WHERE status = 7",
];

/// A message that came in.
pub(crate) struct Received<'a> {
    pub(crate) mailbox: MailboxId,
    pub(crate) content: ContentHash,
    pub(crate) bytes: u64,
    pub(crate) at: Timestamp,
    /// Its bytes, unless only the hash is to be kept.
    pub(crate) raw: Option<&'a [u8]>,
    /// Whether attachments were dropped from them (`notifications` 1, domain.md 1.7).
    pub(crate) reduced: bool,
}

/// Creates the record of a message that came in.
pub(crate) fn insert_received(
    tx: &Transaction<'_>,
    message: &Received<'_>,
) -> Result<EmailId, StoreError> {
    let id = tx.insert(
        "INSERT INTO email (mailbox, status, content, bytes, created, notifications)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            message.mailbox.0,
            EmailState::Received.status_code(),
            message.content.0.cast_signed(),
            message.bytes.cast_signed(),
            Millis::passed(message.at).to_row(),
            message.reduced.then_some(1),
        ],
    )?;
    if let Some(raw) = message.raw {
        insert_raw(tx, EmailId(id), raw)?;
    }
    Ok(EmailId(id))
}

/// `notifications` of a record: 0 none, 1 attachments were dropped.
pub(crate) fn notifications(reader: &Reader<'_>, email: EmailId) -> Result<u8, StoreError> {
    let code = reader.first(
        "SELECT coalesce(notifications, 0) FROM email WHERE id = ?1",
        [email.0],
        |row| row.get(0),
    )?;
    Ok(code.unwrap_or_default())
}

/// Keeps a record's bytes.
pub(crate) fn insert_raw(
    tx: &Transaction<'_>,
    email: EmailId,
    raw: &[u8],
) -> Result<(), StoreError> {
    tx.execute("INSERT INTO email_raw (email, raw) VALUES (?1, ?2)", params![email.0, raw])?;
    Ok(())
}

/// Forgets a record's bytes.
pub(crate) fn forget_raw(tx: &Transaction<'_>, email: EmailId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM email_raw WHERE email = ?1", [email.0])?;
    Ok(())
}

/// A record's bytes, when they are kept.
pub(crate) fn raw(reader: &Reader<'_>, email: EmailId) -> Result<Option<Vec<u8>>, StoreError> {
    reader.first("SELECT raw FROM email_raw WHERE email = ?1", [email.0], |row| row.get(0))
}

/// The received email of this mailbox that has these bytes.
pub(crate) fn received_with(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    content: ContentHash,
) -> Result<Option<EmailId>, StoreError> {
    reader.first(
        "SELECT id FROM email WHERE mailbox = ?1 AND content = ?2 AND status = 4",
        params![mailbox.0, content.0.cast_signed()],
        |row| row.get(0).map(EmailId),
    )
}

/// The state of a record, if there is one.
pub(crate) fn state(reader: &Reader<'_>, email: EmailId) -> Result<Option<EmailState>, StoreError> {
    let code =
        reader.first("SELECT status FROM email WHERE id = ?1", [email.0], |row| row.get(0))?;
    code.map(|code: u8| {
        EmailState::from_status_code(code).ok_or_else(|| StoreError::Damaged {
            table: "email",
            what: format!("status {code} of email {}", email.0),
        })
    })
    .transpose()
}
