//! Takes a served scenario through its time: acts and the load when they are due, and what the
//! control interface orders, until somebody says stop.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::act::{Act, ActNo, Order, Step};
use super::stage::Stage;
use crate::time::SimTime;
use crate::world::{Load, RunClock};

/// What is still to happen.
pub(super) struct Agenda {
    /// By time, those of one moment in the order in which they were added. Acts that are gone by
    /// then do nothing.
    turns: BTreeMap<(SimTime, u64), (ActNo, Turn)>,
    added: u64,
    acts: BTreeMap<ActNo, Running>,
    load: Box<dyn Load>,
    clock: Arc<dyn RunClock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Begin,
    End,
}

/// An act that is not over.
struct Running {
    act: Act,
    begun: bool,
}

impl Agenda {
    /// Acts, numbered by their places, and a load.
    pub(super) fn new(acts: Vec<Act>, load: Box<dyn Load>, clock: Arc<dyn RunClock>) -> Self {
        let (turns, acts_by_no) = (BTreeMap::new(), BTreeMap::new());
        let mut agenda = Self { turns, added: 0, acts: acts_by_no, load, clock };
        for (no, act) in (0..).map(ActNo).zip(acts) {
            agenda.add(no, act);
        }
        agenda
    }

    fn add(&mut self, no: ActNo, act: Act) {
        let end = act.period.until.map(|until| (until, Turn::End));
        for (at, turn) in [Some((act.period.from, Turn::Begin)), end].into_iter().flatten() {
            self.turns.insert((at, self.added), (no, turn));
            self.added += 1;
        }
        self.acts.insert(no, Running { act, begun: false });
    }

    /// Makes everything happen in its time. Never ends by itself; may be dropped at any await.
    pub(super) async fn play(&mut self, stage: &mut Stage, mut orders: mpsc::Receiver<Order>) {
        loop {
            let now = self.clock.sim_now();
            self.catch_up(now, stage).await;
            let turn = self.turns.first_key_value().map(|((at, _), _)| *at);
            let next = [turn, self.load.next()].into_iter().flatten().min();
            let timer = next.map(|at| self.clock.timer(at.since(now)));
            tokio::select! {
                biased;
                Some(order) = orders.recv() => match order {
                    Order::Add(no, act) => self.add(no, act),
                    Order::Stop(no) => perform(self.end(no), stage).await,
                },
                () = tokio::time::sleep(timer.unwrap_or_default()), if timer.is_some() => {}
                else => return std::future::pending().await,
            }
        }
    }

    async fn catch_up(&mut self, now: SimTime, stage: &mut Stage) {
        while let Some(entry) = self.turns.first_entry()
            && entry.key().0 <= now
        {
            let steps = match entry.remove() {
                (no, Turn::Begin) => self.begin(no),
                (no, Turn::End) => self.end(no),
            };
            perform(steps, stage).await;
        }
        if self.load.next().is_some_and(|at| at <= now) {
            self.load.act(now);
        }
    }

    fn begin(&mut self, no: ActNo) -> Vec<Step> {
        let Some(running) = self.acts.get_mut(&no) else { return Vec::new() };
        running.begun = true;
        running.act.steps.iter().map(|(begin, _)| begin.clone()).collect()
    }

    /// Takes an act off. One that has not begun leaves nothing behind; what another act has done
    /// too stays as that one wants it.
    fn end(&mut self, no: ActNo) -> Vec<Step> {
        let Some(over) = self.acts.remove(&no).filter(|over| over.begun) else { return Vec::new() };
        let mut steps = Vec::new();
        for (begin, end) in over.act.steps.into_iter().rev() {
            let begun = self.acts.values().filter(|running| running.begun);
            let shared = begun.flat_map(|running| &running.act.steps).filter(|(_, e)| e.is(&end));
            let shared: Vec<_> = shared.map(|(begin, _)| begin.clone()).collect();
            if !shared.iter().any(|other| other.is(&begin)) {
                steps.push(end);
                steps.extend(shared);
            }
        }
        steps
    }
}

async fn perform(steps: Vec<Step>, stage: &mut Stage) {
    for step in steps {
        match step {
            Step::World(change) => stage.change(&change).await,
            Step::Lock { server, mailbox, hold: true } => server.hold_lock(mailbox),
            Step::Lock { server, mailbox, hold: false } => server.release_lock(mailbox),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::log::HostIx;
    use crate::scenario::Period;
    use crate::world::{Change, Direction};

    struct Nothing;

    impl Load for Nothing {
        fn next(&self) -> Option<SimTime> {
            None
        }

        fn act(&mut self, _: SimTime) {}
    }

    #[derive(Debug)]
    struct Still;

    impl RunClock for Still {
        fn sim_now(&self) -> SimTime {
            SimTime(0)
        }

        fn timer(&self, how_long: Duration) -> Duration {
            how_long
        }
    }

    fn agenda(changes: &[(Change, Change)]) -> Agenda {
        let act = |(begin, end): &(Change, Change)| Act {
            period: Period { from: SimTime(5), until: Some(SimTime(9)) },
            steps: vec![(Step::World(begin.clone()), Step::World(end.clone()))],
        };
        Agenda::new(changes.iter().map(act).collect(), Box::new(Nothing), Arc::new(Still))
    }

    fn worlds(steps: Vec<Step>) -> Vec<Change> {
        let world = |step| match step {
            Step::World(change) => change,
            Step::Lock { .. } => panic!("nobody locks"),
        };
        steps.into_iter().map(world).collect()
    }

    #[test]
    fn what_has_not_begun_leaves_nothing_behind_and_never_begins() {
        let server = HostIx(0);
        let crash = (Change::CrashServer(server), Change::StartServer(server));
        let mut agenda = agenda(&[crash.clone(), crash.clone()]);
        assert_eq!(worlds(agenda.end(ActNo(0))), []);
        assert_eq!(worlds(agenda.begin(ActNo(0))), []);
        assert_eq!(worlds(agenda.begin(ActNo(1))), [crash.0]);
        assert_eq!(worlds(agenda.end(ActNo(1))), [crash.1]);
        assert_eq!(worlds(agenda.end(ActNo(1))), [], "its time comes after it was stopped");
    }

    #[test]
    fn the_end_of_one_is_not_the_end_of_another() {
        let server = HostIx(0);
        let only = |way| Change::PartitionOneWay(server, way);
        let [to, from] = [Direction::ToServer, Direction::ToEngine].map(only);
        let repair = Change::Repair(server);
        let hold = (Change::Hold(server), Change::Release(server));
        let mut agenda =
            agenda(&[(to, repair.clone()), (from.clone(), repair.clone()), hold.clone(), hold]);
        for no in (0..4).map(ActNo) {
            agenda.begin(no);
        }
        assert_eq!(worlds(agenda.end(ActNo(0))), [repair.clone(), from], "the other way is cut on");
        assert_eq!(worlds(agenda.end(ActNo(1))), [repair]);
        assert_eq!(worlds(agenda.end(ActNo(2))), [], "it is still held");
        assert_eq!(worlds(agenda.end(ActNo(3))), [Change::Release(server)]);
    }
}
