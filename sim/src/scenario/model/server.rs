//! The simulated servers of a scenario, each with its link and with the engine's profile of it.

use std::time::Duration;

use fake_servers::Delay;

use super::{EwsOptions, ExchangePreset, ExchangeProfile};
use crate::world::Link;

/// One server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its name, also its host name.
    pub name: String,
    /// What it speaks, and how it differs from its preset.
    pub face: Face,
    /// The time it takes to answer a request; none is the preset's.
    pub service: Option<Delay>,
    /// The engine's profile of it.
    pub profile: Profile,
    /// The link between the engine and it.
    pub link: Link,
    /// Whether the file says what it is like.
    pub link_written: bool,
}

impl Server {
    /// What it speaks, as the engine's profile says it.
    #[must_use]
    pub const fn protocol(&self) -> sync_engine::Protocol {
        match self.face {
            Face::Pop3 { .. } => sync_engine::Protocol::Pop3,
            Face::Smtp { .. } => sync_engine::Protocol::Smtp,
            Face::Ews { .. } => sync_engine::Protocol::Ews,
        }
    }
}

/// What a server speaks, and how it differs from its preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// POP3 (RFC 1939).
    Pop3 {
        /// Where the options not given come from.
        preset: Pop3Preset,
        /// The options given.
        options: Pop3Options,
    },
    /// SMTP submission (RFC 6409).
    Smtp {
        /// Where the options not given come from.
        preset: SmtpPreset,
        /// The options given.
        options: SmtpOptions,
    },
    /// Exchange Web Services.
    Ews {
        /// Where the options not given come from.
        preset: ExchangePreset,
        /// The options given.
        options: Box<EwsOptions>,
        /// What the engine's profile has beyond that of others.
        profile: ExchangeProfile,
    },
}

/// A POP3 service whose behaviour is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pop3Preset {
    /// What RFC 1939 and RFC 2449 say, nothing withheld.
    #[default]
    GenericPop3Smtp,
    /// Gmail's window and its popped messages (domain.md 5.2).
    GmailPop,
}

/// An SMTP submission service whose behaviour is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpPreset {
    /// What RFC 6409 says, without limits of rate.
    #[default]
    GenericPop3Smtp,
    /// 30 messages a minute, 3 connections, 10,000 recipients a rolling day (domain.md 4.5).
    ExchangeOnlineSmtp,
}

/// How a POP3 server differs from its preset; what is `None` is the preset's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pop3Options {
    /// Whether it knows CAPA.
    pub capa: Option<bool>,
    /// Whether it knows UIDL.
    pub uidl: Option<bool>,
    /// Whether it knows TOP.
    pub top: Option<bool>,
    /// Whether it announces PIPELINING.
    pub pipelining: Option<bool>,
    /// The least time between two logins to one mailbox (RFC 2449, 6.5).
    pub login_delay: Option<Duration>,
    /// How many messages a session lists at most, the oldest first.
    pub window: Option<u32>,
    /// Whether a message once fetched is no longer listed.
    pub hide_fetched: Option<bool>,
}

/// How an SMTP server differs from its preset; what is `None` is the preset's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SmtpOptions {
    /// Messages per mailbox in any minute.
    pub messages_per_minute: Option<u32>,
    /// Connections per mailbox at once.
    pub connections_per_mailbox: Option<u32>,
    /// Recipients per mailbox in any 24 hours.
    pub recipients_per_day: Option<u32>,
    /// Recipients in one message.
    pub recipients_per_message: Option<u32>,
    /// Octets in one message.
    pub max_message_size: Option<u64>,
    /// How long a message is deferred on first sight (RFC 6647); zero is not at all.
    pub greylist: Option<Duration>,
    /// Whether it announces PIPELINING.
    pub pipelining: Option<bool>,
}

/// The engine's profile of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Connections open to it at once.
    pub max_concurrent_connections: u16,
    /// Never poll one mailbox on it more often.
    pub min_polling_interval: Duration,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// How many messages go out over one connection.
    pub messages_per_connection: u32,
}

impl Default for Profile {
    /// The defaults of [`sync_engine::ServerProfile`], each with its source there.
    fn default() -> Self {
        Self {
            max_concurrent_connections: 10,
            min_polling_interval: Duration::ZERO,
            request_timeout: Duration::from_mins(1),
            messages_per_connection: 30,
        }
    }
}
