//! What a server's connections need from the run around them: the time, the calendar and the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fake_servers::ServerEvent;
use jiff::Timestamp;
use sync_engine::BoxFuture;

use super::calendar::calendar;
use super::{EngineHost, Play, RunClock, Seams};
use crate::log::{Entry, HostIx, SharedLog, Wish, WorldEvent};

/// One server's place in a run. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    host: HostIx,
    start: Timestamp,
    clock: Arc<dyn RunClock>,
    log: SharedLog,
    engine: Arc<dyn EngineHost>,
    curtain: Curtain,
}

/// Whether the run is over: what is torn down after that is no part of it and is not reported.
#[derive(Clone, Default)]
pub(super) struct Curtain(Arc<AtomicBool>);

impl Curtain {
    /// Ends the run.
    pub(super) fn fall(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_fallen(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Desk {
    /// The desk of one server in a play.
    pub(super) fn new(
        host: HostIx,
        play: &Play,
        clock: Arc<dyn RunClock>,
        curtain: Curtain,
    ) -> Self {
        let (start, log, engine) = (play.start, play.log.clone(), Arc::clone(&play.engine));
        Self(Arc::new(Inner { host, start, clock, log, engine, curtain }))
    }

    /// The desk of one server where no engine runs and nothing ends the run but its user.
    pub(crate) fn without_engine(
        host: HostIx,
        start: Timestamp,
        clock: Arc<dyn RunClock>,
        log: SharedLog,
    ) -> Self {
        let (engine, curtain) = (Arc::new(Nobody), Curtain::default());
        Self(Arc::new(Inner { host, start, clock, log, engine, curtain }))
    }

    /// Which server.
    pub(super) fn host(&self) -> HostIx {
        self.0.host
    }

    /// Calendar time now.
    pub(crate) fn timestamp(&self) -> Timestamp {
        calendar(self.0.start, self.0.clock.sim_now())
    }

    /// How long a timer must run for so much of the run's time to pass.
    pub(crate) fn timer(&self, how_long: Duration) -> Duration {
        self.0.clock.timer(how_long)
    }

    /// Whether nothing is reported any more.
    pub(super) fn is_closed(&self) -> bool {
        self.0.curtain.has_fallen()
    }

    pub(crate) fn report(&self, event: ServerEvent) {
        self.record(&Entry::Server { host: self.0.host, event });
    }

    pub(super) fn connected(&self) {
        self.record(&Entry::World { event: WorldEvent::Connected { host: self.0.host } });
    }

    pub(super) fn disconnected(&self) {
        self.record(&Entry::World { event: WorldEvent::Disconnected { host: self.0.host } });
    }

    fn record(&self, entry: &Entry) {
        if self.is_closed() {
            return;
        }
        let wish = self.0.log.record(self.0.clock.sim_now(), entry);
        if let Wish::KillEngine { .. } = wish {
            // The world takes the rest of the process down as soon as it has its turn.
            self.0.engine.kill();
        }
    }
}

/// The engine where there is none.
struct Nobody;

impl EngineHost for Nobody {
    fn start(&self, _: Seams) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn kill(&self) {}

    fn is_alive(&self) -> bool {
        false
    }
}
