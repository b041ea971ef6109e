//! The engine's machine and settings, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Cost, Names, Octets, Span, Version};

/// The engine's machine, its own settings, and Microsoft's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Engine {
    /// Processors of its machine. Default: 2.
    #[schemars(range(min = 1, max = 1024))]
    pub processors: Option<u32>,
    /// Cycles of incoming email that run at once. Default: 50.
    #[schemars(range(min = 1, max = 100_000))]
    pub incoming_workers: Option<u32>,
    /// Cycles of outgoing email that run at once. Default: 50.
    #[schemars(range(min = 1, max = 100_000))]
    pub outgoing_workers: Option<u32>,
    /// Cycles of appointments, contacts and tasks that run at once. Default: 50.
    #[schemars(range(min = 1, max = 100_000))]
    pub act_workers: Option<u32>,
    /// Asynchronous customizations that run at once. Default: 10.
    #[schemars(range(min = 1, max = 100_000))]
    pub asynchronous_workers: Option<u32>,
    /// From the end of an outgoing scan to the next. Default: 5 minutes.
    pub outgoing_scan_interval: Option<Span>,
    /// Longest gap of an idle mailbox's appointments, contacts and tasks when incoming email is
    /// enabled as well. Default: 15 minutes.
    pub act_maximum_backoff_with_incoming: Option<Span>,
    /// Pause of a mailbox's sending when the server says "too fast" without saying how long.
    /// Default: 1 minute.
    pub rate_limit_backoff: Option<Span>,
    /// Pause of a mailbox's sending when a quota is used up. Default: 1 hour.
    pub quota_backoff: Option<Span>,
    /// Cycles in which one incoming item may fail before it is set aside. Default: 5.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub item_attempts: Option<u32>,
    /// How long the server may take after the final dot of a message. Default: 10 minutes.
    pub final_reply_timeout: Option<Span>,
    /// The version of the application the engine works for. Default: "9.2.0.0". Sent Items came
    /// with 9.1.0.16819, categories with 9.1.0.4039.
    pub application_version: Option<Version>,
    /// Settings by Microsoft's names, so that a customer's values can be carried over; where
    /// Microsoft counts seconds or minutes, write the unit.
    #[serde(default)]
    pub settings: Settings,
    /// What an administrator has changed while the engine was down: it acts from its
    /// second start on, so a fault has to crash it. Default: none.
    #[serde(default)]
    pub restarted: Restarted,
    /// Processor time of each step of the engine's work. Default: none, so that throughput is
    /// limited by the network, the servers and the limits alone.
    #[serde(default)]
    pub cost: Costs,
}

/// Settings by Microsoft's names (`ServerSideSyncEmailSettings`, `ServerSideSyncACTSettings`).
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(in crate::scenario) struct Settings {
    /// From the end of an incoming cycle to the next run. Default: 5 minutes.
    pub active_mailbox_minimum_backoff: Option<Span>,
    /// The longest gap an idle mailbox's incoming polls may grow to. Default: 5 minutes, so no
    /// growth.
    pub idle_mailbox_maximum_backoff: Option<Span>,
    /// The shortest gap of appointments, contacts and tasks. Default: 5 minutes.
    #[serde(rename = "ActiveMailboxMinimumBackoffForACT")]
    pub active_mailbox_minimum_backoff_for_act: Option<Span>,
    /// The longest gap of appointments, contacts and tasks. Default: 12 minutes.
    #[serde(rename = "ActiveMailboxMaximumBackoffForACT")]
    pub active_mailbox_maximum_backoff_for_act: Option<Span>,
    /// Postponement after a time-out. Default: 5 minutes.
    pub mailbox_backoff_on_timeout: Option<Span>,
    /// Postponement after any other transient error. Default: 5 minutes.
    pub mailbox_backoff_on_transient_error: Option<Span>,
    /// Transient errors in a row that make a permanent one. Default: 10.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_mailbox_transient_failures: Option<u32>,
    /// Incoming emails taken in one cycle. Default: 500.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub incoming_maximum_emails_per_cycle: Option<u32>,
    /// Attempts to send one email. Default: 10.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub maximum_email_delivery_attempts: Option<u32>,
    /// Before a deferred email is picked again. Default: 5 minutes.
    pub pending_emails_retry_interval: Option<Span>,
    /// Before an email left in Sending, or whose outcome is unknown, is picked again. Default: 30
    /// minutes.
    pub sending_emails_retry_interval: Option<Span>,
    /// The largest message taken in; more is the item's error. Default: 128 MiB.
    pub maximum_message_size: Option<Octets>,
    /// The largest attachment that stays with a record; a larger one is dropped. Default: 5,120
    /// KiB, at most 128 MiB.
    pub maximum_attachment_size: Option<Octets>,
    /// Whether the category "Tracked to Dynamics 365" tracks, and is kept in mailboxes' lists.
    /// Default: true.
    pub track_categorized_items: Option<bool>,
    /// Whether what is sent through Exchange is kept in the sender's Sent Items. Default: true.
    #[serde(rename = "SSSSaveOutgoingEmailToExchangeSentFolder")]
    pub sss_save_outgoing_email_to_exchange_sent_folder: Option<bool>,
}

/// What an administrator can change while the engine is down: the version, and settings by
/// Microsoft's names.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(in crate::scenario) struct Restarted {
    /// Whether the category "Tracked to Dynamics 365" tracks, and is kept in mailboxes' lists.
    /// Default: as before.
    pub track_categorized_items: Option<bool>,
    /// Whether what is sent through Exchange is kept in the sender's Sent Items. Default: as
    /// before.
    #[serde(rename = "SSSSaveOutgoingEmailToExchangeSentFolder")]
    pub sss_save_outgoing_email_to_exchange_sent_folder: Option<bool>,
    /// The version of the application the engine works for. Default: as before.
    #[serde(rename = "application_version")]
    pub application_version: Option<Version>,
    /// Mailboxes that were tested and enabled again: what is disabled of them starts anew, at each
    /// start but the first. Default: none.
    #[serde(rename = "enabled")]
    pub enabled: Option<Names>,
}

/// Processor time of each step of the engine's work.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Costs {
    /// Open a connection and log in.
    pub connect: Option<Cost>,
    /// Take in one incoming message.
    pub receive: Option<Cost>,
    /// Put out one message.
    pub send: Option<Cost>,
    /// Synchronise one appointment, contact or task.
    pub sync_item: Option<Cost>,
}
