//! The jury hears every entry once and holds every check of a run in the one order that is right:
//! the digest first, so that nothing is judged that is not in it; then those that keep state and
//! conclude; then those that only read the conclusions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::charge::Charge;
use super::drafts::Drafts;
use super::fact::Fact;
use super::findings::{Breach, Findings, Judgement, Seen};
use super::invariants::Invariants;
use super::lanes::Lanes;
use super::ledger::Ledger;
use super::metrics::Metrics;
use super::patience::Patience;
use super::roster::Roster;
use super::sometimes::Sometimes;
use super::stop::{Assassin, Ender};
use super::summary::Summarizer;
use super::tracking::Tracking;
use super::verdict::Verdict;
use super::watchers::Watchers;
use crate::log::{Digester, Entry, Fold, Wish};
use crate::time::SimTime;
use crate::world::Ending;

/// All checks of one run. Clones are the same jury: one goes into the log, one is kept to ask for
/// the findings.
#[derive(Clone)]
pub struct Jury(Arc<Mutex<Bench>>);

struct Bench {
    roster: Roster,
    digest: Digester,
    events: u64,
    lanes: Lanes,
    ledger: Ledger,
    watchers: Watchers,
    drafts: Drafts,
    patience: Patience,
    tracking: Tracking,
    invariants: Invariants,
    summarizer: Summarizer,
    metrics: Metrics,
    sometimes: Sometimes,
    ender: Ender,
    assassin: Assassin,
    breaches: Vec<Breach>,
    /// When it asked to stop. What comes after is not part of the run.
    stopped: Option<SimTime>,
    /// Kept from entry to entry for its room.
    facts: Vec<Fact>,
}

impl Jury {
    /// A jury for one run.
    #[must_use]
    pub fn new(charge: Charge) -> Self {
        let Charge { roster, always, sometimes, expectations, stop, crashes, tracking } = charge;
        Self(Arc::new(Mutex::new(Bench {
            digest: Digester::default(),
            events: 0,
            lanes: Lanes::new(&roster),
            ledger: Ledger::new(&roster),
            watchers: Watchers::new(&roster),
            drafts: Drafts::default(),
            patience: Patience::default(),
            tracking: Tracking::new(tracking, &roster.regardings),
            invariants: Invariants::new(always),
            summarizer: Summarizer::new(&roster),
            metrics: Metrics::new(expectations),
            sometimes: Sometimes::new(sometimes),
            ender: Ender::new(stop),
            assassin: Assassin::new(crashes),
            breaches: Vec::new(),
            stopped: None,
            facts: Vec::with_capacity(16),
            roster,
        })))
    }

    /// The moment at which the run will be over, as far as it is known by now: it can still move
    /// when new items come into being. A world that wakes then and records anything gets
    /// [`Wish::Stop`] in return; otherwise the next entry after it does.
    #[must_use]
    pub fn stop_at(&self) -> Option<SimTime> {
        self.bench().ender.stop_at()
    }

    /// Ends the run and says what was found. Items that are still pending are just that: nobody
    /// can tell whether they would have been lost.
    #[must_use]
    pub fn finish(&self, at: SimTime, ending: Ending) -> Findings {
        self.bench().finish(at, ending)
    }

    fn bench(&self) -> MutexGuard<'_, Bench> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fold for Jury {
    /// # Panics
    /// When an entry names a mailbox or a server that is not in the roster.
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        self.bench().see(at, entry)
    }
}

impl Bench {
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        if self.stopped.is_some() {
            return Wish::Stop;
        }
        self.events += 1;
        self.digest.see(at, entry);

        let Self { roster, facts, lanes, .. } = self;
        facts.clear();
        lanes.see(at, entry, roster, facts);
        self.ledger.see(at, entry, roster, lanes, facts);
        self.watchers.see(at, entry, roster, facts);
        self.drafts.see(entry, facts);
        self.patience.see(at, entry, roster, lanes, facts);
        self.tracking.see(entry, facts);

        self.invariants.see(at, facts, roster, &mut self.breaches);
        self.summarizer.see(entry, facts);
        self.metrics.see(at, entry, facts, roster);
        self.sometimes.see(at, entry);

        let mut wish = self.ender.see(at, facts).max(self.assassin.see(at, entry));
        if !self.breaches.is_empty() {
            wish = Wish::Stop;
        }
        if wish == Wish::Stop {
            self.stopped = Some(at);
        }
        wish
    }

    fn finish(&mut self, at: SimTime, ending: Ending) -> Findings {
        let ended = self.stopped.unwrap_or(at);
        let expectations = self.metrics.judge(ended);
        let sometimes = self.sometimes.seen();
        let crashes_missed = self.assassin.missed();
        let verdict = verdict(ending, &self.breaches, &expectations, &sometimes, crashes_missed);
        Findings {
            verdict,
            digest: self.digest.digest(),
            events: self.events,
            ended,
            cycles: self.lanes.cycles,
            ledger: self.ledger.totals(),
            blame: self.ledger.blame(),
            slowest: self.ledger.slowest(ended, &self.lanes),
            breaches: self.breaches.clone(),
            expectations,
            sometimes,
            crashes_missed,
            summary: self.summarizer.summary(self.lanes.cycles),
        }
    }
}

fn verdict(
    ending: Ending,
    breaches: &[Breach],
    expectations: &[Judgement],
    sometimes: &[Seen],
    crashes_missed: usize,
) -> Verdict {
    let ended = match ending {
        Ending::Stopped => Verdict::Pass,
        Ending::Deadline => Verdict::Stuck,
    };
    let broken = if breaches.is_empty() { Verdict::Pass } else { Verdict::Fail };
    let unseen = crashes_missed > 0 || sometimes.iter().any(|seen| seen.times == 0);
    let tested = if unseen { Verdict::Vacuous } else { Verdict::Pass };
    let judged = expectations.iter().map(|judgement| judgement.verdict);
    Verdict::worst(judged.chain([ended, broken, tested]))
}

#[cfg(test)]
mod tests {
    use sync_engine::Workload::{Incoming, Outgoing};
    use sync_engine::{Outcome, Priority};

    use super::*;
    use crate::check::charge::{CrashOrder, Probe};
    use crate::check::expectation::{Period, Statistic};
    use crate::check::filter::Filter;
    use crate::check::metric::Metric;
    use crate::check::sighting::Sighting;
    use crate::check::summary::{Schedule, Spread};
    use crate::check::testing::*;
    use crate::log::WorldEvent;

    #[test]
    fn a_run_that_shows_all_it_should_passes() {
        let mut charge = charge();
        charge.sometimes = vec![Probe {
            name: "engine.postponed".into(),
            sighting: Sighting::Ended(Outcome::Postponed),
        }];
        let gap = (Statistic::Max, None, Some(5_000));
        let filter = Filter { group: Some(0), ..Filter::default() };
        charge.expectations = vec![expect(Metric::ScheduleGap, filter, Period::WHOLE_RUN, gap)];
        let mut run = Run::new(charge);
        run.engine(started(1, 0, Incoming, 0));
        run.at(10).engine(ended_with(1, 0, Incoming, 5_010, Outcome::Postponed));
        run.at(5_010).engine(started(2, 0, Incoming, 5_010));
        let findings = run.findings();
        assert_eq!(findings.verdict, Verdict::Pass);
        assert_eq!((findings.events, findings.cycles), (3, [1, 0, 0]));
        let seen = &findings.sometimes[0];
        assert_eq!((seen.times, seen.first), (1, Some(SimTime(10))));
        assert_eq!(findings.expectations[0].observed(), "max 5s");
        assert_eq!(run.stuck().verdict, Verdict::Stuck);
        assert_eq!(run.stuck().digest, findings.digest);
    }

    #[test]
    fn what_was_never_seen_makes_a_run_vacuous() {
        let quiet = |change: fn(&mut Charge)| {
            let mut charge = charge();
            change(&mut charge);
            let mut run = Run::new(charge);
            run.world(WorldEvent::EngineStarted);
            run.findings().verdict
        };
        assert_eq!(quiet(|_| {}), Verdict::Pass);
        let probe = |charge: &mut Charge| {
            let sighting = Sighting::EngineRestarted;
            charge.sometimes = vec![Probe { name: "world.engine_restarted".into(), sighting }];
        };
        assert_eq!(quiet(probe), Verdict::Vacuous);
        let crash = |charge: &mut Charge| {
            charge.crashes = vec![CrashOrder {
                nth: 1,
                sighting: Sighting::AnyEngineEvent,
                period: Period::WHOLE_RUN,
                restart_after: std::time::Duration::ZERO,
            }];
        };
        assert_eq!(quiet(crash), Verdict::Vacuous);
        let expectation = |charge: &mut Charge| {
            let delay = (Statistic::P95, None, Some(1));
            let filter = Filter::default();
            charge.expectations =
                vec![expect(Metric::DelayOutgoing, filter, Period::WHOLE_RUN, delay)];
        };
        assert_eq!(quiet(expectation), Verdict::Vacuous);
    }

    #[test]
    fn the_engine_is_restarted_only_after_a_crash() {
        let mut charge = charge();
        let sighting = Sighting::EngineRestarted;
        charge.sometimes = vec![Probe { name: "world.engine_restarted".into(), sighting }];
        let mut run = Run::new(charge);
        run.world(WorldEvent::EngineStarted);
        run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
        assert_eq!(run.findings().sometimes[0].times, 1);
    }

    #[test]
    fn the_summary_needs_no_asking() {
        let mut run = Run::new(charge());
        run.server(POP, delivered(7, 0)).server(POP, delivered(8, 1));
        run.engine(queued(1, 0, Priority::Normal));
        run.at(100).engine(started(1, 0, Incoming, 40)).engine(opened(1, 0, 0));
        run.at(120).server(POP, served(7, 0, 70)).engine(stored(0, 70));
        run.at(150).engine(closed(1, 0, 0)).engine(ended(1, 0, Incoming, 300_150));
        run.at(160).engine(started(2, 0, Outgoing, 100)).engine(send_started(1, 0, 1));
        run.engine(deferred(1, 0, 200)).engine(back_off(0, Outgoing, 60_160));
        run.engine(ended_with(2, 0, Outgoing, 60_160, Outcome::Throttled));
        run.at(300_150).engine(started(3, 0, Incoming, 300_150));
        let summary = run.findings().summary;
        let [incoming, outgoing, act] = summary.schedule;
        let spread = |spread: Option<Spread>| {
            spread.map(|spread| (spread.count, spread.min.number(), spread.max.number()))
        };
        assert_eq!((incoming.cycles, spread(incoming.gap)), (1, Some((1, 300_000, 300_000))));
        assert_eq!(spread(incoming.lateness), Some((2, 0, 60)));
        assert_eq!((outgoing.cycles, spread(outgoing.gap)), (1, None));
        assert_eq!(spread(outgoing.lateness), Some((1, 60, 60)));
        assert_eq!(act, Schedule::default());
        assert_eq!((summary.received, summary.sent, summary.retries), (1, 0, 1));
        assert_eq!(spread(summary.delay_incoming), Some((1, 120, 120)));
        assert_eq!(spread(summary.delay_outgoing), None);
        assert_eq!((summary.on_server_peak, summary.pending_send_peak), (2, 1));
        assert_eq!(summary.back_off_ms, 60_000);
        assert_eq!(summary.connections_peak, [1, 0]);
    }

    #[test]
    fn the_levels_of_a_crashed_engine_fall() {
        let mut charge = charge();
        let last = (Statistic::Last, None, Some(0));
        let filter = Filter { server: Some(POP), ..Filter::default() };
        charge.expectations =
            vec![expect(Metric::ConnectionsOpen, filter, Period::WHOLE_RUN, last)];
        let mut run = Run::new(charge);
        run.engine(opened(1, 0, 0)).engine(opened(2, 1, 1));
        assert_eq!(run.findings().verdict, Verdict::Fail);
        run.world(WorldEvent::EngineCrashed);
        assert_eq!(run.findings().verdict, Verdict::Pass);
    }
}
