//! One run of a command, start to finish: its cost is measured, its panics are caught, and when
//! asked for it is done twice and compared.

use std::sync::Arc;

use super::guard::guarded;
use super::lockstep::first_difference;
use super::plan::Job;
use crate::check::{Findings, Verdict};
use crate::log::Fold;
use crate::report::view::{Identity, RunView};
use crate::run::{RunError, RunOutcome, RunRequest};
use crate::wall::Stopwatch;

/// What performs a run, with or without a witness of its log. Tests put something simpler in its
/// place.
pub(super) type Runner<'a> =
    &'a (dyn Fn(&RunRequest, Option<Box<dyn Fold>>) -> Result<RunOutcome, RunError> + Sync);

/// Performs a run as [`crate::run`] does.
///
/// # Errors
/// As [`crate::run::run`].
pub(super) fn perform(
    request: &RunRequest,
    witness: Option<Box<dyn Fold>>,
) -> Result<RunOutcome, RunError> {
    match witness {
        None => crate::run::run(request),
        Some(witness) => crate::run::run_before(request, witness),
    }
}

/// Carries out one job on this thread; `twice` compares it with a second time.
#[must_use]
pub(super) fn execute(job: &Job, runner: Runner, twice: bool) -> RunView {
    let scenario = &job.planned.scenario;
    let request = RunRequest {
        scenario: Arc::clone(scenario),
        seed: job.seed,
        world: job.planned.world,
        variant: job.variant,
    };
    let watch = Stopwatch::start();
    let first = attempt(runner, &request);
    let spent = watch.spent();
    let found = match first {
        Ok(found) => found,
        Err(notes) => return RunView::broken(identity(job), scenario, notes, spent),
    };
    let mut view = RunView::ended(identity(job), scenario, &found, spent);
    if twice {
        match attempt(runner, &request) {
            Ok(again) if again == found => {}
            Ok(again) => {
                view.verdict = view.verdict.max(Verdict::NotDeterministic);
                view.notes = vec![parted(runner, &request, &found, &again)];
                view.repro.push_str(" --verify-determinism");
            }
            Err(notes) => {
                view.verdict = Verdict::Bug;
                view.notes = notes;
                view.notes.insert(0, "only the second run of the same seed broke".to_owned());
                view.repro.push_str(" --verify-determinism");
            }
        }
    }
    view
}

fn identity(job: &Job) -> Identity {
    Identity {
        name: job.planned.found.name.clone(),
        path: job.planned.found.path.to_string_lossy().into_owned(),
        seed: job.seed,
        world: job.planned.world,
        variant: job.variant,
        repro: job.repro(),
        source: job.planned.found.source,
    }
}

/// Runs once; what broke is told in words.
fn attempt(runner: Runner, request: &RunRequest) -> Result<Findings, Vec<String>> {
    match guarded(|| runner(request, None)) {
        Ok(Ok(outcome)) => Ok(outcome.findings),
        Ok(Err(error)) => Err(vec![error.to_string()]),
        Err(panics) => Err(panics),
    }
}

/// How two runs of one seed differ, and from which event on.
fn parted(runner: Runner, request: &RunRequest, one: &Findings, other: &Findings) -> String {
    if one.digest == other.digest {
        return "two runs of this seed have one event log and different findings".to_owned();
    }
    let digests = format!(
        "two runs of this seed differ: digest {} after {} events, digest {} after {} events",
        one.digest, one.events, other.digest, other.events
    );
    match first_difference(runner, request) {
        Some(difference) => format!("{digests}\n{difference}"),
        None => format!("{digests}\n(two more runs, compared event by event, did not)"),
    }
}
