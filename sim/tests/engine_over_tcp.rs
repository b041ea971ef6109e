//! The engine over real sockets, in real time and on a store in a file, against served servers: the
//! one test in which no part of a world stands in for the machine. The first process dies with its
//! work half done, and the second goes on.

#![cfg(unix)]
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod served;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use sync_engine::{
    ActResult, ActSource, BoxFuture, ByteStream, Clock, Compute, Connector, Credentials,
    CustomizationError, Customizations, CycleError, Endpoint, Engine, EngineConfig, Event,
    ExchangeProfile, Mailbox, MailboxId, NewContent, NewEmail, Observer, Outbox, Priority,
    Protocol, Random, RecipientKind, ServerId, ServerProfile, Services, Settings, Spawner, Step,
    Store, Workload,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use served::{PATIENCE, Served};

/// Ann and Bob on Exchange, Cleo on POP3 and SMTP, three messages each at the start.
const SCENARIO: &str = r#"
schema = 1
title = "An office and somebody outside"
why = "The engine has to work on what a machine really has"

[run]
start = 2026-03-02T00:00:00Z
stop = { after = "20m" }

[server.exchange]
speaks = "ews"
preset = "exchange-2019"

[server.pop]
speaks = "pop3"

[server.submission]
speaks = "smtp"

[[mailbox]]
name = "ann"
incoming = "exchange"
outgoing = "exchange"

[[mailbox]]
name = "bob"
incoming = "exchange"
outgoing = "exchange"

[[mailbox]]
name = "cleo"
incoming = "pop"
outgoing = "submission"

[[arrivals]]
name = "mail"
to = "*"
count = 3
at = "00:00"
size = "2KiB"
"#;

const EXCHANGE: ServerId = ServerId(0);
const POP: ServerId = ServerId(1);
const SUBMISSION: ServerId = ServerId(2);
const ANN: MailboxId = MailboxId(0);
const BOB: MailboxId = MailboxId(1);
const CLEO: MailboxId = MailboxId(2);

/// What a host gives an engine: sockets, TLS, the machine's clock.
struct Host {
    tls: TlsConnector,
    /// Where TLS is spoken from the first byte.
    implicit: Vec<u16>,
    heard: UnboundedSender<Event>,
}

impl Connector for Host {
    fn connect<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async {
            let tcp = TcpStream::connect((to.host.as_str(), to.port)).await?;
            if !self.implicit.contains(&to.port) {
                return Ok(Box::new(tcp) as Box<dyn ByteStream>);
            }
            let name = ServerName::try_from(to.host.clone()).map_err(io::Error::other)?;
            Ok(Box::new(self.tls.connect(name, tcp).await?) as Box<dyn ByteStream>)
        })
    }
}

impl Clock for Host {
    #[allow(clippy::disallowed_methods, reason = "this host is a machine, not a world")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Spawner for Host {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

impl Observer for Host {
    fn event(&self, event: Event) {
        // Nobody listens any more once the test has seen enough.
        let _ = self.heard.send(event);
    }
}

impl Compute for Host {
    fn cost(&self, _step: Step) -> Duration {
        Duration::ZERO
    }

    fn spend(&self, _cost: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

impl Customizations for Host {
    fn has_synchronous(&self, _mailbox: MailboxId, _workload: Workload) -> bool {
        false
    }

    fn run_synchronous(
        &self,
        _mailbox: MailboxId,
        _workload: Workload,
    ) -> BoxFuture<'_, Result<(), CustomizationError>> {
        Box::pin(async { Ok(()) })
    }

    fn queue_asynchronous(&self, _mailbox: MailboxId, _workload: Workload) {}
}

impl ActSource for Host {
    fn synchronise(&self, _mailbox: MailboxId) -> BoxFuture<'_, Result<ActResult, CycleError>> {
        Box::pin(async { Ok(ActResult::default()) })
    }
}

/// One process of the engine: what it is told, and what is heard of it.
struct Process {
    config: EngineConfig,
    services: Services,
    heard: UnboundedReceiver<Event>,
}

impl Process {
    fn new(served: &Served, authority: &Path) -> Self {
        let (exchange, implicit) = endpoint(served, "ews", "implicit");
        let (pop, _) = endpoint(served, "pop3", "none");
        let (submission, _) = endpoint(served, "smtp", "none");
        let settings = Settings {
            active_mailbox_minimum_backoff: Duration::from_millis(100),
            idle_mailbox_maximum_backoff: Duration::from_millis(100),
            outgoing_scan_interval: Duration::from_millis(100),
            // What the first process leaves in Sending.
            sending_emails_retry_interval: Duration::from_millis(100),
            ..Settings::default()
        };
        let config = EngineConfig {
            settings,
            servers: vec![
                profile("exchange", Protocol::Ews, exchange),
                profile("pop", Protocol::Pop3, pop),
                profile("submission", Protocol::Smtp, submission),
            ],
            mailboxes: vec![
                mailbox("ann", EXCHANGE, EXCHANGE),
                mailbox("bob", EXCHANGE, EXCHANGE),
                mailbox("cleo", POP, SUBMISSION),
            ],
        };
        let (tell, heard) = unbounded_channel();
        let host =
            Arc::new(Host { tls: trusting(authority), implicit: vec![implicit], heard: tell });
        let services = Services {
            connector: host.clone(),
            clock: host.clone(),
            spawner: host.clone(),
            random: Arc::new(Random::seeded(1)),
            observer: host.clone(),
            compute: host.clone(),
            customizations: host.clone(),
            act: host,
        };
        Self { config, services, heard }
    }

    fn submit(&self, store: &Store, from: MailboxId, to: &str, subject: &str) {
        let config = Arc::new(self.config.clone());
        let outbox = Outbox::new(config, store.new_handle(), self.services.clone());
        let content =
            NewContent::Text { subject: subject.into(), text: "Good morning".into(), html: None };
        let (recipients, priority) = (vec![to.into()], Priority::Normal);
        outbox
            .submit(NewEmail { mailbox: from, recipients, priority, content })
            .expect("the application writes good emails");
    }

    /// Runs until it has told what is wanted, then dies: all its tasks end where they stand.
    fn live_until(mut self, store: &Store, enough: impl Fn(&Seen) -> bool) -> Seen {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        let engine = Engine::new(self.config, store.new_handle(), self.services).expect("valid");
        let mut seen = Seen::default();
        runtime
            .block_on(async {
                tokio::spawn(engine.run());
                let work = async {
                    while !enough(&seen) {
                        seen.add(self.heard.recv().await.expect("the engine runs"));
                    }
                };
                tokio::time::timeout(3 * PATIENCE, work).await
            })
            .unwrap_or_else(|_| panic!("{seen:?}"));
        drop(runtime);
        // What it did in its last breath.
        while let Ok(event) = self.heard.try_recv() {
            seen.add(event);
        }
        seen
    }
}

/// What the engine told of.
#[derive(Debug, Default)]
struct Seen {
    stored: [usize; 3],
    /// Cycles since anything was stored.
    quiet: usize,
    failed: Vec<Event>,
}

impl Seen {
    fn add(&mut self, event: Event) {
        match event {
            Event::EmailStored { mailbox, .. } => {
                self.stored[mailbox.0 as usize] += 1;
                self.quiet = 0;
            }
            Event::CycleEnded { .. } => self.quiet += 1,
            Event::ItemFailed { .. } | Event::SendDeferred { .. } => self.failed.push(event),
            _ => {}
        }
    }
}

fn endpoint(served: &Served, protocol: &str, tls: &str) -> (Endpoint, u16) {
    // In the clear, a server that could also be asked for TLS says `upgrade`.
    let offers = if tls == "none" { "upgrade" } else { tls };
    let address = served.endpoint(protocol, offers)["address"].as_str().expect("an address");
    let (host, port) = address.rsplit_once(':').expect("a port");
    let port = port.parse().expect("a number");
    (Endpoint { host: host.into(), port }, port)
}

/// A client that trusts the authority and nobody else.
fn trusting(authority: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority).expect("a certificate"))
        .expect("a good one");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are some")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

fn profile(name: &str, protocol: Protocol, endpoint: Endpoint) -> ServerProfile {
    ServerProfile {
        name: name.into(),
        protocol,
        endpoint,
        max_concurrent_connections: 10,
        request_timeout: PATIENCE,
        min_polling_interval: Duration::ZERO,
        messages_per_connection: 30,
        exchange: ExchangeProfile::default(),
    }
}

fn mailbox(name: &str, incoming: ServerId, outgoing: ServerId) -> Mailbox {
    let address = format!("{name}@example.com");
    Mailbox {
        user: name.into(),
        kind: RecipientKind::Mailbox,
        credentials: Credentials { user: address.clone(), password: format!("secret of {name}") },
        address,
        incoming: Some(incoming),
        outgoing: Some(outgoing),
        act: false,
        process_and_delete_emails: false,
        enabled_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn email_goes_both_ways_and_a_dead_process_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (authority, file) = (folder.path().join("ca.pem"), folder.path().join("store.sqlite"));
    let served = Served::start(SCENARIO, &["--ca-out", authority.to_str().expect("UTF-8")]);

    let first = Process::new(&served, &authority);
    let store = Store::open(&file).expect("a new store");
    first.submit(&store, ANN, "bob@example.com", "from ann");
    let before = first.live_until(&store, |seen| seen.stored.iter().sum::<usize>() >= 2);
    drop(store);

    let second = Process::new(&served, &authority);
    let store = Store::open(&file).expect("the same store");
    second.submit(&store, BOB, "ann@example.com", "from bob");
    // Over SMTP a death in the wrong moment leaves it open what was sent, so Cleo sends but now.
    second.submit(&store, CLEO, "ann@example.com", "from cleo");
    // Ann gets three messages at the start and two from her friends; Bob gets one.
    let wanted = [5, 4, 3];
    let sum = |seen: &Seen| -> [usize; 3] {
        std::array::from_fn(|nth| before.stored[nth] + seen.stored[nth])
    };
    let after = second.live_until(&store, |seen| sum(seen) == wanted && seen.quiet >= 12);

    assert_eq!(sum(&after), wanted);
    assert_eq!(after.failed, [], "{before:?}");
    let lines = served.stop("TERM");
    let ledger = &lines[lines.len() - 1];
    let count = |who: &str, what: &str| -> u64 {
        let told: &Value = &ledger["mailboxes"][who][what];
        told.as_u64().expect("a count")
    };
    for (who, delivered) in [("ann", 5), ("bob", 4), ("cleo", 3)] {
        let address = format!("{who}@example.com");
        assert_eq!(count(&address, "delivered"), delivered, "{ledger}");
        assert_eq!(count(&address, "accepted"), 1, "sent once: {ledger}");
    }
}
