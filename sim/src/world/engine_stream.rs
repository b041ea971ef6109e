//! The engine's end of a connection. A kill can happen in the middle of a poll, when an event is
//! recorded: no octet written after it leaves, and a dead process ends nothing in order.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{EngineHost, SessionStream};

/// A world's stream in the hands of the engine.
pub(super) struct EngineStream<S: SessionStream> {
    /// Gone once the engine was found dead.
    stream: Option<S>,
    engine: Arc<dyn EngineHost>,
}

impl<S: SessionStream> EngineStream<S> {
    pub(super) fn new(stream: S, engine: Arc<dyn EngineHost>) -> Self {
        Self { stream: Some(stream), engine }
    }

    /// The stream, if there is somebody alive to use it.
    fn of_the_living(&mut self) -> io::Result<Pin<&mut S>> {
        if !self.engine.is_alive()
            && let Some(stream) = self.stream.take()
        {
            stream.reset();
        }
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
    }
}

impl<S: SessionStream> AsyncRead for EngineStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.of_the_living()?.poll_read(cx, buf)
    }
}

impl<S: SessionStream> AsyncWrite for EngineStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.of_the_living()?.poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.of_the_living()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.of_the_living()?.poll_shutdown(cx)
    }
}

impl<S: SessionStream> Drop for EngineStream<S> {
    fn drop(&mut self) {
        // Breaks it if the engine is dead; otherwise it ends in order when it is dropped.
        let _ = self.of_the_living();
    }
}
