//! What a server's connections need from the run around them: the time, the calendar and the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fake_servers::ServerEvent;
use jiff::Timestamp;

use super::RunClock;
use super::calendar::calendar;
use crate::log::{Entry, HostIx, SharedLog, WorldEvent};

/// One server's place in a run. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    host: HostIx,
    start: Timestamp,
    clock: Arc<dyn RunClock>,
    log: SharedLog,
    curtain: Curtain,
}

/// Whether the run is over: what is torn down after that is no part of it and is not reported.
#[derive(Clone, Default)]
pub struct Curtain(Arc<AtomicBool>);

impl Curtain {
    /// Ends the run.
    pub fn fall(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_fallen(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Desk {
    /// The desk of one server in a run that started at `start`.
    #[must_use]
    pub fn new(
        host: HostIx,
        start: Timestamp,
        clock: Arc<dyn RunClock>,
        log: SharedLog,
        curtain: Curtain,
    ) -> Self {
        Self(Arc::new(Inner { host, start, clock, log, curtain }))
    }

    /// Which server.
    pub(super) fn host(&self) -> HostIx {
        self.0.host
    }

    /// Calendar time now.
    pub(super) fn timestamp(&self) -> Timestamp {
        calendar(self.0.start, self.0.clock.sim_now())
    }

    /// Whether nothing is reported any more.
    pub(super) fn is_closed(&self) -> bool {
        self.0.curtain.has_fallen()
    }

    pub(super) fn report(&self, event: ServerEvent) {
        self.record(&Entry::Server { host: self.0.host, event });
    }

    pub(super) fn connected(&self) {
        self.record(&Entry::World { event: WorldEvent::Connected { host: self.0.host } });
    }

    pub(super) fn disconnected(&self) {
        self.record(&Entry::World { event: WorldEvent::Disconnected { host: self.0.host } });
    }

    fn record(&self, entry: &Entry) {
        if !self.is_closed() {
            self.0.log.record(self.0.clock.sim_now(), entry);
        }
    }
}
