//! What one direction of a link does to a chunk: transmission time, latency, jitter and loss. Both
//! worlds ask this same arithmetic.

use std::time::Duration;

use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::{Jitter, Link, Loss, retransmission};

const NANOS_PER_MS: u64 = 1_000_000;
/// The largest chunk on a link without a bandwidth, in octets.
const LARGEST_CHUNK: usize = 64 * 1024;
/// The smallest largest chunk on a slow link: an Ethernet segment's payload.
const SMALLEST_CHUNK: usize = 1460;

/// What becomes of a chunk; times are in milliseconds since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It arrives.
    Arrives(u64),
    /// It was lost for good: at this time both ends find the connection reset.
    Breaks(u64),
}

/// One direction of a link.
#[derive(Debug)]
pub(crate) struct Shaper {
    latency_ns: u64,
    jitter: Jitter,
    bandwidth: Option<u64>,
    loss: Loss,
    /// When the last octet handed over has left, in nanoseconds since the start.
    busy_until_ns: u64,
}

impl Shaper {
    pub(crate) fn new(link: &Link) -> Self {
        Self {
            latency_ns: nanos(link.latency),
            jitter: link.jitter,
            bandwidth: link.bandwidth,
            loss: link.loss,
            busy_until_ns: 0,
        }
    }

    /// The one-way latency in whole milliseconds, rounded up.
    pub(crate) fn latency_ms(&self) -> u64 {
        self.latency_ns.div_ceil(NANOS_PER_MS)
    }

    /// The most octets that travel as one chunk: ten milliseconds' worth where the bandwidth is
    /// limited, so that a slow link delivers little by little.
    pub(crate) fn chunk(&self) -> usize {
        let Some(bandwidth) = self.bandwidth else { return LARGEST_CHUNK };
        usize::try_from(bandwidth / 100)
            .unwrap_or(LARGEST_CHUNK)
            .clamp(SMALLEST_CHUNK, LARGEST_CHUNK)
    }

    /// Sends a chunk of `octets` at `now_ms`.
    pub(crate) fn pass(&mut self, now_ms: u64, octets: usize, rng: &mut Pcg64Mcg) -> Passage {
        let left = self.transmit(now_ms, octets);
        let at = to_ms(left + self.latency_ns + self.draw_jitter(rng));
        match self.loss {
            Loss::Reset { chance } if rng.random_bool(chance) => Passage::Breaks(at),
            Loss::None | Loss::Reset { .. } => Passage::Arrives(at),
            Loss::Delay { chance } => {
                let mut losses = 0;
                while losses < retransmission::MOST_LOSSES && rng.random_bool(chance) {
                    losses += 1;
                }
                let at = at + retransmission::delay(losses);
                if losses < retransmission::MOST_LOSSES {
                    Passage::Arrives(at)
                } else {
                    Passage::Breaks(at)
                }
            }
        }
    }

    /// When something without payload that is never repeated (a reset, a window update) arrives.
    pub(crate) fn pass_signal(&self, now_ms: u64) -> u64 {
        to_ms(self.busy_until_ns.max(now_ms * NANOS_PER_MS) + self.latency_ns)
    }

    /// Puts the octets on the line behind those before; returns when the last one has left.
    fn transmit(&mut self, now_ms: u64, octets: usize) -> u64 {
        let now = now_ms * NANOS_PER_MS;
        let Some(bandwidth) = self.bandwidth else { return now };
        let takes = octets as u128 * 1_000_000_000 / u128::from(bandwidth);
        let start = self.busy_until_ns.max(now);
        self.busy_until_ns = start.saturating_add(u64::try_from(takes).unwrap_or(u64::MAX));
        self.busy_until_ns
    }

    fn draw_jitter(&self, rng: &mut Pcg64Mcg) -> u64 {
        match self.jitter {
            Jitter::None => 0,
            Jitter::Uniform(most) => rng.random_range(0..=nanos(most)),
            Jitter::Normal { deviation, max } => {
                let draw: f64 = StandardNormal.sample(rng);
                scaled(deviation, draw.abs(), max)
            }
            Jitter::Exponential { mean, max } => scaled(mean, Exp1.sample(rng), max),
        }
    }
}

fn scaled(unit: Duration, factor: f64, max: Duration) -> u64 {
    nanos(Duration::try_from_secs_f64(unit.as_secs_f64() * factor).unwrap_or(max).min(max))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Rounded up, because the timers cannot be early.
fn to_ms(ns: u64) -> u64 {
    ns.div_ceil(NANOS_PER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    fn link() -> Link {
        Link {
            latency: Duration::from_millis(20),
            jitter: Jitter::None,
            bandwidth: None,
            loss: Loss::None,
        }
    }

    fn arrivals(link: &Link, seed: u64) -> Vec<Passage> {
        let mut shaper = Shaper::new(link);
        let mut rng = random::stream(seed, "link/test");
        (0..50).map(|_| shaper.pass(0, 100, &mut rng)).collect()
    }

    #[test]
    fn bandwidth_queues_chunks_and_rounds_only_the_arrival() {
        // 300 octets at 1,000 octets a second take 300 ms; a third of one octet is not lost.
        let mut shaper = Shaper::new(&Link { bandwidth: Some(3_000), ..link() });
        let mut rng = random::stream(1, "link/test");
        let first = shaper.pass(10, 1, &mut rng);
        let second = shaper.pass(10, 1, &mut rng);
        let third = shaper.pass(10, 1, &mut rng);
        let later = shaper.pass(500, 300, &mut rng);
        assert_eq!(first, Passage::Arrives(31));
        assert_eq!(second, Passage::Arrives(31));
        assert_eq!(third, Passage::Arrives(31));
        assert_eq!(later, Passage::Arrives(620));
        assert_eq!(shaper.pass_signal(550), 620);
    }

    #[test]
    fn jitter_keeps_within_its_bounds_and_follows_the_seed() {
        let ten = Duration::from_millis(10);
        for jitter in [
            Jitter::Uniform(ten),
            Jitter::Normal { deviation: ten, max: ten },
            Jitter::Exponential { mean: ten, max: ten },
        ] {
            let link = Link { jitter, ..link() };
            let drawn = arrivals(&link, 1);
            assert_eq!(drawn, arrivals(&link, 1));
            assert_ne!(drawn, arrivals(&link, 2), "{jitter:?}");
            for passage in drawn {
                let Passage::Arrives(at) = passage else { panic!("nothing is lost here") };
                assert!((20..=30).contains(&at), "{jitter:?}: {at}");
            }
        }
    }

    #[test]
    fn loss_delays_by_whole_time_outs_or_breaks() {
        let delayed = arrivals(&Link { loss: Loss::Delay { chance: 0.5 }, ..link() }, 1);
        assert!(delayed.contains(&Passage::Arrives(20)));
        assert!(delayed.contains(&Passage::Arrives(1_020)));
        assert!(delayed.contains(&Passage::Arrives(3_020)));
        let always = arrivals(&Link { loss: Loss::Delay { chance: 1.0 }, ..link() }, 1);
        assert!(always.iter().all(|passage| matches!(passage, Passage::Breaks(_))));
        let reset = arrivals(&Link { loss: Loss::Reset { chance: 0.5 }, ..link() }, 1);
        assert!(reset.contains(&Passage::Breaks(20)) && reset.contains(&Passage::Arrives(20)));
    }
}
