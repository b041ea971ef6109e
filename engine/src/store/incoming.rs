//! What the store knows of incoming email: which messages were seen on the server, what became
//! of them, and the bytes of those that cannot become records.

use jiff::Timestamp;
use rusqlite::params;

use super::{Reader, StoreError, Transaction, moment};
use crate::millis::Millis;
use crate::{ContentHash, EmailId, MailboxId, Reason};

/// The tables of schema version 1.
///
/// `incoming_item.item` is the UIDL or, for a message that has none of its own, a blank and the
/// hash of its content: no UIDL begins with a blank (RFC 1939 section 7). `state` is that of
/// [`ItemState`]; `email` goes with 0, `attempts` with the others.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE incoming_item (
        mailbox  INTEGER NOT NULL,
        item     TEXT NOT NULL,
        state    INTEGER NOT NULL,
        email    INTEGER,
        attempts INTEGER,
        PRIMARY KEY (mailbox, item)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE incoming_kept (
        id      INTEGER PRIMARY KEY,
        mailbox INTEGER NOT NULL,
        content INTEGER NOT NULL,
        reason  TEXT NOT NULL,
        kept    INTEGER NOT NULL,
        raw     BLOB NOT NULL,
        UNIQUE (mailbox, content)
    ) STRICT",
    "CREATE TABLE incoming_login (
        mailbox    INTEGER PRIMARY KEY,
        not_before INTEGER NOT NULL
    ) STRICT",
];

/// What became of a message seen on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemState {
    /// It is stored as this record.
    Stored(EmailId),
    /// The connection failed under it, once: most likely not its doing, so it keeps its place.
    Interrupted,
    /// It failed so many times, and will be tried again after the others.
    Failing(u32),
    /// It failed for the last time, after so many tries.
    SetAside(u32),
}

impl ItemState {
    /// How often it has failed.
    pub(crate) const fn failures(self) -> u32 {
        match self {
            Self::Stored(_) => 0,
            Self::Interrupted => 1,
            Self::Failing(times) | Self::SetAside(times) => times,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Stored(_) => 0,
            Self::Interrupted => 1,
            Self::Failing(_) => 2,
            Self::SetAside(_) => 3,
        }
    }
}

/// Calls `each` with every item known of a mailbox, in ascending order of the item's bytes.
pub(crate) fn for_each_item(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    mut each: impl FnMut(&str, ItemState),
) -> Result<(), StoreError> {
    let mut statement = reader.prepare(
        "SELECT item, state, email, attempts FROM incoming_item WHERE mailbox = ?1
         ORDER BY item",
    )?;
    let mut rows = statement.query([mailbox.0])?;
    while let Some(row) = rows.next()? {
        let item = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let state = match (row.get(1)?, row.get(2)?, row.get(3)?) {
            (0, Some(email), None) => ItemState::Stored(EmailId(email)),
            (1, None, Some(_)) => ItemState::Interrupted,
            (2, None, Some(attempts)) => ItemState::Failing(attempts),
            (3, None, Some(attempts)) => ItemState::SetAside(attempts),
            _ => {
                return Err(StoreError::Damaged {
                    table: "incoming_item",
                    what: format!("item {item:?} of mailbox {} is in no state", mailbox.0),
                });
            }
        };
        each(item, state);
    }
    Ok(())
}

/// Moves the cursor over one message: this has become of it.
pub(crate) fn set(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
    state: ItemState,
) -> Result<(), StoreError> {
    let (email, attempts) = match state {
        ItemState::Stored(email) => (Some(email.0), None),
        failed => (None, Some(failed.failures())),
    };
    tx.execute(
        "INSERT OR REPLACE INTO incoming_item (mailbox, item, state, email, attempts)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![mailbox.0, item, state.code(), email, attempts],
    )?;
    Ok(())
}

/// Forgets a message that is no longer on the server.
pub(crate) fn forget(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM incoming_item WHERE mailbox = ?1 AND item = ?2",
        params![mailbox.0, item],
    )?;
    Ok(())
}

/// Keeps the bytes of a message that cannot become a record, once.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    raw: &[u8],
    reason: Reason,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR IGNORE INTO incoming_kept (mailbox, content, reason, kept, raw)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            mailbox.0,
            ContentHash::of(raw).0.cast_signed(),
            reason.name(),
            Millis::passed(now).to_row(),
            raw
        ],
    )?;
    Ok(())
}

/// Drops kept bytes: the message has become a record after all.
pub(crate) fn drop_kept(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    content: ContentHash,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM incoming_kept WHERE mailbox = ?1 AND content = ?2",
        params![mailbox.0, content.0.cast_signed()],
    )?;
    Ok(())
}

/// The next moment at which the server lets this mailbox log in, if it said so.
pub(crate) fn login_not_before(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Option<Timestamp>, StoreError> {
    reader
        .first("SELECT not_before FROM incoming_login WHERE mailbox = ?1", [mailbox.0], |row| {
            row.get(0)
        })?
        .map(|millis| moment("incoming_login", millis))
        .transpose()
}

/// Remembers the next moment at which the server lets this mailbox log in.
pub(crate) fn set_login_not_before(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    not_before: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO incoming_login (mailbox, not_before) VALUES (?1, ?2)",
        params![mailbox.0, Millis::not_before(not_before).to_row()],
    )?;
    Ok(())
}
