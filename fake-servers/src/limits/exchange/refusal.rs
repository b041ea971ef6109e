//! Which limit a request met, with the numbers that Exchange puts into its answer.

use std::time::Duration;

/// Why a request, or the rest of a batch, is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitRefusal {
    /// `EWSMaxConcurrency`: `ErrorExceededConnectionCount` (field.md 3.5, T8).
    #[error("more than {limit} requests at once")]
    Concurrency {
        /// The limit.
        limit: u32,
    },
    /// `ConcurrentSyncCalls`: `ErrorServerBusy` with [`LimitRefusal::SYNC_BACK_OFF`] (field.md
    /// 3.4).
    #[error("more than {limit} synchronisation calls at once")]
    SyncCalls {
        /// The limit.
        limit: u32,
    },
    /// `HangingConnectionLimit`: `ErrorExceededConnectionCount`.
    #[error("more than {limit} hanging connections")]
    HangingConnections {
        /// The limit.
        limit: u32,
    },
    /// `EWSMaxSubscriptions`: `ErrorExceededSubscriptionCount`.
    #[error("more than {limit} subscriptions")]
    Subscriptions {
        /// The limit.
        limit: u32,
    },
    /// `EwsCutoffBalance`: `ErrorServerBusy` with the time until the budget is positive again.
    #[error("the budget of server time is overdrawn beyond the cut-off")]
    ServerTime {
        /// How long the user stays blocked; none when the budget never recharges.
        back_off: Option<Duration>,
    },
    /// `EWSFindCountLimit`: `ErrorExceededFindCountLimit`; `ErrorServerBusy` for clients that speak
    /// a version older than that code.
    #[error("more than {limit} items in one search")]
    FindCount {
        /// The limit.
        limit: u32,
        /// Whether the client's version of the schema has the code.
        has_code: bool,
    },
    /// The minute for a batch is over: `ErrorTimeoutExpired` for the items not reached.
    #[error("the time for one batch is over")]
    BatchTime,
    /// `RecipientRateLimit`: `ErrorSubmissionQuotaExceeded` until the window has rolled on.
    #[error("the day's recipients are used up")]
    Recipients {
        /// How long; none when more were asked for than a whole day has.
        free_in: Option<Duration>,
    },
}

impl LimitRefusal {
    /// "Suggested backoff time 5000 ms", as captured for `ConcurrentSyncCalls` (field.md 3.5).
    pub const SYNC_BACK_OFF: Duration = Duration::from_secs(5);

    /// What the answer carries as `BackOffMilliseconds`, if it does.
    #[must_use]
    pub const fn back_off(&self) -> Option<Duration> {
        match self {
            Self::SyncCalls { .. } => Some(Self::SYNC_BACK_OFF),
            Self::ServerTime { back_off } => *back_off,
            _ => None,
        }
    }
}
