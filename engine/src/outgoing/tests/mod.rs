//! Cycles against servers that follow a script, from the first submission to the last doubt.

mod crash;
mod deferral;
mod hostile;
mod sending;

use std::sync::Arc;
use std::time::Duration;

use super::{recover, run};
use crate::testing::network::Scripts;
use crate::testing::{TestWorld, mailbox, profile, quiet_act, start};
use crate::{
    Connector, CycleContext, CycleReport, EmailId, EngineConfig, Event, MailboxId, NewContent,
    NewEmail, Outbox, Priority, Protocol, ServerId, Workload,
};

/// One mailbox, its outbox, and what its cycles leave behind.
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
        ann.outgoing = Some(ServerId(0));
        let mut config = EngineConfig {
            servers: vec![profile("smtp", Protocol::Smtp)],
            mailboxes: vec![ann],
            ..EngineConfig::default()
        };
        change(&mut config);
        let ctx = world.context(config, Workload::Outgoing);
        Self { world, ctx, network }
    }

    fn outbox(&self) -> Outbox {
        let Self { ctx, .. } = self;
        Outbox::new(Arc::clone(&ctx.config), ctx.store.clone(), ctx.services.clone())
    }

    /// Queues a message that is ready to go.
    fn queue(&self, raw: &str, to: &[&str], priority: Priority) -> EmailId {
        let new = NewEmail {
            mailbox: MailboxId(0),
            recipients: to.iter().map(|name| format!("{name}@example.net")).collect(),
            priority,
            content: NewContent::Raw {
                bytes: raw.into(),
                message_id: format!("{}@example.com", raw.len()),
            },
        };
        self.outbox().submit(new).unwrap().email
    }

    /// Queues a plain message for bob.
    fn queue_one(&self) -> EmailId {
        self.queue(RAW, &["bob"], Priority::Normal)
    }

    async fn cycle(&mut self) -> (CycleReport, Vec<String>) {
        self.ctx.cycle.0 += 1;
        let before = self.world.events().len();
        let report = run(self.ctx.clone()).await;
        (report, self.told_since(before))
    }

    fn told_since(&self, before: usize) -> Vec<String> {
        let events = self.world.events().split_off(before);
        events.into_iter().filter_map(|(_, event)| tell(event)).collect()
    }

    /// A cycle that must end without an error, told.
    async fn story(&mut self) -> Vec<String> {
        let (report, story) = self.cycle().await;
        assert_eq!(report.error, None);
        story
    }
}

/// What matters of an event in one line; times are seconds since the start of the test.
fn tell(event: Event) -> Option<String> {
    Some(match event {
        Event::SendStarted { email, attempt, .. } => format!("{} attempt {attempt}", email.0),
        Event::EmailSent { email, recipients, .. } => format!("{} sent to {recipients}", email.0),
        Event::RecipientRefused { email, reason, .. } => format!("{} refused: {reason}", email.0),
        Event::SendDeferred { email, until, reason, .. } => {
            let until = until.duration_since(start()).as_secs();
            format!("{} deferred to {until}: {reason}", email.0)
        }
        Event::SendOutcomeUnknown { email, .. } => format!("{} in doubt", email.0),
        Event::EmailFailed { email, reason, .. } => format!("{} failed: {reason}", email.0),
        Event::EmailQueued { .. } => return None,
        Event::ConnectionOpened { .. } => "open".into(),
        Event::ConnectionClosed { .. } => "closed".into(),
        other => format!("{other:?}"),
    })
}

/// The message most tests send.
const RAW: &str = "Subject: hello\r\n\r\nHi\r\n";

/// From the greeting to AUTH.
const HELLO: &str = "S 220 ready\nC EHLO example.com\nS 250-smtp\nS 250 AUTH LOGIN PLAIN\n\
    C AUTH PLAIN AGFubgBzZWNyZXQ=\nS 235 2.7.0 fine\n";

const MAIL: &str = "C MAIL FROM:<ann@example.com>\nS 250 2.1.0 ok\n";

const QUIT: &str = "C QUIT\nS 221 bye\n";

fn rcpt(name: &str, reply: &str) -> String {
    format!("C RCPT TO:<{name}@example.net>\nS {reply}\n")
}

/// DATA and the message, up to the final dot.
fn data() -> String {
    "C DATA\nS 354 go on\nC Subject: hello\nC \nC Hi\nC .\n".into()
}

/// The whole of [`RAW`] to bob with this last reply.
fn transaction(reply: &str) -> String {
    format!("{MAIL}{}{}S {reply}\n", rcpt("bob", "250 2.1.5 ok"), data())
}

const OK: &str = "250 2.0.0 queued";
