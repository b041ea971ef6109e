//! A scenario of `scenarios/bench` as something to be measured.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use syncsim::run::{RunError, RunRequest, run};
use syncsim::scenario::{Scenario, Stop, WorldKind, load};
use syncsim::time::SimTime;
use syncsim::wall::{Spent, Stopwatch};

/// Why a subject could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The scenario is refused.
    #[error("{0}")]
    Scenario(String),
    /// It did not run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It ran and did not pass, so its figures mean nothing.
    #[error("{name} ended as {verdict}")]
    Verdict {
        /// Which scenario.
        name: String,
        /// How it ended.
        verdict: syncsim::check::Verdict,
    },
}

/// One scenario.
#[derive(Debug, Clone)]
pub struct Subject {
    name: String,
    scenario: Arc<Scenario>,
}

impl Subject {
    /// The scenario of this name in `scenarios/bench`.
    ///
    /// # Errors
    /// When there is none, or it is refused.
    pub fn named(name: &str) -> Result<Self, SubjectError> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios/bench");
        let path = folder.join(name).with_extension("toml");
        let loaded = load(&path).map_err(|problems| {
            SubjectError::Scenario(syncsim::scenario::render(&problems, false))
        })?;
        let first = loaded.into_iter().next();
        let scenario =
            first.ok_or_else(|| SubjectError::Scenario(format!("no scenario {name}")))?;
        Ok(Self { name: name.to_owned(), scenario: Arc::new(scenario.scenario) })
    }

    /// The same for another length of simulated time, without its expectations.
    #[must_use]
    pub fn lasting(&self, time: Duration) -> Self {
        let mut scenario = Scenario::clone(&self.scenario);
        scenario.run.stop = Stop::After(SimTime::from_duration(time));
        scenario.run.deadline = SimTime::from_duration(time * 2);
        scenario.expectations.clear();
        Self { name: self.name.clone(), scenario: Arc::new(scenario) }
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Runs it once with seed 1: what it cost, and how many cycles ended.
    ///
    /// # Errors
    /// When it does not run or does not pass.
    pub fn measure(&self, world: WorldKind) -> Result<(Spent, u64), SubjectError> {
        let request =
            RunRequest { scenario: Arc::clone(&self.scenario), seed: 1, world, variant: None };
        let watch = Stopwatch::start();
        let findings = run(&request)?.findings;
        let spent = watch.spent();
        match findings.verdict {
            syncsim::check::Verdict::Pass => Ok((spent, findings.cycles.iter().sum())),
            verdict => Err(SubjectError::Verdict { name: self.name.clone(), verdict }),
        }
    }
}
