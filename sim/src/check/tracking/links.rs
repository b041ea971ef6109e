//! What each email is linked to. What it should be is worked out at the end of every cycle, by the
//! table of domain.md 1.10 and from what users have asked for by then; what it is the application
//! shows, now and then.

use std::collections::{BTreeMap, BTreeSet};

use fake_servers::MailboxIx;
use sync_engine::{EmailId, Event, Outcome, TrackedBy, Workload};

use super::records::{Item, Record, Records};
use super::wishes::Wishes;
use crate::check::fact::Fact;
use crate::check::roster::mailbox_ix;
use crate::log::{ShownEmail, WorldEvent};

/// How an email is, or should be, tracked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Link {
    tracked: bool,
    regarding: Option<String>,
}

/// What the application showed last of a mailbox.
#[derive(Debug, Default)]
struct Shown {
    rules: u32,
    /// For each email that is linked, to what.
    regardings: BTreeMap<EmailId, u16>,
}

#[derive(Debug)]
pub(super) struct Links {
    /// What there is to link to.
    regardings: Vec<String>,
    should: BTreeMap<Record, Link>,
    /// By content: whose rule was the first to act on it, and to what it linked it.
    first: BTreeMap<u64, (MailboxIx, Option<String>)>,
    /// What was asked for, and to what it is to be linked.
    requested: BTreeMap<Item, Option<String>>,
    /// In which folder another mailbox's rule was found to have been first.
    held: BTreeMap<Record, u32>,
    /// What had the category when a cycle ended.
    marked: BTreeSet<Record>,
    /// Mailboxes whose users asked for something that a cycle may or may not have come across, so
    /// that what is shown next is taken for right.
    doubtful: BTreeSet<MailboxIx>,
    shown: BTreeMap<MailboxIx, Shown>,
}

impl Links {
    pub(super) fn new(regardings: &[String]) -> Self {
        Self {
            regardings: regardings.into(),
            should: BTreeMap::new(),
            first: BTreeMap::new(),
            requested: BTreeMap::new(),
            held: BTreeMap::new(),
            marked: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            shown: BTreeMap::new(),
        }
    }

    pub(super) fn see_engine(&mut self, event: &Event, records: &Records, wishes: &Wishes) {
        match *event {
            Event::EmailTracked { mailbox, email, by: TrackedBy::Folder, .. } => {
                self.note_first((mailbox_ix(mailbox), email), records, wishes);
            }
            Event::EmailTracked { mailbox, email, by: TrackedBy::Application, .. } => {
                let record = (mailbox_ix(mailbox), email);
                let asked = records.item(record).and_then(|item| self.requested.remove(&item));
                let Some(regarding) = asked else { return };
                let link = self.should.entry(record).or_default();
                link.tracked = true;
                link.regarding = regarding.or(link.regarding.take());
            }
            Event::CycleEnded {
                mailbox,
                workload: Workload::Incoming,
                outcome: Outcome::Completed,
                ..
            } => {
                for record in records.of(mailbox_ix(mailbox)) {
                    self.work_out(record, records, wishes);
                }
            }
            _ => {}
        }
    }

    /// Somebody asks for something.
    pub(super) fn doubt(&mut self, mailbox: Option<MailboxIx>, wishes: &Wishes) {
        self.doubtful.extend(mailbox.filter(|mailbox| !wishes.at_rest(*mailbox)));
    }

    pub(super) fn see_world(
        &mut self,
        event: &WorldEvent,
        records: &Records,
        wishes: &Wishes,
        facts: &mut Vec<Fact>,
    ) {
        match event {
            WorldEvent::LinkedByHand { mailbox, email, regarding } => {
                let link = self.should.entry((*mailbox, *email)).or_default();
                link.regarding = Some(regarding.clone());
            }
            WorldEvent::TrackingRequested { item, mailbox, regarding } => {
                self.requested.insert((*mailbox, *item), regarding.clone());
            }
            WorldEvent::TrackingShown { mailbox, rules, emails } => {
                self.count(*mailbox, *rules, emails, facts);
                if wishes.at_rest(*mailbox) {
                    self.judge(*mailbox, *rules, emails, records, wishes, facts);
                }
            }
            _ => {}
        }
    }

    /// Of two users with the same mail, the one whose rule is processed first wins.
    fn note_first(&mut self, record: Record, records: &Records, wishes: &Wishes) {
        let Some(content) = records.content(record) else { return };
        let place = records.item(record).and_then(|item| wishes.place(item));
        let rule = place.and_then(|place| wishes.rule(record.0, place));
        let own = rule.and_then(|rule| rule.regarding.clone());
        let kept = || self.should.get(&record).and_then(|link| link.regarding.clone());
        let regarding = own.or_else(kept);
        self.first.entry(content).or_insert((record.0, regarding));
    }

    /// A cycle has ended: the category and the rule of the folder have acted on a record.
    fn work_out(&mut self, record: Record, records: &Records, wishes: &Wishes) {
        let Some((item, content)) = records.item(record).zip(records.content(record)) else {
            return;
        };
        match wishes.mark(item) {
            Some(true) if self.marked.insert(record) => {
                self.should.entry(record).or_default().tracked = true;
            }
            Some(false) if self.marked.remove(&record) => {
                self.should.entry(record).or_default().tracked = false;
            }
            _ => {}
        }
        let Some(place) = wishes.place(item) else { return };
        let Some(rule) = wishes.rule(record.0, place) else { return };
        let link = self.should.entry(record).or_default();
        link.tracked = true;
        if let Some((first, regarding)) = self.first.get(&content)
            && *first != record.0
        {
            if self.held.insert(record, place) != Some(place) {
                link.regarding.clone_from(regarding);
            }
            return;
        }
        if rule.regarding.is_some() {
            link.regarding.clone_from(&rule.regarding);
        }
        self.first.insert(content, (record.0, link.regarding.clone()));
    }

    /// The levels follow what is shown.
    fn count(
        &mut self,
        mailbox: MailboxIx,
        rules: u32,
        emails: &[ShownEmail],
        facts: &mut Vec<Fact>,
    ) {
        let place = |regarding: &String| {
            let place = self.regardings.iter().position(|known| known == regarding);
            place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX)
        };
        let linked = emails.iter().filter_map(|it| Some((it.email, place(it.regarding.as_ref()?))));
        let now = Shown { rules, regardings: linked.collect() };
        let before = self.shown.remove(&mailbox).unwrap_or_default();
        if before.rules != rules {
            facts.push(Fact::Rules { mailbox, before: before.rules, now: rules });
        }
        let change = |has: &Shown, had: &Shown, is, facts: &mut Vec<Fact>| {
            let other = has.regardings.iter().filter(|(it, to)| had.regardings.get(it) != Some(to));
            facts.extend(other.map(|(_, &regarding)| Fact::Linked { mailbox, regarding, is }));
        };
        change(&before, &now, false, facts);
        change(&now, &before, true, facts);
        self.shown.insert(mailbox, now);
    }

    fn judge(
        &mut self,
        mailbox: MailboxIx,
        rules: u32,
        emails: &[ShownEmail],
        records: &Records,
        wishes: &Wishes,
        facts: &mut Vec<Fact>,
    ) {
        let link = |it: &ShownEmail| {
            let (tracked, regarding) = (it.tracked, it.regarding.clone());
            Link { tracked, regarding }
        };
        let is: BTreeMap<Record, Link> =
            emails.iter().map(|it| ((mailbox, it.email), link(it))).collect();
        if self.doubtful.remove(&mailbox) {
            self.should.retain(|record, _| record.0 != mailbox);
            self.should.extend(is);
            return;
        }
        let mut all: BTreeSet<Record> = records.of(mailbox).collect();
        all.extend(is.keys());
        let none = Link::default();
        let find = |of: &BTreeMap<Record, Link>, record| of.get(record).unwrap_or(&none).clone();
        let wrong = all.iter().filter(|it| find(&is, it) != find(&self.should, it)).count();
        let rules_are_wrong = usize::try_from(rules) != Ok(wishes.rules(mailbox));
        for _ in 0..wrong + usize::from(rules_are_wrong) {
            facts.push(Fact::Mistracked { mailbox });
        }
    }
}

#[cfg(test)]
mod tests {
    use fake_servers::ItemId;
    use sync_engine::{CycleId, MailboxId};

    use super::*;
    use crate::check::charge::Charge;
    use crate::check::expectation::{Period, Statistic};
    use crate::check::filter::Filter;
    use crate::check::metric::Metric;
    use crate::check::testing::*;
    use crate::check::verdict::Verdict;

    const ANN: MailboxIx = MailboxIx(0);
    const BEN: MailboxIx = MailboxIx(1);

    /// Expects nothing wrong, and so many emails linked to "two".
    fn expecting(linked_to_two: u64) -> Charge {
        let mut charge = charge();
        charge.tracking = true;
        charge.always.clear();
        let two = Filter { regarding: Some(1), ..Filter::default() };
        let whole = Period::WHOLE_RUN;
        charge.expectations = vec![
            expect(
                Metric::TrackingWrong,
                Filter::default(),
                whole,
                (Statistic::Count, None, Some(0)),
            ),
            expect(
                Metric::MailLinked,
                two,
                whole,
                (Statistic::Last, Some(linked_to_two), Some(linked_to_two)),
            ),
        ];
        charge
    }

    /// An email in a mailbox; all of them are the same message.
    fn received(run: &mut Run, mailbox: MailboxIx) {
        let MailboxIx(ix) = mailbox;
        run.server(POP, delivered(7, ix)).server(POP, served(7, ix, 70)).engine(stored(ix, 70));
    }

    fn cycle(run: &mut Run, mailbox: MailboxIx) {
        let incoming = Workload::Incoming;
        run.engine(started(1, mailbox.0, incoming, 0)).engine(ended(1, mailbox.0, incoming, 9));
    }

    fn ruled(run: &mut Run, mailbox: MailboxIx, regarding: Option<&str>) {
        let regarding = regarding.map(str::to_owned);
        run.world(WorldEvent::FolderTracked { mailbox, folder: 30, regarding });
        run.world(WorldEvent::Moved { item: ItemId(7), mailbox, folder: 30 });
    }

    fn tracked(run: &mut Run, mailbox: MailboxIx, by: TrackedBy) {
        let (cycle, mailbox) = (CycleId(1), MailboxId(mailbox.0));
        run.engine(Event::EmailTracked { cycle, mailbox, email: EmailId(1), by });
    }

    fn shown(run: &mut Run, mailbox: MailboxIx, rules: u32, regarding: Option<&str>) -> Verdict {
        let regarding = regarding.map(str::to_owned);
        let emails = vec![ShownEmail { email: EmailId(1), tracked: true, regarding }];
        run.world(WorldEvent::TrackingShown { mailbox, rules, emails });
        run.findings().expectations[0].verdict
    }

    use Verdict::{Fail, Pass};

    #[test]
    fn a_rule_with_a_regarding_links_and_overrules_a_hand() {
        let mut run = Run::new(expecting(1));
        received(&mut run, ANN);
        ruled(&mut run, ANN, Some("two"));
        cycle(&mut run, ANN);
        assert_eq!(shown(&mut run, ANN, 1, Some("two")), Pass);
        let regarding = "one".to_owned();
        run.world(WorldEvent::LinkedByHand { mailbox: ANN, email: EmailId(1), regarding });
        assert_eq!(shown(&mut run, ANN, 1, Some("one")), Pass, "until the next cycle");
        assert_eq!(run.findings().expectations[1].verdict, Fail, "it is linked to one");
        cycle(&mut run, ANN);
        assert_eq!(shown(&mut run, ANN, 1, Some("two")), Pass);
        assert_eq!(run.findings().expectations[1].verdict, Pass);
        assert_eq!(shown(&mut run, ANN, 1, Some("one")), Fail);
    }

    #[test]
    fn a_rule_without_a_regarding_and_none_keep_the_link() {
        let keeps = |wish: fn() -> WorldEvent, rules| {
            let mut run = Run::new(expecting(1));
            received(&mut run, ANN);
            ruled(&mut run, ANN, Some("two"));
            cycle(&mut run, ANN);
            run.world(wish());
            cycle(&mut run, ANN);
            (shown(&mut run, ANN, rules, Some("two")), shown(&mut run, ANN, rules, None))
        };
        let untracked = || WorldEvent::FolderUntracked { mailbox: ANN, folder: 30 };
        let unlinked = || WorldEvent::FolderLinked { mailbox: ANN, folder: 30, regarding: None };
        let outside = || WorldEvent::FolderPlaced { mailbox: ANN, folder: 30, under_inbox: false };
        let gone = || WorldEvent::FolderGone { mailbox: ANN, folder: 30 };
        assert_eq!(keeps(untracked, 0), (Pass, Fail));
        assert_eq!(keeps(unlinked, 1), (Pass, Fail));
        assert_eq!(keeps(outside, 0), (Pass, Fail));
        assert_eq!(keeps(gone, 0), (Pass, Fail));
        assert_eq!(keeps(outside, 1).0, Fail, "the rule has ended");
    }

    #[test]
    fn what_the_app_asks_for_is_linked_as_it_asks_and_else_as_before() {
        let mut run = Run::new(expecting(1));
        received(&mut run, ANN);
        for (asks, shows) in [(Some("one"), "one"), (Some("two"), "two"), (None, "two")] {
            let (item, regarding) = (ItemId(7), asks.map(str::to_owned));
            run.world(WorldEvent::TrackingRequested { item, mailbox: ANN, regarding });
            run.engine(started(1, 0, Workload::Incoming, 0));
            tracked(&mut run, ANN, TrackedBy::Application);
            run.engine(ended(1, 0, Workload::Incoming, 9));
            assert_eq!(shown(&mut run, ANN, 0, Some(shows)), Pass, "{asks:?}");
        }
        assert_eq!(shown(&mut run, ANN, 0, None), Fail);
    }

    #[test]
    fn a_folder_that_comes_back_before_the_cycle_has_its_rule_still() {
        let mut run = Run::new(expecting(1));
        received(&mut run, ANN);
        ruled(&mut run, ANN, Some("two"));
        for under_inbox in [false, true] {
            run.world(WorldEvent::FolderPlaced { mailbox: ANN, folder: 30, under_inbox });
        }
        cycle(&mut run, ANN);
        assert_eq!(shown(&mut run, ANN, 1, Some("two")), Pass);
    }

    #[test]
    fn of_two_users_with_one_message_the_first_wins() {
        for (shows, verdict) in [("one", Pass), ("two", Fail)] {
            let mut run = Run::new(expecting(0));
            for (mailbox, regarding) in [(ANN, "one"), (BEN, "two")] {
                received(&mut run, mailbox);
                ruled(&mut run, mailbox, Some(regarding));
                tracked(&mut run, mailbox, TrackedBy::Folder);
                cycle(&mut run, mailbox);
            }
            assert_eq!(shown(&mut run, ANN, 1, Some("one")), Pass);
            assert_eq!(shown(&mut run, BEN, 1, Some(shows)), verdict);
        }
    }

    #[test]
    fn a_category_tracks_unless_it_is_taken_away_before_the_cycle() {
        for (taken, shows) in [(false, Pass), (true, Fail)] {
            let mut run = Run::new(expecting(0));
            received(&mut run, ANN);
            run.world(WorldEvent::Categorized { item: ItemId(7), mailbox: ANN, tracks: true });
            if taken {
                run.server(POP, taken_away(7, 0));
            }
            cycle(&mut run, ANN);
            assert_eq!(shown(&mut run, ANN, 0, None), shows);
        }
    }

    #[test]
    fn a_wish_during_a_cycle_is_taken_for_right_as_it_is_shown() {
        let mut run = Run::new(expecting(0));
        received(&mut run, ANN);
        run.engine(started(1, 0, Workload::Incoming, 0));
        ruled(&mut run, ANN, Some("two"));
        assert_eq!(shown(&mut run, ANN, 9, Some("one")), Pass, "nothing is judged yet");
        run.engine(ended(1, 0, Workload::Incoming, 9));
        assert_eq!(shown(&mut run, ANN, 1, None), Pass);
        assert_eq!(shown(&mut run, ANN, 1, Some("two")), Fail, "it cannot change without a cycle");
    }
}
