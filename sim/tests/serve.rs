//! `syncsim serve` as others use it: endpoints read from its output, real sockets, signals, and
//! what it says at the end.

#![cfg(unix)]
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod served;

use std::io::Read;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use syncsim::wall::Stopwatch;

use served::{PATIENCE, SCENARIO, Served, base64};

fn ledger(lines: &[Value]) -> &Value {
    let last = lines.last().expect("a ledger");
    assert_eq!(last["kind"], "ledger", "{last}");
    last
}

#[test]
fn mail_goes_in_and_out_over_real_sockets_and_the_ledger_says_so() {
    let served = Served::start(SCENARIO, &["--events", "--seed", "7"]);
    assert_eq!(served.ready["seed"], 7);
    let login = &served.endpoint("pop3", "upgrade")["mailboxes"][0];
    let (user, password) =
        (login["user"].as_str().expect("a user"), login["password"].as_str().expect("one"));
    assert_eq!(login["address"], "ann@example.com");

    let mut smtp = served.connect("smtp", "upgrade");
    assert!(smtp.hear().starts_with("220 "));
    assert!(smtp.say("EHLO me").starts_with("250-"));
    let extensions = smtp.until(|line| line.starts_with("250 "));
    assert!(extensions.iter().any(|line| line.contains("STARTTLS")), "{extensions:?}");
    let plain = base64(format!("\0{user}\0{password}").as_bytes());
    assert!(smtp.say(&format!("AUTH PLAIN {plain}")).starts_with("235 "));
    for line in ["MAIL FROM:<ann@example.com>", "RCPT TO:<ann@example.com>", "DATA"] {
        assert!(matches!(&smtp.say(line)[..1], "2" | "3"), "{line}");
    }
    assert!(smtp.say("Subject: to myself\r\n\r\nhello\r\n.").starts_with("250 "));
    assert!(smtp.say("QUIT").starts_with("221 "));

    let mut pop = served.connect("pop3", "upgrade");
    assert!(pop.hear().starts_with("+OK"));
    pop.say("CAPA");
    assert!(pop.until(|line| line == ".\r\n").contains(&"STLS\r\n".to_owned()));
    assert!(pop.say(&format!("USER {user}")).starts_with("+OK"));
    assert!(pop.say(&format!("PASS {password}")).starts_with("+OK 4 "));
    assert!(pop.say("RETR 4").starts_with("+OK"));
    assert!(pop.until(|line| line == ".\r\n").contains(&"Subject: to myself\r\n".to_owned()));
    assert!(pop.say("DELE 4").starts_with("+OK"));
    assert!(pop.say("QUIT").starts_with("+OK"));
    assert_eq!(pop.hear(), "", "the server ends the connection");

    let lines = served.stop("TERM");
    let ledger = ledger(&lines);
    let counts: Vec<_> = ["delivered", "served", "deleted", "accepted", "pending", "connections"]
        .iter()
        .map(|what| ledger[what].as_u64().expect("a count"))
        .collect();
    assert_eq!(counts, [4, 1, 1, 1, 3, 2], "{ledger}");
    assert_eq!(ledger["mailboxes"]["ann@example.com"]["pending"], 3);
    let events: Vec<_> = lines[..lines.len() - 1]
        .iter()
        .map(|line| {
            assert_eq!(line["kind"], "event", "{line}");
            line["event"].as_str().expect("a word").to_owned()
        })
        .collect();
    for event in ["window_opened", "delivered", "accepted", "logged_in", "served", "deleted"] {
        assert!(events.iter().any(|seen| seen == event), "{event}: {events:?}");
    }
}

#[test]
fn the_clock_can_run_faster_and_everything_with_it() {
    let scenario = SCENARIO.replace("at = \"00:00\"", "at = \"00:05\"")
        + r#"
[[fault]]
name = "slow"
on = "pop"
operation = ["login"]
effect = { delay = "5m" }
"#;
    let served = Served::start(&scenario, &["--speed", "600", "--no-tls", "--events"]);
    assert_eq!(served.ready["speed"].as_f64(), Some(600.0));
    assert_eq!(served.endpoints.len(), 2, "{:?}", served.endpoints);
    let begun = Stopwatch::start();
    let mut pop = served.connect("pop3", "none");
    pop.hear();
    pop.say("USER ann@example.com");
    assert!(pop.say("PASS secret of ann").starts_with("+OK"));
    let waited = begun.spent().wall;
    let fast = Duration::from_millis(400)..PATIENCE;
    assert!(fast.contains(&waited), "5 minutes took {waited:?}");
    drop(pop);

    // The mail of the fifth minute is there after half a second.
    let mut pop = served.connect("pop3", "none");
    pop.hear();
    pop.say("USER ann@example.com");
    assert!(pop.say("PASS secret of ann").starts_with("+OK 3 "));
    let lines = served.stop("INT");
    assert_eq!(ledger(&lines)["pending"], 3);
    assert_eq!(ledger(&lines)["faults"]["slow"], 2);
    let delivered = lines.iter().find(|line| line["event"] == "delivered").expect("three of them");
    assert!(delivered["at_ms"].as_u64() >= Some(300_000), "{delivered}");
}

#[test]
fn a_link_delays_its_bytes_and_can_lose_connections() {
    let link = |words: &str| format!("{SCENARIO}\n[[link]]\nto = \"pop\"\n{words}\n");
    let served = Served::start(&link("latency = \"100s\""), &["--speed", "1000"]);
    let begun = Stopwatch::start();
    let mut pop = served.connect("pop3", "upgrade");
    assert!(pop.hear().starts_with("+OK"));
    let greeted = begun.spent().wall;
    assert!(pop.say("CAPA").starts_with("+OK"));
    let answered = begun.spent().wall.saturating_sub(greeted);
    // Four latencies to a greeting, two to an answer; never less, however slow the machine is.
    assert!(greeted >= Duration::from_millis(390), "{greeted:?}");
    assert!(answered >= Duration::from_millis(190), "{answered:?}");
    pop.until(|line| line == ".\r\n");
    assert!(pop.say("QUIT").starts_with("+OK"), "the last bytes arrive");
    assert_eq!(pop.hear(), "", "and then the end");
    served.stop("TERM");

    let served = Served::start(&link("loss = { chance = 1.0, as = \"reset\" }"), &["--no-tls"]);
    let mut pop = served.connect("pop3", "none");
    let mut rest = String::new();
    let broken = pop.stream.read_to_string(&mut rest).expect_err("reset, not ended");
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset, "{rest}");
    served.connect("smtp", "none").hear();
    served.stop("TERM");
}

#[test]
fn a_server_that_crashes_resets_its_clients_and_comes_back_where_it_was() {
    let scenario = SCENARIO.to_owned()
        + r#"
[[fault]]
name = "down"
on = "pop"
from = "00:10"
effect = { crash = { restart_after = "10m" } }
"#;
    // Three seconds until it goes and three until it is back, so that a busy machine sees both.
    let served = Served::start(&scenario, &["--speed", "200", "--no-tls"]);
    let address = served.endpoint("pop3", "none")["address"].as_str().expect("one").to_owned();
    let mut pop = served.connect("pop3", "none");
    pop.hear();
    let mut rest = String::new();
    let broken = pop.stream.read_to_string(&mut rest).expect_err("reset, not ended");
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset, "{rest}");
    assert!(TcpStream::connect(&address).is_err(), "nobody listens");
    let begun = Stopwatch::start();
    while TcpStream::connect(&address).is_err() {
        assert!(begun.spent().wall < PATIENCE, "it does not come back");
        std::thread::yield_now();
    }
    assert_eq!(ledger(&served.stop("TERM"))["delivered"], 3);
}

/// What it says on standard error, and its exit code.
fn refused(words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_syncsim"))
        .arg("serve")
        .args(words)
        .output()
        .expect("the command was built for this test");
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn what_cannot_be_served_is_5_and_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a plain path").to_owned()
    };
    let good = path("good.toml", SCENARIO);
    let bad = path("bad.toml", &SCENARIO.replace("speaks = \"smtp\"", "speaks = \"smpt\""));

    let (code, err) = refused(&[&bad]);
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains("did you mean `smtp`?"), "{err}");

    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = port.local_addr().expect("an address").to_string();
    let (code, err) = refused(&[&good, "--listen", &address]);
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains(&format!("server pop cannot listen at {address}")), "{err}");

    for address in ["0.0.0.0", "[::]:11000"] {
        let (code, err) = refused(&[&good, "--listen", address]);
        assert_eq!(code, Some(5), "{err}");
        assert!(err.contains("--allow-non-loopback"), "{err}");
    }
    for odd in [&["--speed", "0"][..], &["--listen", "here"], &["--no-tls", "--ca-out", "x"]] {
        let words: Vec<_> = std::iter::once(good.as_str()).chain(odd.iter().copied()).collect();
        let (code, err) = refused(&words);
        assert_eq!(code, Some(5), "{odd:?}: {err}");
        assert!(err.contains("--help"), "{odd:?}: {err}");
    }
    let (code, err) = refused(&[&good, "--ca-out", folder.path().to_str().expect("a path")]);
    assert_eq!(code, Some(5), "{err}");
}
