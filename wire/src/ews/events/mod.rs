//! Notifications: subscriptions to what happens in a mailbox, and the events they deliver.

mod event;
mod get;
mod subscribe;

pub use event::{
    Changed, Event, EventKind, Modified, MovedOrCopied, Notification, Object, OldObject, Status,
};
pub use get::{ConnectionStatus, Events, GetEvents, GetStreamingEvents, StreamedEvents};
pub use subscribe::{
    PullSubscription, PushSubscription, StreamingSubscription, Subscribe, Subscribed,
    SubscriptionRequest, Unsubscribe,
};
