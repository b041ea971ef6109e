//! One mailbox: an account, and messages in order of arrival.

use std::fmt;
use std::sync::Arc;

use super::Message;
use crate::MailboxIx;

/// Who may open a mailbox, and where mail for it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The address, as it was given.
    pub address: Arc<str>,
    /// The user name, as it was given.
    pub user: Arc<str>,
    /// The password.
    pub password: Arc<str>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("address", &self.address)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A message's place in the order of arrival: counted from 1 in each mailbox, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u32);

impl Uid {
    /// The id that POP3's UIDL gives out: 16 hexadecimal digits, the message's number and then
    /// the mailbox's, the shape that many servers use. Stable, and unique in the whole store.
    #[must_use]
    pub fn unique_id(self, mailbox: MailboxIx) -> UniqueId {
        UniqueId::of(u64::from(self.0) << 32 | u64::from(mailbox.0))
    }
}

/// A unique id as POP3 gives it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UniqueId([u8; 16]);

impl UniqueId {
    /// The id of a number.
    #[must_use]
    pub fn of(number: u64) -> Self {
        let hex = |half: u8| b"0123456789ABCDEF"[usize::from(half & 15)];
        let mut digits = [0; 16];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            pair.copy_from_slice(&[hex(byte >> 4), hex(byte)]);
        }
        Self(digits)
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let Ok(text) = str::from_utf8(&self.0) else { unreachable!("digits are ASCII") };
        text
    }
}

/// A message in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub uid: Uid,
    /// Whether a POP3 client has retrieved it and ended the session in order (domain.md 5.2,
    /// Gmail). It stays where it is.
    pub popped: bool,
    /// How many octets it has.
    pub octets: u64,
    /// The message.
    pub message: Message,
}

/// A mailbox. Empty, it takes no memory beyond itself.
#[derive(Debug, Clone)]
pub struct Mailbox {
    account: Account,
    /// Ascending by uid.
    messages: Vec<Stored>,
    next: u32,
}

impl Mailbox {
    pub(super) const fn new(account: Account) -> Self {
        Self { account, messages: Vec::new(), next: 1 }
    }

    /// Whose it is.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Its messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Stored] {
        &self.messages
    }

    /// The message at this place, if it is still there.
    #[must_use]
    pub fn message(&self, uid: Uid) -> Option<&Stored> {
        self.place(uid).map(|place| &self.messages[place])
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.account.password = password.into();
    }

    pub(super) fn push(&mut self, message: Message, octets: u64) {
        let uid = Uid(self.next);
        self.next += 1;
        self.messages.push(Stored { uid, popped: false, octets, message });
    }

    pub(super) fn remove(&mut self, uids: &[Uid]) -> Vec<Stored> {
        match uids {
            [] => Vec::new(),
            [uid] => {
                self.place(*uid).map(|place| self.messages.remove(place)).into_iter().collect()
            }
            _ => {
                let mut wanted = uids.to_vec();
                wanted.sort_unstable();
                self.messages
                    .extract_if(.., |stored| wanted.binary_search(&stored.uid).is_ok())
                    .collect()
            }
        }
    }

    pub(super) fn mark_popped(&mut self, uids: impl IntoIterator<Item = Uid>) {
        for uid in uids {
            if let Some(place) = self.place(uid) {
                self.messages[place].popped = true;
            }
        }
    }

    fn place(&self, uid: Uid) -> Option<usize> {
        self.messages.binary_search_by_key(&uid, |stored| stored.uid).ok()
    }
}
