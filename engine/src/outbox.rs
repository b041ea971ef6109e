//! The application's side of outgoing email: putting a record in Pending Send and taking it back.

use std::sync::Arc;

use crate::email::{Composition, compose, with_crlf};
use crate::store::{emails, outgoing};
use crate::{
    ContentHash, ContentRetention, DeliveryAttempt, EmailId, EmailState, EngineConfig, Event,
    MailboxId, MessageKey, Priority, RecipientState, Services, Store, StoreError,
};

/// The longest Message-ID a record holds (`messageid`, domain.md 1.7).
const MAX_MESSAGE_ID: usize = 320;

/// An email the application wants sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEmail {
    /// Who sends.
    pub mailbox: MailboxId,
    /// Where it goes, one address each.
    pub recipients: Vec<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// What it says.
    pub content: NewContent,
}

/// What a new email says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewContent {
    /// To be composed into a message, with a Message-ID and a date of the engine's.
    Text {
        /// The subject.
        subject: String,
        /// The text.
        text: String,
        /// The text once more, in HTML.
        html: Option<String>,
    },
    /// A message ready to go (RFC 5322). Bare line ends are made CRLF.
    Raw {
        /// The message.
        bytes: Vec<u8>,
        /// The Message-ID its header names.
        message_id: String,
    },
}

/// What has become of a new email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    /// Its record, in Pending Send.
    pub email: EmailId,
    /// Of its Message-ID, which stays the same over all attempts.
    pub message: MessageKey,
    /// Of the bytes that will go onto the wire.
    pub content: ContentHash,
}

/// Why an email was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// There is no such mailbox.
    #[error("there is no mailbox {0:?}")]
    UnknownMailbox(MailboxId),
    /// The mailbox has no server to send through.
    #[error("mailbox {0:?} is not set up for outgoing email")]
    NoOutgoing(MailboxId),
    /// It goes to nobody.
    #[error("the email has no recipient")]
    NoRecipients,
    /// An address that cannot stand in an SMTP command (RFC 5321, 4.1.2): it must be printable
    /// ASCII without blanks and angle brackets, at most 254 octets, with an `@` inside.
    #[error("{0:?} is not an email address this engine can send to")]
    Address(String),
    /// A Message-ID that cannot stand in a header, or is longer than 320 octets.
    #[error("{0:?} is not a usable Message-ID")]
    MessageId(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes emails from the application. Clones share everything.
#[derive(Clone)]
pub struct Outbox {
    config: Arc<EngineConfig>,
    store: Store,
    services: Services,
}

impl Outbox {
    /// An outbox over the engine's own store and configuration.
    #[must_use]
    pub fn new(config: Arc<EngineConfig>, store: Store, services: Services) -> Self {
        Self { config, store, services }
    }

    /// Puts an email in Pending Send, in one commit, to be sent by the mailbox's next outgoing
    /// scan. Its Message-ID is made here, once.
    ///
    /// # Errors
    /// See [`SubmitError`]; nothing was stored then.
    pub fn submit(&self, email: NewEmail) -> Result<Submitted, SubmitError> {
        let from = self.sender(email.mailbox)?;
        if email.recipients.is_empty() {
            return Err(SubmitError::NoRecipients);
        }
        for address in &email.recipients {
            if !is_address(address) {
                return Err(SubmitError::Address(address.clone()));
            }
        }
        let at = self.services.clock.now();
        let (message_id, raw) = match email.content {
            NewContent::Raw { bytes, message_id } => (message_id, with_crlf(bytes)),
            NewContent::Text { subject, text, html } => {
                let message_id = self.message_id(from);
                let bytes = compose(&Composition {
                    from,
                    to: &email.recipients,
                    subject: &subject,
                    text: &text,
                    html: html.as_deref(),
                    message_id: &message_id,
                    date: at,
                    boundary: &format!("=_{:016x}", self.services.random.next_u64()),
                });
                (message_id, bytes)
            }
        };
        if !is_message_id(&message_id) {
            return Err(SubmitError::MessageId(message_id));
        }
        let pending = outgoing::Pending {
            mailbox: email.mailbox,
            priority: email.priority,
            message_id: &message_id,
            raw: &raw,
            recipients: &email.recipients,
            at,
        };
        let id = self.store.transaction(|tx| outgoing::insert_pending(tx, &pending))?;
        let submitted = Submitted {
            email: id,
            message: MessageKey::of(&message_id),
            content: ContentHash::of(&raw),
        };
        self.services.observer.event(Event::EmailQueued {
            email: id,
            mailbox: email.mailbox,
            message: submitted.message,
            content: submitted.content,
            priority: email.priority,
            recipients: u32::try_from(email.recipients.len()).unwrap_or(u32::MAX),
        });
        Ok(submitted)
    }

    /// Takes an email back that is still in Pending Send. Says whether it was: one that is being
    /// sent, or was, cannot be taken back.
    ///
    /// # Errors
    /// The store's.
    pub fn cancel(&self, email: EmailId) -> Result<bool, StoreError> {
        let retention = self.config.settings.content_retention;
        self.store.transaction(|tx| {
            let canceled = outgoing::cancel(tx, email)?;
            if canceled && retention == ContentRetention::HashOnly {
                emails::forget_raw(tx, email)?;
            }
            Ok(canceled)
        })
    }

    /// The state of a record, if there is such a record.
    ///
    /// # Errors
    /// The store's.
    pub fn state(&self, email: EmailId) -> Result<Option<EmailState>, StoreError> {
        self.store.read(|reader| emails::state(reader, email))
    }

    /// Every attempt to send an email, the first one first.
    ///
    /// # Errors
    /// The store's.
    pub fn attempts(&self, email: EmailId) -> Result<Vec<DeliveryAttempt>, StoreError> {
        self.store.read(|reader| outgoing::attempts(reader, email))
    }

    /// The recipients of an email in the order given, and where each of them stands.
    ///
    /// # Errors
    /// The store's.
    pub fn recipients(&self, email: EmailId) -> Result<Vec<(String, RecipientState)>, StoreError> {
        self.store.read(|reader| outgoing::recipients(reader, email))
    }

    fn sender(&self, mailbox: MailboxId) -> Result<&str, SubmitError> {
        let known = self.config.mailboxes.get(mailbox.0 as usize);
        let known = known.ok_or(SubmitError::UnknownMailbox(mailbox))?;
        if known.outgoing.is_none() {
            return Err(SubmitError::NoOutgoing(mailbox));
        }
        Ok(&known.address)
    }

    /// 128 random bits at the sender's own domain (RFC 5322, 3.6.4).
    fn message_id(&self, from: &str) -> String {
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let random = &self.services.random;
        format!("{:016x}.{:016x}@{domain}", random.next_u64(), random.next_u64())
    }
}

fn is_address(address: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>');
    let inner_at = address.find('@').is_some_and(|at| at > 0 && at + 1 < address.len());
    address.len() <= 254 && inner_at && address.bytes().all(safe)
}

fn is_message_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_MESSAGE_ID && id.bytes().all(|byte| byte.is_ascii_graphic())
}
