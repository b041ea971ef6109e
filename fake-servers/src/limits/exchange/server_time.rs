//! The budget of server time: spent by requests, recharged by the hour. Exhausted, it first delays
//! requests just long enough to become positive; overdrawn beyond the cut-off, it blocks its user
//! until then (domain.md 4.2).

use std::time::Duration;

use jiff::Timestamp;

use super::ServerTimePolicy;

/// The longest single delay (domain.md 4.2).
const LONGEST_DELAY: Duration = Duration::from_mins(1);
const NANOS_PER_HOUR: i128 = 3_600_000_000_000;
const NANOS_PER_MILLI: i128 = 1_000_000;

/// What the budget says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is served after this long.
    After(Duration),
    /// It is not served, nor is any other for this long; none is for good.
    Blocked(Option<Duration>),
}

/// The budget of one user.
#[derive(Debug, Clone)]
pub struct ServerTime {
    policy: ServerTimePolicy,
    /// In nanoseconds of server time times nanoseconds per hour, so that no recharge is rounded.
    balance: i128,
    at: Timestamp,
    blocked: bool,
}

impl ServerTime {
    /// A budget that is full.
    #[must_use]
    pub fn new(policy: ServerTimePolicy, now: Timestamp) -> Self {
        let full = policy.max_burst.map_or(0, scaled);
        Self { policy, balance: full, at: now, blocked: false }
    }

    /// Asks for a request that costs `cost`, which is charged if it is not refused. The delay is
    /// part of nobody's cost: the server sleeps meanwhile.
    pub fn spend(&mut self, now: Timestamp, cost: Duration) -> Verdict {
        self.recharge(now);
        if self.policy.max_burst.is_none() {
            return Verdict::After(Duration::ZERO);
        }
        if self.blocked && self.balance > 0 {
            self.blocked = false;
        }
        if self.policy.cutoff.is_some_and(|cutoff| self.balance <= -scaled(cutoff)) {
            self.blocked = true;
        }
        if self.blocked {
            return Verdict::Blocked(self.until_positive());
        }
        let delay = if self.balance > 0 { Duration::ZERO } else { self.delay() };
        self.balance -= scaled(cost);
        Verdict::After(delay)
    }

    /// What is left, in milliseconds of server time; negative when overdrawn.
    pub fn left_ms(&mut self, now: Timestamp) -> Option<i64> {
        self.recharge(now);
        self.policy.max_burst?;
        let left = self.balance.div_euclid(NANOS_PER_HOUR * NANOS_PER_MILLI);
        Some(i64::try_from(left).unwrap_or(if left < 0 { i64::MIN } else { i64::MAX }))
    }

    /// How much longer the user is blocked, if so.
    pub fn blocked_for(&mut self, now: Timestamp) -> Option<Duration> {
        self.recharge(now);
        (self.blocked && self.balance <= 0).then(|| self.until_positive()).flatten()
    }

    fn recharge(&mut self, now: Timestamp) {
        let elapsed = now.duration_since(self.at).as_nanos().max(0);
        self.at = self.at.max(now);
        let full = self.policy.max_burst.map_or(0, scaled);
        self.balance = match self.policy.recharge_per_hour {
            Some(rate) => (self.balance + elapsed * nanos(rate)).min(full),
            None => full,
        };
    }

    fn delay(&self) -> Duration {
        self.until_positive().map_or(LONGEST_DELAY, |until| until.min(LONGEST_DELAY))
    }

    /// The whole milliseconds after which the balance is positive, at least one.
    fn until_positive(&self) -> Option<Duration> {
        let per_nano = self.policy.recharge_per_hour.map_or(0, nanos);
        if per_nano == 0 {
            return None;
        }
        let least = (-self.balance / per_nano + 1).max(1);
        let ms = (least + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        Some(Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX)))
    }
}

fn nanos(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX / NANOS_PER_HOUR)
}

fn scaled(duration: Duration) -> i128 {
    nanos(duration) * NANOS_PER_HOUR
}
