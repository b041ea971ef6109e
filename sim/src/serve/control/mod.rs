//! The control interface: HTTP and JSON, so that a test in any language can look at the servers,
//! put mail into mailboxes, read what was accepted, and start and stop faults.
//!
//! - [`server`]: connections, requests, bodies of bounded size.
//! - [`route`]: which calls there are, for the server and for the document alike.
//! - [`openapi`]: the document, made from the same types that are read and written: [`model`].
//! - [`answer`]: what a call comes to; [`query`] is what stands behind the question mark.
//! - [`deck`]: what calls work on; [`state`], [`mail`] and [`faults`] are the calls.

mod answer;
mod deck;
mod faults;
mod mail;
mod model;
mod openapi;
mod query;
mod route;
mod server;
mod state;

pub(super) use self::deck::Deck;
pub(super) use self::faults::FaultBook;
pub use self::openapi::openapi;
pub(super) use self::server::serve;
