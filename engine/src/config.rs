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
    /// Exchange Web Services: email both ways, and appointments, contacts and tasks.
    Ews,
}

/// How requests to an Exchange server prove who asks (`incomingauthenticationprotocol`, of which
/// these two need no connection of their own).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Authentication {
    /// 3, Basic: user name and password in every request (RFC 7617).
    #[default]
    Basic,
    /// 4, OAuth: [`Credentials::password`] is the access token (RFC 6750).
    OAuth,
}

/// What a profile says of an Exchange server beyond [`ServerProfile`]; nothing here acts on the
/// others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeProfile {
    /// The path of `ewsurl`: `/EWS/Exchange.asmx`, where Exchange itself puts it.
    pub path: String,
    /// How requests prove who asks.
    pub authentication: Authentication,
    /// `incomingcredentialretrieval` 1, the profile's own credentials: a service account that
    /// stands for all mailboxes of the profile. None is 0, each mailbox's own.
    pub service_account: Option<Credentials>,
    /// `incominguseimpersonation`: the service account acts as each mailbox's owner, whose
    /// budget then pays (domain.md 4.2). Default No: it then needs delegate access.
    pub use_impersonation: bool,
    /// `UseXAnchorMailboxInExchangeRequestHeader`: say in each request's head whose mailbox it is
    /// about, for routing. True (domain.md 1.14; another source has false).
    pub use_x_anchor_mailbox: bool,
    /// `moveundeliveredemails`: what could not become a record after all tries, and reports of
    /// non-delivery, are moved to the folder [`Self::UNDELIVERABLE_FOLDER`]. Default No
    /// (domain.md 1.3).
    pub move_undelivered_emails: bool,
    /// How long an unused connection is kept for the next request. 100 s, the .NET framework's
    /// own, and less than the 120 s after which IIS drops one.
    pub idle_connection_timeout: Duration,
}

impl ExchangeProfile {
    /// The folder under the root of a mailbox that undelivered email is moved to, created when it
    /// is missing (`undeliverablefolder` of the mailbox).
    pub const UNDELIVERABLE_FOLDER: &str = "Undeliverable";
}

impl Default for ExchangeProfile {
    fn default() -> Self {
        Self {
            path: "/EWS/Exchange.asmx".into(),
            authentication: Authentication::Basic,
            service_account: None,
            use_impersonation: false,
            use_x_anchor_mailbox: true,
            move_undelivered_emails: false,
            idle_connection_timeout: Duration::from_secs(100),
        }
    }
}

/// The version of the application the engine works for, which some features wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationVersion(pub u32, pub u32, pub u32, pub u32);

impl ApplicationVersion {
    /// From here on sent email is copied to Sent Items (server-side-synchronization, "Sent Items
    /// folder").
    pub const SENT_ITEMS: Self = Self(9, 1, 0, 16_819);
    /// From here on email is tracked by category (domain.md 1.11).
    pub const CATEGORIES: Self = Self(9, 1, 0, 4_039);
}

impl Default for ApplicationVersion {
    /// 9.2.0.0, which has everything.
    fn default() -> Self {
        Self(9, 2, 0, 0)
    }
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
    /// worth at the published rate (domain.md 4.5). SMTP's only: HTTP keeps its connections.
    pub messages_per_connection: u32,
    /// What only an Exchange server has.
    pub exchange: ExchangeProfile,
}

/// What kind of address a mailbox's is. Only mailboxes store mail, so only they can be
/// synchronised (server-side-synchronization, second note).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecipientKind {
    /// A user's mailbox.
    #[default]
    Mailbox,
    /// A queue's mailbox: synchronised like a user's, without folder-level tracking
    /// (domain.md 1.10) and without appointments, contacts and tasks (domain.md 1.13).
    Queue,
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
    /// The application's version.
    pub application_version: ApplicationVersion,
    /// `SSSSaveOutgoingEmailToExchangeSentFolder`: sent email stays in Sent Items. True
    /// (domain.md 1.14); needs [`ApplicationVersion::SENT_ITEMS`].
    pub sss_save_outgoing_email_to_exchange_sent_folder: bool,
    /// `TrackCategorizedItems`: the category "Tracked to Dynamics 365" tracks and untracks.
    /// True (domain.md 1.14); needs [`ApplicationVersion::CATEGORIES`].
    pub track_categorized_items: bool,
    /// The largest attachment that stays with the record of an incoming email, in octets; a larger
    /// one is dropped and the record says so (`notifications` 1, domain.md 1.7). 5,120 KB
    /// (domain.md 1.15).
    pub maximum_attachment_size: u64,
}

impl Settings {
    /// Whether a sent email is to stay in the sender's Sent Items.
    #[must_use]
    pub fn saves_sent_items(&self) -> bool {
        self.sss_save_outgoing_email_to_exchange_sent_folder
            && self.application_version >= ApplicationVersion::SENT_ITEMS
    }

    /// Whether categories track email.
    #[must_use]
    pub fn tracks_categories(&self) -> bool {
        self.track_categorized_items && self.application_version >= ApplicationVersion::CATEGORIES
    }
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
            application_version: ApplicationVersion::default(),
            sss_save_outgoing_email_to_exchange_sent_folder: true,
            track_categorized_items: true,
            maximum_attachment_size: 5_120 * 1024,
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
