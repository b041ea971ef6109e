//! What it means when Exchange does not do what it was asked (domain.md 1.5 and 4.3, field.md
//! 3.5): the same trouble comes as an HTTP status, as a SOAP fault or inside an answer, and its
//! response code decides wherever there is one.

use std::time::Duration;

use jiff::Timestamp;
use wire::ews::{Fault, ResponseCode, ResponseMessage};

use crate::http::Answer;
use crate::{BackOff, CycleError, ErrorClass, Reason};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What the server called it, where it did.
    pub(super) code: Option<ResponseCode>,
    /// [`ErrorClass::Item`] when it is about the item, which the caller has to settle.
    pub(super) class: ErrorClass,
    pub(super) reason: Reason,
    pub(super) detail: String,
    pub(super) back_off: Option<BackOff>,
    /// Who said so.
    pub(super) source: Source,
}

/// Who says that something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The server itself: it was not done.
    Server,
    /// Nobody: the request left and no answer came that could be read.
    Silence,
    /// There was no connection: the request never left.
    NoConnection,
}

/// A refusal that nobody took for an item's ends the cycle.
impl From<Refusal> for CycleError {
    fn from(refusal: Refusal) -> Self {
        let class = match refusal.class {
            ErrorClass::Item => ErrorClass::Transient,
            class => class,
        };
        Self { back_off: refusal.back_off, ..Self::new(class, refusal.reason, refusal.detail) }
    }
}

impl Refusal {
    /// No answer came, or none that could be read.
    pub(super) fn unanswered(error: CycleError) -> Self {
        Self::of_error(error, Source::Silence)
    }

    /// The request never left.
    pub(super) fn unasked(error: CycleError) -> Self {
        Self::of_error(error, Source::NoConnection)
    }

    fn of_error(error: CycleError, source: Source) -> Self {
        let CycleError { class, reason, detail, back_off } = error;
        Self { code: None, class, reason, detail, back_off, source }
    }

    fn by(code: ResponseCode, detail: String, values: &[(String, String)]) -> Self {
        let busy = ResponseCode::ErrorServerBusy;
        // A busy back end may hide behind a general error (domain.md 4.3, the 200 row).
        let hidden = code == ResponseCode::ErrorInternalServerError
            && values.iter().any(|(_, value)| value == busy.as_str());
        let (class, reason) = of_code(if hidden { &busy } else { &code });
        let back_off = values
            .iter()
            .find(|(name, _)| name == "BackOffMilliseconds")
            .and_then(|(_, value)| value.trim().parse().ok())
            .map(|wait| BackOff::For(Duration::from_millis(wait)));
        Self { code: Some(code), class, reason, detail, back_off, source: Source::Server }
    }

    /// One answer of a list that is no success (T4, T9).
    pub(super) fn of_message<T>(name: &str, message: &ResponseMessage<T>) -> Self {
        let text = message.text.as_deref().unwrap_or_default();
        let detail = format!("{name}: {} {text}", message.code);
        Self::by(message.code.clone(), detail, &message.values)
    }

    /// A SOAP fault (T1, T2, T3, T8, T10).
    pub(super) fn of_fault(name: &str, status: u16, fault: &Fault) -> Self {
        let code = fault.code.clone().unwrap_or_else(|| ResponseCode::parse(&fault.fault_code));
        let detail = format!("{name}: HTTP {status} {code} {}", fault.fault_string);
        Self::by(code, detail, &fault.values)
    }

    /// Any other answer than a readable envelope (T5 to T7, T11 to T13).
    ///
    /// `trusted` is whether the server has served this mailbox with the same credentials in this
    /// cycle: a 401 after that is a server in trouble (T11).
    pub(super) fn of_status(name: &str, answer: &Answer, trusted: bool, now: Timestamp) -> Self {
        use ErrorClass::{Permanent, Transient};
        let (class, reason) = match answer.status {
            401 if !trusted => (Permanent, Reason::CredentialsRejected),
            403 => (Permanent, Reason::Forbidden),
            // The web server in front takes no request of this size (IIS, maxRequestLength).
            413 => (ErrorClass::Item, Reason::MessageTooLarge),
            429 => (Transient, Reason::RateLimited),
            503 => (Transient, Reason::ServerBusy),
            401 | 300..=399 | 408 | 500..=599 => (Transient, Reason::SystemTemporary),
            200..300 => (Transient, Reason::ProtocolViolation),
            _ => (Transient, Reason::Refused),
        };
        let mut detail = format!("{name}: HTTP {}", answer.status);
        if let Some(location) = &answer.location {
            detail.push_str(" to ");
            detail.push_str(location);
        }
        if !answer.body.is_empty() {
            detail.push(' ');
            detail.push_str(&crate::http::excerpt(&answer.body));
        }
        let asked = answer.retry_after.as_deref().and_then(retry_after);
        // Without a reason to wait, the number is about something else.
        let waits = matches!(reason, Reason::RateLimited | Reason::ServerBusy);
        let back_off = asked.filter(|_| waits).filter(|asked| match asked {
            BackOff::For(wait) => !wait.is_zero(),
            BackOff::Until(until) => *until > now,
        });
        Self { code: None, class, reason, detail, back_off, source: Source::Server }
    }

    /// The same, taken for the trouble of the one item it is about.
    pub(super) fn of_item(self) -> Self {
        Self {
            class: ErrorClass::Item,
            reason: Reason::ItemCorrupt,
            source: Source::Server,
            ..self
        }
    }

    /// Whether the item or folder asked for is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(
            self.code,
            Some(
                ResponseCode::ErrorItemNotFound
                    | ResponseCode::ErrorFolderNotFound
                    | ResponseCode::ErrorSyncFolderNotFound
            )
        )
    }
}

/// `Retry-After`: seconds, which some servers give with a fraction, or a date (RFC 9110, section
/// 10.2.3).
fn retry_after(text: &str) -> Option<BackOff> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: u64 = whole.parse().ok()?;
        // Rounded up to the millisecond: never before.
        let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        let millis = Duration::new(seconds, nanos).as_nanos().div_ceil(1_000_000);
        return Some(BackOff::For(Duration::from_millis(u64::try_from(millis).ok()?)));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(BackOff::Until(at.timestamp()))
}

/// The class and the reason of a response code. One that is not listed is the item's where an item
/// was asked for, and passes otherwise.
fn of_code(code: &ResponseCode) -> (ErrorClass, Reason) {
    use ErrorClass::{Item, Permanent, Transient};
    use ResponseCode as C;
    match code {
        // What is left of a batch was not tried, because something before it was refused.
        C::ErrorServerBusy | C::ErrorBatchProcessingStopped => (Transient, Reason::ServerBusy),
        C::ErrorExceededConnectionCount
        | C::ErrorTooManyObjectsOpened
        | C::ErrorExceededFindCountLimit
        | C::ErrorExceededSubscriptionCount => (Transient, Reason::RateLimited),
        C::ErrorMailboxStoreUnavailable
        | C::ErrorMailboxMoveInProgress
        | C::ErrorADUnavailable
        | C::ErrorConnectionFailed => (Transient, Reason::MailboxUnavailable),
        C::Other(name) if name == "ErrorMailboxFailover" || name.starts_with("ErrorADSession") => {
            (Transient, Reason::MailboxUnavailable)
        }
        C::ErrorTimeoutExpired => (Transient, Reason::RequestTimeout),
        C::ErrorInternalServerTransientError
        | C::ErrorInternalServerError
        | C::ErrorInsufficientResources
        | C::ErrorNotEnoughMemory
        | C::ErrorRequestAborted => (Transient, Reason::SystemTemporary),
        // The rolling window moves on, and a full mailbox is emptied by a person sooner or later.
        C::ErrorSubmissionQuotaExceeded | C::ErrorQuotaExceeded => {
            (Transient, Reason::QuotaExceeded)
        }
        C::ErrorImpersonateUserDenied
        | C::ErrorImpersonationDenied
        | C::ErrorImpersonationFailed
        | C::ErrorUserNotAllowedByPolicy
        | C::ErrorAccessDenied => (Permanent, Reason::AccessDenied),
        C::ErrorAccountDisabled | C::ErrorPasswordExpired | C::ErrorPasswordChangeRequired => {
            (Permanent, Reason::CredentialsRejected)
        }
        C::ErrorNonExistentMailbox | C::ErrorMissingEmailAddress => {
            (Permanent, Reason::NoSuchMailbox)
        }
        C::ErrorItemCorrupt
        | C::ErrorCorruptData
        | C::ErrorContentConversionFailed
        | C::ErrorMimeContentInvalid
        | C::ErrorMimeContentConversionFailed
        | C::ErrorMimeContentInvalidBase64String
        | C::ErrorVirusDetected => (Item, Reason::ItemCorrupt),
        C::ErrorMessageSizeExceeded
        | C::ErrorDataSizeLimitExceeded
        | C::ErrorAttachmentSizeLimitExceeded
        | C::ErrorRequestStreamTooBig => (Item, Reason::MessageTooLarge),
        C::ErrorInvalidRecipients
        | C::ErrorMissingRecipients
        | C::ErrorMailRecipientNotFound
        | C::ErrorInvalidSmtpAddress => (Item, Reason::RecipientRefused),
        _ => (Item, Reason::Refused),
    }
}
