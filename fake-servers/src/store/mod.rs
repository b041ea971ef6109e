//! The mailboxes behind every server face: a message that comes in over SMTP, or from a
//! scenario's load, lies in the inbox that POP3 reads.
//!
//! - [`body`]: what a message's bytes are made from.
//! - [`generate`]: makes them when somebody asks.
//! - [`mailbox`]: one mailbox, its messages in order of arrival, their unique ids.
//! - [`mail_store`]: all mailboxes, found by index, address or user.

mod body;
mod generate;
mod mail_store;
mod mailbox;

pub use body::{Body, BodyKind, Message};
pub use mail_store::{AddError, MailStore, SharedStore, UnknownMailbox, lock_store};
pub use mailbox::{Account, Mailbox, Stored, Uid, UniqueId};

#[cfg(test)]
mod tests;
