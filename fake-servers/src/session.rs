//! The shape of every server machine: bytes and the time go in, actions come out. No machine here
//! waits, reads a clock or touches a socket; whoever drives it does.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Bell, MailboxIx, ServerEvent};

/// One connection's server side, as a machine without I/O.
pub trait Session: Send {
    /// The connection is open; the server speaks first in POP3 and SMTP.
    fn open(&mut self, now: Timestamp, out: &mut Actions);

    /// Bytes came from the client, cut anywhere.
    fn receive(&mut self, now: Timestamp, bytes: &[u8], out: &mut Actions);

    /// The connection is gone without the machine having closed it: the client closed or lost it,
    /// or the server process died. Locks are released, nothing is committed.
    fn lost(&mut self, now: Timestamp, out: &mut Actions);

    /// When the machine wants to be woken although the client says nothing: a keep-alive that is
    /// due, a hanging request that ends. Asked whenever all its actions are performed.
    fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    /// What rings when there is news for the client. Rings from the machine's last turn on wake
    /// it, also those while its actions were performed.
    fn bell(&self) -> Option<Bell> {
        None
    }

    /// The moment of [`Session::wake_at`] has come, or the bell has rung.
    fn wake(&mut self, now: Timestamp, out: &mut Actions) {
        let _ = (now, out);
    }
}

/// What carries a connection, as far as a server must know to say what it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    /// Bytes in the clear, for good: TLS is neither announced nor known.
    #[default]
    Plain,
    /// Bytes in the clear, until the client asks for TLS (STLS, STARTTLS).
    Upgradable,
    /// TLS, from the start or by now.
    Secure,
}

/// How a TLS handshake goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handshake {
    /// As it should.
    #[default]
    Sound,
    /// The connection breaks once the client has begun it.
    Cut,
    /// The server shows a certificate that has expired.
    Expired,
    /// The server shows a certificate for another name.
    WrongName,
    /// The server shows a certificate by an authority that nobody trusts.
    Untrusted,
}

/// What the driver must do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes.
    Send(Vec<u8>),
    /// Write these bytes in chunks of `chunk` octets, pausing before each after the first.
    Dribble {
        /// All of them.
        bytes: Vec<u8>,
        /// Octets at a time, at least 1.
        chunk: usize,
        /// Between chunks.
        pause: Duration,
    },
    /// Write `unit` over and over, `total` octets in all (the last repetition may be cut short).
    /// The driver writes it in pieces of bounded size, each once the one before is taken, so that
    /// an endless body costs neither side more memory than a piece. An empty unit writes nothing.
    /// [`flood_pieces`] makes the pieces.
    Flood {
        /// What is repeated.
        unit: Vec<u8>,
        /// Octets in all.
        total: u64,
    },
    /// Do nothing for so long before the next action: service time, or a fault's delay.
    Pause(Duration),
    /// Report an event, stamped when its turn comes.
    Event(ServerEvent),
    /// Speak TLS from here on, after everything before has been written: what the client has sent
    /// so far in the clear and the machine has not taken is thrown away (RFC 2595 section 4,
    /// RFC 3207 section 6). Only for a connection whose [`Channel`] is upgradable.
    StartTls(Handshake),
    /// End the connection in order, after everything before has been written.
    Close,
    /// Break the connection at once.
    Reset,
}

/// Collects a machine's actions. Reused from call to call by the driver, which drains it.
#[derive(Debug, Default)]
pub struct Actions(Vec<Action>);

impl Actions {
    /// Adds an action; bytes following bytes are joined.
    pub fn push(&mut self, action: Action) {
        if let (Some(Action::Send(last)), Action::Send(more)) = (self.0.last_mut(), &action) {
            last.extend_from_slice(more);
            return;
        }
        self.0.push(action);
    }

    /// Bytes to write.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if let Some(Action::Send(last)) = self.0.last_mut() {
            last.extend_from_slice(bytes);
        } else if !bytes.is_empty() {
            self.0.push(Action::Send(bytes.to_vec()));
        }
    }

    /// An event.
    pub fn event(&mut self, event: ServerEvent) {
        self.0.push(Action::Event(event));
    }

    /// Makes the client wait: reported first, so that it is known even if the client does not stay.
    /// No time at all adds nothing.
    pub fn hold(&mut self, mailbox: Option<MailboxIx>, held: Duration) {
        if !held.is_zero() {
            self.event(ServerEvent::Held { mailbox, held });
            self.push(Action::Pause(held));
        }
    }

    /// Takes all actions out, in order, keeping the room they stood in.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Action> {
        self.0.drain(..)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The pieces of an [`Action::Flood`]: at least one octet and at most `piece` octets each (but
/// never less than one unit), `total` in all.
pub fn flood_pieces(unit: &[u8], total: u64, piece: usize) -> impl Iterator<Item = Vec<u8>> {
    let whole = unit.repeat((piece / unit.len().max(1)).max(1));
    let mut left = if unit.is_empty() { 0 } else { total };
    std::iter::from_fn(move || {
        // A length of memory always fits 64 bits.
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(whole.len());
        left -= size as u64;
        (size > 0).then(|| whole[..size].to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_comes_in_bounded_pieces_and_ends() {
        let pieces: Vec<_> = flood_pieces(b"abc", 20, 8).collect();
        assert!(pieces.iter().all(|piece| piece.len() <= 8));
        assert_eq!(pieces.concat(), b"abcabcabcabcabcabcab");
        assert_eq!(flood_pieces(b"", 20, 8).count(), 0);
        assert_eq!(flood_pieces(b"long unit", 11, 4).collect::<Vec<_>>().concat(), b"long unitlo");
    }
}
