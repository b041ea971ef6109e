//! What reports show of a run, whatever the run itself was made of: plain values, names instead of
//! places in lists, in the order in which they are shown. This is also the JSON of a result.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::time::SimTime;
use crate::wall::Spent;

/// One run as reports show it. The names and the order of the fields are those of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunView {
    /// The scenario's name: its file's, without folder and extension.
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
    pub ledger: LedgerView,
    /// Which variant of the scenario, when it has several.
    pub variant: Option<u32>,
    /// How the scenario says it is meant to end.
    pub expected_verdict: Verdict,
    /// The command that does this run again.
    pub repro: String,
    /// The `[always]` entries, in the order of the file.
    pub invariants: Vec<InvariantView>,
    /// The `[sometimes]` entries, in the order of the file.
    pub sometimes: Vec<SometimesView>,
    /// Where items spent their time, the largest part first. Parts of 1.
    pub blame: Vec<BlameView>,
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
    /// What became of it.
    pub verdict: CheckVerdict,
    /// What was seen, with units.
    pub observed: String,
    /// What was asked for, with units.
    pub bound: String,
}

/// How one invariant came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InvariantView {
    /// Its name in the file.
    pub name: String,
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
    /// What happened, in words.
    pub what: String,
}

impl fmt::Display for BreachView {
    /// `at 01:02:03.004 in ex-17: message 12 is gone`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.at)?;
        if let Some(mailbox) = &self.mailbox {
            write!(f, " in {mailbox}")?;
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
}

/// A part of the time items spent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlameView {
    /// Waiting for what.
    pub cause: String,
    /// Part of all the time, 0 to 1.
    pub share: f64,
}

/// What became of the items of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LedgerView {
    /// All there ever were.
    pub items: u64,
    /// On both sides, as they should be.
    pub settled: u64,
    /// Gone.
    pub lost: u64,
    /// There more often than they should be.
    pub duplicated: u64,
    /// Nobody can know, by the protocol's own doing.
    pub unknown: u64,
    /// On their way when the run ended.
    pub pending: u64,
}

/// How a run ended, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything held.
    Pass,
    /// Something that must be seen at least once never was.
    Vacuous,
    /// The deadline passed first.
    Stuck,
    /// An expectation or an invariant failed.
    Fail,
    /// Two runs of one seed differ.
    NotDeterministic,
    /// We have a bug.
    Bug,
}

impl Verdict {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Vacuous => "vacuous",
            Self::Fail => "fail",
            Self::Stuck => "stuck",
            Self::NotDeterministic => "not_deterministic",
            Self::Bug => "bug",
        }
    }

    /// The exit code of a command whose worst run ended so.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Vacuous => 2,
            Self::Stuck => 3,
            Self::NotDeterministic => 4,
            Self::Bug => 70,
        }
    }
}

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// It held.
    Pass,
    /// There was nothing to judge.
    Vacuous,
    /// It did not hold.
    Fail,
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
