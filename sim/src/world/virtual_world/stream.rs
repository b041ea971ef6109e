//! One end of a connection as a byte stream.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::State;
use super::fabric::Shared;
use super::post::{ConnectionIx, Message};
use crate::world::{Direction, SessionStream};

/// One end of a connection in the virtual network. Dropping it ends the connection as the system
/// of a process does that closes its socket.
pub struct VirtualStream {
    shared: Arc<Shared>,
    connection: ConnectionIx,
    /// The direction this end reads.
    reads: Direction,
}

impl VirtualStream {
    pub(super) fn new(shared: Arc<Shared>, connection: ConnectionIx, reads: Direction) -> Self {
        Self { shared, connection, reads }
    }

    /// Waits for the handshake.
    pub(super) fn poll_connected(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let mut net = self.shared.lock();
        let connection = net.connections.at(self.connection);
        match connection.end(self.reads).state {
            State::Opening => {
                connection.pipe(self.reads).await_arrival(cx);
                Poll::Pending
            }
            State::Open => Poll::Ready(Ok(())),
            State::Broken(kind) => Poll::Ready(Err(kind.into())),
        }
    }

    /// Breaks the connection; the stream answers with an error from here on.
    pub(super) fn break_off(&self) {
        self.shared.lock().reset(self.connection, self.reads);
    }
}

impl SessionStream for VirtualStream {
    fn reset(self) {
        self.break_off();
    }
}

impl AsyncRead for VirtualStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut net = self.shared.lock();
        let connection = net.connections.at(self.connection);
        let state = connection.end(self.reads).state;
        let pipe = connection.pipe(self.reads);
        if pipe.has_arrived() {
            if let Some(octets) = pipe.read(buf) {
                net.send(self.connection, self.reads.reverse(), Message::Window(octets));
            }
            return Poll::Ready(Ok(()));
        }
        match state {
            State::Broken(kind) => Poll::Ready(Err(kind.into())),
            State::Opening | State::Open if pipe.fin_arrived => Poll::Ready(Ok(())),
            State::Opening | State::Open => {
                pipe.await_arrival(cx);
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for VirtualStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let writes = self.reads.reverse();
        let mut net = self.shared.lock();
        let net = &mut *net;
        let connection = net.connections.at(self.connection);
        if let State::Broken(kind) = connection.end(self.reads).state {
            return Poll::Ready(Err(kind.into()));
        }
        let chunk = net.routes[connection.host].lane(writes).shaper.chunk();
        let pipe = connection.pipe(writes);
        if pipe.fin_sent {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let taken = pipe.write(buf, chunk);
        let Some(octets) = u32::try_from(taken).ok().filter(|taken| *taken > 0) else {
            if buf.is_empty() {
                return Poll::Ready(Ok(0));
            }
            pipe.await_room(cx);
            return Poll::Pending;
        };
        net.send(self.connection, writes, Message::Data(octets));
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let writes = self.reads.reverse();
        let mut net = self.shared.lock();
        let connection = net.connections.at(self.connection);
        if let State::Broken(kind) = connection.end(self.reads).state {
            return Poll::Ready(Err(kind.into()));
        }
        if !std::mem::replace(&mut connection.pipe(writes).fin_sent, true) {
            net.send(self.connection, writes, Message::Fin);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for VirtualStream {
    fn drop(&mut self) {
        let mut net = self.shared.lock();
        let connection = net.connections.at(self.connection);
        let reader = connection.pipe(self.reads).take_reader();
        let writer = connection.pipe(self.reads.reverse()).take_writer();
        net.let_go(self.connection, self.reads);
        // A waker may hold the last trace of a task; it goes when the network is unlocked.
        drop(net);
        drop((reader, writer));
    }
}
