//! Cycles against servers that answer as a test says, byte for byte.

mod categories;
mod coming;
mod crashes;
mod going;
mod hostile;
mod office;
mod refusals;
mod schema;
mod tracking;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use self::office::{Blow, Office};

use crate::testing::http::{HttpServer, Reply};
use crate::testing::{TestWorld, mailbox, profile, quiet_act, start};
use crate::{
    CycleContext, CycleReport, EmailId, EngineConfig, Event, Mailbox, MailboxId, NewContent,
    NewEmail, Outbox, Priority, Protocol, ServerId, Store, Workload,
};

/// One mailbox on one Exchange server.
struct Bench {
    world: TestWorld,
    ctx: CycleContext,
    server: Arc<HttpServer>,
}

impl Bench {
    fn new(server: Arc<HttpServer>) -> Self {
        Self::with(server, |_| {})
    }

    /// Nobody looks at the list of categories by itself: that is only in the way of the others.
    fn with(server: Arc<HttpServer>, change: impl FnOnce(&mut EngineConfig)) -> Self {
        let bench = Self::curious(server, change);
        let row = crate::store::categories::Row {
            checked: start() + Duration::from_hours(24 * 365),
            presence: crate::store::categories::Presence::Listed,
            unreadable: false,
            tracked: None,
            undeliverable: None,
        };
        let save = |tx: &crate::store::Transaction<'_>| {
            (0..9).try_for_each(|ix| crate::store::categories::save(tx, MailboxId(ix), &row))
        };
        bench.ctx.store.transaction(save).unwrap();
        bench
    }

    /// As a fresh engine is.
    fn curious(server: Arc<HttpServer>, change: impl FnOnce(&mut EngineConfig)) -> Self {
        let mut world = TestWorld::new(quiet_act());
        world.services.connector = Arc::clone(&server) as _;
        let mut config = EngineConfig {
            servers: vec![profile("exchange", Protocol::Ews)],
            mailboxes: vec![Mailbox {
                incoming: Some(ServerId(0)),
                outgoing: Some(ServerId(0)),
                ..mailbox("ann")
            }],
            ..EngineConfig::default()
        };
        change(&mut config);
        let ctx = world.context(config, Workload::Incoming);
        Self { world, ctx, server }
    }

    /// A mailbox of Exchange, and the office that has it.
    fn office(change: impl FnOnce(&mut EngineConfig)) -> (Self, Office) {
        let (office, server) = Office::new();
        office.with(|mail| mail.list = Some(office::LIST.into()));
        (Self::with(server, change), office)
    }

    /// One incoming cycle, and what it told.
    async fn receive(&mut self) -> (CycleReport, Vec<String>) {
        self.ctx.workload = Workload::Incoming;
        self.ctx.cycle.0 += 1;
        let before = self.world.events().len();
        let report = super::incoming::run(self.ctx.clone(), ServerId(0)).await;
        (report, self.told_since(before))
    }

    /// An incoming cycle that must end without an error.
    async fn received(&mut self) -> Vec<String> {
        let (report, story) = self.receive().await;
        assert_eq!(report.error, None);
        story
    }

    /// One outgoing cycle, and what it told.
    async fn send(&mut self) -> (CycleReport, Vec<String>) {
        self.ctx.workload = Workload::Outgoing;
        self.ctx.cycle.0 += 1;
        let before = self.world.events().len();
        let report = super::outgoing::run(self.ctx.clone(), ServerId(0)).await;
        (report, self.told_since(before))
    }

    fn told_since(&self, before: usize) -> Vec<String> {
        let events = self.world.events().split_off(before);
        events.into_iter().filter_map(|(_, event)| tell(event)).collect()
    }

    fn outbox(&self) -> Outbox {
        let ctx = &self.ctx;
        Outbox::new(Arc::clone(&ctx.config), ctx.store.clone(), ctx.services.clone())
    }

    /// Queues a message with this subject to bob.
    fn queue(&self, subject: &str, priority: Priority) -> EmailId {
        let new = NewEmail {
            mailbox: MailboxId(0),
            recipients: vec!["bob@example.net".into()],
            priority,
            content: NewContent::Raw {
                bytes: format!(
                    "To: bob@example.net\r\nMessage-ID: <{subject}@example.com>\r\nSubject: \
                     {subject}\r\n\r\nHi\r\n"
                )
                .into_bytes(),
                message_id: format!("{subject}@example.com"),
            },
        };
        self.outbox().submit(new).unwrap().email
    }

    /// The process is killed and another one starts.
    fn crash(&mut self) {
        self.ctx.store.close();
        self.world.spawner.kill_all();
        self.ctx.store = self.ctx.store.new_handle();
        self.ctx.http = Arc::default();
        self.ctx.holds = Arc::default();
        let (store, config) = (&self.ctx.store, &self.ctx.config);
        crate::outgoing::recover(store, config, &self.ctx.services).unwrap();
    }
}

/// What matters of an event in one line; times are milliseconds since the start of the test.
fn tell(event: Event) -> Option<String> {
    Some(match event {
        Event::EmailStored { email, .. } => format!("{} stored", email.0),
        Event::AttachmentsDropped { email, .. } => format!("{} without attachments", email.0),
        Event::EmailAlreadyStored { email, .. } => format!("{} known", email.0),
        Event::ItemFailed { attempt, reason, .. } => format!("failed {attempt}: {reason}"),
        Event::ItemSetAside { reason, .. } => format!("set aside: {reason}"),
        Event::DeletedOnServer { count, .. } => format!("{count} deleted"),
        Event::SyncStateLost { .. } => "state lost".into(),
        Event::MovedToUndeliverable { .. } => "moved away".into(),
        Event::EmailTracked { email, by, .. } => format!("{} tracked by {by:?}", email.0),
        Event::EmailUntracked { email, .. } => format!("{} untracked", email.0),
        Event::CategoryMade { .. } => "category made".into(),
        Event::CategoryRemoved { .. } => "category removed".into(),
        Event::CategoryListUnreadable { .. } => "list unreadable".into(),
        Event::TrackingRuleEnded { rule, why, .. } => format!("rule {} ended: {why:?}", rule.0),
        Event::SendStarted { email, attempt, .. } => format!("{} attempt {attempt}", email.0),
        Event::EmailSent { email, recipients, .. } => format!("{} sent to {recipients}", email.0),
        Event::SendDeferred { email, until, reason, .. } => {
            let until = until.duration_since(start()).as_millis();
            format!("{} deferred to {until}: {reason}", email.0)
        }
        Event::SendOutcomeUnknown { email, .. } => format!("{} in doubt", email.0),
        Event::EmailFailed { email, reason, .. } => format!("{} failed: {reason}", email.0),
        Event::EmailQueued { .. }
        | Event::ConnectionOpened { .. }
        | Event::ConnectionClosed { .. } => return None,
        other => format!("{other:?}"),
    })
}

const S: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const T: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const M: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const E: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";

/// What `write` makes of each, one after the other.
fn joined<T>(each: impl IntoIterator<Item = T>, mut write: impl FnMut(T) -> String) -> String {
    let mut all = String::new();
    for item in each {
        all.push_str(&write(item));
    }
    all
}

/// An answer as Exchange 2016 writes it: the inside of the body is given.
fn soap(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{S}\"><s:Header>\
         <h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"1\" MajorBuildNumber=\"2507\" \
         MinorBuildNumber=\"6\" Version=\"V2017_07_11\" xmlns:h=\"{T}\"/></s:Header>\
         <s:Body xmlns:m=\"{M}\" xmlns:t=\"{T}\">{body}</s:Body></s:Envelope>"
    )
}

/// A fault with these values in its `MessageXml`, in the words of field.md 3.5.
fn fault(code: &str, text: &str, values: &[(&str, &str)]) -> String {
    let values =
        joined(values, |(name, value)| format!("<t:Value Name=\"{name}\">{value}</t:Value>"));
    let message_xml = if values.is_empty() {
        String::new()
    } else {
        format!("<t:MessageXml xmlns:t=\"{T}\">{values}</t:MessageXml>")
    };
    format!(
        "<s:Envelope xmlns:s=\"{S}\"><s:Body><s:Fault><faultcode xmlns:a=\"{T}\">a:{code}\
         </faultcode><faultstring xml:lang=\"en-US\">{text}</faultstring><detail>\
         <e:ResponseCode xmlns:e=\"{E}\">{code}</e:ResponseCode>\
         <e:Message xmlns:e=\"{E}\">{text}</e:Message>{message_xml}</detail></s:Fault></s:Body>\
         </s:Envelope>"
    )
}

/// The answers of an operation to one thing asked for: an error.
fn error_message(operation: &str, code: &str, text: &str, values: &[(&str, &str)]) -> String {
    let values =
        joined(values, |(name, value)| format!("<t:Value Name=\"{name}\">{value}</t:Value>"));
    let message_xml = if values.is_empty() {
        String::new()
    } else {
        format!("<m:MessageXml>{values}</m:MessageXml>")
    };
    soap(&format!(
        "<m:{operation}Response><m:ResponseMessages><m:{operation}ResponseMessage \
         ResponseClass=\"Error\"><m:MessageText>{text}</m:MessageText>\
         <m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>\
         {message_xml}</m:{operation}ResponseMessage></m:ResponseMessages>\
         </m:{operation}Response>"
    ))
}

/// The answer of an operation that has nothing to add to its success.
fn success_message(operation: &str, content: &str) -> String {
    soap(&format!(
        "<m:{operation}Response><m:ResponseMessages><m:{operation}ResponseMessage \
         ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>{content}\
         </m:{operation}ResponseMessage></m:ResponseMessages></m:{operation}Response>"
    ))
}

/// A reply of another status than 200.
fn status(line: &'static str, fields: &str, body: impl Into<String>) -> Reply {
    Reply::Answer(line, fields.into(), body.into())
}
