//! A client's connection as its server has it: in the clear or in TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use fake_servers::Handshake;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::server::TlsStream;

use super::tcp::Line;
use super::tls::Acceptors;
use crate::world::SessionStream;

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
    tls: Option<Acceptors>,
    /// How long a handshake may take.
    patience: Duration,
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
    /// A connection just accepted. With `tls`, it can go on in TLS. Its link takes so much of every
    /// handshake.
    pub(super) fn new(line: Line, tls: Option<Acceptors>, spent: Duration) -> Self {
        let patience = HANDSHAKE.saturating_add(spent);
        Self { layer: Layer::Clear(line), tls, patience, leaving: None }
    }

    fn line(&mut self) -> Option<&mut Line> {
        match &mut self.layer {
            Layer::Clear(line) => Some(line),
            Layer::Tls(tls) => Some(tls.get_mut().0),
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
    fn reset(mut self) {
        if let Some(line) = self.line() {
            line.break_off();
        }
    }

    async fn start_tls(&mut self, handshake: Handshake) -> io::Result<()> {
        let Some(tls) = &self.tls else { return Err(io::ErrorKind::Unsupported.into()) };
        let mut line = match std::mem::replace(&mut self.layer, Layer::Lost) {
            Layer::Clear(line) => line,
            other => {
                self.layer = other;
                return Err(io::ErrorKind::InvalidInput.into());
            }
        };
        let Some(tls) = tls.of(handshake) else {
            // A part of the client's first message: it has begun.
            timeout(self.patience, line.read_u8()).await??;
            line.break_off();
            return Err(io::ErrorKind::ConnectionReset.into());
        };
        let stream = timeout(self.patience, tls.accept(line)).await??;
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
