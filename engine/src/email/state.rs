//! The states of an email record, with Microsoft's codes, and which may follow which
//! (domain.md 1.7).

/// `statecode` of an email: what the states below amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordState {
    /// 0: a person may still edit it.
    Open,
    /// 1. Pending Send and Sending are in here already.
    Completed,
    /// 2.
    Canceled,
}

impl RecordState {
    /// Microsoft's `statecode`.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Completed => 1,
            Self::Canceled => 2,
        }
    }
}

/// `statuscode` of an email. Microsoft's status 2, Completed, belongs to emails recorded by hand
/// and never passes through an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EmailState {
    /// 1: being written.
    Draft,
    /// 8: not sent, and not tried again unless a person sends it again.
    Failed,
    /// 3: the server took it.
    Sent,
    /// 4: came in.
    Received,
    /// 6: to be sent by the next scan that finds it due.
    PendingSend,
    /// 7: an attempt is under way, or was when the engine died.
    Sending,
    /// 5: taken back before it was sent.
    Canceled,
}

impl EmailState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Sent,
        Self::Received,
        Self::Canceled,
        Self::PendingSend,
        Self::Sending,
        Self::Failed,
    ];

    /// Microsoft's `statuscode`.
    #[must_use]
    pub const fn status_code(self) -> u8 {
        match self {
            Self::Draft => 1,
            Self::Sent => 3,
            Self::Received => 4,
            Self::Canceled => 5,
            Self::PendingSend => 6,
            Self::Sending => 7,
            Self::Failed => 8,
        }
    }

    /// The state with this `statuscode`, if it is one of an engine's.
    #[must_use]
    pub fn from_status_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.status_code() == code)
    }

    /// The `statecode` that goes with it.
    #[must_use]
    pub const fn record_state(self) -> RecordState {
        match self {
            Self::Draft | Self::Failed => RecordState::Open,
            Self::Sent | Self::Received | Self::PendingSend | Self::Sending => {
                RecordState::Completed
            }
            Self::Canceled => RecordState::Canceled,
        }
    }

    /// Whether an email in this state may go to `next`. Received, Sent and Canceled are final; a
    /// failed one is open again, so that a person may send it once more or drop it.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::Failed, Self::PendingSend | Self::Canceled)
                | (Self::PendingSend, Self::Sending | Self::Canceled)
                | (Self::Sending, Self::PendingSend | Self::Sent | Self::Failed)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_microsofts() {
        let codes = EmailState::ALL.map(|s| (s.record_state().code(), s.status_code()));
        assert_eq!(codes, [(0, 1), (1, 3), (1, 4), (2, 5), (1, 6), (1, 7), (0, 8)]);
        for state in EmailState::ALL {
            assert_eq!(EmailState::from_status_code(state.status_code()), Some(state));
        }
        assert_eq!(EmailState::from_status_code(2), None);
    }

    #[test]
    fn what_was_sent_or_received_stays_so() {
        for state in EmailState::ALL {
            for last in [EmailState::Sent, EmailState::Received, EmailState::Canceled] {
                assert!(!last.may_become(state));
            }
            assert!(!state.may_become(state));
        }
        assert!(EmailState::Sending.may_become(EmailState::PendingSend));
        assert!(!EmailState::Sending.may_become(EmailState::Canceled));
        assert!(!EmailState::PendingSend.may_become(EmailState::Sent));
    }
}
