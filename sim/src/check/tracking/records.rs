//! Which record of the application is which item of a mailbox. Both sides tell the hash of the same
//! bytes, and by it the same message is known in two mailboxes.

use std::collections::BTreeMap;

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use sync_engine::{EmailId, Event};

use crate::check::roster::mailbox_ix;
use crate::log::Entry;

/// An item in a mailbox.
pub(super) type Item = (MailboxIx, ItemId);

/// A record made of an item of a mailbox.
pub(super) type Record = (MailboxIx, EmailId);

#[derive(Debug, Default)]
pub(super) struct Records {
    /// What the engine was given, by content.
    served: BTreeMap<(MailboxIx, u64), ItemId>,
    /// What each record was made of, with its content.
    made: BTreeMap<Record, (ItemId, u64)>,
}

impl Records {
    pub(super) fn see(&mut self, entry: &Entry) {
        match entry {
            Entry::Server { event: ServerEvent::Served { item, mailbox, content }, .. } => {
                self.served.insert((*mailbox, *content), *item);
            }
            Entry::Engine {
                event:
                    Event::EmailStored { mailbox, email, content, .. }
                    | Event::EmailAlreadyStored { mailbox, email, content, .. },
            } => {
                let mailbox = mailbox_ix(*mailbox);
                if let Some(item) = self.served.remove(&(mailbox, content.0)) {
                    self.made.insert((mailbox, *email), (item, content.0));
                }
            }
            _ => {}
        }
    }

    pub(super) fn item(&self, record: Record) -> Option<Item> {
        self.made.get(&record).map(|(item, _)| (record.0, *item))
    }

    pub(super) fn content(&self, record: Record) -> Option<u64> {
        self.made.get(&record).map(|(_, content)| *content)
    }

    /// The records of a mailbox, the oldest first.
    pub(super) fn of(&self, mailbox: MailboxIx) -> impl Iterator<Item = Record> + '_ {
        let all = (mailbox, EmailId(i64::MIN))..=(mailbox, EmailId(i64::MAX));
        self.made.range(all).map(|(record, _)| *record)
    }
}
