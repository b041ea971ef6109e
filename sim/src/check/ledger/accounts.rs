//! The books that both directions keep together: totals, where the time went, the slowest items.

use fake_servers::{ItemId, MailboxIx};
use sync_engine::Workload;

use super::{Split, Totals};
use crate::check::fact::{Fact, Fate, Hop, Settled, Wrong};
use crate::check::findings::{Blame, Story};
use crate::check::roster::Roster;
use crate::time::SimTime;

/// How many of the slowest items are told one by one.
const STORIES: usize = 5;

/// Where the conclusions from one entry are put down.
pub(super) struct Page<'a> {
    pub(super) at: SimTime,
    pub(super) roster: &'a Roster,
    pub(super) accounts: &'a mut Accounts,
    pub(super) facts: &'a mut Vec<Fact>,
}

/// An item at its end, whoever kept it until now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaving {
    pub(super) item: Option<ItemId>,
    pub(super) mailbox: MailboxIx,
    pub(super) workload: Workload,
    pub(super) born: SimTime,
    pub(super) split: Split,
    /// Whether it was waiting on the server or in Pending Send.
    pub(super) waited: bool,
}

#[derive(Debug)]
pub(super) struct Accounts {
    totals: Totals,
    /// By group, then received and sent.
    blame: Vec<[(u64, Split); 2]>,
    slowest: Slowest,
}

/// The slowest items, the slowest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Slowest(Vec<Story>);

impl Slowest {
    /// Counts a story among the slowest, if it is one. Of two equal ones the first stays ahead.
    pub(super) fn tell(&mut self, story: Story, until: SimTime) {
        let length = |story: &Story| story.settled.unwrap_or(until).since(story.born);
        if self.0.len() == STORIES
            && self.0.last().is_some_and(|last| length(last) >= length(&story))
        {
            return;
        }
        let place = self.0.partition_point(|slower| length(slower) >= length(&story));
        self.0.insert(place, story);
        self.0.truncate(STORIES);
    }

    pub(super) fn into_stories(self) -> Vec<Story> {
        self.0
    }
}

impl Accounts {
    pub(super) fn new(roster: &Roster) -> Self {
        Self {
            totals: Totals::default(),
            blame: vec![Default::default(); roster.groups.len()],
            slowest: Slowest::default(),
        }
    }

    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    pub(super) fn slowest(&self) -> Slowest {
        self.slowest.clone()
    }

    pub(super) fn blame(&self) -> Vec<Blame> {
        let rows = (0u16..).zip(&self.blame).flat_map(|(group, directions)| {
            [Workload::Incoming, Workload::Outgoing].into_iter().zip(directions).map(
                move |(workload, (items, split))| Blame {
                    group,
                    workload,
                    items: *items,
                    split: *split,
                },
            )
        });
        rows.filter(|row| row.items > 0).collect()
    }
}

impl Page<'_> {
    pub(super) fn born(&mut self, mailbox: MailboxIx, workload: Workload) {
        self.accounts.totals.items += 1;
        self.accounts.totals.pending += 1;
        self.facts.push(Fact::Born { mailbox, workload });
    }

    pub(super) fn waits(&mut self, mailbox: MailboxIx, workload: Workload) {
        self.facts.push(Fact::Waits { mailbox, workload });
    }

    pub(super) fn settle(&mut self, leaving: Leaving, fate: Fate) {
        let Leaving { item, mailbox, workload, born, split, waited } = leaving;
        let totals = &mut self.accounts.totals;
        totals.pending -= 1;
        match fate {
            Fate::Transferred | Fate::There => totals.settled += 1,
            Fate::Failed => totals.failed += 1,
            Fate::SetAside => totals.set_aside += 1,
            Fate::TakenAway => totals.taken_away += 1,
            Fate::Lost => totals.lost += 1,
        }
        if fate == Fate::Transferred {
            let group = usize::from(self.roster.member(mailbox).group);
            let direction = usize::from(workload == Workload::Outgoing);
            let (items, sum) = &mut self.accounts.blame[group][direction];
            *items += 1;
            *sum += split;
            let settled = Some(self.at);
            let story = Story { item, mailbox, workload, born, settled, split };
            self.accounts.slowest.tell(story, self.at);
        }
        if waited {
            self.facts.push(Fact::WaitsNoMore { mailbox, workload });
        }
        let took = self.at.0.saturating_sub(born.0);
        self.facts.push(Fact::Settled(Settled { mailbox, workload, born, fate, took }));
    }

    pub(super) fn lose(&mut self, leaving: Leaving, hop: Hop) {
        let (item, mailbox, workload) = (leaving.item, leaving.mailbox, leaving.workload);
        self.settle(leaving, Fate::Lost);
        self.facts.push(Fact::Wrong { item, mailbox, workload, wrong: Wrong::Lost(hop) });
    }

    /// Something is wrong that does not end the item.
    pub(super) fn wrong(
        &mut self,
        item: Option<ItemId>,
        (mailbox, workload): (MailboxIx, Workload),
        wrong: Wrong,
    ) {
        let totals = &mut self.accounts.totals;
        match wrong {
            Wrong::Lost(_) => unreachable!("a loss ends the item"),
            Wrong::Duplicated => totals.duplicated += 1,
            Wrong::Altered => totals.altered += 1,
            Wrong::Overtaken => totals.reordered += 1,
        }
        self.facts.push(Fact::Wrong { item, mailbox, workload, wrong });
    }

    pub(super) fn declared_unknown(&mut self) {
        self.accounts.totals.unknown += 1;
    }

    pub(super) fn declared_duplicate(&mut self) {
        self.accounts.totals.duplicated_declared += 1;
    }
}
