//! `syncsim serve`: the servers of a scenario on real sockets and in real time, for other people's
//! clients and engines. This is the third world, the one of TCP; no engine of ours runs in it.
//!
//! - [`endpoint`]: where clients find the servers; [`tls`]: the certificate they see.
//! - [`stage`]: the servers as processes, with [`socket`], [`tcp`], [`gate`] and [`cable`] under each
//!   connection, and the [`handshake`] it may begin with.
//! - [`clock`], [`play`]: the scenario's time, and what happens when; [`act`]: faults and windows.
//! - [`record`]: what is known of what has happened: [`ledger`], and events as [`line`]s in the
//!   [`hub`], by their [`names`].
//! - [`control`]: the control interface; [`mod@left_out`]: what has no place here.
//! - [`signals`]: how the user says stop.

mod act;
mod cable;
mod clock;
mod control;
mod endpoint;
mod gate;
mod handshake;
mod hub;
mod ledger;
mod left_out;
mod line;
mod names;
mod play;
mod record;
mod signals;
mod socket;
mod stage;
mod tcp;
mod tls;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_servers::store::{Archive, lock_store};
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub use self::clock::{Speed, SpeedError};
pub use self::control::openapi;
pub use self::endpoint::{Listen, ListenError};
pub use self::left_out::left_out;
pub use self::tls::TlsError;

use self::act::{Act, Order};
use self::cable::Cable;
use self::clock::PacedClock;
use self::control::{Deck, FaultBook};
use self::endpoint::Endpoint;
use self::hub::Hub;
use self::names::Names;
use self::play::Agenda;
use self::record::Record;
use self::signals::Signals;
use self::stage::{Begin, Host, Stage, listen};
use self::tls::Tls;
use crate::log::{HostIx, SharedLog};
use crate::run::Backstage;
use crate::scenario::Scenario;
use crate::world::{Desk, RunClock};

/// How long events may still take to be written when all is over.
const LAST_LINES: Duration = Duration::from_secs(2);
/// How long readers of the control interface's event stream have to see its end.
const GOODBYE: Duration = Duration::from_millis(100);
/// Orders of the control interface that wait for their turn.
const ORDERS: usize = 64;
/// Octets of accepted messages that are kept for it.
const KEPT: usize = 64 << 20;

/// What to serve, and how.
#[derive(Debug, Clone)]
pub struct ServeRequest {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The seed everything left to chance is drawn from.
    pub seed: u64,
    /// How fast the scenario's clock runs.
    pub speed: Speed,
    /// Where the servers listen.
    pub listen: Listen,
    /// Where the control interface listens, if there shall be one.
    pub control: Option<Listen>,
    /// Whether every event is written to standard output.
    pub events: bool,
    /// Whether there is TLS.
    pub tls: bool,
    /// Where the certificate goes that clients must trust.
    pub ca_out: Option<PathBuf>,
}

/// Why nothing could be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be had.
    #[error("{what} cannot listen at {address}: {error}")]
    Listen {
        /// Who wants to.
        what: String,
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// There are more endpoints than ports.
    #[error("{what} cannot listen: {error}")]
    Ports {
        /// Who wants to.
        what: String,
        /// Why not.
        error: io::Error,
    },
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The certificate cannot be written.
    #[error("{}: {error}", .path.display())]
    Certificate {
        /// Where to.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Standard output.
    #[error("standard output: {0}")]
    Out(io::Error),
    /// The machine cannot run it.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

/// Serves until the user says stop. Writes a line of JSON to `out` for each endpoint, then one that
/// says everything is ready, then events if they are asked for, and at the end the ledger.
///
/// # Errors
/// When nothing can be served.
pub fn serve(request: &ServeRequest, out: &mut dyn Write) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ServeError::Runtime)?;
    let ended = runtime.block_on(Service::open(request, out))?;
    // A reader of standard output that has stopped reading must not keep the process.
    runtime.shutdown_background();
    say(out, &ended)
}

/// The last line.
#[derive(Debug, Serialize)]
struct Ended {
    kind: &'static str,
    at_ms: u64,
    #[serde(flatten)]
    ledger: ledger::LedgerView,
}

/// The line after all endpoints.
#[derive(Debug, Serialize)]
struct Ready {
    kind: &'static str,
    seed: u64,
    speed: f64,
    time: String,
}

/// Where the control interface listens.
#[derive(Debug, Serialize)]
struct Control {
    kind: &'static str,
    address: SocketAddr,
    url: String,
}

/// Everything that runs while the scenario is served.
struct Service {
    stage: Stage,
    agenda: Agenda,
    ordered: mpsc::Receiver<Order>,
    record: Record,
    deck: Arc<Deck>,
}

impl Service {
    /// From the first listener to the last word.
    async fn open(request: &ServeRequest, out: &mut dyn Write) -> Result<Ended, ServeError> {
        let mut signals = Signals::listen().map_err(ServeError::Runtime)?;
        let mut service = Self::set_up(request).await?;
        let control = open_control(request).await?;
        for endpoint in &service.deck.endpoints {
            say(out, endpoint)?;
        }
        if let Some((listener, address)) = control {
            let url = format!("http://{address}");
            say(out, &Control { kind: "control", address, url })?;
            tokio::spawn(control::serve(listener, Arc::clone(&service.deck)));
        }
        let record = service.record.clone();
        let ready = Ready {
            kind: "ready",
            seed: request.seed,
            speed: request.speed.get(),
            time: record.names.start.to_string(),
        };
        say(out, &ready)?;
        let printer = request.events.then(|| tokio::spawn(print(Arc::clone(&record.hub))));

        tokio::select! {
            biased;
            () = signals.stop() => {}
            () = service.agenda.play(&mut service.stage, service.ordered) => {}
        }
        service.stage.close().await;
        record.hub.close();
        if request.control.is_some() {
            // Streams of events end in order, which takes their connections a turn.
            tokio::time::sleep(GOODBYE).await;
        }
        if let Some(printer) = printer {
            // Whoever does not read on has seen enough.
            let _ = tokio::time::timeout(LAST_LINES, printer).await;
        }
        let at_ms = service.stage.clock.sim_now().0;
        let ledger = record.ledger().view(&record.names);
        Ok(Ended { kind: "ledger", at_ms, ledger })
    }

    async fn set_up(request: &ServeRequest) -> Result<Self, ServeError> {
        let scenario = &request.scenario;
        let record = Record::new(Names::new(scenario));
        let log = SharedLog::new(Box::new(record.clone()));
        let backstage = Backstage::new(scenario, request.seed, &log);
        let tls = request.tls.then(|| certify(request)).transpose()?;
        let servers = &backstage.servers;
        let (accept, forget) = (servers.acceptors(), servers.forgetters());
        let machines = accept.into_iter().zip(forget).zip(servers.strikers());
        if request.control.is_some() {
            lock_store(&backstage.mail).keep_accepted(Archive::new(KEPT));
        }

        let mut opening = Vec::new();
        let mut n = 0;
        for (host, machine) in (0..).map(HostIx).zip(machines) {
            let name = record.names.server(host);
            let mut open = Vec::new();
            for begin in [Begin::Clear, Begin::Tls] {
                if begin == Begin::Clear || tls.is_some() {
                    let (listening, address) = listen_as(name, request.listen, n).await?;
                    open.push((listening, (address, begin)));
                    n += 1;
                }
            }
            opening.push((host, machine, open));
        }
        let clock: Arc<dyn RunClock> = Arc::new(PacedClock::start(request.speed));
        let mut endpoints = Vec::new();
        let mut stage = Stage { log: log.clone(), clock: Arc::clone(&clock), hosts: Vec::new() };
        for (host, machine, open) in opening {
            let desk =
                Desk::without_engine(host, scenario.run.start, Arc::clone(&clock), log.clone());
            let acceptors = tls.as_ref().map(|tls| tls.acceptors.clone());
            let cable = cable(request, host, &clock);
            let mut server = Host::new(machine, desk, acceptors, cable);
            let (listeners, addresses): (Vec<_>, Vec<_>) = open.into_iter().unzip();
            endpoints.extend(addresses.iter().map(|(address, begin)| {
                Endpoint::new((scenario, servers), host, *address, *begin, tls.is_some())
            }));
            server.addresses = addresses;
            server.run(listeners);
            stage.hosts.push(server);
        }
        let (orders, ordered) = mpsc::channel(ORDERS);
        let acts = Act::all(scenario, &backstage.servers);
        let faults = FaultBook::new(scenario, acts.len());
        let deck = Deck {
            scenario: Arc::clone(scenario),
            seed: request.seed,
            speed: request.speed.get(),
            clock: Arc::clone(&clock),
            record: record.clone(),
            log,
            mail: backstage.mail,
            items: backstage.items,
            servers: backstage.servers,
            endpoints,
            up: stage.hosts.iter().map(|host| Arc::clone(&host.up)).collect(),
            orders,
            faults: Mutex::new(faults),
        };
        let agenda = Agenda::new(acts, (backstage.load, backstage.given), clock);
        Ok(Self { stage, agenda, ordered, record, deck: Arc::new(deck) })
    }
}

/// The link that the scenario has written for a server. The simulated worlds give every other one a
/// latency too; a real network has its own.
fn cable(request: &ServeRequest, host: HostIx, clock: &Arc<dyn RunClock>) -> Option<Cable> {
    let server = &request.scenario.servers[usize::from(host.0)];
    let cable = || Cable::new(&server.link, request.seed, &server.name, Arc::clone(clock));
    server.link_written.then(cable)
}

fn certify(request: &ServeRequest) -> Result<Tls, ServeError> {
    let names: Vec<_> = request.scenario.servers.iter().map(|s| s.name.clone()).collect();
    let tls = Tls::new(&names, request.listen.0.ip())?;
    if let Some(path) = &request.ca_out {
        std::fs::write(path, &tls.authority)
            .map_err(|error| ServeError::Certificate { path: path.clone(), error })?;
    }
    Ok(tls)
}

async fn open_control(
    request: &ServeRequest,
) -> Result<Option<(TcpListener, SocketAddr)>, ServeError> {
    let Some(Listen(address)) = request.control else { return Ok(None) };
    let refused =
        |error| ServeError::Listen { what: "the control interface".to_owned(), address, error };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok(Some((listener, bound)))
}

async fn listen_as(
    name: &str,
    at: Listen,
    n: usize,
) -> Result<(stage::Listening, SocketAddr), ServeError> {
    let what = || format!("server {name}");
    let address = at.nth(n).map_err(|error| ServeError::Ports { what: what(), error })?;
    listen(address).await.map_err(|error| ServeError::Listen { what: what(), address, error })
}

/// Writes a line of JSON and hands it over.
fn say(out: &mut dyn Write, line: &impl Serialize) -> Result<(), ServeError> {
    let mut text = serde_json::to_string(line).map_err(io::Error::from).map_err(ServeError::Out)?;
    text.push('\n');
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(ServeError::Out)
}

/// Writes every event to standard output, as long as somebody reads it.
async fn print(hub: Arc<Hub>) {
    let mut out = tokio::io::stdout();
    let mut cursor = 0;
    while let Some(lines) = hub.read(&mut cursor).await {
        let written = match out.write_all(lines.as_bytes()).await {
            Ok(()) => out.flush().await,
            error => error,
        };
        if written.is_err() {
            return;
        }
    }
}
