//! Why something failed or was put off: one list, from which the names in reports, scenario files
//! and the store are made.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// Why something failed or was put off. The words are the protocol's own where it has any.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in reports, scenario files and the store.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The reason of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.name() == name)
            }
        }
    };
}

reasons! {
    /// Nobody listens there.
    ConnectRefused "connect_refused",
    /// No connection within the request time-out.
    ConnectTimeout "connect_timeout",
    /// A request was not answered in full within the request time-out.
    RequestTimeout "request_timeout",
    /// The connection ended before the answer did.
    ConnectionLost "connection_lost",
    /// The server's bytes make no sense in its protocol.
    ProtocolViolation "protocol_violation",
    /// An answer or a line is longer than the engine is willing to hold.
    AnswerTooLong "answer_too_long",
    /// POP3 `[IN-USE]` (RFC 2449): another client holds the maildrop's lock.
    InUse "in_use",
    /// POP3 `[LOGIN-DELAY]` (RFC 2449): polled too soon.
    LoginDelay "login_delay",
    /// POP3 `[SYS/TEMP]` (RFC 3206), SMTP 421 and other 4xx about the server itself, or Exchange's
    /// own passing trouble (`ErrorInternalServerTransientError`, an error page).
    SystemTemporary "system_temporary",
    /// POP3 `[SYS/PERM]` (RFC 3206): needs the server's administrator.
    SystemPermanent "system_permanent",
    /// POP3 `[AUTH]` (RFC 3206) or a bare `-ERR` to PASS; SMTP 535; HTTP 401 to the first request.
    CredentialsRejected "credentials_rejected",
    /// The server refused a request without saying why.
    Refused "refused",
    /// Too many messages or connections for now (SMTP 421 4.4.2, 432 4.3.2, 4.7.x rate; Exchange
    /// `ErrorExceededConnectionCount` and its kin, HTTP 429).
    RateLimited "rate_limited",
    /// The day's recipients are used up, or the mailbox is full (SMTP 554 5.2.0, 5.2.2; Exchange
    /// `ErrorSubmissionQuotaExceeded`, `ErrorQuotaExceeded`).
    QuotaExceeded "quota_exceeded",
    /// SMTP: deferred on first sight (450/451 4.7.x, RFC 6647).
    Greylisted "greylisted",
    /// The recipient does not exist or is not wanted (SMTP 550 5.1.x, 5.7.x; Exchange
    /// `ErrorInvalidRecipients`).
    RecipientRefused "recipient_refused",
    /// The message is larger than one side takes (552 5.3.4, or `MaximumMessageSize`).
    MessageTooLarge "message_too_large",
    /// The message cannot be parsed; its bytes are kept.
    Unparsable "unparsable",
    /// What stands where the mailbox's list of categories should be is no list (Exchange); it is
    /// left as it is.
    CategoryListUnreadable "category_list_unreadable",
    /// A customization threw (`IsvAborted`).
    CustomizationFailed "customization_failed",
    /// The final dot was sent and no reply came: nobody can know whether the message went.
    OutcomeUnknown "outcome_unknown",
    /// The message was tried `MaximumEmailDeliveryAttempts` times.
    AttemptsExhausted "attempts_exhausted",
    /// The engine's own fault: a cycle ended without saying how.
    Internal "internal",
    /// Exchange: busy (`ErrorServerBusy`, HTTP 503); come back when it says.
    ServerBusy "server_busy",
    /// Exchange: the mailbox's store cannot be reached for now (`ErrorMailboxStoreUnavailable`,
    /// `ErrorMailboxMoveInProgress` and their kin).
    MailboxUnavailable "mailbox_unavailable",
    /// Exchange: there is no such mailbox (`ErrorNonExistentMailbox`).
    NoSuchMailbox "no_such_mailbox",
    /// Exchange: HTTP 403, web services are switched off for this mailbox, application or tenant.
    Forbidden "forbidden",
    /// Exchange: the account may not do this (`ErrorImpersonateUserDenied`, `ErrorAccessDenied`).
    AccessDenied "access_denied",
    /// Exchange: the item itself is damaged (`ErrorItemCorrupt` and its kin).
    ItemCorrupt "item_corrupt",
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
