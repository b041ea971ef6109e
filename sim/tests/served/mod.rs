//! A served scenario for tests: started, its endpoints read, spoken to over real sockets, stopped.

#![allow(dead_code, clippy::expect_used)] // Each test uses its part; one that cannot go on has failed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use syncsim::wall::Stopwatch;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One mailbox with POP3 and SMTP; three messages at once, and a fault that strikes one login.
pub(crate) const SCENARIO: &str = r#"
schema = 1
title = "Served"
why = "It is the least that can be served"

[run]
start = 2026-03-02T00:00:00Z
stop = { after = "20m" }

[server.pop]
speaks = "pop3"

[server.submission]
speaks = "smtp"

[[mailbox]]
name = "ann"
incoming = "pop"
outgoing = "submission"

[[arrivals]]
name = "mail"
to = "ann"
count = 3
at = "00:00"
size = "2KiB"
"#;

/// A running command. Killed if its test fails.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) out: BufReader<ChildStdout>,
    pub(crate) endpoints: Vec<Value>,
    pub(crate) control: Option<Value>,
    pub(crate) ready: Value,
    _folder: tempfile::TempDir,
}

impl Served {
    pub(crate) fn start(scenario: &str, words: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("it.toml");
        std::fs::write(&path, scenario).expect("a file in it");
        let mut child = Command::new(env!("CARGO_BIN_EXE_syncsim"))
            .arg("serve")
            .arg(&path)
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command was built for this test");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut served = Self {
            child,
            out,
            endpoints: Vec::new(),
            control: None,
            ready: Value::Null,
            _folder: folder,
        };
        loop {
            let line = served.line();
            match line["kind"].as_str() {
                Some("ready") => {
                    served.ready = line;
                    return served;
                }
                Some("control") => served.control = Some(line),
                Some("endpoint") => served.endpoints.push(line),
                other => panic!("{other:?}: {line}"),
            }
        }
    }

    pub(crate) fn line(&mut self) -> Value {
        let mut line = String::new();
        if self.out.read_line(&mut line).expect("its output") == 0 {
            let mut err = String::new();
            self.child.stderr.take().expect("piped").read_to_string(&mut err).expect("UTF-8");
            panic!("it ended early: {err}");
        }
        serde_json::from_str(&line).expect("each line is JSON")
    }

    pub(crate) fn endpoint(&self, protocol: &str, tls: &str) -> &Value {
        let fits = |one: &&Value| one["protocol"] == protocol && one["tls"] == tls;
        self.endpoints.iter().find(fits).expect("there is such an endpoint")
    }

    pub(crate) fn connect(&self, protocol: &str, tls: &str) -> Talk {
        Talk::to(self.endpoint(protocol, tls)["address"].as_str().expect("an address"))
    }

    /// Sends a signal and yields the lines that follow, the ledger last.
    pub(crate) fn stop(mut self, signal: &str) -> Vec<Value> {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(killed.expect("kill is everywhere").success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("its output");
        assert_eq!(self.wait(), Some(0), "{rest}");
        rest.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    pub(crate) fn wait(&mut self) -> Option<i32> {
        let begun = Stopwatch::start();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(begun.spent().wall < PATIENCE, "it does not end");
            std::thread::yield_now();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended by itself if its test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that speaks lines.
pub(crate) struct Talk {
    pub(crate) stream: BufReader<TcpStream>,
}

impl Talk {
    pub(crate) fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        Self { stream: BufReader::new(stream) }
    }

    pub(crate) fn hear(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("an answer in time");
        line
    }

    pub(crate) fn say(&mut self, line: &str) -> String {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).expect("it reads");
        self.hear()
    }

    /// Lines up to one that satisfies.
    pub(crate) fn until(&mut self, last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.hear());
            if last(&lines[lines.len() - 1]) {
                return lines;
            }
        }
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[(bits & 63) as usize]);
    let group = |three: &[u8]| {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digits = [bits >> 18, bits >> 12, bits >> 6, bits].map(digit);
        let shown = three.len() + 1;
        digits
            .into_iter()
            .take(shown)
            .chain(std::iter::repeat_n('=', 4 - shown))
            .collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
