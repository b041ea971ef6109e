//! Which mailboxes an Exchange server has told to wait. Its budgets belong to the mailbox and not to
//! what is done there (domain.md 4.2, under impersonation too), so what one workload is
//! told holds for the others from the moment it is read: one that is due waits, and a cycle that is
//! under way asks nothing more.
//!
//! Only mailboxes that wait are in here.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::millis::Millis;
use crate::{MailboxId, Reason, ServerId};

/// The pauses that are in force, for the life of one engine. What outlives it is in the rows of the
/// schedule.
#[derive(Debug, Default)]
pub(crate) struct Holds(Mutex<BTreeMap<(MailboxId, ServerId), Hold>>);

/// A mailbox asks a server nothing before this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) until: Millis,
    /// In whose words.
    pub(crate) reason: Reason,
}

impl Holds {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(MailboxId, ServerId), Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server has told a mailbox to wait. A shorter pause ends no longer one.
    pub(crate) fn tell(&self, mailbox: MailboxId, server: ServerId, hold: Hold) {
        let mut all = self.lock();
        let kept = all.entry((mailbox, server)).or_insert(hold);
        if hold.until > kept.until {
            *kept = hold;
        }
    }

    /// The pause that holds a mailbox back at `now`; one that is over is forgotten.
    pub(crate) fn at(
        &self,
        mailbox: MailboxId,
        server: ServerId,
        now: impl FnOnce() -> Timestamp,
    ) -> Option<Hold> {
        let mut all = self.lock();
        let hold = *all.get(&(mailbox, server))?;
        if hold.until > Millis::passed(now()) {
            return Some(hold);
        }
        all.remove(&(mailbox, server));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Millis {
        Millis::from_row(millis).unwrap()
    }

    fn hold(until: i64) -> Hold {
        Hold { until: at(until), reason: Reason::ServerBusy }
    }

    #[test]
    fn a_pause_is_of_one_mailbox_on_one_server_until_it_is_over() {
        let holds = Holds::default();
        let (ann, bob) = (MailboxId(0), MailboxId(1));
        holds.tell(ann, ServerId(0), hold(1_000));
        holds.tell(ann, ServerId(0), hold(500));
        let asked =
            |mailbox, server, now| holds.at(mailbox, ServerId(server), || at(now).timestamp());
        assert_eq!(asked(ann, 0, 999), Some(hold(1_000)), "a shorter one ends no longer one");
        assert_eq!(asked(bob, 0, 0), None);
        assert_eq!(asked(ann, 1, 0), None);
        assert_eq!(asked(ann, 0, 1_000), None);
        assert!(holds.lock().is_empty(), "what is over takes no room");
    }
}
