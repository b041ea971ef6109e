//! Which email is to be tracked, one by one: what users put into tracked folders and give the
//! category that tracks is owed tracking, and nothing else may be tracked.

use std::collections::{BTreeMap, BTreeSet};

use sync_engine::{Event, TrackedBy};

use super::records::{Item, Record, Records};
use super::wishes::Wishes;
use crate::check::fact::Fact;
use crate::check::roster::mailbox_ix;
use crate::log::WorldEvent;

/// What is tracked, and what is to be.
#[derive(Debug, Default)]
pub(super) struct Debts {
    /// What has the category.
    marked: BTreeSet<Item>,
    /// What is tracked, by what.
    causes: BTreeMap<Record, TrackedBy>,
    /// What was asked for by name.
    requested: BTreeSet<Item>,
    /// What is to be tracked and is not yet.
    owed: BTreeSet<(Item, TrackedBy)>,
    /// The engine died, and may have done what it never came to tell.
    died: bool,
}

/// What is known beside.
pub(super) struct Known<'k> {
    /// Whether users ask for anything, so that items are told apart.
    pub(super) watched: bool,
    pub(super) records: &'k Records,
    pub(super) wishes: &'k Wishes,
}

impl Debts {
    pub(super) fn see_engine(&mut self, event: &Event, known: &Known<'_>, facts: &mut Vec<Fact>) {
        match *event {
            Event::EmailTracked { mailbox, email, by, .. } => {
                self.track((mailbox_ix(mailbox), email), by, known, facts);
            }
            Event::EmailUntracked { mailbox, email, .. } => {
                let record = (mailbox_ix(mailbox), email);
                if let Some(by) = self.causes.remove(&record) {
                    facts.push(Fact::Tracked { mailbox: record.0, by, is: false });
                }
                let item = known.records.item(record);
                if known.watched && item.is_some_and(|item| self.marked.contains(&item)) {
                    facts.push(Fact::Unwarranted { mailbox: record.0 });
                }
            }
            _ => {}
        }
    }

    /// Users have asked for something, which is among the wishes already.
    pub(super) fn see_world(
        &mut self,
        event: &WorldEvent,
        known: &Known<'_>,
        facts: &mut Vec<Fact>,
    ) {
        match *event {
            WorldEvent::FolderTracked { mailbox, folder, .. }
            | WorldEvent::FolderUntracked { mailbox, folder }
            | WorldEvent::FolderPlaced { mailbox, folder, .. }
            | WorldEvent::FolderGone { mailbox, folder } => {
                for item in known.wishes.inside(mailbox, folder).collect::<Vec<_>>() {
                    self.reckon(item, folder, known, facts);
                }
            }
            WorldEvent::EngineCrashed => self.died = true,
            WorldEvent::TrackingShown { mailbox, ref emails, .. } if self.died => {
                let tracked = emails.iter().filter(|email| email.tracked);
                let items = tracked.filter_map(|it| known.records.item((mailbox, it.email)));
                for item in items.collect::<Vec<_>>() {
                    self.forgive(item, TrackedBy::Folder, facts);
                    self.forgive(item, TrackedBy::Category, facts);
                }
            }
            WorldEvent::Moved { item, mailbox, folder } => {
                self.forgive((mailbox, item), TrackedBy::Application, facts);
                self.reckon((mailbox, item), folder, known, facts);
            }
            WorldEvent::TrackingRequested { item, mailbox, .. } => {
                self.requested.insert((mailbox, item));
                self.owe((mailbox, item), TrackedBy::Application, known.records, facts);
            }
            WorldEvent::Categorized { item, mailbox, tracks: true } => {
                self.mark((mailbox, item), known.records, facts);
            }
            WorldEvent::Categorized { item, mailbox, tracks: false } => {
                self.marked.remove(&(mailbox, item));
                self.forgive((mailbox, item), TrackedBy::Category, facts);
            }
            _ => {}
        }
    }

    fn mark(&mut self, item: Item, records: &Records, facts: &mut Vec<Fact>) {
        if self.marked.insert(item) {
            self.owe(item, TrackedBy::Category, records, facts);
        }
    }

    /// Somebody took it away from the inbox. It has another id where it is now, so what was asked
    /// for by the old one is not found any more.
    pub(super) fn take_away(&mut self, item: Item, facts: &mut Vec<Fact>) {
        self.forgive(item, TrackedBy::Category, facts);
        self.forgive(item, TrackedBy::Application, facts);
    }

    /// What is in a folder is owed tracking if a rule acts there, and otherwise not.
    fn reckon(&mut self, item: Item, folder: u32, known: &Known<'_>, facts: &mut Vec<Fact>) {
        if known.wishes.rule(item.0, folder).is_some() {
            self.owe(item, TrackedBy::Folder, known.records, facts);
        } else {
            self.forgive(item, TrackedBy::Folder, facts);
        }
    }

    fn track(&mut self, record: Record, by: TrackedBy, known: &Known<'_>, facts: &mut Vec<Fact>) {
        let mailbox = record.0;
        if let Some(before) = self.causes.insert(record, by) {
            facts.push(Fact::Tracked { mailbox, by: before, is: false });
        }
        facts.push(Fact::Tracked { mailbox, by, is: true });
        if !known.watched {
            return;
        }
        let item = known.records.item(record);
        let warranted = item.is_some_and(|item| match by {
            TrackedBy::Folder => known.wishes.may_track_by_folder(item),
            TrackedBy::Category => self.marked.contains(&item),
            TrackedBy::Application => self.requested.contains(&item),
        });
        match item {
            Some(item) if warranted => self.forgive(item, by, facts),
            _ => facts.push(Fact::Unwarranted { mailbox }),
        }
    }

    fn owe(&mut self, item: Item, by: TrackedBy, records: &Records, facts: &mut Vec<Fact>) {
        let is_so = |(record, has): (&Record, &TrackedBy)| {
            *has == by && records.item(*record) == Some(item)
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
    use fake_servers::{ItemId, MailboxIx};
    use sync_engine::{CycleId, EmailId, MailboxId, TrackedBy};

    use super::*;
    use crate::check::charge::Charge;
    use crate::check::expectation::{Period, Statistic};
    use crate::check::filter::Filter;
    use crate::check::metric::Metric;
    use crate::check::testing::*;
    use crate::check::verdict::Verdict;
    use crate::log::ShownEmail;

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
        run.world(WorldEvent::FolderTracked { mailbox: ANN, folder: 30, regarding: None });
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
    fn what_the_app_asks_for_is_owed_until_it_is_tracked_or_has_another_id() {
        let ask = |run: &mut Run| {
            let (item, mailbox) = (ItemId(7), ANN);
            run.world(WorldEvent::TrackingRequested { item, mailbox, regarding: None });
        };
        let mut run = Run::new(expecting(0));
        received(&mut run);
        tracked(&mut run, TrackedBy::Application);
        assert_eq!(verdicts(&run), [Pass, Fail, Pass], "nobody had asked");
        for goes in [false, true] {
            let mut run = Run::new(expecting(0));
            received(&mut run);
            ask(&mut run);
            assert_eq!(verdicts(&run), [Fail, Pass, Pass]);
            if goes {
                moved(&mut run);
            } else {
                tracked(&mut run, TrackedBy::Application);
            }
            assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
        }
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

    #[test]
    fn what_leaves_a_tracked_folder_or_loses_its_rule_is_owed_nothing() {
        let elsewhere = WorldEvent::Moved { item: ItemId(7), mailbox: ANN, folder: 31 };
        let outside = WorldEvent::FolderPlaced { mailbox: ANN, folder: 30, under_inbox: false };
        let untracked = WorldEvent::FolderUntracked { mailbox: ANN, folder: 30 };
        for ends in [elsewhere, outside, untracked] {
            let mut run = Run::new(expecting(0));
            received(&mut run);
            rule(&mut run);
            moved(&mut run);
            assert_eq!(verdicts(&run)[0], Fail);
            run.world(ends.clone());
            assert_eq!(verdicts(&run), [Pass, Pass, Pass], "{ends:?}");
            tracked(&mut run, TrackedBy::Folder);
            assert_eq!(verdicts(&run)[1], Fail, "{ends:?}");
        }
    }

    #[test]
    fn what_a_dead_engine_did_and_never_told_is_seen_when_it_is_shown() {
        for crashes in [false, true] {
            let mut run = Run::new(expecting(0));
            received(&mut run);
            rule(&mut run);
            moved(&mut run);
            if crashes {
                run.world(WorldEvent::EngineCrashed);
            }
            let emails = [false, true].map(|tracked| {
                let shown = ShownEmail { email: EmailId(1), tracked, regarding: None };
                run.world(WorldEvent::TrackingShown {
                    mailbox: ANN,
                    rules: 1,
                    emails: vec![shown],
                });
                verdicts(&run)[0]
            });
            assert_eq!(emails, [Fail, if crashes { Pass } else { Fail }]);
        }
    }

    #[test]
    fn a_wish_that_comes_while_a_cycle_runs_may_be_too_late_for_it() {
        let mut run = Run::new(expecting(1));
        received(&mut run);
        rule(&mut run);
        moved(&mut run);
        run.engine(started(1, 0, sync_engine::Workload::Incoming, 0));
        run.world(WorldEvent::FolderUntracked { mailbox: ANN, folder: 30 });
        tracked(&mut run, TrackedBy::Folder);
        assert_eq!(verdicts(&run), [Pass, Pass, Pass]);
        run.engine(ended(1, 0, sync_engine::Workload::Incoming, 300_000));
        tracked(&mut run, TrackedBy::Folder);
        assert_eq!(verdicts(&run)[1], Fail, "the next cycle knows");
    }
}
