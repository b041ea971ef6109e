//! Which email is to be tracked, one by one: what users put into tracked folders and give the
//! category that tracks is owed tracking, and nothing else may be tracked.

use std::collections::{BTreeMap, BTreeSet};

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use sync_engine::{EmailId, Event, TrackedBy};

use super::fact::Fact;
use super::roster::mailbox_ix;
use crate::log::{Entry, WorldEvent};

/// An item in a mailbox.
type Item = (MailboxIx, ItemId);

/// What users have asked for, and what the engine made of it.
#[derive(Debug)]
pub(super) struct Tracked {
    /// Whether users ask for anything, so that items need be told apart.
    watched: bool,
    /// What the engine was given, by content.
    served: BTreeMap<(MailboxIx, u64), ItemId>,
    /// Which item became which record.
    records: BTreeMap<(MailboxIx, EmailId), ItemId>,
    /// Where users put things.
    folders: BTreeMap<Item, u32>,
    rules: BTreeSet<(MailboxIx, u32)>,
    /// What has the category.
    marked: BTreeSet<Item>,
    /// What is tracked, by what.
    causes: BTreeMap<(MailboxIx, EmailId), TrackedBy>,
    /// What is to be tracked and is not yet.
    owed: BTreeSet<(Item, TrackedBy)>,
}

impl Tracked {
    pub(super) fn new(watched: bool) -> Self {
        Self {
            watched,
            served: BTreeMap::new(),
            records: BTreeMap::new(),
            folders: BTreeMap::new(),
            rules: BTreeSet::new(),
            marked: BTreeSet::new(),
            causes: BTreeMap::new(),
            owed: BTreeSet::new(),
        }
    }

    pub(super) fn see(&mut self, entry: &Entry, facts: &mut Vec<Fact>) {
        match entry {
            Entry::Engine { event } => self.see_engine(event, facts),
            Entry::World { event } => self.see_world(event, facts),
            Entry::Server { event: ServerEvent::Served { item, mailbox, content }, .. }
                if self.watched =>
            {
                self.served.insert((*mailbox, *content), *item);
            }
            Entry::Server { event: ServerEvent::TakenAway { item, mailbox }, .. } => {
                self.forgive((*mailbox, *item), TrackedBy::Category, facts);
            }
            Entry::Server { .. } | Entry::Watcher { .. } => {}
        }
    }

    fn see_engine(&mut self, event: &Event, facts: &mut Vec<Fact>) {
        match *event {
            Event::EmailStored { mailbox, email, content, .. }
            | Event::EmailAlreadyStored { mailbox, email, content, .. }
                if self.watched =>
            {
                let mailbox = mailbox_ix(mailbox);
                if let Some(item) = self.served.remove(&(mailbox, content.0)) {
                    self.records.insert((mailbox, email), item);
                }
            }
            Event::EmailTracked { mailbox, email, by, .. } => {
                self.track((mailbox_ix(mailbox), email), by, facts);
            }
            Event::EmailUntracked { mailbox, email, .. } => {
                let record = (mailbox_ix(mailbox), email);
                if let Some(by) = self.causes.remove(&record) {
                    facts.push(Fact::Tracked { mailbox: record.0, by, is: false });
                }
                let marked = self.item(record).is_some_and(|item| self.marked.contains(&item));
                if self.watched && marked {
                    facts.push(Fact::Unwarranted { mailbox: record.0 });
                }
            }
            _ => {}
        }
    }

    fn see_world(&mut self, event: &WorldEvent, facts: &mut Vec<Fact>) {
        match *event {
            WorldEvent::FolderTracked { mailbox, folder } => {
                self.rules.insert((mailbox, folder));
                let of = (mailbox, ItemId(0))..=(mailbox, ItemId(u64::MAX));
                let inside = self.folders.range(of).filter(|(_, at)| **at == folder);
                for item in inside.map(|(item, _)| *item).collect::<Vec<_>>() {
                    self.owe(item, TrackedBy::Folder, facts);
                }
            }
            WorldEvent::Moved { item, mailbox, folder } => {
                self.folders.insert((mailbox, item), folder);
                if self.rules.contains(&(mailbox, folder)) {
                    self.owe((mailbox, item), TrackedBy::Folder, facts);
                }
            }
            WorldEvent::FolderGone { mailbox, folder } => {
                let gone =
                    |item: &Item| item.0 == mailbox && self.folders.get(item) == Some(&folder);
                let debts = self.owed.iter().map(|(item, _)| *item).filter(gone);
                for item in debts.collect::<Vec<_>>() {
                    self.forgive(item, TrackedBy::Folder, facts);
                }
            }
            WorldEvent::Categorized { item, mailbox, tracks: true } => {
                self.mark((mailbox, item), facts);
            }
            WorldEvent::Categorized { item, mailbox, tracks: false } => {
                self.marked.remove(&(mailbox, item));
                self.forgive((mailbox, item), TrackedBy::Category, facts);
            }
            _ => {}
        }
    }

    fn mark(&mut self, item: Item, facts: &mut Vec<Fact>) {
        if self.marked.insert(item) {
            self.owe(item, TrackedBy::Category, facts);
        }
    }

    fn track(&mut self, record: (MailboxIx, EmailId), by: TrackedBy, facts: &mut Vec<Fact>) {
        let mailbox = record.0;
        if let Some(before) = self.causes.insert(record, by) {
            facts.push(Fact::Tracked { mailbox, by: before, is: false });
        }
        facts.push(Fact::Tracked { mailbox, by, is: true });
        if !self.watched || by == TrackedBy::Application {
            return;
        }
        let item = self.item(record);
        let warranted = item.is_some_and(|item| match by {
            TrackedBy::Folder => {
                let folder = self.folders.get(&item);
                folder.is_some_and(|folder| self.rules.contains(&(mailbox, *folder)))
            }
            TrackedBy::Category | TrackedBy::Application => self.marked.contains(&item),
        });
        match item {
            Some(item) if warranted => self.forgive(item, by, facts),
            _ => facts.push(Fact::Unwarranted { mailbox }),
        }
    }

    fn item(&self, record: (MailboxIx, EmailId)) -> Option<Item> {
        self.records.get(&record).map(|item| (record.0, *item))
    }

    fn owe(&mut self, item: Item, by: TrackedBy, facts: &mut Vec<Fact>) {
        let is_so = |(record, has): (&(MailboxIx, EmailId), &TrackedBy)| {
            *has == by && self.item(*record) == Some(item)
        };
        if !self.causes.iter().any(is_so) && self.owed.insert((item, by)) {
            facts.push(Fact::TrackingOwed { mailbox: item.0, by, is: true });
        }
    }

    /// It is tracked as it should be, or nobody expects it any more.
    fn forgive(&mut self, item: Item, by: TrackedBy, facts: &mut Vec<Fact>) {
        if self.owed.remove(&(item, by)) {
            facts.push(Fact::TrackingOwed { mailbox: item.0, by, is: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use sync_engine::{CycleId, MailboxId, TrackedBy};

    use super::*;
    use crate::check::charge::Charge;
    use crate::check::expectation::{Period, Statistic};
    use crate::check::filter::Filter;
    use crate::check::metric::Metric;
    use crate::check::testing::*;
    use crate::check::verdict::Verdict;

    const ANN: MailboxIx = MailboxIx(0);

    /// Expects that nothing is owed and nothing unwarranted, and so many are tracked by folders.
    fn expecting(by_folder: u64) -> Charge {
        let mut charge = charge();
        charge.tracking = true;
        let whole = Period::WHOLE_RUN;
        let none = |statistic| (statistic, None, Some(0));
        let folders = Filter { tracked_by: Some(TrackedBy::Folder), ..Filter::default() };
        let exactly = (Statistic::Last, Some(by_folder), Some(by_folder));
        charge.expectations = vec![
            expect(Metric::TrackingOwed, Filter::default(), whole, none(Statistic::Last)),
            expect(Metric::TrackingUnwarranted, Filter::default(), whole, none(Statistic::Count)),
            expect(Metric::MailTracked, folders, whole, exactly),
        ];
        charge
    }

    /// An email in the inbox that the engine has.
    fn received(run: &mut Run) {
        run.server(POP, delivered(7, 0)).server(POP, served(7, 0, 70)).engine(stored(0, 70));
    }

    fn moved(run: &mut Run) {
        run.world(WorldEvent::Moved { item: ItemId(7), mailbox: ANN, folder: 30 });
    }

    fn rule(run: &mut Run) {
        run.world(WorldEvent::FolderTracked { mailbox: ANN, folder: 30 });
    }

    fn tracked(run: &mut Run, by: TrackedBy) {
        let (cycle, mailbox, email) = (CycleId(1), MailboxId(0), EmailId(1));
        run.engine(Event::EmailTracked { cycle, mailbox, email, by });
    }

    fn verdicts(run: &Run) -> [Verdict; 3] {
        let judged = run.findings().expectations;
        std::array::from_fn(|place| judged[place].verdict)
    }

    use Verdict::{Fail, Pass};

    #[test]
    fn what_is_in_a_tracked_folder_is_owed_whichever_came_first() {
        for first in [moved, rule] {
            let mut run = Run::new(expecting(1));
            received(&mut run);
            first(&mut run);
            assert_eq!(verdicts(&run)[0], Pass, "one alone asks for nothing");
            moved(&mut run);
            rule(&mut run);
            assert_eq!(verdicts(&run), [Fail, Pass, Fail]);
            tracked(&mut run, TrackedBy::Folder);
            assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
        }
    }

    #[test]
    fn a_category_is_no_folder_and_nothing_is_tracked_for_nothing() {
        let mut run = Run::new(expecting(0));
        received(&mut run);
        run.world(WorldEvent::Categorized { item: ItemId(7), mailbox: ANN, tracks: true });
        assert_eq!(verdicts(&run), [Fail, Pass, Pass]);
        tracked(&mut run, TrackedBy::Category);
        assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
        tracked(&mut run, TrackedBy::Folder);
        assert_eq!(verdicts(&run), [Pass, Fail, Fail]);
    }

    #[test]
    fn what_has_the_category_is_not_untracked() {
        let untracked = |run: &mut Run| {
            let (cycle, mailbox, email) = (CycleId(1), MailboxId(0), EmailId(1));
            run.engine(Event::EmailUntracked { cycle, mailbox, email });
        };
        let mut run = Run::new(expecting(0));
        received(&mut run);
        for tracks in [true, false] {
            run.world(WorldEvent::Categorized { item: ItemId(7), mailbox: ANN, tracks });
            if tracks {
                tracked(&mut run, TrackedBy::Category);
            }
        }
        untracked(&mut run);
        assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
        run.world(WorldEvent::Categorized { item: ItemId(7), mailbox: ANN, tracks: true });
        tracked(&mut run, TrackedBy::Category);
        untracked(&mut run);
        assert_eq!(verdicts(&run), [Pass, Fail, Pass]);
    }

    #[test]
    fn a_folder_that_is_gone_owes_nothing() {
        let mut run = Run::new(expecting(0));
        received(&mut run);
        rule(&mut run);
        moved(&mut run);
        run.world(WorldEvent::FolderGone { mailbox: ANN, folder: 30 });
        assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
    }
}
