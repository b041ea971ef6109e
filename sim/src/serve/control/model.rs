//! What the control interface reads and writes. The document's schemas are made from these types.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::Content;
use crate::serve::endpoint::{Login, TlsUse};
use crate::serve::ledger::Counts;

/// The state of everything.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct State {
    /// The scenario's title.
    pub(super) title: String,
    /// The seed.
    pub(super) seed: u64,
    /// How much faster than the wall's the scenario's clock runs.
    pub(super) speed: f64,
    /// Milliseconds of the scenario's time since its start.
    pub(super) at_ms: u64,
    /// The scenario's calendar now.
    pub(super) time: String,
    /// The servers, by name.
    pub(super) servers: Vec<ServerState>,
    /// How many mailboxes there are.
    pub(super) mailboxes: usize,
    /// What of the scenario does not happen here, because it is the engine's to do.
    pub(super) left_out: Vec<String>,
}

/// A server.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ServerState {
    /// Its name in the scenario.
    pub(super) name: String,
    /// `pop3`, `smtp` or `ews`.
    pub(super) protocol: String,
    /// Whether its process runs.
    pub(super) up: bool,
    /// Where clients find it.
    pub(super) endpoints: Vec<Address>,
}

/// Where clients find a server.
#[allow(clippy::struct_field_names, reason = "the names are those of the JSON")]
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Address {
    /// IP address and port.
    pub(super) address: SocketAddr,
    /// How TLS is spoken there.
    pub(super) tls: TlsUse,
    /// Where a client that wants a URL must go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

/// Some of the mailboxes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Mailboxes {
    /// How many there are in all.
    pub(super) total: usize,
    /// Those asked for, in the order of the scenario.
    pub(super) mailboxes: Vec<MailboxState>,
}

/// A mailbox.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct MailboxState {
    /// How clients log in.
    #[serde(flatten)]
    pub(super) login: Login,
    /// The server from which its mail is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) incoming: Option<String>,
    /// The server to which its mail goes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outgoing: Option<String>,
    /// Messages in its inbox now.
    pub(super) messages: usize,
    /// What has become of its mail.
    pub(super) counts: Counts,
}

/// The messages of an inbox, oldest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Messages {
    /// The messages.
    pub(super) messages: Vec<MessageState>,
}

/// A message in an inbox.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct MessageState {
    /// Its number in this mailbox; never used again.
    pub(super) uid: u32,
    /// Its number among all items, as events have it.
    pub(super) item: u64,
    /// How large it is.
    pub(super) octets: u64,
    /// When it arrived.
    pub(super) arrived: String,
}

/// A message to put into an inbox: its text as it is, or what to generate.
#[derive(Debug, Clone, JsonSchema)]
#[serde(untagged)]
pub(super) enum NewMessage {
    /// Its text as it is.
    Raw(RawMessage),
    /// What to generate.
    Generated(GeneratedMessage),
}

impl NewMessage {
    /// Reads either, and says of the one that is meant what is wrong with it.
    ///
    /// # Errors
    /// When it is neither.
    pub(super) fn read(value: serde_json::Value) -> serde_json::Result<Self> {
        if value.get("octets").is_some() {
            serde_json::from_value(value).map(Self::Generated)
        } else {
            serde_json::from_value(value).map(Self::Raw)
        }
    }
}

/// A message's text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMessage {
    /// The whole message, header and body, as in RFC 5322. Bare line feeds become CRLF.
    #[schemars(length(min = 1))]
    pub(super) raw: String,
}

/// What to generate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GeneratedMessage {
    /// How many octets it shall have.
    #[schemars(range(min = 1, max = 52_428_800))]
    pub(super) octets: u32,
    /// What it looks like.
    #[serde(default)]
    pub(super) kind: Content,
}

/// A message that was put into an inbox.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Delivered {
    /// Its number among all items, as events have it.
    pub(super) item: u64,
    /// How large it is.
    pub(super) octets: u64,
}

/// Messages that servers took for sending, oldest first. The latest are kept, 64 MiB of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct AcceptedMessages {
    /// The messages.
    pub(super) accepted: Vec<AcceptedMessage>,
}

/// A message that a server took for sending.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct AcceptedMessage {
    /// Counted from 1.
    pub(super) number: u64,
    /// The address of the mailbox that submitted it.
    pub(super) mailbox: String,
    /// When.
    pub(super) time: String,
    /// The sender of the envelope.
    pub(super) sender: String,
    /// The recipients of the envelope.
    pub(super) recipients: Vec<String>,
    /// How large it is.
    pub(super) octets: usize,
}

/// What is left of the servers' limits to mailboxes that have used anything.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Budgets {
    /// By server, then by mailbox.
    pub(super) budgets: Vec<Budget>,
}

/// What a mailbox has left of a server's limits.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Budget {
    /// The server.
    pub(super) server: String,
    /// The mailbox's address.
    pub(super) mailbox: String,
    /// The account that impersonates it, which has limits of its own there; absent where the
    /// mailbox's own account asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<String>,
    /// By limit: `messages`, `recipients` and `connections` for SMTP; `sessions`, `window` and
    /// `login_delay_ms` for POP3, the last until a login is taken again; `server_time_ms` and others
    /// for Exchange. What is not in it has no limit.
    pub(super) left: BTreeMap<String, i64>,
}

/// All faults, those of the scenario first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Faults {
    /// The faults.
    pub(super) faults: Vec<FaultState>,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct FaultState {
    /// Its name.
    pub(super) name: String,
    /// Where it strikes.
    pub(super) on: String,
    /// Whether it may strike now.
    pub(super) phase: Phase,
    /// From when, in milliseconds of the scenario's time.
    pub(super) from_ms: u64,
    /// Until when; absent if it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until_ms: Option<u64>,
    /// How many requests it has struck.
    pub(super) struck: u64,
}

/// Whether a fault may strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Phase {
    /// Not yet.
    Waiting,
    /// It may.
    Open,
    /// Not any more: its time is over.
    Over,
    /// Not any more: it was stopped.
    Stopped,
    /// Never: the engine it is meant for does not run.
    Never,
}

/// Why a call was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// What is wrong, in a sentence.
    pub(super) error: String,
    /// Each mistake, when there are several or there is help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) mistakes: Vec<Mistake>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Mistake {
    /// What is wrong.
    pub(super) message: String,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<String>,
    /// How to put it right, as far as that can be guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}
