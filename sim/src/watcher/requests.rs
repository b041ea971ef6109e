//! What such a client says.

use wire::ews::events::{
    EventKind, GetStreamingEvents, StreamingSubscription, Subscribe, SubscriptionRequest,
    Unsubscribe,
};
use wire::ews::folders::BaseShape;
use wire::ews::items::SyncFolderItems;
use wire::ews::{FolderRef, ItemShape, Request, SubscriptionId, SyncState};

/// Changes in one answer, the most there may be (domain.md 4.4).
const CHANGES: i32 = 512;

/// What a client that shows an inbox wants to hear of.
const KINDS: [EventKind; 3] = [EventKind::NewMail, EventKind::Deleted, EventKind::Moved];

/// Asks for the events of the inbox from now on. A streaming subscription cannot be given a
/// watermark to begin at: the schema has none.
pub(super) fn subscribe() -> Request {
    Request::Subscribe(Subscribe {
        request: SubscriptionRequest::Streaming(StreamingSubscription {
            all_folders: None,
            folders: Some(vec![FolderRef::distinguished("inbox")]),
            kinds: KINDS.to_vec(),
        }),
    })
}

/// Holds a connection open for so many minutes.
pub(super) fn stream(subscription: SubscriptionId, minutes: u8) -> Request {
    let (subscriptions, timeout) = (vec![subscription], i32::from(minutes));
    Request::GetStreamingEvents(GetStreamingEvents { subscriptions, timeout })
}

/// Lists what has changed in the inbox since a state.
pub(super) fn list(state: Option<SyncState>) -> Request {
    Request::SyncFolderItems(SyncFolderItems {
        shape: ItemShape::new(BaseShape::IdOnly),
        folder: FolderRef::distinguished("inbox"),
        state,
        ignore: None,
        max_changes: CHANGES,
        scope: None,
    })
}

/// Ends a subscription.
pub(super) fn unsubscribe(subscription: SubscriptionId) -> Request {
    Request::Unsubscribe(Unsubscribe { subscription })
}
