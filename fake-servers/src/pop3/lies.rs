//! What a fault makes a server list that is not so: sizes that lie, unique ids that are not unique
//! or not the same tomorrow. Each was seen on real servers (domain.md 5.1, UIDL and bodies).

use std::io::Write as _;

use wire::pop3::{ScanEntry, UidEntry};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::store::{Uid, UniqueId};
use crate::{Effect, MailboxIx};

/// How a listing departs from the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// Not at all.
    None,
    /// This is added to each size, which may make it negative.
    Sizes(i64),
    /// All unique ids are one.
    DuplicateUids,
    /// Unique ids hold for one session only: the one of this number.
    ChangingUids(u64),
}

impl Lie {
    /// What an effect asks of the session of this number.
    pub(super) fn of(effect: Option<&Effect>, session: u64) -> Self {
        match effect {
            Some(Effect::LieAboutSizes(difference)) => Self::Sizes(*difference),
            Some(Effect::DuplicateUidls) => Self::DuplicateUids,
            Some(Effect::ChangingUidls) => Self::ChangingUids(session),
            _ => Self::None,
        }
    }

    /// The size to give for a message.
    pub(super) fn size(self, octets: u64) -> i128 {
        match self {
            Self::Sizes(difference) => i128::from(octets) + i128::from(difference),
            _ => i128::from(octets),
        }
    }

    /// The unique id to give for a message.
    pub(super) fn unique_id(self, uid: Uid, mailbox: MailboxIx) -> UniqueId {
        match self {
            Self::DuplicateUids => Uid(0).unique_id(mailbox),
            Self::ChangingUids(session) => {
                let id = uid.unique_id(mailbox);
                UniqueId::of(xxh3_64_with_seed(id.as_str().as_bytes(), session))
            }
            Self::None | Self::Sizes(_) => uid.unique_id(mailbox),
        }
    }

    /// Appends a line of LIST.
    pub(super) fn write_size(self, number: u32, octets: u64, out: &mut Vec<u8>) {
        let size = self.size(octets);
        if let Ok(octets) = u64::try_from(size) {
            ScanEntry { number, octets }.write(out);
        } else {
            let Ok(()) = write!(out, "{number} {size}\r\n") else {
                unreachable!("writing to a Vec cannot fail")
            };
        }
    }

    /// Appends a line of UIDL.
    pub(super) fn write_uid(self, number: u32, uid: Uid, mailbox: MailboxIx, out: &mut Vec<u8>) {
        UidEntry { number, uid: self.unique_id(uid, mailbox).as_str() }.write(out);
    }
}
