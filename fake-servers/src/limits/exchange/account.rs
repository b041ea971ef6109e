//! All budgets of one user, asked once when a request arrives.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::intervals::Intervals;
use super::{ExchangePolicy, LimitRefusal, Outbox, ServerTime, Verdict};
use crate::limits::{Concurrency, RatePerWindow};

const DAY: Duration = Duration::from_hours(24);

/// What kind of request it is, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `SyncFolderItems` or `SyncFolderHierarchy`.
    Sync,
    /// Any other.
    Other,
}

/// A request that has just arrived.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Which kind.
    pub kind: Kind,
    /// The server time of each of its items, drawn now; a request that is no batch has one.
    pub costs: &'a [Duration],
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is answered, as far as it goes.
    Admit {
        /// After this long: delays and service together.
        held: Duration,
        /// How many of its items are answered.
        answered: usize,
        /// What the items after those get instead.
        rest: Option<LimitRefusal>,
    },
    /// It is refused as a whole, and costs nothing.
    Refuse(LimitRefusal),
}

/// What a user has left, for reports. `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BudgetsLeft {
    /// Requests at once.
    pub concurrency: Option<u32>,
    /// Synchronisation calls at once.
    pub sync_calls: Option<u32>,
    /// Hanging connections.
    pub hanging_connections: Option<u32>,
    /// Subscriptions.
    pub subscriptions: Option<u32>,
    /// Milliseconds of server time; negative when overdrawn.
    pub server_time_ms: Option<i64>,
    /// For how many milliseconds the user is blocked; none when it is not.
    pub blocked_ms: Option<u64>,
    /// Messages in this minute.
    pub messages: Option<u32>,
    /// Messages accepted and not yet delivered.
    pub messages_waiting: usize,
    /// Recipients in this day.
    pub recipients: Option<u64>,
}

/// The budgets of one user.
#[derive(Debug, Clone)]
pub struct Account {
    policy: ExchangePolicy,
    requests: Intervals,
    sync_calls: Intervals,
    hanging: Concurrency,
    subscriptions: Concurrency,
    server_time: ServerTime,
    outbox: Outbox,
    recipients: Option<RatePerWindow>,
}

impl Account {
    /// A user who has used nothing yet.
    #[must_use]
    pub fn new(policy: &ExchangePolicy, now: Timestamp) -> Self {
        let places = |limit: Option<u32>| Concurrency::new(limit.unwrap_or(u32::MAX));
        Self {
            requests: Intervals::default(),
            sync_calls: Intervals::default(),
            hanging: places(policy.hanging_connections),
            subscriptions: places(policy.max_subscriptions),
            server_time: ServerTime::new(policy.server_time, now),
            outbox: Outbox::new(policy.messages_per_minute),
            recipients: policy.recipients_per_day.map(|n| RatePerWindow::new(u64::from(n), DAY)),
            policy: policy.clone(),
        }
    }

    /// Asks for a request that arrives now. If it is admitted, it counts as under way until it is
    /// answered, and what it costs is spent.
    pub fn admit(&mut self, now: Timestamp, request: Request<'_>) -> Admission {
        if let Some(limit) = self.policy.max_concurrency
            && !self.requests.has_room(now, Some(limit))
        {
            return Admission::Refuse(LimitRefusal::Concurrency { limit });
        }
        let is_sync = request.kind == Kind::Sync;
        if let Some(limit) = self.policy.concurrent_sync_calls
            && is_sync
            && !self.sync_calls.has_room(now, Some(limit))
        {
            return Admission::Refuse(LimitRefusal::SyncCalls { limit });
        }
        let admission = self.work(now, request.costs);
        if let Admission::Admit { held, .. } = admission {
            let end = now.checked_add(held).unwrap_or(Timestamp::MAX);
            self.requests.add(now, end);
            if is_sync {
                self.sync_calls.add(now, end);
            }
        }
        admission
    }

    /// The items of a batch are checked and charged one by one, each when the one before is done,
    /// until the time for a batch is over (domain.md 4.2). The budget is then at that time already
    /// for other requests of the user; what comes back meanwhile comes back once.
    fn work(&mut self, now: Timestamp, costs: &[Duration]) -> Admission {
        let mut held = Duration::ZERO;
        for (answered, cost) in costs.iter().enumerate() {
            if self.policy.batch_time.is_some_and(|limit| answered > 0 && held >= limit) {
                return Admission::Admit { held, answered, rest: Some(LimitRefusal::BatchTime) };
            }
            let turn = now.checked_add(held).unwrap_or(Timestamp::MAX);
            match self.server_time.spend(turn, *cost) {
                Verdict::After(delay) => held += delay + *cost,
                Verdict::Blocked(back_off) => {
                    let refusal = LimitRefusal::ServerTime { back_off };
                    return if answered == 0 {
                        Admission::Refuse(refusal)
                    } else {
                        Admission::Admit { held, answered, rest: Some(refusal) }
                    };
                }
            }
        }
        Admission::Admit { held, answered: costs.len(), rest: None }
    }

    /// A streaming connection begins to hang; [`Account::unhang`] ends it.
    ///
    /// # Errors
    /// When as many hang as may.
    pub fn hang(&mut self) -> Result<(), LimitRefusal> {
        let limit = self.policy.hanging_connections.unwrap_or(u32::MAX);
        self.hanging.enter().then_some(()).ok_or(LimitRefusal::HangingConnections { limit })
    }

    /// A streaming connection is over.
    pub fn unhang(&mut self) {
        self.hanging.leave();
    }

    /// A subscription is made; [`Account::unsubscribe`] ends it.
    ///
    /// # Errors
    /// When there are as many as may be.
    pub fn subscribe(&mut self) -> Result<(), LimitRefusal> {
        let limit = self.policy.max_subscriptions.unwrap_or(u32::MAX);
        self.subscriptions.enter().then_some(()).ok_or(LimitRefusal::Subscriptions { limit })
    }

    /// A subscription is over, however it ended.
    pub fn unsubscribe(&mut self) {
        self.subscriptions.leave();
    }

    /// A message to so many recipients is submitted; when it is delivered.
    ///
    /// # Errors
    /// When the day's recipients are used up; it then costs nothing.
    pub fn submit(&mut self, now: Timestamp, recipients: u64) -> Result<Timestamp, LimitRefusal> {
        if let Some(day) = &mut self.recipients {
            day.take(now, recipients).map_err(|exhausted| {
                let free_in = exhausted.free_at.map(|at| at.duration_since(now));
                LimitRefusal::Recipients { free_in: free_in.and_then(|d| d.try_into().ok()) }
            })?;
        }
        Ok(self.outbox.accept(now))
    }

    /// What is left of everything.
    pub fn left(&mut self, now: Timestamp) -> BudgetsLeft {
        let policy = &self.policy;
        let free = |limit: Option<u32>, held: u32| limit.map(|limit| limit.saturating_sub(held));
        let blocked = self.server_time.blocked_for(now);
        BudgetsLeft {
            concurrency: free(policy.max_concurrency, self.requests.count(now)),
            sync_calls: free(policy.concurrent_sync_calls, self.sync_calls.count(now)),
            hanging_connections: free(policy.hanging_connections, self.hanging.held()),
            subscriptions: free(policy.max_subscriptions, self.subscriptions.held()),
            server_time_ms: self.server_time.left_ms(now),
            blocked_ms: blocked.map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
            messages: self.outbox.left(now),
            messages_waiting: self.outbox.waiting(now),
            recipients: self.recipients.as_mut().map(|day| day.left(now)),
        }
    }
}
