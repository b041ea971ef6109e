//! Items on their way in: delivered to a mailbox on a server, served to the engine, stored.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use sync_engine::{Event, Reason, Workload};

use super::Split;
use super::accounts::{Leaving, Page};
use super::known::Known;
use crate::check::fact::{Fate, Hop, Wrong};
use crate::check::findings::Story;
use crate::check::lanes::Lanes;
use crate::check::roster::mailbox_ix;
use crate::time::SimTime;

const WORKLOAD: Workload = Workload::Incoming;

/// An item that is not settled yet.
#[derive(Debug)]
struct Waiting {
    /// When it was delivered.
    born: SimTime,
    /// The same as a number that grows with every delivery.
    delivery: u64,
    /// Of what the engine was given, once it was given all of it.
    content: Option<u64>,
    /// How often it failed so far.
    failures: u32,
    /// It failed by its own fault, or more than once, so later ones may overtake it. A first
    /// failure of the connection under it is no reason to mix up a mailbox.
    may_wait: bool,
    /// The lane's clock when it was delivered.
    clock: Split,
}

#[derive(Debug)]
pub(super) struct Incoming {
    waiting: BTreeMap<(MailboxIx, ItemId), Waiting>,
    /// Of those, the ones served, by content.
    served: BTreeSet<(MailboxIx, u64, ItemId)>,
    /// Contents that were stored, by mailbox.
    stored: Known,
    /// Not owed any more, but the engine may still come by them: another client took them away,
    /// and it had them already, or finds them where they are now; or it set them aside, and a
    /// person asks it to try again (domain.md 6, number 16).
    excused: BTreeSet<(MailboxIx, ItemId)>,
    /// Of those, the contents the engine was given.
    excused_contents: BTreeSet<(MailboxIx, u64)>,
    /// The latest delivery that was stored, by mailbox.
    latest_stored: Vec<u64>,
    deliveries: u64,
}

/// What the engine says of an item's earlier failures.
#[derive(Debug, Clone, Copy)]
enum Before {
    /// So many.
    Failures(u32),
    /// At least one.
    Some,
}

impl Before {
    /// How badly an item that has failed so often fits, zero being a fit.
    fn distance(self, failures: u32) -> u32 {
        match self {
            Self::Failures(said) => failures.abs_diff(said),
            Self::Some => u32::from(failures == 0),
        }
    }
}

/// Whether a failure says something about the item, and not about the way to the server.
fn is_the_items_own(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::Refused
            | Reason::MessageTooLarge
            | Reason::Unparsable
            | Reason::CustomizationFailed
    )
}

impl Incoming {
    pub(super) fn new(mailboxes: usize) -> Self {
        Self {
            waiting: BTreeMap::new(),
            served: BTreeSet::new(),
            stored: Known::default(),
            excused: BTreeSet::new(),
            excused_contents: BTreeSet::new(),
            latest_stored: vec![0; mailboxes],
            deliveries: 0,
        }
    }

    pub(super) fn see_server(&mut self, page: &mut Page<'_>, lanes: &Lanes, event: &ServerEvent) {
        match *event {
            ServerEvent::Delivered { item, mailbox, .. } => {
                self.deliver(page, lanes, item, mailbox);
            }
            ServerEvent::Served { item, mailbox, content } => self.serve(item, mailbox, content),
            ServerEvent::TakenAway { item, mailbox } => {
                self.excuse(page, lanes, (mailbox, item), Fate::TakenAway);
            }
            ServerEvent::Deleted { item, mailbox } => {
                if let Some(leaving) = self.leave(page, lanes, mailbox, item) {
                    page.lose(leaving, Hop::DeletedBeforeStored);
                }
            }
            _ => {}
        }
    }

    pub(super) fn see_engine(&mut self, page: &mut Page<'_>, lanes: &Lanes, event: &Event) {
        match *event {
            Event::EmailStored { mailbox, content, .. } => {
                self.store(page, lanes, mailbox_ix(mailbox), content.0);
            }
            Event::EmailAlreadyStored { mailbox, content, .. } => {
                self.found_there(page, lanes, mailbox_ix(mailbox), content.0);
            }
            Event::ItemFailed { mailbox, content, attempt, reason, .. } => {
                let mailbox = mailbox_ix(mailbox);
                let before = Before::Failures(attempt.saturating_sub(1));
                let item = self.which(mailbox, content.map(|content| content.0), before);
                if let Some(waiting) = item.and_then(|item| self.waiting.get_mut(&(mailbox, item)))
                {
                    waiting.failures = attempt;
                    waiting.may_wait |= attempt > 1 || is_the_items_own(reason);
                }
            }
            Event::ItemSetAside { mailbox, content, .. } => {
                let mailbox = mailbox_ix(mailbox);
                let item = self.which(mailbox, content.map(|content| content.0), Before::Some);
                if let Some(item) = item {
                    self.excuse(page, lanes, (mailbox, item), Fate::SetAside);
                }
            }
            _ => {}
        }
    }

    fn deliver(&mut self, page: &mut Page<'_>, lanes: &Lanes, item: ItemId, mailbox: MailboxIx) {
        // Nobody fetches from a mailbox without incoming email: what another user sent there, or a
        // report of non-delivery, is at its end.
        if page.roster.member(mailbox).incoming.is_none() {
            return;
        }
        self.deliveries += 1;
        let Entry::Vacant(place) = self.waiting.entry((mailbox, item)) else { return };
        place.insert(Waiting {
            born: page.at,
            delivery: self.deliveries,
            content: None,
            failures: 0,
            may_wait: false,
            clock: lanes.read(page.at, mailbox, WORKLOAD),
        });
        page.born(mailbox, WORKLOAD);
        page.waits(mailbox, WORKLOAD);
    }

    /// What another client takes away, or the engine sets aside, is no longer owed to the
    /// application; it may be stored all the same, once.
    fn excuse(
        &mut self,
        page: &mut Page<'_>,
        lanes: &Lanes,
        (mailbox, item): (MailboxIx, ItemId),
        fate: Fate,
    ) {
        let content = self.waiting.get(&(mailbox, item)).and_then(|waiting| waiting.content);
        let Some(leaving) = self.leave(page, lanes, mailbox, item) else { return };
        page.settle(leaving, fate);
        self.excused.insert((mailbox, item));
        self.excused_contents.extend(content.map(|content| (mailbox, content)));
    }

    fn serve(&mut self, item: ItemId, mailbox: MailboxIx, content: u64) {
        // Served again after it was settled (the UIDs changed, a cursor was lost): nothing new to
        // wait for; should it be stored again, its content is known.
        let Some(waiting) = self.waiting.get_mut(&(mailbox, item)) else {
            if self.excused.contains(&(mailbox, item)) {
                self.excused_contents.insert((mailbox, content));
            }
            return;
        };
        if let Some(before) = waiting.content.replace(content) {
            self.served.remove(&(mailbox, before, item));
        }
        self.served.insert((mailbox, content, item));
    }

    fn store(&mut self, page: &mut Page<'_>, lanes: &Lanes, mailbox: MailboxIx, content: u64) {
        let Some(item) = self.first_served(mailbox, content) else {
            let excused = self.excused_contents.remove(&(mailbox, content));
            let wrong = match (self.stored.contains(mailbox, content), excused) {
                (true, _) => Wrong::Duplicated,
                (false, true) => return self.stored.insert(mailbox, content),
                (false, false) => Wrong::Altered,
            };
            page.wrong(None, (mailbox, WORKLOAD), wrong);
            return;
        };
        self.stored.insert(mailbox, content);
        self.keep_order(page, mailbox, item);
        if let Some(leaving) = self.leave(page, lanes, mailbox, item) {
            page.settle(leaving, Fate::Transferred);
        }
    }

    fn keep_order(&mut self, page: &mut Page<'_>, mailbox: MailboxIx, item: ItemId) {
        let Some(waiting) = self.waiting.get(&(mailbox, item)) else { return };
        let delivery = waiting.delivery;
        let latest = &mut self.latest_stored[mailbox.0 as usize];
        if delivery < *latest && !waiting.may_wait {
            page.wrong(Some(item), (mailbox, WORKLOAD), Wrong::Overtaken);
        }
        *latest = delivery.max(*latest);
    }

    fn found_there(
        &mut self,
        page: &mut Page<'_>,
        lanes: &Lanes,
        mailbox: MailboxIx,
        content: u64,
    ) {
        let Some(item) = self.first_served(mailbox, content) else { return };
        let Some(leaving) = self.leave(page, lanes, mailbox, item) else { return };
        if self.stored.contains(mailbox, content) {
            page.settle(leaving, Fate::There);
        } else {
            page.lose(leaving, Hop::TakenForStored);
        }
    }

    fn first_served(&self, mailbox: MailboxIx, content: u64) -> Option<ItemId> {
        let equal = (mailbox, content, ItemId(0))..=(mailbox, content, ItemId(u64::MAX));
        self.served.range(equal).next().map(|(_, _, item)| *item)
    }

    /// Which item the engine speaks of. When its bytes never arrived in full it cannot say, and
    /// then it is the oldest one that was never served, of those that have failed as often: either
    /// are fetched in order.
    fn which(&self, mailbox: MailboxIx, content: Option<u64>, before: Before) -> Option<ItemId> {
        content.and_then(|content| self.first_served(mailbox, content)).or_else(|| {
            let all = (mailbox, ItemId(0))..=(mailbox, ItemId(u64::MAX));
            let oldest = self.waiting.range(all).min_by_key(|(_, waiting)| {
                (before.distance(waiting.failures), waiting.content.is_some(), waiting.delivery)
            });
            oldest.map(|((_, item), _)| *item)
        })
    }

    fn leave(
        &mut self,
        page: &Page<'_>,
        lanes: &Lanes,
        mailbox: MailboxIx,
        item: ItemId,
    ) -> Option<Leaving> {
        let waiting = self.waiting.remove(&(mailbox, item))?;
        if let Some(content) = waiting.content {
            self.served.remove(&(mailbox, content, item));
        }
        Some(Leaving {
            item: Some(item),
            mailbox,
            workload: WORKLOAD,
            born: waiting.born,
            split: lanes.read(page.at, mailbox, WORKLOAD) - waiting.clock,
            waited: true,
        })
    }

    /// The stories of those still waiting.
    pub(super) fn pending<'a>(
        &'a self,
        at: SimTime,
        lanes: &'a Lanes,
    ) -> impl Iterator<Item = Story> + 'a {
        self.waiting.iter().map(move |((mailbox, item), waiting)| Story {
            item: Some(*item),
            mailbox: *mailbox,
            workload: WORKLOAD,
            born: waiting.born,
            settled: None,
            split: lanes.read(at, *mailbox, WORKLOAD) - waiting.clock,
        })
    }
}
