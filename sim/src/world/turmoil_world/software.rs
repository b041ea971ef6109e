//! What runs on turmoil's hosts.

use std::future::pending;
use std::sync::Arc;

use fake_servers::Session;
use turmoil::net::TcpListener;

use super::household::Household;
use super::stream::TurmoilStream;
use super::way::Way;
use crate::world::{Bystander, Desk, Direction, EngineHost, Seams, drive};

/// The engine's process. It never ends by itself: its tasks may outlive its first future.
pub(super) async fn engine(host: Arc<dyn EngineHost>, seams: Seams) -> turmoil::Result {
    let main = host.start(seams.clone());
    seams.spawner.spawn(main);
    pending().await
}

/// All clients beside the engine: one machine is enough for them.
pub(super) async fn bystanders(all: Arc<[Bystander]>, seams: Seams) -> turmoil::Result {
    for bystander in all.iter() {
        seams.spawner.spawn(bystander(seams.clone()));
    }
    pending().await
}

/// A server's process.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) way: Arc<Way>,
    pub(super) desk: Desk,
    pub(super) accept: Arc<dyn Fn() -> Box<dyn Session> + Send + Sync>,
    pub(super) household: Household,
}

impl Server {
    /// Serves connections while the server is up. A host that is down still answers: nobody
    /// listens there.
    pub(super) async fn run(self) -> turmoil::Result {
        if !self.way.is_up() {
            return pending().await;
        }
        let listener = TcpListener::bind(("0.0.0.0", self.port)).await?;
        loop {
            let (stream, client) = listener.accept().await?;
            self.way.forget(client);
            let household = &self.household;
            let stream =
                TurmoilStream::new(stream, client, &self.way, Direction::ToServer, household);
            let Self { way, desk, accept, .. } = self.clone();
            household.spawn(async move {
                // The rest of the handshake: its second and third part.
                tokio::time::sleep(way.latency * 2).await;
                drive(stream, accept(), desk).await;
            });
        }
    }
}
