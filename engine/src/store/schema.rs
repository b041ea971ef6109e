//! Schema versions: an ordered list of migrations, each applied once and whole. A version that
//! was ever released never changes; what is new goes into a new one.

use rusqlite::Connection;

use super::{
    StoreError, alerts, categories, emails, exchange, incoming, mailbox, outgoing, schedule,
    tracking,
};

/// "SYNC", in the header of every file of ours, so that another application's database is not
/// taken for an empty store.
const APPLICATION_ID: u32 = 0x5359_4e43;

/// The statements that lead from one version to the next, grouped by the module that owns the
/// tables.
type Migration = &'static [&'static [&'static str]];

/// Version n is reached by the n-th entry.
const MIGRATIONS: &[Migration] = &[
    &[mailbox::TABLES, schedule::TABLES, emails::TABLES, incoming::TABLES, outgoing::TABLES],
    &[alerts::TABLES],
    &[exchange::TABLES, tracking::TABLES],
    &[categories::TABLES],
];

/// Brings a database to the latest version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_with(connection, MIGRATIONS)
}

/// Refuses a database that is not ours or is newer, before anything in it is touched.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    version(connection).and_then(|found| known(found, MIGRATIONS))
}

fn known(found: u32, migrations: &[Migration]) -> Result<(), StoreError> {
    let supported = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if found > supported { Err(StoreError::Newer { found, supported }) } else { Ok(()) }
}

fn migrate_with(connection: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let found = version(connection)?;
    known(found, migrations)?;
    for (version, migration) in (1..).zip(migrations).skip(found as usize) {
        let transaction = connection.transaction()?;
        for statement in migration.iter().copied().flatten() {
            transaction.execute_batch(statement)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The schema version of a database; 0 when it is new.
fn version(connection: &Connection) -> Result<u32, StoreError> {
    let application: u32 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == APPLICATION_ID || (application == 0 && version == 0 && tables == 0) {
        Ok(version)
    } else {
        Err(StoreError::Foreign(application))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let refusal = migrate(&mut connection).unwrap_err();
        assert!(matches!(refusal, StoreError::Newer { found: 99, .. }), "{refusal}");
    }

    #[test]
    fn another_applications_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Foreign(0))));
    }

    #[test]
    fn a_file_of_version_1_keeps_its_rows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.db");
        let mut connection = Connection::open(&path).unwrap();
        migrate_with(&mut connection, &MIGRATIONS[..1]).unwrap();
        let row = "INSERT INTO schedule VALUES (3, 1, 1000, NULL, NULL, 2, 4, NULL)";
        connection.execute_batch(row).unwrap();
        assert!(connection.prepare("SELECT * FROM alert").is_err());
        drop(connection);

        let store = super::super::Store::open(&path).unwrap();
        let rows = store.read(schedule::load).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].history.transient_failures, 2);
        assert_eq!(store.alerts().unwrap(), []);
    }

    #[test]
    fn a_file_of_version_2_gets_what_exchange_needs() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.db");
        let mut connection = Connection::open(&path).unwrap();
        migrate_with(&mut connection, &MIGRATIONS[..2]).unwrap();
        let row = "INSERT INTO email (id, mailbox, status, content, bytes, created)
                   VALUES (7, 0, 4, 1, 2, 3)";
        connection.execute_batch(row).unwrap();
        assert!(connection.prepare("SELECT * FROM exchange_item").is_err());
        drop(connection);

        let store = super::super::Store::open(&path).unwrap();
        store
            .read(|reader| {
                assert_eq!(emails::notifications(reader, crate::EmailId(7))?, 0);
                exchange::items(reader, crate::MailboxId(0), exchange::FolderKey::INBOX)
            })
            .unwrap();
    }

    #[test]
    fn a_file_of_version_3_learns_of_categories() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.db");
        let mut connection = Connection::open(&path).unwrap();
        migrate_with(&mut connection, &MIGRATIONS[..3]).unwrap();
        let row = "INSERT INTO exchange_item (mailbox, item, folder, state, email, marked)
                   VALUES (0, 'one', 0, 0, 7, 1)";
        connection.execute_batch(row).unwrap();
        assert!(connection.prepare("SELECT * FROM exchange_category").is_err());
        drop(connection);

        let store = super::super::Store::open(&path).unwrap();
        let mailbox = crate::MailboxId(0);
        store
            .read(|reader| {
                assert!(exchange::is_marked(reader, mailbox, "one")?, "it is tracked on");
                assert_eq!(categories::load(reader, mailbox)?, None, "nobody has looked yet");
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_migration_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken: Migration = &[&["CREATE TABLE half (x)", "nonsense"]];
        let migrations = [MIGRATIONS[0], broken];
        assert!(migrate_with(&mut connection, &migrations).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(connection.prepare("SELECT * FROM half").is_err());
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(version(&connection).unwrap() as usize, MIGRATIONS.len());
    }
}
