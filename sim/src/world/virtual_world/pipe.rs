//! One direction of a connection: the octets written and not yet read, how many of them have
//! arrived, and who waits for what. Octets never move: a letter only says that more of them are
//! there, so a chunk costs no allocation.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use tokio::io::ReadBuf;

/// Octets written and not yet known to be read, per direction. Linux's default ceiling for a
/// receive buffer is larger; this one bounds a flood without slowing ordinary mail.
pub(super) const WINDOW: usize = 256 * 1024;
/// A reader tells a waiting writer of new room in steps of this size (RFC 1122, 4.2.3.3).
const WINDOW_STEP: usize = WINDOW / 4;
/// Room a pipe may keep when its connection is over, for the next one.
const KEPT: usize = 16 * 1024;

/// One direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    bytes: VecDeque<u8>,
    arrived: usize,
    /// Read while the writer waits, and not yet told.
    owed: usize,
    /// Told, and the word is under way.
    told: usize,
    /// The writer has ended it.
    pub(super) fin_sent: bool,
    /// The end has arrived.
    pub(super) fin_arrived: bool,
    /// No later letter arrives before this.
    pub(super) last_arrival: u64,
    /// What was stopped on the way at a cut: since when its sender has tried.
    pub(super) stalled_since: Option<u64>,
    /// Letters that follow a repeated one wait for it.
    pub(super) stalled_until: u64,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    /// Takes over as many octets as there is room for; zero when there is none.
    pub(super) fn write(&mut self, bytes: &[u8], most: usize) -> usize {
        let taken = bytes.len().min(most).min(self.room());
        self.bytes.extend(&bytes[..taken]);
        taken
    }

    fn room(&self) -> usize {
        WINDOW.saturating_sub(self.bytes.len() + self.owed + self.told)
    }

    /// Hands out octets that have arrived. Returns how many octets the writer must be told of, if
    /// it waits for that.
    pub(super) fn read(&mut self, buf: &mut ReadBuf<'_>) -> Option<u32> {
        let size = self.arrived.min(buf.remaining());
        let (front, back) = self.bytes.as_slices();
        let first = size.min(front.len());
        buf.put_slice(&front[..first]);
        buf.put_slice(&back[..size - first]);
        self.bytes.drain(..size);
        self.arrived -= size;
        self.writer.as_ref()?;
        self.owed += size;
        if self.owed < WINDOW_STEP && !self.bytes.is_empty() {
            return None;
        }
        let tell = std::mem::take(&mut self.owed);
        self.told += tell;
        u32::try_from(tell).ok()
    }

    pub(super) fn has_arrived(&self) -> bool {
        self.arrived > 0
    }

    /// So many octets more can be read.
    pub(super) fn arrive(&mut self, octets: u32) {
        self.arrived += octets as usize;
    }

    /// The writer learns that octets were read.
    pub(super) fn open_window(&mut self, octets: u32) {
        self.told -= octets as usize;
    }

    /// Forgets what has not arrived: nobody will read it.
    pub(super) fn drop_rest(&mut self) {
        self.bytes.truncate(self.arrived);
    }

    /// Forgets everything: the reader is gone.
    pub(super) fn drop_all(&mut self) {
        self.bytes.clear();
        self.arrived = 0;
    }

    pub(super) fn await_arrival(&mut self, cx: &Context<'_>) {
        register(&mut self.reader, cx);
    }

    pub(super) fn await_room(&mut self, cx: &Context<'_>) {
        register(&mut self.writer, cx);
    }

    pub(super) fn take_reader(&mut self) -> Option<Waker> {
        self.reader.take()
    }

    pub(super) fn take_writer(&mut self) -> Option<Waker> {
        self.writer.take()
    }

    /// Makes it ready for another connection, with the room it stands in.
    pub(super) fn recycle(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.shrink_to(KEPT);
        *self = Self { bytes, ..Self::default() };
    }
}

fn register(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pipe: &mut Pipe, octets: usize) -> Option<u32> {
        let mut room = vec![0; octets];
        pipe.read(&mut ReadBuf::new(&mut room))
    }

    #[test]
    fn a_waiting_writer_has_room_only_when_it_is_told() {
        let mut pipe = Pipe::default();
        assert_eq!(pipe.write(&vec![0; 2 * WINDOW], usize::MAX), WINDOW);
        pipe.arrive(u32::try_from(WINDOW).unwrap());
        pipe.await_room(&Context::from_waker(Waker::noop()));
        assert_eq!(read(&mut pipe, WINDOW_STEP - 1), None, "too little to speak of");
        let told = read(&mut pipe, WINDOW_STEP).unwrap();
        assert_eq!(told as usize, 2 * WINDOW_STEP - 1);
        assert_eq!(pipe.write(&[0; 1], usize::MAX), 0, "the word is still under way");
        pipe.open_window(told);
        assert_eq!(pipe.write(&vec![0; WINDOW], usize::MAX), told as usize);
    }

    #[test]
    fn a_reader_that_keeps_up_owes_no_word() {
        let mut pipe = Pipe::default();
        for _ in 0..10 {
            assert_eq!(pipe.write(&vec![0; WINDOW], usize::MAX), WINDOW);
            pipe.arrive(u32::try_from(WINDOW).unwrap());
            assert_eq!(read(&mut pipe, WINDOW), None);
        }
    }
}
