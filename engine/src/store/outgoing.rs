//! What the store knows of outgoing email: which records wait to be sent, to whom, and every
//! attempt that was made.

use jiff::Timestamp;
use rusqlite::params;

use super::{Reader, StoreError, Transaction, emails, moment};
use crate::email::{AttemptOutcome, AttemptPhase, DeliveryAttempt, RecipientState};
use crate::millis::Millis;
use crate::{ContentHash, EmailId, EmailState, MailboxId, MessageKey, Priority, Reason};

/// The tables of schema version 1.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE recipient (
        email    INTEGER NOT NULL,
        position INTEGER NOT NULL,
        state    INTEGER NOT NULL,
        address  TEXT NOT NULL,
        reason   TEXT,
        PRIMARY KEY (email, position)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE delivery_attempt (
        email   INTEGER NOT NULL,
        number  INTEGER NOT NULL,
        phase   INTEGER NOT NULL,
        started INTEGER NOT NULL,
        ended   INTEGER,
        outcome INTEGER,
        reason  TEXT,
        PRIMARY KEY (email, number)
    ) STRICT, WITHOUT ROWID",
];

/// An email the application hands over.
pub(crate) struct Pending<'a> {
    pub(crate) mailbox: MailboxId,
    pub(crate) priority: Priority,
    pub(crate) message_id: &'a str,
    pub(crate) raw: &'a [u8],
    pub(crate) recipients: &'a [String],
    pub(crate) at: Timestamp,
}

/// Creates a record in Pending Send.
pub(crate) fn insert_pending(
    tx: &Transaction<'_>,
    email: &Pending<'_>,
) -> Result<EmailId, StoreError> {
    let id = EmailId(tx.insert(
        "INSERT INTO email (mailbox, status, content, bytes, created, message_id, priority, due,
                            attempts, uncounted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5, 0, 0)",
        params![
            email.mailbox.0,
            EmailState::PendingSend.status_code(),
            ContentHash::of(email.raw).0.cast_signed(),
            (email.raw.len() as u64).cast_signed(),
            Millis::passed(email.at).to_row(),
            email.message_id,
            email.priority.code(),
        ],
    )?);
    emails::insert_raw(tx, id, email.raw)?;
    for (position, address) in (0u32..).zip(email.recipients) {
        tx.execute(
            "INSERT INTO recipient (email, position, state, address) VALUES (?1, ?2, ?3, ?4)",
            params![id.0, position, RecipientState::Pending.code(), address],
        )?;
    }
    Ok(id)
}

/// The due emails of a mailbox, the most urgent first, then the oldest; at most `limit`.
pub(crate) fn due(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<EmailId>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT id FROM email WHERE mailbox = ?1 AND status = 6 AND due <= ?2
         ORDER BY priority DESC, id LIMIT ?3",
    )?;
    let rows = statement
        .query_map(params![mailbox.0, Millis::passed(now).to_row(), limit], |row| {
            row.get(0).map(EmailId)
        })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the first email of this mailbox that waits is due.
pub(crate) fn earliest_due(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Option<Timestamp>, StoreError> {
    reader
        .first(
            "SELECT min(due) FROM email WHERE mailbox = ?1 AND status = 6",
            [mailbox.0],
            |row| row.get::<_, Option<i64>>(0),
        )?
        .flatten()
        .map(|millis| moment("email", millis))
        .transpose()
}

/// A recipient who has not been served yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenRecipient {
    pub(crate) position: u32,
    pub(crate) address: String,
}

/// An attempt that has begun, and all it needs.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) email: EmailId,
    /// Counted from 1.
    pub(crate) number: u32,
    /// Attempts that count against `MaximumEmailDeliveryAttempts`, this one included.
    pub(crate) counted: u32,
    pub(crate) message: MessageKey,
    /// The Message-ID itself, as the header names it.
    pub(crate) message_id: String,
    pub(crate) raw: Vec<u8>,
    pub(crate) open: Vec<OpenRecipient>,
    /// Whether the server has taken the message for anybody before.
    pub(crate) accepted_before: bool,
}

/// Moves an email from Pending Send to Sending; none when it is no longer pending (canceled).
pub(crate) fn begin(
    tx: &Transaction<'_>,
    email: EmailId,
    now: Timestamp,
) -> Result<Option<Attempt>, StoreError> {
    let row = tx.first(
        "SELECT attempts, uncounted, message_id FROM email WHERE id = ?1 AND status = 6",
        [email.0],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let Some((attempts, uncounted, message_id)): Option<(u32, u32, String)> = row else {
        return Ok(None);
    };
    let number = attempts + 1;
    tx.execute(
        "UPDATE email SET status = 7, attempts = ?2 WHERE id = ?1",
        params![email.0, number],
    )?;
    tx.execute(
        "INSERT INTO delivery_attempt (email, number, phase, started) VALUES (?1, ?2, ?3, ?4)",
        params![email.0, number, AttemptPhase::Envelope.code(), Millis::passed(now).to_row()],
    )?;
    let raw = emails::raw(tx, email)?.ok_or_else(|| StoreError::Damaged {
        table: "email_raw",
        what: format!("email {} is pending and has no bytes", email.0),
    })?;
    let (open, accepted_before) = open_recipients(tx, email)?;
    Ok(Some(Attempt {
        email,
        number,
        counted: number.saturating_sub(uncounted),
        message: MessageKey::of(&message_id),
        message_id,
        raw,
        open,
        accepted_before,
    }))
}

fn open_recipients(
    reader: &Reader<'_>,
    email: EmailId,
) -> Result<(Vec<OpenRecipient>, bool), StoreError> {
    let mut statement = reader.prepare(
        "SELECT position, state, address FROM recipient WHERE email = ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([email.0])?;
    let (mut open, mut accepted) = (Vec::new(), false);
    while let Some(row) = rows.next()? {
        match row.get(1).map(RecipientState::from_code)? {
            Some(RecipientState::Pending) => {
                open.push(OpenRecipient { position: row.get(0)?, address: row.get(2)? });
            }
            Some(RecipientState::Accepted) => accepted = true,
            Some(RecipientState::Refused) => {}
            None => {
                return Err(StoreError::Damaged {
                    table: "recipient",
                    what: format!("a recipient of email {} is in no state", email.0),
                });
            }
        }
    }
    Ok((open, accepted))
}

/// From here on the message may have left.
pub(crate) fn data_begun(
    tx: &Transaction<'_>,
    email: EmailId,
    attempt: u32,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE delivery_attempt SET phase = ?3 WHERE email = ?1 AND number = ?2",
        params![email.0, attempt, AttemptPhase::DataBegun.code()],
    )?;
    Ok(())
}

/// Settles one recipient.
pub(crate) fn settle_recipient(
    tx: &Transaction<'_>,
    email: EmailId,
    position: u32,
    state: RecipientState,
    reason: Option<Reason>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE recipient SET state = ?3, reason = ?4 WHERE email = ?1 AND position = ?2",
        params![email.0, position, state.code(), reason.map(Reason::name)],
    )?;
    Ok(())
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) reason: Option<Reason>,
    /// The email's next state, with the moment it is due again if it waits.
    pub(crate) next: Next,
}

/// What an email becomes when an attempt is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Sent,
    Failed,
    /// Pending Send again.
    Again {
        due: Timestamp,
        /// Whether the attempt counts against `MaximumEmailDeliveryAttempts`.
        counts: bool,
    },
}

/// Ends an attempt and moves its email on.
pub(crate) fn end(
    tx: &Transaction<'_>,
    email: EmailId,
    attempt: u32,
    now: Timestamp,
    ending: Ending,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE delivery_attempt SET ended = ?3, outcome = ?4, reason = ?5
         WHERE email = ?1 AND number = ?2",
        params![
            email.0,
            attempt,
            Millis::passed(now).to_row(),
            ending.outcome.code(),
            ending.reason.map(Reason::name),
        ],
    )?;
    let (state, due, uncounted) = match ending.next {
        Next::Sent => (EmailState::Sent, None, 0),
        Next::Failed => (EmailState::Failed, None, 0),
        Next::Again { due, counts } => {
            (EmailState::PendingSend, Some(Millis::not_before(due).to_row()), u32::from(!counts))
        }
    };
    tx.execute(
        "UPDATE email SET status = ?2, due = coalesce(?3, due), uncounted = uncounted + ?4
         WHERE id = ?1 AND status = 7",
        params![email.0, state.status_code(), due, uncounted],
    )?;
    Ok(())
}

/// Takes a pending email back; says whether it was pending.
pub(crate) fn cancel(tx: &Transaction<'_>, email: EmailId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE email SET status = ?2 WHERE id = ?1 AND status = 6",
        params![email.0, EmailState::Canceled.status_code()],
    )?;
    Ok(changed > 0)
}

/// An email a crash left in Sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stuck {
    pub(crate) email: EmailId,
    pub(crate) mailbox: MailboxId,
    pub(crate) attempt: u32,
    pub(crate) phase: AttemptPhase,
    pub(crate) message: MessageKey,
}

/// Every email in Sending, in the order of the records.
pub(crate) fn stuck(reader: &Reader<'_>) -> Result<Vec<Stuck>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT e.id, e.mailbox, e.attempts, a.phase, e.message_id
         FROM email e JOIN delivery_attempt a ON a.email = e.id AND a.number = e.attempts
         WHERE e.status = 7 ORDER BY e.id",
    )?;
    let mut rows = statement.query([])?;
    let mut stuck = Vec::new();
    while let Some(row) = rows.next()? {
        let email = EmailId(row.get(0)?);
        let phase = AttemptPhase::from_code(row.get(3)?).ok_or_else(|| damaged_attempt(email))?;
        let message_id = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
        stuck.push(Stuck {
            email,
            mailbox: MailboxId(row.get(1)?),
            attempt: row.get(2)?,
            phase,
            message: MessageKey::of(message_id),
        });
    }
    Ok(stuck)
}

/// The history of an email, first attempt first.
pub(crate) fn attempts(
    reader: &Reader<'_>,
    email: EmailId,
) -> Result<Vec<DeliveryAttempt>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT number, phase, started, ended, outcome, reason FROM delivery_attempt
         WHERE email = ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([email.0])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        let moment = |millis| moment("delivery_attempt", millis);
        let ended: Option<(i64, u8)> = row.get::<_, Option<i64>>(3)?.zip(row.get(4)?);
        let reason: Option<String> = row.get(5)?;
        attempts.push(DeliveryAttempt {
            email,
            number: row.get(0)?,
            started: moment(row.get(2)?)?,
            phase: AttemptPhase::from_code(row.get(1)?).ok_or_else(|| damaged_attempt(email))?,
            ended: ended
                .map(|(millis, code)| {
                    let outcome =
                        AttemptOutcome::from_code(code).ok_or_else(|| damaged_attempt(email))?;
                    Ok::<_, StoreError>((moment(millis)?, outcome))
                })
                .transpose()?,
            reason: reason
                .map(|name| Reason::from_name(&name).ok_or_else(|| damaged_attempt(email)))
                .transpose()?,
        });
    }
    Ok(attempts)
}

/// How each recipient of an email stands, in the order given by the application.
pub(crate) fn recipients(
    reader: &Reader<'_>,
    email: EmailId,
) -> Result<Vec<(String, RecipientState)>, StoreError> {
    let mut statement = reader
        .prepare("SELECT address, state FROM recipient WHERE email = ?1 ORDER BY position")?;
    let mut rows = statement.query([email.0])?;
    let mut recipients = Vec::new();
    while let Some(row) = rows.next()? {
        let state = RecipientState::from_code(row.get(1)?).ok_or_else(|| StoreError::Damaged {
            table: "recipient",
            what: format!("a recipient of email {} is in no state", email.0),
        })?;
        recipients.push((row.get(0)?, state));
    }
    Ok(recipients)
}

fn damaged_attempt(email: EmailId) -> StoreError {
    StoreError::Damaged {
        table: "delivery_attempt",
        what: format!("an attempt of email {} is in no state", email.0),
    }
}
