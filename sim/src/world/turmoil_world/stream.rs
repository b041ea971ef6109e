//! One end of a connection as a byte stream: a pump to write through, turmoil's half to read from.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use turmoil::net::TcpStream;
use turmoil::net::tcp::OwnedReadHalf;

use super::household::Household;
use super::pump::Pump;
use super::way::Way;
use crate::world::{Direction, SessionStream};

/// Octets between a stream and its pump.
const BUFFER: usize = 64 * 1024;

/// One end of a connection in the turmoil world.
pub(super) struct TurmoilStream {
    way: Arc<Way>,
    client: SocketAddr,
    /// The direction this end reads.
    reads: Direction,
    reader: OwnedReadHalf,
    writer: DuplexStream,
}

impl TurmoilStream {
    /// Wraps one end and starts its pump on the host of the caller, as a task of this process.
    pub(super) fn new(
        stream: TcpStream,
        client: SocketAddr,
        way: &Arc<Way>,
        reads: Direction,
        household: &Household,
    ) -> Self {
        let (reader, to) = stream.into_split();
        let (writer, from) = tokio::io::duplex(BUFFER);
        let direction = reads.reverse();
        let pump = Pump { way: Arc::clone(way), client, direction, from, to };
        household.spawn(pump.run());
        Self { way: Arc::clone(way), client, reads, reader, writer }
    }
}

impl SessionStream for TurmoilStream {
    fn reset(self) {
        self.way.note_reset(self.client, self.reads.reverse());
    }
}

impl AsyncRead for TurmoilStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.reader).poll_read(cx, buf))?;
        if buf.filled().len() == before && self.way.is_reset(self.client, self.reads) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TurmoilStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.writer).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_shutdown(cx)
    }
}

impl Drop for TurmoilStream {
    fn drop(&mut self) {
        if self.reads == Direction::ToServer && !self.way.is_up() {
            // The server's process dies: its system resets what it had open.
            self.way.note_reset(self.client, Direction::ToEngine);
        }
    }
}
