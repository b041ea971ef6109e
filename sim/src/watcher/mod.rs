//! Clients beside the engine that hold streaming subscriptions: add-ins, phones, room panels. The
//! engine polls, but they take places of the same mailboxes' limits and break in ways of their
//! own, and a server that only the engine has ever spoken to has not been tried.
//!
//! - [`mind`]: what such a client knows and does next, without I/O.
//! - [`trouble`]: what goes wrong, and what it means.
//! - [`http`]: its conversation, over whatever network it is given.
//! - [`documents`]: whole SOAP documents out of an answer that goes on.
//! - [`watch`]: its life.

mod documents;
mod http;
mod mind;
mod requests;
mod trouble;
mod watch;

pub(crate) use http::{Account, Ways};
pub(crate) use watch::{Report, Watch, Watched};
