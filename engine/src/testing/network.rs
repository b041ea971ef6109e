//! Servers that follow a script, byte for byte, each connection the next one.
//!
//! A script has one line per step: `S text` is sent with its CRLF, `C text` is the line that must
//! come, `CUT text` is sent as it stands before the connection is closed, `CLOSE` closes it,
//! `HANG` keeps it open and silent, `DRIBBLE text` sends one octet a second. What a script leaves
//! open is closed at its end, after the client has closed its side.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

use crate::{BoxFuture, ByteStream, Connector, Endpoint};

/// A network of scripted servers.
#[derive(Default)]
pub(crate) struct Scripts {
    left: Mutex<VecDeque<String>>,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Scripts {
    /// One script for each connection that will be opened.
    pub(crate) fn new(scripts: &[&str]) -> Arc<Self> {
        let left = Mutex::new(scripts.iter().map(|script| (*script).to_owned()).collect());
        Arc::new(Self { left, ..Self::default() })
    }

    /// Adds the script of one more connection.
    pub(crate) fn add(&self, script: &str) {
        self.left.lock().unwrap().push_back(script.to_owned());
    }

    /// Panics when a client said something else than its script, or not all of it.
    pub(crate) async fn check(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let faults = self.faults.lock().unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(self.left.lock().unwrap().is_empty(), "there are connections left to open");
    }
}

impl Connector for Scripts {
    fn connect<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async move {
            let script = self.left.lock().unwrap().pop_front();
            let script = script.ok_or(io::ErrorKind::ConnectionRefused)?;
            let (client, server) = tokio::io::duplex(1 << 16);
            let faults = Arc::clone(&self.faults);
            tokio::spawn(async move {
                if let Err(fault) = follow(&script, server).await {
                    faults.lock().unwrap().push(fault);
                }
            });
            Ok(Box::new(client) as Box<dyn ByteStream>)
        })
    }
}

async fn follow(script: &str, stream: DuplexStream) -> Result<(), String> {
    let mut stream = BufReader::new(stream);
    for step in script.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        let (verb, text) = step.split_once(' ').unwrap_or((step, ""));
        match verb {
            "S" => {
                let _ = stream.write_all(format!("{text}\r\n").as_bytes()).await;
            }
            "C" => {
                let mut line = String::new();
                let _ = stream.read_line(&mut line).await;
                if line != format!("{text}\r\n") {
                    return Err(format!("expected {text:?}, and the client said {line:?}"));
                }
            }
            "CUT" => {
                let _ = stream.write_all(text.as_bytes()).await;
                return Ok(());
            }
            "DRIBBLE" => {
                for octet in text.bytes() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    let _ = stream.write_all(&[octet]).await;
                }
            }
            "HANG" => break,
            "CLOSE" => return Ok(()),
            other => return Err(format!("no such step: {other}")),
        }
    }
    let mut rest = String::new();
    let _ = stream.read_to_string(&mut rest).await;
    if rest.is_empty() { Ok(()) } else { Err(format!("the client went on: {rest:?}")) }
}

/// A server that sends these bytes in these pieces whatever it is told, and then closes.
pub(crate) struct Babbler(pub(crate) Vec<Vec<u8>>);

impl Connector for Babbler {
    fn connect<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        let pieces = self.0.clone();
        Box::pin(async move {
            let (client, server) = tokio::io::duplex(1 << 12);
            tokio::spawn(async move {
                let (mut read, mut write) = tokio::io::split(server);
                for piece in pieces {
                    if write.write_all(&piece).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let _ = write.shutdown().await;
                let _ = tokio::io::copy(&mut read, &mut tokio::io::sink()).await;
            });
            Ok(Box::new(client) as Box<dyn ByteStream>)
        })
    }
}

/// POP3 servers with empty maildrops that take their time over every answer.
pub(crate) struct Quiet {
    pub(crate) answers_after: Duration,
}

impl Connector for Quiet {
    fn connect<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        let answers_after = self.answers_after;
        Box::pin(async move {
            let (client, server) = tokio::io::duplex(1 << 10);
            tokio::spawn(async move {
                let mut stream = BufReader::new(server);
                let mut answer = "+OK\r\n";
                loop {
                    tokio::time::sleep(answers_after).await;
                    let sent = stream.write_all(answer.as_bytes()).await;
                    let mut command = String::new();
                    let heard = stream.read_line(&mut command).await;
                    if sent.is_err() || heard.is_err() || command.is_empty() {
                        return;
                    }
                    answer = match command.trim_end() {
                        "UIDL" => "+OK\r\n.\r\n",
                        "CAPA" => "-ERR\r\n",
                        _ => "+OK\r\n",
                    };
                }
            });
            Ok(Box::new(client) as Box<dyn ByteStream>)
        })
    }
}
