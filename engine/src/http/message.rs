//! What is asked, what is answered, and what goes wrong in between.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::HeaderValue;

use crate::schedule::holds::Hold;
use crate::{BackOff, CycleError, ErrorClass, Reason};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// What it is, for errors.
    pub(crate) name: &'static str,
    pub(crate) body: Bytes,
    /// Whether it may be said twice.
    pub(crate) repeat: Repeat,
    /// The longest body the answer may have, in octets.
    pub(crate) limit: usize,
}

/// Whether a request may be said once more when nobody knows whether it was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It only asks, or doing it twice is doing it once.
    Safe,
    /// It would be done twice.
    Unsafe,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Retry-After` as it came (RFC 9110, section 10.2.3).
    pub(crate) retry_after: Option<String>,
    /// `Location` as it came.
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Takes what matters of a head.
    pub(super) fn of(head: &hyper::http::response::Parts) -> Self {
        let text = |name| {
            let value: Option<&HeaderValue> = head.headers.get(name);
            value.and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        Self {
            status: head.status.as_u16(),
            retry_after: text(hyper::header::RETRY_AFTER),
            location: text(hyper::header::LOCATION),
            body: Vec::new(),
        }
    }
}

/// Why there is no answer. But for a hold, the connection is of no further use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("{0}")]
    NoConnection(#[source] CycleError),
    #[error("{0} was not asked: the server has told the mailbox to wait")]
    Held(&'static str, Hold),
    #[error("no answer to {0} within {1:?}")]
    Timeout(&'static str, Duration),
    #[error("the connection ended before the answer to {0} did")]
    Lost(&'static str),
    #[error("the answer to {0} is longer than {1} octets")]
    TooLong(&'static str, usize),
    #[error("the answer to {0} is not HTTP: {1}")]
    Garbled(&'static str, String),
}

impl From<HttpError> for CycleError {
    fn from(error: HttpError) -> Self {
        let reason = match error {
            HttpError::NoConnection(error) => return error,
            HttpError::Held(_, hold) => {
                let until = BackOff::Until(hold.until.timestamp());
                let (class, detail) = (ErrorClass::Transient, error.to_string());
                return Self::new(class, hold.reason, detail).with_back_off(until);
            }
            HttpError::Timeout(..) => Reason::RequestTimeout,
            HttpError::Lost(_) => Reason::ConnectionLost,
            HttpError::TooLong(..) => Reason::AnswerTooLong,
            HttpError::Garbled(..) => Reason::ProtocolViolation,
        };
        Self::new(ErrorClass::Transient, reason, error.to_string())
    }
}

/// The first bytes of something unreadable, for an alert.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 160;
    let shown = bytes.get(..LONGEST).unwrap_or(bytes).escape_ascii();
    let rest = if bytes.len() > LONGEST { "..." } else { "" };
    format!("\"{shown}\"{rest}")
}
