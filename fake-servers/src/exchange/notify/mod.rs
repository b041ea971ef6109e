//! Notifications: what happens in a mailbox, for those who subscribed to it.
//!
//! - [`subscriptions`]: who watches what, and how long a subscription lives.
//! - [`names`]: how subscriptions and watermarks travel.
//! - [`events`]: from what the store remembers to what EWS tells.
//! - [`subscribe`], [`pull`] and [`stream`]: the operations.

mod events;
mod names;
mod pull;
mod stream;
mod subscribe;
mod subscriptions;

pub(super) use pull::get_events;
pub(super) use stream::open;
pub(super) use subscribe::{subscribe, unsubscribe};
pub(super) use subscriptions::Subscriptions;

#[cfg(test)]
mod tests;
