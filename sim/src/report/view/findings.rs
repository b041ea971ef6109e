//! From what a jury found to what reports show: places in lists become the scenario's names.

use std::time::Duration;

use fake_servers::MailboxIx;

use super::{
    BlameView, BreachView, CyclesView, ExpectationView, InvariantView, RunView, SometimesView,
    StoryView, SummaryView,
};
use crate::check::{Blame, Breach, Findings, Invariant, Judgement, Seen, Story, Totals, Verdict};
use crate::log::HostIx;
use crate::report::units::counted;
use crate::scenario::{Meant, Scenario, WorldKind};
use crate::wall::Spent;

/// Which run it is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The scenario's name.
    pub name: String,
    /// Its file, as it was found.
    pub path: String,
    /// The seed.
    pub seed: u64,
    /// The world.
    pub world: WorldKind,
    /// The variant, when the scenario has several.
    pub variant: Option<u64>,
    /// The command that does this run again.
    pub repro: String,
    /// xxh3-64 of the file's bytes.
    pub source: u64,
}

impl RunView {
    /// A run that came to an end.
    #[must_use]
    pub fn ended(identity: Identity, scenario: &Scenario, found: &Findings, spent: Spent) -> Self {
        let [incoming, outgoing, act] = found.cycles;
        let names = Names(scenario);
        let mut notes = Vec::new();
        if found.verdict == Verdict::Stuck {
            let pending = counted(found.ledger.pending, "item");
            notes.push(format!("the deadline passed at {}, {pending} pending", found.ended));
        }
        if found.crashes_missed > 0 {
            notes.push(format!("crashes ordered that never came about: {}", found.crashes_missed));
        }
        Self {
            verdict: found.verdict,
            digest: Some(found.digest.to_string()),
            simulated: found.ended.since_start(),
            events: found.events,
            cycles: CyclesView { incoming, outgoing, act },
            expectations: found.expectations.iter().map(expectation).collect(),
            ledger: found.ledger,
            invariants: names.invariants(&found.breaches),
            sometimes: found.sometimes.iter().map(sometimes).collect(),
            blame: found.blame.iter().map(|blame| names.blame(blame)).collect(),
            slowest: found.slowest.iter().map(|story| names.story(story)).collect(),
            summary: Some(SummaryView::new(&found.summary, scenario)),
            notes,
            ..Self::broken(identity, scenario, Vec::new(), spent)
        }
    }

    /// A run that we broke ourselves, and what is known of how.
    #[must_use]
    pub fn broken(
        identity: Identity,
        scenario: &Scenario,
        notes: Vec<String>,
        spent: Spent,
    ) -> Self {
        Self {
            scenario: identity.name,
            path: identity.path,
            seed: identity.seed,
            world: identity.world.name(),
            verdict: Verdict::Bug,
            digest: None,
            simulated: Duration::ZERO,
            spent,
            events: 0,
            cycles: CyclesView::default(),
            expectations: Vec::new(),
            ledger: Totals::default(),
            variant: identity.variant,
            expected_verdict: match scenario.run.meant {
                Meant::Pass => Verdict::Pass,
                Meant::Fail => Verdict::Fail,
                Meant::Vacuous => Verdict::Vacuous,
                Meant::Stuck => Verdict::Stuck,
            },
            repro: identity.repro,
            source: format!("{:016x}", identity.source),
            invariants: Vec::new(),
            sometimes: Vec::new(),
            blame: Vec::new(),
            slowest: Vec::new(),
            summary: None,
            notes,
        }
    }
}

fn expectation(judgement: &Judgement) -> ExpectationView {
    ExpectationView {
        name: judgement.name.clone(),
        verdict: judgement.verdict,
        observed: judgement.observed(),
        bound: judgement.bound(),
        metric: judgement.metric.name(),
        samples: judgement.samples,
    }
}

fn sometimes(seen: &Seen) -> SometimesView {
    SometimesView { name: seen.name.clone(), seen: seen.times, first: seen.first }
}

/// The names of a scenario by place. A place that is not in its list is shown as a number: a
/// report must come out whatever the run was like.
struct Names<'a>(&'a Scenario);

impl Names<'_> {
    fn mailbox(&self, ix: MailboxIx) -> String {
        let mailbox = self.0.mailboxes.get(ix.0 as usize);
        mailbox.map_or_else(|| format!("mailbox {}", ix.0), |mailbox| mailbox.name.clone())
    }

    fn host(&self, ix: HostIx) -> String {
        let server = self.0.servers.get(usize::from(ix.0));
        server.map_or_else(|| format!("server {}", ix.0), |server| server.name.clone())
    }

    fn group(&self, ix: u16) -> String {
        let group = self.0.groups.get(usize::from(ix));
        group.map_or_else(|| format!("group {ix}"), |group| group.name.clone())
    }

    fn invariants(&self, breaches: &[Breach]) -> Vec<InvariantView> {
        let breach = |invariant: Invariant| {
            breaches.iter().find(|breach| breach.invariant == invariant).map(|breach| BreachView {
                at: breach.at,
                mailbox: breach.mailbox.map(|ix| self.mailbox(ix)),
                server: breach.host.map(|ix| self.host(ix)),
                what: breach.what.clone(),
            })
        };
        let excepted = &self.0.always.except;
        let watched =
            |invariant: &Invariant| !excepted.keys().any(|one| one.name() == invariant.name());
        let view = |invariant: Invariant| InvariantView {
            name: invariant.name(),
            breach: breach(invariant),
        };
        Invariant::ALL.into_iter().filter(watched).map(view).collect()
    }

    fn blame(&self, blame: &Blame) -> BlameView {
        BlameView {
            group: self.group(blame.group),
            workload: blame.workload.name(),
            items: blame.items,
            shares: blame.split.to_string(),
            spent_ms: blame.split.parts().map(|(phase, ms)| (phase.name(), ms)).collect(),
        }
    }

    fn story(&self, story: &Story) -> StoryView {
        StoryView {
            item: story.item.map(|item| item.0),
            mailbox: self.mailbox(story.mailbox),
            workload: story.workload.name(),
            born: story.born,
            settled: story.settled,
            shares: story.split.to_string(),
        }
    }
}
