//! What an administrator sets: mailboxes, server profiles and limits. Names are Microsoft's where
//! one exists, so that a customer's values can be carried over.

use std::time::Duration;

use jiff::Timestamp;

use crate::{MailboxId, ServerId};

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// What a server profile speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Incoming email (RFC 1939).
    Pop3,
    /// Outgoing email (RFC 6409).
    Smtp,
}

/// An email server profile: one server and how hard the engine may press it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerProfile {
    /// The administrator's name for it.
    pub name: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// Where it listens (`serverlocation` and port).
    pub endpoint: Endpoint,
    /// `maxconcurrentconnections`: connections open to this server at once, 1 to 300. Microsoft's
    /// default is not published; 10 is the figure often quoted (domain.md 1.3).
    pub max_concurrent_connections: u16,
    /// How long one request may take from its first byte out to its last byte in. Microsoft has no
    /// such column (domain.md 1.3); 60 s is ours. The final dot of SMTP has its own, see
    /// [`Settings::final_reply_timeout`].
    pub request_timeout: Duration,
    /// `minpollingintervalinminutes`: never poll one mailbox on this server more often. Zero,
    /// the default, leaves the schedule alone.
    pub min_polling_interval: Duration,
    /// How many messages go out over one connection before a new one is opened. 30: a minute's
    /// worth at the published rate (domain.md 4.5).
    pub messages_per_connection: u32,
}

/// What kind of address a mailbox's is. Only mailboxes store mail, so only they can be
/// synchronised (server-side-synchronization, second note).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecipientKind {
    /// A mailbox of its own.
    #[default]
    Mailbox,
    /// Another name of a mailbox: refused.
    Alias,
    /// A list of mailboxes: refused.
    DistributionList,
}

/// A user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A mailbox: one user, one server mailbox, up to three workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Its address, `emailaddress`; unique.
    pub address: String,
    /// The user it belongs to, `regardingobjectid`; unique, because a user maps to one mailbox.
    pub user: String,
    /// What kind of address it is.
    pub kind: RecipientKind,
    /// For both directions.
    pub credentials: Credentials,
    /// Where email comes in from (`incomingemaildeliverymethod`), if it does.
    pub incoming: Option<ServerId>,
    /// Where email goes out to (`outgoingemaildeliverymethod`), if it does.
    pub outgoing: Option<ServerId>,
    /// Whether appointments, contacts and tasks are synchronised (`actdeliverymethod`). Refused
    /// together with a POP3 profile: POP3 is email only.
    pub act: bool,
    /// `processanddeleteemails`: delete from the server what is committed. Default off.
    pub process_and_delete_emails: bool,
    /// When it was tested and enabled: its workloads are first due then.
    pub enabled_at: Timestamp,
}

/// What happens to a message's bytes in the store once nothing needs them any more. Bytes of
/// messages that failed are always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentRetention {
    /// Keep them with the record (production).
    #[default]
    Keep,
    /// Keep the hash and the size only, so that memory does not grow with the length of a run.
    HashOnly,
}

/// `ServerSideSyncEmailSettings`, `…ACTSettings` and `…QueueSettings`, as far as they act here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `ActiveMailboxMinimumBackoff`: from the end of an incoming cycle to the next run. 5 min
    /// (server-side-synchronization, "Incoming sync frequency").
    pub active_mailbox_minimum_backoff: Duration,
    /// `IdleMailboxMaximumBackoff`: the longest gap an idle mailbox's incoming polls may grow to.
    /// 5 min, so no growth; on premises up to 6 h (domain.md 1.1).
    pub idle_mailbox_maximum_backoff: Duration,
    /// From the end of an outgoing scan to the next. 5 min (server-side-synchronization,
    /// "Outgoing sync frequency").
    pub outgoing_scan_interval: Duration,
    /// `ActiveMailboxMinimumBackoffForACT`. 5 min.
    pub active_mailbox_minimum_backoff_for_act: Duration,
    /// `ActiveMailboxMaximumBackoffForACT` of a mailbox without incoming email. 12 min.
    pub active_mailbox_maximum_backoff_for_act: Duration,
    /// The same with incoming email enabled as well. 15 min.
    pub active_mailbox_maximum_backoff_for_act_with_incoming: Duration,
    /// `MailboxBackoffOnTimeout`. 5 min ("10 attempts, 5 min apart", domain.md 1.5).
    pub mailbox_backoff_on_timeout: Duration,
    /// `MailboxBackoffOnTransientError`. 5 min.
    pub mailbox_backoff_on_transient_error: Duration,
    /// `MaxMailboxTransientFailures`: in a row, then permanent. 10.
    pub max_mailbox_transient_failures: u32,
    /// Pause of one mailbox's sending when the server says "too fast" without saying how long.
    /// 1 min: the published windows are per minute (domain.md 4.5).
    pub rate_limit_backoff: Duration,
    /// Pause of one mailbox's sending when a quota is used up. 1 h: the window is a rolling day
    /// (domain.md 4.5), so part of it clears all the time.
    pub quota_backoff: Duration,
    /// `IncomingMaximumEmailsPerCycle`; Microsoft's default is not published, 500 is ours.
    pub incoming_maximum_emails_per_cycle: u32,
    /// How many cycles one item may fail before it is set aside. 5 (domain.md 1.5).
    pub item_attempts: u32,
    /// `MaximumEmailDeliveryAttempts`; Microsoft's default is not published, the Email Router's
    /// was 10 (domain.md 2.4).
    pub maximum_email_delivery_attempts: u32,
    /// `PendingEmailsRetryInterval`: before a deferred email is picked again. 5 min.
    pub pending_emails_retry_interval: Duration,
    /// `SendingEmailsRetryInterval`: before an email left in Sending by a crash, or whose outcome
    /// is unknown, is picked again. 30 min (the Email Router's, domain.md 2.4).
    pub sending_emails_retry_interval: Duration,
    /// How long the server may take after the final dot. 10 min (RFC 5321, 4.5.3.2.6).
    pub final_reply_timeout: Duration,
    /// The largest message taken in, in octets; more is the item's error. 128 MiB (the ceiling of
    /// domain.md 1.15).
    pub maximum_message_size: u64,
    /// Workers of the incoming queue: cycles of that workload running at once. 50.
    pub incoming_workers: u32,
    /// Workers of the outgoing queue. 50.
    pub outgoing_workers: u32,
    /// Workers of the appointments, contacts and tasks queue. 50.
    pub act_workers: u32,
    /// What becomes of bytes nobody needs any more.
    pub content_retention: ContentRetention,
}

impl Default for Settings {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            active_mailbox_minimum_backoff: minutes(5),
            idle_mailbox_maximum_backoff: minutes(5),
            outgoing_scan_interval: minutes(5),
            active_mailbox_minimum_backoff_for_act: minutes(5),
            active_mailbox_maximum_backoff_for_act: minutes(12),
            active_mailbox_maximum_backoff_for_act_with_incoming: minutes(15),
            mailbox_backoff_on_timeout: minutes(5),
            mailbox_backoff_on_transient_error: minutes(5),
            max_mailbox_transient_failures: 10,
            rate_limit_backoff: minutes(1),
            quota_backoff: minutes(60),
            incoming_maximum_emails_per_cycle: 500,
            item_attempts: 5,
            maximum_email_delivery_attempts: 10,
            pending_emails_retry_interval: minutes(5),
            sending_emails_retry_interval: minutes(30),
            final_reply_timeout: minutes(10),
            maximum_message_size: 128 * 1024 * 1024,
            incoming_workers: 50,
            outgoing_workers: 50,
            act_workers: 50,
            content_retention: ContentRetention::Keep,
        }
    }
}

/// Everything an engine is told about the world at its start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EngineConfig {
    /// Limits, intervals and capacities.
    pub settings: Settings,
    /// Server profiles; [`ServerId`] is the place in this list.
    pub servers: Vec<ServerProfile>,
    /// Mailboxes; [`MailboxId`] is the place in this list.
    pub mailboxes: Vec<Mailbox>,
}

impl EngineConfig {
    /// A mailbox by its id.
    ///
    /// # Panics
    /// When the id is not of this configuration.
    #[must_use]
    pub fn mailbox(&self, id: MailboxId) -> &Mailbox {
        &self.mailboxes[id.0 as usize]
    }

    /// A server profile by its id.
    ///
    /// # Panics
    /// When the id is not of this configuration.
    #[must_use]
    pub fn server(&self, id: ServerId) -> &ServerProfile {
        &self.servers[usize::from(id.0)]
    }
}
