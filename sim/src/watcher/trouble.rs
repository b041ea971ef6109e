//! What goes wrong between such a client and its server, and what it has to make of it.

use std::time::Duration;

use jiff::Timestamp;
use wire::ews::{Fault, ResponseCode, ResponseMessage};

use crate::log::Hindrance;

/// Why a request was not done, or why a stream ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// No connection came about.
    #[error("no connection")]
    Unreachable,
    /// The connection broke, or nothing was heard on it for too long.
    #[error("the connection was cut")]
    Cut,
    /// What came makes no sense.
    #[error("an answer nobody can read: {0}")]
    Garbled(String),
    /// An answer that is no envelope.
    #[error("HTTP {status}")]
    Status {
        status: u16,
        /// What `Retry-After` asks for.
        back_off: Option<Duration>,
    },
    /// The server's own words.
    #[error("{code}")]
    Refused {
        code: ResponseCode,
        /// `BackOffMilliseconds`.
        back_off: Option<Duration>,
    },
}

impl Trouble {
    /// A SOAP fault.
    pub(super) fn of_fault(fault: &Fault) -> Self {
        let code = fault.code.clone().unwrap_or_else(|| ResponseCode::parse(&fault.fault_code));
        Self::Refused { code, back_off: back_off(&fault.values) }
    }

    /// An answer in a list that is no success.
    pub(super) fn of_message<T>(message: &ResponseMessage<T>) -> Self {
        Self::Refused { code: message.code.clone(), back_off: back_off(&message.values) }
    }

    /// How long the server asked not to be asked.
    pub(super) const fn back_off(&self) -> Option<Duration> {
        match self {
            Self::Status { back_off, .. } | Self::Refused { back_off, .. } => *back_off,
            Self::Unreachable | Self::Cut | Self::Garbled(_) => None,
        }
    }

    /// Whether the subscription is gone for good. Then a fresh one has to be made, without the old
    /// watermark (domain.md 4.4).
    pub(super) fn loses_subscription(&self) -> bool {
        let Self::Refused { code, .. } = self else { return false };
        matches!(
            code,
            ResponseCode::ErrorSubscriptionNotFound
                | ResponseCode::ErrorExpiredSubscription
                | ResponseCode::ErrorInvalidSubscription
                | ResponseCode::ErrorMissedNotificationEvents
                | ResponseCode::ErrorSubscriptionAccessDenied
        )
    }

    /// Whether the mailbox has as many subscriptions as may be.
    pub(super) fn is_of_subscriptions(&self) -> bool {
        self.hindrance() == Hindrance::TooManySubscriptions
    }

    /// Whether the state of synchronisation is worth nothing any more.
    pub(super) fn loses_state(&self) -> bool {
        let code = ResponseCode::ErrorInvalidSyncStateData;
        matches!(self, Self::Refused { code: said, .. } if *said == code)
    }

    /// What it is, for reports.
    pub(super) fn hindrance(&self) -> Hindrance {
        match self {
            Self::Unreachable | Self::Cut => Hindrance::Unreachable,
            Self::Status { status: 429 | 503, .. } => Hindrance::Busy,
            Self::Refused { code, .. } => match code {
                ResponseCode::ErrorServerBusy => Hindrance::Busy,
                ResponseCode::ErrorExceededConnectionCount => Hindrance::TooManyConnections,
                ResponseCode::ErrorExceededSubscriptionCount => Hindrance::TooManySubscriptions,
                _ => Hindrance::Other,
            },
            Self::Status { .. } | Self::Garbled(_) => Hindrance::Other,
        }
    }
}

fn back_off(values: &[(String, String)]) -> Option<Duration> {
    let value = values.iter().find(|(name, _)| name == "BackOffMilliseconds");
    value.and_then(|(_, value)| value.trim().parse().ok()).map(Duration::from_millis)
}

/// `Retry-After`: seconds, which some servers give with a fraction, or a date (RFC 9110, section
/// 10.2.3). Rounded up: never before.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<f64>() {
        let millis = Duration::try_from_secs_f64(seconds).ok()?.as_nanos().div_ceil(1_000_000);
        return u64::try_from(millis).ok().map(Duration::from_millis);
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Duration::try_from(at.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_asks_for_is_understood_in_every_form() {
        let now = Timestamp::from_second(784_111_700).unwrap();
        for (text, millis) in [
            ("120", Some(120_000)),
            ("2.1285", Some(2_129)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(77_000)),
            ("-1", None),
            ("soon", None),
            ("Sun, 06 Nov 1994 08:00:00 GMT", None),
        ] {
            assert_eq!(retry_after(text, now), millis.map(Duration::from_millis), "{text}");
        }
        let busy = ResponseMessage::<()>::error(ResponseCode::ErrorServerBusy, "later")
            .with("BackOffMilliseconds", "297749");
        let trouble = Trouble::of_message(&busy);
        assert_eq!(trouble.back_off(), Some(Duration::from_millis(297_749)));
        assert_eq!(trouble.hindrance(), Hindrance::Busy);
    }
}
