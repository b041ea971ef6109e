//! How the engine connects in the virtual world, and how others do.

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;
use sync_engine::{BoxFuture, ByteStream, Connector, Endpoint};

use super::fabric::Fabric;
use crate::log::HostIx;
use crate::world::EngineHost;
use crate::world::engine_stream::EngineStream;

/// Opens connections of the engine, or of the clients beside it.
pub(super) struct FabricConnector {
    pub(super) fabric: Fabric,
    pub(super) servers: Arc<IndexMap<Endpoint, HostIx>>,
    /// Whose they are; without, they are a bystander's and know nothing of its death.
    pub(super) engine: Option<Arc<dyn EngineHost>>,
}

impl Connector for FabricConnector {
    fn connect<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async move {
            let Some(host) = self.servers.get(to) else {
                return Err(io::ErrorKind::HostUnreachable.into());
            };
            let Some(engine) = &self.engine else {
                let stream = self.fabric.connect_beside(*host).await?;
                return Ok(Box::new(stream) as Box<dyn ByteStream>);
            };
            if !engine.is_alive() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let stream = self.fabric.connect(*host).await?;
            let stream = EngineStream::new(stream, Arc::clone(engine));
            Ok(Box::new(stream) as Box<dyn ByteStream>)
        })
    }
}
