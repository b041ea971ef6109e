//! `GetEvents` and `GetStreamingEvents`: how a client comes by the events of its subscriptions.
//!
//! In the answer to the latter, the schema has `Notification` and the lost `SubscriptionId` among
//! the types; the server writes them, and its clients look for them, among the messages.

use super::Notification;
use crate::ews::record::el;
use crate::ews::{SubscriptionId, Watermark};

record! {
    /// Fetches events.
    #[derive(Eq)]
    pub struct GetEvents {
        /// Of which subscription.
        one subscription: SubscriptionId = el("m:SubscriptionId"),
        /// After what.
        one watermark: Watermark = el("m:Watermark"),
    }
}

content! {
    /// Events that were fetched.
    pub struct Events {
        /// The events; a sign of life when there are none.
        maybe notification: Notification = el("m:Notification"),
    }
}

record! {
    /// Keeps a connection open for events. What comes back is a sequence of whole documents
    /// (field.md 3.2).
    #[derive(Eq)]
    pub struct GetStreamingEvents {
        /// Of which subscriptions.
        one subscriptions: Vec<SubscriptionId> =
            el("m:SubscriptionIds").lists(el("t:SubscriptionId")),
        /// For how many minutes: 1 to 30.
        one timeout: i32 = el("m:ConnectionTimeout"),
    }
}

content! {
    /// One document of a stream.
    pub struct StreamedEvents {
        /// What has happened.
        maybe notifications: Vec<Notification> =
            el("m:Notifications").lists(el("m:Notification").in_either()),
        /// Subscriptions that an error is about.
        maybe lost: Vec<SubscriptionId> =
            el("m:ErrorSubscriptionIds").lists(el("m:SubscriptionId").in_either()),
        /// Whether more will come.
        maybe status: ConnectionStatus = el("m:ConnectionStatus"),
    }
}

words! {
    /// Whether more will come on a connection.
    pub enum ConnectionStatus {
        /// It will.
        Ok = "OK",
        /// It will not: the time is up.
        Closed = "Closed",
    }
}
