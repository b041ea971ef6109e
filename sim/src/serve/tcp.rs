//! A client's TCP connection, behind its server's gate and on its server's cable if there is one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::cable::{Cable, Parcel, Transit};
use super::gate::Gate;
use crate::time::SimTime;
use crate::world::Direction;

/// How long a client may take over the last bytes of a connection that the server has left.
const LAST_BYTES: Duration = Duration::from_mins(1);
/// Octets read at once.
const READ: usize = 16 * 1024;

/// A TCP connection. Dropped while its server's process is dead, it is reset, as the connections of
/// a dead process are; otherwise what is under way still arrives.
pub(super) struct Line {
    ends: Option<Ends>,
    alive: Arc<AtomicBool>,
    breaks: bool,
}

struct Ends {
    tcp: TcpStream,
    gate: Arc<Gate>,
    under_way: Option<Box<UnderWay>>,
}

/// Both directions of a connection on a cable. They move on whenever the server looks at either.
struct UnderWay {
    to_server: Transit,
    to_client: Transit,
    /// When what has come by the first look was sent.
    early: Option<SimTime>,
    /// The client has sent its last.
    heard_all: bool,
    /// The server has.
    said_all: bool,
    broken: bool,
}

impl Line {
    /// A connection just accepted.
    pub(super) fn new(tcp: TcpStream, gate: Arc<Gate>, alive: Arc<AtomicBool>) -> Self {
        // Answers are written whole; to hold back their last part only makes them late. Where the
        // system refuses, they are late.
        let _ = tcp.set_nodelay(true);
        Self { ends: Some(Ends { tcp, gate, under_way: None }), alive, breaks: false }
    }

    /// Lays the connection on a cable: what the client sends from the moment on when it knows of
    /// the connection.
    pub(super) fn lay(&mut self, cable: &Arc<Cable>, known_to_client: SimTime) {
        if let Some(ends) = &mut self.ends {
            ends.under_way = Some(Box::new(UnderWay {
                to_server: Transit::new(Arc::clone(cable), Direction::ToServer),
                to_client: Transit::new(Arc::clone(cable), Direction::ToEngine),
                early: Some(known_to_client),
                heard_all: false,
                said_all: false,
                broken: false,
            }));
        }
    }

    /// Breaks the connection behind what is under way.
    pub(super) fn break_off(&mut self) {
        self.breaks = true;
    }
}

impl Ends {
    /// The client finds the connection reset when this is dropped.
    fn reset(&self) {
        // A connection that is gone by now needs no breaking.
        let _ = self.tcp.set_zero_linger();
    }

    /// Sends the last bytes on their way, then leaves.
    async fn leave(mut self, breaks: bool) {
        let last = std::future::poll_fn(|cx| {
            let Some(under_way) = &mut self.under_way else { return Poll::Ready(Ok(())) };
            if !breaks {
                under_way.say_end();
            }
            under_way.poll_out(&mut self.tcp, &self.gate, cx)
        });
        // A client that does not take them has had its time.
        let _ = tokio::time::timeout(LAST_BYTES, last).await;
        if breaks {
            self.reset();
        }
    }
}

impl UnderWay {
    /// Hands the client what has arrived at its end; ready when nothing is under way to it.
    fn poll_out(
        &mut self,
        tcp: &mut TcpStream,
        gate: &Gate,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(parcel) = ready!(self.to_client.poll_arrival(cx)) {
            ready!(gate.poll_pass(Direction::ToEngine, cx));
            let octets = match parcel {
                Parcel::Bytes(bytes) => ready!(Pin::new(&mut *tcp).poll_write(cx, bytes))?,
                Parcel::End => {
                    ready!(Pin::new(&mut *tcp).poll_shutdown(cx))?;
                    0
                }
                Parcel::Break => return Poll::Ready(Err(self.break_now())),
            };
            self.to_client.take(octets);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes from the client what it has sent.
    fn take_in(&mut self, tcp: &mut TcpStream, cx: &mut Context<'_>) {
        let sent = self.early.take();
        let mut bytes = [0; READ];
        while !self.heard_all && self.to_server.room() > 0 {
            let room = self.to_server.room().min(READ);
            let mut buf = ReadBuf::new(&mut bytes[..room]);
            let parcel = match Pin::new(&mut *tcp).poll_read(cx, &mut buf) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    Parcel::Bytes(buf.filled().to_vec())
                }
                Poll::Ready(Ok(())) => Parcel::End,
                Poll::Ready(Err(_)) => Parcel::Break,
            };
            self.heard_all = !matches!(parcel, Parcel::Bytes(_));
            self.to_server.send(parcel, sent);
        }
    }

    fn poll_in(
        &mut self,
        gate: &Gate,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let octets = match ready!(self.to_server.poll_arrival(cx)) {
            // The socket wakes us.
            None => return Poll::Pending,
            Some(parcel) => {
                ready!(gate.poll_pass(Direction::ToServer, cx));
                match parcel {
                    Parcel::Bytes(bytes) => {
                        let octets = bytes.len().min(buf.remaining());
                        buf.put_slice(&bytes[..octets]);
                        octets
                    }
                    // Whoever reads again reads it again.
                    Parcel::End => return Poll::Ready(Ok(())),
                    Parcel::Break => return Poll::Ready(Err(self.break_now())),
                }
            }
        };
        self.to_server.take(octets);
        Poll::Ready(Ok(()))
    }

    fn say_end(&mut self) {
        if !std::mem::replace(&mut self.said_all, true) {
            self.to_client.send(Parcel::End, None);
        }
    }

    fn break_now(&mut self) -> io::Error {
        self.broken = true;
        io::ErrorKind::ConnectionReset.into()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Some(ends) = self.ends.take() else { return };
        let (is_empty, broken) = match &ends.under_way {
            Some(under_way) => (under_way.to_client.is_empty(), under_way.broken),
            None => (true, false),
        };
        let breaks = self.breaks || broken;
        if !self.alive.load(Ordering::Relaxed) || broken || (is_empty && breaks) {
            ends.reset();
        } else if !is_empty && let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(ends.leave(breaks));
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(Ends { tcp, gate, under_way }) = &mut self.ends else { return gone() };
        let Some(under_way) = under_way else {
            ready!(gate.poll_pass(Direction::ToServer, cx));
            return Pin::new(tcp).poll_read(cx, buf);
        };
        if let Poll::Ready(result) = under_way.poll_out(tcp, gate, cx) {
            result?;
        }
        under_way.take_in(tcp, cx);
        under_way.poll_in(gate, cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(Ends { tcp, gate, under_way }) = &mut self.ends else {
            return gone().map_ok(|()| 0);
        };
        let Some(under_way) = under_way else {
            ready!(gate.poll_pass(Direction::ToEngine, cx));
            return Pin::new(tcp).poll_write(cx, buf);
        };
        if let Poll::Ready(result) = under_way.poll_out(tcp, gate, cx) {
            result?;
        }
        let octets = buf.len().min(under_way.to_client.room());
        if octets == 0 && !buf.is_empty() {
            // What is in the way wakes us when it goes on.
            return Poll::Pending;
        }
        under_way.to_client.send(Parcel::Bytes(buf[..octets].to_vec()), None);
        if let Poll::Ready(result) = under_way.poll_out(tcp, gate, cx) {
            result?;
        }
        Poll::Ready(Ok(octets))
    }

    /// What is on its way has left.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(Ends { tcp, gate, under_way }) = &mut self.ends else { return gone() };
        let Some(under_way) = under_way else { return Pin::new(tcp).poll_flush(cx) };
        match under_way.poll_out(tcp, gate, cx) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(Ends { tcp, gate, under_way }) = &mut self.ends else { return gone() };
        let Some(under_way) = under_way else {
            ready!(gate.poll_pass(Direction::ToEngine, cx));
            return Pin::new(tcp).poll_shutdown(cx);
        };
        under_way.say_end();
        under_way.poll_out(tcp, gate, cx)
    }
}

fn gone() -> Poll<io::Result<()>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}
