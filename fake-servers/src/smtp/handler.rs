//! What a submission server grants: the policy behind each command, as the handler that `mailin`
//! calls. The same handler runs in a world and, under `mailin-embedded`, on a real socket.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use mailin::{Handler, Response, response};

use super::paths;
use super::replies::{
    ACCEPTED, Denial, GREYLISTED, LOGIN_NEEDED, MAILBOX_FULL, OUT_OF_TURN, RECIPIENT_OK, SENDER_OK,
    TOO_LARGE, TOO_MANY_RECIPIENTS, UNKNOWN_RECIPIENT,
};
use super::server::Shared;
use super::transaction::{Incoming, Recipient, Transaction};
use crate::store::{AcceptedMail, Body, Message, lock_store};
use crate::{MailboxIx, ServerEvent};

/// The policy of one connection. Clones speak for the same connection.
#[derive(Clone)]
pub struct SmtpHandler {
    server: Arc<Shared>,
    dialogue: Arc<Mutex<Dialogue>>,
}

/// How far one connection is. The line loop writes the time, the client and the declared size into
/// it and takes the events out; `mailin` has no way to pass either.
#[derive(Debug)]
pub(super) struct Dialogue {
    pub(super) now: Timestamp,
    /// The mailbox that is logged in.
    pub(super) client: Option<MailboxIx>,
    /// SIZE of the MAIL command under way (RFC 1870).
    pub(super) declared_octets: Option<u64>,
    /// What the last MAIL that was granted began. `mailin` knows whether it is still under way, and
    /// does not tell when RSET or EHLO ends it.
    pub(super) transaction: Option<Transaction>,
    pub(super) events: Vec<ServerEvent>,
}

impl Dialogue {
    /// A connection just opened.
    pub(super) fn new() -> Self {
        Self {
            now: Timestamp::UNIX_EPOCH,
            client: None,
            declared_octets: None,
            transaction: None,
            events: Vec::new(),
        }
    }

    pub(super) fn logged_in(mailbox: MailboxIx, now: Timestamp) -> Self {
        Self { now, client: Some(mailbox), ..Self::new() }
    }

    /// Notes a refusal for the event log.
    pub(super) fn refuse(&mut self, mailbox: Option<MailboxIx>, denial: Denial) {
        self.events.push(ServerEvent::Refused { mailbox, refusal: denial.refusal });
    }
}

impl SmtpHandler {
    pub(super) fn new(server: Arc<Shared>, dialogue: Dialogue) -> Self {
        Self { server, dialogue: Arc::new(Mutex::new(dialogue)) }
    }

    /// Takes what happened since the last call out of the handler.
    #[must_use]
    pub fn take_events(&self) -> Vec<ServerEvent> {
        std::mem::take(&mut self.dialogue().events)
    }

    /// The handler and the line loop around it run in turn, never at the same time.
    pub(super) fn dialogue(&self) -> MutexGuard<'_, Dialogue> {
        self.dialogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What may go wrong with MAIL once it is its turn and somebody is logged in.
    fn grant_sender(&self, dialogue: &Dialogue, mailbox: MailboxIx) -> Result<(), Denial> {
        if dialogue.declared_octets.is_some_and(|size| size > self.server.options.message_octets) {
            return Err(TOO_LARGE);
        }
        self.server.begin_message(mailbox, dialogue.now)
    }

    fn grant_recipient(
        &self,
        now: Timestamp,
        mailbox: MailboxIx,
        transaction: &Transaction,
        address: &str,
    ) -> Result<Recipient, Denial> {
        let options = &self.server.options;
        if transaction.recipients.len() >= options.recipients_per_message {
            return Err(TOO_MANY_RECIPIENTS);
        }
        let local = lock_store(&self.server.store).by_address(address);
        if local.is_none() && options.is_local(address) {
            return Err(UNKNOWN_RECIPIENT);
        }
        if !self.server.knows_pair(mailbox, &transaction.sender, address, now) {
            return Err(GREYLISTED);
        }
        Ok(Recipient::new(address, local))
    }

    fn grant_message(
        &self,
        now: Timestamp,
        mailbox: MailboxIx,
        transaction: &Transaction,
        message: &Incoming,
    ) -> Result<(), Denial> {
        if message.is_too_large() {
            return Err(TOO_LARGE);
        }
        if self.is_full(mailbox) {
            return Err(MAILBOX_FULL);
        }
        self.server.charge_recipients(mailbox, transaction.recipients.len(), now)
    }

    /// Sent mail is stored in the sender's own mailbox, so a full one cannot send (domain.md 5.3).
    fn is_full(&self, mailbox: MailboxIx) -> bool {
        let Some(quota) = self.server.options.mailbox_octets else { return false };
        let store = lock_store(&self.server.store);
        let held = store
            .mailbox(mailbox)
            .map_or(0, |found| found.messages().iter().map(|stored| stored.octets).sum::<u64>());
        held >= quota
    }

    /// Takes responsibility: from here on the message is the server's.
    fn accept(
        &self,
        dialogue: &mut Dialogue,
        mailbox: MailboxIx,
        transaction: &Transaction,
        message: &Incoming,
    ) {
        dialogue.events.push(ServerEvent::Accepted {
            mailbox,
            message: message.message_key(),
            content: message.content(),
            recipients: transaction.recipients.iter().map(|recipient| recipient.address).collect(),
        });
        lock_store(&self.server.store).note_accepted(|| AcceptedMail {
            number: 0,
            mailbox,
            at: dialogue.now,
            sender: transaction.sender.clone(),
            recipients: transaction.recipients.iter().map(|r| r.given.clone()).collect(),
            bytes: message.bytes().into(),
        });
        let local = transaction.local();
        if local.is_empty() {
            return;
        }
        let copy = self.as_delivered(message, dialogue.now);
        for recipient in local {
            let item = self.server.ids.next_id();
            let body = Body::Raw(Arc::clone(&copy));
            let delivered = lock_store(&self.server.store)
                .deliver(recipient, Message { item, arrived: dialogue.now, body });
            // It was found when the recipient was accepted, and mailboxes are never taken away.
            let Ok(bytes) = delivered else { unreachable!("a local recipient has a mailbox") };
            dialogue.events.push(ServerEvent::Delivered { item, mailbox: recipient, bytes });
        }
    }

    /// The message with its Received field, if the server writes one. It comes in front of what the
    /// client sent and is no part of what was accepted.
    fn as_delivered(&self, message: &Incoming, now: Timestamp) -> Arc<[u8]> {
        let options = &self.server.options;
        if !options.received_field {
            return message.bytes().into();
        }
        let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
        let field = format!("Received: by {} with ESMTPA; {date}\r\n", options.name);
        [field.as_bytes(), message.bytes()].concat().into()
    }
}

impl Handler for SmtpHandler {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        let mut dialogue = self.dialogue();
        let Some(mailbox) = dialogue.client else { return LOGIN_NEEDED.response() };
        if let Err(denial) = self.grant_sender(&dialogue, mailbox) {
            dialogue.refuse(Some(mailbox), denial);
            return denial.words.response();
        }
        dialogue.transaction = Some(Transaction::new(paths::reveal(from).into_owned()));
        SENDER_OK.response()
    }

    fn rcpt(&mut self, to: &str) -> Response {
        let mut dialogue = self.dialogue();
        let (now, client) = (dialogue.now, dialogue.client);
        let (Some(mailbox), Some(transaction)) = (client, &mut dialogue.transaction) else {
            return OUT_OF_TURN.response();
        };
        match self.grant_recipient(now, mailbox, transaction, &paths::reveal(to)) {
            Ok(recipient) => {
                transaction.recipients.push(recipient);
                RECIPIENT_OK.response()
            }
            Err(denial) => {
                dialogue.refuse(Some(mailbox), denial);
                denial.words.response()
            }
        }
    }

    fn data_start(&mut self, _domain: &str, _from: &str, _8bit: bool, _to: &[String]) -> Response {
        match &mut self.dialogue().transaction {
            Some(transaction) => {
                let archived = lock_store(&self.server.store).accepted().is_some();
                transaction.begin_message(self.server.options.message_octets, archived);
                response::OK
            }
            None => OUT_OF_TURN.response(),
        }
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let mut dialogue = self.dialogue();
        if let Some(message) = dialogue.transaction.as_mut().and_then(|t| t.message.as_mut()) {
            message.take(bytes);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut dialogue = self.dialogue();
        let (now, client) = (dialogue.now, dialogue.client);
        let (Some(mailbox), Some(mut transaction)) = (client, dialogue.transaction.take()) else {
            return OUT_OF_TURN.response();
        };
        let Some(message) = transaction.message.take() else { return OUT_OF_TURN.response() };
        if let Err(denial) = self.grant_message(now, mailbox, &transaction, &message) {
            dialogue.refuse(Some(mailbox), denial);
            return denial.words.response();
        }
        self.accept(&mut dialogue, mailbox, &transaction, &message);
        ACCEPTED.response()
    }
}
