//! Connections nobody uses at the moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::connection::{Connection, Identity};
use crate::ServerId;

/// The kept connections of all servers, for the life of one engine.
#[derive(Default)]
pub(crate) struct Pools(Mutex<BTreeMap<ServerId, Vec<Kept>>>);

struct Kept {
    connection: Connection,
    since: Instant,
}

impl Pools {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ServerId, Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that was used last: it is the least likely to have been closed.
    pub(super) fn take(&self, server: ServerId) -> Option<Connection> {
        loop {
            let kept = self.lock().get_mut(&server)?.pop()?;
            if !kept.connection.is_closed() {
                return Some(kept.connection);
            }
            kept.connection.close();
        }
    }

    /// Keeps one for whoever comes next.
    pub(super) fn give(&self, connection: Connection) {
        if connection.is_closed() {
            connection.close();
        } else {
            let server = connection.identity.server;
            let kept = Kept { connection, since: Instant::now() };
            self.lock().entry(server).or_default().push(kept);
        }
    }

    /// Since when this one is kept, if it is.
    pub(super) fn kept_since(&self, identity: &Arc<Identity>) -> Option<Instant> {
        let all = self.lock();
        let kept = all.get(&identity.server)?.iter().find(|kept| kept.is(identity))?;
        Some(kept.since)
    }

    /// This one has ended.
    pub(super) fn forget(&self, identity: &Arc<Identity>) {
        if let Some(kept) = self.lock().get_mut(&identity.server) {
            kept.retain(|kept| !kept.is(identity));
        }
    }

    /// Closes all of them: the engine stops.
    pub(crate) fn close_all(&self) {
        let all = std::mem::take(&mut *self.lock());
        for kept in all.into_values().flatten() {
            kept.connection.close();
        }
    }
}

impl Kept {
    fn is(&self, identity: &Arc<Identity>) -> bool {
        Arc::ptr_eq(&self.connection.identity, identity)
    }
}
