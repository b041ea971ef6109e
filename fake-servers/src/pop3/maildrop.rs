//! A mailbox as one session sees it: message numbers are given out at login and hold to the end
//! (RFC 1939 section 3), whatever arrives meanwhile.

use jiff::{SignedDuration, Timestamp};

use super::Pop3Options;
use super::login::View;
use crate::store::{Body, Mailbox, Stored, Uid};
use crate::{ItemId, MailboxIx};

/// The messages one session may ask for.
#[derive(Debug)]
pub(super) struct Maildrop {
    pub(super) mailbox: MailboxIx,
    /// Number 1 first.
    entries: Vec<Entry>,
}

/// A message of a maildrop.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) uid: Uid,
    pub(super) item: ItemId,
    pub(super) octets: u64,
    /// Marked with DELE.
    pub(super) deleted: bool,
    /// Given out with RETR.
    pub(super) retrieved: bool,
}

impl Maildrop {
    /// What a mailbox shows of itself at login.
    pub(super) fn open(
        mailbox: MailboxIx,
        messages: &Mailbox,
        options: &Pop3Options,
        view: View,
        now: Timestamp,
    ) -> Self {
        let shown = shown(messages, options, view, now);
        let most = match (view, options.window) {
            (View::Normal, Some(window)) => usize::try_from(window).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        Self { mailbox, entries: shown.take(most).map(Entry::from).collect() }
    }

    /// The message of this number, unless it is marked as deleted.
    pub(super) fn get(&mut self, number: u32) -> Option<&mut Entry> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.entries.get_mut(place).filter(|entry| !entry.deleted)
    }

    /// All messages that are not marked as deleted, with their numbers.
    pub(super) fn listed(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (1..).zip(&self.entries).filter(|(_, entry)| !entry.deleted)
    }

    /// Takes all marks away.
    pub(super) fn reset(&mut self) {
        for entry in &mut self.entries {
            entry.deleted = false;
        }
    }

    /// The messages marked as deleted.
    pub(super) fn deleted(&self) -> Vec<Uid> {
        self.entries.iter().filter(|entry| entry.deleted).map(|entry| entry.uid).collect()
    }

    /// The messages given out in this session.
    pub(super) fn retrieved(&self) -> impl Iterator<Item = Uid> {
        self.entries.iter().filter(|entry| entry.retrieved).map(|entry| entry.uid)
    }
}

/// The messages that a client may see, however many the window lists.
pub(super) fn shown<'m>(
    messages: &'m Mailbox,
    options: &Pop3Options,
    view: View,
    now: Timestamp,
) -> impl Iterator<Item = &'m Stored> {
    let hide_fetched = options.hide_fetched;
    let mail = messages.messages().iter().filter(|it| it.message.body != Body::Absent);
    mail.filter(move |stored| match view {
        View::Normal => !(hide_fetched && stored.popped),
        View::Recent(reach) => {
            let age = now.duration_since(stored.message.arrived);
            age <= SignedDuration::try_from(reach).unwrap_or(SignedDuration::MAX)
        }
    })
}

impl From<&Stored> for Entry {
    fn from(stored: &Stored) -> Self {
        let Stored { uid, octets, message, .. } = stored;
        Self { uid: *uid, item: message.item, octets: *octets, deleted: false, retrieved: false }
    }
}
