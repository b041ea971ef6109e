//! Results for CI servers: JUnit XML with a suite for each scenario and a case for each check of
//! each run, so that a server's history of a case is the history of one check.

use anstream::adapter::strip_str;
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::human::explain;
use super::view::RunView;
use crate::check::Verdict;

/// A report in the making.
#[derive(Debug)]
pub struct JUnit(Report);

impl Default for JUnit {
    fn default() -> Self {
        Self(Report::new("syncsim"))
    }
}

impl JUnit {
    /// Adds all runs of one scenario as a suite.
    pub fn add(&mut self, runs: &[RunView]) {
        let Some(first) = runs.first() else { return };
        let mut suite = TestSuite::new(first.scenario.as_str());
        suite.set_time(runs.iter().map(|run| run.spent.wall).sum());
        for run in runs {
            suite.add_test_cases(cases(run));
        }
        self.0.add_test_suite(suite);
    }

    /// The XML.
    ///
    /// # Errors
    /// When the XML writer fails, which in memory it does not.
    pub fn to_xml(&self) -> Result<String, SerializeError> {
        self.0.to_string()
    }
}

/// The cases of one run: one for the run itself, which carries its time and its explanation, and
/// one for each check.
fn cases(run: &RunView) -> Vec<TestCase> {
    let class = format!("{} [{}, {}]", run.scenario, run.which(), run.world);
    let case = |name: &str, status: TestCaseStatus| {
        let mut case = TestCase::new(name, status);
        case.set_classname(class.as_str());
        case.set_system_out(format!("seed {}\nrepro: {}", run.seed, run.repro));
        case
    };
    let mut cases = vec![case("verdict", run_status(run))];
    cases[0].set_time(run.spent.wall);
    for expectation in &run.expectations {
        let what = format!("{}, expected {}", expectation.observed, expectation.bound);
        cases.push(case(&expectation.name, status(run, expectation.verdict, "expectation", &what)));
    }
    for invariant in &run.invariants {
        let (verdict, what) = match &invariant.breach {
            None => (Verdict::Pass, String::new()),
            Some(breach) => (Verdict::Fail, breach.to_string()),
        };
        cases.push(case(invariant.name, status(run, verdict, "invariant", &what)));
    }
    for sometimes in &run.sometimes {
        let verdict = if sometimes.seen == 0 { Verdict::Vacuous } else { Verdict::Pass };
        cases.push(case(&sometimes.name, status(run, verdict, "sometimes", "never seen")));
    }
    cases
}

fn run_status(run: &RunView) -> TestCaseStatus {
    if run.as_declared() {
        return TestCaseStatus::success();
    }
    let kind = match run.verdict {
        Verdict::Bug => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let mut text = String::new();
    explain(&mut text, run);
    status
        .set_type(run.counts_as().name())
        .set_message(format!("{}, declared {}", run.verdict.name(), run.expected_verdict.name()))
        .set_description(strip_str(&text).to_string());
    status
}

/// A check that did not hold is a failure, unless the scenario declares a bad end and got it.
fn status(run: &RunView, verdict: Verdict, kind: &str, what: &str) -> TestCaseStatus {
    if verdict == Verdict::Pass || run.as_declared() {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(what);
    status
}
