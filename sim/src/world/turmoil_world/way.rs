//! The way between the engine and one server: what a link does beyond turmoil's constant latency,
//! the gates that cuts close, and whether the server is up.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand_pcg::Pcg64Mcg;
use tokio::sync::Notify;

use crate::random;
use crate::time::SimTime;
use crate::world::shaper::{Passage, Shaper};
use crate::world::{Direction, Link, RunClock};

/// The way to one server, shared by both its ends.
pub(super) struct Way {
    pub(super) latency: Duration,
    pub(super) clock: Arc<dyn RunClock>,
    up: AtomicBool,
    gates: [Gate; 2],
    state: Mutex<State>,
}

/// What a cut or a hold closes. Who waits at it passes in the order of coming; a watch channel would
/// wake them in one that is left to chance.
#[derive(Default)]
struct Gate {
    closed: AtomicBool,
    opened: Notify,
}

impl Gate {
    async fn pass(&self) {
        loop {
            let mut opened = std::pin::pin!(self.opened.notified());
            opened.as_mut().enable();
            if !self.closed.load(Ordering::Relaxed) {
                return;
            }
            opened.await;
        }
    }
}

struct State {
    shapers: [Shaper; 2],
    rng: Pcg64Mcg,
    /// Ends that will find their connection reset, by the client's address.
    resets: BTreeSet<(SocketAddr, Direction)>,
}

impl Way {
    pub(super) fn new(seed: u64, name: &str, link: &Link, clock: Arc<dyn RunClock>) -> Self {
        Self {
            latency: link.latency,
            clock,
            up: AtomicBool::new(true),
            gates: <[Gate; 2]>::default(),
            state: Mutex::new(State {
                shapers: [Shaper::new(link), Shaper::new(link)],
                rng: random::stream(seed, &format!("link/{name}")),
                resets: BTreeSet::new(),
            }),
        }
    }

    /// When a chunk sent now is to be handed to turmoil, which adds the latency; `Err` when the
    /// link breaks the connection then.
    pub(super) fn shape(&self, direction: Direction, octets: usize) -> Result<SimTime, SimTime> {
        let mut state = self.lock();
        let State { shapers, rng, .. } = &mut *state;
        let shaper = &mut shapers[direction as usize];
        let latency = shaper.latency_ms();
        let without_latency = |at: u64| SimTime(at - latency);
        match shaper.pass(self.clock.sim_now().0, octets, rng) {
            Passage::Arrives(at) => Ok(without_latency(at)),
            Passage::Breaks(at) => Err(without_latency(at)),
        }
    }

    /// Waits while a cut or a hold closes this direction.
    pub(super) async fn pass_gate(&self, direction: Direction) {
        self.gates[direction as usize].pass().await;
    }

    pub(super) fn set_gate(&self, direction: Direction, open: bool) {
        let gate = &self.gates[direction as usize];
        gate.closed.store(!open, Ordering::Relaxed);
        if open {
            gate.opened.notify_waiters();
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    pub(super) fn set_up(&self, up: bool) {
        self.up.store(up, Ordering::Relaxed);
    }

    /// The end that reads `direction` will find this connection reset.
    pub(super) fn note_reset(&self, client: SocketAddr, direction: Direction) {
        self.lock().resets.insert((client, direction));
    }

    pub(super) fn is_reset(&self, client: SocketAddr, direction: Direction) -> bool {
        self.lock().resets.contains(&(client, direction))
    }

    /// A new connection has this address; what was noted of an older one is past.
    pub(super) fn forget(&self, client: SocketAddr) {
        let mut state = self.lock();
        state.resets.remove(&(client, Direction::ToServer));
        state.resets.remove(&(client, Direction::ToEngine));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
