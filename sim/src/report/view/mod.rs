//! What reports show of a run, whatever the run itself was made of: plain values, names instead of
//! places in lists, in the order in which they are shown. This is also the JSON of a result.

mod findings;
mod summary;

use std::fmt;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Serialize;

pub use findings::Identity;
pub use summary::{BesideView, ScheduleView, SpreadView, SummaryView};

use crate::check::{Totals, Verdict};
use crate::time::SimTime;
use crate::wall::Spent;

/// One run as reports show it. The names and the order of the fields are those of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunView {
    /// The scenario's name: its file's, without extension and without folder, unless another
    /// scenario of the same command is called the same.
    pub scenario: String,
    /// Its file, as it was found.
    pub path: String,
    /// Its seed.
    pub seed: u64,
    /// Its world: `virtual` or `turmoil`.
    pub world: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The rolling hash of its event log, 16 hexadecimal digits; absent when it did not get to an
    /// end.
    pub digest: Option<String>,
    /// How much virtual time passed.
    #[serde(rename = "simulated_seconds", serialize_with = "as_seconds")]
    pub simulated: Duration,
    /// What it cost the machine.
    #[serde(flatten, serialize_with = "as_spent")]
    pub spent: Spent,
    /// Entries of the event log.
    pub events: u64,
    /// Cycles that ended, per workload.
    pub cycles: CyclesView,
    /// The `[[expect]]` entries, in the order of the file.
    pub expectations: Vec<ExpectationView>,
    /// What became of the items.
    pub ledger: Totals,
    /// Which variant of the scenario, when it has several.
    pub variant: Option<u64>,
    /// How the scenario says it is meant to end.
    pub expected_verdict: Verdict,
    /// The command that does this run again.
    pub repro: String,
    /// xxh3-64 of the scenario's file, 16 hexadecimal digits: whether two results are of the same
    /// scenario.
    pub source: String,
    /// The `[always]` entries that were watched.
    pub invariants: Vec<InvariantView>,
    /// The `[sometimes]` entries, in the order of the file.
    pub sometimes: Vec<SometimesView>,
    /// Where settled items spent their time, by group and workload.
    pub blame: Vec<BlameView>,
    /// The slowest items, the slowest first.
    pub slowest: Vec<StoryView>,
    /// What is of interest in every run; absent when it did not get to an end.
    pub summary: Option<SummaryView>,
    /// What else is to be said: why it was stuck, where two runs parted, what our bug said.
    pub notes: Vec<String>,
}

impl RunView {
    /// Whether it ended as its scenario says it is meant to.
    #[must_use]
    pub fn as_declared(&self) -> bool {
        self.verdict == self.expected_verdict
    }

    /// What it counts as for the exit code: a negative scenario that ends as declared is as good
    /// as a pass, and one that does not has failed, however well it ended.
    #[must_use]
    pub fn counts_as(&self) -> Verdict {
        if self.as_declared() {
            Verdict::Pass
        } else if self.expected_verdict == Verdict::Pass {
            self.verdict
        } else {
            self.verdict.max(Verdict::Fail)
        }
    }

    /// Leaves out what only explains, so that many runs can be kept until all are there.
    pub fn thin_out(&mut self) {
        self.expectations = Vec::new();
        self.invariants = Vec::new();
        self.sometimes = Vec::new();
        self.blame = Vec::new();
        self.slowest = Vec::new();
        // The tally sums up what clients beside the engine lived through.
        self.summary = self.summary.take().filter(|summary| summary.beside.is_some());
    }

    /// `seed 1`, or `seed 1 variant 17`.
    #[must_use]
    pub fn which(&self) -> String {
        match self.variant {
            None => format!("seed {}", self.seed),
            Some(variant) => format!("seed {} variant {variant}", self.seed),
        }
    }
}

/// Cycles that ended, per workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CyclesView {
    /// Email into the application.
    pub incoming: u64,
    /// Email out of it.
    pub outgoing: u64,
    /// Appointments, contacts and tasks.
    pub act: u64,
}

/// How one `[[expect]]` came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectationView {
    /// Its name in the file.
    pub name: String,
    /// Pass, fail or vacuous.
    pub verdict: Verdict,
    /// What was seen, with units.
    pub observed: String,
    /// What was asked for, with units.
    pub bound: String,
    /// Of which metric.
    pub metric: &'static str,
    /// Samples taken; of a level, changes.
    pub samples: u64,
}

/// How one invariant came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InvariantView {
    /// Its name in the file.
    pub name: &'static str,
    /// The first time it did not hold, if it ever did not.
    pub breach: Option<BreachView>,
}

/// Where and how an invariant did not hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreachView {
    /// Since the start of the run; milliseconds in JSON.
    #[serde(rename = "at_ms")]
    pub at: SimTime,
    /// Whose mailbox, where it is one's.
    pub mailbox: Option<String>,
    /// Which server, where it is at one.
    pub server: Option<String>,
    /// What happened, in words.
    pub what: String,
}

impl fmt::Display for BreachView {
    /// `at 01:02:03.004 in ex-17 with smtp: a request before the back-off ended`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.at)?;
        if let Some(mailbox) = &self.mailbox {
            write!(f, " in {mailbox}")?;
        }
        if let Some(server) = &self.server {
            write!(f, " with {server}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// How one `[sometimes]` came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SometimesView {
    /// Its name in the file.
    pub name: String,
    /// How often it was seen.
    pub seen: u64,
    /// When first; milliseconds in JSON.
    #[serde(rename = "first_ms")]
    pub first: Option<SimTime>,
}

/// Where the settled items of a group spent their time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlameView {
    /// The group of mailboxes.
    pub group: String,
    /// `incoming` or `outgoing`.
    pub workload: &'static str,
    /// How many items.
    pub items: u64,
    /// The same as a sentence, the largest part first.
    pub shares: String,
    /// Milliseconds by cause, all items together.
    pub spent_ms: IndexMap<&'static str, u64>,
}

/// One item's way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryView {
    /// Which, when it has a number of its own.
    pub item: Option<u64>,
    /// Whose.
    pub mailbox: String,
    /// `incoming` or `outgoing`.
    pub workload: &'static str,
    /// When it came into being; milliseconds in JSON.
    #[serde(rename = "born_ms")]
    pub born: SimTime,
    /// When it was settled; absent while it is pending.
    #[serde(rename = "settled_ms")]
    pub settled: Option<SimTime>,
    /// Where its time went, the largest part first.
    pub shares: String,
}

fn as_seconds<S: serde::Serializer>(d: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(d.as_secs_f64())
}

fn as_spent<S: serde::Serializer>(spent: &Spent, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct;
    let mut fields = serializer.serialize_struct("Spent", 2)?;
    fields.serialize_field("wall_seconds", &spent.wall.as_secs_f64())?;
    fields.serialize_field("cpu_seconds", &spent.cpu.as_secs_f64())?;
    fields.end()
}
