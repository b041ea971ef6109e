//! Exchange's ways to refuse, by name: the fourteen shapes of throttling seen in the field
//! (field.md 3.5), the vendor's fifteenth, and the failures that are not throttling. What each
//! looks like on the wire is made in [`crate::exchange::refusals`].

use std::time::Duration;

use crate::Refusal;

/// A refusal, with the numbers that go into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EwsRefusal {
    /// Which of them.
    pub shape: EwsShape,
    /// `BackOffMilliseconds` or Retry-After, in the shapes that have one. None is the shape's own,
    /// see [`EwsShape::usual_back_off`].
    pub back_off: Option<Duration>,
    /// The policy that was exceeded and its value, in the shapes that tell.
    pub policy: Option<(&'static str, u32)>,
}

impl EwsRefusal {
    /// A refusal with the numbers that are usual for its shape.
    #[must_use]
    pub const fn usual(shape: EwsShape) -> Self {
        Self { shape, back_off: None, policy: None }
    }

    /// The back-off that its bytes ask for, if they ask for one.
    #[must_use]
    pub fn asks_for(&self) -> Option<Duration> {
        self.shape.usual_back_off().map(|usual| self.back_off.unwrap_or(usual))
    }
}

/// Where on the wire a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A SOAP fault, with this HTTP status.
    Fault(u16),
    /// HTTP 200 and a response message of class Error for everything that was asked for.
    Message,
    /// An HTTP status alone.
    Status(u16),
    /// An HTTP status with a page for people.
    Page(u16),
    /// A redirection to a page for people.
    Redirect,
    /// No answer: the connection breaks.
    Drop,
}

macro_rules! shapes {
    ($(
        $(#[doc = $doc:literal])*
        $shape:ident $name:literal $(/ $number:literal)?
            $form:expr, $refusal:ident, $code:literal, $text:literal;
    )*) => {
        /// A way to refuse.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EwsShape {
            $($(#[doc = $doc])* $shape,)*
        }

        impl EwsShape {
            /// All of them, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$shape,)*];

            /// Its name in scenario files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$shape => $name,)* }
            }

            /// Its number in the catalogue of field.md 3.5, `t1` to `t14`, if it has one.
            #[must_use]
            pub const fn number(self) -> Option<&'static str> {
                match self { $(Self::$shape => shapes!(@number $($number)?),)* }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$shape => concat!($($doc),*).trim_ascii(),)* }
            }

            /// Where on the wire it is.
            #[must_use]
            pub const fn form(self) -> Form {
                match self { $(Self::$shape => $form,)* }
            }

            /// What it counts as in reports.
            #[must_use]
            pub const fn refusal(self) -> Refusal {
                match self { $(Self::$shape => Refusal::$refusal,)* }
            }

            /// Exchange's code for it; empty where the answer is no SOAP.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$shape => $code,)* }
            }

            /// Exchange's sentence for it.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$shape => $text,)* }
            }
        }
    };
    (@number $number:literal) => { Some($number) };
    (@number) => { None };
}

shapes! {
    /// HTTP 500, a fault `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusy "server-busy" / "t1" Form::Fault(500), ServerBusy, "ErrorServerBusy",
        "The server cannot service this request right now. Try again later.";
    /// HTTP 500, a fault `ErrorServerBusy` that does not say for how long.
    ServerBusyBare "server-busy-bare" / "t2" Form::Fault(500), ServerBusy, "ErrorServerBusy",
        "The server cannot service this request right now. Try again later.";
    /// HTTP 200, a fault `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusyOk "server-busy-ok" / "t3" Form::Fault(200), ServerBusy, "ErrorServerBusy",
        "The server cannot service this request right now. Try again later.";
    /// HTTP 200, response messages `ErrorServerBusy` with `BackOffMilliseconds`.
    ServerBusyMessage "server-busy-message" / "t4" Form::Message, ServerBusy, "ErrorServerBusy",
        "The server cannot service this request right now. Try again later.";
    /// HTTP 503 with Retry-After.
    Unavailable "unavailable" / "t5" Form::Status(503), ServiceUnavailable, "", "";
    /// HTTP 503 without a word: requests queue at IIS.
    QueueFull "queue-full" / "t6" Form::Status(503), ServiceUnavailable, "", "";
    /// HTTP 429 with Retry-After.
    TooManyRequests "too-many-requests" / "t7" Form::Status(429), TooManyRequests, "", "";
    /// HTTP 500, a fault `ErrorExceededConnectionCount` that names the policy.
    ConnectionCount "connection-count" / "t8" Form::Fault(500), Concurrency,
        "ErrorExceededConnectionCount",
        "You have exceeded the available concurrent connections for your account.  Try again once your other requests have completed.";
    /// HTTP 200, response messages `ErrorTooManyObjectsOpened`.
    ObjectsOpened "objects-opened" / "t9" Form::Message, Concurrency,
        "ErrorTooManyObjectsOpened", "Too many concurrent connections opened.";
    /// HTTP 500, a fault `ErrorInternalServerTransientError`.
    TransientError "transient-error" / "t10" Form::Fault(500), TransientError,
        "ErrorInternalServerTransientError",
        "An internal server error occurred. Try again later.";
    /// HTTP 401 in the middle of a session, though the credentials are right.
    SuddenUnauthorized "sudden-unauthorized" / "t11" Form::Status(401), Credentials, "", "";
    /// HTTP 302 to an error page.
    ErrorPage "error-page" / "t12" Form::Redirect, TransientError, "", "";
    /// HTTP 500 with a page "Server Error in '/EWS' Application".
    ServerErrorPage "server-error-page" / "t13" Form::Page(500), TransientError, "", "";
    /// The connection is dropped without an answer.
    Dropped "dropped" / "t14" Form::Drop, TransientError, "", "";
    /// HTTP 200, response messages `ErrorInternalServerError` with an inner `ErrorServerBusy`.
    InnerServerBusy "inner-server-busy" Form::Message, ServerBusy, "ErrorInternalServerError",
        "An internal server error occurred. The operation failed.";
    /// `ErrorInvalidSyncStateData`: the client has to begin its synchronisation anew.
    SyncStateLost "sync-state-lost" Form::Message, SyncStateLost, "ErrorInvalidSyncStateData",
        "Synchronization state data is corrupt or otherwise invalid.";
    /// `ErrorMailboxMoveInProgress`: the mailbox is being moved.
    MailboxMoving "mailbox-moving" Form::Message, MailboxMoving, "ErrorMailboxMoveInProgress",
        "Mailbox move in progress. Try again later.";
    /// `ErrorMailboxStoreUnavailable`: the mailbox's database is away.
    StoreUnavailable "store-unavailable" Form::Message, StoreUnavailable,
        "ErrorMailboxStoreUnavailable", "The mailbox database is temporarily unavailable.";
    /// `ErrorQuotaExceeded`: the mailbox is full.
    MailboxFull "mailbox-full" Form::Message, MailboxFull, "ErrorQuotaExceeded",
        "The mailbox storage limit has been exceeded.";
    /// `ErrorSubmissionQuotaExceeded`: the day's recipients are used up.
    RecipientQuota "recipient-quota" Form::Message, RecipientQuota,
        "ErrorSubmissionQuotaExceeded",
        "The message can't be submitted because the sender's submission quota was exceeded.";
    /// `ErrorMessageSizeExceeded`.
    TooLarge "too-large" Form::Message, TooLarge, "ErrorMessageSizeExceeded",
        "The message exceeds the maximum supported size.";
    /// `ErrorItemNotFound`: the item vanished between Sync and Get.
    ItemNotFound "item-not-found" Form::Message, ItemNotFound, "ErrorItemNotFound",
        "The specified object was not found in the store.";
    /// `ErrorIrresolvableConflict`: somebody else changed the item in between.
    Conflict "conflict" Form::Message, Conflict, "ErrorIrresolvableConflict",
        "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.";
    /// `ErrorTimeoutExpired`: the request took too long.
    TimeoutExpired "timeout-expired" Form::Message, BatchTime, "ErrorTimeoutExpired",
        "The request timed out.";
    /// `ErrorSubscriptionNotFound`: the subscription is gone.
    SubscriptionLost "subscription-lost" Form::Message, SubscriptionLost,
        "ErrorSubscriptionNotFound", "The specified subscription was not found.";
    /// `ErrorExpiredSubscription`: nobody asked for events for too long.
    SubscriptionExpired "subscription-expired" Form::Message, SubscriptionLost,
        "ErrorExpiredSubscription", "The subscription has expired.";
    /// `ErrorMissedNotificationEvents`: more happened than the server remembers.
    EventsMissed "events-missed" Form::Message, SubscriptionLost, "ErrorMissedNotificationEvents",
        "Notification events were missed. Resynchronize.";
    /// `ErrorExceededSubscriptionCount`.
    SubscriptionCount "subscription-count" Form::Message, Subscriptions,
        "ErrorExceededSubscriptionCount",
        "You have exceeded the available subscriptions for your account.  Remove unnecessary subscriptions and try your request again.";
    /// `ErrorExceededFindCountLimit`.
    FindCount "find-count" Form::Message, FindCount, "ErrorExceededFindCountLimit",
        "You have exceeded the maximum number of objects that can be returned for the find operation. Use paging to reduce the result size and try your request again.";
    /// `ErrorAccountDisabled`, a fault.
    AccountDisabled "account-disabled" Form::Fault(500), AccountRefused, "ErrorAccountDisabled",
        "The account is disabled.";
    /// `ErrorPasswordExpired`, a fault.
    PasswordExpired "password-expired" Form::Fault(500), AccountRefused, "ErrorPasswordExpired",
        "The password for the account has expired.";
    /// `ErrorNonExistentMailbox`, a fault.
    NonExistentMailbox "non-existent-mailbox" Form::Fault(500), AccountRefused,
        "ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.";
    /// `ErrorImpersonateUserDenied`, a fault.
    ImpersonationDenied "impersonation-denied" Form::Fault(500), AccountRefused,
        "ErrorImpersonateUserDenied",
        "The account does not have permission to impersonate the requested user.";
    /// HTTP 401: the credentials are wrong.
    Unauthorized "unauthorized" Form::Status(401), Credentials, "", "";
    /// HTTP 403: EWS is disabled for the mailbox, the application or the tenant.
    EwsDisabled "ews-disabled" Form::Status(403), EwsBlocked, "", "";
}

impl EwsShape {
    /// The shape of this name or of this number.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == name || s.number() == Some(name))
    }

    /// What it asks for where nothing else is said; none in the shapes that ask for nothing.
    /// Captured from servers: 297,749 ms (field.md 3.5); a second for HTTP's own header, whose
    /// least it is.
    #[must_use]
    pub const fn usual_back_off(self) -> Option<Duration> {
        match self {
            Self::ServerBusy | Self::ServerBusyOk | Self::ServerBusyMessage => {
                Some(Duration::from_millis(297_749))
            }
            Self::Unavailable | Self::TooManyRequests => Some(Duration::from_secs(30)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_complete_and_each_name_is_one_shapes() {
        for n in 1..=14 {
            let number = format!("t{n}");
            let shape = EwsShape::find(&number).unwrap();
            assert_eq!(shape.number(), Some(number.as_str()));
        }
        for shape in EwsShape::ALL {
            assert_eq!(EwsShape::find(shape.name()), Some(*shape));
            let is_soap = matches!(shape.form(), Form::Fault(_) | Form::Message);
            assert_eq!(is_soap, !shape.code().is_empty(), "{shape:?}");
        }
    }

    #[test]
    fn a_shape_without_a_back_off_asks_for_none() {
        let long = Some(Duration::from_hours(1));
        let asks = |shape| EwsRefusal { back_off: long, ..EwsRefusal::usual(shape) }.asks_for();
        assert_eq!(asks(EwsShape::ServerBusy), long);
        assert_eq!(asks(EwsShape::ServerBusyBare), None);
    }
}
