//! How subscriptions and watermarks travel: numbers with a checksum, so that a broken one is known
//! from one that is over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::ews::{SubscriptionId, Watermark};
use xxhash_rust::xxh3::xxh3_64;

use crate::MailboxIx;

/// A subscription, by its number on this server.
pub(super) fn subscription(mailbox: MailboxIx, number: u64) -> SubscriptionId {
    SubscriptionId(write(b's', mailbox, number))
}

/// The number of a subscription, if a server of this kind gave it out.
pub(super) fn subscription_number(id: &SubscriptionId) -> Option<u64> {
    read(b's', &id.0).map(|(_, number)| number)
}

/// How far somebody has seen a mailbox.
pub(super) fn watermark(mailbox: MailboxIx, number: u64) -> Watermark {
    Watermark(write(b'w', mailbox, number))
}

/// What a watermark says of this mailbox.
pub(super) fn watermark_number(mailbox: MailboxIx, watermark: &Watermark) -> Option<u64> {
    let (of, number) = read(b'w', &watermark.0)?;
    (of == mailbox).then_some(number)
}

fn write(kind: u8, mailbox: MailboxIx, number: u64) -> String {
    let mut bytes = vec![kind];
    bytes.extend(mailbox.0.to_be_bytes());
    bytes.extend(number.to_be_bytes());
    let check = xxh3_64(&bytes).to_be_bytes();
    bytes.extend(&check[..5]);
    STANDARD.encode(bytes)
}

fn read(kind: u8, text: &str) -> Option<(MailboxIx, u64)> {
    let bytes: [u8; 18] = STANDARD.decode(text).ok()?.try_into().ok()?;
    let (told, check) = bytes.split_at(13);
    if told[0] != kind || xxh3_64(told).to_be_bytes()[..5] != *check {
        return None;
    }
    let mailbox = u32::from_be_bytes(told[1..5].try_into().ok()?);
    Some((MailboxIx(mailbox), u64::from_be_bytes(told[5..].try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_not_taken_for_each_other() {
        let (ann, bob) = (MailboxIx(1), MailboxIx(2));
        let mark = watermark(ann, 77);
        assert_eq!(watermark_number(ann, &mark), Some(77));
        assert_eq!(watermark_number(bob, &mark), None, "of another mailbox");
        let id = subscription(ann, 77);
        assert_eq!(subscription_number(&id), Some(77));
        assert_eq!(subscription_number(&SubscriptionId(mark.0)), None);
        for broken in ["", "AAAA", "no base64", &id.0[1..], &id.0.to_lowercase()] {
            assert_eq!(subscription_number(&SubscriptionId(broken.to_owned())), None, "{broken}");
        }
    }
}
