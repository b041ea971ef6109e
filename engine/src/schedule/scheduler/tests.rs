use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> Millis {
    Millis::from_row(millis).unwrap()
}

fn settings(workers: u32) -> Settings {
    Settings {
        incoming_workers: workers,
        outgoing_workers: workers,
        act_workers: workers,
        ..Settings::default()
    }
}

/// Mailboxes `0..`, each due at 0 on the given server, one workload.
fn incoming(workers: u32, limits: &[u16], servers: &[u16]) -> Scheduler {
    let mut scheduler = Scheduler::new(&settings(workers), servers.len(), limits.iter().copied());
    for (mailbox, server) in (0..).map(MailboxId).zip(servers) {
        scheduler.add(mailbox, Workload::Incoming, Some(ServerId(*server)), at(0));
    }
    scheduler.due(at(0).timestamp());
    scheduler
}

/// The mailboxes that start now.
fn starts(scheduler: &mut Scheduler) -> Vec<u32> {
    std::iter::from_fn(|| scheduler.next_start()).map(|start| start.mailbox.0).collect()
}

fn finish(scheduler: &mut Scheduler, mailbox: u32) {
    scheduler.finished(MailboxId(mailbox), Workload::Incoming, None);
}

#[test]
fn a_server_at_its_limit_holds_up_nobody_else() {
    let mut scheduler = incoming(10, &[1, 2], &[0, 0, 0, 1, 1, 1]);
    assert_eq!(starts(&mut scheduler), [0, 3, 4]);
    let waiting: Vec<_> = std::iter::from_fn(|| scheduler.next_waiting())
        .map(|waiting| (waiting.mailbox.0, waiting.on))
        .collect();
    let on = |server| WaitingFor::Connection(ServerId(server));
    assert_eq!(waiting, [(1, on(0)), (2, on(0)), (5, on(1))]);
    finish(&mut scheduler, 0);
    assert_eq!(starts(&mut scheduler), [1]);
    assert_eq!(scheduler.next_waiting(), None, "each wait is told once");
}

#[test]
fn servers_take_turns() {
    let mut scheduler = incoming(1, &[9, 9, 9], &[0, 0, 1, 1, 2, 2]);
    let mut order = starts(&mut scheduler);
    while let Some(last) = order.last().copied().filter(|_| order.len() < 6) {
        finish(&mut scheduler, last);
        order.extend(starts(&mut scheduler));
    }
    assert_eq!(order, [0, 2, 4, 1, 3, 5]);
}

#[test]
fn a_slow_server_leaves_a_worker_for_each_other_server() {
    let mut scheduler = Scheduler::new(&settings(4), 9, [9, 9].into_iter());
    for mailbox in 0..9 {
        let (server, due) = if mailbox < 8 { (0, 0) } else { (1, 10) };
        let server = Some(ServerId(server));
        scheduler.add(MailboxId(mailbox), Workload::Incoming, server, at(due));
    }
    scheduler.due(at(0).timestamp());
    assert_eq!(starts(&mut scheduler), [0, 1, 2], "the fourth worker is kept for server 1");
    let waiting = scheduler.next_waiting().unwrap();
    assert_eq!(waiting.on, WaitingFor::Worker);
    scheduler.due(at(10).timestamp());
    assert_eq!(starts(&mut scheduler), [8]);
}

#[test]
fn a_single_server_may_use_all_workers_and_a_single_worker_serves_all_servers() {
    assert_eq!(starts(&mut incoming(3, &[9], &[0, 0, 0, 0])), [0, 1, 2]);
    assert_eq!(starts(&mut incoming(1, &[9, 9], &[0, 1])), [0]);
}

#[test]
fn workloads_share_nothing_but_a_servers_connections_and_take_turns_there() {
    let mut scheduler = Scheduler::new(&settings(1), 4, [1].into_iter());
    for mailbox in 0..4 {
        for workload in [Workload::Incoming, Workload::Outgoing] {
            scheduler.add(MailboxId(mailbox), workload, Some(ServerId(0)), at(0));
        }
        scheduler.add(MailboxId(mailbox), Workload::Act, None, at(0));
    }
    scheduler.due(at(0).timestamp());
    let mut order = Vec::new();
    let mut running: Vec<Start> = std::iter::from_fn(|| scheduler.next_start()).collect();
    assert_eq!(
        running.iter().map(|start| start.workload).collect::<Vec<_>>(),
        [Workload::Act, Workload::Incoming]
    );
    while let Some(done) = running.pop() {
        order.push((done.workload, done.mailbox.0));
        scheduler.finished(done.mailbox, done.workload, None);
        running.extend(std::iter::from_fn(|| scheduler.next_start()));
    }
    let email: Vec<_> = order.iter().filter(|(workload, _)| *workload != Workload::Act).collect();
    let turns: Vec<_> = email.iter().map(|(workload, _)| *workload as u32).collect();
    assert_eq!(turns, [0, 1, 0, 1, 0, 1, 0, 1]);
}

#[test]
fn who_was_told_to_wait_is_put_off_when_due_or_ready_and_holds_up_nobody() {
    use crate::Reason;
    // Two of server 0, whose only connection the first one has; one of server 1.
    let mut scheduler = incoming(9, &[1, 9], &[0, 0, 1]);
    for mailbox in 0..2 {
        scheduler.add(MailboxId(mailbox), Workload::Outgoing, Some(ServerId(0)), at(10));
    }
    assert_eq!(starts(&mut scheduler), [0, 2]);
    let hold = Hold { until: at(100), reason: Reason::ServerBusy };
    scheduler.holds().tell(MailboxId(1), ServerId(0), hold);
    scheduler.holds().tell(MailboxId(2), ServerId(0), hold);
    scheduler.due(at(10).timestamp());
    let put_off = |scheduler: &mut Scheduler| {
        let put_off = scheduler.next_put_off()?;
        assert_eq!((put_off.server, put_off.hold), (ServerId(0), hold));
        Some((put_off.mailbox.0, put_off.workload))
    };
    assert_eq!(put_off(&mut scheduler), Some((1, Workload::Outgoing)), "it was due");
    assert_eq!(put_off(&mut scheduler), None);
    finish(&mut scheduler, 0);
    let next = scheduler.next_start().unwrap();
    assert_eq!((next.mailbox.0, next.workload), (0, Workload::Outgoing));
    scheduler.finished(MailboxId(0), Workload::Outgoing, None);
    assert_eq!(scheduler.next_start(), None);
    assert_eq!(put_off(&mut scheduler), Some((1, Workload::Incoming)), "it was ready");
    assert_eq!(scheduler.next_waiting(), None);
    assert_eq!(scheduler.next_wake(), Some(at(100).timestamp()));
    scheduler.due(at(100).timestamp());
    let last = scheduler.next_start().unwrap();
    assert_eq!((last.mailbox.0, last.due), (1, at(100).timestamp()));
}

#[test]
fn a_workload_of_a_mailbox_is_small() {
    assert!(size_of::<Slot>() + size_of::<Due>() <= 48);
}

#[test]
#[should_panic(expected = "a cycle ended that was not running")]
fn what_does_not_run_cannot_end() {
    finish(&mut incoming(1, &[1], &[0, 0]), 1);
}

/// A workload and a server.
type Line = (usize, Option<u16>);

/// What the scheduler has to agree with, written the slow and obvious way.
#[derive(Default)]
struct Model {
    waiting: BTreeSet<(i64, u64, SlotIx)>,
    ready: BTreeMap<Line, VecDeque<(SlotIx, i64)>>,
    running: Vec<(SlotIx, Option<u16>)>,
    scheduled: u64,
    server_of: BTreeMap<SlotIx, Option<u16>>,
}

impl Model {
    fn schedule(&mut self, slot: SlotIx, due: i64) {
        self.scheduled += 1;
        self.waiting.insert((due, self.scheduled, slot));
    }

    fn due(&mut self, now: i64) {
        while let Some(&(due, _, slot)) = self.waiting.first()
            && due <= now
        {
            self.waiting.pop_first();
            let queue = (slot.parts().1 as usize, self.server_of[&slot]);
            self.ready.entry(queue).or_default().push_back((slot, due));
        }
    }

    fn busy(&self, workload: usize) -> usize {
        self.running.iter().filter(|(slot, _)| slot.parts().1 as usize == workload).count()
    }

    fn connections(&self, server: u16) -> usize {
        self.running.iter().filter(|(_, used)| *used == Some(server)).count()
    }
}

#[derive(Debug, Clone)]
enum Move {
    /// Time passes.
    Wait(i64),
    /// A running cycle ends, and is due again after so long.
    Finish(prop::sample::Index, i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let wait = (0..20_i64).prop_map(Move::Wait);
    let finish = (any::<prop::sample::Index>(), 0..30_i64)
        .prop_map(|(which, again)| Move::Finish(which, again));
    prop::collection::vec(prop_oneof![1 => wait, 3 => finish], 1..200)
}

proptest! {
    /// Over any run: never over capacity, never early, one run at a time, first in first out
    /// within a workload and server, every wait told once and truly, and no worker left idle that
    /// the rules would give away. At the end, everything that is due has run.
    #[test]
    fn it_agrees_with_the_model(
        workers in 1..4_u32,
        limits in prop::collection::vec(1..3_u16, 1..4),
        dues in prop::collection::vec((0..10_i64, any::<prop::sample::Index>()), 1..30),
        moves in moves(),
    ) {
        let mut scheduler =
            Scheduler::new(&settings(workers), dues.len(), limits.iter().copied());
        let mut model = Model::default();
        for (mailbox, (due, server)) in (0..).map(MailboxId).zip(&dues) {
            for workload in Workload::ALL {
                let server = u16::try_from(server.index(limits.len())).unwrap();
                let server = (workload != Workload::Act).then_some(server);
                scheduler.add(mailbox, workload, server.map(ServerId), at(*due));
                let slot = SlotIx::of(mailbox, workload);
                model.server_of.insert(slot, server);
                model.schedule(slot, *due);
            }
        }
        let mut now = 0;
        let mut told = BTreeMap::new();
        for step in moves {
            match step {
                Move::Wait(time) => now += time,
                Move::Finish(which, again) => {
                    if !model.running.is_empty() {
                        let (slot, _) = model.running.remove(which.index(model.running.len()));
                        let (mailbox, workload) = slot.parts();
                        scheduler.finished(mailbox, workload, Some(at(now + again)));
                        model.schedule(slot, now + again);
                        told.remove(&slot);
                    }
                }
            }
            settle(&mut scheduler, &mut model, now, workers, &limits, &mut told)?;
        }
        // Let everything come to its end.
        loop {
            while let Some((slot, _)) = model.running.pop() {
                let (mailbox, workload) = slot.parts();
                scheduler.finished(mailbox, workload, None);
                settle(&mut scheduler, &mut model, now, workers, &limits, &mut told)?;
            }
            let Some(wake) = scheduler.next_wake() else { break };
            now = wake.as_millisecond();
            settle(&mut scheduler, &mut model, now, workers, &limits, &mut told)?;
            prop_assert!(!model.running.is_empty(), "something is due and nothing runs");
        }
        prop_assert!(model.waiting.is_empty() && model.ready.values().all(VecDeque::is_empty));
    }
}

/// Starts whatever can start, in both, and compares.
fn settle(
    scheduler: &mut Scheduler,
    model: &mut Model,
    now: i64,
    workers: u32,
    limits: &[u16],
    told: &mut BTreeMap<SlotIx, WaitingFor>,
) -> Result<(), TestCaseError> {
    scheduler.due(at(now).timestamp());
    model.due(now);
    while let Some(start) = scheduler.next_start() {
        let slot = SlotIx::of(start.mailbox, start.workload);
        let server = start.server.map(|server| server.0);
        let queue = model.ready.get_mut(&(start.workload as usize, server));
        let first = queue.and_then(VecDeque::pop_front);
        prop_assert_eq!(first, Some((slot, start.due.as_millisecond())), "not the first in line");
        prop_assert!(start.due.as_millisecond() <= now, "early");
        model.running.push((slot, server));
        prop_assert!(model.busy(start.workload as usize) <= workers as usize);
        if let Some(server) = server {
            let limit = usize::from(limits[usize::from(server)]);
            prop_assert!(model.connections(server) <= limit);
        }
    }
    // A lane that runs nothing, has a connection and sees a free worker cannot be waiting.
    for ((workload, server), queue) in &model.ready {
        let free = model.busy(*workload) < workers as usize;
        let connection = server.is_none_or(|server| {
            model.connections(server) < usize::from(limits[usize::from(server)])
        });
        let runs = model
            .running
            .iter()
            .any(|(slot, used)| slot.parts().1 as usize == *workload && used == server);
        prop_assert!(queue.is_empty() || !free || !connection || runs, "a worker stays idle");
    }
    while let Some(Waiting { mailbox, workload, on }) = scheduler.next_waiting() {
        let slot = SlotIx::of(mailbox, workload);
        prop_assert!(told.insert(slot, on).is_none(), "told twice");
    }
    let waiting: BTreeSet<_> = model.ready.values().flatten().map(|(slot, _)| *slot).collect();
    prop_assert!(waiting.iter().all(|slot| told.contains_key(slot)), "a wait was not told");
    Ok(())
}
