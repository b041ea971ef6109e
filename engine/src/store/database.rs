//! The handle on the database. Every access is synchronous and short, so a killed task leaves
//! either a whole transaction behind or none.

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use super::{StoreError, schema};

/// Prepared statements kept: more than the engine has, so that none is prepared twice.
const CACHED_STATEMENTS: usize = 128;

/// A handle on the store. Clones are the same handle; [`Self::new_handle`] is another on the same
/// database, as another process would open the same file.
#[derive(Clone)]
pub struct Store {
    handle: Arc<Handle>,
}

struct Handle {
    closed: AtomicBool,
    connection: Arc<Mutex<Connection>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("closed", &self.is_closed()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a store in a file, which is created or brought to the latest schema as needed.
    ///
    /// `synchronous` is FULL: under NORMAL a power cut may take back the last commits, and a
    /// message already deleted on its server because it was committed here would be lost.
    ///
    /// # Errors
    /// When the file cannot be opened, is another application's, was written by a newer engine,
    /// or a migration fails (it then stays as it was).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let connection = Connection::open(path)?;
        schema::check(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Self::over(connection)
    }

    /// A store in memory, which lives as long as any handle on it.
    ///
    /// # Errors
    /// When SQLite finds no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(mut connection: Connection) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // Without this guarantee SQLite prepares some cached statements anew whenever another value
        // is bound, in case the plan could depend on it: 57,000 instructions in each poll.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        schema::migrate(&mut connection)?;
        Ok(Self::handle_on(Arc::new(Mutex::new(connection))))
    }

    fn handle_on(connection: Arc<Mutex<Connection>>) -> Self {
        Self { handle: Arc::new(Handle { closed: AtomicBool::new(false), connection }) }
    }

    /// A fresh handle on the same database, as a restarted process would open the same file. It
    /// is open even when this one is closed.
    #[must_use]
    pub fn new_handle(&self) -> Self {
        Self::handle_on(Arc::clone(&self.handle.connection))
    }

    /// From now on this handle and its clones refuse everything with [`StoreError::Closed`]. A
    /// transaction under way on it does not commit.
    pub fn close(&self) {
        self.handle.closed.store(true, Ordering::Release);
    }

    /// Whether this handle was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.handle.closed.load(Ordering::Acquire)
    }

    /// Runs `work` in one transaction: committed when it returns `Ok`, and otherwise as if it had
    /// never been. `work` must not use the store itself again (it would wait for itself), nor
    /// call the observer.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Closed`] when the handle is closed, or was by the time of
    /// the commit; SQLite's own.
    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.lock()?;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let open = Open { connection: &connection, committed: false };
        let result = work(&Transaction(Reader { connection: &connection }))?;
        if self.is_closed() {
            return Err(StoreError::Closed);
        }
        open.commit()?;
        Ok(result)
    }

    /// Runs `work` with read access. The database does not change while it runs.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Closed`]; SQLite's own.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.lock()?;
        work(&Reader { connection: &connection })
    }

    fn lock(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        // A panic elsewhere has rolled its transaction back (`Open`), so the connection is sound.
        let connection = self.handle.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_closed() { Err(StoreError::Closed) } else { Ok(connection) }
    }
}

/// A transaction that has begun; it rolls back unless it is committed.
struct Open<'c> {
    connection: &'c Connection,
    committed: bool,
}

impl Open<'_> {
    fn commit(mut self) -> Result<(), StoreError> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.committed {
            // SQLite may have rolled back by itself (a full disk), and then has nothing to undo.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Read access. Statements are prepared once and cached by their text.
pub(crate) struct Reader<'c> {
    connection: &'c Connection,
}

impl<'c> Reader<'c> {
    /// A statement that only reads.
    ///
    /// # Errors
    /// SQLite's own.
    ///
    /// # Panics
    /// In debug builds, when the statement writes.
    pub(crate) fn prepare(&self, sql: &'static str) -> Result<CachedStatement<'c>, StoreError> {
        let statement = self.connection.prepare_cached(sql)?;
        debug_assert!(statement.readonly(), "a reader was given a statement that writes: {sql}");
        Ok(statement)
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    /// SQLite's own, and those of `row`.
    pub(crate) fn first<T>(
        &self,
        sql: &'static str,
        params: impl Params,
        row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.prepare(sql)?.query_row(params, row).optional()?)
    }
}

/// Write access, within one transaction; read access as well, through [`Deref`].
pub(crate) struct Transaction<'c>(Reader<'c>);

impl<'c> Deref for Transaction<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Transaction<'_> {
    /// Runs a statement that writes; returns how many rows it changed.
    ///
    /// # Errors
    /// SQLite's own.
    pub(crate) fn execute(
        &self,
        sql: &'static str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Runs a statement that inserts one row; returns its row id.
    ///
    /// # Errors
    /// SQLite's own.
    pub(crate) fn insert(&self, sql: &'static str, params: impl Params) -> Result<i64, StoreError> {
        self.execute(sql, params)?;
        Ok(self.connection.last_insert_rowid())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    const INSERT: &str = "INSERT INTO mailbox (id, address) VALUES (?1, ?2)";

    fn insert(store: &Store, id: u32) -> Result<(), StoreError> {
        store.transaction(|tx| tx.execute(INSERT, (id, "ann@example.com")).map(drop))
    }

    fn count(store: &Store) -> u32 {
        store
            .read(|reader| reader.first("SELECT count(*) FROM mailbox", [], |row| row.get(0)))
            .unwrap()
            .unwrap()
    }

    #[test]
    fn a_failed_transaction_leaves_nothing() {
        let store = Store::in_memory().unwrap();
        let result: Result<(), _> = store.transaction(|tx| {
            tx.execute(INSERT, (1, "ann@example.com"))?;
            Err(StoreError::Damaged { table: "mailbox", what: "for the test".into() })
        });
        assert!(matches!(result, Err(StoreError::Damaged { .. })));
        assert_eq!(count(&store), 0);
        insert(&store, 1).unwrap();
        assert_eq!(count(&store), 1);
    }

    #[test]
    fn a_panic_inside_a_transaction_leaves_nothing() {
        let store = Store::in_memory().unwrap();
        let clone = store.clone();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = clone.transaction(|tx| -> Result<(), StoreError> {
                tx.execute(INSERT, (1, "ann@example.com"))?;
                panic!("for the test");
            });
        }));
        assert!(caught.is_err());
        assert_eq!(count(&store), 0);
        insert(&store, 1).unwrap();
    }

    #[test]
    fn a_closed_handle_refuses_and_a_new_one_does_not() {
        let store = Store::in_memory().unwrap();
        let clone = store.clone();
        insert(&store, 1).unwrap();
        clone.close();
        assert!(matches!(insert(&store, 2), Err(StoreError::Closed)));
        assert!(matches!(store.read(|_| Ok(())), Err(StoreError::Closed)));
        let restarted = store.new_handle();
        assert_eq!(count(&restarted), 1);
        insert(&restarted, 2).unwrap();
    }

    #[test]
    fn closing_under_a_transaction_undoes_it() {
        let store = Store::in_memory().unwrap();
        let result = store.transaction(|tx| {
            tx.execute(INSERT, (1, "ann@example.com"))?;
            store.close();
            Ok(())
        });
        assert!(matches!(result, Err(StoreError::Closed)));
        assert_eq!(count(&store.new_handle()), 0);
    }

    #[test]
    fn a_cached_statement_is_not_prepared_anew_for_another_value() {
        let store = Store::in_memory().unwrap();
        let anew = |id: u32| {
            store.read(|reader| {
                let mut statement = reader
                    .prepare("SELECT item FROM incoming_item WHERE mailbox = ?1 ORDER BY item")?;
                statement.exists([id])?;
                Ok(statement.get_status(StatementStatus::RePrepare))
            })
        };
        assert_eq!([anew(1).unwrap(), anew(2).unwrap(), anew(3).unwrap()], [0, 0, 0]);
    }

    #[test]
    fn a_file_keeps_what_was_committed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.db");
        let first = Store::open(&path).unwrap();
        insert(&first, 1).unwrap();
        drop(first);
        assert_eq!(count(&Store::open(&path).unwrap()), 1);
    }
}
