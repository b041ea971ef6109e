//! The virtual network as others see it: connect, accept, and do it harm. It needs no play, so
//! that a bench can measure bare streams.

use std::future::{Future, poll_fn};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use tokio::time::Instant;

use super::connection::Client;
use super::courier::Courier;
use super::net::Net;
use super::stream::VirtualStream;
use crate::log::HostIx;
use crate::time::SimTime;
use crate::world::{Direction, Link, RunClock};

/// A network of one engine and its servers, on the paused clock of the tokio runtime it is made
/// in. Cheap to clone.
#[derive(Clone)]
pub struct Fabric(Arc<Shared>);

/// The network behind its lock. All tasks of a run share one thread, so nobody ever waits for it.
pub(super) struct Shared {
    net: Mutex<Net>,
    start: Instant,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Net> {
        self.net.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fabric {
    /// A network that starts now. Servers are found by their place among `servers`; the name
    /// chooses the link's stream of chance, `link/<name>`.
    pub fn new<'a>(seed: u64, servers: impl Iterator<Item = (&'a str, &'a Link)>) -> Self {
        let start = Instant::now();
        Self(Arc::new(Shared { net: Mutex::new(Net::new(seed, start, servers)), start }))
    }

    /// What delivers. It must run as one task of the same runtime; it never ends.
    #[must_use]
    pub fn courier(&self) -> Courier {
        Courier::new(self.0.clone())
    }

    /// Opens a connection of the engine: one round trip.
    ///
    /// # Errors
    /// `ConnectionRefused` when the server is down, after that round trip; `ConnectionReset` when
    /// the link loses it.
    ///
    /// # Panics
    /// When there is no such server.
    pub fn connect(&self, to: HostIx) -> impl Future<Output = io::Result<VirtualStream>> + use<> {
        self.connect_as(Client::Engine, to)
    }

    /// As [`Self::connect`], for a client that outlives the engine.
    pub(super) fn connect_beside(
        &self,
        to: HostIx,
    ) -> impl Future<Output = io::Result<VirtualStream>> + use<> {
        self.connect_as(Client::Bystander, to)
    }

    fn connect_as(
        &self,
        client: Client,
        to: HostIx,
    ) -> impl Future<Output = io::Result<VirtualStream>> + use<> {
        let shared = self.0.clone();
        async move {
            let connection = shared.lock().connect(client, usize::from(to.0));
            let stream = VirtualStream::new(shared, connection, Direction::ToEngine);
            poll_fn(|cx| stream.poll_connected(cx)).await?;
            Ok(stream)
        }
    }

    /// Waits for the next connection to a server. The server has it when the third part of the
    /// handshake arrives: one and a half round trips after the client began.
    ///
    /// # Panics
    /// When there is no such server.
    pub fn accept(&self, at: HostIx) -> impl Future<Output = VirtualStream> + use<> {
        let shared = self.0.clone();
        async move {
            let connection = poll_fn(|cx| {
                let mut net = shared.lock();
                let route = &mut net.routes[usize::from(at.0)];
                let Some(connection) = route.backlog.pop_front() else {
                    route.acceptor = Some(cx.waker().clone());
                    return Poll::Pending;
                };
                Poll::Ready(connection)
            })
            .await;
            VirtualStream::new(shared, connection, Direction::ToServer)
        }
    }

    /// Nothing gets through in one direction.
    pub fn cut(&self, host: HostIx, direction: Direction) {
        self.0.lock().cut(usize::from(host.0), direction);
    }

    /// Ends the cuts of a link; what was stopped is repeated.
    pub fn repair(&self, host: HostIx) {
        self.0.lock().repair(usize::from(host.0));
    }

    /// Keeps everything back.
    pub fn hold(&self, host: HostIx) {
        self.0.lock().hold(usize::from(host.0));
    }

    /// Lets go what was kept back.
    pub fn release(&self, host: HostIx) {
        self.0.lock().release(usize::from(host.0));
    }

    /// A server's process dies: its connections are reset, new ones refused.
    pub fn crash(&self, host: HostIx) {
        self.waking(|net, wake| net.crash(usize::from(host.0), wake));
    }

    /// A server's process is back.
    pub fn start(&self, host: HostIx) {
        self.0.lock().start(usize::from(host.0));
    }

    /// The engine's process dies: its connections are reset.
    pub fn crash_engine(&self) {
        self.waking(Net::crash_engine);
    }

    /// Connections of which anything is left: an end somebody holds, or a letter under way.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.lock().connections.count()
    }

    fn waking(&self, act: impl FnOnce(&mut Net, &mut Vec<Waker>)) {
        let mut wake = Vec::new();
        act(&mut self.0.lock(), &mut wake);
        wake.into_iter().for_each(Waker::wake);
    }
}

impl RunClock for Fabric {
    fn sim_now(&self) -> SimTime {
        SimTime::from_duration(Instant::now().saturating_duration_since(self.0.start))
    }
}
