//! What servers refuse with, as a file writes it: one list for all protocols.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a server refuses with, in its protocol's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Refuse {
    /// POP3 [IN-USE]: another client holds the maildrop's lock.
    InUse,
    /// POP3 [LOGIN-DELAY]: polled too soon.
    LoginDelay,
    /// POP3 [SYS/TEMP], SMTP 451 4.3.0, EWS `ErrorInternalServerTransientError`: trouble that goes
    /// away.
    SysTemp,
    /// POP3 [SYS/PERM], SMTP 554 5.3.0: trouble that needs the server's administrator.
    SysPerm,
    /// POP3 [AUTH], SMTP 535 5.7.8, HTTP 401: the credentials are rejected.
    Auth,
    /// SMTP 421 4.4.2: too many messages in a minute.
    RateLimit,
    /// SMTP 432 4.3.2, EWS `ErrorExceededConnectionCount`: too many at once.
    Connections,
    /// SMTP 554 5.2.0, EWS `ErrorSubmissionQuotaExceeded`: the day's recipients are used up.
    Quota,
    /// SMTP 554 5.2.2, EWS `ErrorQuotaExceeded`: the mailbox is full.
    MailboxFull,
    /// SMTP 451 4.7.1: deferred on first sight.
    Greylist,
    /// SMTP 550 5.1.1: no such recipient.
    UnknownRecipient,
    /// SMTP 452 4.5.3: too many recipients in one message.
    TooManyRecipients,
    /// SMTP 552 5.3.4, EWS `ErrorMessageSizeExceeded`: the message is too large.
    TooLarge,
    /// POP3 [SYS/TEMP], SMTP 421 4.3.2, and the connection is closed: the server goes down.
    Shutdown,
    /// POP3 -ERR to STLS, SMTP 454 4.7.0 to STARTTLS: TLS is not to be had now.
    TlsUnavailable,
    /// EWS T1: HTTP 500, a fault `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusy,
    /// EWS T2: HTTP 500, a fault `ErrorServerBusy` that does not say for how long.
    ServerBusyBare,
    /// EWS T3: HTTP 200, a fault `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusyOk,
    /// EWS T4: HTTP 200, response messages `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusyMessage,
    /// EWS T5: HTTP 503 with Retry-After.
    Unavailable,
    /// EWS T6: HTTP 503 without a word: requests queue at IIS.
    QueueFull,
    /// EWS T7: HTTP 429 with Retry-After.
    TooManyRequests,
    /// EWS T8: HTTP 500, a fault `ErrorExceededConnectionCount` that names the policy.
    ConnectionCount,
    /// EWS T9: HTTP 200, response messages `ErrorTooManyObjectsOpened`.
    ObjectsOpened,
    /// EWS T10: HTTP 500, a fault `ErrorInternalServerTransientError`.
    TransientError,
    /// EWS T11: HTTP 401 in the middle of a session, though the credentials are right.
    SuddenUnauthorized,
    /// EWS T12: HTTP 302 to an error page.
    ErrorPage,
    /// EWS T13: HTTP 500 with a page "Server Error in '/EWS' Application".
    ServerErrorPage,
    /// EWS T14: The connection is dropped without an answer.
    Dropped,
    /// EWS: HTTP 200, response messages `ErrorInternalServerError` with an inner `ErrorServerBusy`.
    InnerServerBusy,
    /// EWS: `ErrorInvalidSyncStateData`: the client has to begin its synchronisation anew.
    SyncStateLost,
    /// EWS: `ErrorMailboxMoveInProgress`: the mailbox is being moved.
    MailboxMoving,
    /// EWS: `ErrorMailboxStoreUnavailable`: the mailbox's database is away.
    StoreUnavailable,
    /// EWS: `ErrorSubmissionQuotaExceeded`: the day's recipients are used up.
    RecipientQuota,
    /// EWS: `ErrorItemNotFound`: the item vanished between Sync and Get.
    ItemNotFound,
    /// EWS: `ErrorIrresolvableConflict`: somebody else changed the item in between.
    Conflict,
    /// EWS: `ErrorTimeoutExpired`: the request took too long.
    TimeoutExpired,
    /// EWS: `ErrorSubscriptionNotFound`: the subscription is gone.
    SubscriptionLost,
    /// EWS: `ErrorExpiredSubscription`: nobody asked for events for too long.
    SubscriptionExpired,
    /// EWS: `ErrorMissedNotificationEvents`: more happened than the server remembers.
    EventsMissed,
    /// EWS: `ErrorExceededSubscriptionCount`.
    SubscriptionCount,
    /// EWS: `ErrorExceededFindCountLimit`.
    FindCount,
    /// EWS: `ErrorAccountDisabled`, a fault.
    AccountDisabled,
    /// EWS: `ErrorPasswordExpired`, a fault.
    PasswordExpired,
    /// EWS: `ErrorNonExistentMailbox`, a fault.
    NonExistentMailbox,
    /// EWS: `ErrorImpersonateUserDenied`, a fault.
    ImpersonationDenied,
    /// EWS: HTTP 401: the credentials are wrong.
    Unauthorized,
    /// EWS: HTTP 403: EWS is disabled for the mailbox, the application or the tenant.
    EwsDisabled,
    /// EWS, by its number in the catalogue: the same as `server-busy`.
    T1,
    /// EWS, by its number in the catalogue: the same as `server-busy-bare`.
    T2,
    /// EWS, by its number in the catalogue: the same as `server-busy-ok`.
    T3,
    /// EWS, by its number in the catalogue: the same as `server-busy-message`.
    T4,
    /// EWS, by its number in the catalogue: the same as `unavailable`.
    T5,
    /// EWS, by its number in the catalogue: the same as `queue-full`.
    T6,
    /// EWS, by its number in the catalogue: the same as `too-many-requests`.
    T7,
    /// EWS, by its number in the catalogue: the same as `connection-count`.
    T8,
    /// EWS, by its number in the catalogue: the same as `objects-opened`.
    T9,
    /// EWS, by its number in the catalogue: the same as `transient-error`.
    T10,
    /// EWS, by its number in the catalogue: the same as `sudden-unauthorized`.
    T11,
    /// EWS, by its number in the catalogue: the same as `error-page`.
    T12,
    /// EWS, by its number in the catalogue: the same as `server-error-page`.
    T13,
    /// EWS, by its number in the catalogue: the same as `dropped`.
    T14,
}
