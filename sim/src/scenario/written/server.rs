//! The simulated servers, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Delay, Ews, Octets, Span};
use crate::scenario::model::{Pop3Preset, SmtpPreset};

/// A simulated server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "speaks", rename_all = "snake_case")]
pub(in crate::scenario) enum Server {
    /// A POP3 server, for incoming email.
    Pop3(Pop3),
    /// An SMTP submission server, for outgoing email.
    Smtp(Smtp),
    /// An Exchange server, for email both ways, appointments, contacts and tasks.
    Ews(Ews),
}

/// A POP3 server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Pop3 {
    /// The service it behaves like. Default: "generic-pop3-smtp".
    #[serde(default)]
    pub preset: Pop3Preset,
    /// The time it takes to answer a request. Default: the preset's.
    pub service: Option<Delay>,
    /// How it differs from its preset.
    #[serde(default)]
    pub options: Pop3Options,
    /// The engine's profile of this server.
    #[serde(default)]
    pub profile: Profile,
}

/// How a POP3 server differs from its preset.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Pop3Options {
    /// Whether it knows CAPA.
    pub capa: Option<bool>,
    /// Whether it knows UIDL.
    pub uidl: Option<bool>,
    /// Whether it knows TOP.
    pub top: Option<bool>,
    /// Whether it announces PIPELINING.
    pub pipelining: Option<bool>,
    /// The least time between two logins to one mailbox.
    pub login_delay: Option<Span>,
    /// How many messages a session lists at most, the oldest first.
    #[schemars(range(min = 1))]
    pub window: Option<u32>,
    /// Whether a message once fetched is no longer listed.
    pub hide_fetched: Option<bool>,
}

/// An SMTP submission server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Smtp {
    /// The service it behaves like. Default: "generic-pop3-smtp".
    #[serde(default)]
    pub preset: SmtpPreset,
    /// The time it takes to answer a request. Default: the preset's.
    pub service: Option<Delay>,
    /// How it differs from its preset.
    #[serde(default)]
    pub options: SmtpOptions,
    /// The engine's profile of this server.
    #[serde(default)]
    pub profile: Profile,
}

/// How an SMTP server differs from its preset.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct SmtpOptions {
    /// Messages per mailbox in any minute.
    #[schemars(range(min = 1))]
    pub messages_per_minute: Option<u32>,
    /// Connections per mailbox at once.
    #[schemars(range(min = 1))]
    pub connections_per_mailbox: Option<u32>,
    /// Recipients per mailbox in any 24 hours.
    #[schemars(range(min = 1))]
    pub recipients_per_day: Option<u32>,
    /// Recipients in one message.
    #[schemars(range(min = 1))]
    pub recipients_per_message: Option<u32>,
    /// The largest message taken, which SIZE announces.
    pub max_message_size: Option<Octets>,
    /// How long a message is deferred on first sight; "0s" is not at all.
    pub greylist: Option<Span>,
    /// Whether it announces PIPELINING.
    pub pipelining: Option<bool>,
}

/// The engine's profile of a server. Names in Microsoft's spelling are Microsoft's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Profile {
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
    /// How many messages go out over one connection. Default: 30.
    #[schemars(range(min = 1))]
    pub messages_per_connection: Option<u32>,
}
