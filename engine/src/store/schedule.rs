//! What the store knows of schedules: one row per mailbox and workload, written at the end of
//! each cycle. This is the engine's most frequent write, so it is one cached statement over
//! integers.

use rusqlite::Row;

use super::{Reader, StoreError, Transaction};
use crate::millis::Millis;
use crate::schedule::{History, Standing};
use crate::{MailboxId, Reason, Workload};

/// The tables of schema version 1. `next_run`, `disabled_since` and `back_off_until` are
/// milliseconds since the epoch; a workload is active or disabled, never both.
pub(super) const TABLES: &[&str] = &["CREATE TABLE schedule (
    mailbox            INTEGER NOT NULL,
    workload           INTEGER NOT NULL,
    next_run           INTEGER,
    disabled_since     INTEGER,
    disabled_reason    TEXT,
    transient_failures INTEGER NOT NULL,
    empty_cycles       INTEGER NOT NULL,
    back_off_until     INTEGER,
    PRIMARY KEY (mailbox, workload),
    CHECK ((next_run IS NULL) = (disabled_since IS NOT NULL))
) STRICT, WITHOUT ROWID"];

const SAVE: &str = "REPLACE INTO schedule VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const HOLD_BACK: &str = "UPDATE schedule SET back_off_until = MAX(IFNULL(back_off_until, ?3), ?3)
    WHERE mailbox = ?1 AND workload = ?2";

const LOAD: &str = "SELECT mailbox, workload, next_run, disabled_since, disabled_reason,
        transient_failures, empty_cycles, back_off_until
    FROM schedule ORDER BY mailbox, workload";

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) mailbox: MailboxId,
    pub(crate) workload: Workload,
    pub(crate) standing: Standing,
    pub(crate) history: History,
    /// When the pause ends that the server asked for last, if the last cycle ended with one or
    /// another workload of the mailbox was told of one.
    pub(crate) back_off_until: Option<Millis>,
}

/// Writes one row.
pub(crate) fn save(tx: &Transaction<'_>, schedule: &Schedule) -> Result<(), StoreError> {
    let Schedule { mailbox, workload, standing, history, back_off_until } = *schedule;
    let (next_run, since, reason) = match standing {
        Standing::Active { next_run } => (Some(next_run.to_row()), None, None),
        Standing::Disabled { since, reason } => (None, Some(since.to_row()), Some(reason.name())),
    };
    tx.execute(
        SAVE,
        (
            mailbox.0,
            workload as u8,
            next_run,
            since,
            reason,
            history.transient_failures,
            history.empty_cycles,
            back_off_until.map(Millis::to_row),
        ),
    )?;
    Ok(())
}

/// A workload was told of a pause that holds another back too. Its row, if it has one, knows of the
/// longest of them.
pub(crate) fn hold_back(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    workload: Workload,
    until: Millis,
) -> Result<(), StoreError> {
    tx.execute(HOLD_BACK, (mailbox.0, workload as u8, until.to_row()))?;
    Ok(())
}

/// Reads all rows, in the order of mailboxes and workloads.
pub(crate) fn load(reader: &Reader<'_>) -> Result<Vec<Schedule>, StoreError> {
    let mut statement = reader.prepare(LOAD)?;
    let mut rows = statement.query([])?;
    let mut schedules = Vec::new();
    while let Some(row) = rows.next()? {
        schedules.push(schedule(row)?);
    }
    Ok(schedules)
}

fn schedule(row: &Row<'_>) -> Result<Schedule, StoreError> {
    let mailbox = MailboxId(row.get(0)?);
    let damaged = |what: &str| StoreError::Damaged {
        table: "schedule",
        what: format!("mailbox {}: {what}", mailbox.0),
    };
    let time = |column: usize| -> Result<Option<Millis>, StoreError> {
        row.get::<_, Option<i64>>(column)?
            .map(|at| Millis::from_row(at).ok_or_else(|| damaged("a time beyond the calendar")))
            .transpose()
    };
    let workload = *Workload::ALL
        .get(usize::from(row.get::<_, u8>(1)?))
        .ok_or_else(|| damaged("a workload that does not exist"))?;
    let reason: Option<String> = row.get(4)?;
    let standing = match (time(2)?, time(3)?, reason.as_deref().and_then(Reason::from_name)) {
        (Some(next_run), None, None) => Standing::Active { next_run },
        (None, Some(since), Some(reason)) => Standing::Disabled { since, reason },
        _ => return Err(damaged("neither due again nor disabled for a known reason")),
    };
    let history = History { transient_failures: row.get(5)?, empty_cycles: row.get(6)? };
    Ok(Schedule { mailbox, workload, standing, history, back_off_until: time(7)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn at(millis: i64) -> Millis {
        Millis::from_row(millis).unwrap()
    }

    fn active(next_run: i64) -> Schedule {
        Schedule {
            mailbox: MailboxId(7),
            workload: Workload::Act,
            standing: Standing::Active { next_run: at(next_run) },
            history: History { transient_failures: 3, empty_cycles: 9 },
            back_off_until: Some(at(next_run - 1)),
        }
    }

    fn rows(store: &Store) -> Result<Vec<Schedule>, StoreError> {
        store.read(load)
    }

    #[test]
    fn a_row_comes_back_as_it_was_and_is_replaced_by_the_next() {
        let store = Store::in_memory().unwrap();
        let disabled = Schedule {
            mailbox: MailboxId(2),
            workload: Workload::Incoming,
            standing: Standing::Disabled { since: at(5), reason: Reason::CredentialsRejected },
            back_off_until: None,
            ..active(0)
        };
        for schedule in [active(1_000), disabled, active(2_000)] {
            store.transaction(|tx| save(tx, &schedule)).unwrap();
        }
        assert_eq!(rows(&store).unwrap(), [disabled, active(2_000)]);
    }

    #[test]
    fn a_row_is_held_back_for_the_longest_and_none_is_made_for_it() {
        let store = Store::in_memory().unwrap();
        let free = Schedule { back_off_until: None, ..active(1_000) };
        let held = |until| Schedule { back_off_until: Some(at(until)), ..free };
        store.transaction(|tx| save(tx, &free)).unwrap();
        for (until, kept) in [(2_000, 2_000), (500, 2_000), (3_000, 3_000)] {
            let told = |tx: &Transaction<'_>| {
                hold_back(tx, MailboxId(7), Workload::Incoming, at(until))?;
                hold_back(tx, MailboxId(7), Workload::Act, at(until))
            };
            store.transaction(told).unwrap();
            assert_eq!(rows(&store).unwrap(), [held(kept)]);
        }
    }

    #[test]
    fn a_row_no_engine_writes_is_reported() {
        let store = Store::in_memory().unwrap();
        let reason = "UPDATE schedule SET next_run = NULL, disabled_since = 1, \
                      disabled_reason = 'fun'";
        for (change, what) in [
            ("UPDATE schedule SET workload = 9", "a workload that does not exist"),
            ("UPDATE schedule SET next_run = 9223372036854775807", "a time beyond the calendar"),
            (reason, "neither due again nor disabled for a known reason"),
        ] {
            store.transaction(|tx| tx.execute("DELETE FROM schedule", []).map(drop)).unwrap();
            store.transaction(|tx| save(tx, &active(1))).unwrap();
            store.transaction(|tx| tx.execute(change, []).map(drop)).unwrap();
            let error = rows(&store).unwrap_err().to_string();
            assert_eq!(error, format!("the store is damaged: table schedule, mailbox 7: {what}"));
        }
    }
}
