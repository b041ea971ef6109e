//! `syncsim run`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use super::args::RunArgs;
use super::execute::{Runner, execute};
use super::load::load_all;
use super::plan::{Job, Planned, jobs, plan};
use super::session::{Session, SessionError};
use super::{CommandError, say};
use crate::check::Verdict;
use crate::jobs::{Step, default_workers, in_order};
use crate::report::folder::Folder;
use crate::report::human::Layout;
use crate::report::junit::JUnit;
use crate::report::progress::Progress;
use crate::report::tally::Tally;
use crate::wall::Stopwatch;

/// Runs what the arguments ask for and writes results to `out`.
///
/// # Errors
/// When nothing could be run, or when results could not be handed over.
pub(super) fn run(
    args: &RunArgs,
    runner: Runner,
    out: &mut dyn Write,
) -> Result<Verdict, CommandError> {
    let (planned, left_out) = plan(args, load_all(&args.paths)?)?;
    for found in left_out {
        say(&format!("note: {}: left out, not for this world\n", found.path.display()));
    }
    carry_out(args, &planned, runner, out)
}

/// Runs what has been planned.
fn carry_out(
    args: &RunArgs,
    planned: &[Planned],
    runner: Runner,
    out: &mut dyn Write,
) -> Result<Verdict, CommandError> {
    let jobs = jobs(planned);
    let workers = args.jobs.unwrap_or_else(default_workers).min(at_least_one(jobs.len()));
    let mut session = Session {
        out,
        format: args.format,
        layout: layout(planned),
        folder: args.out.as_deref().map(Folder::create).transpose().map_err(SessionError::from)?,
        progress: Progress::new(jobs.len()),
        tally: Tally::default(),
        junit: JUnit::default(),
        under_way: Vec::new(),
    };
    let watch = Stopwatch::start();
    let result = all(&jobs, workers, runner, args.verify_determinism, &mut session)
        .and_then(|()| Ok(session.finish(watch.spent().wall, workers)?));
    match result {
        // Whoever read the results has seen enough; that is no mistake of anybody's.
        Err(CommandError::Session(SessionError::Out(error)))
            if error.kind() == io::ErrorKind::BrokenPipe =>
        {
            Ok(session.tally.verdict())
        }
        Err(error) => Err(error),
        Ok(()) => Ok(session.tally.verdict()),
    }
}

fn at_least_one(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN)
}

fn layout(planned: &[Planned]) -> Layout {
    let mut layout = Layout::default();
    for one in planned {
        layout.make_room(&one.found.name, &one.seeds, &one.variants);
    }
    layout
}

/// Does all jobs and hands their results to the session, in order.
fn all(
    jobs: &[Job],
    workers: NonZeroUsize,
    runner: Runner,
    twice: bool,
    session: &mut Session,
) -> Result<(), CommandError> {
    let mut problem = None;
    in_order(
        jobs,
        workers,
        |job| execute(job, runner, twice),
        |step| {
            let told = match step {
                Step::Started(place) => {
                    session.progress.started(jobs[place].planned.found.name.clone());
                    Ok(())
                }
                Step::Done(place, view) => {
                    let next = jobs.get(place + 1);
                    let last = next.is_none_or(|next| next.place != jobs[place].place);
                    let told = session.run_done(view);
                    if last { told.and_then(|()| session.scenario_done()) } else { told }
                }
            };
            match told {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    problem = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    )
    .map_err(CommandError::Threads)?;
    problem.map_or(Ok(()), |error| Err(error.into()))
}

#[cfg(test)]
mod tests;
