//! Notifications over whole connections: HTTP in, HTTP out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use wire::ews::events::*;
use wire::ews::{
    FolderRef, Request, RequestEnvelope, Response, ResponseBody, ResponseCode, ResponseEnvelope,
    SubscriptionId, Watermark,
};

use crate::exchange::versions::ExchangeVersion;
use crate::exchange::{ExchangeOptions, ExchangeServer, ExchangeSession};
use crate::store::{Body, MailStore, Message, SharedStore, lock_store};
use crate::{
    Action, Actions, FaultPlan, ItemId, ItemIds, MailboxIx, Refusal, ServerEvent, Session,
};

const ANN: MailboxIx = MailboxIx(0);

struct Client {
    session: ExchangeSession,
    now: Timestamp,
}

fn setup() -> (ExchangeServer, SharedStore) {
    setup_with(|_| ())
}

fn setup_with(change: impl FnOnce(&mut ExchangeOptions)) -> (ExchangeServer, SharedStore) {
    let mut store = MailStore::new("example.com");
    store.add_mailbox("ann@example.com", "ann", "secret").unwrap();
    store.add_mailbox("bob@example.com", "bob", "secret").unwrap();
    let store = store.shared();
    let mut options = ExchangeOptions::new("mail.example.com", ExchangeVersion::Exchange2016);
    change(&mut options);
    let faults = FaultPlan::new(Vec::new(), 0);
    let ids = ItemIds::starting_at(ItemId(1));
    let server = ExchangeServer::new(options, store.clone(), ids, faults, 0);
    (server, store)
}

fn start() -> Timestamp {
    "2026-01-05T08:00:00Z".parse().unwrap()
}

fn deliver(store: &SharedStore, at: Timestamp) {
    let body = Body::Raw((*b"Subject: hello\r\n\r\nhello\r\n").into());
    lock_store(store).deliver(ANN, Message { item: ItemId(9), arrived: at, body }).unwrap();
}

impl Client {
    fn of(server: &ExchangeServer) -> Self {
        Self { session: server.session(), now: start() }
    }

    fn pass(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Sends a request and gives back all that comes.
    fn send(&mut self, request: Request) -> String {
        sent(self.perform(request))
    }

    fn perform(&mut self, request: Request) -> Actions {
        let body = RequestEnvelope::new("Exchange2013", request).write();
        let login = STANDARD.encode("ann:secret");
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: mail\r\nAuthorization: Basic {login}\r\n\
             Content-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut out = Actions::default();
        self.session.receive(self.now, &[head.into_bytes(), body].concat(), &mut out);
        out
    }

    fn wake(&mut self) -> Vec<Response> {
        let mut out = Actions::default();
        self.session.wake(self.now, &mut out);
        chunks(&sent(out))
    }

    fn ask(&mut self, request: Request) -> Response {
        let answer = self.send(request);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        read(body)
    }

    fn subscribe(&mut self, request: SubscriptionRequest) -> Subscribed {
        let answer = self.ask(Request::Subscribe(Subscribe { request }));
        let Response::Subscribe(mut answers) = answer else { panic!("{answer:?}") };
        let answer = answers.remove(0);
        assert_eq!(answer.code, ResponseCode::NoError, "{answer:?}");
        answer.content
    }

    fn pull(&mut self, of: &Subscribed, after: &Watermark) -> (ResponseCode, Vec<Event>) {
        let subscription = of.subscription.clone().unwrap();
        let request = GetEvents { subscription, watermark: after.clone() };
        let answer = self.ask(Request::GetEvents(request));
        let Response::GetEvents(mut answers) = answer else { panic!("{answer:?}") };
        let answer = answers.remove(0);
        let notification = answer.content.notification;
        (answer.code, notification.map(|it| it.events).unwrap_or_default())
    }

    /// The documents that a stream begins with.
    fn stream(&mut self, subscriptions: Vec<SubscriptionId>, timeout: i32) -> Vec<Response> {
        let request = GetStreamingEvents { subscriptions, timeout };
        let answer = self.send(Request::GetStreamingEvents(request));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        if head.contains("chunked") { chunks(body) } else { vec![read(body)] }
    }
}

fn sent(mut out: Actions) -> String {
    let bytes = |action| match action {
        Action::Send(bytes) => bytes,
        _ => Vec::new(),
    };
    String::from_utf8(out.drain().flat_map(bytes).collect()).unwrap()
}

fn read(document: &str) -> Response {
    match ResponseEnvelope::read(document.as_bytes()).unwrap().body {
        ResponseBody::Response(response) => response,
        ResponseBody::Fault(fault) => panic!("{fault:?}"),
    }
}

fn refusals(out: &mut Actions) -> Vec<Refusal> {
    let refusal = |action| match action {
        Action::Event(ServerEvent::Refused { refusal, .. }) => Some(refusal),
        _ => None,
    };
    out.drain().filter_map(refusal).collect()
}

/// Every chunk is a whole document; the last is empty.
fn chunks(mut body: &str) -> Vec<Response> {
    let mut documents = Vec::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size > 0 {
            documents.push(read(&rest[..size]));
        }
        body = &rest[size + 2..];
    }
    documents
}

fn inbox(timeout: i32) -> SubscriptionRequest {
    SubscriptionRequest::Pull(PullSubscription {
        all_folders: None,
        folders: Some(vec![FolderRef::distinguished("inbox")]),
        kinds: vec![EventKind::NewMail, EventKind::Created],
        watermark: None,
        timeout,
    })
}

fn everything() -> SubscriptionRequest {
    SubscriptionRequest::Streaming(StreamingSubscription {
        all_folders: Some(true),
        folders: None,
        kinds: vec![EventKind::NewMail],
    })
}

fn streamed(response: &Response) -> &wire::ews::ResponseMessage<StreamedEvents> {
    let Response::GetStreamingEvents(answers) = response else { panic!("{response:?}") };
    &answers[0]
}

fn status(response: &Response) -> Option<ConnectionStatus> {
    streamed(response).content.status
}

#[test]
fn events_are_pulled_by_watermark_and_quiet_is_told() {
    let (server, store) = setup();
    let mut client = Client::of(&server);
    let subscribed = client.subscribe(inbox(10));
    let first = subscribed.watermark.clone().unwrap();
    let (code, events) = client.pull(&subscribed, &first);
    assert_eq!(code, ResponseCode::NoError);
    let [Event::Status(Status { watermark: Some(mark) })] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*mark, first);
    deliver(&store, client.now);
    let (_, events) = client.pull(&subscribed, &first);
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(kinds, [Some(EventKind::Created), Some(EventKind::NewMail)]);
    let after_one = events[0].watermark().unwrap();
    let (_, rest) = client.pull(&subscribed, after_one);
    assert_eq!(rest, events[1..], "a client goes on where it was");
    let (_, again) = client.pull(&subscribed, &first);
    assert_eq!(again, events, "and may ask again");
}

#[test]
fn of_many_events_the_answer_says_that_there_are_more() {
    let (server, store) = setup();
    let mut client = Client::of(&server);
    let subscribed = client.subscribe(inbox(10));
    let mut mark = subscribed.watermark.clone().unwrap();
    for _ in 0..60 {
        deliver(&store, client.now);
    }
    let mut counts = Vec::new();
    loop {
        let (_, events) = client.pull(&subscribed, &mark);
        if matches!(events[..], [Event::Status(_)]) {
            break;
        }
        counts.push(events.len());
        mark = events.last().and_then(Event::watermark).unwrap().clone();
    }
    assert_eq!(counts, [50, 50, 20]);
}

#[test]
fn who_comes_too_late_has_missed_events() {
    let (server, store) = setup();
    let mut client = Client::of(&server);
    let subscribed = client.subscribe(inbox(10));
    let first = subscribed.watermark.clone().unwrap();
    for _ in 0..300 {
        deliver(&store, client.now);
    }
    let code = |client: &mut Client| client.pull(&subscribed, &first).0;
    assert_eq!(code(&mut client), ResponseCode::ErrorMissedNotificationEvents);
    assert_eq!(code(&mut client), ResponseCode::ErrorSubscriptionNotFound, "it is over");
}

#[test]
fn a_subscription_that_nobody_uses_expires() {
    let (server, _) = setup();
    let mut client = Client::of(&server);
    let subscribed = client.subscribe(inbox(10));
    let first = subscribed.watermark.clone().unwrap();
    for (minutes, code) in [
        (9, ResponseCode::NoError),
        (9, ResponseCode::NoError),
        (10, ResponseCode::ErrorExpiredSubscription),
    ] {
        client.pass(minutes);
        assert_eq!(client.pull(&subscribed, &first).0, code);
    }
}

#[test]
fn broken_watermarks_and_ids_are_told_apart() {
    let (server, _) = setup();
    let mut client = Client::of(&server);
    let subscribed = client.subscribe(inbox(10));
    let code = client.pull(&subscribed, &Watermark::from("AAAA")).0;
    assert_eq!(code, ResponseCode::ErrorInvalidWatermark);
    let other = Subscribed { subscription: Some("AAAA".into()), watermark: None };
    let mark = subscribed.watermark.clone().unwrap();
    assert_eq!(client.pull(&other, &mark).0, ResponseCode::ErrorInvalidSubscription);
    assert_eq!(server.lose_subscriptions(ANN, client.now), 1);
    assert_eq!(client.pull(&subscribed, &mark).0, ResponseCode::ErrorSubscriptionNotFound);
}

#[test]
fn there_are_only_so_many_subscriptions() {
    let (server, _) = setup_with(|options| options.policy.max_subscriptions = Some(2));
    let mut client = Client::of(&server);
    let first = client.subscribe(inbox(10));
    client.subscribe(inbox(20));
    let code = |client: &mut Client| {
        let answer = client.ask(Request::Subscribe(Subscribe { request: inbox(10) }));
        let Response::Subscribe(answers) = answer else { panic!("{answer:?}") };
        answers[0].code.clone()
    };
    assert_eq!(code(&mut client), ResponseCode::ErrorExceededSubscriptionCount);
    let subscription = first.subscription.unwrap();
    client.ask(Request::Unsubscribe(Unsubscribe { subscription }));
    assert_eq!(code(&mut client), ResponseCode::NoError, "one was ended");
    client.pass(15);
    assert_eq!(code(&mut client), ResponseCode::NoError, "another has expired");
}

#[test]
fn a_stream_tells_news_gives_signs_of_life_and_ends() {
    let (server, store) = setup();
    let mut client = Client::of(&server);
    let id = client.subscribe(everything()).subscription.unwrap();
    let first = client.stream(vec![id.clone()], 1);
    assert_eq!(status(&first[0]), Some(ConnectionStatus::Ok));
    assert_eq!(first.len(), 1);
    let alive = client.now + SignedDuration::from_secs(45);
    assert_eq!(client.session.wake_at(), Some(alive));
    let bell = client.session.bell().unwrap();
    let heard = bell.rings();
    deliver(&store, client.now);
    assert!(bell.rings() > heard);
    let news = client.wake();
    let told = streamed(&news[0]).content.notifications.as_ref().unwrap();
    assert_eq!(told[0].subscription, id);
    let [Event::NewMail(event)] = &told[0].events[..] else { panic!("{told:?}") };
    assert_eq!(event.watermark, None, "streams have none");
    assert!(client.wake().is_empty(), "nothing is told twice");
    client.now = alive;
    assert_eq!(status(&client.wake()[0]), Some(ConnectionStatus::Ok));
    client.now = start() + SignedDuration::from_mins(1);
    assert_eq!(client.session.wake_at(), Some(client.now));
    assert_eq!(status(&client.wake()[0]), Some(ConnectionStatus::Closed));
    deliver(&store, client.now);
    let next = client.stream(vec![id], 1);
    assert!(streamed(&next[1]).content.notifications.is_some(), "nothing is lost in between");
}

#[test]
fn a_stream_ends_when_its_subscription_does() {
    let (server, _) = setup();
    let (mut client, mut other) = (Client::of(&server), Client::of(&server));
    let id = client.subscribe(everything()).subscription.unwrap();
    client.stream(vec![id.clone()], 30);
    let bell = client.session.bell().unwrap();
    let heard = bell.rings();
    other.ask(Request::Unsubscribe(Unsubscribe { subscription: id.clone() }));
    assert!(bell.rings() > heard);
    let last = client.wake();
    let message = streamed(&last[0]);
    assert_eq!(message.code, ResponseCode::ErrorSubscriptionNotFound);
    assert_eq!(message.content.lost, Some(vec![id.clone()]));
    assert_eq!(message.content.status, Some(ConnectionStatus::Closed));
    let answer = other.stream(vec![id.clone()], 30);
    assert_eq!(streamed(&answer[0]).code, ResponseCode::ErrorSubscriptionNotFound);
    assert_eq!(streamed(&answer[0]).content.lost, Some(vec![id]));
}

/// Each refusal is one event, whichever way it is said.
#[test]
fn refusals_are_reported_once() {
    let (server, _) = setup_with(|options| {
        options.policy.hanging_connections = Some(0);
        options.policy.max_subscriptions = Some(1);
    });
    let mut client = Client::of(&server);
    let id = client.subscribe(everything()).subscription.unwrap();
    let broken = SubscriptionId(id.0[4..].to_owned());
    let lost = |client: &mut Client, request| refusals(&mut client.perform(request));
    let request = Request::Subscribe(Subscribe { request: everything() });
    assert_eq!(lost(&mut client, request), [Refusal::Subscriptions]);
    let request = GetStreamingEvents { subscriptions: vec![id.clone()], timeout: 1 };
    assert_eq!(lost(&mut client, Request::GetStreamingEvents(request)), [Refusal::Concurrency]);
    assert_eq!(server.lose_subscriptions(ANN, client.now), 1);
    let request = Unsubscribe { subscription: id };
    assert_eq!(lost(&mut client, Request::Unsubscribe(request)), [Refusal::SubscriptionLost]);
    let request = Unsubscribe { subscription: broken };
    assert_eq!(lost(&mut client, Request::Unsubscribe(request)), [], "broken, not lost");
}

/// Of Ann's streams, which began (true) and which are over.
fn streams(mut out: Actions) -> Vec<bool> {
    let told = |action| match action {
        Action::Event(ServerEvent::StreamOpened { mailbox: ANN }) => Some(true),
        Action::Event(ServerEvent::StreamClosed { mailbox: ANN }) => Some(false),
        _ => None,
    };
    out.drain().filter_map(told).collect()
}

#[test]
fn a_stream_is_reported_from_its_beginning_to_whatever_end() {
    let (server, _) = setup();
    let mut client = Client::of(&server);
    let id = client.subscribe(everything()).subscription.unwrap();
    let request = |id: &SubscriptionId| {
        Request::GetStreamingEvents(GetStreamingEvents {
            subscriptions: vec![id.clone()],
            timeout: 1,
        })
    };
    assert_eq!(streams(client.perform(request(&id))), [true]);
    client.pass(1);
    let mut out = Actions::default();
    client.session.wake(client.now, &mut out);
    assert_eq!(streams(out), [false], "the time is up");
    assert_eq!(streams(client.perform(request(&id))), [true]);
    assert_eq!(server.lose_subscriptions(ANN, client.now), 1);
    let mut out = Actions::default();
    client.session.wake(client.now, &mut out);
    assert_eq!(streams(out), [false], "its subscription is lost");
    assert!(streams(client.perform(request(&id))).is_empty(), "there is nothing to carry");
    let id = client.subscribe(everything()).subscription.unwrap();
    assert_eq!(streams(client.perform(request(&id))), [true]);
    let mut out = Actions::default();
    client.session.lost(client.now, &mut out);
    assert_eq!(streams(out), [false], "the client is gone");
}

#[test]
fn a_process_that_dies_takes_all_subscriptions_with_it_and_their_places() {
    let (server, _) = setup_with(|options| options.policy.max_subscriptions = Some(2));
    let mut client = Client::of(&server);
    let pulled = client.subscribe(inbox(10));
    let streamed = client.subscribe(everything()).subscription.unwrap();
    server.forget(client.now);
    let mut client = Client::of(&server);
    let mark = pulled.watermark.clone().unwrap();
    assert_eq!(client.pull(&pulled, &mark).0, ResponseCode::ErrorSubscriptionNotFound);
    let again = [client.subscribe(everything()), client.subscribe(inbox(10))];
    assert!(
        again.iter().all(|it| it.subscription.as_ref() != Some(&streamed)),
        "ids are used once"
    );
}

#[test]
fn the_message_behind_an_id_is_known_to_those_who_watch_the_server() {
    let (server, store) = setup();
    let mut client = Client::of(&server);
    let id = client.subscribe(everything()).subscription.unwrap();
    client.stream(vec![id], 1);
    deliver(&store, client.now);
    let news = client.wake();
    let told = streamed(&news[0]).content.notifications.as_ref().unwrap();
    let Event::NewMail(event) = &told[0].events[0] else { panic!("{told:?}") };
    let Object::Item(item) = &event.object else { panic!("{event:?}") };
    assert_eq!(server.message_behind(&item.id), Some(ItemId(9)));
    let uid = lock_store(&store).mailbox(ANN).unwrap().messages()[0].uid;
    lock_store(&store).mailbox_mut(ANN).unwrap().discard(uid, client.now);
    assert_eq!(server.message_behind(&item.id), None, "it is gone");
    assert_eq!(server.message_behind(&event.parent.id), None, "a folder");
    assert_eq!(server.message_behind("AAMk"), None);
}

#[test]
fn only_so_many_streams_hang() {
    let (server, _) = setup_with(|options| options.policy.hanging_connections = Some(1));
    let mut clients: Vec<_> = (0..3).map(|_| Client::of(&server)).collect();
    let id = clients[0].subscribe(everything()).subscription.unwrap();
    assert_eq!(clients[0].stream(vec![id.clone()], 30).len(), 1);
    let request = GetStreamingEvents { subscriptions: vec![id.clone()], timeout: 30 };
    let refused = clients[1].send(Request::GetStreamingEvents(request));
    assert!(refused.starts_with("HTTP/1.1 500"), "{refused}");
    assert!(refused.contains("ErrorExceededConnectionCount"), "{refused}");
    let now = clients[0].now;
    clients[0].session.lost(now, &mut Actions::default());
    assert_eq!(clients[2].stream(vec![id], 30).len(), 1, "the first is gone");
}

#[test]
fn what_cannot_be_subscribed_to_is_refused() {
    let (server, _) = setup();
    let mut client = Client::of(&server);
    let pull = |folders, kinds, timeout| {
        SubscriptionRequest::Pull(PullSubscription {
            all_folders: None,
            folders,
            kinds,
            watermark: None,
            timeout,
        })
    };
    let inbox = || Some(vec![FolderRef::distinguished("inbox")]);
    let voicemail = || Some(vec![FolderRef::distinguished("voicemail")]);
    let kinds = || vec![EventKind::NewMail];
    for (request, code) in [
        (pull(None, kinds(), 10), ResponseCode::ErrorInvalidSubscriptionRequest),
        (pull(inbox(), Vec::new(), 10), ResponseCode::ErrorInvalidSubscriptionRequest),
        (pull(inbox(), kinds(), 1441), ResponseCode::ErrorInvalidSubscriptionRequest),
        (pull(voicemail(), kinds(), 10), ResponseCode::ErrorFolderNotFound),
    ] {
        let answer = client.ask(Request::Subscribe(Subscribe { request }));
        let Response::Subscribe(answers) = answer else { panic!("{answer:?}") };
        assert_eq!(answers[0].code, code);
    }
}
