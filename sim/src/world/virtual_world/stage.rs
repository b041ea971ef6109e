//! The hosts of a run in the virtual world, and how each of them lives and dies.

use std::sync::Arc;

use indexmap::IndexMap;
use sync_engine::Endpoint;

use super::connector::FabricConnector;
use super::fabric::Fabric;
use super::life::Life;
use crate::log::{Entry, HostIx, SharedLog, WorldEvent};
use crate::world::calendar::Calendar;
use crate::world::cue::window_event;
use crate::world::desk::Curtain;
use crate::world::validate::host_ix;
use crate::world::{Change, Desk, Direction, EngineHost, Play, RunClock, Seams, ServerHost, drive};

/// The engine's host, the servers' hosts and the network between them.
pub(super) struct Stage {
    pub(super) fabric: Fabric,
    log: SharedLog,
    curtain: Curtain,
    engine: Arc<dyn EngineHost>,
    seams: Seams,
    engine_life: Option<Life>,
    /// All clients beside the engine.
    bystanders: Life,
    servers: Vec<Server>,
}

struct Server {
    host: ServerHost,
    desk: Desk,
    life: Option<Life>,
}

impl Stage {
    /// Builds the network and starts the servers.
    pub(super) fn new(play: &mut Play) -> Self {
        let hosts = std::mem::take(&mut play.servers);
        let fabric = Fabric::new(play.seed, hosts.iter().map(|h| (h.name.as_str(), &h.link)));
        tokio::spawn(fabric.courier());
        let curtain = Curtain::default();
        let directory: IndexMap<_, _> = hosts
            .iter()
            .enumerate()
            .map(|(place, host)| {
                (Endpoint { host: host.name.clone(), port: host.port }, host_ix(place))
            })
            .collect();
        let directory = Arc::new(directory);
        let clock: Arc<dyn RunClock> = Arc::new(fabric.clone());
        let server = |(place, host): (usize, ServerHost)| Server {
            host,
            desk: Desk::new(host_ix(place), play, Arc::clone(&clock), curtain.clone()),
            life: None,
        };
        let connector = |engine: Option<&Arc<dyn EngineHost>>| FabricConnector {
            fabric: fabric.clone(),
            servers: Arc::clone(&directory),
            engine: engine.map(Arc::clone),
        };
        let bystanders = Life::default();
        let beside = Seams {
            connector: Arc::new(connector(None)),
            clock: Arc::new(Calendar { start: play.start, clock: Arc::clone(&clock) }),
            spawner: Arc::new(bystanders.clone()),
        };
        let mut stage = Self {
            log: play.log.clone(),
            curtain: curtain.clone(),
            engine: Arc::clone(&play.engine),
            seams: Seams {
                connector: Arc::new(connector(Some(&play.engine))),
                clock: Arc::new(Calendar { start: play.start, clock: Arc::clone(&clock) }),
                spawner: Arc::new(Life::default()),
            },
            engine_life: None,
            bystanders: bystanders.clone(),
            servers: hosts.into_iter().enumerate().map(server).collect(),
            fabric,
        };
        for place in 0..stage.servers.len() {
            stage.run_server(place);
        }
        for bystander in std::mem::take(&mut play.bystanders) {
            sync_engine::Spawner::spawn(&bystanders, bystander(beside.clone()));
        }
        stage
    }

    /// Makes a change of the script happen.
    pub(super) async fn change(&mut self, change: &Change) {
        match *change {
            Change::Partition(host) => {
                self.fabric.cut(host, Direction::ToServer);
                self.fabric.cut(host, Direction::ToEngine);
            }
            Change::PartitionOneWay(host, direction) => self.fabric.cut(host, direction),
            Change::Repair(host) => self.fabric.repair(host),
            Change::Hold(host) => self.fabric.hold(host),
            Change::Release(host) => self.fabric.release(host),
            Change::CrashServer(host) => self.crash_server(host).await,
            Change::StartServer(host) => self.start_server(host),
            Change::CrashEngine => self.crash_engine().await,
            Change::StartEngine => self.start_engine(),
            Change::Window { window, open } => self.record(window_event(window, open)),
        }
    }

    /// Reports what the world did.
    fn record(&self, event: WorldEvent) {
        self.log.record(self.fabric.sim_now(), &Entry::World { event });
    }

    /// Starts the engine's process, unless it runs.
    pub(super) fn start_engine(&mut self) {
        if self.engine_life.is_some() {
            return;
        }
        let life = Life::default();
        let seams = Seams { spawner: Arc::new(life.clone()), ..self.seams.clone() };
        self.record(WorldEvent::EngineStarted);
        let main = self.engine.start(seams);
        sync_engine::Spawner::spawn(&life, main);
        self.engine_life = Some(life);
    }

    /// Kills the engine's process, if it runs.
    async fn crash_engine(&mut self) {
        let Some(life) = self.engine_life.take() else { return };
        self.engine.kill();
        self.fabric.crash_engine();
        life.kill();
        life.over().await;
        self.record(WorldEvent::EngineCrashed);
    }

    /// Starts a server's process, unless it runs.
    fn start_server(&mut self, HostIx(host): HostIx) {
        let place = usize::from(host);
        if self.servers[place].life.is_none() {
            self.fabric.start(HostIx(host));
            self.record(WorldEvent::ServerStarted { host: HostIx(host) });
            self.run_server(place);
        }
    }

    /// Kills a server's process, if it runs.
    async fn crash_server(&mut self, host: HostIx) {
        let Some(life) = self.servers[usize::from(host.0)].life.take() else { return };
        self.record(WorldEvent::ServerCrashed { host });
        self.fabric.crash(host);
        life.kill();
        life.over().await;
        let server = &self.servers[usize::from(host.0)];
        (server.host.forget)(server.desk.timestamp());
    }

    /// Ends the run: what is torn down from here on is not reported.
    pub(super) fn fall(self) {
        self.curtain.fall();
        self.bystanders.kill();
        let lives = self.servers.into_iter().filter_map(|server| server.life);
        lives.chain(self.engine_life).for_each(|life| life.kill());
    }

    fn run_server(&mut self, place: usize) {
        let server = &mut self.servers[place];
        let life = server.life.insert(Life::default()).clone();
        let (fabric, desk) = (self.fabric.clone(), server.desk.clone());
        let (accept, host) = (Arc::clone(&server.host.accept), desk.host());
        let sessions = life.clone();
        life.run(|ticket| async move {
            let _ticket = ticket;
            loop {
                let stream = fabric.accept(host).await;
                let (session, desk) = (accept(), desk.clone());
                sessions.run(|ticket| async move {
                    let _ticket = ticket;
                    drive(stream, session, desk).await;
                });
            }
        });
    }
}
