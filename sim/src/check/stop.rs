//! When a run is over, and when the engine has to die in it.

use std::time::Duration;

use fake_servers::MailboxIx;
use sync_engine::Workload;

use super::charge::{Cohort, CrashOrder, Stop};
use super::fact::Fact;
use crate::log::{Entry, Wish};
use crate::time::SimTime;

/// Watches for the end of the run.
#[derive(Debug)]
pub(super) struct Ender {
    stop: Stop,
    /// Items not settled: of the cohort that matters, or all.
    pending: u64,
    /// When the run is over, once that is known.
    over: Option<SimTime>,
}

impl Ender {
    pub(super) fn new(stop: Stop) -> Self {
        let over = match stop {
            Stop::At(at) => Some(at),
            Stop::Drained { .. } | Stop::Settled { .. } => None,
        };
        Self { stop, pending: 0, over }
    }

    pub(super) fn stop_at(&self) -> Option<SimTime> {
        self.over
    }

    pub(super) fn see(&mut self, at: SimTime, facts: &[Fact]) -> Wish {
        for fact in facts {
            if self.begins(at, fact) {
                self.pending += 1;
            } else if self.ends(fact) {
                self.pending = self.pending.saturating_sub(1);
            }
        }
        if let Some((load_ends, settle)) = self.conditions() {
            self.over = self.over_after(at, load_ends, settle);
        }
        match self.over {
            Some(over) if at >= over => Wish::Stop,
            _ => Wish::GoOn,
        }
    }

    /// From when on no more items can come, and what must pass after the last is settled.
    fn conditions(&self) -> Option<(SimTime, Duration)> {
        match &self.stop {
            Stop::At(_) => None,
            Stop::Drained { cohort, settle } => {
                Some((cohort.born.until.unwrap_or(SimTime(u64::MAX)), *settle))
            }
            Stop::Settled { load_ends, settle } => Some((*load_ends, *settle)),
        }
    }

    /// Mail sent from one mailbox to another comes from no load: it puts the end off again.
    fn over_after(&self, at: SimTime, load_ends: SimTime, settle: Duration) -> Option<SimTime> {
        if self.pending > 0 || at < load_ends {
            return None;
        }
        self.over.or_else(|| Some(at.plus(settle)))
    }

    fn begins(&self, at: SimTime, fact: &Fact) -> bool {
        let Fact::Born { mailbox, workload } = *fact else { return false };
        match &self.stop {
            Stop::At(_) => false,
            Stop::Drained { cohort, .. } => cohort.has(mailbox, workload, at),
            Stop::Settled { .. } => true,
        }
    }

    fn ends(&self, fact: &Fact) -> bool {
        let Fact::Settled(settled) = fact else { return false };
        match &self.stop {
            Stop::At(_) => false,
            Stop::Drained { cohort, .. } => {
                cohort.has(settled.mailbox, settled.workload, settled.born)
            }
            Stop::Settled { .. } => true,
        }
    }
}

impl Cohort {
    fn has(&self, mailbox: MailboxIx, workload: Workload, born: SimTime) -> bool {
        self.workload == workload
            && self.born.contains(born)
            && self.mailboxes.binary_search(&mailbox).is_ok()
    }
}

/// Watches for the moments at which the engine is to be killed.
#[derive(Debug)]
pub(super) struct Assassin {
    orders: Vec<(CrashOrder, u64)>,
}

impl Assassin {
    pub(super) fn new(orders: Vec<CrashOrder>) -> Self {
        Self { orders: orders.into_iter().map(|order| (order, 0)).collect() }
    }

    /// Engine events only: nothing else is a step of the engine.
    pub(super) fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        if !matches!(entry, Entry::Engine { .. }) {
            return Wish::GoOn;
        }
        let mut wish = Wish::GoOn;
        for (order, seen) in &mut self.orders {
            if *seen < order.nth && order.period.contains(at) && order.sighting.is_in(entry, false)
            {
                *seen += 1;
                if *seen == order.nth {
                    wish = wish.max(Wish::KillEngine { restart_after: order.restart_after });
                }
            }
        }
        wish
    }

    /// Orders whose moment never came.
    pub(super) fn missed(&self) -> usize {
        self.orders.iter().filter(|(order, seen)| *seen < order.nth).count()
    }
}

#[cfg(test)]
mod tests {
    use sync_engine::Priority;
    use sync_engine::Workload::Incoming;

    use super::*;
    use crate::check::expectation::Period;
    use crate::check::sighting::{EngineKind, Sighting};
    use crate::check::testing::*;
    use crate::log::WorldEvent;

    const SETTLE: Duration = Duration::from_millis(100);
    const TICK: WorldEvent = WorldEvent::WindowOpened { window: 0 };

    fn until(stop: Stop) -> Run {
        let mut charge = charge();
        charge.stop = stop;
        Run::new(charge)
    }

    #[test]
    fn stops_at_a_moment() {
        let mut run = until(Stop::At(SimTime(50)));
        assert_eq!(run.stop_at(), Some(SimTime(50)));
        assert_eq!(run.at(49).world(TICK).wish, Wish::GoOn);
        assert_eq!(run.at(50).world(TICK).wish, Wish::Stop);
        assert_eq!(run.at(70).world(TICK).wish, Wish::Stop);
        let findings = run.findings();
        assert_eq!((findings.events, findings.ended), (2, SimTime(50)), "the rest is not part");
    }

    #[test]
    fn stops_when_a_cohort_is_drained_and_has_settled() {
        let born = Period { from: SimTime::ZERO, until: Some(SimTime(20)) };
        let mailboxes = vec![MailboxIx(0)];
        let cohort = Cohort { mailboxes, workload: Workload::Outgoing, born };
        let mut run = until(Stop::Drained { cohort, settle: SETTLE });
        run.engine(queued(1, 0, Priority::Normal)).engine(queued(2, 1, Priority::Normal));
        run.server(POP, delivered(7, 0));
        run.at(10).engine(failed(1, 0));
        assert_eq!(run.stop_at(), None, "more can come");
        run.at(30).engine(queued(3, 0, Priority::Normal));
        assert_eq!(run.stop_at(), Some(SimTime(130)));
        assert_eq!(run.at(129).world(TICK).wish, Wish::GoOn);
        assert_eq!(run.at(130).world(TICK).wish, Wish::Stop);
    }

    #[test]
    fn stops_when_all_is_settled_and_stays_so() {
        let load_ends = SimTime(20);
        let mut run = until(Stop::Settled { load_ends, settle: SETTLE });
        run.engine(queued(1, 0, Priority::Normal)).world(submitted(1, 0));
        run.at(30).world(TICK);
        assert_eq!(run.stop_at(), None, "one is pending");
        run.engine(failed(1, 0));
        assert_eq!(run.stop_at(), Some(SimTime(130)));
        run.at(60).server(POP, delivered(7, 0));
        assert_eq!(run.stop_at(), None, "mail from one mailbox to another puts the end off");
        run.at(90).server(POP, served(7, 0, 70)).engine(stored(0, 70));
        assert_eq!(run.stop_at(), Some(SimTime(190)));
    }

    fn order(nth: u64, sighting: Sighting, period: Period) -> CrashOrder {
        CrashOrder { nth, sighting, period, restart_after: SETTLE }
    }

    #[test]
    fn kills_at_the_nth_of_a_kind_once() {
        let mut charge = charge();
        let period = Period { from: SimTime(10), until: Some(SimTime(50)) };
        let kind = Sighting::Engine(EngineKind::CycleEnded);
        charge.crashes = vec![order(2, kind, period)];
        let mut run = Run::new(charge);
        let killed: Vec<_> = (0..6)
            .map(|n| {
                let now = n * 8;
                run.at(now).engine(started(n, 0, Incoming, 0));
                run.engine(ended(n, 0, Incoming, 0)).wish != Wish::GoOn
            })
            .collect();
        assert_eq!(killed, [false, false, false, true, false, false]);
        assert_eq!(run.findings().crashes_missed, 0);
    }

    #[test]
    fn kills_at_the_nth_step_of_the_engine_whatever_others_do() {
        let mut charge = charge();
        charge.crashes = vec![order(2, Sighting::AnyEngineEvent, Period::WHOLE_RUN)];
        let mut run = Run::new(charge);
        run.engine(started(1, 0, Incoming, 0)).server(POP, delivered(7, 0)).world(TICK);
        assert_eq!(run.wish, Wish::GoOn);
        assert_eq!(run.findings().crashes_missed, 1, "so far");
        run.engine(ended(1, 0, Incoming, 0));
        assert_eq!(run.wish, Wish::KillEngine { restart_after: SETTLE });
    }
}
