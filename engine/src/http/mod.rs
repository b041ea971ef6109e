//! HTTP/1.1 for cycles that speak it: connections are kept for the next request, of whichever
//! mailbox, but never more of them than the server's profile allows.
//!
//! A cycle runs under one of its server's permits and holds one connection at most; it takes a
//! kept one before it opens another. So the kept and the used together stay within the permits,
//! and nothing has to count them.

mod client;
mod connection;
mod message;
mod pool;

pub(crate) use client::Client;
pub use client::USER_AGENT;
pub(crate) use message::{Answer, Ask, HttpError, Repeat, excerpt};
pub(crate) use pool::Pools;

#[cfg(test)]
mod tests;
