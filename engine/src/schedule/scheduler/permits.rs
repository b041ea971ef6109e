//! Connection permits: how many connections each server allows (`maxconcurrentconnections`) and
//! how many are taken, by all workloads together.

use crate::ServerId;

#[derive(Debug)]
pub(super) struct Permits(Vec<Server>);

#[derive(Debug)]
struct Server {
    limit: u16,
    taken: u16,
}

impl Permits {
    pub(super) fn new(limits: impl Iterator<Item = u16>) -> Self {
        Self(limits.map(|limit| Server { limit, taken: 0 }).collect())
    }

    pub(super) fn servers(&self) -> usize {
        self.0.len()
    }

    pub(super) fn exhausted(&self, server: ServerId) -> bool {
        let server = &self.0[usize::from(server.0)];
        server.taken >= server.limit
    }

    /// Takes a connection; work that uses no server takes none.
    pub(super) fn take(&mut self, server: Option<ServerId>) {
        if let Some(server) = server {
            self.0[usize::from(server.0)].taken += 1;
        }
    }

    pub(super) fn give_back(&mut self, server: Option<ServerId>) {
        if let Some(server) = server {
            self.0[usize::from(server.0)].taken -= 1;
        }
    }
}
