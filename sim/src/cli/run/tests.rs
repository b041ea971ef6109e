use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::cli::guard;
use crate::cli::testing::{findings, planned, run_args};
use crate::log::{Entry, Fold, WorldEvent};
use crate::run::{RunError, RunOutcome, RunRequest};
use crate::scenario::Meant;
use crate::time::SimTime;
use crate::world::Ending;

type Witness = Option<Box<dyn Fold>>;

/// Ends as the scenario's seed says: 1 passes, 2 fails, 3 is stuck, 4 panics.
#[allow(clippy::unnecessary_wraps)] // A runner may fail.
fn by_seed(request: &RunRequest, _: Witness) -> Result<RunOutcome, RunError> {
    let (verdict, ending) = match request.seed {
        1 => (Verdict::Pass, Ending::Stopped),
        2 => (Verdict::Fail, Ending::Stopped),
        3 => (Verdict::Stuck, Ending::Deadline),
        seed => panic!("seed {seed} is unlucky"),
    };
    Ok(RunOutcome { findings: findings(verdict, request.seed), ending })
}

fn carried_out(args: &RunArgs, planned: &[Planned], runner: Runner) -> (Verdict, String) {
    guard::install();
    let mut out = Vec::new();
    let verdict = carry_out(args, planned, runner, &mut out).unwrap();
    (verdict, String::from_utf8(out).unwrap())
}

/// Wall and processor times and what follows from them, which differ from run to run.
fn timeless(text: &str) -> String {
    let line = |line: &str| match (line.find(" in "), line.find(" events")) {
        (Some(from), Some(to)) => format!("{}{}", &line[..from], &line[to..]),
        _ => line.to_owned(),
    };
    text.lines().filter(|line| !line.contains(" of CPU on ")).map(|l| line(l) + "\n").collect()
}

#[test]
fn results_come_in_order_and_the_worst_wins() {
    let all = [
        planned("good", Meant::Pass, &[1]),
        planned("several", Meant::Pass, &[1, 2, 3]),
        planned("negative", Meant::Stuck, &[3]),
    ];
    let (verdict, text) = carried_out(&run_args(&[]), &all, &by_seed);
    assert_eq!(verdict, Verdict::Fail);
    let text = anstream::adapter::strip_str(&text).to_string();
    insta::assert_snapshot!(timeless(&text));
}

#[test]
fn a_panic_is_that_runs_result_and_the_others_go_on() {
    let all = [planned("unlucky", Meant::Fail, &[4]), planned("good", Meant::Pass, &[1])];
    let (verdict, text) = carried_out(&run_args(&["--format", "json"]), &all, &by_seed);
    assert_eq!(verdict.exit_code(), 70);
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["verdict"], "bug");
    // A backtrace may follow, if the environment asks for one.
    let note = lines[0]["notes"][0].as_str().unwrap().lines().next().unwrap();
    assert!(note.contains("tests.rs") && note.ends_with("seed 4 is unlucky"), "{note}");
    assert_eq!(lines[0]["repro"], "syncsim run unlucky.toml --seed 4 --world virtual");
    assert_eq!(lines[1]["verdict"], "pass");
    assert_eq!(lines[1]["digest"], "0000000000000001");
}

#[test]
fn a_seed_with_two_outcomes_is_told_with_the_first_event_that_differs() {
    let runs = AtomicU64::new(0);
    let fickle = |_: &RunRequest, witness: Witness| {
        let nth = runs.fetch_add(1, Ordering::SeqCst);
        if let Some(mut witness) = witness {
            let event = |event| Entry::World { event };
            witness.see(SimTime(0), &event(WorldEvent::EngineStarted));
            witness.see(SimTime(40 + nth % 2), &event(WorldEvent::EngineCrashed));
        }
        Ok(RunOutcome { findings: findings(Verdict::Pass, nth), ending: Ending::Stopped })
    };
    let args = run_args(&["--format", "json", "--verify-determinism"]);
    let (verdict, text) = carried_out(&args, &[planned("fickle", Meant::Pass, &[1])], &fickle);
    assert_eq!(verdict.exit_code(), 4);
    let run: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(run["verdict"], "not_deterministic");
    let note = run["notes"][0].as_str().unwrap();
    assert!(note.contains("digest 0000000000000000 after 3 events"), "{note}");
    assert!(note.contains("they part after 1 equal events:"), "{note}");
    assert!(note.contains("00:00:00.040 {") && note.contains("00:00:00.041 {"), "{note}");
    assert!(run["repro"].as_str().unwrap().ends_with("--verify-determinism"));
}

#[test]
fn the_same_outcome_twice_is_deterministic() {
    let all = [planned("good", Meant::Pass, &[1])];
    let args = run_args(&["--format", "json", "--verify-determinism"]);
    assert_eq!(carried_out(&args, &all, &by_seed).0, Verdict::Pass);
}

#[test]
fn results_are_also_put_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/results");
    let args = run_args(&["--out", out.to_str().unwrap()]);
    carried_out(&args, &[planned("mixed", Meant::Pass, &[1, 2])], &by_seed);
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("results.jsonl").lines().count(), 2);
    assert!(read("junit.xml").contains("<testsuite name=\"mixed\""));
    let summary = read("mixed/seed-1-virtual/summary.txt");
    assert!(summary.starts_with("ok ") && summary.contains("repro"), "{summary}");
    assert!(read("mixed/seed-2-virtual/summary.txt").contains("repro"));
    let result: serde_json::Value =
        serde_json::from_str(&read("mixed/seed-2-virtual/result.json")).unwrap();
    assert_eq!(result["verdict"], "fail");
}

/// Takes nothing, for one of two reasons.
struct Full(io::ErrorKind);

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_is_no_mistake_but_a_full_disk_is() {
    let all = [planned("good", Meant::Pass, &[1])];
    let mut gone = Full(io::ErrorKind::BrokenPipe);
    assert_eq!(carry_out(&run_args(&[]), &all, &by_seed, &mut gone).unwrap(), Verdict::Pass);
    let mut full = Full(io::ErrorKind::StorageFull);
    let error = carry_out(&run_args(&[]), &all, &by_seed, &mut full).unwrap_err();
    assert!(error.to_string().starts_with("standard output: "), "{error}");
}
