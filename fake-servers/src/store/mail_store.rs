//! All mailboxes of the simulated servers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use indexmap::map::Entry;
use jiff::Timestamp;
use thiserror::Error;

use super::{AcceptedMail, Account, Archive, Body, Mailbox, Message, Stored, Uid};
use crate::MailboxIx;

/// The store that several servers and a load share.
pub type SharedStore = Arc<Mutex<MailStore>>;

/// Takes the lock. A machine that panicked while it held it has broken the run anyway.
pub fn lock_store(store: &SharedStore) -> MutexGuard<'_, MailStore> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What looks at a message when it has come to lie in an inbox, by whichever way it came.
pub type Attendant = fn(&mut MailStore, MailboxIx, &[u8], Timestamp);

/// All mailboxes. [`MailboxIx`] is the order in which they were added.
#[derive(Debug, Clone)]
pub struct MailStore {
    host: String,
    mailboxes: Vec<Mailbox>,
    /// By address and by user, both in lower case.
    addresses: IndexMap<Arc<str>, MailboxIx>,
    users: IndexMap<Arc<str>, MailboxIx>,
    archive: Option<Archive>,
    attendant: Option<Attendant>,
}

/// Why a mailbox cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddError {
    /// Another mailbox has this address.
    #[error("there is a mailbox with the address {0} already")]
    AddressTaken(String),
    /// Another mailbox has this user.
    #[error("there is a mailbox of the user {0} already")]
    UserTaken(String),
    /// Not something that fits between angle brackets in a header: empty, longer than 254 octets
    /// (RFC 5321 section 4.5.3.1.3), or with white space or control characters.
    #[error("{0:?} is not an address")]
    NotAnAddress(String),
    /// More than 2^32 of them.
    #[error("there are too many mailboxes")]
    TooMany,
}

/// There is no mailbox of this index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no mailbox number {}", .0.0)]
pub struct UnknownMailbox(pub MailboxIx);

impl MailStore {
    /// An empty store. `host` stands after the `@` of generated Message-IDs.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            mailboxes: Vec::new(),
            addresses: IndexMap::new(),
            users: IndexMap::new(),
            archive: None,
            attendant: None,
        }
    }

    /// From here on keeps what is accepted for sending.
    pub fn keep_accepted(&mut self, archive: Archive) {
        self.archive = Some(archive);
    }

    /// From here on has messages that come with bytes of their own looked at.
    pub fn attend(&mut self, attendant: Attendant) {
        self.attendant = Some(attendant);
    }

    /// What was accepted for sending, if that is kept.
    #[must_use]
    pub fn accepted(&self) -> Option<&Archive> {
        self.archive.as_ref()
    }

    /// Notes that a message was accepted for sending; made only if that is kept.
    pub fn note_accepted(&mut self, mail: impl FnOnce() -> AcceptedMail) {
        if let Some(archive) = &mut self.archive {
            archive.keep(mail());
        }
    }

    /// This store, to be shared.
    #[must_use]
    pub fn shared(self) -> SharedStore {
        Arc::new(Mutex::new(self))
    }

    /// Adds an empty mailbox. Addresses and users are told apart without regard to case.
    ///
    /// # Errors
    /// See [`AddError`].
    pub fn add_mailbox(
        &mut self,
        address: &str,
        user: &str,
        password: &str,
    ) -> Result<MailboxIx, AddError> {
        if address.is_empty()
            || address.len() > 254
            || address.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(AddError::NotAnAddress(address.to_owned()));
        }
        let ix = u32::try_from(self.mailboxes.len()).map_err(|_| AddError::TooMany)?;
        let ix = MailboxIx(ix);
        let (address_key, user_key) = (key(address), key(user));
        if self.users.contains_key(&user_key) {
            return Err(AddError::UserTaken(user.to_owned()));
        }
        match self.addresses.entry(address_key.clone()) {
            Entry::Occupied(_) => return Err(AddError::AddressTaken(address.to_owned())),
            Entry::Vacant(vacant) => vacant.insert(ix),
        };
        let account = Account {
            // Most are in lower case and their own user: one string serves all four places.
            address: share(&address_key, address),
            user: if user == address { share(&address_key, user) } else { share(&user_key, user) },
            password: password.into(),
        };
        self.users.insert(if user_key == address_key { address_key } else { user_key }, ix);
        self.mailboxes.push(Mailbox::new(account));
        Ok(ix)
    }

    /// What stands after the `@` of generated Message-IDs.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// All mailboxes.
    pub fn mailboxes(&self) -> impl Iterator<Item = (MailboxIx, &Mailbox)> {
        (0..).map(MailboxIx).zip(&self.mailboxes)
    }

    /// How many mailboxes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.mailboxes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mailboxes.is_empty()
    }

    /// The mailbox with this address.
    #[must_use]
    pub fn by_address(&self, address: &str) -> Option<MailboxIx> {
        find(&self.addresses, address)
    }

    /// The mailbox of this user.
    #[must_use]
    pub fn by_user(&self, user: &str) -> Option<MailboxIx> {
        find(&self.users, user)
    }

    /// A mailbox.
    #[must_use]
    pub fn mailbox(&self, mailbox: MailboxIx) -> Option<&Mailbox> {
        self.mailboxes.get(place(mailbox))
    }

    /// Whether this is the mailbox's password.
    #[must_use]
    pub fn password_fits(&self, mailbox: MailboxIx, password: &str) -> bool {
        self.mailbox(mailbox).is_some_and(|found| &*found.account().password == password)
    }

    /// Gives a mailbox another password, as its user would.
    ///
    /// # Errors
    /// [`UnknownMailbox`].
    pub fn set_password(
        &mut self,
        mailbox: MailboxIx,
        password: &str,
    ) -> Result<(), UnknownMailbox> {
        self.mailbox_mut(mailbox)?.set_password(password);
        Ok(())
    }

    /// Puts a message into a mailbox and says how many octets it has there. A raw message that
    /// does not end with a CRLF is given one.
    ///
    /// # Errors
    /// [`UnknownMailbox`].
    pub fn deliver(
        &mut self,
        mailbox: MailboxIx,
        mut message: Message,
    ) -> Result<u64, UnknownMailbox> {
        let place = place(mailbox);
        let target = self.mailboxes.get_mut(place).ok_or(UnknownMailbox(mailbox))?;
        if let Body::Raw(bytes) = &mut message.body
            && !bytes.ends_with(b"\r\n")
        {
            *bytes = [&**bytes, b"\r\n"].concat().into();
        }
        let octets = message.octets(&target.account().address, &self.host);
        let arrived = message.arrived;
        let bytes = match &message.body {
            Body::Raw(bytes) if self.attendant.is_some() => Some(Arc::clone(bytes)),
            _ => None,
        };
        target.push(message, octets);
        if let Some((attendant, bytes)) = self.attendant.zip(bytes) {
            attendant(self, mailbox, &bytes, arrived);
        }
        Ok(octets)
    }

    /// A message's bytes as they stand on the server.
    #[must_use]
    pub fn render(&self, mailbox: MailboxIx, uid: Uid) -> Option<Vec<u8>> {
        let found = self.mailbox(mailbox)?;
        let stored = found.message(uid)?;
        Some(stored.message.render(&found.account().address, &self.host))
    }

    /// Removes messages for good and yields those that were still there, oldest first.
    ///
    /// # Errors
    /// [`UnknownMailbox`].
    pub fn remove(
        &mut self,
        mailbox: MailboxIx,
        uids: &[Uid],
    ) -> Result<Vec<Stored>, UnknownMailbox> {
        Ok(self.mailbox_mut(mailbox)?.remove(uids))
    }

    /// Marks messages as popped.
    ///
    /// # Errors
    /// [`UnknownMailbox`].
    pub fn mark_popped(
        &mut self,
        mailbox: MailboxIx,
        uids: impl IntoIterator<Item = Uid>,
    ) -> Result<(), UnknownMailbox> {
        self.mailbox_mut(mailbox)?.mark_popped(uids);
        Ok(())
    }

    /// A mailbox to write to.
    ///
    /// # Errors
    /// [`UnknownMailbox`].
    pub fn mailbox_mut(&mut self, mailbox: MailboxIx) -> Result<&mut Mailbox, UnknownMailbox> {
        self.mailboxes.get_mut(place(mailbox)).ok_or(UnknownMailbox(mailbox))
    }
}

fn place(mailbox: MailboxIx) -> usize {
    usize::try_from(mailbox.0).unwrap_or(usize::MAX)
}

fn key(name: &str) -> Arc<str> {
    name.to_lowercase().into()
}

fn share(key: &Arc<str>, name: &str) -> Arc<str> {
    if **key == *name { Arc::clone(key) } else { name.into() }
}

fn find(index: &IndexMap<Arc<str>, MailboxIx>, name: &str) -> Option<MailboxIx> {
    index.get(name).or_else(|| index.get(name.to_lowercase().as_str())).copied()
}
