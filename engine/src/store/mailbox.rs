//! Which address each mailbox id stands for. An id is a place in the configuration's list; were
//! the list reordered over an old store, one user's mail would be taken for another's.

use super::{StoreError, Transaction};
use crate::MailboxId;

/// The tables of schema version 1.
pub(super) const TABLES: &[&str] = &["CREATE TABLE mailbox (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL
) STRICT"];

/// Checks the configured addresses, in their order, against those the store knows, and adds the
/// new ones at the end.
///
/// # Errors
/// [`StoreError::MailboxMoved`] for the first one that stands where another one stood.
pub(crate) fn register<'a>(
    tx: &Transaction<'_>,
    addresses: impl Iterator<Item = &'a str>,
) -> Result<(), StoreError> {
    for (id, address) in (0_u32..).zip(addresses) {
        let known: Option<String> =
            tx.first("SELECT address FROM mailbox WHERE id = ?1", [id], |row| row.get(0))?;
        match known {
            None => {
                tx.execute("INSERT INTO mailbox (id, address) VALUES (?1, ?2)", (id, address))?;
            }
            Some(known) if known == address => {}
            Some(known) => {
                let (mailbox, configured) = (MailboxId(id), address.to_owned());
                return Err(StoreError::MailboxMoved { mailbox, known, configured });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn open_with(store: &Store, addresses: &[&str]) -> Result<(), StoreError> {
        store.transaction(|tx| register(tx, addresses.iter().copied()))
    }

    #[test]
    fn mailboxes_may_be_added_at_the_end_and_not_reordered() {
        let store = Store::in_memory().unwrap();
        open_with(&store, &["ann@example.com", "bob@example.com"]).unwrap();
        open_with(&store, &["ann@example.com", "bob@example.com", "cyd@example.com"]).unwrap();
        open_with(&store, &["ann@example.com"]).unwrap();
        let error = open_with(&store, &["bob@example.com", "ann@example.com"]).unwrap_err();
        insta::assert_snapshot!(error, @"mailbox 0 of the configuration is bob@example.com, and the store knows it as ann@example.com: keep the order of the mailboxes and add new ones at the end");
    }
}
