//! One workload's queue: a lane per server, and the workers they share.

use std::collections::{BTreeSet, VecDeque};

use super::SlotIx;
use super::permits::Permits;
use crate::ServerId;

/// A queue of ready cycles: one per server, and the first for cycles that use none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane(u16);

impl Lane {
    pub(super) fn of(server: Option<ServerId>) -> Self {
        Self(server.map_or(0, |server| server.0 + 1))
    }

    fn server(self) -> Option<ServerId> {
        self.0.checked_sub(1).map(ServerId)
    }
}

/// All lanes of a workload.
#[derive(Debug)]
pub(super) struct Lanes {
    workers: u32,
    busy: u32,
    states: Vec<LaneState>,
    /// Lanes that will ever be used, and run nothing now.
    idle: u32,
    /// Lanes with a ready cycle and a free connection whose server runs nothing here, the one
    /// served longest ago first.
    unserved: BTreeSet<Turn>,
    /// The same of servers that run something here already.
    served: BTreeSet<Turn>,
}

/// When a lane was last served, and which.
pub(super) type Turn = (u64, Lane);

#[derive(Debug, Default)]
struct LaneState {
    ready: VecDeque<SlotIx>,
    running: u32,
    last_served: u64,
    expected: bool,
    seat: Seat,
}

/// In which set a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Seat {
    /// In none: it has nothing ready, or its server's connections are all in use.
    #[default]
    Out,
    Unserved,
    Served,
}

impl Lanes {
    pub(super) fn new(workers: u32, servers: usize) -> Self {
        Self {
            workers,
            busy: 0,
            states: (0..=servers).map(|_| LaneState::default()).collect(),
            idle: 0,
            unserved: BTreeSet::new(),
            served: BTreeSet::new(),
        }
    }

    /// This lane will be used.
    pub(super) fn expect(&mut self, lane: Lane) {
        let state = &mut self.states[usize::from(lane.0)];
        if !state.expected {
            state.expected = true;
            self.idle += 1;
        }
    }

    /// A cycle is ready.
    pub(super) fn push(&mut self, lane: Lane, slot: SlotIx, permits: &Permits) {
        self.states[usize::from(lane.0)].ready.push_back(slot);
        self.reseat(lane, permits);
    }

    /// Whose turn it is.
    ///
    /// A server that runs nothing here goes first. One that runs something may have another worker
    /// as long as one stays free for each server that runs nothing, but never more than half of
    /// them are kept free this way. So a server that has stopped answering cannot hold all
    /// workers, and a server whose cycles become due after that finds one.
    pub(super) fn next(&self) -> Option<Turn> {
        let free = self.workers - self.busy;
        let kept = self.idle.min(self.workers / 2);
        match self.unserved.first() {
            Some(turn) if free > 0 => Some(*turn),
            None if free > kept => self.served.first().copied(),
            _ => None,
        }
    }

    /// The first cycle of a lane whose turn it is.
    pub(super) fn first(&self, lane: Lane) -> SlotIx {
        let Some(slot) = self.states[usize::from(lane.0)].ready.front() else {
            unreachable!("a lane has a seat only while a cycle is ready in it")
        };
        *slot
    }

    /// The first cycle of a lane is ready no more.
    pub(super) fn pass(&mut self, lane: Lane, permits: &Permits) {
        self.states[usize::from(lane.0)].ready.pop_front();
        self.reseat(lane, permits);
    }

    /// Takes the first cycle of a lane whose turn it is, and a worker for it. The caller takes the
    /// connection and reseats the lane.
    pub(super) fn take(&mut self, lane: Lane, turn: u64) -> SlotIx {
        self.unseat(lane);
        let state = &mut self.states[usize::from(lane.0)];
        let Some(slot) = state.ready.pop_front() else {
            unreachable!("a lane has a seat only while a cycle is ready in it")
        };
        state.last_served = turn;
        self.idle -= u32::from(state.running == 0);
        state.running += 1;
        self.busy += 1;
        slot
    }

    /// A cycle of this lane has ended. The caller gives the connection back and reseats the lane.
    pub(super) fn finished(&mut self, lane: Lane) {
        let state = &mut self.states[usize::from(lane.0)];
        state.running -= 1;
        self.idle += u32::from(state.running == 0);
        self.busy -= 1;
    }

    /// Puts a lane into the set it belongs in now.
    pub(super) fn reseat(&mut self, lane: Lane, permits: &Permits) {
        let state = &self.states[usize::from(lane.0)];
        let at_limit = lane.server().is_some_and(|server| permits.exhausted(server));
        let seat = if state.ready.is_empty() || at_limit {
            Seat::Out
        } else if state.running == 0 {
            Seat::Unserved
        } else {
            Seat::Served
        };
        if seat != state.seat {
            self.unseat(lane);
            let state = &mut self.states[usize::from(lane.0)];
            state.seat = seat;
            let turn = (state.last_served, lane);
            match seat {
                Seat::Out => false,
                Seat::Unserved => self.unserved.insert(turn),
                Seat::Served => self.served.insert(turn),
            };
        }
    }

    fn unseat(&mut self, lane: Lane) {
        let state = &mut self.states[usize::from(lane.0)];
        let turn = (state.last_served, lane);
        match std::mem::take(&mut state.seat) {
            Seat::Out => false,
            Seat::Unserved => self.unserved.remove(&turn),
            Seat::Served => self.served.remove(&turn),
        };
    }
}
