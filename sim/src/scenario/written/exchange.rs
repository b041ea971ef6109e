//! An Exchange server, as a file writes it. Limits have the names of Microsoft's throttling policies,
//! so that a customer's values can be carried over.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Delay, Octets, Span};
use crate::scenario::model::ExchangePreset;

/// An Exchange server, over Exchange Web Services.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Ews {
    /// The version it behaves like. Default: "exchange-2019".
    #[serde(default)]
    pub preset: ExchangePreset,
    /// The server time that each thing a request asks for takes, which budgets count. Default: no
    /// time.
    pub service: Option<Delay>,
    /// How it differs from its preset.
    #[serde(default)]
    pub options: EwsOptions,
    /// The engine's profile of this server.
    #[serde(default)]
    pub profile: EwsProfile,
}

/// How an Exchange server differs from its preset.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct EwsOptions {
    /// Requests of one user at once.
    #[serde(rename = "EWSMaxConcurrency")]
    pub max_concurrency: Option<CountLimit>,
    /// Synchronisation calls of one user at once.
    #[serde(rename = "ConcurrentSyncCalls")]
    pub concurrent_sync_calls: Option<CountLimit>,
    /// Streaming connections of one user at once.
    #[serde(rename = "HangingConnectionLimit")]
    pub hanging_connections: Option<CountLimit>,
    /// Subscriptions to one mailbox.
    #[serde(rename = "EWSMaxSubscriptions")]
    pub max_subscriptions: Option<CountLimit>,
    /// Items that one search may hold, with a restriction or without.
    #[serde(rename = "EWSFindCountLimit")]
    pub find_count: Option<CountLimit>,
    /// Server time that a user can save up.
    #[serde(rename = "EwsMaxBurst")]
    pub max_burst: Option<SpanLimit>,
    /// Server time that comes back in an hour.
    #[serde(rename = "EwsRechargeRate")]
    pub recharge_rate: Option<SpanLimit>,
    /// Server time overdrawn at which a user is blocked.
    #[serde(rename = "EwsCutoffBalance")]
    pub cutoff_balance: Option<SpanLimit>,
    /// Messages of one user in any minute; more are accepted and delivered later.
    #[serde(rename = "MessageRateLimit")]
    pub message_rate: Option<CountLimit>,
    /// Recipients of one user in any 24 hours.
    #[serde(rename = "RecipientRateLimit")]
    pub recipient_rate: Option<CountLimit>,
    /// The size of mailboxes beyond which nothing is sent from them. Default: `mailbox_quota`.
    #[serde(rename = "ProhibitSendQuota")]
    pub prohibit_send: Option<Octets>,
    /// The size of mailboxes beyond which nothing is received or stored in them either. Default:
    /// `mailbox_quota`.
    #[serde(rename = "ProhibitSendReceiveQuota")]
    pub prohibit_send_receive: Option<Octets>,
    /// Both of these at once. Default: unlimited.
    pub mailbox_quota: Option<Octets>,
    /// The mailboxes whose accounts may act for all others and open them. Default: all may.
    #[serde(rename = "ApplicationImpersonation")]
    pub impersonation: Option<Vec<String>>,
    /// The largest message taken.
    pub max_message_size: Option<Octets>,
    /// Whether a request that violates the schema is refused. Default: it is read as well as it
    /// can be.
    pub strict: Option<bool>,
    /// Online, whether the tenant's list of allowed applications has the engine, so that EWS goes
    /// on after 2026-10-01. Default: it has not.
    pub allow_listed: Option<bool>,
    /// How clients may authenticate. Default: the version's ways, which online are tokens only.
    #[schemars(length(min = 1))]
    pub authentication: Option<Vec<Scheme>>,
}

/// A number, or "unlimited", which is Microsoft's null.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum CountLimit {
    /// At most so many.
    AtMost(#[schemars(range(min = 1))] u32),
    /// As many as come.
    Unlimited(Unlimited),
}

/// A duration, or "unlimited", which is Microsoft's null.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum SpanLimit {
    /// At most so long.
    Unlimited(Unlimited),
    /// As long as it takes.
    AtMost(Span),
}

/// The word for no limit.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Unlimited {
    /// No limit.
    Unlimited,
}

/// A way to authenticate over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Scheme {
    /// User name and password in each request.
    Basic,
    /// An OAuth token in each request.
    Bearer,
}

/// The engine's profile of an Exchange server. Names in Microsoft's spelling are Microsoft's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct EwsProfile {
    /// Connections open to this server at once. Default: 10.
    #[serde(rename = "MaxConcurrentConnections")]
    #[schemars(range(min = 1, max = 300))]
    pub max_concurrent_connections: Option<u16>,
    /// Never poll one mailbox on this server more often. Default: "0s", no limit.
    #[serde(rename = "MinPollingInterval")]
    pub min_polling_interval: Option<Span>,
    /// How long one request may take, from its first octet out to its last octet in. Default: 60
    /// seconds.
    pub request_timeout: Option<Span>,
    /// How the engine authenticates. Default: with a token where the server takes nothing else,
    /// with the password everywhere else.
    pub authentication: Option<Scheme>,
    /// The mailbox whose account stands for all mailboxes of this profile. Default: each its own.
    pub service_account: Option<String>,
    /// Whether the service account impersonates the mailboxes' owners, whose budgets then pay.
    /// Default: it does.
    #[serde(rename = "UseImpersonation")]
    pub use_impersonation: Option<bool>,
    /// Move undelivered email to the folder "Undeliverable". Default: leave it.
    #[serde(rename = "MoveUndeliveredEmails")]
    pub move_undelivered_emails: Option<bool>,
}
