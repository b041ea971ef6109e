//! A server-side synchronisation engine for mailboxes: it keeps an application's email records in
//! step with Exchange, POP3 and SMTP servers, on schedules computed at the end of each cycle.
//!
//! This is production code. It knows no simulator; whoever runs it hands it its clock, its
//! connections, its tasks and its random numbers through [`Services`].
//!
//! # From a configuration to a running engine
//!
//! 1. An [`EngineConfig`] says who the mailboxes are ([`Mailbox`]), which servers they use
//!    ([`ServerProfile`]) and how hard the engine may work ([`Settings`]). Whatever is wrong with
//!    it comes back at once, all together, as [`ConfigErrors`].
//! 2. A [`Store`] holds what must not be lost: records, cursors, schedules, alerts.
//!    [`Store::open`] is a file, [`Store::in_memory`] is not.
//! 3. [`Services`] are the seams to everything outside.
//! 4. [`Engine::run`] runs until [`EngineHandle::stop`], or until the store fails.
//! 5. An [`Outbox`] takes email to send, [`Tracking`] what is to be tracked; an [`Observer`] hears
//!    of every decision as an [`Event`]; [`Store::alerts`] is what a person has to look at.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use sync_engine::*;
//!
//! // The seams. A real host connects over TCP with TLS and reads the system's clock.
//! struct Host;
//! impl Connector for Host {
//!     fn connect<'a>(
//!         &'a self,
//!         _to: &'a Endpoint,
//!     ) -> BoxFuture<'a, std::io::Result<Box<dyn ByteStream>>> {
//!         Box::pin(async { Err(std::io::ErrorKind::ConnectionRefused.into()) })
//!     }
//! }
//! impl Clock for Host {
//!     fn now(&self) -> jiff::Timestamp {
//!         jiff::Timestamp::UNIX_EPOCH
//!     }
//! }
//! impl Spawner for Host {
//!     fn spawn(&self, task: BoxFuture<'static, ()>) {
//!         tokio::spawn(task);
//!     }
//! }
//! impl Observer for Host {
//!     fn event(&self, event: Event) {
//!         println!("{event:?}");
//!     }
//! }
//! impl Compute for Host {
//!     fn cost(&self, _step: Step) -> Duration {
//!         Duration::ZERO
//!     }
//!     fn spend(&self, _cost: Duration) -> BoxFuture<'_, ()> {
//!         Box::pin(async {})
//!     }
//! }
//! impl Customizations for Host {
//!     fn has_synchronous(&self, _mailbox: MailboxId, _workload: Workload) -> bool {
//!         false
//!     }
//!     fn run_synchronous(
//!         &self,
//!         _mailbox: MailboxId,
//!         _workload: Workload,
//!     ) -> BoxFuture<'_, Result<(), CustomizationError>> {
//!         Box::pin(async { Ok(()) })
//!     }
//!     fn queue_asynchronous(&self, _mailbox: MailboxId, _workload: Workload) {}
//! }
//! impl ActSource for Host {
//!     fn synchronise(&self, _: MailboxId) -> BoxFuture<'_, Result<ActResult, CycleError>> {
//!         Box::pin(async { Ok(ActResult::default()) })
//!     }
//! }
//!
//! let config = EngineConfig {
//!     servers: vec![ServerProfile {
//!         name: "pop".into(),
//!         protocol: Protocol::Pop3,
//!         endpoint: Endpoint { host: "pop.example.com".into(), port: 995 },
//!         max_concurrent_connections: 10,
//!         request_timeout: Duration::from_secs(60),
//!         min_polling_interval: Duration::ZERO,
//!         messages_per_connection: 30,
//!         exchange: ExchangeProfile::default(),
//!     }],
//!     mailboxes: vec![Mailbox {
//!         address: "ann@example.com".into(),
//!         user: "ann".into(),
//!         kind: RecipientKind::Mailbox,
//!         credentials: Credentials { user: "ann".into(), password: "secret".into() },
//!         incoming: Some(ServerId(0)),
//!         outgoing: None,
//!         act: false,
//!         process_and_delete_emails: false,
//!         enabled_at: jiff::Timestamp::UNIX_EPOCH,
//!     }],
//!     ..EngineConfig::default()
//! };
//! let host = Arc::new(Host);
//! let services = Services {
//!     connector: host.clone(),
//!     clock: host.clone(),
//!     spawner: host.clone(),
//!     random: Arc::new(Random::seeded(1)),
//!     observer: host.clone(),
//!     compute: host.clone(),
//!     customizations: host.clone(),
//!     act: host,
//! };
//! let store = Store::in_memory()?;
//! let engine = Engine::new(config, store.new_handle(), services)?;
//! let handle = engine.handle();
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! runtime.block_on(async {
//!     tokio::join!(engine.run(), async {
//!         tokio::time::sleep(Duration::from_millis(10)).await;
//!         handle.stop();
//!     })
//!     .0
//! })?;
//! // Nobody listened: a transient error, one warning, and the next try in five minutes.
//! assert_eq!(store.alerts()?[0].reason, Reason::ConnectRefused);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Exchange
//!
//! One profile with [`Protocol::Ews`] serves a mailbox in both directions; [`ExchangeProfile`] says
//! how. The engine speaks Exchange Web Services over HTTP connections that are kept for the next
//! cycle and never outnumber [`ServerProfile::max_concurrent_connections`].
//!
//! ```
//! # use std::time::Duration;
//! # use sync_engine::*;
//! let exchange = ServerProfile {
//!     name: "exchange".into(),
//!     protocol: Protocol::Ews,
//!     endpoint: Endpoint { host: "mail.example.com".into(), port: 443 },
//!     max_concurrent_connections: 10,
//!     request_timeout: Duration::from_secs(60),
//!     min_polling_interval: Duration::ZERO,
//!     messages_per_connection: 30,
//!     exchange: ExchangeProfile {
//!         authentication: Authentication::OAuth,
//!         service_account: Some(Credentials { user: "sync".into(), password: "token".into() }),
//!         use_impersonation: true,
//!         ..ExchangeProfile::default()
//!     },
//! };
//! assert_eq!(exchange.exchange.path, "/EWS/Exchange.asmx");
//! ```
//!
//! | what | how | source |
//! |---|---|---|
//! | new email | the Inbox's changes since a stored state, 512 to a page; messages 10 to a request, the oldest first | domain.md 4.4 |
//! | a state the server does not know | the Inbox is listed anew; what is known is not taken in again | domain.md 4.3 |
//! | an item gone before it was fetched | no error | field.md 3.5 |
//! | an attachment above [`Settings::maximum_attachment_size`] | dropped from the record, which says so ([`Tracking::notifications`]) | domain.md 1.7, 1.15 |
//! | an item set aside | gets the category "Tracked to Dynamics 365 (Undeliverable)", is moved if [`ExchangeProfile::move_undelivered_emails`], and is tried again when a person gives it the category that tracks | domain.md 1.3, 1.5, section 6 no. 16 |
//! | sending | a draft is made, its id committed, then it is sent; after a crash or a lost answer it is looked up, so nothing is sent twice | domain.md 1.7 |
//! | a copy in Sent Items | [`Settings::saves_sent_items`] | server-side-synchronization |
//! | too fast (`MessageRateLimit`) | nothing to do: Exchange says yes and delivers later | domain.md 4.1 |
//! | folders, categories, requests of the application | [`Tracking`] | domain.md 1.10, 1.11 |
//! | the category that tracks | kept in the mailbox's own list, known there by its id, made again in 15 min when a person deletes it, taken out when [`Settings::track_categorized_items`] is false | domain.md 1.11 |
//!
//! # When a cycle runs
//!
//! Three workloads per mailbox, each with its own next run, computed at the end of its cycle; a
//! long cycle delays only itself.
//!
//! | workload | after a cycle | grows while it finds nothing | source |
//! |---|---|---|---|
//! | incoming | 5 min | twice as long each time, up to [`Settings::idle_mailbox_maximum_backoff`] (5 min: not at all) | server-side-synchronization; domain.md 1.1 |
//! | outgoing | 5 min | no | server-side-synchronization |
//! | appointments, contacts, tasks | 5 min | a minute each time, up to 12 (15 with incoming email) | server-side-synchronization |
//!
//! A cycle that left more to do runs again at once, and one that put an email off runs when it
//! may go. A due cycle starts when its workload has a free worker and its server a free
//! connection. Servers take turns, and a server that has stopped answering cannot take all
//! workers of a workload.
//!
//! # What follows from errors
//!
//! | what | then | source |
//! |---|---|---|
//! | the server asks for a pause | not a request of that mailbox and workload before its end, to the millisecond, over restarts too; no failure of the mailbox | domain.md 4.5, 5.1, 5.3 |
//! | Exchange is busy (`ErrorServerBusy`, HTTP 503 and 429, connections used up) | its `BackOffMilliseconds` or `Retry-After` is such a pause; without one, [`Settings::rate_limit_backoff`] | field.md 3.5 |
//! | a quota is used up, the mailbox is full | a pause of [`Settings::quota_backoff`] | domain.md 1.5 |
//! | HTTP 401 | permanent; transient once the server has served the same cycle | domain.md 1.5, field.md 3.5 T11 |
//! | HTTP 403, a right or the mailbox is missing | permanent | domain.md 1.5 |
//! | `[IN-USE]` | postponed; never disables | RFC 2449, 8.1.2 |
//! | any other transient error | postponed 5 min; the tenth in a row disables | domain.md 1.5 |
//! | a permanent error | the workload of that mailbox is disabled at once | domain.md 1.5 |
//! | an item's own error | the item waits for the next cycle, and is set aside after five | domain.md 1.5 |
//! | the store fails | the engine stops: without its record it could keep no promise | |
//!
//! A disabled workload rests until its mailbox is enabled again, which is a start with a later
//! [`Mailbox::enabled_at`]. Each default is in [`Settings`] and [`ServerProfile`], with its source
//! or with a word that it is ours.
//!
//! # Units
//!
//! Durations are [`Duration`](std::time::Duration), moments [`jiff::Timestamp`], sizes octets.
//! Schedules are kept in whole milliseconds: what is promised is rounded up, so nothing is early.
//!
//! # What is never torn
//!
//! A received message and the cursor that knows it are one commit; so are a page of a folder's
//! changes and the state it leads to, a send's outcome and its
//! record, and a cycle's end and the next run. Events are told after the commit they speak of, so
//! a process killed between any two of them starts again where the last one said.

mod act;
mod config;
mod connection;
mod cycle;
mod email;
mod engine;
mod event;
mod exchange;
mod http;
mod ids;
mod incoming;
mod millis;
mod outbox;
mod outgoing;
mod reason;
mod schedule;
mod services;
mod store;
#[cfg(test)]
mod testing;
mod tracking;
mod validate;

pub use config::{
    ApplicationVersion, Authentication, ContentRetention, Credentials, Endpoint, EngineConfig,
    ExchangeProfile, Mailbox, Protocol, RecipientKind, ServerProfile, Settings,
};
pub use cycle::{BackOff, CycleContext, CycleError, CycleReport};
pub use email::{
    AttemptOutcome, AttemptPhase, DeliveryAttempt, EmailState, Priority, RecipientState,
    RecordState,
};
pub use engine::{Engine, EngineHandle};
pub use event::{ErrorClass, Event, Outcome, RuleEnd, TrackedBy, Workload};
pub use http::USER_AGENT;
pub use ids::{ContentHash, CycleId, EmailId, MailboxId, MessageKey, RuleId, ServerId};
pub use outbox::{NewContent, NewEmail, Outbox, SubmitError, Submitted};
pub use reason::Reason;
pub use services::{
    ActResult, ActSource, BoxFuture, ByteStream, Clock, Compute, Connector, CustomizationError,
    Customizations, Observer, Random, Services, Spawner, Step,
};
pub use store::{Alert, AlertScope, Severity, Store, StoreError};
pub use tracking::{
    EmailTracking, MailFolder, TrackRequest, TrackRequestId, Tracking, TrackingError, TrackingRule,
};
pub use validate::{ConfigError, ConfigErrors, Direction};
