//! `Subscribe` and `Unsubscribe`. A client fetches events itself (pull), has them sent to a server
//! of its own (push), or keeps a connection open for them (streaming).

use super::EventKind;
use crate::ews::record::{el, one_of};
use crate::ews::{FolderRef, SubscriptionId, Watermark};

record! {
    /// Asks for events.
    #[derive(Eq)]
    pub struct Subscribe {
        /// Which, and on which way.
        one request: SubscriptionRequest = one_of(),
    }
}

choice! {
    /// On which way events are to come.
    #[derive(Eq)]
    pub enum SubscriptionRequest {
        /// Which the client fetches.
        Pull(PullSubscription) = el("m:PullSubscriptionRequest"),
        /// Which the server sends to a server of the client's.
        Push(PushSubscription) = el("m:PushSubscriptionRequest"),
        /// Which the server sends on a connection that the client keeps open.
        Streaming(StreamingSubscription) = el("m:StreamingSubscriptionRequest"),
    }
}

record! {
    /// Events that the client fetches.
    #[derive(Eq)]
    pub struct PullSubscription {
        /// Whether events of all folders are wanted.
        maybe_attribute all_folders: bool = "SubscribeToAllFolders",
        /// Of which folders.
        maybe folders: Vec<FolderRef> = el("t:FolderIds").lists(one_of()),
        /// Which events.
        one kinds: Vec<EventKind> = el("t:EventTypes").lists(el("t:EventType")),
        /// From where on; from now on without.
        maybe watermark: Watermark = el("t:Watermark"),
        /// For how many minutes it lives when nobody fetches: 1 to 1440.
        one timeout: i32 = el("t:Timeout"),
    }
}

record! {
    /// Events that the server sends to a server of the client's.
    #[derive(Eq)]
    pub struct PushSubscription {
        /// Whether events of all folders are wanted.
        maybe_attribute all_folders: bool = "SubscribeToAllFolders",
        /// Of which folders.
        maybe folders: Vec<FolderRef> = el("t:FolderIds").lists(one_of()),
        /// Which events.
        one kinds: Vec<EventKind> = el("t:EventTypes").lists(el("t:EventType")),
        /// From where on; from now on without.
        maybe watermark: Watermark = el("t:Watermark"),
        /// How often to give a sign of life, in minutes: 1 to 1440.
        one frequency: i32 = el("t:StatusFrequency"),
        /// Where to send them.
        one url: String = el("t:URL"),
        /// What to send back with them.
        maybe caller_data: String = el("t:CallerData"),
    }
}

record! {
    /// Events that the server sends on a connection that the client keeps open.
    #[derive(Eq)]
    pub struct StreamingSubscription {
        /// Whether events of all folders are wanted.
        maybe_attribute all_folders: bool = "SubscribeToAllFolders",
        /// Of which folders.
        maybe folders: Vec<FolderRef> = el("t:FolderIds").lists(one_of()),
        /// Which events.
        one kinds: Vec<EventKind> = el("t:EventTypes").lists(el("t:EventType")),
    }
}

content! {
    /// A new subscription.
    #[derive(Eq)]
    pub struct Subscribed {
        /// Its id.
        maybe subscription: SubscriptionId = el("m:SubscriptionId"),
        /// From where on it has events. Streams have none.
        maybe watermark: Watermark = el("m:Watermark"),
    }
}

record! {
    /// Ends a subscription.
    #[derive(Eq)]
    pub struct Unsubscribe {
        /// Which one.
        one subscription: SubscriptionId = el("m:SubscriptionId"),
    }
}

impl SubscriptionRequest {
    /// Which events are asked for.
    pub fn kinds(&self) -> &[EventKind] {
        match self {
            Self::Pull(request) => &request.kinds,
            Self::Push(request) => &request.kinds,
            Self::Streaming(request) => &request.kinds,
        }
    }

    /// Of which folders they are asked for; `None` of all.
    pub fn folders(&self) -> Option<&[FolderRef]> {
        let (all, folders) = match self {
            Self::Pull(request) => (request.all_folders, &request.folders),
            Self::Push(request) => (request.all_folders, &request.folders),
            Self::Streaming(request) => (request.all_folders, &request.folders),
        };
        (all != Some(true)).then(|| folders.as_deref().unwrap_or_default())
    }
}
