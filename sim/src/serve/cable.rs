//! What a scenario's `[[link]]` does to real connections: bytes wait here for as long as the link
//! would have had them under way, by the same arithmetic as in the simulated worlds. What the real
//! network takes is beside it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rand_pcg::Pcg64Mcg;
use tokio::time::{Sleep, sleep};

use crate::random::stream;
use crate::time::SimTime;
use crate::world::{Direction, Link, Passage, RunClock, Shaper};

/// Octets under way in one direction of a connection; whoever sends more waits, as for the windows
/// of both ends.
const UNDER_WAY: usize = 1 << 20;
/// Steps of TCP's handshake until the server knows that its client is there.
const HANDSHAKE: [Direction; 3] = [Direction::ToServer, Direction::ToEngine, Direction::ToServer];

/// The link of one server, which its connections share.
pub(super) struct Cable {
    ways: Mutex<Ways>,
    latency: Duration,
    clock: Arc<dyn RunClock>,
}

struct Ways {
    /// By direction.
    shapers: [Shaper; 2],
    random: Pcg64Mcg,
}

impl Cable {
    /// The link of the server of this name.
    pub(super) fn new(link: &Link, seed: u64, server: &str, clock: Arc<dyn RunClock>) -> Self {
        let random = stream(seed, &format!("link/{server}"));
        let shapers = [Shaper::new(link), Shaper::new(link)];
        Self { ways: Mutex::new(Ways { shapers, random }), latency: link.latency, clock }
    }

    /// How long a timer must run for so many latencies to pass.
    pub(super) fn latencies(&self, count: u32) -> Duration {
        self.clock.timer(self.latency.saturating_mul(count))
    }

    /// A connection that the system has just opened: when the client would know of it, and when the
    /// server. `None` when its handshake is lost for good.
    pub(super) fn open(&self) -> Option<(SimTime, SimTime)> {
        let now = self.clock.sim_now();
        let mut at = [now.0; 4];
        for (step, way) in HANDSHAKE.into_iter().enumerate() {
            let Passage::Arrives(arrives) = self.pass(way, now, 0) else { return None };
            at[step + 1] = at[step] + (arrives - now.0);
        }
        Some((SimTime(at[2]), SimTime(at[3])))
    }

    /// Waits until a moment.
    pub(super) async fn until(&self, at: SimTime) {
        sleep(self.clock.timer(at.since(self.clock.sim_now()))).await;
    }

    fn pass(&self, way: Direction, sent: SimTime, octets: usize) -> Passage {
        let Ways { shapers, random } = &mut *self.ways();
        shapers[way as usize].pass(sent.0, octets, random)
    }

    /// The most octets that travel as one.
    fn chunk(&self, way: Direction) -> usize {
        self.ways().shapers[way as usize].chunk()
    }

    fn ways(&self) -> MutexGuard<'_, Ways> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is under way in one direction of a connection, in order.
pub(super) struct Transit {
    cable: Arc<Cable>,
    way: Direction,
    parcels: VecDeque<(SimTime, Parcel)>,
    octets: usize,
    /// When the last of them arrives; none overtakes another.
    last: SimTime,
    timer: Option<(SimTime, Pin<Box<Sleep>>)>,
}

/// What arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parcel {
    /// Bytes; never none.
    Bytes(Vec<u8>),
    /// The end: the other side sends no more.
    End,
    /// The connection breaks.
    Break,
}

impl Transit {
    /// An empty one.
    pub(super) fn new(cable: Arc<Cable>, way: Direction) -> Self {
        let (parcels, last) = (VecDeque::new(), SimTime(0));
        Self { cable, way, parcels, octets: 0, last, timer: None }
    }

    /// How many octets may be sent now as one; none while too much is under way.
    pub(super) fn room(&self) -> usize {
        if self.octets < UNDER_WAY { self.cable.chunk(self.way) } else { 0 }
    }

    /// Whether nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.parcels.is_empty()
    }

    /// Sends something, now or as if it had been sent at a moment before.
    pub(super) fn send(&mut self, parcel: Parcel, sent: Option<SimTime>) {
        let octets = if let Parcel::Bytes(bytes) = &parcel { bytes.len() } else { 0 };
        let sent = sent.unwrap_or_else(|| self.cable.clock.sim_now());
        let (at, parcel) = match self.cable.pass(self.way, sent, octets) {
            Passage::Arrives(at) => (at, parcel),
            Passage::Breaks(at) => (at, Parcel::Break),
        };
        self.last = self.last.max(SimTime(at));
        self.octets += octets;
        self.parcels.push_back((self.last, parcel));
    }

    /// Waits for the next to arrive; `None` when nothing is under way.
    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>) -> Poll<Option<&mut Parcel>> {
        while let Some((at, _)) = self.parcels.front() {
            let (at, now) = (*at, self.cable.clock.sim_now());
            if at <= now {
                break;
            }
            let wait = || self.cable.clock.timer(at.since(now));
            match &mut self.timer {
                Some((set_for, _)) if *set_for == at => {}
                timer => *timer = Some((at, Box::pin(sleep(wait())))),
            }
            if let Some((_, timer)) = &mut self.timer {
                ready!(timer.as_mut().poll(cx));
                self.timer = None;
            }
        }
        Poll::Ready(self.parcels.front_mut().map(|(_, parcel)| parcel))
    }

    /// Takes `octets` of the bytes that have arrived, or all of what is no bytes.
    pub(super) fn take(&mut self, octets: usize) {
        match self.parcels.front_mut() {
            Some((_, Parcel::Bytes(bytes))) if octets < bytes.len() => {
                bytes.drain(..octets);
                self.octets -= octets;
            }
            _ => {
                if let Some((_, Parcel::Bytes(bytes))) = self.parcels.pop_front() {
                    self.octets -= bytes.len();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::serve::clock::{PacedClock, Speed};
    use crate::world::{Jitter, Loss};

    fn cable(link: &Link, speed: f64) -> Arc<Cable> {
        let clock = Arc::new(PacedClock::start(Speed::new(speed).unwrap()));
        Arc::new(Cable::new(link, 1, "pop", clock))
    }

    fn link() -> Link {
        Link {
            latency: Duration::from_secs(1),
            jitter: Jitter::None,
            bandwidth: None,
            loss: Loss::None,
        }
    }

    async fn next(transit: &mut Transit) -> Option<Parcel> {
        let parcel =
            poll_fn(|cx| transit.poll_arrival(cx).map(|parcel| parcel.map(|it| it.clone()))).await;
        transit.take(usize::MAX);
        parcel
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_take_their_time_and_a_faster_clock_shortens_it() {
        for speed in [1.0, 10.0] {
            let begun = tokio::time::Instant::now();
            let mut transit = Transit::new(cable(&link(), speed), Direction::ToServer);
            transit.send(Parcel::Bytes(b"one".to_vec()), None);
            transit.send(Parcel::End, None);
            assert_eq!(next(&mut transit).await, Some(Parcel::Bytes(b"one".to_vec())));
            let took = begun.elapsed().mul_f64(speed);
            assert!((1_000..1_050).contains(&took.as_millis()), "{took:?}");
            assert_eq!(next(&mut transit).await, Some(Parcel::End));
            assert_eq!(next(&mut transit).await, None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn bandwidth_is_shared_by_the_connections_and_what_is_under_way_is_bounded() {
        let cable = cable(&Link { bandwidth: Some(1_000), ..link() }, 1.0);
        let mut one = Transit::new(Arc::clone(&cable), Direction::ToEngine);
        let mut other = Transit::new(Arc::clone(&cable), Direction::ToEngine);
        one.send(Parcel::Bytes(vec![0; 3_000]), None);
        other.send(Parcel::Bytes(vec![0; 1_000]), None);
        let begun = tokio::time::Instant::now();
        next(&mut other).await;
        assert_eq!(begun.elapsed().as_secs(), 5, "3 s for the other's, 1 s for its own, and 1 s");
        assert!(one.room() > 0);
        one.send(Parcel::Bytes(vec![0; UNDER_WAY]), None);
        assert_eq!(one.room(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_handshake_takes_three_latencies_and_can_be_lost() {
        let (client, server) = cable(&link(), 1.0).open().unwrap();
        assert_eq!((client, server), (SimTime(2_000), SimTime(3_000)));
        let lost = Link { loss: Loss::Reset { chance: 1.0 }, ..link() };
        assert_eq!(cable(&lost, 1.0).open(), None);
        let mut transit = Transit::new(cable(&lost, 1.0), Direction::ToServer);
        transit.send(Parcel::Bytes(b"one".to_vec()), None);
        assert_eq!(next(&mut transit).await, Some(Parcel::Break));
    }
}
