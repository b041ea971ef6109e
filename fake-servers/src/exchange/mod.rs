//! Exchange over EWS: HTTP and SOAP as a machine without I/O, over the same mailboxes as POP3 and
//! SMTP.
//!
//! - [`versions`]: the versions as presets; [`options`]: what a server can be set to.
//! - [`server`]: what all connections of one server share; [`session`] is one connection.
//! - [`work`]: from an HTTP request to its answer: [`login`], faults, budgets ([`batch`]), then
//!   [`dispatch`] to an operation, which gets a [`call`] and answers with a [`reply`].
//! - [`refusals`]: how each refusal looks on the wire; [`problem`]: why something was not done;
//!   [`strict`]: requests that violate the schema.
//! - [`ids`]: what the server calls things.
//! - [`folders`]: the operations on folders; [`items`]: what is known of items.
//! - [`search`]: whether something is what a search is for; [`query`]: searches in words.
//! - [`notify`]: subscriptions and their events.
//! - [`services`]: what is neither folder nor item: names, ids, zones, settings.
//! - [`patience`]: who was asked to wait, and does not.
//! - [`delivery`]: messages on their way, [`blind`]: what of them stays at home, [`reports`]: of
//!   those that get nowhere, [`automatic`]: answers of those who are away; [`hanging`]: answers
//!   that do not end at once.
//! - [`calendar`]: when calendar items are, and what they are as iCalendar; [`appointments`]: what
//!   they are as properties.
//! - [`contacts`]: what contacts are as vCard, and their complete names.
//! - [`meetings`]: invitations and answers between mailboxes.
//! - [`autodiscover`]: from an address to where its mailbox's EWS is.

mod appointments;
mod autodiscover;
mod automatic;
mod batch;
mod blind;
pub mod calendar;
mod call;
mod contacts;
mod delivery;
mod dispatch;
mod folders;
mod hanging;
mod ids;
mod items;
mod login;
mod meetings;
mod notify;
mod options;
mod patience;
mod problem;
mod query;
mod ranks;
pub mod refusals;
mod reply;
mod reports;
mod search;
mod server;
mod services;
mod session;
mod strict;
pub mod versions;
mod work;

pub use options::{ExchangeOptions, Impersonation};
pub use server::ExchangeServer;
pub use session::ExchangeSession;

#[cfg(test)]
mod tests;
