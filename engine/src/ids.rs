//! Small identities that events, rows and maps carry instead of names: a name is looked up once,
//! when a report is written for a person.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);
    };
}

id! {
    /// A mailbox: its place in [`crate::EngineConfig::mailboxes`].
    MailboxId(u32)
}
id! {
    /// A server profile: its place in [`crate::EngineConfig::servers`].
    ServerId(u16)
}
id! {
    /// An email record: its row in the store.
    EmailId(i64)
}
id! {
    /// One cycle of one workload of one mailbox. Counted from 1 in the order of starting, over
    /// the life of one engine process.
    CycleId(u64)
}
id! {
    /// xxh3-64 of a message's raw bytes as they came off, or went onto, the wire (dot-stuffing
    /// undone). Equal content has an equal hash on either side of a connection.
    ContentHash(u64)
}
id! {
    /// xxh3-64 of a Message-ID between its angle brackets.
    MessageKey(u64)
}

id! {
    /// A rule that tracks a folder: its row in the store. Never given twice.
    RuleId(i64)
}

impl ContentHash {
    /// Hashes a message's raw bytes.
    #[must_use]
    pub fn of(raw: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_64(raw))
    }
}

impl MessageKey {
    /// Hashes a Message-ID; angle brackets and surrounding blanks do not count.
    #[must_use]
    pub fn of(message_id: &str) -> Self {
        let bare = message_id.trim().trim_start_matches('<').trim_end_matches('>');
        Self(xxhash_rust::xxh3::xxh3_64(bare.as_bytes()))
    }
}
