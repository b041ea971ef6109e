//! A server-side synchronisation engine for mailboxes: it keeps an application's email records in
//! step with POP3 and SMTP servers, on schedules computed at the end of each cycle.
//!
//! This is production code. It knows no simulator; whoever runs it hands it its clock, its
//! connections, its tasks and its random numbers through [`Services`].

mod act;
mod config;
mod connection;
mod cycle;
mod email;
mod engine;
mod event;
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
mod validate;

pub use config::{
    ContentRetention, Credentials, Endpoint, EngineConfig, Mailbox, Protocol, RecipientKind,
    ServerProfile, Settings,
};
pub use cycle::{BackOff, CycleContext, CycleError, CycleReport};
pub use email::{
    AttemptOutcome, AttemptPhase, DeliveryAttempt, EmailState, Priority, RecipientState,
    RecordState,
};
pub use engine::{Engine, EngineHandle};
pub use event::{ErrorClass, Event, Outcome, Workload};
pub use ids::{ContentHash, CycleId, EmailId, MailboxId, MessageKey, ServerId};
pub use outbox::{NewContent, NewEmail, Outbox, SubmitError, Submitted};
pub use reason::Reason;
pub use services::{
    ActResult, ActSource, BoxFuture, ByteStream, Clock, Compute, Connector, CustomizationError,
    Customizations, Observer, Random, Services, Spawner, Step,
};
pub use store::{Alert, AlertScope, Severity, Store, StoreError};
pub use validate::{ConfigError, ConfigErrors, Direction};
