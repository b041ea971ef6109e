//! The servers as processes on this machine: their listeners and connections, how they die and come
//! back, and what the script does to the way between them and their clients.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fake_servers::Channel;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::cable::Cable;
use super::gate::Gate;
use super::handshake;
use super::socket::Socket;
use super::tcp::Line;
use super::tls::Acceptors;
use crate::log::{Entry, HostIx, SharedLog, WorldEvent};
use crate::run::{Accept, Forget, Strike};
use crate::world::{Change, Desk, Direction, RunClock, drive, window_event};

/// Until the next try to accept or to listen, after the system would not let us.
const AGAIN: Duration = Duration::from_millis(50);

/// Latencies of a link in a TLS handshake at most: two of its round trips, and as much again for
/// what is lost.
const TLS_LATENCIES: u32 = 8;

/// All servers.
pub(super) struct Stage {
    pub(super) log: SharedLog,
    pub(super) clock: Arc<dyn RunClock>,
    pub(super) hosts: Vec<Host>,
}

/// One server.
pub(super) struct Host {
    pub(super) accept: Accept,
    /// What its process loses when it dies.
    forget: Forget,
    /// Asks its faults for the handshake of a connection that begins with TLS.
    strike: Strike,
    pub(super) desk: Desk,
    pub(super) tls: Option<Acceptors>,
    /// Its link, where the scenario has one for it.
    pub(super) cable: Option<Arc<Cable>>,
    /// Where it listens, and whether clients begin in TLS there.
    pub(super) addresses: Vec<(SocketAddr, Begin)>,
    /// Whether its process runs, for others to see.
    pub(super) up: Arc<AtomicBool>,
    gate: Arc<Gate>,
    life: Option<Life>,
}

/// How a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// In the clear.
    Clear,
    /// With a TLS handshake.
    Tls,
}

/// One life of a server's process.
#[derive(Clone)]
struct Life {
    alive: Arc<AtomicBool>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

impl Host {
    /// A server that does not run yet.
    pub(super) fn new(
        ((accept, forget), strike): ((Accept, Forget), Strike),
        desk: Desk,
        tls: Option<Acceptors>,
        cable: Option<Cable>,
    ) -> Self {
        let (gate, up, cable) = (Arc::default(), Arc::default(), cable.map(Arc::new));
        let addresses = Vec::new();
        Self { accept, forget, strike, desk, tls, cable, addresses, up, gate, life: None }
    }

    /// Runs the server on these listeners, one for each of its addresses.
    pub(super) fn run(&mut self, listeners: Vec<Listening>) {
        let life = self.life.insert(Life::new()).clone();
        self.up.store(true, Ordering::Relaxed);
        for (listening, (address, begin)) in listeners.into_iter().zip(&self.addresses) {
            let door = Door {
                life: life.clone(),
                gate: Arc::clone(&self.gate),
                accept: Arc::clone(&self.accept),
                strike: Arc::clone(&self.strike),
                desk: self.desk.clone(),
                tls: self.tls.clone(),
                cable: self.cable.clone(),
                begin: *begin,
            };
            let address = *address;
            life.spawn(async move { door.keep(listening, address).await });
        }
    }
}

/// A listener, or the need to make one.
pub(super) enum Listening {
    Already(TcpListener),
    NotYet,
}

/// One address of a running server.
struct Door {
    life: Life,
    gate: Arc<Gate>,
    accept: Accept,
    strike: Strike,
    desk: Desk,
    tls: Option<Acceptors>,
    cable: Option<Arc<Cable>>,
    begin: Begin,
}

impl Door {
    async fn keep(self, listening: Listening, address: SocketAddr) {
        let listener = match listening {
            Listening::Already(listener) => listener,
            Listening::NotYet => listen_again(address).await,
        };
        loop {
            self.gate.opened().await;
            match listener.accept().await {
                Ok((tcp, _)) => self.let_in(tcp),
                // Out of file descriptors, say: those who are in must leave first.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    fn let_in(&self, tcp: TcpStream) {
        let mut line = Line::new(tcp, Arc::clone(&self.gate), Arc::clone(&self.life.alive));
        let (tls, cable) = (self.tls.clone(), self.cable.clone());
        let (accept, desk, begin) = (Arc::clone(&self.accept), self.desk.clone(), self.begin);
        let strike = Arc::clone(&self.strike);
        let channel = match (begin, &self.tls) {
            (Begin::Tls, _) => Channel::Secure,
            (Begin::Clear, Some(_)) => Channel::Upgradable,
            (Begin::Clear, None) => Channel::Plain,
        };
        self.life.spawn(async move {
            let mut spent = Duration::ZERO;
            if let Some(cable) = cable {
                let Some((known_to_client, known_to_server)) = cable.open() else {
                    return line.break_off();
                };
                line.lay(&cable, known_to_client);
                cable.until(known_to_server).await;
                spent = cable.latencies(TLS_LATENCIES);
            }
            let mut socket = Socket::new(line, tls, spent);
            if begin == Begin::Tls && handshake::first(&mut socket, &strike, &desk).await.is_err() {
                return;
            }
            drive(socket, accept(channel), desk).await;
        });
    }
}

/// The address was ours a moment ago; whoever has it now may give it back.
async fn listen_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

impl Life {
    fn new() -> Self {
        Self { alive: Arc::new(AtomicBool::new(true)), tasks: Arc::default() }
    }

    /// Starts a task that ends with this life; finished ones are forgotten.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends every task.
    async fn end(self) {
        let mut tasks = std::mem::take(&mut *self.tasks());
        tasks.shutdown().await;
        // What the last of them had just let in.
        let mut late = std::mem::take(&mut *self.tasks());
        late.shutdown().await;
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    /// Makes a change of the script happen. The engine's part is somebody else's here.
    pub(super) async fn change(&mut self, change: &Change) {
        match *change {
            Change::Partition(host) => {
                self.gate(host).cut(Direction::ToServer);
                self.gate(host).cut(Direction::ToEngine);
            }
            Change::PartitionOneWay(host, direction) => self.gate(host).cut(direction),
            Change::Repair(host) => self.gate(host).repair(),
            Change::Hold(host) => self.gate(host).hold(),
            Change::Release(host) => self.gate(host).release(),
            Change::CrashServer(host) => self.crash(host).await,
            Change::StartServer(host) => self.start(host),
            Change::CrashEngine | Change::StartEngine => {}
            Change::Window { window, open } => self.record(window_event(window, open)),
        }
    }

    /// Ends all connections in order and listens no more.
    pub(super) async fn close(&mut self) {
        for host in &mut self.hosts {
            if let Some(life) = host.life.take() {
                life.end().await;
            }
        }
    }

    fn gate(&self, HostIx(host): HostIx) -> &Gate {
        &self.hosts[usize::from(host)].gate
    }

    async fn crash(&mut self, host: HostIx) {
        let server = &mut self.hosts[usize::from(host.0)];
        let Some(life) = server.life.take() else { return };
        server.up.store(false, Ordering::Relaxed);
        self.record(WorldEvent::ServerCrashed { host });
        life.alive.store(false, Ordering::Relaxed);
        life.end().await;
        let server = &self.hosts[usize::from(host.0)];
        (server.forget)(server.desk.timestamp());
    }

    fn start(&mut self, host: HostIx) {
        if self.hosts[usize::from(host.0)].life.is_some() {
            return;
        }
        self.record(WorldEvent::ServerStarted { host });
        let host = &mut self.hosts[usize::from(host.0)];
        let listeners = host.addresses.iter().map(|_| Listening::NotYet).collect();
        host.run(listeners);
    }

    fn record(&self, event: WorldEvent) {
        self.log.record(self.clock.sim_now(), &Entry::World { event });
    }
}

/// Listens at an address.
///
/// # Errors
/// As the system says.
pub(super) async fn listen(address: SocketAddr) -> io::Result<(Listening, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((Listening::Already(listener), bound))
}
