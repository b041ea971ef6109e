//! One attempt to send one email, and what it did to each recipient.

use jiff::Timestamp;

use crate::{EmailId, Reason};

/// How far an attempt has come, as far as it decides what a crash means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptPhase {
    /// No byte of the message has gone out: it cannot have been sent.
    Envelope,
    /// The server said 354 and the message may have left: only its reply would tell.
    DataBegun,
}

impl AttemptPhase {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Envelope => 0,
            Self::DataBegun => 1,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Envelope),
            1 => Some(Self::DataBegun),
            _ => None,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The server took the message for every recipient that was left.
    Sent,
    /// Some or all recipients wait for another attempt.
    Deferred,
    /// Nothing is left to try.
    Failed,
    /// The message went out and its reply never came.
    Unknown,
}

impl AttemptOutcome {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Sent => 1,
            Self::Deferred => 2,
            Self::Failed => 3,
            Self::Unknown => 4,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Sent),
            2 => Some(Self::Deferred),
            3 => Some(Self::Failed),
            4 => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// A row of an email's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryAttempt {
    /// Of which email.
    pub email: EmailId,
    /// Counted from 1.
    pub number: u32,
    /// When the email went from Pending Send to Sending.
    pub started: Timestamp,
    /// How far it came.
    pub phase: AttemptPhase,
    /// How it ended, and when; none while it is under way.
    pub ended: Option<(Timestamp, AttemptOutcome)>,
    /// Why it did not end in Sent.
    pub reason: Option<Reason>,
}

/// Where one recipient of an outgoing email stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientState {
    /// Still to be tried, for the first time or again.
    Pending,
    /// The server took the message for this recipient; it is never sent there again.
    Accepted,
    /// The server refused this recipient for good.
    Refused,
}

impl RecipientState {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Accepted => 1,
            Self::Refused => 2,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Pending),
            1 => Some(Self::Accepted),
            2 => Some(Self::Refused),
            _ => None,
        }
    }
}
