//! What CAPA has told of each POP3 server, so that it is asked once and not in every cycle.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use wire::pop3::{Capabilities, Capability};

use crate::ServerId;

/// What matters of a server's capabilities (RFC 2449).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traits {
    /// From one login of a mailbox to the next, at least. A server that says this differs by user
    /// names the largest value before login (RFC 2449 section 6.5), which is safe for all.
    pub(crate) login_delay: Option<Duration>,
    /// Whether `[AUTH]` is used, so that its absence means something (RFC 3206 section 6).
    pub(crate) says_auth: bool,
}

impl Traits {
    /// Reads a CAPA body.
    pub(super) fn of(capa: &[u8]) -> Self {
        let all = Capabilities::parse(capa);
        Self {
            login_delay: all.login_delay().map(|seconds| Duration::from_secs(seconds.into())),
            says_auth: all.has(&Capability::AuthRespCode),
        }
    }
}

/// The traits of every server asked so far, for the life of one engine.
#[derive(Debug, Default)]
pub(crate) struct KnownServers(Mutex<BTreeMap<ServerId, Traits>>);

impl KnownServers {
    pub(crate) fn get(&self, server: ServerId) -> Option<Traits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&server).copied()
    }

    pub(crate) fn learn(&self, server: ServerId, traits: Traits) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(server, traits);
    }
}
