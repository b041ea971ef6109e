//! What a mailbox answers while its owner is away, and whom it has told. It lies in the mailbox, so
//! that a server that starts anew finds it.

use wire::ews::services::UserOofSettings;
use xxhash_rust::xxh3::xxh3_64;

/// Whom a mailbox remembers to have told; of more, those it told first are told again.
const REMEMBERED: usize = 4_096;

/// The settings, and who knows.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfOffice {
    /// What was set.
    pub settings: UserOofSettings,
    told: Vec<u64>,
}

impl OutOfOffice {
    pub(super) const fn new(settings: UserOofSettings) -> Self {
        Self { settings, told: Vec::new() }
    }

    /// Notes that somebody is told; whether that is news.
    pub fn tell(&mut self, address: &str) -> bool {
        let who = xxh3_64(address.to_lowercase().as_bytes());
        if self.told.contains(&who) {
            return false;
        }
        if self.told.len() == REMEMBERED {
            self.told.remove(0);
        }
        self.told.push(who);
        true
    }
}
