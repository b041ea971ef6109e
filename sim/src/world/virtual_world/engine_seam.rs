//! What the engine is given in the virtual world: connections that a dead engine cannot use, the
//! run's calendar, and tasks that die with the host.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use indexmap::IndexMap;
use jiff::Timestamp;
use sync_engine::{BoxFuture, ByteStream, Clock, Connector, Endpoint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::fabric::Fabric;
use super::stream::VirtualStream;
use crate::log::HostIx;
use crate::world::{EngineHost, RunClock, calendar};

/// Opens the engine's connections.
pub(super) struct FabricConnector {
    pub(super) fabric: Fabric,
    pub(super) servers: Arc<IndexMap<Endpoint, HostIx>>,
    pub(super) engine: Arc<dyn EngineHost>,
}

impl Connector for FabricConnector {
    fn connect<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async move {
            let Some(host) = self.servers.get(to) else {
                return Err(io::ErrorKind::HostUnreachable.into());
            };
            if !self.engine.is_alive() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let stream = self.fabric.connect(*host).await?;
            let engine = Arc::clone(&self.engine);
            Ok(Box::new(EngineStream { stream, engine }) as Box<dyn ByteStream>)
        })
    }
}

/// The engine's end of a connection. A kill can happen in the middle of a poll, when an event is
/// recorded: no octet written after it leaves.
struct EngineStream {
    stream: VirtualStream,
    engine: Arc<dyn EngineHost>,
}

impl EngineStream {
    fn refuse_the_dead(&self) -> io::Result<()> {
        if self.engine.is_alive() {
            return Ok(());
        }
        self.stream.break_off();
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

impl AsyncRead for EngineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for EngineStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.refuse_the_dead()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.refuse_the_dead()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for EngineStream {
    fn drop(&mut self) {
        // A dead process ends nothing in order.
        let _ = self.refuse_the_dead();
    }
}

/// The run's calendar.
pub(super) struct FabricClock {
    pub(super) fabric: Fabric,
    pub(super) start: Timestamp,
}

impl Clock for FabricClock {
    fn now(&self) -> Timestamp {
        calendar(self.start, self.fabric.sim_now())
    }
}
