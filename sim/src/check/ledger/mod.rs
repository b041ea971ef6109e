//! The ledger follows every item from the moment it exists on one side until it is settled on the
//! other, and says what became of it and where its time went. It holds what is pending, and of
//! what is settled one hash.

mod accounts;
mod blame;
mod incoming;
mod known;
mod outgoing;
#[cfg(test)]
mod tests;
mod totals;

pub use blame::{Phase, Split};
pub use totals::Totals;

pub(super) use blame::PhaseClock;

use accounts::{Accounts, Page};
use incoming::Incoming;
use outgoing::Outgoing;

use super::fact::Fact;
use super::findings::{Blame, Story};
use super::lanes::Lanes;
use super::roster::Roster;
use crate::log::{Entry, WorldEvent};
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Ledger {
    accounts: Accounts,
    incoming: Incoming,
    outgoing: Outgoing,
}

impl Ledger {
    pub(super) fn new(roster: &Roster) -> Self {
        Self {
            accounts: Accounts::new(roster),
            incoming: Incoming::new(roster.mailboxes.len()),
            outgoing: Outgoing::new(roster.mailboxes.len()),
        }
    }

    /// Takes an entry into account that the lanes have already seen.
    pub(super) fn see(
        &mut self,
        at: SimTime,
        entry: &Entry,
        roster: &Roster,
        lanes: &Lanes,
        facts: &mut Vec<Fact>,
    ) {
        let page = &mut Page { at, roster, accounts: &mut self.accounts, facts };
        match entry {
            Entry::Engine { event } => {
                self.incoming.see_engine(page, lanes, event);
                self.outgoing.see_engine(page, lanes, event);
            }
            Entry::Server { host, event } => {
                self.incoming.see_server(page, lanes, event);
                self.outgoing.see_server(page, *host, event);
            }
            Entry::World { event: WorldEvent::Submitted { item, mailbox, email } } => {
                self.outgoing.submitted(page, lanes, *item, *mailbox, *email);
            }
            Entry::World { event: WorldEvent::TakenBack { mailbox, email } } => {
                self.outgoing.taken_back(page, lanes, *mailbox, *email);
            }
            Entry::World { .. } | Entry::Watcher { .. } => {}
        }
    }

    pub(super) fn totals(&self) -> Totals {
        self.accounts.totals()
    }

    pub(super) fn blame(&self) -> Vec<Blame> {
        self.accounts.blame()
    }

    /// The slowest items up to now; what is pending is part of the story as far as it got.
    pub(super) fn slowest(&self, at: SimTime, lanes: &Lanes) -> Vec<Story> {
        let mut slowest = self.accounts.slowest();
        let pending = self.incoming.pending(at, lanes).chain(self.outgoing.pending(at, lanes));
        for story in pending {
            slowest.tell(story, at);
        }
        slowest.into_stories()
    }
}
