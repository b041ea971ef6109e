//! What the server calls things: numbers of the store in a shape that clients take for Exchange's,
//! with a checksum, so that a broken id is known from one of something that is gone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use xxhash_rust::xxh3::xxh3_64;

use crate::MailboxIx;
use crate::store::{FolderNo, SyncPoint, Uid};

/// Exchange's ids begin with these bytes, as `AAMk`.
const PREFIX: [u8; 3] = [0x00, 0x03, 0x24];

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Id {
    /// A folder.
    Folder(MailboxIx, FolderNo),
    /// An item.
    Item(MailboxIx, Uid),
    /// An attachment of an item, by its number there.
    Attachment(MailboxIx, Uid, u32),
    /// An occurrence of a series, counted from 1.
    Occurrence(MailboxIx, Uid, u32),
}

/// The characters are no id of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Id is malformed.")]
pub(super) struct Malformed;

impl Id {
    /// It as it travels.
    pub(super) fn write(self) -> String {
        let (kind, mailbox, number, extra) = match self {
            Self::Folder(mailbox, folder) => (1, mailbox, folder.0, 0),
            Self::Item(mailbox, uid) => (2, mailbox, uid.0, 0),
            Self::Attachment(mailbox, uid, number) => (3, mailbox, uid.0, number),
            Self::Occurrence(mailbox, uid, index) => (4, mailbox, uid.0, index),
        };
        let mut bytes = [0; 18];
        bytes[..3].copy_from_slice(&PREFIX);
        bytes[3] = kind;
        bytes[4..8].copy_from_slice(&mailbox.0.to_be_bytes());
        bytes[8..12].copy_from_slice(&number.to_be_bytes());
        bytes[12..16].copy_from_slice(&extra.to_be_bytes());
        let check = checksum(&bytes[..16]);
        bytes[16..].copy_from_slice(&check);
        STANDARD.encode(bytes)
    }

    /// What these characters name.
    pub(super) fn read(text: &str) -> Result<Self, Malformed> {
        let bytes: [u8; 18] =
            STANDARD.decode(text).ok().and_then(|it| it.try_into().ok()).ok_or(Malformed)?;
        if bytes[..3] != PREFIX || bytes[16..] != checksum(&bytes[..16]) {
            return Err(Malformed);
        }
        let number = |at: usize| {
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let (mailbox, number, extra) = (MailboxIx(number(4)), number(8), number(12));
        match bytes[3] {
            1 => Ok(Self::Folder(mailbox, FolderNo(number))),
            2 => Ok(Self::Item(mailbox, Uid(number))),
            3 => Ok(Self::Attachment(mailbox, Uid(number), extra)),
            4 => Ok(Self::Occurrence(mailbox, Uid(number), extra)),
            _ => Err(Malformed),
        }
    }

    /// Whose it is.
    pub(super) const fn mailbox(self) -> MailboxIx {
        match self {
            Self::Folder(mailbox, _)
            | Self::Item(mailbox, _)
            | Self::Attachment(mailbox, ..)
            | Self::Occurrence(mailbox, ..) => mailbox,
        }
    }
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let hash = xxh3_64(bytes).to_be_bytes();
    [hash[0], hash[1]]
}

/// The change key of a version.
pub(super) fn change_key(version: u64) -> String {
    let mut bytes = [0; 18];
    bytes[0] = 0x09;
    bytes[4] = 0x16;
    bytes[8..16].copy_from_slice(&version.to_be_bytes());
    STANDARD.encode(bytes)
}

/// The version of a change key.
pub(super) fn version(change_key: &str) -> Option<u64> {
    let bytes: [u8; 18] = STANDARD.decode(change_key).ok()?.try_into().ok()?;
    let version = u64::from_be_bytes(bytes[8..16].try_into().ok()?);
    (self::change_key(version) == change_key).then_some(version)
}

/// How far a client has synchronised, as it hands it back. It says whose and what it is of, so that
/// one that is broken or of another folder is known for what it is; and it holds nothing that a
/// restart forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) mailbox: MailboxIx,
    /// How often the mailbox's states were declared void.
    pub(super) epoch: u32,
    pub(super) of: Synchronised,
}

/// What is synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronised {
    /// The folders.
    Hierarchy(u64),
    /// The items of a folder.
    Items(FolderNo, SyncPoint),
}

impl State {
    /// It as it travels.
    pub(super) fn write(self) -> String {
        let mut bytes = Vec::with_capacity(36);
        bytes.extend(self.mailbox.0.to_be_bytes());
        bytes.extend(self.epoch.to_be_bytes());
        match self.of {
            Synchronised::Hierarchy(change) => bytes.extend(change.to_be_bytes()),
            Synchronised::Items(folder, point) => {
                bytes.extend(point.change.to_be_bytes());
                bytes.extend(folder.0.to_be_bytes());
                bytes.extend(point.uid.0.to_be_bytes());
            }
        }
        let check = xxh3_64(&bytes);
        bytes.extend(check.to_be_bytes());
        STANDARD.encode(bytes)
    }

    /// What these characters say, if this server wrote them.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (told, check) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        if xxh3_64(told).to_be_bytes() != check {
            return None;
        }
        let number = |at: usize| told.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let change = u64::from_be_bytes(told.get(8..16)?.try_into().ok()?);
        let of = match told.len() {
            16 => Synchronised::Hierarchy(change),
            24 => {
                let point = SyncPoint { uid: Uid(number(20)?), change };
                Synchronised::Items(FolderNo(number(16)?), point)
            }
            _ => return None,
        };
        Some(Self { mailbox: MailboxIx(number(0)?), epoch: number(4)?, of })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANN: MailboxIx = MailboxIx(7);

    #[test]
    fn ids_look_like_exchanges_and_are_checked() {
        let id = Id::Item(ANN, Uid(9));
        let text = id.write();
        assert!(text.starts_with("AAMk"), "{text}");
        assert_eq!(Id::read(&text), Ok(id));
        assert_ne!(Id::Folder(ANN, FolderNo(9)).write(), text);
        for broken in ["", "AAMk", "not an id", &text[1..], &text.replace('k', "l")] {
            assert_eq!(Id::read(broken), Err(Malformed), "{broken:?}");
        }
        assert_eq!(version(&change_key(77)), Some(77));
        assert_eq!(version("abc"), None);
    }

    #[test]
    fn states_are_read_back_and_told_apart() {
        let point = SyncPoint { uid: Uid(3), change: 1 << 40 };
        let items = Synchronised::Items(FolderNo::INBOX, point);
        for of in [items, Synchronised::Hierarchy(5)] {
            let state = State { mailbox: ANN, epoch: 2, of };
            assert_eq!(State::read(&state.write()), Some(state));
            assert_eq!(State::read(&state.write()[4..]), None);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_them_panic(text in "[A-Za-z0-9+/=]{0,60}") {
            let _ = (Id::read(&text), State::read(&text), version(&text));
        }
    }
}
