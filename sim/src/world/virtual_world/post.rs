//! The one heap of everything under way: letters keyed by (millisecond, sequence), so that the
//! order of delivery is written down and not a timer's accident, and one alarm for all of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use crate::world::Direction;

/// A connection's place in the network's table.
pub(super) type ConnectionIx = u32;

/// One thing under way. Letters of one millisecond are delivered in the order they were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Letter {
    /// When it arrives, in milliseconds since the start.
    pub(super) at: u64,
    sequence: u64,
    pub(super) connection: ConnectionIx,
    pub(super) to: Direction,
    pub(super) message: Message,
}

/// What a letter says: TCP's segments, as far as they matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Message {
    /// The client asks for a connection.
    Syn,
    /// The server's host grants it.
    SynAck,
    /// The client confirms; only now the server process learns of it (RFC 9293, 3.5).
    Ack,
    /// Nobody listens.
    Refusal,
    /// So many octets of the pipe have arrived.
    Data(u32),
    /// No more octets come.
    Fin,
    /// The connection is broken.
    Reset,
    /// So many octets were read, for a writer that waits for room.
    Window(u32),
}

/// The heap and its alarm.
pub(super) struct Post {
    start: Instant,
    heap: BinaryHeap<Reverse<Letter>>,
    sequence: u64,
    alarm: Alarm,
}

enum Alarm {
    /// Nobody delivers yet, or no longer.
    Off,
    /// Nothing is under way; the courier wants to hear of the first letter.
    Idle(Waker, Pin<Box<Sleep>>),
    /// Set to this millisecond.
    Set(u64, Pin<Box<Sleep>>),
}

impl Post {
    pub(super) fn new(start: Instant) -> Self {
        Self { start, heap: BinaryHeap::new(), sequence: 0, alarm: Alarm::Off }
    }

    /// Milliseconds since the start.
    pub(super) fn now(&self) -> u64 {
        let since = Instant::now().saturating_duration_since(self.start);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Sends a letter that arrives at `at`.
    pub(super) fn send(
        &mut self,
        at: u64,
        connection: ConnectionIx,
        to: Direction,
        message: Message,
    ) {
        let sequence = self.sequence;
        self.sequence += 1;
        self.put(Letter { at, sequence, connection, to, message });
    }

    /// Puts a letter back that could not be delivered, for a later time and in its old order.
    pub(super) fn postpone(&mut self, letter: Letter, at: u64) {
        self.put(Letter { at, ..letter });
    }

    /// The next letter due at or before `now`.
    pub(super) fn next_due(&mut self, now: u64) -> Option<Letter> {
        if self.heap.peek()?.0.at > now {
            return None;
        }
        self.heap.pop().map(|Reverse(letter)| letter)
    }

    fn put(&mut self, letter: Letter) {
        let at = letter.at;
        self.heap.push(Reverse(letter));
        match &mut self.alarm {
            // The alarm keeps the courier's waker when it is set to another time, so a letter that
            // comes first costs no poll of the courier.
            Alarm::Set(set, sleep) if at < *set => {
                *set = at;
                sleep.as_mut().reset(self.start + Duration::from_millis(at));
            }
            Alarm::Idle(courier, _) => courier.wake_by_ref(),
            Alarm::Set(..) | Alarm::Off => {}
        }
    }

    /// Waits for the next letter to be due.
    pub(super) fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut sleep = match std::mem::replace(&mut self.alarm, Alarm::Off) {
            Alarm::Off => Box::pin(tokio::time::sleep_until(self.start)),
            Alarm::Idle(_, sleep) | Alarm::Set(_, sleep) => sleep,
        };
        let Some(Reverse(Letter { at, .. })) = self.heap.peek() else {
            self.alarm = Alarm::Idle(cx.waker().clone(), sleep);
            return Poll::Pending;
        };
        let at = *at;
        sleep.as_mut().reset(self.start + Duration::from_millis(at));
        let due = sleep.as_mut().poll(cx);
        self.alarm = Alarm::Set(at, sleep);
        due
    }

    /// Nobody delivers any more.
    pub(super) fn close(&mut self) {
        self.alarm = Alarm::Off;
    }
}
