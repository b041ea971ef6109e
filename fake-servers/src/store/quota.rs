//! How large a mailbox may become. Exchange has a value for the whole database and lets a mailbox
//! have its own in its place.

/// The limits of a mailbox, in octets; none is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// `ProhibitSendQuota`: of more, nothing is sent from it.
    pub prohibit_send: Option<u64>,
    /// `ProhibitSendReceiveQuota`: of more, nothing is received or stored in it either.
    pub prohibit_send_receive: Option<u64>,
}

impl Quota {
    /// One limit for both.
    #[must_use]
    pub const fn both(octets: u64) -> Self {
        Self { prohibit_send: Some(octets), prohibit_send_receive: Some(octets) }
    }

    /// These, and another's where these have none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            prohibit_send: self.prohibit_send.or(other.prohibit_send),
            prohibit_send_receive: self.prohibit_send_receive.or(other.prohibit_send_receive),
        }
    }

    /// Whether a mailbox of so many octets may send.
    #[must_use]
    pub fn may_send(self, octets: u64) -> bool {
        let quotas = [self.prohibit_send, self.prohibit_send_receive];
        quotas.into_iter().flatten().all(|limit| octets <= limit)
    }

    /// Whether a mailbox of so many octets takes so many more.
    #[must_use]
    pub fn has_room(self, octets: u64, more: u64) -> bool {
        self.prohibit_send_receive.is_none_or(|limit| octets.saturating_add(more) <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_stops_what_it_is_for() {
        let quota = Quota { prohibit_send: Some(10), prohibit_send_receive: Some(20) };
        assert_eq!([10, 11].map(|octets| quota.may_send(octets)), [true, false]);
        assert!(quota.has_room(11, 9), "it still receives");
        assert!(!quota.has_room(11, 10) && !quota.has_room(1, u64::MAX));
        let only = Quota { prohibit_send_receive: Some(5), ..Quota::default() };
        assert!(!only.may_send(6), "beyond the larger nothing is sent either");
        assert_eq!(only.or(quota), Quota { prohibit_send: Some(10), ..only });
        assert!(Quota::default().may_send(u64::MAX) && Quota::default().has_room(u64::MAX, 1));
    }
}
