//! Requests to servers that answer, close, lie and fall silent.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;

use super::*;
use crate::testing::http::{HttpServer, Reply};
use crate::testing::{TestWorld, mailbox, profile, quiet_act};
use crate::{
    CycleContext, CycleError, EngineConfig, ErrorClass, Event, Mailbox, Protocol, Reason, ServerId,
    Workload,
};

const LIMIT: usize = 1000;

struct Bench {
    world: TestWorld,
    ctx: CycleContext,
    server: Arc<HttpServer>,
}

impl Bench {
    fn new(server: Arc<HttpServer>) -> Self {
        let mut world = TestWorld::new(quiet_act());
        world.services.connector = Arc::clone(&server) as _;
        let config = EngineConfig {
            servers: vec![profile("exchange", Protocol::Ews)],
            mailboxes: vec![Mailbox { incoming: Some(ServerId(0)), ..mailbox("ann") }],
            ..EngineConfig::default()
        };
        let ctx = world.context(config, Workload::Incoming);
        Self { world, ctx, server }
    }

    fn client(&self) -> Client<'_> {
        Client::new(&self.ctx, ServerId(0))
    }

    /// Opened and closed connections, with their times in milliseconds.
    fn story(&self) -> Vec<(u64, &'static str)> {
        let word = |event: Event| match event {
            Event::ConnectionOpened { .. } => Some("open"),
            Event::ConnectionClosed { .. } => Some("closed"),
            _ => None,
        };
        let events = self.world.events().into_iter();
        events.filter_map(|(at, event)| Some((at, word(event)?))).collect()
    }
}

fn ask(repeat: Repeat) -> Ask {
    Ask { name: "GetItem", body: Bytes::from_static(b"<ask/>"), repeat, limit: LIMIT }
}

fn reason(result: Result<Answer, HttpError>) -> (Reason, String) {
    let error = CycleError::from(result.unwrap_err());
    assert_eq!(error.class, ErrorClass::Transient);
    (error.reason, error.detail)
}

#[tokio::test(start_paused = true)]
async fn a_request_says_who_asks_and_an_answer_comes_whole() {
    let reply = Reply::Answer("503 Busy", "Retry-After: 7\r\nDate: x\r\n".into(), "later".into());
    let bench = Bench::new(HttpServer::replies(vec![reply]));
    let mut client = bench.client();
    let answer = client.ask(&ask(Repeat::Safe)).await.unwrap();
    let expected = Answer {
        status: 503,
        retry_after: Some("7".into()),
        location: None,
        body: b"later".to_vec(),
    };
    assert_eq!(answer, expected);
    let seen = &bench.server.seen()[0];
    assert_eq!(seen.body, "<ask/>");
    insta::assert_snapshot!(seen.head.replace('\r', ""));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_borne() {
    let mut bench = Bench::new(HttpServer::replies(vec![Reply::ok("")]));
    let mut config = (*bench.ctx.config).clone();
    config.servers[0].exchange.authentication = crate::Authentication::OAuth;
    config.servers[0].exchange.use_x_anchor_mailbox = false;
    bench.ctx.config = Arc::new(config);
    bench.client().ask(&ask(Repeat::Safe)).await.unwrap();
    let head = &bench.server.seen()[0].head;
    assert!(head.contains("authorization: Bearer secret\r\n"), "{head}");
    assert!(!head.contains("x-anchormailbox"), "{head}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_the_next_cycle_and_not_for_ever() {
    let bench = Bench::new(HttpServer::new(|_| Reply::ok("fine")));
    for _ in 0..2 {
        let mut client = bench.client();
        client.ask(&ask(Repeat::Safe)).await.unwrap();
        client.ask(&ask(Repeat::Safe)).await.unwrap();
        client.finish();
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    assert!(bench.server.seen().iter().all(|seen| seen.connection == 1));
    assert_eq!(bench.story(), [(0, "open")]);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(bench.story(), [(0, "open"), (160_000, "closed")], "100 s after its last use");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_stops_lets_go_of_its_connections() {
    let bench = Bench::new(HttpServer::new(|_| Reply::ok("fine")));
    let mut client = bench.client();
    client.ask(&ask(Repeat::Safe)).await.unwrap();
    client.finish();
    bench.ctx.http.close_all();
    assert_eq!(bench.story(), [(0, "open"), (0, "closed")]);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert_eq!(bench.story().len(), 2, "and says so once");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_an_unused_connection_does_no_harm() {
    let bench = Bench::new(HttpServer::replies(vec![Reply::Last("one".into()), Reply::ok("two")]));
    let mut client = bench.client();
    client.ask(&ask(Repeat::Unsafe)).await.unwrap();
    client.finish();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.story(), [(0, "open"), (0, "closed")]);
    let answer = bench.client().ask(&ask(Repeat::Unsafe)).await.unwrap();
    assert_eq!(answer.body, b"two");
}

/// The server has read the request on a kept connection and says nothing: only what does no harm
/// twice is said twice, and once only.
#[tokio::test(start_paused = true)]
async fn only_a_harmless_request_is_repeated_and_only_once() {
    let cut = || Reply::Cut(Vec::new());
    for (repeat, replies, survives, asked) in [
        (Repeat::Safe, vec![Reply::ok("1"), cut(), Reply::ok("2")], true, 3),
        (Repeat::Unsafe, vec![Reply::ok("1"), cut(), Reply::ok("2")], false, 2),
        (Repeat::Safe, vec![Reply::ok("1"), cut(), cut(), Reply::ok("2")], false, 3),
        (Repeat::Safe, vec![cut(), Reply::ok("2")], false, 1),
        (Repeat::Safe, vec![Reply::ok("1"), Reply::Cut(b"HTTP/1.1 2".to_vec())], false, 2),
    ] {
        let fails_at_once = asked == 1;
        let bench = Bench::new(HttpServer::replies(replies));
        let mut client = bench.client();
        let first = client.ask(&ask(repeat)).await;
        if fails_at_once {
            assert_eq!(reason(first).0, Reason::ConnectionLost);
        } else {
            let second = client.ask(&ask(repeat)).await;
            match second {
                Ok(answer) => assert!(survives && answer.body == b"2"),
                Err(_) => assert!(!survives && reason(second).0 == Reason::ConnectionLost),
            }
        }
        client.finish();
        assert_eq!(bench.server.seen().len(), asked);
        let (open, closed): (Vec<_>, Vec<_>) =
            bench.story().into_iter().partition(|(_, word)| *word == "open");
        assert_eq!(open.len() - closed.len(), usize::from(survives));
    }
}

#[tokio::test(start_paused = true)]
async fn every_nonsense_ends_with_its_reason_and_what_was_heard() {
    let ok = b"HTTP/1.1 200 OK\r\n".to_vec();
    let endless_head = Reply::Endless(ok.clone(), [&b"X-A: "[..], &[b'b'; 999], b"\r\n"].concat());
    let endless_body = Reply::Endless([&ok[..], b"\r\n"].concat(), vec![b'x'; 999]);
    let rows = [
        (Reply::Silence, Reason::RequestTimeout, "no answer to GetItem within 60s"),
        (
            Reply::Cut(b"+OK POP3 ready\r\n".to_vec()),
            Reason::ProtocolViolation,
            "the answer to GetItem is not HTTP: \"+OK POP3 ready\\r\\n\"",
        ),
        (
            Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_vec()),
            Reason::ConnectionLost,
            "the connection ended before the answer to GetItem did",
        ),
        (
            Reply::Cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnothex\r\n".to_vec()),
            Reason::ConnectionLost,
            "",
        ),
        (endless_head, Reason::AnswerTooLong, "the answer to GetItem is longer than 32768 octets"),
        (endless_body, Reason::AnswerTooLong, "the answer to GetItem is longer than 1000 octets"),
    ];
    for (reply, expected, words) in rows {
        let bench = Bench::new(HttpServer::replies(vec![reply]));
        let mut client = bench.client();
        let (reason, detail) = reason(client.ask(&ask(Repeat::Safe)).await);
        assert_eq!(reason, expected, "{detail}");
        assert!(words.is_empty() || detail == words, "{detail}");
        client.finish();
        let words: Vec<_> = bench.story().into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["open", "closed"], "{detail}");
    }
}
