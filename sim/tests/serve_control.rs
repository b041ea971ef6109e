//! The control interface of `syncsim serve`, over HTTP as any client would speak it.

#![cfg(unix)]
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod served;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use served::{PATIENCE, SCENARIO, Served};

/// An answer.
struct Got {
    status: u16,
    head: String,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        assert!(self.head.contains("content-type: application/json"), "{}", self.head);
        serde_json::from_str(&self.body).expect("JSON")
    }
}

fn control(served: &Served) -> String {
    served.control.as_ref().expect("it was asked for")["address"].as_str().expect("one").to_owned()
}

fn open(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream
}

fn send(address: &str, request: &[u8]) -> Got {
    let mut stream = open(address);
    stream.write_all(request).expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a whole answer in UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    Got { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

fn call(served: &Served, method: &str, path: &str, body: Option<&Value>) -> Got {
    let address = control(served);
    let body = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let head =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{kind}");
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    send(&address, request.as_bytes())
}

fn get(served: &Served, path: &str) -> Value {
    let got = call(served, "GET", path, None);
    assert_eq!(got.status, 200, "{path}: {}", got.body);
    got.json()
}

/// Whether an object, and those in it, have what the document says they have, and nothing else.
fn fits(document: &Value, name: &str, object: &Value) {
    let schema = &document["components"]["schemas"][name];
    let object = object.as_object().expect("an object");
    for required in schema["required"].as_array().expect("some keys") {
        let key = required.as_str().expect("a key");
        assert!(object.contains_key(key), "{name} must have {key}: {object:?}");
    }
    for (key, value) in object {
        let known = &schema["properties"][key];
        assert!(known.is_object(), "{name} has no {key}: {object:?}");
        let of = |schema: &Value| {
            let reference = schema["$ref"].as_str()?;
            reference.strip_prefix("#/components/schemas/").map(str::to_owned)
        };
        if let (Some(of), Some(all)) = (of(&known["items"]), value.as_array()) {
            for one in all {
                fits(document, &of, one);
            }
        }
    }
}

#[test]
fn mail_is_put_in_and_read_and_what_is_sent_is_seen() {
    let served = Served::start(SCENARIO, &["--control", "127.0.0.1:0"]);
    let state = get(&served, "/state");
    assert_eq!(state["servers"][0]["name"], "pop");
    assert_eq!(state["servers"][0]["up"], true);
    assert_eq!(state["servers"][1]["endpoints"][0]["tls"], "upgrade");
    assert_eq!(get(&served, "/mailboxes")["mailboxes"][0]["password"], "secret of ann");

    let raw = json!({ "raw": "Subject: put in\n\nby hand\n" });
    let got = call(&served, "POST", "/mailboxes/ann%40example.com/messages", Some(&raw));
    assert_eq!(got.status, 201, "{}", got.body);
    let made = json!({ "octets": 3_000, "kind": "multipart" });
    let got = call(&served, "POST", "/mailboxes/ann/messages", Some(&made));
    assert_eq!((got.status, got.json()["octets"].as_u64()), (201, Some(3_000)));
    let messages = get(&served, "/mailboxes/ann/messages");
    assert_eq!(messages["messages"].as_array().map(Vec::len), Some(5));
    let got = call(&served, "GET", "/mailboxes/ann/messages/4", None);
    assert_eq!(got.body, "Subject: put in\r\n\r\nby hand\r\n");

    let mut smtp = served.connect("smtp", "upgrade");
    smtp.hear();
    smtp.say("EHLO me");
    smtp.until(|line| line.starts_with("250 "));
    smtp.say(&format!("AUTH PLAIN {}", served::base64(b"\0ann@example.com\0secret of ann")));
    smtp.say("MAIL FROM:<ann@example.com>");
    smtp.say("RCPT TO:<Bob@Elsewhere.Example>");
    smtp.say("DATA");
    assert!(smtp.say("Subject: out\r\n\r\n..dots\r\n.").starts_with("250 "));
    let accepted = get(&served, "/accepted?mailbox=ann&after=0");
    let one = &accepted["accepted"][0];
    assert_eq!(one["sender"], "ann@example.com");
    assert_eq!(one["recipients"], json!(["Bob@Elsewhere.Example"]));
    let got = call(&served, "GET", "/accepted/1", None);
    assert_eq!(got.body, "Subject: out\r\n\r\n.dots\r\n");
    assert_eq!(get(&served, "/accepted?after=1")["accepted"], json!([]));

    let ledger = get(&served, "/ledger");
    assert_eq!((ledger["delivered"].as_u64(), ledger["accepted"].as_u64()), (Some(5), Some(1)));
    served.stop("TERM");
}

#[test]
fn faults_start_and_stop_at_once() {
    let served = Served::start(SCENARIO, &["--control", "127.0.0.1:0", "--no-tls"]);
    let log_in = || {
        let mut pop = served.connect("pop3", "none");
        pop.hear();
        pop.say("USER ann@example.com");
        pop.say("PASS secret of ann")
    };
    let start = |fault: Value| call(&served, "POST", "/faults", Some(&fault));
    let busy = json!({
        "name": "busy", "on": "pop", "which": { "first": 1 }, "effect": { "refuse": "sys-temp" },
    });
    let got = start(busy.clone());
    assert_eq!((got.status, got.json()["phase"].as_str()), (201, Some("open")), "{}", got.body);
    assert_eq!(start(busy.clone()).status, 409, "it is open already");
    assert!(log_in().starts_with("-ERR [SYS/TEMP]"));
    assert!(log_in().starts_with("+OK"), "one was asked for");
    assert_eq!(get(&served, "/faults")["faults"][0]["struck"], 1);
    assert_eq!(call(&served, "DELETE", "/faults/busy", None).status, 204);
    assert_eq!(call(&served, "DELETE", "/faults/busy", None).status, 409);
    assert_eq!(start(busy).status, 201, "and again");
    assert!(log_in().starts_with("-ERR [SYS/TEMP]"));

    assert_eq!(start(json!({ "name": "lock", "on": "pop", "effect": "lock" })).status, 201);
    let waits = || {
        let answer = log_in();
        answer.starts_with("-ERR [IN-USE]")
    };
    assert!((0..1_000).any(|_| waits()), "the lock is held");
    assert_eq!(call(&served, "DELETE", "/faults/lock", None).status, 204);
    // A login from before the lock may still hold the maildrop until its end is noticed.
    assert!((0..1_000).any(|_| log_in().starts_with("+OK")), "the lock is gone");

    let crash = json!({ "crash": { "restart_after": "1h" } });
    assert_eq!(start(json!({ "name": "down", "on": "pop", "effect": crash })).status, 201);
    let up = || get(&served, "/state")["servers"][0]["up"].as_bool();
    assert!((0..10_000).any(|_| up() == Some(false)), "it goes down");
    assert_eq!(call(&served, "DELETE", "/faults/down", None).status, 204);
    assert!((0..10_000).any(|_| up() == Some(true)), "it comes back");
    served.stop("TERM");
}

#[test]
fn every_kind_of_fault_can_be_stopped_before_and_after_its_beginning() {
    let scenario = SCENARIO.to_owned()
        + r#"
[[fault]]
name = "cut later"
on = "pop"
from = "00:15"
effect = "partition"

[[fault]]
name = "the engine dies"
on = "engine"
from = "00:15"
effect = { crash = { restart_after = "1m" } }
"#;
    let served = Served::start(&scenario, &["--control", "127.0.0.1:0", "--no-tls", "--events"]);
    let stop = |name: &str| call(&served, "DELETE", &format!("/faults/{name}"), None).status;
    let phase = |place: usize| get(&served, "/faults")["faults"][place]["phase"].clone();
    assert_eq!((phase(0), phase(1)), (json!("waiting"), json!("never")));
    assert_eq!(stop("cut%20later"), 204);
    assert_eq!((phase(0), stop("cut%20later")), (json!("stopped"), 409));
    assert_eq!(stop("the%20engine%20dies"), 409, "which it never does");
    for (on, effect) in [
        ("pop", json!("partition")),
        ("engine", json!("partition")),
        ("pop", json!({ "one_way": "to-engine" })),
        ("engine", json!("hold")),
        ("pop", json!("lock")),
        ("pop", json!({ "crash": { "restart_after": "1h" } })),
        ("pop", json!({ "delay": "1h" })),
    ] {
        for from in ["00:00", "00:18"] {
            let fault = json!({ "name": "it", "on": on, "from": from, "effect": effect });
            let got = call(&served, "POST", "/faults", Some(&fault));
            let phase = if from == "00:00" { "open" } else { "waiting" };
            assert_eq!(got.status, 201, "{}", got.body);
            assert_eq!(got.json()["phase"], phase, "{fault}");
            assert_eq!(stop("it"), 204, "{fault}");
        }
    }
    let log_in = || {
        let Ok(stream) =
            TcpStream::connect(served.endpoint("pop3", "none")["address"].as_str().expect("one"))
        else {
            return String::new();
        };
        drop(stream);
        let mut pop = served.connect("pop3", "none");
        pop.hear();
        pop.say("USER ann@example.com");
        pop.say("PASS secret of ann")
    };
    assert!((0..10_000).any(|_| log_in().starts_with("+OK")), "nothing is left of them");
    let lines = served.stop("TERM");
    let window = |line: &&serde_json::Value| line["detail"]["window"] == "cut later";
    assert_eq!(lines.iter().find(window), None, "it has not begun");
}

#[test]
fn what_is_left_of_limits_is_shown_for_every_protocol() {
    let limits = SCENARIO
        .replace(
            "speaks = \"pop3\"",
            "speaks = \"pop3\"\noptions = { window = 2, login_delay = \"10m\" }",
        )
        .replace("speaks = \"smtp\"", "speaks = \"smtp\"\noptions = { messages_per_minute = 30 }");
    let served = Served::start(&limits, &["--control", "127.0.0.1:0", "--no-tls"]);
    let left = |server: &str| {
        get(&served, &format!("/budgets?server={server}&mailbox=ann"))["budgets"][0]["left"].clone()
    };
    assert!((0..10_000).any(|_| left("pop")["window"] == -1), "three messages, a window of two");
    assert_eq!(left("pop")["sessions"], 1);
    let mut pop = served.connect("pop3", "none");
    pop.hear();
    pop.say("USER ann@example.com");
    assert!(pop.say("PASS secret of ann").starts_with("+OK 2 "));
    let pop_left = left("pop");
    assert_eq!(pop_left["sessions"], 0);
    let wait = pop_left["login_delay_ms"].as_u64().expect("a number");
    assert!((1..=600_000).contains(&wait), "{wait}");
    assert_eq!(left("submission"), Value::Null, "nothing is used");
    let mut smtp = served.connect("smtp", "none");
    smtp.hear();
    smtp.say("EHLO me");
    smtp.until(|line| line.starts_with("250 "));
    smtp.say(&format!("AUTH PLAIN {}", served::base64(b"\0ann@example.com\0secret of ann")));
    smtp.say("MAIL FROM:<ann@example.com>");
    assert_eq!(left("submission")["messages"], 29);
    served.stop("TERM");
}

#[test]
fn a_full_mailbox_takes_no_mail_from_outside() {
    let small = SCENARIO
        .replace("speaks = \"pop3\"", "speaks = \"ews\"\npreset = \"exchange-2019\"")
        .replace("name = \"ann\"", "name = \"ann\"\nProhibitSendReceiveQuota = \"9KiB\"");
    let served = Served::start(&small, &["--control", "127.0.0.1:0", "--no-tls"]);
    let put = |octets: u64| {
        let made = json!({ "octets": octets });
        call(&served, "POST", "/mailboxes/ann/messages", Some(&made))
    };
    let got = put(20_000);
    assert_eq!(got.status, 409, "{}", got.body);
    fits(&get(&served, "/openapi.json"), "Problem", &got.json());
    assert!(got.body.contains("ProhibitSendReceiveQuota"), "{}", got.body);
    assert_eq!(put(1_000).status, 201, "there is room for less");
    served.stop("TERM");
}

#[test]
fn what_is_the_engines_to_do_is_said_to_be_left_out() {
    let scenario = SCENARIO.to_owned()
        + r#"
[[send]]
name = "newsletter"
from = "ann"
every = "1m"
size = "2KiB"
"#;
    let mut served = Served::start(&scenario, &["--control", "127.0.0.1:0", "--no-tls"]);
    let said = "the mail that users send in `newsletter`";
    assert_eq!(get(&served, "/state")["left_out"], json!([said]));
    let err = served.child.stderr.take().expect("piped");
    let mut line = String::new();
    BufReader::new(err).read_line(&mut line).expect("a line");
    assert_eq!(line, format!("note: {said}: left out, as your own client takes that place\n"));
    served.stop("TERM");
}

#[test]
fn a_bad_request_is_told_what_is_wrong_with_it() {
    let served = Served::start(SCENARIO, &["--control", "127.0.0.1:0", "--no-tls"]);
    let document = get(&served, "/openapi.json");
    let refused = |method, path, body: Option<Value>, status: u16, words: &str| {
        let got = call(&served, method, path, body.as_ref());
        let error = got.json();
        fits(&document, "Problem", &error);
        assert_eq!(got.status, status, "{path}: {error}");
        assert!(error.to_string().contains(words), "{path}: {error}");
    };
    refused("GET", "/", None, 404, "/openapi.json");
    refused("PUT", "/state", None, 405, "GET only");
    refused("GET", "/mailboxes/bob", None, 404, "there is no mailbox bob");
    refused("GET", "/accepted?since=3", None, 400, "known: mailbox, after, limit");
    refused("GET", "/mailboxes?limit=many", None, 400, "not a whole number");
    refused("GET", "/events?from=yesterday", None, 400, "`now` or `start`");
    let messages = "/mailboxes/ann/messages";
    refused("POST", messages, Some(json!({ "rwa": "x" })), 400, "unknown field `rwa`");
    refused("POST", messages, Some(json!({ "octets": 0 })), 400, "from 1 to");
    let fault = |effect: Value| Some(json!({ "name": "f", "on": "pop", "effect": effect }));
    refused("POST", "/faults", Some(json!({ "name": "f", "on": "pop" })), 400, "`effect`");
    refused("POST", "/faults", Some(json!([1])), 400, "");
    refused("POST", "/faults", Some(json!({ "name": null })), 400, "without null");
    refused(
        "POST",
        "/faults",
        fault(json!({ "refuse": "sys-tmep" })),
        400,
        "did you mean `sys-temp`",
    );
    refused("POST", "/faults", fault(json!({ "delay": 5 })), 400, "write \\\"5s\\\"");
    let engine =
        json!({ "name": "f", "on": "engine", "effect": { "crash": { "restart_after": "1m" } } });
    refused("POST", "/faults", Some(engine), 400, "the engine does not run");

    let address = control(&served);
    let plain = format!(
        "POST /faults HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    let got = send(&address, plain.as_bytes());
    assert_eq!(got.status, 415);
    fits(&document, "Problem", &got.json());
    let large = format!(
        "POST /faults HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n"
    );
    let got = send(&address, large.as_bytes());
    assert_eq!(got.status, 413);
    fits(&document, "Problem", &got.json());
    assert_eq!(send(&address, b"nonsense\r\n\r\n").status, 400);
    served.stop("TERM");
}

#[test]
fn events_flow_as_they_happen_and_end_with_the_service() {
    let served = Served::start(SCENARIO, &["--control", "127.0.0.1:0", "--no-tls"]);
    let address = control(&served);
    let mut stream = BufReader::new(open(&address));
    let request = format!("GET /events?from=start HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).expect("it reads");
    let mut line = String::new();
    let mut event = |word: &str| {
        let word = format!("\"event\":\"{word}\"");
        while !line.contains(&word) {
            line.clear();
            assert_ne!(stream.read_line(&mut line).expect("a line"), 0, "{word}");
        }
        line.clear();
    };
    event("delivered");
    let made = json!({ "octets": 500 });
    call(&served, "POST", "/mailboxes/ann/messages", Some(&made));
    event("delivered");
    served.connect("pop3", "none").hear();
    event("connected");
    event("disconnected");
    served.stop("TERM");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an end, in order");
    assert!(rest.ends_with("0\r\n\r\n"), "the last chunk: {rest}");
}

#[test]
fn the_document_is_served_and_is_the_one_of_the_repository() {
    let served = Served::start(SCENARIO, &["--control", "127.0.0.1:0", "--no-tls"]);
    let copy: Value = serde_json::from_str(include_str!("../control.openapi.json")).expect("JSON");
    assert_eq!(get(&served, "/openapi.json"), copy);
    served.stop("TERM");
}
