//! What servers took for sending, kept for somebody to read who wants more than its hashes. A run
//! keeps none of it.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use crate::MailboxIx;

/// A message that a server took from a client for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedMail {
    /// Counted from 1 in the order of acceptance.
    pub number: u64,
    /// Who submitted it.
    pub mailbox: MailboxIx,
    /// When.
    pub at: Timestamp,
    /// The sender of the envelope; empty for none.
    pub sender: String,
    /// The recipients of the envelope, as they were given.
    pub recipients: Vec<String>,
    /// The message as the client meant it.
    pub bytes: Arc<[u8]>,
}

/// The latest of them, as many as fit.
#[derive(Debug, Clone)]
pub struct Archive {
    kept: VecDeque<AcceptedMail>,
    octets: usize,
    room: usize,
    count: u64,
}

impl Archive {
    /// An archive that keeps so many octets of messages, and always the latest one.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { kept: VecDeque::new(), octets: 0, room, count: 0 }
    }

    /// Keeps a message; it gets the next number. Older ones go when there is no more room.
    pub fn keep(&mut self, mut mail: AcceptedMail) {
        self.count += 1;
        mail.number = self.count;
        self.octets += mail.bytes.len();
        self.kept.push_back(mail);
        while self.octets > self.room && self.kept.len() > 1 {
            if let Some(oldest) = self.kept.pop_front() {
                self.octets -= oldest.bytes.len();
            }
        }
    }

    /// Those after a number, oldest first.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &AcceptedMail> {
        self.kept.iter().filter(move |mail| mail.number > number)
    }

    /// The one with this number, if it is still kept.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&AcceptedMail> {
        self.kept.iter().find(|mail| mail.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_as_far_as_there_is_room() {
        let mail = |octets: usize| AcceptedMail {
            number: 0,
            mailbox: MailboxIx(0),
            at: Timestamp::UNIX_EPOCH,
            sender: String::new(),
            recipients: Vec::new(),
            bytes: vec![b'x'; octets].into(),
        };
        let mut archive = Archive::new(100);
        for octets in [40, 40, 40, 500] {
            archive.keep(mail(octets));
        }
        let numbers: Vec<_> = archive.after(0).map(|mail| mail.number).collect();
        assert_eq!(numbers, [4], "the latest is kept however large it is");
        archive.keep(mail(10));
        archive.keep(mail(10));
        let numbers: Vec<_> = archive.after(5).map(|mail| mail.number).collect();
        assert_eq!(numbers, [6]);
        assert!(archive.get(4).is_none() && archive.get(5).is_some());
    }
}
