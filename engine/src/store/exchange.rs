//! What the store knows of mailboxes on Exchange: how far each folder has been seen, which items
//! are known and what became of them, and the drafts of email on its way out.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{Reader, StoreError, Transaction};
use crate::millis::Millis;
use crate::{EmailId, MailboxId};

/// The tables of schema version 3.
///
/// A folder is 0 for the Inbox, and otherwise the number of the tracking rule it belongs to.
/// `exchange_item.item` is the server's id. `received` and `seen` order what is still to be
/// fetched and are dropped with the size once it is stored; `marked` is 1 while the item has the
/// category that tracks it. A row of `exchange_draft` without an
/// id says that one may have been made that nobody knows.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE exchange_folder (
        mailbox INTEGER NOT NULL,
        folder  INTEGER NOT NULL,
        state   TEXT NOT NULL,
        PRIMARY KEY (mailbox, folder)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE exchange_item (
        mailbox  INTEGER NOT NULL,
        item     TEXT NOT NULL,
        folder   INTEGER NOT NULL,
        state    INTEGER NOT NULL,
        email    INTEGER,
        attempts INTEGER,
        received INTEGER,
        seen     INTEGER,
        bytes    INTEGER,
        marked   INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (mailbox, item)
    ) STRICT, WITHOUT ROWID",
    "CREATE INDEX exchange_item_open ON exchange_item (mailbox, folder) WHERE state BETWEEN 1 AND 3",
    "CREATE INDEX exchange_item_email ON exchange_item (email) WHERE email IS NOT NULL",
    "CREATE TABLE exchange_draft (
        email      INTEGER PRIMARY KEY,
        mailbox    INTEGER NOT NULL,
        item       TEXT,
        change_key TEXT
    ) STRICT",
    "CREATE TABLE exchange_place (
        mailbox INTEGER NOT NULL,
        name    TEXT NOT NULL,
        id      TEXT NOT NULL,
        PRIMARY KEY (mailbox, name)
    ) STRICT, WITHOUT ROWID",
    "ALTER TABLE email ADD COLUMN notifications INTEGER",
];

/// A folder whose items are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FolderKey(pub(crate) i64);

impl FolderKey {
    pub(crate) const INBOX: Self = Self(0);
}

/// What became of an item seen on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemState {
    /// It is stored as this record.
    Stored(EmailId),
    /// It was seen, and is still to be fetched.
    Seen,
    /// A request for it and others failed, once: most likely not its doing, so it keeps its place.
    Interrupted,
    /// It failed so many times, and will be tried again after the others.
    Failing(u32),
    /// It failed for the last time, after so many tries.
    SetAside(u32),
}

impl ItemState {
    const fn code(self) -> u8 {
        match self {
            Self::Stored(_) => 0,
            Self::Seen => 1,
            Self::Interrupted => 2,
            Self::Failing(_) => 3,
            Self::SetAside(_) => 4,
        }
    }

    /// How often it has failed.
    pub(crate) const fn failures(self) -> u32 {
        match self {
            Self::Stored(_) | Self::Seen => 0,
            Self::Interrupted => 1,
            Self::Failing(times) | Self::SetAside(times) => times,
        }
    }

    fn of(item: &str, row: (u8, Option<i64>, Option<u32>)) -> Result<Self, StoreError> {
        Ok(match row {
            (0, Some(email), _) => Self::Stored(EmailId(email)),
            (1, None, _) => Self::Seen,
            (2, None, _) => Self::Interrupted,
            (3, None, Some(attempts)) => Self::Failing(attempts),
            (4, None, Some(attempts)) => Self::SetAside(attempts),
            _ => {
                let what = format!("item {item:?} is in no state");
                return Err(StoreError::Damaged { table: "exchange_item", what });
            }
        })
    }
}

/// How far a folder has been seen.
pub(crate) fn sync_state(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
) -> Result<Option<String>, StoreError> {
    reader.first(
        "SELECT state FROM exchange_folder WHERE mailbox = ?1 AND folder = ?2",
        params![mailbox.0, folder.0],
        |row| row.get(0),
    )
}

/// A folder has been seen so far.
pub(crate) fn set_sync_state(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
    state: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO exchange_folder (mailbox, folder, state) VALUES (?1, ?2, ?3)",
        params![mailbox.0, folder.0, state],
    )?;
    Ok(())
}

/// Forgets how far a folder has been seen: the next look is at all of it.
pub(crate) fn drop_sync_state(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM exchange_folder WHERE mailbox = ?1 AND folder = ?2",
        params![mailbox.0, folder.0],
    )?;
    Ok(())
}

/// An item in a folder's listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenItem<'a> {
    pub(crate) item: &'a str,
    pub(crate) received: Option<Timestamp>,
    /// Its place among those of the same second.
    pub(crate) seen: i64,
    pub(crate) bytes: Option<u64>,
}

/// Notes an item to be fetched, unless it is known. Says whether it was new.
pub(crate) fn note(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
    seen: &SeenItem<'_>,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "INSERT OR IGNORE INTO exchange_item (mailbox, item, folder, state, received, seen, bytes)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
        params![
            mailbox.0,
            seen.item,
            folder.0,
            seen.received.map(|at| Millis::passed(at).to_row()),
            seen.seen,
            seen.bytes.map(u64::cast_signed),
        ],
    )?;
    Ok(changed > 0)
}

/// This has become of an item.
pub(crate) fn set(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
    state: ItemState,
) -> Result<(), StoreError> {
    if let ItemState::Stored(email) = state {
        tx.execute(
            "UPDATE exchange_item SET state = 0, email = ?3, attempts = NULL, received = NULL,
                seen = NULL, bytes = NULL
             WHERE mailbox = ?1 AND item = ?2",
            params![mailbox.0, item, email.0],
        )?;
    } else {
        let attempts = state.failures();
        tx.execute(
            "UPDATE exchange_item SET state = ?3, attempts = ?4, email = NULL
             WHERE mailbox = ?1 AND item = ?2",
            params![mailbox.0, item, state.code(), attempts],
        )?;
    }
    Ok(())
}

/// An item is no longer there.
pub(crate) fn forget(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM exchange_item WHERE mailbox = ?1 AND item = ?2",
        params![mailbox.0, item],
    )?;
    Ok(())
}

/// What became of an item, if it is known, and in which folder it is.
pub(crate) fn state(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    item: &str,
) -> Result<Option<(FolderKey, ItemState)>, StoreError> {
    let row = reader.first(
        "SELECT state, email, attempts, folder FROM exchange_item WHERE mailbox = ?1 AND item = ?2",
        params![mailbox.0, item],
        |row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?)),
    )?;
    row.map(|(row, folder)| Ok((FolderKey(folder), ItemState::of(item, row)?))).transpose()
}

/// Notes whether an item has the category that tracks it. Says whether that is news.
pub(crate) fn mark(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
    marked: bool,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE exchange_item SET marked = ?3 WHERE mailbox = ?1 AND item = ?2 AND marked <> ?3",
        params![mailbox.0, item, marked],
    )?;
    Ok(changed > 0)
}

/// Whether an item has the category that tracks it.
pub(crate) fn is_marked(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    item: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT marked FROM exchange_item WHERE mailbox = ?1 AND item = ?2";
    let marked = reader.first(sql, params![mailbox.0, item], |row| row.get(0))?;
    Ok(marked.unwrap_or_default())
}

/// An item that is still to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenItem {
    pub(crate) item: String,
    pub(crate) state: ItemState,
    /// What the server says of its size.
    pub(crate) bytes: Option<u64>,
}

/// What is still to be fetched of a folder: the oldest first, what has failed by itself last.
pub(crate) fn open_items(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
    limit: u32,
) -> Result<Vec<OpenItem>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT item, state, email, attempts, bytes FROM exchange_item
         WHERE mailbox = ?1 AND folder = ?2 AND state BETWEEN 1 AND 3
         ORDER BY CASE state WHEN 3 THEN attempts ELSE 0 END, received, seen LIMIT ?3",
    )?;
    let mut rows = statement.query(params![mailbox.0, folder.0, limit])?;
    let mut open = Vec::new();
    while let Some(row) = rows.next()? {
        open.push(open_item(row)?);
    }
    Ok(open)
}

fn open_item(row: &Row<'_>) -> Result<OpenItem, StoreError> {
    let item: String = row.get(0)?;
    let state = ItemState::of(&item, (row.get(1)?, row.get(2)?, row.get(3)?))?;
    let bytes = row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned);
    Ok(OpenItem { item, state, bytes })
}

/// The items of a folder that are stored.
pub(crate) fn stored_items(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
) -> Result<Vec<String>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT item FROM exchange_item WHERE mailbox = ?1 AND folder = ?2 AND state = 0",
    )?;
    let rows = statement.query_map(params![mailbox.0, folder.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All items of a folder.
pub(crate) fn items(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
) -> Result<Vec<String>, StoreError> {
    let mut statement =
        reader.prepare("SELECT item FROM exchange_item WHERE mailbox = ?1 AND folder = ?2")?;
    let rows = statement.query_map(params![mailbox.0, folder.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets a folder and all of its items; their records stay.
pub(crate) fn forget_folder(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
) -> Result<(), StoreError> {
    drop_sync_state(tx, mailbox, folder)?;
    tx.execute(
        "DELETE FROM exchange_item WHERE mailbox = ?1 AND folder = ?2",
        params![mailbox.0, folder.0],
    )?;
    Ok(())
}

/// The draft of an email on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Draft {
    /// The server may have been asked to make one; its id never came.
    Asked,
    /// It is there, or was.
    Made { item: String, change_key: Option<String> },
}

/// The draft of an email, if one was ever asked for.
pub(crate) fn draft(reader: &Reader<'_>, email: EmailId) -> Result<Option<Draft>, StoreError> {
    reader.first("SELECT item, change_key FROM exchange_draft WHERE email = ?1", [email.0], |row| {
        let item: Option<String> = row.get(0)?;
        Ok(match item {
            None => Draft::Asked,
            Some(item) => Draft::Made { item, change_key: row.get(1)? },
        })
    })
}

/// From here on the server may have a draft of this email.
pub(crate) fn set_draft(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    email: EmailId,
    draft: &Draft,
) -> Result<(), StoreError> {
    let (item, change_key) = match draft {
        Draft::Asked => (None, None),
        Draft::Made { item, change_key } => (Some(item), change_key.as_ref()),
    };
    tx.execute(
        "INSERT OR REPLACE INTO exchange_draft (email, mailbox, item, change_key)
         VALUES (?1, ?2, ?3, ?4)",
        params![email.0, mailbox.0, item, change_key],
    )?;
    Ok(())
}

/// There is no draft of this email any more, or nobody needs it.
pub(crate) fn drop_draft(tx: &Transaction<'_>, email: EmailId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM exchange_draft WHERE email = ?1", [email.0])?;
    Ok(())
}

/// The draft of an email that will not be sent: taken back, or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Orphan {
    pub(crate) email: EmailId,
    pub(crate) draft: Draft,
    /// By which it can be found when its id never came.
    pub(crate) message_id: String,
}

/// Drafts that nobody will send.
pub(crate) fn orphaned_drafts(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Vec<Orphan>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT d.email, d.item, d.change_key, e.message_id
         FROM exchange_draft d JOIN email e ON e.id = d.email
         WHERE d.mailbox = ?1 AND e.status IN (5, 8) ORDER BY d.email",
    )?;
    let rows = statement.query_map([mailbox.0], |row| {
        let draft = match row.get(1)? {
            None => Draft::Asked,
            Some(item) => Draft::Made { item, change_key: row.get(2)? },
        };
        Ok(Orphan { email: EmailId(row.get(0)?), draft, message_id: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The id of a folder with a name of ours, once it was found or made.
pub(crate) fn place(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    name: &str,
) -> Result<Option<String>, StoreError> {
    reader.first(
        "SELECT id FROM exchange_place WHERE mailbox = ?1 AND name = ?2",
        params![mailbox.0, name],
        |row| row.get(0),
    )
}

/// Remembers, or with none forgets, the id of a folder with a name of ours.
pub(crate) fn set_place(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    name: &str,
    id: Option<&str>,
) -> Result<(), StoreError> {
    match id {
        Some(id) => tx.execute(
            "INSERT OR REPLACE INTO exchange_place (mailbox, name, id) VALUES (?1, ?2, ?3)",
            params![mailbox.0, name, id],
        )?,
        None => tx.execute(
            "DELETE FROM exchange_place WHERE mailbox = ?1 AND name = ?2",
            params![mailbox.0, name],
        )?,
    };
    Ok(())
}

#[cfg(test)]
mod tests;
