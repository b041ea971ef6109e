//! What the store knows of tracking: rules for folders, the application's own requests, and which
//! email is linked to what.

use rusqlite::{Row, params};

use super::exchange::FolderKey;
use super::{Reader, StoreError, Transaction};
use crate::{EmailId, MailboxId, MessageKey, RuleEnd, RuleId, TrackedBy};

/// The tables of schema version 3. A rule's number is never given twice, because items are kept
/// under it. `email_link.held` is 1 where another mailbox's rule came first.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE tracking_rule (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        mailbox   INTEGER NOT NULL,
        folder    TEXT NOT NULL,
        regarding TEXT,
        ended     INTEGER,
        UNIQUE (mailbox, folder)
    ) STRICT",
    "CREATE TABLE tracking_request (
        id        INTEGER PRIMARY KEY,
        mailbox   INTEGER NOT NULL,
        item      TEXT NOT NULL,
        regarding TEXT,
        state     INTEGER NOT NULL,
        email     INTEGER
    ) STRICT",
    "CREATE INDEX tracking_request_pending ON tracking_request (mailbox) WHERE state = 0",
    "CREATE TABLE tracking_folder (
        mailbox INTEGER NOT NULL,
        id      TEXT NOT NULL,
        name    TEXT NOT NULL,
        PRIMARY KEY (mailbox, id)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE tracking_wanted (mailbox INTEGER PRIMARY KEY) STRICT",
    "CREATE TABLE email_link (
        email     INTEGER PRIMARY KEY,
        mailbox   INTEGER NOT NULL,
        message   INTEGER,
        tracked   INTEGER NOT NULL,
        cause     INTEGER NOT NULL,
        held      INTEGER NOT NULL,
        regarding TEXT
    ) STRICT",
    "CREATE INDEX email_link_message ON email_link (message) WHERE message IS NOT NULL",
];

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    /// The server's id of the folder.
    pub(crate) folder: String,
    pub(crate) regarding: Option<String>,
    pub(crate) ended: Option<RuleEnd>,
}

impl Rule {
    /// Under which key the items of its folder are kept.
    pub(crate) const fn key(&self) -> FolderKey {
        FolderKey(self.id.0)
    }
}

/// The rules of a mailbox, the oldest first.
pub(crate) fn rules(reader: &Reader<'_>, mailbox: MailboxId) -> Result<Vec<Rule>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT id, folder, regarding, ended FROM tracking_rule WHERE mailbox = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([mailbox.0], |row| {
        Ok(Rule {
            id: RuleId(row.get(0)?),
            folder: row.get(1)?,
            regarding: row.get(2)?,
            ended: row.get::<_, Option<u8>>(3)?.and_then(RuleEnd::from_code),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whose rule it is.
pub(crate) fn rule_owner(
    reader: &Reader<'_>,
    rule: RuleId,
) -> Result<Option<MailboxId>, StoreError> {
    reader.first("SELECT mailbox FROM tracking_rule WHERE id = ?1", [rule.0], |row| {
        row.get(0).map(MailboxId)
    })
}

/// Adds a rule.
pub(crate) fn add_rule(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    folder: &str,
    regarding: Option<&str>,
) -> Result<RuleId, StoreError> {
    let id = tx.insert(
        "INSERT INTO tracking_rule (mailbox, folder, regarding) VALUES (?1, ?2, ?3)",
        params![mailbox.0, folder, regarding],
    )?;
    Ok(RuleId(id))
}

/// Changes what a rule links to.
pub(crate) fn set_rule_regarding(
    tx: &Transaction<'_>,
    rule: RuleId,
    regarding: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "UPDATE tracking_rule SET regarding = ?2 WHERE id = ?1";
    tx.execute(sql, params![rule.0, regarding])?;
    Ok(())
}

/// A rule acts no longer, though it is still there.
pub(crate) fn end_rule(tx: &Transaction<'_>, rule: RuleId, why: RuleEnd) -> Result<(), StoreError> {
    let sql = "UPDATE tracking_rule SET ended = ?2 WHERE id = ?1";
    tx.execute(sql, params![rule.0, why.code()])?;
    Ok(())
}

/// Removes a rule.
pub(crate) fn remove_rule(tx: &Transaction<'_>, rule: RuleId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM tracking_rule WHERE id = ?1", [rule.0])?;
    Ok(())
}

/// The folders under the Inbox, by name.
pub(crate) fn folders(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = reader
        .prepare("SELECT id, name FROM tracking_folder WHERE mailbox = ?1 ORDER BY name, id")?;
    let rows = statement.query_map([mailbox.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A folder is under the Inbox, by this name.
pub(crate) fn set_folder(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    id: &str,
    name: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO tracking_folder (mailbox, id, name) VALUES (?1, ?2, ?3)",
        params![mailbox.0, id, name],
    )?;
    Ok(())
}

/// A folder is not under the Inbox any more; with none, no folder is known to be.
pub(crate) fn drop_folder(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    id: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM tracking_folder WHERE mailbox = ?1 AND (?2 IS NULL OR id = ?2)",
        params![mailbox.0, id],
    )?;
    Ok(())
}

/// Whether somebody wants to know the folders under the Inbox.
pub(crate) fn folders_wanted(reader: &Reader<'_>, mailbox: MailboxId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM tracking_wanted WHERE mailbox = ?1";
    Ok(reader.first(sql, [mailbox.0], |_| Ok(()))?.is_some())
}

/// Somebody wants to know the folders under the Inbox, or knows them now.
pub(crate) fn set_folders_wanted(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    wanted: bool,
) -> Result<(), StoreError> {
    if wanted {
        tx.execute("INSERT OR IGNORE INTO tracking_wanted (mailbox) VALUES (?1)", [mailbox.0])?;
    } else {
        tx.execute("DELETE FROM tracking_wanted WHERE mailbox = ?1", [mailbox.0])?;
    }
    Ok(())
}

/// A request of the application to track an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) id: i64,
    pub(crate) item: String,
    pub(crate) regarding: Option<String>,
}

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestState {
    Pending,
    Done(EmailId),
    Failed,
}

/// Adds a request.
pub(crate) fn add_request(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    item: &str,
    regarding: Option<&str>,
) -> Result<i64, StoreError> {
    tx.insert(
        "INSERT INTO tracking_request (mailbox, item, regarding, state) VALUES (?1, ?2, ?3, 0)",
        params![mailbox.0, item, regarding],
    )
}

/// The requests nobody has looked at yet, the oldest first.
pub(crate) fn pending_requests(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Vec<Request>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT id, item, regarding FROM tracking_request WHERE mailbox = ?1 AND state = 0
         ORDER BY id",
    )?;
    let rows = statement.query_map([mailbox.0], |row| {
        Ok(Request { id: row.get(0)?, item: row.get(1)?, regarding: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A request is settled: as this email, or not at all.
pub(crate) fn settle_request(
    tx: &Transaction<'_>,
    request: i64,
    email: Option<EmailId>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE tracking_request SET state = ?2, email = ?3 WHERE id = ?1",
        params![request, if email.is_some() { 1 } else { 2 }, email.map(|email| email.0)],
    )?;
    Ok(())
}

/// What has become of a request, if there is one.
pub(crate) fn request_state(
    reader: &Reader<'_>,
    request: i64,
) -> Result<Option<RequestState>, StoreError> {
    reader.first("SELECT state, email FROM tracking_request WHERE id = ?1", [request], |row| {
        Ok(match (row.get::<_, u8>(0)?, row.get(1)?) {
            (0, _) => RequestState::Pending,
            (1, Some(email)) => RequestState::Done(EmailId(email)),
            _ => RequestState::Failed,
        })
    })
}

/// How an email is tracked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// False once it was untracked.
    pub(crate) tracked: bool,
    pub(crate) by: TrackedBy,
    pub(crate) regarding: Option<String>,
    /// Another mailbox's rule came first.
    pub(crate) held: bool,
}

fn link_row(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        tracked: row.get(0)?,
        by: TrackedBy::from_code(row.get(1)?).unwrap_or(TrackedBy::Application),
        held: row.get(2)?,
        regarding: row.get(3)?,
    })
}

/// How an email is tracked, if it ever was.
pub(crate) fn link(reader: &Reader<'_>, email: EmailId) -> Result<Option<Link>, StoreError> {
    reader.first(
        "SELECT tracked, cause, held, regarding FROM email_link WHERE email = ?1",
        [email.0],
        link_row,
    )
}

/// How every email of a mailbox is tracked that ever was, the oldest record first.
pub(crate) fn links(
    reader: &Reader<'_>,
    mailbox: MailboxId,
) -> Result<Vec<(EmailId, Link)>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT tracked, cause, held, regarding, email FROM email_link WHERE mailbox = ?1
         ORDER BY email",
    )?;
    let rows =
        statement.query_map([mailbox.0], |row| Ok((row.get(4).map(EmailId)?, link_row(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The link that a rule of another mailbox gave the same message, if one did.
pub(crate) fn first_link(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    message: MessageKey,
) -> Result<Option<Link>, StoreError> {
    reader.first(
        "SELECT tracked, cause, held, regarding FROM email_link
         WHERE message = ?1 AND mailbox <> ?2 AND cause = 0 AND held = 0 ORDER BY email LIMIT 1",
        params![message.0.cast_signed(), mailbox.0],
        link_row,
    )
}

/// Sets how an email is tracked.
pub(crate) fn set_link(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    email: EmailId,
    message: Option<MessageKey>,
    link: &Link,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO email_link (email, mailbox, message, tracked, cause, held, regarding)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (email) DO UPDATE SET message = coalesce(excluded.message, message),
            tracked = excluded.tracked, cause = excluded.cause, held = excluded.held,
            regarding = excluded.regarding",
        params![
            email.0,
            mailbox.0,
            message.map(|message| message.0.cast_signed()),
            link.tracked,
            link.by.code(),
            link.held,
            link.regarding,
        ],
    )?;
    Ok(())
}

/// Emails in a rule's folder whose link is not what the rule says.
pub(crate) fn out_of_line(
    reader: &Reader<'_>,
    mailbox: MailboxId,
    folder: FolderKey,
    regarding: &str,
) -> Result<Vec<EmailId>, StoreError> {
    let mut statement = reader.prepare(
        "SELECT i.email FROM exchange_item i JOIN email_link l ON l.email = i.email
         WHERE i.mailbox = ?1 AND i.folder = ?2 AND i.state = 0 AND l.held = 0
            AND (l.regarding IS NOT ?3 OR l.tracked = 0)
         ORDER BY i.email",
    )?;
    let rows = statement
        .query_map(params![mailbox.0, folder.0, regarding], |row| row.get(0).map(EmailId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    const ANN: MailboxId = MailboxId(0);
    const BOB: MailboxId = MailboxId(1);

    fn link_to(regarding: Option<&str>, by: TrackedBy) -> Link {
        Link { tracked: true, by, regarding: regarding.map(str::to_owned), held: false }
    }

    #[test]
    fn a_rules_number_is_never_given_twice() {
        let store = Store::in_memory().unwrap();
        let add = |folder: &str| store.transaction(|tx| add_rule(tx, ANN, folder, None)).unwrap();
        let first = add("f");
        store.transaction(|tx| remove_rule(tx, first)).unwrap();
        let second = add("f");
        assert_ne!(first, second);
        store
            .transaction(|tx| {
                set_rule_regarding(tx, second, Some("account 7"))?;
                end_rule(tx, second, RuleEnd::OutsideInbox)
            })
            .unwrap();
        let rules = store.read(|reader| rules(reader, ANN)).unwrap();
        let expected = Rule {
            id: second,
            folder: "f".into(),
            regarding: Some("account 7".into()),
            ended: Some(RuleEnd::OutsideInbox),
        };
        assert_eq!(rules, [expected]);
    }

    #[test]
    fn the_first_link_of_a_message_is_another_mailboxes_rule() {
        let store = Store::in_memory().unwrap();
        let message = MessageKey::of("<m@example.com>");
        let by_rule = link_to(Some("account 1"), TrackedBy::Folder);
        store
            .transaction(|tx| {
                set_link(tx, ANN, EmailId(1), Some(message), &by_rule)?;
                let other = link_to(Some("account 2"), TrackedBy::Application);
                set_link(tx, BOB, EmailId(2), Some(message), &other)
            })
            .unwrap();
        store
            .read(|reader| {
                assert_eq!(first_link(reader, BOB, message)?, Some(by_rule.clone()));
                assert_eq!(first_link(reader, ANN, message)?, None);
                let bobs = links(reader, BOB)?;
                assert_eq!(bobs.len(), 1);
                assert_eq!((bobs[0].0, bobs[0].1.by), (EmailId(2), TrackedBy::Application));
                assert_eq!(link(reader, EmailId(2))?.as_ref(), Some(&bobs[0].1));
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn requests_wait_until_they_are_settled() {
        let store = Store::in_memory().unwrap();
        let (one, two) = store
            .transaction(|tx| {
                Ok((add_request(tx, ANN, "a", Some("case 3"))?, add_request(tx, ANN, "b", None)?))
            })
            .unwrap();
        let pending = |store: &Store| store.read(|reader| pending_requests(reader, ANN)).unwrap();
        assert_eq!(pending(&store).len(), 2);
        store
            .transaction(|tx| {
                settle_request(tx, one, Some(EmailId(4)))?;
                settle_request(tx, two, None)
            })
            .unwrap();
        assert_eq!(pending(&store), []);
        let state = |id| store.read(|reader| request_state(reader, id)).unwrap();
        assert_eq!(state(one), Some(RequestState::Done(EmailId(4))));
        assert_eq!(state(two), Some(RequestState::Failed));
        assert_eq!(state(99), None);
    }
}
