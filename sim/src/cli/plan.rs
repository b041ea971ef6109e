//! Which runs a command asks for: each scenario with each of its seeds and variants.

use super::args::RunArgs;
use super::files::Found;
use crate::scenario::{Scenario, WorldKind};

/// The most runs of one command, so that a slip of the finger is refused and not begun.
pub const MOST_RUNS: u64 = 1_000_000;

/// One scenario and what it is to be run with.
#[derive(Debug)]
pub struct Planned {
    /// Its file and name.
    pub found: Found,
    /// What is in the file.
    pub scenario: Scenario,
    /// In which world.
    pub world: WorldKind,
    /// With which seeds; at least one.
    pub seeds: Vec<u64>,
    /// Which steps of its crash sweep; empty when it has none.
    pub variants: Vec<u64>,
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Of what.
    pub planned: &'a Planned,
    /// Which of the scenarios that is.
    pub place: usize,
    /// With which seed.
    pub seed: u64,
    /// Which variant, when there are several.
    pub variant: Option<u64>,
}

/// Why a command asks for something that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// `--variant` where nothing varies, or too large a one.
    #[error("{scenario}: there is no variant {variant}; {}", match .last {
        None => "this scenario has none".to_owned(),
        Some((first, last)) => format!("there are {first} to {last}"),
    })]
    NoVariant {
        /// Of which scenario.
        scenario: String,
        /// The one asked for.
        variant: u64,
        /// The first and the last there is.
        last: Option<(u64, u64)>,
    },
    /// `--world` is in no scenario's list.
    #[error("no scenario given may run in the {} world", .0.name())]
    NoneInWorld(WorldKind),
    /// More than [`MOST_RUNS`].
    #[error("{0} runs are more than the {MOST_RUNS} that one command may ask for")]
    TooMany(u64),
}

/// Plans all runs, in the order of the scenarios; also says which scenarios are left out because
/// they may not run in the world asked for.
///
/// # Errors
/// When something is asked for that is not there.
pub fn plan(
    args: &RunArgs,
    scenarios: Vec<(Found, Scenario)>,
) -> Result<(Vec<Planned>, Vec<Found>), PlanError> {
    let (mut planned, mut left_out) = (Vec::new(), Vec::new());
    for (found, scenario) in scenarios {
        let worlds = &scenario.run.worlds;
        let world = args.world.or_else(|| worlds.first().copied()).unwrap_or(WorldKind::Virtual);
        if !worlds.contains(&world) {
            left_out.push(found);
            continue;
        }
        let variants = variants(args, &found, &scenario)?;
        planned.push(Planned { world, seeds: seeds(args, &scenario), variants, found, scenario });
    }
    match args.world {
        Some(world) if planned.is_empty() => return Err(PlanError::NoneInWorld(world)),
        _ => {}
    }
    let runs = planned.iter().map(|one| (one.seeds.len() * one.variants.len().max(1)) as u64).sum();
    if runs > MOST_RUNS {
        return Err(PlanError::TooMany(runs));
    }
    Ok((planned, left_out))
}

fn seeds(args: &RunArgs, scenario: &Scenario) -> Vec<u64> {
    match (args.seed, &args.seeds) {
        (Some(seed), _) => vec![seed],
        (None, Some(seeds)) => seeds.0.clone().collect(),
        (None, None) => scenario.run.seeds.pinned.clone(),
    }
}

fn variants(args: &RunArgs, found: &Found, scenario: &Scenario) -> Result<Vec<u64>, PlanError> {
    let steps = scenario.crash_steps();
    let Some(wanted) = args.variant else { return Ok(steps.into_iter().flatten().collect()) };
    match steps {
        Some(steps) if steps.contains(&wanted) => Ok(vec![wanted]),
        steps => Err(PlanError::NoVariant {
            scenario: found.name.clone(),
            variant: wanted,
            last: steps.map(|steps| (*steps.start(), *steps.end())),
        }),
    }
}

/// The runs, in the order in which they are reported.
#[must_use]
pub fn jobs(planned: &[Planned]) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    for (place, planned) in planned.iter().enumerate() {
        for &seed in &planned.seeds {
            let job = |variant| Job { planned, place, seed, variant };
            if planned.variants.is_empty() {
                jobs.push(job(None));
            }
            jobs.extend(planned.variants.iter().map(|&variant| job(Some(variant))));
        }
    }
    jobs
}

impl Job<'_> {
    /// The command that does this run again and no other.
    #[must_use]
    pub fn repro(&self) -> String {
        let path = quoted(&self.planned.found.path.to_string_lossy());
        let variant = self.variant.map(|n| format!(" --variant {n}")).unwrap_or_default();
        let world = self.planned.world.name();
        format!("syncsim run {path} --seed {} --world {world}{variant}", self.seed)
    }
}

/// A word as a POSIX shell takes it (XCU 2.2): quoted unless all of it is harmless.
fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
