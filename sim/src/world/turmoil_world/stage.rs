//! The hosts of a run in turmoil's simulation, and what the script does to them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use indexmap::IndexMap;
use jiff::Timestamp;
use sync_engine::Endpoint;
use turmoil::{Builder, Sim};

use super::clock::StepClock;
use super::connector::{Destination, TurmoilConnector};
use super::household::Household;
use super::software::{self, Server};
use super::way::Way;
use crate::log::{Entry, HostIx, SharedLog, WorldEvent};
use crate::time::SimTime;
use crate::world::calendar::Calendar;
use crate::world::cue::window_event;
use crate::world::desk::Curtain;
use crate::world::validate::host_ix;
use crate::world::{
    Bystander, Change, Desk, Direction, EngineHost, Play, RunClock, Seams, ServerHost, WorldError,
};

const ENGINE: &str = "engine";
const BYSTANDERS: &str = "bystanders";
const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToEngine];
/// See the limits in the module's description.
const TCP_CAPACITY: usize = 16_384;
const PORTS: std::ops::RangeInclusive<u16> = 1_024..=65_535;

/// The simulation and what must be remembered of it.
pub(super) struct Stage {
    sim: Sim<'static>,
    clock: Arc<StepClock>,
    log: SharedLog,
    curtain: Curtain,
    engine: Arc<dyn EngineHost>,
    engine_runs: bool,
    /// The machines that speak to servers.
    clients: Vec<&'static str>,
    links: Vec<LinkState>,
}

struct LinkState {
    name: String,
    way: Arc<Way>,
    cut: [bool; 2],
    held: bool,
    desk: Desk,
    forget: Arc<dyn Fn(Timestamp) + Send + Sync>,
}

impl Stage {
    /// Builds the simulation and starts all hosts.
    pub(super) fn new(play: &mut Play) -> Self {
        let clock = Arc::new(StepClock::default());
        let curtain = Curtain::default();
        let hosts = std::mem::take(&mut play.servers);
        let links = hosts.iter().enumerate().map(|(place, host)| LinkState {
            name: format!("server-{place}"),
            way: Arc::new(Way::new(
                play.seed,
                &host.name,
                &host.link,
                Arc::clone(&clock) as Arc<dyn RunClock>,
            )),
            cut: [false; 2],
            held: false,
            desk: Desk::new(
                host_ix(place),
                play,
                Arc::clone(&clock) as Arc<dyn RunClock>,
                curtain.clone(),
            ),
            forget: Arc::clone(&host.forget),
        });
        let mut stage = Self {
            sim: builder(play).build(),
            clock: Arc::clone(&clock),
            log: play.log.clone(),
            engine: Arc::clone(&play.engine),
            engine_runs: true,
            clients: vec![ENGINE],
            links: links.collect(),
            curtain,
        };
        stage.record(WorldEvent::EngineStarted);
        let bystanders = std::mem::take(&mut play.bystanders);
        stage.add_clients(play, &hosts, bystanders.into());
        for (place, host) in hosts.into_iter().enumerate() {
            stage.add_server(place, host);
        }
        stage
    }

    fn add_clients(&mut self, play: &Play, hosts: &[ServerHost], bystanders: Arc<[Bystander]>) {
        let destination = |(host, link): (&ServerHost, &LinkState)| {
            let endpoint = Endpoint { host: host.name.clone(), port: host.port };
            (endpoint, Destination { name: link.name.clone(), way: Arc::clone(&link.way) })
        };
        let servers: IndexMap<_, _> = hosts.iter().zip(&self.links).map(destination).collect();
        let servers = Arc::new(servers);
        let seams = |engine: Option<&Arc<dyn EngineHost>>, household: Household| Seams {
            connector: Arc::new(TurmoilConnector {
                servers: Arc::clone(&servers),
                engine: engine.map(Arc::clone),
                household: household.clone(),
            }),
            clock: Arc::new(Calendar {
                start: play.start,
                clock: Arc::clone(&self.clock) as Arc<dyn RunClock>,
            }),
            spawner: Arc::new(household),
        };
        let engine = Arc::clone(&play.engine);
        let of_engine = seams(Some(&engine), Household::default());
        let beside = seams(None, Household::default());
        self.sim.host(ENGINE, move || software::engine(Arc::clone(&engine), of_engine.clone()));
        if !bystanders.is_empty() {
            let all = move || software::bystanders(Arc::clone(&bystanders), beside.clone());
            self.sim.host(BYSTANDERS, all);
            self.clients.push(BYSTANDERS);
        }
    }

    fn add_server(&mut self, place: usize, host: ServerHost) {
        let link = &self.links[place];
        let (way, desk) = (Arc::clone(&link.way), link.desk.clone());
        let (accept, household) = (host.accept, Household::default());
        let server = Server { port: host.port, way, desk, accept, household };
        self.sim.host(link.name.as_str(), move || server.clone().run());
        for client in &self.clients {
            self.sim.set_link_latency(*client, link.name.as_str(), host.link.latency);
        }
    }

    /// How far the simulation has come.
    pub(super) fn now(&self) -> SimTime {
        SimTime::from_duration(self.sim.elapsed())
    }

    /// Lets one tick pass.
    pub(super) fn step(&mut self) -> Result<(), WorldError> {
        self.clock.begin();
        let stepped = self.sim.step();
        self.clock.end(self.now());
        stepped.map(drop).map_err(|error| WorldError::Turmoil(error.to_string()))
    }

    /// Makes a change of the script happen.
    pub(super) fn change(&mut self, change: &Change) {
        match *change {
            Change::Partition(host) => self.set_link(host, |link| link.cut = [true; 2]),
            Change::PartitionOneWay(host, direction) => {
                self.set_link(host, |link| link.cut[direction as usize] = true);
            }
            Change::Repair(host) => self.set_link(host, |link| link.cut = [false; 2]),
            Change::Hold(host) => self.set_link(host, |link| link.held = true),
            Change::Release(host) => self.set_link(host, |link| link.held = false),
            Change::CrashServer(host) => self.set_server(host, false),
            Change::StartServer(host) => self.set_server(host, true),
            Change::CrashEngine => self.crash_engine(),
            Change::StartEngine => self.start_engine(),
            Change::Window { window, open } => self.record(window_event(window, open)),
        }
    }

    /// Ends the run: what is torn down from here on is not reported.
    pub(super) fn fall(self) {
        self.curtain.fall();
    }

    fn record(&self, event: WorldEvent) {
        self.log.record(self.now(), &Entry::World { event });
    }

    /// Gates stop what is sent from now on; turmoil's hold stops what is under way both ways.
    fn set_link(&mut self, HostIx(host): HostIx, set: impl FnOnce(&mut LinkState)) {
        let link = &mut self.links[usize::from(host)];
        let stopped = |link: &LinkState| link.held || link.cut == [true; 2];
        let before = stopped(link);
        set(link);
        for direction in BOTH {
            link.way.set_gate(direction, !link.held && !link.cut[direction as usize]);
        }
        for client in &self.clients {
            match (before, stopped(link)) {
                (false, true) => self.sim.hold(*client, link.name.as_str()),
                (true, false) => self.sim.release(*client, link.name.as_str()),
                (true, true) | (false, false) => {}
            }
        }
    }

    /// A crashed server's host runs on without its process, so that its system can refuse.
    fn set_server(&mut self, host: HostIx, up: bool) {
        let LinkState { way, name, desk, forget, .. } = &self.links[usize::from(host.0)];
        if way.is_up() == up {
            return;
        }
        way.set_up(up);
        self.record(if up {
            WorldEvent::ServerStarted { host }
        } else {
            WorldEvent::ServerCrashed { host }
        });
        self.sim.crash(name.as_str());
        if !up {
            forget(desk.timestamp());
        }
        self.sim.bounce(name.as_str());
    }

    fn crash_engine(&mut self) {
        if std::mem::replace(&mut self.engine_runs, false) {
            self.engine.kill();
            self.sim.crash(ENGINE);
            self.record(WorldEvent::EngineCrashed);
        }
    }

    fn start_engine(&mut self) {
        if !std::mem::replace(&mut self.engine_runs, true) {
            self.record(WorldEvent::EngineStarted);
            self.sim.bounce(ENGINE);
        }
    }
}

/// Everything that turmoil would otherwise take from the machine, and the limits that it would
/// otherwise run into.
fn builder(play: &Play) -> Builder {
    let mut builder = Builder::new();
    builder
        .epoch(SystemTime::UNIX_EPOCH)
        .rng_seed(play.seed)
        .tick_duration(play.tick)
        .simulation_duration(Duration::MAX)
        .tcp_capacity(TCP_CAPACITY)
        .ephemeral_ports(PORTS);
    builder
}
