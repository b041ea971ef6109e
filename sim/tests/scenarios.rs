//! The scenarios as tests: every fast one twice with one digest, every fast one in both worlds with
//! one verdict, and the schema that editors use as the types have it.

#![expect(clippy::expect_used, reason = "a test that cannot go on may say so and stop")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncsim::check::Verdict;
use syncsim::run::{RunOutcome, RunRequest, run};
use syncsim::scenario::{Scenario, WorldKind, json_schema, load, render};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Every fast scenario with its name.
fn fast() -> Vec<(String, Arc<Scenario>)> {
    let loaded = load(&scenarios().join("fast"))
        .unwrap_or_else(|mistakes| panic!("{}", render(&mistakes, false)));
    let name = |path: &Path| path.file_stem().expect("a file name").to_string_lossy().into_owned();
    loaded.into_iter().map(|one| (name(&one.path), Arc::new(one.scenario))).collect()
}

/// The variants to run: all of a crash sweep would take minutes in turmoil, so one in `step`.
fn variants(scenario: &Scenario, step: usize) -> Vec<Option<u64>> {
    match scenario.crash_steps() {
        Some(steps) => steps.step_by(step).map(Some).collect(),
        None => vec![None],
    }
}

fn outcome(scenario: &Arc<Scenario>, world: WorldKind, variant: Option<u64>) -> RunOutcome {
    let request = RunRequest { scenario: Arc::clone(scenario), seed: 1, world, variant };
    run(&request).expect("the world can be set up")
}

#[test]
fn every_fast_scenario_has_one_digest_for_one_seed() {
    for (name, scenario) in fast() {
        for variant in variants(&scenario, 10) {
            let once = outcome(&scenario, WorldKind::Virtual, variant).findings;
            let again = outcome(&scenario, WorldKind::Virtual, variant).findings;
            assert_eq!(once.digest, again.digest, "{name} {variant:?}");
            assert_eq!(once.verdict, Verdict::Pass, "{name} {variant:?}");
        }
    }
}

#[test]
fn turmoil_repeats_itself_too() {
    // The second has connections at a cut and processes that die with several of them.
    let both = ["gmail-window", "exchange-streaming-subscription-lost"];
    for (name, scenario) in fast().into_iter().filter(|(name, _)| both.contains(&&**name)) {
        let digest = || outcome(&scenario, WorldKind::Turmoil, None).findings.digest;
        assert_eq!(digest(), digest(), "{name}");
    }
}

/// Both halves of [`fast`] run beside each other, because turmoil ticks through idle time.
fn both_worlds_agree(half: usize) {
    let both = [WorldKind::Virtual, WorldKind::Turmoil];
    let all = fast().into_iter().enumerate().filter(|(place, _)| place % 2 == half);
    let mut compared = 0;
    for (_, (name, scenario)) in all {
        if both.iter().any(|world| !scenario.run.worlds.contains(world)) {
            continue; // It says why in its file.
        }
        for variant in variants(&scenario, 30) {
            let [ours, theirs] = both.map(|world| outcome(&scenario, world, variant).findings);
            assert_eq!(ours.verdict, theirs.verdict, "{name} {variant:?}: {:?}", theirs.breaches);
            assert_eq!(ours.ledger.items, theirs.ledger.items, "{name} {variant:?}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} runs were compared");
}

#[test]
fn every_fast_scenario_has_one_verdict_in_both_worlds_first_half() {
    both_worlds_agree(0);
}

#[test]
fn every_fast_scenario_has_one_verdict_in_both_worlds_second_half() {
    both_worlds_agree(1);
}

#[test]
fn the_schema_for_editors_is_that_of_the_types() {
    let path = scenarios().join("scenario.schema.json");
    let kept = std::fs::read_to_string(path).expect("the schema is in the repository");
    let made = format!("{:#}\n", json_schema());
    assert!(kept == made, "out of date: `just schema` writes it anew");
}

#[test]
fn every_scenario_of_the_repository_is_accepted() {
    let all = load(&scenarios()).unwrap_or_else(|mistakes| panic!("{}", render(&mistakes, false)));
    assert!(all.len() >= 20, "{} scenarios", all.len());
    for one in all {
        assert!(!one.scenario.why.trim().is_empty(), "{}", one.path.display());
    }
}
