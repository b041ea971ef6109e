//! The way to one server: its link in both directions, what stops letters there, and whether
//! anybody listens at the end.

use std::collections::VecDeque;
use std::task::Waker;

use rand_pcg::Pcg64Mcg;

use super::post::{ConnectionIx, Letter};
use crate::random;
use crate::world::shaper::Shaper;
use crate::world::{Direction, Link};

/// The way to one server and the server at its end.
pub(super) struct Route {
    lanes: [Lane; 2],
    pub(super) rng: Pcg64Mcg,
    /// The server's process runs.
    pub(super) up: bool,
    /// Counts its crashes.
    pub(super) life: u32,
    /// Established and not yet accepted.
    pub(super) backlog: VecDeque<ConnectionIx>,
    pub(super) acceptor: Option<Waker>,
}

/// One direction.
pub(super) struct Lane {
    pub(super) shaper: Shaper,
    /// Nothing gets through, and TCP has to try again.
    pub(super) cut: bool,
    /// Nothing gets through, and nothing is lost.
    pub(super) held: bool,
    /// What was due meanwhile, in order.
    pub(super) parked: VecDeque<Letter>,
}

impl Route {
    pub(super) fn new(seed: u64, name: &str, link: &Link) -> Self {
        let lane =
            || Lane { shaper: Shaper::new(link), cut: false, held: false, parked: VecDeque::new() };
        Self {
            lanes: [lane(), lane()],
            rng: random::stream(seed, &format!("link/{name}")),
            up: true,
            life: 0,
            backlog: VecDeque::new(),
            acceptor: None,
        }
    }

    pub(super) fn lane(&mut self, direction: Direction) -> &mut Lane {
        &mut self.lanes[direction as usize]
    }

    /// The lane together with the link's chance.
    pub(super) fn lane_and_chance(&mut self, direction: Direction) -> (&mut Lane, &mut Pcg64Mcg) {
        (&mut self.lanes[direction as usize], &mut self.rng)
    }
}

impl Lane {
    pub(super) fn is_blocked(&self) -> bool {
        self.cut || self.held
    }
}
