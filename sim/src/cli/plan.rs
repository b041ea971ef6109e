//! Which runs a command asks for: each scenario with each of its seeds and variants.

use std::sync::Arc;

use super::args::RunArgs;
use super::load::Found;
use crate::scenario::{Scenario, WorldKind};

/// The most runs of one command, so that a slip of the finger is refused and not begun.
pub(super) const MOST_RUNS: u64 = 100_000;

/// One scenario and what it is to be run with.
#[derive(Debug)]
pub(super) struct Planned {
    /// Its file and name.
    pub(super) found: Found,
    /// What is in the file.
    pub(super) scenario: Arc<Scenario>,
    /// In which world.
    pub(super) world: WorldKind,
    /// With which seeds; at least one.
    pub(super) seeds: Vec<u64>,
    /// Which steps of its crash sweep; empty when it has none.
    pub(super) variants: Vec<u64>,
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'a> {
    /// Of what.
    pub(super) planned: &'a Planned,
    /// Which of the scenarios that is.
    pub(super) place: usize,
    /// With which seed.
    pub(super) seed: u64,
    /// Which variant, when there are several.
    pub(super) variant: Option<u64>,
}

/// Why a command asks for something that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PlanError {
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
pub(super) fn plan(
    args: &RunArgs,
    scenarios: Vec<(Found, Arc<Scenario>)>,
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
pub(super) fn jobs(planned: &[Planned]) -> Vec<Job<'_>> {
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
    pub(super) fn repro(&self) -> String {
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::cli::testing::{run_args, scenario};
    use crate::scenario::Meant;

    fn planned(more: &[&str]) -> Result<(Vec<Planned>, Vec<Found>), PlanError> {
        let found = Found { path: PathBuf::from("a b.toml"), name: "a b".to_owned(), source: 7 };
        plan(&run_args(more), vec![(found, Arc::new(scenario(Meant::Pass, &[1, 2])))])
    }

    #[test]
    fn seeds_come_from_the_scenario_unless_asked_for() {
        let seeds = |more: &[&str]| planned(more).unwrap().0[0].seeds.clone();
        assert_eq!(seeds(&[]), [1, 2]);
        assert_eq!(seeds(&["--seed", "9"]), [9]);
        assert_eq!(seeds(&["--seeds", "7..9"]), [7, 8, 9]);
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let told = |more: &[&str]| planned(more).unwrap_err().to_string();
        let none = "a b: there is no variant 3; this scenario has none";
        assert_eq!(told(&["--variant", "3"]), none);
        assert_eq!(told(&["--world", "turmoil"]), "no scenario given may run in the turmoil world");
    }

    #[test]
    fn a_sweep_is_one_run_for_each_step_and_seed_and_each_can_be_repeated() {
        let mut planned = planned(&[]).unwrap().0;
        planned[0].variants = vec![5, 6];
        let repros: Vec<_> = jobs(&planned).iter().map(Job::repro).collect();
        let run = |seed, variant| {
            format!("syncsim run 'a b.toml' --seed {seed} --world virtual --variant {variant}")
        };
        assert_eq!(repros, [run(1, 5), run(1, 6), run(2, 5), run(2, 6)]);
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        let seen = ["a/b-c.toml", "a b", "it's", "", "$x"].map(quoted);
        assert_eq!(seen, ["a/b-c.toml", "'a b'", r"'it'\''s'", "''", "'$x'"]);
    }
}
