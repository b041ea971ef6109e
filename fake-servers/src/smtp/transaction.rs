//! One mail transaction: sender, recipients, and what is kept of the message as it comes in.

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::MailboxIx;

/// From MAIL to the reply after the final dot.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) sender: String,
    pub(super) recipients: Vec<Recipient>,
    /// There once DATA was accepted.
    pub(super) message: Option<Box<Incoming>>,
}

/// A recipient that was accepted.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    /// The address as it was given.
    pub(super) given: String,
    /// xxh3-64 of the address in lower case.
    pub(super) address: u64,
    /// The mailbox it has here, if any.
    pub(super) mailbox: Option<MailboxIx>,
}

/// How much of a message is kept when no mailbox here receives it: its header is wanted, and none
/// is longer in practice.
const HEADER_ROOM: u64 = 64 * 1024;

/// A message as it comes in. Hashed as it passes; kept whole only when somebody here receives it.
pub(super) struct Incoming {
    octets: u64,
    limit: u64,
    room: u64,
    kept: Vec<u8>,
    hash: Xxh3,
}

impl Transaction {
    pub(super) fn new(sender: String) -> Self {
        Self { sender, recipients: Vec::new(), message: None }
    }

    /// The mailboxes here that receive a copy, each once.
    pub(super) fn local(&self) -> Vec<MailboxIx> {
        let mut local: Vec<_> = self.recipients.iter().filter_map(|r| r.mailbox).collect();
        local.sort_unstable();
        local.dedup();
        local
    }

    /// DATA was accepted: a message of at most `limit` octets begins. It is kept whole when
    /// somebody here receives it, or when all are archived.
    pub(super) fn begin_message(&mut self, limit: u64, archived: bool) {
        let whole = archived || self.recipients.iter().any(|recipient| recipient.mailbox.is_some());
        let room = if whole { limit } else { limit.min(HEADER_ROOM) };
        self.message = Some(Box::new(Incoming {
            octets: 0,
            limit,
            room,
            kept: Vec::new(),
            hash: Xxh3::new(),
        }));
    }
}

impl Recipient {
    pub(super) fn new(address: &str, mailbox: Option<MailboxIx>) -> Self {
        let given = address.to_owned();
        Self { given, address: xxh3_64(address.to_lowercase().as_bytes()), mailbox }
    }
}

impl Incoming {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.octets = self.octets.saturating_add(bytes.len() as u64);
        if self.is_too_large() {
            self.kept = Vec::new();
            return;
        }
        self.hash.update(bytes);
        let left = self.room.saturating_sub(self.kept.len() as u64);
        let kept = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        self.kept.extend_from_slice(&bytes[..kept]);
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.octets > self.limit
    }

    /// xxh3-64 of all its bytes.
    pub(super) fn content(&self) -> u64 {
        self.hash.digest()
    }

    /// xxh3-64 of its Message-ID between the angle brackets; 0 without one.
    pub(super) fn message_key(&self) -> u64 {
        message_id(&self.kept).map_or(0, xxh3_64)
    }

    /// All its bytes, if a mailbox here receives it and it is not too large.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.kept
    }
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming").field("octets", &self.octets).finish_non_exhaustive()
    }
}

/// What stands between the angle brackets of the first Message-ID field (RFC 5322 section 3.6.4),
/// which may be folded before them.
fn message_id(message: &[u8]) -> Option<&[u8]> {
    let mut rest = message;
    while !rest.is_empty() && !rest.starts_with(b"\r\n") {
        let (field, next) = rest.split_at(field_length(rest));
        rest = next;
        let Some(colon) = field.iter().position(|&byte| byte == b':') else { continue };
        if field[..colon].trim_ascii_end().eq_ignore_ascii_case(b"message-id") {
            let start = field.iter().position(|&byte| byte == b'<')? + 1;
            let length = field[start..].iter().position(|&byte| byte == b'>')?;
            return Some(&field[start..start + length]);
        }
    }
    None
}

/// Up to the first line end that no white space follows (RFC 5322 section 2.2.3), or everything.
fn field_length(text: &[u8]) -> usize {
    let end = text
        .windows(2)
        .enumerate()
        .find(|(at, pair)| pair == b"\r\n" && !matches!(text.get(at + 2), Some(b' ' | b'\t')));
    end.map_or(text.len(), |(at, _)| at + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_the_message_id_in_the_header_only() {
        let id = |message: &str| message_id(message.as_bytes()).map(<[u8]>::to_vec);
        let found = Some(b"1@x".to_vec());
        assert_eq!(id("Subject: a\r\nMessage-ID: <1@x>\r\n\r\nbody"), found);
        assert_eq!(id("MESSAGE-id:\r\n\t<1@x>\r\n\r\n"), found);
        assert_eq!(id("Subject: long\r\n Message-ID: <0@x>\r\nMessage-ID:<1@x>"), found);
        assert_eq!(id("Subject: a\r\n\r\nMessage-ID: <1@x>\r\n"), None);
        assert_eq!(id("Message-ID: 1@x\r\nReferences: <0@x>\r\n\r\n"), None);
        assert_eq!(id("no header at all"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn a_message_nobody_here_receives_is_hashed_but_not_kept() {
        let mut transaction = Transaction::new("a@x".into());
        transaction.recipients.push(Recipient::new("b@elsewhere", None));
        transaction.begin_message(10_000_000, false);
        let message = transaction.message.as_mut().unwrap();
        let line = [b'x'; 1_000];
        (0..1_000).for_each(|_| message.take(&line));
        assert_eq!(message.kept.len() as u64, HEADER_ROOM);
        assert_eq!(message.content(), xxh3_64(&line.repeat(1_000)));
    }

    #[test]
    fn a_message_that_is_too_large_is_let_go() {
        let mut transaction = Transaction::new("a@x".into());
        transaction.recipients.push(Recipient::new("b@here", Some(MailboxIx(1))));
        transaction.begin_message(10, false);
        let message = transaction.message.as_mut().unwrap();
        message.take(b"0123456789");
        assert!(!message.is_too_large());
        assert_eq!(message.bytes(), b"0123456789");
        message.take(b"a");
        assert!(message.is_too_large() && message.bytes().is_empty());
    }

    #[test]
    fn a_mailbox_gets_one_copy_under_two_names() {
        let mut transaction = Transaction::new(String::new());
        for mailbox in [Some(MailboxIx(2)), None, Some(MailboxIx(1)), Some(MailboxIx(2))] {
            transaction.recipients.push(Recipient::new("any", mailbox));
        }
        assert_eq!(transaction.local(), [MailboxIx(1), MailboxIx(2)]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_search_panic(
            parts in prop::collection::vec(
                prop::sample::select(vec!["Message-ID", ":", "<", ">", "\r\n", " ", "\u{e9}"]),
                0..12,
            ),
        ) {
            let _ = message_id(parts.concat().as_bytes());
        }
    }
}
