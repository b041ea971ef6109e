//! What a scenario can demand to see at least once: the names, in one list, from which the schema,
//! the messages and the reference are made.

/// Who shows a probe, which decides what stands before the dot in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `engine.NAME`.
    Engine,
    /// `world.NAME`.
    World,
    /// `watcher.NAME`.
    Watcher,
    /// `SERVER.NAME` with a server's name, or `server.NAME` for any server.
    Server,
}

macro_rules! probes {
    ($($(#[doc = $doc:literal])* $variant:ident $source:ident $name:literal,)*) => {
        /// Something that can be seen to happen in a run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Probe {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Probe {
            /// All of them, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in scenario files, after the dot.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Who shows it.
            #[must_use]
            pub const fn source(self) -> Source {
                match self { $(Self::$variant => Source::$source,)* }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_ascii(),)* }
            }
        }
    };
}

probes! {
    /// A cycle left its queue.
    CycleStarted Engine "cycle_started",
    /// A cycle came to its end.
    CycleEnded Engine "cycle_ended",
    /// A connection to a server was opened.
    ConnectionOpened Engine "connection_opened",
    /// A connection to a server was closed.
    ConnectionClosed Engine "connection_closed",
    /// A due cycle waited because its workload's workers were all busy.
    WaitingForWorker Engine "waiting_for_worker",
    /// A due cycle waited because its server's connections were all in use.
    WaitingForConnection Engine "waiting_for_connection",
    /// A message was stored and the cursor moved.
    EmailStored Engine "email_stored",
    /// Attachments that were too large were dropped from a record.
    AttachmentsDropped Engine "attachments_dropped",
    /// A message was fetched that was in the store already.
    AlreadyStored Engine "already_stored",
    /// An incoming message failed for a reason of its own and will be tried again.
    ItemFailed Engine "item_failed",
    /// An incoming message failed for the last time.
    ItemSetAside Engine "item_set_aside",
    /// A server confirmed the deletion of messages already committed.
    DeletedOnServer Engine "deleted_on_server",
    /// The server did not know the engine's place in a folder any more; it begins anew.
    Resynchronised Engine "resynchronised",
    /// An item was moved to the folder for undelivered email.
    MovedToUndeliverable Engine "moved_to_undeliverable",
    /// An email is tracked, or linked to something else than before.
    EmailTracked Engine "email_tracked",
    /// An email is not tracked any more.
    EmailUntracked Engine "email_untracked",
    /// The categories that track were made in a mailbox, or found there at first sight.
    CategoryMade Engine "category_made",
    /// The categories that track were taken out of a mailbox.
    CategoryRemoved Engine "category_removed",
    /// What stood where a mailbox's list of categories should be was no list.
    CategoryListUnreadable Engine "category_list_unreadable",
    /// A rule that tracked a folder acts no longer.
    TrackingRuleEnded Engine "tracking_rule_ended",
    /// A customization began to run.
    CustomizationStarted Engine "customization_started",
    /// A customization came to its end.
    CustomizationEnded Engine "customization_ended",
    /// A customization threw.
    CustomizationFailed Engine "customization_failed",
    /// A user put an email in Pending Send.
    EmailQueued Engine "email_queued",
    /// An attempt to send an email began.
    SendStarted Engine "send_started",
    /// A server refused one recipient for good.
    RecipientRefused Engine "recipient_refused",
    /// A server took an email and the record says so.
    EmailSent Engine "email_sent",
    /// An email was put off and went back to Pending Send.
    SendDeferred Engine "send_deferred",
    /// The reply to a final dot was lost: nobody can know whether the email went.
    OutcomeUnknown Engine "outcome_unknown",
    /// An email failed for good.
    EmailFailed Engine "email_failed",
    /// A server asked for a pause and the engine obeys.
    BackOff Engine "back_off",
    /// A cycle ended with a transient error and its workload was postponed.
    Postponed Engine "postponed",
    /// A cycle ended because the server asked it to come back later.
    Throttled Engine "throttled",
    /// A workload of a mailbox was disabled.
    Disabled Engine "disabled",
    /// Nobody listened where a server should.
    ConnectRefused Engine "connect_refused",
    /// No connection came about within the request time-out.
    ConnectTimeout Engine "connect_timeout",
    /// A request was not answered in full within its time-out.
    RequestTimeout Engine "request_timeout",
    /// A connection ended before the answer did.
    ConnectionLost Engine "connection_lost",
    /// A server's bytes made no sense in its protocol.
    ProtocolViolation Engine "protocol_violation",
    /// An answer was longer than the engine is willing to hold.
    AnswerTooLong Engine "answer_too_long",
    /// A message could not be parsed.
    Unparsable Engine "unparsable",
    /// Declared processor time was spent.
    CostSpent Engine "cost_spent",

    /// The engine's process was killed.
    EngineCrashed World "engine_crashed",
    /// The engine was started, at the beginning or after a crash.
    EngineStarted World "engine_started",
    /// The engine was started again after a crash.
    EngineRestarted World "engine_restarted",
    /// A server's process was killed.
    ServerCrashed World "server_crashed",
    /// A server was started again after a crash.
    ServerStarted World "server_started",
    /// A TCP connection was established.
    Connected World "connected",
    /// A TCP connection was gone.
    Disconnected World "disconnected",

    /// A client beside the engine made a subscription.
    WatcherSubscribed Watcher "subscribed",
    /// A connection began to carry events to a client beside the engine.
    WatcherStreaming Watcher "streaming",
    /// A client beside the engine was told of a message.
    WatcherNotified Watcher "notified",
    /// A client beside the engine found messages that nobody had told it of.
    WatcherCaughtUp Watcher "caught_up",
    /// A client beside the engine was told that its subscription is lost.
    WatcherLostSubscription Watcher "lost_subscription",
    /// A client beside the engine lost the connection that carried its events.
    WatcherLostConnection Watcher "lost_connection",
    /// A server's back-off put off a client beside the engine.
    WatcherBusy Watcher "busy",
    /// A client beside the engine was one connection too many.
    WatcherTooManyConnections Watcher "too_many_connections",
    /// A client beside the engine was one subscription too many.
    WatcherTooManySubscriptions Watcher "too_many_subscriptions",

    /// A client logged in.
    LoggedIn Server "logged_in",
    /// A message was handed to the client in full.
    Served Server "served",
    /// A message was removed for good at the client's wish.
    Deleted Server "deleted",
    /// Another client of the mailbox took a message out of the inbox.
    TakenAway Server "taken_away",
    /// The server took responsibility for a message.
    Accepted Server "accepted",
    /// A message that was accepted waits in the outbox, because too many left in this minute.
    HeldBack Server "held_back",
    /// POP3 `[IN-USE]`: another client holds the maildrop's lock.
    InUse Server "in_use",
    /// POP3 `[LOGIN-DELAY]`: polled too soon.
    LoginDelay Server "login_delay",
    /// POP3 `[SYS/TEMP]`, SMTP 421 4.3.2 and the like.
    SystemTemporary Server "system_temporary",
    /// POP3 `[SYS/PERM]`.
    SystemPermanent Server "system_permanent",
    /// POP3 `[AUTH]`, SMTP 535, HTTP 401: a login was rejected.
    Credentials Server "credentials",
    /// SMTP 421 4.4.2: too many messages in a minute.
    MessageRate Server "message_rate",
    /// SMTP 432 4.3.2: too many connections at once.
    Connections Server "connections",
    /// SMTP 554 5.2.0, EWS `ErrorSubmissionQuotaExceeded`: the day's recipients are used up.
    RecipientQuota Server "recipient_quota",
    /// SMTP 554 5.2.2, EWS `ErrorQuotaExceeded`: the mailbox is full.
    MailboxFull Server "mailbox_full",
    /// SMTP 451 4.7.1: deferred on first sight.
    Greylisted Server "greylisted",
    /// SMTP 550 5.1.1: no such recipient.
    UnknownRecipient Server "unknown_recipient",
    /// SMTP 452 4.5.3: too many recipients in one transaction.
    TooManyRecipients Server "too_many_recipients",
    /// SMTP 552 5.3.4: the message is too large.
    TooLarge Server "too_large",
    /// EWS `ErrorServerBusy`, in whichever form.
    ServerBusy Server "server_busy",
    /// EWS `ErrorExceededConnectionCount`, `ErrorTooManyObjectsOpened`: too many at once.
    Concurrency Server "concurrency",
    /// HTTP 503.
    ServiceUnavailable Server "service_unavailable",
    /// HTTP 429.
    TooManyRequests Server "too_many_requests",
    /// EWS `ErrorInternalServerTransientError`, or an error page.
    TransientError Server "transient_error",
    /// HTTP 403: EWS is blocked.
    EwsBlocked Server "ews_blocked",
    /// EWS `ErrorInvalidSyncStateData`.
    SyncStateLost Server "sync_state_lost",
    /// EWS `ErrorMailboxMoveInProgress`.
    MailboxMoving Server "mailbox_moving",
    /// EWS `ErrorMailboxStoreUnavailable`.
    StoreUnavailable Server "store_unavailable",
    /// EWS `ErrorSubscriptionNotFound` and its kin.
    SubscriptionLost Server "subscription_lost",
    /// EWS `ErrorExceededSubscriptionCount`.
    Subscriptions Server "subscriptions",
    /// EWS `ErrorExceededFindCountLimit`.
    FindCount Server "find_count",
    /// EWS `ErrorTimeoutExpired`: the time for one batch is over.
    BatchTime Server "batch_time",
    /// EWS `ErrorItemNotFound`.
    ItemNotFound Server "item_not_found",
    /// EWS `ErrorIrresolvableConflict`.
    Conflict Server "conflict",
    /// EWS `ErrorAccountDisabled`, `ErrorPasswordExpired` and the like.
    AccountRefused Server "account_refused",
    /// EWS `ErrorSchemaValidation` and other requests that make no sense.
    InvalidRequest Server "invalid_request",
    /// Any other negative answer that a fault asked for.
    Scripted Server "scripted",
}

impl Source {
    /// What stands before the dot; for a server, one that stands for any.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::World => "world",
            Self::Watcher => "watcher",
            Self::Server => "server",
        }
    }
}

/// All probes as a file names them.
pub(super) fn names() -> impl Iterator<Item = (String, Probe)> {
    Probe::ALL.iter().map(|probe| (format!("{}.{}", probe.source().prefix(), probe.name()), *probe))
}

impl Probe {
    /// The probe of this source with this name after the dot.
    #[must_use]
    pub fn find(source: Source, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|probe| probe.source() == source && probe.name() == name)
    }
}
