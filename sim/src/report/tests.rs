//! What reports look like, held fast.

use std::time::Duration;

use anstream::adapter::strip_str;

use super::human::{Layout, summary};
use super::json;
use super::junit::JUnit;
use super::tally::Tally;
use super::view::{
    BlameView, BreachView, CyclesView, ExpectationView, InvariantView, RunView, SometimesView,
    StoryView,
};
use crate::check::{Totals, Verdict};
use crate::time::SimTime;
use crate::wall::Spent;

fn passed(scenario: &str, seed: u64, variant: Option<u64>) -> RunView {
    RunView {
        scenario: scenario.to_owned(),
        path: format!("scenarios/fast/{scenario}.toml"),
        seed,
        world: "virtual",
        verdict: Verdict::Pass,
        digest: Some(format!("9f31c2d4{:08x}", seed * 0x0101)),
        simulated: Duration::from_mins(122),
        spent: Spent { wall: Duration::from_millis(120), cpu: Duration::from_millis(101) },
        events: 12_345,
        cycles: CyclesView { incoming: 1_200, outgoing: 1_100, act: 300 },
        expectations: vec![ExpectationView {
            name: "next run shift".to_owned(),
            verdict: Verdict::Pass,
            observed: "min 5m, max 5m21s".to_owned(),
            bound: "min >= 5m, max <= 5m30s".to_owned(),
            metric: "schedule.gap",
            samples: 412,
        }],
        ledger: Totals { items: 2_001, settled: 2_000, unknown: 1, ..Totals::default() },
        variant,
        expected_verdict: Verdict::Pass,
        repro: format!("syncsim run scenarios/fast/{scenario}.toml --seed {seed} --world virtual"),
        source: "5ce7a210000000ff".to_owned(),
        invariants: vec![InvariantView { name: "no_loss", breach: None }],
        sometimes: vec![SometimesView {
            name: "smtp.greylisted".to_owned(),
            seen: 12,
            first: Some(SimTime(60_040)),
        }],
        blame: vec![],
        slowest: vec![],
        summary: None,
        notes: vec![],
    }
}

fn failed(scenario: &str, seed: u64) -> RunView {
    let mut run = passed(scenario, seed, None);
    run.verdict = Verdict::Fail;
    run.expectations.push(ExpectationView {
        name: "backlog drained".to_owned(),
        verdict: Verdict::Fail,
        observed: "drained 47m".to_owned(),
        bound: "drained <= 30m".to_owned(),
        metric: "backlog.pending_send",
        samples: 4_000,
    });
    run.invariants.push(InvariantView {
        name: "never_before_back_off",
        breach: Some(BreachView {
            at: SimTime(3_723_004),
            mailbox: Some("ex-17".to_owned()),
            server: Some("smtp".to_owned()),
            what: "a request 12.004s before the back-off ended".to_owned(),
        }),
    });
    run.sometimes.push(SometimesView { name: "pop.in_use".to_owned(), seen: 0, first: None });
    run.blame = vec![BlameView {
        group: "ex".to_owned(),
        workload: "outgoing",
        items: 1_998,
        shares: "back-off 83 %, schedule wait 17 %".to_owned(),
        spent_ms: [("back-off", 8_300), ("schedule wait", 1_700)].into_iter().collect(),
    }];
    run.slowest = vec![
        StoryView {
            item: Some(12),
            mailbox: "ex-17".to_owned(),
            workload: "outgoing",
            born: SimTime(3_600_000),
            settled: None,
            shares: "back-off 100 %".to_owned(),
        },
        StoryView {
            item: None,
            mailbox: "ex-17".to_owned(),
            workload: "outgoing",
            born: SimTime(3_600_000),
            settled: Some(SimTime(6_432_000)),
            shares: "back-off 83 %, schedule wait 17 %".to_owned(),
        },
    ];
    run.ledger = Totals { items: 2_001, settled: 1_998, lost: 1, pending: 2, ..run.ledger };
    run
}

/// One of each: seeds that all pass, variants, a failure among passes, a negative that does as
/// declared, one that does not, a bug.
fn everything() -> Vec<Vec<RunView>> {
    let quiet = (1..=3).map(|seed| passed("quiet-week", seed, None)).collect();
    let sweep = (1..=120).map(|n| passed("engine-crash-sweep", 1, Some(n))).collect();
    let mixed =
        vec![passed("bulk-send", 1, None), failed("bulk-send", 2), passed("bulk-send", 3, None)];
    let mut strict = failed("too-strict", 1);
    strict.expected_verdict = Verdict::Fail;
    let mut seen = passed("never-seen", 1, None);
    seen.expected_verdict = Verdict::Vacuous;
    let mut bug = passed("hostile-bytes", 18_446_744, None);
    bug.verdict = Verdict::Bug;
    bug.digest = None;
    bug.expectations.clear();
    bug.notes = vec!["panicked at wire/src/pop3.rs:12:5:\nindex out of bounds".to_owned()];
    vec![quiet, sweep, mixed, vec![strict], vec![seen], vec![bug]]
}

fn human(all: &[Vec<RunView>]) -> String {
    let (mut layout, mut tally, mut text) = (Layout::default(), Tally::default(), String::new());
    for runs in all {
        let seeds: Vec<u64> = runs.iter().map(|run| run.seed).collect();
        let variants: Vec<u64> = runs.iter().filter_map(|run| run.variant).collect();
        layout.make_room(&runs[0].scenario, &seeds, &variants);
    }
    for runs in all {
        text += &layout.scenario(runs);
        tally.add(runs);
    }
    text + &summary(&tally, Duration::from_millis(8_125), 2)
}

#[test]
fn human_in_a_pipe() {
    insta::assert_snapshot!(strip_str(&human(&everything())).to_string());
}

#[test]
fn human_on_a_terminal() {
    let text = human(&everything()[2..5]);
    insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn many_failures_of_one_scenario_are_counted_and_not_all_explained() {
    let mut runs: Vec<_> = (1..=9).map(|seed| failed("bulk-send", seed)).collect();
    let text = strip_str(&human(std::slice::from_ref(&runs))).to_string();
    assert_eq!(text.matches("repro ").count(), 5, "{text}");
    assert!(text.contains("\nFAIL     4 more: seeds 6..9\n"), "{text}");

    for (run, variant) in runs.iter_mut().zip(1..) {
        (run.seed, run.variant) = (1, Some(variant));
    }
    runs[8].verdict = Verdict::Stuck;
    let text = strip_str(&human(&[runs])).to_string();
    assert!(text.contains("STUCK    1 more: seed 1 variants 9\n"), "{text}");
    assert!(text.contains("FAIL     3 more: seed 1 variants 6..8\n"), "{text}");
}

#[test]
fn json_is_one_line_for_each_run() {
    let line = json::line(&failed("bulk-send", 2)).unwrap();
    assert_eq!(line.find('\n'), Some(line.len() - 1));
    insta::assert_snapshot!(json::pretty(&failed("bulk-send", 2)).unwrap());
}

#[test]
fn junit_has_a_suite_for_each_scenario_and_a_case_for_each_check() {
    let all = everything();
    let mut junit = JUnit::default();
    for runs in &all[2..] {
        junit.add(runs);
    }
    insta::assert_snapshot!(junit.to_xml().unwrap());
}

#[test]
fn the_worst_run_decides_and_a_negative_must_do_as_declared() {
    use Verdict::{Bug, Fail, NotDeterministic, Pass, Stuck, Vacuous};

    let code = |runs: &[RunView]| {
        let mut tally = Tally::default();
        tally.add(runs);
        tally.verdict().exit_code()
    };
    let ended = |verdict, expected_verdict| {
        let mut run = passed("x", 1, None);
        (run.verdict, run.expected_verdict) = (verdict, expected_verdict);
        run
    };
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&[ended(Pass, Pass), ended(Fail, Fail), ended(Stuck, Stuck)]), 0);
    assert_eq!(code(&[ended(Pass, Pass), ended(Vacuous, Pass)]), 2);
    assert_eq!(code(&[ended(Stuck, Pass), ended(Vacuous, Pass)]), 3);
    assert_eq!(code(&[ended(Stuck, Pass), ended(Fail, Pass)]), 1);
    assert_eq!(code(&[ended(NotDeterministic, Pass), ended(Fail, Pass)]), 4);
    assert_eq!(code(&[ended(NotDeterministic, Fail), ended(Bug, Pass)]), 70);
    // Not as declared is a failure, even when nothing failed.
    assert_eq!(code(&[ended(Pass, Stuck)]), 1);
    assert_eq!(code(&[ended(Vacuous, Stuck)]), 1);
    assert_eq!(code(&[ended(Bug, Fail)]), 70);
}
