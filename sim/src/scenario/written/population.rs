//! Mailboxes and the customer's code in them, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Delay, Moment, Octets, Span};
use crate::scenario::model::Credentials;

/// One mailbox, or many alike.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Mailbox {
    /// Its name, or a pattern for many: "pop-{0001..1000}" makes a thousand.
    #[schemars(length(min = 1), extend("examples" = ["campaign", "pop-{0001..1000}"]))]
    pub name: String,
    /// The group it belongs to. Default: the name up to the brace, "pop-" in the example.
    pub group: Option<String>,
    /// The user it belongs to, with the same pattern; a user has one mailbox only. Default: its
    /// name.
    pub user: Option<String>,
    /// The user name that the engine logs in with, with the same pattern; "recent:NAME" is
    /// Gmail's way of asking for recent mail. Default: its name.
    pub login: Option<String>,
    /// The POP3 or Exchange server its mail comes in from. Default: no incoming email.
    pub incoming: Option<String>,
    /// The SMTP or Exchange server its mail goes out to. Default: no outgoing email.
    pub outgoing: Option<String>,
    /// Declared activity in appointments, contacts and tasks. Default: not synchronised.
    pub act: Option<Activity>,
    /// Whether it is a queue's and not a person's: its folders cannot be tracked.
    #[serde(default)]
    pub queue: bool,
    /// When it is enabled, which is when it is first due. Default: at the start.
    pub enabled: Option<Moment>,
    /// Enable the mailboxes of the pattern one after the other, evenly over this time. Default:
    /// all at once.
    pub spread: Option<Span>,
    /// Delete mail from the server once it is committed. Default: keep it.
    #[serde(default)]
    pub process_and_delete: bool,
    /// The size beyond which nothing is sent from it, on an Exchange server. Default: the server's.
    #[serde(rename = "ProhibitSendQuota")]
    pub prohibit_send: Option<Octets>,
    /// The size beyond which nothing is received or stored in it either, on an Exchange server.
    /// Default: the server's.
    #[serde(rename = "ProhibitSendReceiveQuota")]
    pub prohibit_send_receive: Option<Octets>,
    /// Whether the engine has the right password.
    #[serde(default)]
    pub credentials: Credentials,
}

/// Declared activity in appointments, contacts and tasks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Activity {
    /// How often something changes, at random. Default: never.
    pub rate: Option<super::quantity::Rate>,
    /// How long a cycle's exchange takes. Default: no time.
    pub takes: Option<Span>,
}

/// Names of mailboxes: one, or several; `*` and `?` stand for any characters and any one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Names {
    /// One name or pattern, such as "pop-*".
    One(#[schemars(length(min = 1))] String),
    /// Several, each like the one.
    Several(#[schemars(length(min = 1))] Vec<String>),
}

/// A plug-in or workflow in the flow of delivery.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Customization {
    /// Its name, for the alert.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The workload in whose delivery it runs.
    pub workload: Workload,
    /// The mailboxes it runs for. Default: all that have the workload.
    pub mailboxes: Option<Names>,
    /// Synchronous: inside the delivery, holding its worker and its connection. Asynchronous: in
    /// a queue of its own. Default: synchronous.
    #[serde(default)]
    pub mode: Mode,
    /// How long it takes.
    pub takes: Delay,
    /// When it throws. Default: never.
    pub throws: Option<Throws>,
    /// From when on it is mended, and throws no more. Default: never.
    pub mended: Option<Moment>,
}

/// One of the three workloads of a mailbox.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Workload {
    /// Email from the server into the application.
    Incoming,
    /// Email in Pending Send out to the server.
    Outgoing,
    /// Appointments, contacts and tasks.
    Act,
}

impl From<Workload> for sync_engine::Workload {
    fn from(written: Workload) -> Self {
        match written {
            Workload::Incoming => Self::Incoming,
            Workload::Outgoing => Self::Outgoing,
            Workload::Act => Self::Act,
        }
    }
}

/// Where a customization runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Mode {
    /// Inside the delivery.
    #[default]
    Synchronous,
    /// In a queue of its own.
    Asynchronous,
}

/// When a customization throws.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Throws {
    /// Whenever it runs.
    Always,
    /// Every nth time it runs.
    Every(#[schemars(range(min = 1))] u64),
}
