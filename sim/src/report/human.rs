//! Results for people: a line for each scenario, failures explained underneath, a summary. All
//! text is made here with its colours in it; the stream it is written to takes them out again
//! where nobody would see them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::tally::Tally;
use super::units::{count, counted, duration, ranges, seconds, speed_up};
use super::view::{RunView, StoryView};
use crate::check::Verdict;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const ODD: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Where the explanations of a line begin: below its second column.
const INDENT: &str = "         ";

/// So many failed runs of one scenario are explained; of the others only which they are.
const EXPLAINED: usize = 5;

/// So many groups are blamed and so many slow items are told of under a failed run.
const TOLD: usize = 3;

/// The widths of the columns that depend on what is run. They are known before the first result
/// is, so that lines can be printed as results come and still be aligned.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    name: usize,
    runs: usize,
}

impl Layout {
    /// Makes room for a scenario and what it is run with.
    pub fn make_room(&mut self, scenario: &str, seeds: &[u64], variants: &[u64]) {
        self.name = self.name.max(scenario.chars().count());
        self.runs = self.runs.max(which_runs(seeds, variants).len());
        // Should a single run fail, it gets its own line.
        let seed = seeds.iter().max().map_or(0, |seed| seed.to_string().len());
        let variant = variants.iter().max().map_or(0, |n| format!(" variant {n}").len());
        self.runs = self.runs.max("seed ".len() + seed + variant);
    }

    /// All runs of one scenario: those that went well in one line, each other one with its
    /// explanation.
    #[must_use]
    pub fn scenario(&self, runs: &[RunView]) -> String {
        let mut text = String::new();
        let (well, badly): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.as_declared());
        if let Some(first) = well.first() {
            self.line(&mut text, first, &well);
        }
        for run in badly.iter().take(EXPLAINED) {
            self.line(&mut text, run, &[run]);
            explain(&mut text, run);
        }
        for (verdict, rest) in by_verdict(badly.get(EXPLAINED..).unwrap_or_default()) {
            let (style, word) = verdict_word(verdict);
            let which = listed(&rest);
            let _ = writeln!(text, "{style}{word:<7}{style:#}  {} more: {which}", rest.len());
        }
        text
    }

    /// One run in full, however it ended.
    #[must_use]
    pub fn in_full(&self, run: &RunView) -> String {
        let mut text = String::new();
        self.line(&mut text, run, &[run]);
        explain(&mut text, run);
        text
    }

    /// One line for runs that ended alike.
    fn line(&self, text: &mut String, first: &RunView, runs: &[&RunView]) {
        let (style, word) = verdict_word(first.counts_as());
        let seeds: Vec<u64> = runs.iter().map(|run| run.seed).collect();
        let variants: Vec<u64> = runs.iter().filter_map(|run| run.variant).collect();
        let which = which_runs(&seeds, &variants);
        let simulated: Duration = runs.iter().map(|run| run.simulated).sum();
        let wall = runs.iter().map(|run| run.spent.wall).sum();
        let events = count(runs.iter().map(|run| run.events).sum());
        let mut line = format!(
            "{style}{word:<8}{style:#} {:<name$}  {:<7}  {which:<width$}  {:>6} in {:>7}  {:>12}  \
             {events:>11} events",
            first.scenario,
            first.world,
            duration(simulated),
            seconds(wall),
            speed_up(simulated, wall),
            name = self.name,
            width = self.runs,
        );
        if let ([_], Some(digest)) = (runs, &first.digest) {
            let _ = write!(line, "  {DIM}{}{DIM:#}", digest.get(..8).unwrap_or(digest));
        }
        if first.as_declared() && first.verdict != Verdict::Pass {
            let _ = write!(line, "  {DIM}{}{DIM:#}", as_declared(first.verdict));
        }
        let _ = writeln!(text, "{line}");
    }
}

/// `seed 1`, `seeds 1..3`, `120 variants`, `seeds 1..3 x 120 variants`.
fn which_runs(seeds: &[u64], variants: &[u64]) -> String {
    let (seeds, variants) = (distinct(seeds), distinct(variants));
    let of_seeds = match seeds.as_slice() {
        [one] => format!("seed {one}"),
        several => format!("seeds {}", ranges(several)),
    };
    match (variants.as_slice(), seeds.len()) {
        ([], _) => of_seeds,
        ([one], _) => format!("{of_seeds} variant {one}"),
        (several, 1) => format!("{} variants", several.len()),
        (several, _) => format!("{of_seeds} x {} variants", several.len()),
    }
}

fn distinct(numbers: &[u64]) -> Vec<u64> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn by_verdict<'a>(runs: &[&'a RunView]) -> BTreeMap<Verdict, Vec<&'a RunView>> {
    let mut sorted: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for run in runs {
        sorted.entry(run.counts_as()).or_default().push(*run);
    }
    sorted
}

/// Every single run, in few words: `seeds 6..9`, `seed 1 variants 6..90, seed 2 variants 1..90`.
fn listed(runs: &[&RunView]) -> String {
    let mut variants: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for run in runs {
        variants.entry(run.seed).or_default().extend(run.variant);
    }
    if variants.values().all(Vec::is_empty) {
        let seeds: Vec<u64> = variants.into_keys().collect();
        return format!("seeds {}", ranges(&seeds));
    }
    let of_seed = |(seed, variants): (u64, Vec<u64>)| {
        format!("seed {seed} variants {}", ranges(&distinct(&variants)))
    };
    variants.into_iter().map(of_seed).collect::<Vec<_>>().join(", ")
}

fn verdict_word(verdict: Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Pass => (GOOD, "ok"),
        Verdict::Vacuous => (ODD, "VACUOUS"),
        Verdict::Fail => (BAD, "FAIL"),
        Verdict::Stuck => (BAD, "STUCK"),
        Verdict::NotDeterministic => (BAD, "DIFFERS"),
        Verdict::Invalid => (BAD, "INVALID"),
        Verdict::Bug => (BAD, "BUG"),
    }
}

/// What is said of a negative scenario that did what it is there for.
pub(super) const fn as_declared(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passes as declared",
        Verdict::Vacuous => "vacuous as declared",
        Verdict::Fail => "fails as declared",
        Verdict::Stuck => "stuck as declared",
        Verdict::NotDeterministic => "not deterministic as declared",
        Verdict::Invalid => "invalid as declared",
        Verdict::Bug => "a bug as declared",
    }
}

/// Why a run did not end as it should, and how to see that again.
pub(super) fn explain(text: &mut String, run: &RunView) {
    let findings = findings(run);
    let width = findings.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or(0);
    if !run.as_declared() && run.expected_verdict != Verdict::Pass {
        let (ended, declared) = (run.verdict.name(), run.expected_verdict.name());
        let _ = writeln!(text, "{INDENT}{BAD}ended{BAD:#}    {ended}, declared {declared}");
    }
    for (verdict, name, what) in findings {
        let (style, word) = match verdict {
            Verdict::Pass => (DIM, "ok"),
            Verdict::Vacuous => (ODD, "VACUOUS"),
            _ => (BAD, "FAIL"),
        };
        let _ = writeln!(text, "{INDENT}{style}{word:<7}{style:#}  {name:<width$}  {what}");
    }
    for note in &run.notes {
        let _ = writeln!(text, "{INDENT}{DIM}note{DIM:#}     {}", indented(note));
    }
    for part in run.blame.iter().take(TOLD) {
        let what = format!("{} {}: {}", part.group, part.workload, part.shares);
        let _ = writeln!(text, "{INDENT}{DIM}blame{DIM:#}    {what}");
    }
    for story in run.slowest.iter().take(TOLD) {
        let _ = writeln!(text, "{INDENT}{DIM}slowest{DIM:#}  {}", told(story));
    }
    let _ = writeln!(text, "{INDENT}{DIM}repro{DIM:#}    {}", run.repro);
}

/// `pop-17 outgoing, item 12: 47m12s from 01:00:00.000, back-off 83 %, link 17 %`
fn told(story: &StoryView) -> String {
    let item = story.item.map(|item| format!(", item {item}")).unwrap_or_default();
    let took = match story.settled {
        Some(settled) => duration(settled.since(story.born)),
        None => "pending".to_owned(),
    };
    let (mailbox, workload) = (&story.mailbox, story.workload);
    format!("{mailbox} {workload}{item}: {took} from {}, {}", story.born, story.shares)
}

/// Further lines of a note stand under its first.
fn indented(note: &str) -> String {
    note.trim_end().replace('\n', &format!("\n{INDENT}         "))
}

/// All expectations, the invariants that broke and what was never seen: verdict, name, what.
fn findings(run: &RunView) -> Vec<(Verdict, &str, String)> {
    let mut all = Vec::new();
    for invariant in &run.invariants {
        if let Some(breach) = &invariant.breach {
            all.push((Verdict::Fail, invariant.name, breach.to_string()));
        }
    }
    for expectation in &run.expectations {
        let what = match expectation.verdict {
            Verdict::Pass => expectation.observed.clone(),
            _ => format!("{}, expected {}", expectation.observed, expectation.bound),
        };
        all.push((expectation.verdict, expectation.name.as_str(), what));
    }
    for sometimes in run.sometimes.iter().filter(|sometimes| sometimes.seen == 0) {
        all.push((Verdict::Vacuous, sometimes.name.as_str(), "never seen".to_owned()));
    }
    all
}

/// What all runs come to.
#[must_use]
pub fn summary(tally: &Tally, wall: Duration, workers: usize) -> String {
    let mut text = String::from("\n");
    let parts: Vec<String> = tally
        .outcomes()
        .map(|(outcome, n)| {
            let style = if outcome.is_well() { GOOD } else { BAD };
            format!("{style}{} {}{style:#}", count(n), outcome.words())
        })
        .collect();
    let _ = writeln!(
        text,
        "{} of {}: {}",
        counted(tally.runs, "run"),
        counted(tally.scenarios, "scenario"),
        parts.join(", ")
    );
    let cycles = tally.cycles;
    let _ = writeln!(
        text,
        "{DIM}cycles   {DIM:#}{} ({} incoming, {} outgoing, {} act)",
        count(cycles.incoming + cycles.outgoing + cycles.act),
        count(cycles.incoming),
        count(cycles.outgoing),
        count(cycles.act)
    );
    let items = tally.items;
    let taken = match items.taken_away {
        0 => String::new(),
        taken => format!(" {} taken away,", count(taken)),
    };
    let _ = writeln!(
        text,
        "{DIM}items    {DIM:#}{} ({} settled, {} failed or set aside,{taken} {} pending, {} lost; \
         {} duplicated, {} unknown)",
        count(items.items),
        count(items.settled),
        count(items.failed + items.set_aside),
        count(items.pending),
        count(items.lost),
        count(items.duplicated),
        count(items.unknown)
    );
    if let Some(beside) = tally.beside {
        let _ = writeln!(
            text,
            "{DIM}beside   {DIM:#}{} watching ({} told of, {} found by listing, {} lost \
             subscriptions or connections)",
            counted(beside.clients, "client"),
            count(beside.notified),
            count(beside.caught_up),
            count(beside.lost)
        );
    }
    let _ = writeln!(
        text,
        "{DIM}time     {DIM:#}{} simulated in {}, {} of CPU on {}: {}",
        duration(tally.simulated),
        seconds(wall),
        seconds(tally.cpu),
        counted(workers as u64, "core"),
        speed_up(tally.simulated, wall)
    );
    text
}
