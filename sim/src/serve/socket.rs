//! A client's connection: a real socket, in the clear or in TLS, behind its server's gate.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::gate::Gate;
use crate::world::{Direction, SessionStream};

/// How long a client may take over the TLS handshake; ours, of the clock on the wall.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the server still listens to a client after its own last word. Closed with bytes unread,
/// a connection would be reset, and the client might never see that word (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_millis(500);
/// Octets thrown away in that time at most.
const LINGER_OCTETS: usize = 1 << 20;

/// The server's end of a connection.
pub(super) struct Socket {
    layer: Layer,
    tls: Option<TlsAcceptor>,
    leaving: Option<Leaving>,
}

enum Layer {
    Clear(Line),
    Tls(Box<TlsStream<Line>>),
    /// A handshake has failed.
    Lost,
}

/// After the server's last word.
struct Leaving {
    until: Pin<Box<Sleep>>,
    thrown_away: usize,
}

impl Socket {
    /// A connection just accepted. With `tls`, it can go on in TLS.
    pub(super) fn new(line: Line, tls: Option<TlsAcceptor>) -> Self {
        Self { layer: Layer::Clear(line), tls, leaving: None }
    }

    fn line(&self) -> Option<&Line> {
        match &self.layer {
            Layer::Clear(line) => Some(line),
            Layer::Tls(tls) => Some(tls.get_ref().0),
            Layer::Lost => None,
        }
    }

    fn poll_last_word(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.layer {
            Layer::Clear(line) => Pin::new(line).poll_shutdown(cx),
            Layer::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Layer::Lost => Poll::Ready(Ok(())),
        }
    }
}

impl SessionStream for Socket {
    fn reset(self) {
        if let Some(line) = self.line() {
            line.break_off();
        }
    }

    async fn start_tls(&mut self) -> io::Result<()> {
        let Some(tls) = &self.tls else { return Err(io::ErrorKind::Unsupported.into()) };
        let line = match std::mem::replace(&mut self.layer, Layer::Lost) {
            Layer::Clear(line) => line,
            other => {
                self.layer = other;
                return Err(io::ErrorKind::InvalidInput.into());
            }
        };
        let stream = timeout(HANDSHAKE, tls.accept(line)).await??;
        self.layer = Layer::Tls(Box::new(stream));
        Ok(())
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Clear(line) => Pin::new(line).poll_read(cx, buf),
            Layer::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
            Layer::Lost => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().layer {
            Layer::Clear(line) => Pin::new(line).poll_write(cx, buf),
            Layer::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
            Layer::Lost => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Clear(line) => Pin::new(line).poll_flush(cx),
            Layer::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Layer::Lost => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.leaving.is_none() {
            ready!(this.poll_last_word(cx))?;
            this.leaving = Some(Leaving { until: Box::pin(sleep(LINGER)), thrown_away: 0 });
        }
        let mut scratch = [0; 4096];
        loop {
            let Some(leaving) = &mut this.leaving else { return Poll::Ready(Ok(())) };
            if leaving.until.as_mut().poll(cx).is_ready() || leaving.thrown_away > LINGER_OCTETS {
                return Poll::Ready(Ok(()));
            }
            let mut buf = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut *this).poll_read(cx, &mut buf));
            if read.is_err() || buf.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            let octets = buf.filled().len();
            if let Some(leaving) = &mut this.leaving {
                leaving.thrown_away += octets;
            }
        }
    }
}

/// A TCP connection behind a gate. Dropped while its server's process is dead, it is reset, as the
/// connections of a dead process are.
pub(super) struct Line {
    tcp: TcpStream,
    gate: Arc<Gate>,
    alive: Arc<AtomicBool>,
}

impl Line {
    pub(super) fn new(tcp: TcpStream, gate: Arc<Gate>, alive: Arc<AtomicBool>) -> Self {
        // Answers are written whole; to hold back their last part only makes them late. Where the
        // system refuses, they are late.
        let _ = tcp.set_nodelay(true);
        Self { tcp, gate, alive }
    }

    fn break_off(&self) {
        // A connection that is gone by now needs no breaking.
        let _ = self.tcp.set_zero_linger();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.alive.load(Ordering::Relaxed) {
            self.break_off();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.gate.poll_pass(Direction::ToServer, cx));
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.gate.poll_pass(Direction::ToEngine, cx));
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.gate.poll_pass(Direction::ToEngine, cx));
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
