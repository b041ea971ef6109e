//! What the store knows of the categories that the engine keeps in the lists of mailboxes.

use jiff::Timestamp;
use rusqlite::params;

use super::{Reader, StoreError, Transaction};
use crate::MailboxId;
use crate::millis::Millis;

/// The table of schema version 4.
///
/// `checked` is when the list was last read, or could not be. `state` is a [`Presence`], and 3 more
/// while what is there is no list. A category whose id and name are
/// null is as the engine makes it.
pub(super) const TABLES: &[&str] = &["CREATE TABLE exchange_category (
        mailbox            INTEGER PRIMARY KEY,
        checked            INTEGER NOT NULL,
        state              INTEGER NOT NULL,
        tracked_guid       TEXT,
        tracked_name       TEXT,
        undeliverable_guid TEXT,
        undeliverable_name TEXT
    ) STRICT"];

/// What `state` has more while what is there is no list.
const UNREADABLE: u8 = 3;

/// Whether the categories are in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not, or not all, or nobody has looked yet.
    Missing,
    /// They are.
    Listed,
    /// They were taken out, because the feature is off.
    Removed,
}

impl Presence {
    const ALL: [Self; 3] = [Self::Missing, Self::Listed, Self::Removed];
}

/// A category, by what it is known by and by what items are marked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) guid: String,
    pub(crate) name: String,
}

/// What is known of the categories in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) checked: Timestamp,
    pub(crate) presence: Presence,
    /// The last look found no list there but something else.
    pub(crate) unreadable: bool,
    pub(crate) tracked: Option<Known>,
    pub(crate) undeliverable: Option<Known>,
}

/// What is known of a mailbox, if anything is.
pub(crate) fn load(reader: &Reader<'_>, mailbox: MailboxId) -> Result<Option<Row>, StoreError> {
    let row = reader.first(
        "SELECT checked, state, tracked_guid, tracked_name, undeliverable_guid, undeliverable_name
         FROM exchange_category WHERE mailbox = ?1",
        [mailbox.0],
        |row| {
            let known = |guid: Option<String>, name: Option<String>| {
                guid.zip(name).map(|(guid, name)| Known { guid, name })
            };
            let state: u8 = row.get(1)?;
            let tracked = known(row.get(2)?, row.get(3)?);
            let undeliverable = known(row.get(4)?, row.get(5)?);
            Ok((row.get::<_, i64>(0)?, state, tracked, undeliverable))
        },
    )?;
    let Some((checked, state, tracked, undeliverable)) = row else { return Ok(None) };
    let checked = Millis::from_row(checked).map(Millis::timestamp);
    let (unreadable, state) = (state / UNREADABLE, state % UNREADABLE);
    let presence = Presence::ALL.get(usize::from(state)).copied().filter(|_| unreadable < 2);
    let unreadable = unreadable == 1;
    let Some((checked, presence)) = checked.zip(presence) else {
        let what = format!("the categories of mailbox {} are in no state", mailbox.0);
        return Err(StoreError::Damaged { table: "exchange_category", what });
    };
    Ok(Some(Row { checked, presence, unreadable, tracked, undeliverable }))
}

/// This is known of a mailbox now.
pub(crate) fn save(tx: &Transaction<'_>, mailbox: MailboxId, row: &Row) -> Result<(), StoreError> {
    let guid = |known: &Option<Known>| known.as_ref().map(|known| known.guid.clone());
    let name = |known: &Option<Known>| known.as_ref().map(|known| known.name.clone());
    tx.execute(
        "INSERT OR REPLACE INTO exchange_category VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            mailbox.0,
            Millis::passed(row.checked).to_row(),
            row.presence as u8 + u8::from(row.unreadable) * UNREADABLE,
            guid(&row.tracked),
            name(&row.tracked),
            guid(&row.undeliverable),
            name(&row.undeliverable),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn what_is_known_comes_back() {
        let store = Store::in_memory().unwrap();
        let checked = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(store.read(|reader| load(reader, MailboxId(3))).unwrap(), None);
        let known = Known { guid: "{a}".into(), name: "Ours".into() };
        for (presence, tracked) in
            Presence::ALL.into_iter().zip([None, Some(known.clone()), Some(known)])
        {
            for unreadable in [false, true] {
                let (tracked, undeliverable) = (tracked.clone(), tracked.clone());
                let row = Row { checked, presence, unreadable, tracked, undeliverable };
                store.transaction(|tx| save(tx, MailboxId(3), &row)).unwrap();
                assert_eq!(store.read(|reader| load(reader, MailboxId(3))).unwrap(), Some(row));
            }
        }
        assert_eq!(store.read(|reader| load(reader, MailboxId(4))).unwrap(), None);
    }
}
