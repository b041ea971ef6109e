//! Alerts: what a person has to know, for the administrator's wall (domain.md 1.5, "Alert
//! targets"; table `tracelog`). The same trouble of the same mailbox is one alert with a count, so
//! that an outage of hours does not bury the others.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Row;

use super::{Reader, Store, StoreError, Transaction};
use crate::millis::Millis;
use crate::{EmailId, MailboxId, Reason, Workload};

/// The tables of schema version 2. `scope` and `subject` say what it is about: 0 to 2 a workload of
/// the mailbox `subject`, 3 the email `subject`.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE alert (
        scope    INTEGER NOT NULL,
        subject  INTEGER NOT NULL,
        reason   TEXT NOT NULL,
        severity INTEGER NOT NULL,
        text     TEXT NOT NULL,
        count    INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at  INTEGER NOT NULL,
        PRIMARY KEY (scope, subject, reason)
    ) STRICT, WITHOUT ROWID",
    "CREATE INDEX alert_by_age ON alert (last_at)",
];

/// Alerts that did not come again for this long are dropped: `TraceLogPersistenceTimeInDays`,
/// 30 days (domain.md 1.6).
const RETENTION: Duration = Duration::from_hours(30 * 24);

/// No text is longer, in characters.
const LONGEST_TEXT: usize = 512;

const EMAIL_SCOPE: u8 = 3;

/// How grave an alert is (domain.md 1.5, "Alert severities").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For the record.
    Information,
    /// A transient error: the engine tries again by itself.
    Warning,
    /// A permanent error: a person has to act.
    Error,
}

impl Severity {
    const ALL: [Self; 3] = [Self::Information, Self::Warning, Self::Error];
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertScope {
    /// A workload of a mailbox.
    Mailbox(MailboxId, Workload),
    /// One email.
    Email(EmailId),
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub scope: AlertScope,
    /// How grave it was the last time.
    pub severity: Severity,
    /// What happened.
    pub reason: Reason,
    /// In the server's own words, or what was being done, the last time. At most 512 characters.
    pub text: String,
    /// How often it happened.
    pub count: u32,
    /// The first time.
    pub first_at: Timestamp,
    /// The last time.
    pub last_at: Timestamp,
}

/// Raises an alert, or counts it when it is there already. Drops those past their retention.
pub(crate) fn raise(
    tx: &Transaction<'_>,
    at: Timestamp,
    severity: Severity,
    scope: AlertScope,
    reason: Reason,
    text: &str,
) -> Result<(), StoreError> {
    let now = Millis::passed(at).to_row();
    let retention = i64::try_from(RETENTION.as_millis()).unwrap_or(i64::MAX);
    tx.execute("DELETE FROM alert WHERE last_at < ?1", [now.saturating_sub(retention)])?;
    let (scope, subject) = match scope {
        AlertScope::Mailbox(mailbox, workload) => (workload as u8, i64::from(mailbox.0)),
        AlertScope::Email(email) => (EMAIL_SCOPE, email.0),
    };
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(end, _)| end);
    tx.execute(
        "INSERT INTO alert (scope, subject, reason, severity, text, count, first_at, last_at)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
            ON CONFLICT (scope, subject, reason) DO UPDATE SET
                severity = excluded.severity, text = excluded.text,
                count = min(count + 1, 4294967295), last_at = excluded.last_at",
        (scope, subject, reason.name(), severity as u8, &text[..end], now),
    )?;
    Ok(())
}

impl Store {
    /// All alerts, the latest first.
    ///
    /// # Errors
    /// When the store is closed, or fails.
    pub fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        self.read(load)
    }
}

fn load(reader: &Reader<'_>) -> Result<Vec<Alert>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT scope, subject, reason, severity, text, count, first_at, last_at
            FROM alert ORDER BY last_at DESC, scope, subject, reason",
    )?;
    let mut rows = statement.query([])?;
    let mut alerts = Vec::new();
    while let Some(row) = rows.next()? {
        alerts.push(alert(row)?.ok_or_else(|| StoreError::Damaged {
            table: "alert",
            what: "a row with an unknown scope, reason, severity or time".into(),
        })?);
    }
    Ok(alerts)
}

/// One row; none when it makes no sense.
fn alert(row: &Row<'_>) -> Result<Option<Alert>, StoreError> {
    let (scope, subject): (u8, i64) = (row.get(0)?, row.get(1)?);
    let scope = if scope == EMAIL_SCOPE {
        Some(AlertScope::Email(EmailId(subject)))
    } else {
        u32::try_from(subject).ok().and_then(|mailbox| {
            let workload = *Workload::ALL.get(usize::from(scope))?;
            Some(AlertScope::Mailbox(MailboxId(mailbox), workload))
        })
    };
    let reason = Reason::from_name(&row.get::<_, String>(2)?);
    let severity = Severity::ALL.get(usize::from(row.get::<_, u8>(3)?)).copied();
    let (text, count) = (row.get(4)?, row.get(5)?);
    let (first, last) = (Millis::from_row(row.get(6)?), Millis::from_row(row.get(7)?));
    Ok((|| {
        Some(Alert {
            scope: scope?,
            severity: severity?,
            reason: reason?,
            text,
            count,
            first_at: first?.timestamp(),
            last_at: last?.timestamp(),
        })
    })())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: AlertScope = AlertScope::Mailbox(MailboxId(0), Workload::Incoming);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn warn(store: &Store, second: i64, scope: AlertScope, text: &str) {
        store
            .transaction(|tx| {
                raise(tx, at(second), Severity::Warning, scope, Reason::ConnectTimeout, text)
            })
            .unwrap();
    }

    #[test]
    fn the_same_trouble_is_one_alert_with_a_count() {
        let store = Store::in_memory().unwrap();
        warn(&store, 10, ANN, "first");
        warn(&store, 20, AlertScope::Email(EmailId(5)), "an email's");
        warn(&store, 30, ANN, "second");
        let alerts = store.alerts().unwrap();
        assert_eq!(alerts.len(), 2);
        let expected = Alert {
            scope: ANN,
            severity: Severity::Warning,
            reason: Reason::ConnectTimeout,
            text: "second".into(),
            count: 2,
            first_at: at(10),
            last_at: at(30),
        };
        assert_eq!(alerts[0], expected);
        assert_eq!(alerts[1].scope, AlertScope::Email(EmailId(5)));
    }

    #[test]
    fn what_does_not_come_again_is_dropped_after_30_days() {
        let store = Store::in_memory().unwrap();
        let day = 24 * 60 * 60;
        warn(&store, 0, ANN, "old");
        warn(&store, 30 * day, AlertScope::Email(EmailId(1)), "one second short of old");
        assert_eq!(store.alerts().unwrap().len(), 2);
        warn(&store, 30 * day + 1, AlertScope::Email(EmailId(2)), "new");
        assert_eq!(store.alerts().unwrap().len(), 2);
        assert!(store.alerts().unwrap().iter().all(|alert| alert.scope != ANN));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let store = Store::in_memory().unwrap();
        warn(&store, 0, ANN, &"ä".repeat(600));
        assert_eq!(store.alerts().unwrap()[0].text, "ä".repeat(512));
    }
}
