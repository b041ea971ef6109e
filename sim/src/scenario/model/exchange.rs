//! An Exchange server of a scenario.

use std::time::Duration;

use fake_servers::exchange::versions::ExchangeVersion;
use fake_servers::store::Quota;

/// A version of Exchange whose behaviour is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
pub enum ExchangePreset {
    /// Exchange Server 2013: 3 hanging connections.
    #[serde(rename = "exchange-2013")]
    Exchange2013,
    /// Exchange Server 2016: 10 hanging connections, 5 synchronisation calls at once.
    #[serde(rename = "exchange-2016")]
    Exchange2016,
    /// Exchange Server 2019, like 2016.
    #[default]
    #[serde(rename = "exchange-2019")]
    Exchange2019,
    /// Exchange Server Subscription Edition, like 2016.
    #[serde(rename = "exchange-se")]
    ExchangeSe,
    /// Exchange Online: 20 subscriptions, 30 messages a minute, 10,000 recipients a day, and EWS
    /// blocked from 2026-10-01 on.
    #[serde(rename = "exchange-online")]
    ExchangeOnline,
}

impl From<ExchangePreset> for ExchangeVersion {
    fn from(preset: ExchangePreset) -> Self {
        match preset {
            ExchangePreset::Exchange2013 => Self::Exchange2013,
            ExchangePreset::Exchange2016 => Self::Exchange2016,
            ExchangePreset::Exchange2019 => Self::Exchange2019,
            ExchangePreset::ExchangeSe => Self::ExchangeSe,
            ExchangePreset::ExchangeOnline => Self::ExchangeOnline,
        }
    }
}

/// A limit that a file sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit<T> {
    /// This.
    AtMost(T),
    /// None.
    Unlimited,
}

/// How an Exchange server differs from its preset; what is `None` is the preset's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EwsOptions {
    /// Requests of one user at once.
    pub max_concurrency: Option<Limit<u32>>,
    /// Synchronisation calls of one user at once.
    pub concurrent_sync_calls: Option<Limit<u32>>,
    /// Streaming connections of one user at once.
    pub hanging_connections: Option<Limit<u32>>,
    /// Subscriptions to one mailbox.
    pub max_subscriptions: Option<Limit<u32>>,
    /// Items that one search may hold.
    pub find_count: Option<Limit<u32>>,
    /// Server time that can be saved up.
    pub max_burst: Option<Limit<Duration>>,
    /// Server time that comes back in an hour.
    pub recharge_per_hour: Option<Limit<Duration>>,
    /// Server time overdrawn at which a user is blocked.
    pub cutoff: Option<Limit<Duration>>,
    /// Messages of one user in any minute.
    pub messages_per_minute: Option<Limit<u32>>,
    /// Recipients of one user in any 24 hours.
    pub recipients_per_day: Option<Limit<u32>>,
    /// The quota of mailboxes that have none of their own.
    pub quota: Quota,
    /// The names of the mailboxes whose accounts may act for others.
    pub impersonation: Option<Vec<String>>,
    /// Octets of a message.
    pub message_octets: Option<u64>,
    /// Whether a request that violates the schema is refused.
    pub strict: bool,
    /// Whether the tenant's list of allowed applications has the engine.
    pub allow_listed: bool,
    /// How clients may authenticate.
    pub authentication: Option<Ways>,
}

/// Ways to authenticate over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// User name and password.
    pub basic: bool,
    /// Tokens.
    pub bearer: bool,
}

/// What the engine's profile of an Exchange server has beyond that of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExchangeProfile {
    /// With a token rather than with a password.
    pub token: bool,
    /// The name of the mailbox whose account stands for all.
    pub service_account: Option<String>,
    /// Whether it impersonates the others.
    pub use_impersonation: bool,
    /// Whether undelivered email is moved.
    pub move_undelivered_emails: bool,
}
