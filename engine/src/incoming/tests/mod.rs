//! Cycles against servers that follow a script, one for each trap of RFC 1939 and its extensions.

mod ending;
mod hostile;
mod items;
mod login;

use std::sync::Arc;
use std::time::Duration;

use super::run;
use crate::store::emails;
use crate::testing::network::Scripts;
use crate::testing::{TestWorld, mailbox, profile, quiet_act};
use crate::{
    Connector, ContentHash, CycleContext, CycleReport, EngineConfig, Event, MailboxId, Protocol,
    ServerId, Workload,
};

/// One mailbox and what its cycles leave behind.
struct Bench {
    world: TestWorld,
    ctx: CycleContext,
    network: Arc<Scripts>,
}

impl Bench {
    fn new(scripts: &[&str]) -> Self {
        Self::with(scripts, |_| {})
    }

    fn with(scripts: &[&str], change: impl FnOnce(&mut EngineConfig)) -> Self {
        let network = Scripts::new(scripts);
        let mut world = TestWorld::new(quiet_act());
        world.services.connector = Arc::clone(&network) as Arc<dyn Connector>;
        let mut ann = mailbox("ann");
        ann.incoming = Some(ServerId(0));
        let mut config = EngineConfig {
            servers: vec![profile("pop", Protocol::Pop3)],
            mailboxes: vec![ann],
            ..EngineConfig::default()
        };
        change(&mut config);
        let ctx = world.context(config, Workload::Incoming);
        Self { world, ctx, network }
    }

    /// Runs one cycle and tells its story.
    async fn cycle(&mut self) -> (CycleReport, Vec<String>) {
        self.ctx.cycle.0 += 1;
        let before = self.world.events().len();
        let report = run(self.ctx.clone()).await;
        let events = self.world.events().split_off(before);
        (report, events.into_iter().filter_map(|(_, event)| tell(event)).collect())
    }

    /// A cycle that must end without an error, told.
    async fn story(&mut self) -> Vec<String> {
        let (report, story) = self.cycle().await;
        assert_eq!(report.error, None);
        story
    }

    fn stored(&self, raw: &[u8]) -> bool {
        let content = ContentHash::of(raw);
        self.ctx
            .store
            .read(|reader| emails::received_with(reader, MailboxId(0), content))
            .unwrap()
            .is_some()
    }
}

/// What matters of an event in one line; connections go without saying.
fn tell(event: Event) -> Option<String> {
    Some(match event {
        Event::EmailStored { email, bytes, .. } => format!("stored {} of {bytes} octets", email.0),
        Event::EmailAlreadyStored { email, .. } => format!("known as {}", email.0),
        Event::ItemFailed { attempt, reason, content, .. } => {
            let came = if content.is_some() { "" } else { ", not received" };
            format!("failed {attempt}: {reason}{came}")
        }
        Event::ItemSetAside { reason, .. } => format!("set aside: {reason}"),
        Event::DeletedOnServer { count, .. } => format!("deleted {count}"),
        Event::ConnectionOpened { .. } | Event::ConnectionClosed { .. } => return None,
        other => format!("{other:?}"),
    })
}

/// The script of a session from the greeting to a UIDL listing, then `rest`.
fn session(uids: &[&str], rest: &str) -> String {
    use std::fmt::Write;
    let mut script = String::from(LOGIN);
    script.push_str("C UIDL\nS +OK\n");
    for (number, uid) in (1..).zip(uids) {
        writeln!(script, "S {number} {uid}").unwrap();
    }
    script.push_str("S .\n");
    script.push_str(rest);
    script
}

/// A first session, in which the server refuses CAPA.
fn first_session(uids: &[&str], rest: &str) -> String {
    session(uids, rest).replacen("C USER", "C CAPA\nS -ERR what?\nC USER", 1)
}

/// Everybody's way in, once CAPA is known.
const LOGIN: &str = "S +OK ready\nC USER ann\nS +OK\nC PASS secret\nS +OK\n";

const QUIT: &str = "C QUIT\nS +OK\n";

/// RETR of a message with this subject.
fn retr(number: u32, subject: &str) -> String {
    format!("C RETR {number}\nS +OK\nS Subject: {subject}\nS \nS Hello\nS .\n")
}

/// The bytes [`retr`] delivers.
fn raw(subject: &str) -> Vec<u8> {
    format!("Subject: {subject}\r\n\r\nHello\r\n").into_bytes()
}

const MINUTE: Duration = Duration::from_mins(1);
