//! Who runs next: a pure state machine over due times, three queues and the servers' connection
//! permits. Its work grows with the cycles that are due, never with the mailboxes there are.
//!
//! The rules, all of them:
//! - A cycle becomes ready when it is due, in the order (due time, order of scheduling).
//! - It starts when its workload has a free worker and its server a free connection. Ready cycles
//!   queue per workload and server ([`Lanes`]), so a server at its limit holds up nobody else, and
//!   within a server the first to be ready is the first to start.
//! - Within a workload, servers take turns: the one served longest ago is next.
//! - A slow server cannot take all workers of a workload: see [`Lanes::next`].
//! - Workloads share nothing but a server's connections, and take turns there in the same way.
//! - A cycle whose mailbox was told to wait ([`Holds`]) is due again when that is over, whether it
//!   was about to become ready or to start. It is looked at then and not before, so telling a
//!   mailbox to wait costs the schedule nothing.

mod lanes;
mod permits;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use self::lanes::{Lane, Lanes};
use self::permits::Permits;
use super::holds::{Hold, Holds};
use crate::millis::Millis;
use crate::{MailboxId, ServerId, Settings, Workload};

/// A cycle that may start now: its worker and its connection are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) mailbox: MailboxId,
    pub(crate) workload: Workload,
    /// Whose connection it holds, if its workload uses a server profile.
    pub(crate) server: Option<ServerId>,
    pub(crate) due: Timestamp,
}

/// A cycle that is due and cannot start yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) mailbox: MailboxId,
    pub(crate) workload: Workload,
    pub(crate) on: WaitingFor,
}

/// What a waiting cycle waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitingFor {
    /// Its workload's workers are busy or kept for other servers.
    Worker,
    /// The server's connections are all in use.
    Connection(ServerId),
}

/// A cycle that would have run, but for a pause that its mailbox was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PutOff {
    pub(crate) mailbox: MailboxId,
    pub(crate) workload: Workload,
    /// Which server told it.
    pub(crate) server: ServerId,
    pub(crate) hold: Hold,
}

/// Which cycles are due, ready and running.
#[derive(Debug)]
pub(crate) struct Scheduler {
    /// Three per mailbox, in the order of [`Workload::ALL`].
    slots: Vec<Slot>,
    /// Exactly one entry per slot in [`State::Waiting`].
    due: BinaryHeap<Reverse<Due>>,
    /// Orders entries of the same millisecond.
    scheduled: u64,
    queues: [Lanes; 3],
    permits: Permits,
    /// Counted, so that lanes of all workloads know who was served longest ago.
    starts: u64,
    /// Became ready since [`Self::next_waiting`] was last asked.
    ready: VecDeque<SlotIx>,
    /// Who was told to wait.
    holds: Arc<Holds>,
    /// Put off since [`Self::next_put_off`] was last asked.
    put_off: VecDeque<PutOff>,
    /// When [`Self::due`] was last asked.
    now: Timestamp,
}

/// A workload of a mailbox: the place in [`Scheduler::slots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SlotIx(u32);

#[derive(Debug, Clone, Copy)]
struct Slot {
    state: State,
    server: Option<ServerId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not scheduled: not configured, or disabled.
    Resting,
    /// Due then.
    Waiting,
    /// Was due then, and waits for a worker or a connection.
    Ready { due: Millis },
    /// Holds a worker and a connection.
    Running,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Millis,
    order: u64,
    slot: SlotIx,
}

impl SlotIx {
    fn of(mailbox: MailboxId, workload: Workload) -> Self {
        Self(mailbox.0 * 3 + workload as u32)
    }

    fn parts(self) -> (MailboxId, Workload) {
        (MailboxId(self.0 / 3), Workload::ALL[(self.0 % 3) as usize])
    }
}

impl Scheduler {
    /// A scheduler of so many mailboxes, none of whose workloads is scheduled yet.
    /// `connections` is each server's limit.
    pub(crate) fn new(
        settings: &Settings,
        mailboxes: usize,
        connections: impl Iterator<Item = u16>,
    ) -> Self {
        let permits = Permits::new(connections);
        let workers = [settings.incoming_workers, settings.outgoing_workers, settings.act_workers];
        Self {
            slots: vec![Slot { state: State::Resting, server: None }; mailboxes * 3],
            due: BinaryHeap::new(),
            scheduled: 0,
            queues: workers.map(|workers| Lanes::new(workers, permits.servers())),
            permits,
            starts: 0,
            ready: VecDeque::new(),
            holds: Arc::default(),
            put_off: VecDeque::new(),
            now: Timestamp::MIN,
        }
    }

    /// Where it is known who was told to wait.
    pub(crate) fn holds(&self) -> Arc<Holds> {
        Arc::clone(&self.holds)
    }

    /// Schedules a workload for the first time, on the server it uses, if it uses one.
    pub(crate) fn add(
        &mut self,
        mailbox: MailboxId,
        workload: Workload,
        server: Option<ServerId>,
        due: Millis,
    ) {
        let slot = SlotIx::of(mailbox, workload);
        self.slots[slot.0 as usize].server = server;
        self.queues[workload as usize].expect(Lane::of(server));
        self.schedule(slot, due);
    }

    /// When [`Self::due`] has something to do next, if nothing ends before.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.due.peek().map(|Reverse(due)| due.at.timestamp())
    }

    /// Makes everything ready that is due at `now`.
    pub(crate) fn due(&mut self, now: Timestamp) {
        self.now = now;
        let now = Millis::passed(now);
        while let Some(&Reverse(Due { at, slot, .. })) = self.due.peek()
            && at <= now
        {
            self.due.pop();
            if self.put_off(slot) {
                continue;
            }
            let Slot { state, server } = &mut self.slots[slot.0 as usize];
            *state = State::Ready { due: at };
            let (_, workload) = slot.parts();
            self.queues[workload as usize].push(Lane::of(*server), slot, &self.permits);
            self.ready.push_back(slot);
        }
    }

    /// The next cycle that can start, if one can. It is running from here on.
    pub(crate) fn next_start(&mut self) -> Option<Start> {
        loop {
            let turns = self.queues.iter().enumerate().filter_map(|(queue, lanes)| {
                let turn = lanes.next()?;
                Some((turn, queue))
            });
            let ((_, lane), queue) = turns.min()?;
            if self.put_off(self.queues[queue].first(lane)) {
                self.queues[queue].pass(lane, &self.permits);
                continue;
            }
            self.starts += 1;
            let slot = self.queues[queue].take(lane, self.starts);
            return Some(self.start(slot));
        }
    }

    /// The next cycle that was put off, told each time.
    pub(crate) fn next_put_off(&mut self) -> Option<PutOff> {
        self.put_off.pop_front()
    }

    /// The next cycle that became ready and could not start, told once each. To be asked when
    /// [`Self::next_start`] has nothing more.
    pub(crate) fn next_waiting(&mut self) -> Option<Waiting> {
        while let Some(slot) = self.ready.pop_front() {
            let Slot { state, server } = self.slots[slot.0 as usize];
            if matches!(state, State::Ready { .. }) {
                let (mailbox, workload) = slot.parts();
                let on = match server {
                    Some(server) if self.permits.exhausted(server) => {
                        WaitingFor::Connection(server)
                    }
                    _ => WaitingFor::Worker,
                };
                return Some(Waiting { mailbox, workload, on });
            }
        }
        None
    }

    /// A running cycle has ended: its worker and its connection are free. It is due again then,
    /// or rests.
    ///
    /// # Panics
    /// When it was not running.
    pub(crate) fn finished(
        &mut self,
        mailbox: MailboxId,
        workload: Workload,
        next: Option<Millis>,
    ) {
        let slot = SlotIx::of(mailbox, workload);
        let Slot { state, server } = &mut self.slots[slot.0 as usize];
        assert_eq!(*state, State::Running, "a cycle ended that was not running");
        *state = State::Resting;
        let server = *server;
        self.permits.give_back(server);
        self.queues[workload as usize].finished(Lane::of(server));
        self.reseat(server);
        if let Some(due) = next {
            self.schedule(slot, due);
        }
    }

    /// Makes a cycle due later whose mailbox was told to wait.
    fn put_off(&mut self, slot: SlotIx) -> bool {
        let (mailbox, workload) = slot.parts();
        let Some(server) = self.slots[slot.0 as usize].server else { return false };
        let Some(hold) = self.holds.at(mailbox, server, || self.now) else { return false };
        self.schedule(slot, hold.until);
        self.put_off.push_back(PutOff { mailbox, workload, server, hold });
        true
    }

    fn schedule(&mut self, slot: SlotIx, at: Millis) {
        self.slots[slot.0 as usize].state = State::Waiting;
        self.scheduled += 1;
        self.due.push(Reverse(Due { at, order: self.scheduled, slot }));
    }

    fn start(&mut self, slot: SlotIx) -> Start {
        let Slot { state, server } = &mut self.slots[slot.0 as usize];
        let State::Ready { due } = *state else { unreachable!("only ready cycles are queued") };
        *state = State::Running;
        let server = *server;
        self.permits.take(server);
        self.reseat(server);
        let (mailbox, workload) = slot.parts();
        Start { mailbox, workload, server, due: due.timestamp() }
    }

    /// A server's connections in use have changed: whoever queues for it may have to wait, or may
    /// go on.
    fn reseat(&mut self, server: Option<ServerId>) {
        for queue in &mut self.queues {
            queue.reseat(Lane::of(server), &self.permits);
        }
    }
}

#[cfg(test)]
mod tests;
