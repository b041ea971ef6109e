//! A submission server (RFC 6409): `mailin`'s state machine decides what may follow what, our
//! handler decides what is granted, and a line loop around both does what `mailin` leaves out.
//!
//! - `options`: what a server can be set to, and presets with the sources of their numbers.
//! - `server`: what all connections of one server share.
//! - `session`: one connection, from bytes to actions; `lines` cuts the bytes, `auth` does
//!   AUTH, `commands` every other command, `paths` carries addresses past `mailin`'s grammar.
//! - `handler`: what is granted; `greylist` and `transaction` keep its state, `replies` has
//!   its words.

mod auth;
mod commands;
mod greylist;
mod handler;
mod lines;
mod options;
mod paths;
mod replies;
mod server;
mod session;
mod transaction;

#[cfg(test)]
mod tests;

pub use handler::SmtpHandler;
pub use options::{Budget, GreylistOptions, ServiceTimes, SmtpOptions, UnknownPreset};
pub use server::{SmtpBudgetsLeft, SmtpServer};
pub use session::SmtpSession;
