//! Clients beside the engine that hold streaming subscriptions, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moment, Names, Span};

/// Clients beside the engine, such as add-ins, phones and room panels, that hold a streaming
/// subscription to the inbox of Exchange mailboxes. They speak over the servers' links, count
/// against the same limits as the engine, and outlive its crashes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Watcher {
    /// Its name, to which windows and expectations refer.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Whose inboxes. Default: those of all mailboxes on an Exchange server.
    pub mailboxes: Option<Names>,
    /// How many such clients each of these mailboxes has. Default: 1.
    #[schemars(range(min = 1, max = 1000))]
    pub clients: Option<u32>,
    /// When they are switched on. Default: at the start.
    pub from: Option<Moment>,
    /// For how long. Default: to the end of the run.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
    /// `ConnectionTimeout`: for how long they ask a connection to be held open, in whole minutes
    /// from "1m" to "30m". Default: "30m".
    pub connection_timeout: Option<Span>,
}
