//! What users and strangers do in a run: mail that arrives on a server, and emails that users put
//! in Pending Send, each source on its own timing and its own stream of chance.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fake_servers::{Body, BodyKind, ItemId, MailboxIx, Message, ServerEvent, SharedStore};
use rand::Rng;
use rand_pcg::Pcg64Mcg;
use sync_engine::{MailboxId, NewEmail, Outbox, Priority};

use crate::log::{Entry, HostIx, SharedLog, WorldEvent};
use crate::run::timing::Timing;
use crate::time::SimTime;
use crate::world::Load;

/// How large messages are, in octets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SizeLaw {
    /// All the same.
    Fixed(u64),
    /// Log-normal through these two quantiles, never above a hundred times the upper one.
    LogNormal {
        /// Half are smaller.
        p50: u64,
        /// One in a hundred is larger.
        p99: u64,
    },
}

impl SizeLaw {
    /// The 99th percentile of the standard normal distribution.
    const Z99: f64 = 2.326_347_874_040_841;

    fn draw(self, random: &mut Pcg64Mcg) -> u64 {
        match self {
            Self::Fixed(octets) => octets,
            Self::LogNormal { p50, p99 } => {
                let (median, upper) = (p50.max(1) as f64, p99.max(p50).max(1) as f64);
                let sigma = (upper / median).ln() / Self::Z99;
                let drawn = median * (sigma * standard_normal(random)).exp();
                drawn.min(upper * 100.0).max(1.0) as u64
            }
        }
    }
}

fn standard_normal(random: &mut Pcg64Mcg) -> f64 {
    random.sample(rand_distr::StandardNormal)
}
