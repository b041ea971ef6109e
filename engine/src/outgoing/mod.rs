//! The outgoing workload: email in Pending Send goes out to an SMTP server, each record in three
//! commits, so that a crash at any moment leaves it known how far the message had come.
//!
//! `session` scans and keeps the connection, `transaction` takes one message through it, `settle`
//! draws the conclusion, `recover` does so for what a crash left behind. `link` and `stream` carry
//! the conversation, `reply` knows what the server means.

mod link;
mod recover;
mod reply;
mod session;
mod settle;
mod stream;
mod transaction;

pub(crate) use recover::recover;
pub(crate) use session::run;
pub(crate) use settle::settle_with;
pub(crate) use transaction::{Ended, Rest};

#[cfg(test)]
mod tests;
