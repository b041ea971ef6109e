//! A POP3 server (RFC 1939) as a state machine: a session's states are AUTHORIZATION and
//! TRANSACTION; UPDATE is what QUIT does before the session is over.
//!
//! - [`options`]: what a server can be set to, and presets with the sources of their numbers.
//! - [`server`]: what all connections of one server share, the maildrops' locks among it;
//!   [`budgets`] is what is left of its limits.
//! - [`session`]: one connection, from bytes to actions; [`answer`] is what it says to one command.
//! - [`login`]: what becomes of a user name and a password.
//! - [`maildrop`]: a mailbox as one session sees it, frozen at login.
//! - [`transaction`]: the commands on it; [`lies`] is how faults make it list what is not so.

mod answer;
mod budgets;
mod lies;
mod login;
mod maildrop;
mod options;
mod server;
mod session;
mod transaction;

#[cfg(test)]
mod tests;

pub use budgets::Pop3BudgetsLeft;
pub use options::{Deletes, Pop3Options, Pop3ServiceTimes};
pub use server::Pop3Server;
pub use session::Pop3Session;
