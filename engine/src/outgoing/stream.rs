//! The stream under the SMTP client. It hands out replies a line at a time within a limit,
//! because the client's own reader knows no limit and drops what follows the reply it wants; and
//! it knows whether the final dot has left, which decides whether an outcome is known.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::ByteStream;

/// Octets of one reply, all its lines together. EHLO says the most, and nowhere half as much.
pub(super) const MAX_REPLY: usize = 4096;

/// What ends a message. Dot-stuffing keeps it from occurring within one.
const FINAL_DOT: [u8; 5] = *b"\r\n.\r\n";

/// A stream that delivers replies.
pub(super) struct ReplyStream {
    inner: Box<dyn ByteStream>,
    buffer: Box<[u8; 512]>,
    start: usize,
    end: usize,
    reply: usize,
    ended: bool,
    last_written: [u8; 5],
}

impl ReplyStream {
    pub(super) fn new(inner: Box<dyn ByteStream>) -> Self {
        Self {
            inner,
            buffer: Box::new([0; 512]),
            start: 0,
            end: 0,
            reply: 0,
            ended: false,
            last_written: [0; 5],
        }
    }

    /// The next octet read is the first of a reply.
    pub(super) fn begin_reply(&mut self) {
        self.reply = 0;
    }

    /// Whether the server has said something that nobody has asked for.
    pub(super) fn has_unread(&self) -> bool {
        self.start < self.end
    }

    /// Whether the server has closed its side.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether the reply under way is longer than may be.
    pub(super) fn is_too_long(&self) -> bool {
        self.reply > MAX_REPLY
    }

    /// Whether the last octets written were those that end a message.
    pub(super) fn final_dot_left(&self) -> bool {
        self.last_written == FINAL_DOT
    }
}

impl AsyncRead for ReplyStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.start == this.end {
            let mut read = ReadBuf::new(&mut this.buffer[..]);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            (this.start, this.end) = (0, read.filled().len());
            this.ended |= this.end == 0;
        }
        let unread = &this.buffer[this.start..this.end];
        let line =
            unread.iter().position(|&octet| octet == b'\n').map_or(unread.len(), |lf| lf + 1);
        let taken = line.min(out.remaining());
        out.put_slice(&unread[..taken]);
        this.start += taken;
        this.reply += taken;
        if this.is_too_long() {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ReplyStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, octets))?;
        for &octet in &octets[written.saturating_sub(FINAL_DOT.len())..written] {
            this.last_written.rotate_left(1);
            this.last_written[FINAL_DOT.len() - 1] = octet;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
