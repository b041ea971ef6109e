//! One connection: hyper's two halves of it, the task that carries it, and who opened it, so that
//! its end is told once and under the same name as its beginning.

use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::message::{Answer, Ask, HttpError, excerpt};
use super::pool::Pools;
use crate::{ByteStream, CycleContext, Event, Observer, ServerId};

/// The longest head of an answer, in octets: several times what Exchange says.
const HEAD: usize = 32 * 1024;

/// An open connection. Dropped, it is closed.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    heard: Heard,
    pub(super) identity: Arc<Identity>,
    /// Whether it has carried a request before: then the other side may have closed it since.
    pub(super) used: bool,
    /// Its task ends with this.
    _life: oneshot::Sender<()>,
}

/// Who opened a connection, and whether its end is told.
pub(super) struct Identity {
    opened: Event,
    pub(super) server: ServerId,
    told: AtomicBool,
    observer: Arc<dyn Observer>,
}

impl Identity {
    /// Tells of the end, once.
    fn closed(&self) {
        let Event::ConnectionOpened { cycle, mailbox, server } = self.opened else { return };
        if !self.told.swap(true, Ordering::AcqRel) {
            self.observer.event(Event::ConnectionClosed { cycle, mailbox, server });
        }
    }
}

/// Why an exchange over this connection came to nothing.
pub(super) struct Failed {
    pub(super) error: HttpError,
    /// Whether the server cannot have seen a byte of it.
    pub(super) unsent: bool,
    /// Whether the server had not said a byte yet.
    pub(super) silent: bool,
}

impl Connection {
    /// Makes a connection of a stream that `ctx` has just opened.
    pub(super) async fn over(
        ctx: &CycleContext,
        server: ServerId,
        stream: Box<dyn ByteStream>,
    ) -> Result<Self, hyper::Error> {
        let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
        let identity = Arc::new(Identity {
            opened: Event::ConnectionOpened { cycle, mailbox, server },
            server,
            told: AtomicBool::new(false),
            observer: Arc::clone(&ctx.services.observer),
        });
        let heard = Heard::default();
        let tapped = Tapped { stream, heard: heard.clone() };
        let mut builder = http1::Builder::new();
        builder.max_header_size(HEAD).max_buf_size(2 * HEAD);
        let (sender, carrier) = builder.handshake(TokioIo::new(tapped)).await?;
        let (life, end) = oneshot::channel();
        let idle = ctx.config.server(server).exchange.idle_connection_timeout;
        let task = carry(carrier, end, Arc::clone(&identity), Arc::clone(&ctx.http), idle);
        ctx.services.spawner.spawn(Box::pin(task));
        Ok(Self { sender, heard, identity, used: false, _life: life })
    }

    /// Whether the other side has closed it, as far as is known.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Closes it and says so, before anything else happens.
    pub(super) fn close(self) {
        self.identity.closed();
    }

    /// Says a request and reads the whole answer.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        ask: &Ask,
    ) -> Result<Answer, Failed> {
        self.heard.forget();
        self.used = true;
        if self.sender.ready().await.is_err() {
            return Err(Failed { error: HttpError::Lost(ask.name), unsent: true, silent: true });
        }
        match self.sender.try_send_request(request).await {
            Ok(response) => {
                let answer = read(response, ask).await;
                answer.map_err(|error| Failed { error, unsent: false, silent: false })
            }
            Err(mut failed) => {
                let unsent = failed.take_message().is_some();
                let (error, silent) = (failed.error(), self.heard.nothing());
                let error = if error.is_parse_too_large() {
                    HttpError::TooLong(ask.name, HEAD)
                } else if error.is_parse() {
                    HttpError::Garbled(ask.name, self.heard.excerpt())
                } else {
                    HttpError::Lost(ask.name)
                };
                Err(Failed { error, unsent, silent })
            }
        }
    }
}

async fn read(response: hyper::Response<Incoming>, ask: &Ask) -> Result<Answer, HttpError> {
    let (head, mut body) = response.into_parts();
    let mut answer = Answer::of(&head);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is_parse() {
                HttpError::Garbled(ask.name, excerpt(&answer.body))
            } else {
                HttpError::Lost(ask.name)
            }
        })?;
        let Ok(piece) = frame.into_data() else { continue };
        if answer.body.len() + piece.len() > ask.limit {
            return Err(HttpError::TooLong(ask.name, ask.limit));
        }
        answer.body.extend_from_slice(&piece);
    }
    Ok(answer)
}

/// Carries a connection until it is dropped, the other side closes it, or nobody has wanted it
/// for so long.
async fn carry(
    carrier: impl Future<Output = hyper::Result<()>>,
    mut end: oneshot::Receiver<()>,
    identity: Arc<Identity>,
    pools: Arc<Pools>,
    idle: Duration,
) {
    {
        let mut carrier = pin!(carrier);
        let mut alarm = pin!(sleep(idle));
        loop {
            tokio::select! {
                biased;
                _ = &mut end => break,
                _ = &mut carrier => break,
                () = &mut alarm => match pools.kept_since(&identity) {
                    Some(since) if since + idle <= Instant::now() => break,
                    since => alarm.as_mut().reset(since.unwrap_or_else(Instant::now) + idle),
                },
            }
        }
        pools.forget(&identity);
    }
    identity.closed();
}

/// The first bytes of what the other side said last: all there is to show when they make no sense.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    const MOST: usize = 256;

    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn forget(&self) {
        self.with(Vec::clear);
    }

    fn nothing(&self) -> bool {
        self.with(|heard| heard.is_empty())
    }

    fn excerpt(&self) -> String {
        self.with(|heard| excerpt(heard))
    }

    fn hear(&self, bytes: &[u8]) {
        self.with(|heard| {
            let room = Self::MOST.saturating_sub(heard.len()).min(bytes.len());
            heard.extend_from_slice(&bytes[..room]);
        });
    }
}

/// A stream that lets its first bytes be looked at.
struct Tapped {
    stream: Box<dyn ByteStream>,
    heard: Heard,
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut *self.stream).poll_read(cx, buf);
        if let Some(bytes) = buf.filled().get(before..)
            && !bytes.is_empty()
        {
            self.heard.hear(bytes);
        }
        result
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
