//! What all runs of a command come to: counts, sums, and the worst of them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::view::{BesideView, CyclesView, RunView};
use crate::check::{Totals, Verdict};

/// Sums over runs.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Scenarios of which anything was run.
    pub scenarios: u64,
    /// Runs.
    pub runs: u64,
    /// Cycles that ended.
    pub cycles: CyclesView,
    /// What became of the items.
    pub items: Totals,
    /// What clients beside the engine lived through; none when there were none.
    pub beside: Option<BesideView>,
    /// Virtual time.
    pub simulated: Duration,
    /// Processor time of all runs.
    pub cpu: Duration,
    outcomes: BTreeMap<Outcome, u64>,
}

/// How a run ended, seen against how it was meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As meant.
    Well(Verdict),
    /// Otherwise; what it counts as.
    Badly(Verdict),
}

impl Outcome {
    /// How one run ended.
    #[must_use]
    pub fn of(run: &RunView) -> Self {
        if run.as_declared() { Self::Well(run.verdict) } else { Self::Badly(run.counts_as()) }
    }

    /// Whether it ended as meant.
    #[must_use]
    pub const fn is_well(self) -> bool {
        matches!(self, Self::Well(_))
    }

    /// `12 passed`, `1 failed as declared`: the words after the number.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Well(Verdict::Pass) => "ok",
            Self::Well(verdict) => super::human::as_declared(verdict),
            Self::Badly(Verdict::Pass | Verdict::Fail) => "FAIL",
            Self::Badly(Verdict::Vacuous) => "VACUOUS",
            Self::Badly(Verdict::Stuck) => "STUCK",
            Self::Badly(Verdict::NotDeterministic) => "not deterministic",
            Self::Badly(Verdict::Invalid) => "INVALID",
            Self::Badly(Verdict::Bug) => "ended in a bug of syncsim",
        }
    }
}

impl Tally {
    /// Takes all runs of one scenario into account.
    pub fn add(&mut self, runs: &[RunView]) {
        self.scenarios += u64::from(!runs.is_empty());
        for run in runs {
            self.runs += 1;
            *self.outcomes.entry(Outcome::of(run)).or_default() += 1;
            self.cycles.incoming += run.cycles.incoming;
            self.cycles.outgoing += run.cycles.outgoing;
            self.cycles.act += run.cycles.act;
            add(&mut self.items, &run.ledger);
            if let Some(beside) = run.summary.as_ref().and_then(|summary| summary.beside) {
                self.beside = Some(beside.and(self.beside));
            }
            self.simulated += run.simulated;
            self.cpu += run.spent.cpu;
        }
    }

    /// How many runs ended how, the good ends first.
    pub fn outcomes(&self) -> impl Iterator<Item = (Outcome, u64)> {
        self.outcomes.iter().map(|(outcome, n)| (*outcome, *n))
    }

    /// What all runs together come to: the worst of them.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let badly = self.outcomes.keys().filter_map(|outcome| match outcome {
            Outcome::Well(_) => None,
            Outcome::Badly(verdict) => Some(*verdict),
        });
        Verdict::worst(badly)
    }
}

fn add(sums: &mut Totals, run: &Totals) {
    sums.items += run.items;
    sums.settled += run.settled;
    sums.failed += run.failed;
    sums.set_aside += run.set_aside;
    sums.taken_away += run.taken_away;
    sums.lost += run.lost;
    sums.pending += run.pending;
    sums.duplicated += run.duplicated;
    sums.duplicated_declared += run.duplicated_declared;
    sums.unknown += run.unknown;
    sums.altered += run.altered;
    sums.reordered += run.reordered;
}
