//! Subscriptions of all three kinds, and every event.

use jiff::Timestamp;
use wire::ews::events::*;
use wire::ews::{
    FolderId, FolderRef, ItemId, Request, Response, ResponseCode, ResponseMessage, SubscriptionId,
    Watermark,
};

use crate::failed;

fn folder(name: &str) -> FolderId {
    FolderId { id: name.to_owned(), change_key: Some("AQAA".to_owned()) }
}

fn item(name: &str) -> ItemId {
    ItemId { id: name.to_owned(), change_key: Some("CQAA".to_owned()) }
}

fn at() -> Timestamp {
    "2024-01-02T03:04:05Z".parse().unwrap()
}

fn changed(watermark: Option<Watermark>, object: Object) -> Changed {
    Changed { watermark, at: at(), object, parent: folder("parent") }
}

fn moved(watermark: Option<Watermark>, object: Object, old_object: OldObject) -> MovedOrCopied {
    let (parent, old_parent) = (folder("new"), folder("old"));
    MovedOrCopied { watermark, at: at(), object, parent, old_object, old_parent }
}

fn modified(watermark: Option<Watermark>, unread_count: Option<i32>, object: Object) -> Modified {
    Modified { watermark, at: at(), object, parent: folder("parent"), unread_count }
}

/// Every event, of items and of folders; in a stream without watermarks.
fn every_event(mark: Option<&str>) -> Vec<Event> {
    let mark = || mark.map(Watermark::from);
    let of_item = || Object::Item(item("item"));
    let of_folder = || Object::Folder(folder("folder"));
    vec![
        Event::Copied(moved(mark(), of_item(), OldObject::Item(item("original")))),
        Event::Copied(moved(mark(), of_folder(), OldObject::Folder(folder("original")))),
        Event::Created(changed(mark(), of_item())),
        Event::Created(changed(mark(), of_folder())),
        Event::Deleted(changed(mark(), of_item())),
        Event::Modified(modified(mark(), Some(3), of_folder())),
        Event::Modified(modified(mark(), None, of_item())),
        Event::Moved(moved(mark(), of_item(), OldObject::Item(item("before")))),
        Event::Moved(moved(mark(), of_folder(), OldObject::Folder(folder("before")))),
        Event::NewMail(changed(mark(), of_item())),
        Event::FreeBusyChanged(changed(mark(), of_item())),
        Event::Status(Status { watermark: mark() }),
    ]
}

fn folders() -> Vec<FolderRef> {
    vec![FolderRef::distinguished("inbox"), FolderRef::Id(folder("folder"))]
}

fn kinds() -> Vec<EventKind> {
    EventKind::ALL.to_vec()
}

pub(crate) fn requests() -> Vec<Request> {
    let subscribe = |request| Request::Subscribe(Subscribe { request });
    let pull = PullSubscription {
        all_folders: None,
        folders: Some(folders()),
        kinds: kinds(),
        watermark: Some(Watermark::from("AAAAAA==")),
        timeout: 1440,
    };
    let push = PushSubscription {
        all_folders: Some(false),
        folders: Some(folders()),
        kinds: kinds(),
        watermark: Some(Watermark::from("AAAAAA==")),
        frequency: 1,
        url: "https://example.com/listener?a=b&c=d".to_owned(),
        caller_data: Some("<mine>".to_owned()),
    };
    let streaming = StreamingSubscription {
        all_folders: Some(true),
        folders: None,
        kinds: vec![EventKind::NewMail],
    };
    let id = SubscriptionId::from("JgBib/+=");
    vec![
        subscribe(SubscriptionRequest::Pull(pull)),
        subscribe(SubscriptionRequest::Push(push)),
        subscribe(SubscriptionRequest::Streaming(streaming)),
        Request::Unsubscribe(Unsubscribe { subscription: id.clone() }),
        Request::GetEvents(GetEvents {
            subscription: id.clone(),
            watermark: Watermark::from("AAAAAA=="),
        }),
        Request::GetStreamingEvents(GetStreamingEvents {
            subscriptions: vec![id, SubscriptionId::from("another")],
            timeout: 30,
        }),
    ]
}

pub(crate) fn responses() -> Vec<Response> {
    let subscribed = Subscribed {
        subscription: Some(SubscriptionId::from("JgBib/+=")),
        watermark: Some(Watermark::from("AAAAAA==")),
    };
    let streaming = Subscribed { watermark: None, ..subscribed.clone() };
    let pulled = Notification {
        subscription: SubscriptionId::from("JgBib/+="),
        previous_watermark: Some(Watermark::from("AAAAAA==")),
        more_events: Some(true),
        events: every_event(Some("BBBBBB==")),
    };
    let streamed = Notification {
        previous_watermark: None,
        more_events: None,
        events: every_event(None),
        ..pulled.clone()
    };
    let stream = |content| Response::GetStreamingEvents(vec![ResponseMessage::ok(content)]);
    let mut lost = failed(ResponseCode::ErrorSubscriptionNotFound);
    lost.content = StreamedEvents {
        notifications: None,
        lost: Some(vec![SubscriptionId::from("gone"), SubscriptionId::from("gone too")]),
        status: Some(ConnectionStatus::Closed),
    };
    vec![
        Response::Subscribe(vec![
            ResponseMessage::ok(subscribed),
            ResponseMessage::ok(streaming),
            failed(ResponseCode::ErrorExceededSubscriptionCount),
        ]),
        Response::Unsubscribe(vec![
            ResponseMessage::ok(()),
            failed(ResponseCode::ErrorSubscriptionNotFound),
        ]),
        Response::GetEvents(vec![ResponseMessage::ok(Events { notification: Some(pulled) })]),
        Response::GetEvents(vec![failed(ResponseCode::ErrorExpiredSubscription)]),
        stream(StreamedEvents {
            notifications: Some(vec![streamed.clone(), streamed]),
            ..StreamedEvents::default()
        }),
        stream(StreamedEvents { status: Some(ConnectionStatus::Ok), ..StreamedEvents::default() }),
        Response::GetStreamingEvents(vec![lost]),
    ]
}
