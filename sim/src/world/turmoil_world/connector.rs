//! How the engine, and the clients beside it, connect and start tasks in the turmoil world.

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;
use sync_engine::{BoxFuture, ByteStream, Connector, Endpoint, Spawner};
use turmoil::net::TcpStream;

use super::household::Household;
use super::stream::TurmoilStream;
use super::way::Way;
use crate::world::engine_stream::EngineStream;
use crate::world::{Direction, EngineHost};

/// One server as the engine's host finds it: turmoil's name of its host, and the way there.
pub(super) struct Destination {
    pub(super) name: String,
    pub(super) way: Arc<Way>,
}

/// Opens connections of the engine, or of the clients beside it.
pub(super) struct TurmoilConnector {
    pub(super) servers: Arc<IndexMap<Endpoint, Destination>>,
    /// Whose they are; without, they are a bystander's and know nothing of its death.
    pub(super) engine: Option<Arc<dyn EngineHost>>,
    /// The process that opens them.
    pub(super) household: Household,
}

impl Connector for TurmoilConnector {
    fn connect<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async move {
            let Some(destination) = self.servers.get(to) else {
                return Err(io::ErrorKind::HostUnreachable.into());
            };
            let Some(engine) = &self.engine else {
                let stream = open(destination, to.port, &self.household).await?;
                return Ok(Box::new(stream) as Box<dyn ByteStream>);
            };
            if !engine.is_alive() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let stream = open(destination, to.port, &self.household).await?;
            let stream = EngineStream::new(stream, Arc::clone(engine));
            Ok(Box::new(stream) as Box<dyn ByteStream>)
        })
    }
}

/// Opens a connection from the host of the caller.
pub(super) async fn open(
    to: &Destination,
    port: u16,
    household: &Household,
) -> io::Result<TurmoilStream> {
    let Destination { name, way } = to;
    way.pass_gate(Direction::ToServer).await;
    if !way.is_up() {
        // Turmoil would refuse as well, and never give the port back.
        tokio::time::sleep(way.latency * 2).await;
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let stream = TcpStream::connect((name.as_str(), port)).await?;
    // Turmoil's answer to a SYN takes no time on its way back.
    tokio::time::sleep(way.latency).await;
    way.pass_gate(Direction::ToEngine).await;
    let client = stream.local_addr()?;
    Ok(TurmoilStream::new(stream, client, way, Direction::ToEngine, household))
}

/// Starts tasks on the host of the caller; they die with its process.
impl Spawner for Household {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        Self::spawn(self, task);
    }
}
