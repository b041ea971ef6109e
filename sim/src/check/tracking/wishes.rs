//! What users have asked for: where they put mail, which folders have rules, what has the category.

use std::collections::{BTreeMap, BTreeSet};

use fake_servers::{ItemId, MailboxIx};
use sync_engine::{Event, Outcome, Workload};

use super::records::Item;
use crate::check::roster::mailbox_ix;
use crate::log::WorldEvent;

/// A folder of a mailbox.
type Folder = (MailboxIx, u32);

/// A rule of a folder.
#[derive(Debug)]
pub(super) struct Rule {
    /// What email in the folder is linked to.
    pub(super) regarding: Option<String>,
}

/// How far the engine may have come in acting on wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// A cycle is at it.
    Runs,
    /// The last cycle did not come to its end.
    Stopped,
}

#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// Where users put things.
    places: BTreeMap<Item, u32>,
    rules: BTreeMap<Folder, Rule>,
    /// Folders that are gone or not under the inbox. Their rules end with the next cycle: one that
    /// comes back before that has its rule still (domain.md 1.10).
    outside: BTreeSet<Folder>,
    /// What in the inbox got the category, or lost it.
    marks: BTreeMap<Item, bool>,
    /// Mailboxes whose incoming workload is not at rest.
    work: BTreeMap<MailboxIx, Work>,
    /// Mailboxes whose users asked for something while a cycle ran, which may be too late for it.
    late: BTreeSet<MailboxIx>,
}

impl Wishes {
    pub(super) fn see_world(&mut self, event: &WorldEvent) {
        match event {
            WorldEvent::EngineCrashed => {
                self.late.clear();
                self.work.values_mut().for_each(|work| *work = Work::Stopped);
                return;
            }
            WorldEvent::FolderTracked { mailbox, folder, regarding } => {
                let regarding = regarding.clone();
                self.rules.insert((*mailbox, *folder), Rule { regarding });
            }
            WorldEvent::FolderUntracked { mailbox, folder } => {
                self.rules.remove(&(*mailbox, *folder));
            }
            WorldEvent::FolderLinked { mailbox, folder, regarding } => {
                if let Some(rule) = self.rules.get_mut(&(*mailbox, *folder)) {
                    rule.regarding.clone_from(regarding);
                }
            }
            WorldEvent::FolderPlaced { mailbox, folder, under_inbox: true } => {
                self.outside.remove(&(*mailbox, *folder));
            }
            WorldEvent::FolderPlaced { mailbox, folder, .. }
            | WorldEvent::FolderGone { mailbox, folder } => {
                self.outside.insert((*mailbox, *folder));
            }
            WorldEvent::Moved { item, mailbox, folder } => {
                self.places.insert((*mailbox, *item), *folder);
            }
            WorldEvent::Categorized { item, mailbox, tracks } => {
                self.marks.insert((*mailbox, *item), *tracks);
            }
            _ => {}
        }
        let late = whose(event).filter(|mailbox| self.runs(*mailbox));
        self.late.extend(late);
    }

    /// An item is not in the inbox any more, where its category mattered.
    pub(super) fn take_away(&mut self, item: Item) {
        self.marks.remove(&item);
    }

    pub(super) fn see_engine(&mut self, event: &Event) {
        match *event {
            Event::CycleStarted { mailbox, workload: Workload::Incoming, .. } => {
                self.work.insert(mailbox_ix(mailbox), Work::Runs);
            }
            Event::CycleEnded { mailbox, workload: Workload::Incoming, outcome, .. } => {
                let mailbox = mailbox_ix(mailbox);
                self.late.remove(&mailbox);
                if outcome != Outcome::Completed {
                    self.work.insert(mailbox, Work::Stopped);
                    return;
                }
                self.work.remove(&mailbox);
                let Self { rules, outside, .. } = self;
                rules.retain(|folder, _| folder.0 != mailbox || !outside.contains(folder));
            }
            _ => {}
        }
    }

    /// The rule that acts on a folder.
    pub(super) fn rule(&self, mailbox: MailboxIx, folder: u32) -> Option<&Rule> {
        let folder = (mailbox, folder);
        self.rules.get(&folder).filter(|_| !self.outside.contains(&folder))
    }

    /// How many rules the application knows.
    pub(super) fn rules(&self, mailbox: MailboxIx) -> usize {
        self.rules.range((mailbox, 0)..=(mailbox, u32::MAX)).count()
    }

    /// Where a user put an item; none is where it arrived.
    pub(super) fn place(&self, item: Item) -> Option<u32> {
        self.places.get(&item).copied()
    }

    /// What users have put into a folder.
    pub(super) fn inside(&self, mailbox: MailboxIx, folder: u32) -> impl Iterator<Item = Item> {
        let of = (mailbox, ItemId(0))..=(mailbox, ItemId(u64::MAX));
        self.places.range(of).filter(move |(_, at)| **at == folder).map(|(item, _)| *item)
    }

    /// Whether an item has the category, if users ever gave or took it.
    pub(super) fn mark(&self, item: Item) -> Option<bool> {
        self.marks.get(&item).copied()
    }

    /// Whether it is no mistake to track an item because of its folder.
    pub(super) fn may_track_by_folder(&self, item: Item) -> bool {
        let folder = self.place(item);
        self.late.contains(&item.0)
            || folder.is_some_and(|folder| self.rule(item.0, folder).is_some())
    }

    fn runs(&self, mailbox: MailboxIx) -> bool {
        matches!(self.work.get(&mailbox), Some(Work::Runs))
    }

    /// Whether all that was wished so far is done or has not been begun.
    pub(super) fn at_rest(&self, mailbox: MailboxIx) -> bool {
        !self.work.contains_key(&mailbox)
    }
}

/// Whose wish it is, if it is one.
pub(super) const fn whose(event: &WorldEvent) -> Option<MailboxIx> {
    match event {
        WorldEvent::FolderTracked { mailbox, .. }
        | WorldEvent::FolderUntracked { mailbox, .. }
        | WorldEvent::FolderLinked { mailbox, .. }
        | WorldEvent::LinkedByHand { mailbox, .. }
        | WorldEvent::TrackingRequested { mailbox, .. }
        | WorldEvent::FolderPlaced { mailbox, .. }
        | WorldEvent::FolderGone { mailbox, .. }
        | WorldEvent::Moved { mailbox, .. }
        | WorldEvent::Categorized { mailbox, .. } => Some(*mailbox),
        _ => None,
    }
}
