//! The fingerprint of a run: a rolling hash of every entry and its time. Two runs of one seed must
//! have one digest, on every machine.

use std::fmt;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Entry, HostIx};
use crate::time::SimTime;

/// The digest of a log, or of a log so far. Prints as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Chains one hash per entry: each is taken over the one before, the time, who reports, and the
/// event in postcard's encoding, in which an event carries its name and not its place in the enum,
/// so that a new kind of event leaves old digests alone.
#[derive(Debug)]
pub struct Digester {
    so_far: u64,
    /// What is hashed next; kept from entry to entry, and as long as the longest entry needed.
    bytes: Vec<u8>,
}

/// Room for all events but those with long lists.
const USUAL: usize = 256;

/// Where the event begins: after the hash so far, the time, who reports and from which host.
const HEAD: usize = 8 + 8 + 1 + 2;

impl Default for Digester {
    fn default() -> Self {
        Self { so_far: 0, bytes: vec![0; USUAL] }
    }
}

impl Digester {
    /// Takes an entry in.
    pub fn see(&mut self, at: SimTime, entry: &Entry) {
        // Each part by itself: postcard has no maps, which `serde(flatten)` would need.
        match entry {
            Entry::Engine { event } => self.chain(at, b'e', HostIx(0), event),
            Entry::Server { host, event } => self.chain(at, b's', *host, event),
            Entry::World { event } => self.chain(at, b'w', HostIx(0), event),
            Entry::Watcher { watcher, mailbox, event } => {
                self.chain(at, b'c', HostIx(0), &(watcher, mailbox, event));
            }
        }
    }

    fn chain<T: Serialize>(&mut self, at: SimTime, source: u8, host: HostIx, event: &T) {
        let length = HEAD + self.encode(event);
        self.bytes[..8].copy_from_slice(&self.so_far.to_le_bytes());
        self.bytes[8..16].copy_from_slice(&at.0.to_le_bytes());
        self.bytes[16] = source;
        self.bytes[17..HEAD].copy_from_slice(&host.0.to_le_bytes());
        self.so_far = xxh3_64(&self.bytes[..length]);
    }

    /// Writes the event behind the head and says how long it is. Into a slice and not into a
    /// vector, which would be asked for room at every byte.
    fn encode<T: Serialize>(&mut self, event: &T) -> usize {
        loop {
            match postcard::to_slice(event, &mut self.bytes[HEAD..]) {
                Ok(written) => return written.len(),
                Err(postcard::Error::SerializeBufferFull) => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                }
                Err(_) => unreachable!("events are plain data of known length"),
            }
        }
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(self.so_far)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fake_servers::{ItemId, MailboxIx, ServerEvent};
    use jiff::Timestamp;
    use sync_engine::{CycleId, Event, MailboxId, Outcome, Reason, Workload};

    use super::*;
    use crate::log::WorldEvent;

    fn entries() -> Vec<(u64, Entry)> {
        let due = Timestamp::from_millisecond(1_772_409_600_000).unwrap();
        let accepted = ServerEvent::Accepted {
            mailbox: MailboxIx(1),
            message: u64::MAX,
            content: 7,
            recipients: vec![1, 2, 3],
        };
        vec![
            (0, Entry::World { event: WorldEvent::EngineStarted }),
            (
                1,
                Entry::Engine {
                    event: Event::CycleStarted {
                        cycle: CycleId(1),
                        mailbox: MailboxId(1),
                        workload: Workload::Incoming,
                        due,
                    },
                },
            ),
            (
                21,
                Entry::Server {
                    host: HostIx(0),
                    event: ServerEvent::Held { mailbox: None, held: Duration::from_micros(1_500) },
                },
            ),
            (22, Entry::Server { host: HostIx(1), event: accepted }),
            (
                30,
                Entry::Engine {
                    event: Event::CycleEnded {
                        cycle: CycleId(1),
                        mailbox: MailboxId(1),
                        workload: Workload::Incoming,
                        outcome: Outcome::Postponed,
                        reason: Some(Reason::ConnectionLost),
                        items: 0,
                        next_run: Some(due),
                    },
                },
            ),
        ]
    }

    fn digest(entries: &[(u64, Entry)]) -> Digest {
        let mut digester = Digester::default();
        for (at, entry) in entries {
            digester.see(SimTime(*at), entry);
        }
        digester.digest()
    }

    #[test]
    fn is_the_same_for_ever_and_everywhere() {
        // A change here changes the digest of every run anybody has noted down.
        assert_eq!(digest(&entries()).to_string(), "0b33bbd6630a8846");
        assert_eq!(Digest(0xab).to_string(), "00000000000000ab");
    }

    #[test]
    fn a_long_event_counts_to_its_last_byte() {
        let to = |last: u64| {
            let mut recipients = vec![u64::MAX; 500];
            recipients.push(last);
            let event =
                ServerEvent::Accepted { mailbox: MailboxIx(1), message: 1, content: 2, recipients };
            digest(&[(0, Entry::Server { host: HostIx(1), event })])
        };
        assert_ne!(to(1), to(2));
        assert_eq!(to(1), to(1));
    }

    #[test]
    fn order_time_source_and_fields_all_matter() {
        let whole = digest(&entries());
        let changed = |change: fn(&mut Vec<(u64, Entry)>)| {
            let mut entries = entries();
            change(&mut entries);
            digest(&entries)
        };
        let other = [
            changed(|entries| entries.swap(2, 3)),
            changed(|entries| entries[2].0 = 20),
            changed(|entries| {
                entries.pop();
            }),
            changed(|entries| {
                let Entry::Server { host, .. } = &mut entries[3].1 else { unreachable!() };
                *host = HostIx(0);
            }),
            changed(|entries| {
                let Entry::Server { event: ServerEvent::Accepted { recipients, .. }, .. } =
                    &mut entries[3].1
                else {
                    unreachable!()
                };
                recipients.swap(0, 1);
            }),
            changed(|entries| {
                let event = ServerEvent::Deleted { item: ItemId(0), mailbox: MailboxIx(0) };
                entries.push((30, Entry::Server { host: HostIx(0), event }));
            }),
        ];
        for (i, digest) in other.iter().enumerate() {
            assert_ne!(*digest, whole, "change {i} went unseen");
            assert!(!other[..i].contains(digest), "change {i} looks like another");
        }
    }
}
