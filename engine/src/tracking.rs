//! The application's side of tracking: rules for folders, requests for single items, and what each
//! email is linked to. What an email is linked to ("regarding") is the application's own name for
//! one of its records; the engine only keeps it.

use std::sync::Arc;

use crate::store::tracking::{self, Link, RequestState, Rule};
use crate::store::{Transaction, emails, exchange};
use crate::{
    EmailId, EngineConfig, MailboxId, Protocol, RecipientKind, RuleEnd, RuleId, Store, StoreError,
    TrackedBy,
};

/// Rules that a mailbox may have (domain.md 1.10).
const MOST_RULES: usize = 25;

/// A folder under the Inbox, as the last cycle found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFolder {
    /// The server's id of it (`ExchangeFolderId`). It survives renaming and moving.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A rule that tracks a folder (table `mailboxtrackingfolder`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingRule {
    /// The rule.
    pub id: RuleId,
    /// The server's id of the folder.
    pub folder: String,
    /// What email in the folder is linked to, if anything.
    pub regarding: Option<String>,
    /// Why it acts no longer, if it does not.
    pub ended: Option<RuleEnd>,
}

/// How an email is tracked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailTracking {
    /// False once it was untracked; the record stays.
    pub tracked: bool,
    /// What tracked it last.
    pub by: TrackedBy,
    /// What it is linked to.
    pub regarding: Option<String>,
}

/// A request to track an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackRequestId(pub i64);

/// What has become of a request to track an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackRequest {
    /// "Track pending": the next incoming cycle handles it.
    Pending,
    /// It is tracked as this record.
    Tracked(EmailId),
    /// There is no such item, or it cannot become a record.
    Failed,
}

/// Why tracking was not changed.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// There is no such mailbox.
    #[error("there is no mailbox {0:?}")]
    UnknownMailbox(MailboxId),
    /// Only Exchange has folders and items to track (domain.md 1.10).
    #[error("mailbox {0:?} does not take email in from Exchange, and nothing else can be tracked")]
    NotExchange(MailboxId),
    /// Folders of queues are not tracked (domain.md 1.10).
    #[error("mailbox {0:?} is a queue's, and only a user's folders can be tracked")]
    Queue(MailboxId),
    /// The mailbox has 25 rules.
    #[error("mailbox {0:?} has 25 tracked folders, which is as many as there may be")]
    TooManyRules(MailboxId),
    /// The folder has a rule.
    #[error("the folder has rule {0:?} already")]
    FolderHasRule(RuleId),
    /// There is no such rule.
    #[error("there is no tracking rule {0:?}")]
    UnknownRule(RuleId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes what the application wants tracked; the mailbox's next incoming cycle acts on it. Clones
/// share everything.
#[derive(Clone)]
pub struct Tracking {
    config: Arc<EngineConfig>,
    store: Store,
}

impl Tracking {
    /// Tracking over the engine's own store and configuration.
    #[must_use]
    pub fn new(config: Arc<EngineConfig>, store: Store) -> Self {
        Self { config, store }
    }

    /// The folders under the Inbox, as far as they are known. The mailbox's next incoming cycle
    /// brings the list up to date once more, even when it has no rule.
    ///
    /// # Errors
    /// When the mailbox is not on Exchange, or the store fails.
    pub fn folders(&self, mailbox: MailboxId) -> Result<Vec<MailFolder>, TrackingError> {
        self.check(mailbox)?;
        let folders = self.store.transaction(|tx| {
            tracking::set_folders_wanted(tx, mailbox, true)?;
            tracking::folders(tx, mailbox)
        })?;
        Ok(folders.into_iter().map(|(id, name)| MailFolder { id, name }).collect())
    }

    /// Tracks a folder: email in it, now and later, becomes a record and is linked to `regarding`,
    /// if that is given. Folders within it need rules of their own.
    ///
    /// # Errors
    /// See [`TrackingError`].
    pub fn add_rule(
        &self,
        mailbox: MailboxId,
        folder: &str,
        regarding: Option<&str>,
    ) -> Result<RuleId, TrackingError> {
        self.check(mailbox)?;
        if self.config.mailbox(mailbox).kind == RecipientKind::Queue {
            return Err(TrackingError::Queue(mailbox));
        }
        let rules = self.store.read(|reader| tracking::rules(reader, mailbox))?;
        let (ended, active): (Vec<Rule>, Vec<Rule>) =
            rules.into_iter().partition(|rule| rule.ended.is_some());
        if let Some(rule) = active.iter().find(|rule| rule.folder == folder) {
            return Err(TrackingError::FolderHasRule(rule.id));
        }
        if active.len() >= MOST_RULES {
            return Err(TrackingError::TooManyRules(mailbox));
        }
        Ok(self.store.transaction(|tx| {
            // A rule that ended makes room for one that acts.
            for rule in ended.iter().filter(|rule| rule.folder == folder) {
                tracking::remove_rule(tx, rule.id)?;
            }
            tracking::add_rule(tx, mailbox, folder, regarding)
        })?)
    }

    /// Changes what a rule links to. With something, all email in the folder, old included, is
    /// linked to that by the next cycle. With none, links stay as they are, and new email gets
    /// none.
    ///
    /// # Errors
    /// When there is no such rule, or the store fails.
    pub fn set_regarding(
        &self,
        rule: RuleId,
        regarding: Option<&str>,
    ) -> Result<(), TrackingError> {
        self.change(rule, |tx, _| tracking::set_rule_regarding(tx, rule, regarding))
    }

    /// Removes a rule. What it has tracked stays tracked and linked; new email is not tracked.
    ///
    /// # Errors
    /// When there is no such rule, or the store fails.
    pub fn remove_rule(&self, rule: RuleId) -> Result<(), TrackingError> {
        self.change(rule, |tx, mailbox| {
            exchange::forget_folder(tx, mailbox, exchange::FolderKey(rule.0))?;
            tracking::remove_rule(tx, rule)
        })
    }

    fn change(
        &self,
        rule: RuleId,
        work: impl FnOnce(&Transaction<'_>, MailboxId) -> Result<(), StoreError>,
    ) -> Result<(), TrackingError> {
        let changed = self.store.transaction(|tx| {
            let Some(mailbox) = tracking::rule_owner(tx, rule)? else { return Ok(false) };
            work(tx, mailbox)?;
            Ok(true)
        })?;
        if changed { Ok(()) } else { Err(TrackingError::UnknownRule(rule)) }
    }

    /// The rules of a mailbox, the oldest first, those that ended included.
    ///
    /// # Errors
    /// The store's.
    pub fn rules(&self, mailbox: MailboxId) -> Result<Vec<TrackingRule>, StoreError> {
        let rules = self.store.read(|reader| tracking::rules(reader, mailbox))?;
        let shown =
            |Rule { id, folder, regarding, ended }| TrackingRule { id, folder, regarding, ended };
        Ok(rules.into_iter().map(shown).collect())
    }

    /// Asks to track an item, in whichever folder it is, and to link it: what the app in the
    /// person's mail client does (domain.md 1.11). Filters do not apply.
    ///
    /// # Errors
    /// When the mailbox is not on Exchange, or the store fails.
    pub fn track(
        &self,
        mailbox: MailboxId,
        item: &str,
        regarding: Option<&str>,
    ) -> Result<TrackRequestId, TrackingError> {
        self.check(mailbox)?;
        let add = |tx: &Transaction<'_>| tracking::add_request(tx, mailbox, item, regarding);
        Ok(TrackRequestId(self.store.transaction(add)?))
    }

    /// What has become of a request, if there is one.
    ///
    /// # Errors
    /// The store's.
    pub fn request(&self, request: TrackRequestId) -> Result<Option<TrackRequest>, StoreError> {
        let state = self.store.read(|reader| tracking::request_state(reader, request.0))?;
        Ok(state.map(|state| match state {
            RequestState::Pending => TrackRequest::Pending,
            RequestState::Done(email) => TrackRequest::Tracked(email),
            RequestState::Failed => TrackRequest::Failed,
        }))
    }

    /// Links a tracked email to something else by hand. A rule with a regarding, if the email is
    /// in its folder, overrules this in the next cycle. Says whether the email is one that was
    /// ever tracked.
    ///
    /// # Errors
    /// The store's.
    pub fn link(
        &self,
        mailbox: MailboxId,
        email: EmailId,
        regarding: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.store.transaction(|tx| {
            let Some(link) = tracking::link(tx, email)? else { return Ok(false) };
            let regarding = regarding.map(str::to_owned);
            let link = Link { regarding, by: TrackedBy::Application, ..link };
            tracking::set_link(tx, mailbox, email, None, &link)?;
            Ok(true)
        })
    }

    /// How an email is tracked, if it ever was.
    ///
    /// # Errors
    /// The store's.
    pub fn email(&self, email: EmailId) -> Result<Option<EmailTracking>, StoreError> {
        let link = self.store.read(|reader| tracking::link(reader, email))?;
        Ok(link.map(|Link { tracked, by, regarding, .. }| EmailTracking { tracked, by, regarding }))
    }

    /// Every email of a mailbox that is tracked or ever was, the oldest record first.
    ///
    /// # Errors
    /// The store's.
    pub fn emails(&self, mailbox: MailboxId) -> Result<Vec<(EmailId, EmailTracking)>, StoreError> {
        let links = self.store.read(|reader| tracking::links(reader, mailbox))?;
        let shown = |(email, Link { tracked, by, regarding, .. })| {
            (email, EmailTracking { tracked, by, regarding })
        };
        Ok(links.into_iter().map(shown).collect())
    }

    /// `notifications` of a record: 1 when attachments were dropped from it (domain.md 1.7), else
    /// 0.
    ///
    /// # Errors
    /// The store's.
    pub fn notifications(&self, email: EmailId) -> Result<u8, StoreError> {
        self.store.read(|reader| emails::notifications(reader, email))
    }

    fn check(&self, mailbox: MailboxId) -> Result<(), TrackingError> {
        let known = self.config.mailboxes.get(mailbox.0 as usize);
        let known = known.ok_or(TrackingError::UnknownMailbox(mailbox))?;
        let speaks = known.incoming.map(|server| self.config.server(server).protocol);
        if speaks == Some(Protocol::Ews) {
            Ok(())
        } else {
            Err(TrackingError::NotExchange(mailbox))
        }
    }
}
