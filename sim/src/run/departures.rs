//! Mail that an Exchange server holds back leaves when it is due, whether or not anybody is
//! connected then.

use fake_servers::exchange::ExchangeServer;
use jiff::Timestamp;

use crate::log::{Entry, HostIx, SharedLog};
use crate::scenario::Scenario;
use crate::time::SimTime;
use crate::world::Load;

/// The outboxes of all Exchange servers.
pub(super) struct Departures {
    start: Timestamp,
    servers: Vec<(HostIx, ExchangeServer)>,
    log: SharedLog,
}

impl Departures {
    /// The outboxes of a scenario's servers. `server` finds the machine behind a host.
    #[must_use]
    pub(super) fn new<'s>(
        scenario: &Scenario,
        server: impl Fn(HostIx) -> Option<&'s ExchangeServer>,
        log: &SharedLog,
    ) -> Self {
        let hosts = (0u16..).zip(&scenario.servers).map(|(host, _)| HostIx(host));
        let servers = hosts.filter_map(|host| Some((host, server(host)?.clone()))).collect();
        Self { start: scenario.run.start, servers, log: log.clone() }
    }

    /// Not before the moment: a part of a millisecond counts as a whole one.
    fn sim_time(&self, at: Timestamp) -> SimTime {
        let nanos = at.as_nanosecond() - self.start.as_nanosecond();
        SimTime(u64::try_from(nanos.max(0).unsigned_abs().div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }
}

impl Load for Departures {
    fn next(&self) -> Option<SimTime> {
        let due = self.servers.iter().filter_map(|(_, server)| server.next_departure());
        due.min().map(|at| self.sim_time(at))
    }

    fn act(&mut self, now: SimTime) {
        let at = self.start + now.since_start();
        for (host, server) in &self.servers {
            server.depart(at, |event| {
                self.log.record(now, &Entry::Server { host: *host, event });
            });
        }
    }
}
