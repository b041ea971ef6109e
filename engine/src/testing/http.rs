//! HTTP servers that answer as a test says, byte for byte.

use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

use crate::{BoxFuture, ByteStream, Connector, Endpoint};

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Which connection it came over, counted from 1.
    pub(crate) connection: usize,
    /// Request line and header fields, without the blank line.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What a server does about a request.
pub(crate) enum Reply {
    /// Status and reason, further header fields with their CRLF, body.
    Answer(&'static str, String, String),
    /// These bytes, and the connection is closed.
    Cut(Vec<u8>),
    /// An answer of status 200, and the connection is closed.
    Last(String),
    /// The first bytes once, the second over and over.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, for ever.
    Silence,
}

impl Reply {
    /// An answer of status 200 without further header fields.
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::Answer("200 OK", String::new(), body.into())
    }
}

type Script = Box<dyn FnMut(&Seen) -> Reply + Send>;

/// A server for every connection.
pub(crate) struct HttpServer {
    script: Arc<Mutex<Script>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Mutex<usize>,
}

impl HttpServer {
    pub(crate) fn new(script: impl FnMut(&Seen) -> Reply + Send + 'static) -> Arc<Self> {
        let script: Script = Box::new(script);
        Arc::new(Self {
            script: Arc::new(Mutex::new(script)),
            seen: Arc::default(),
            connections: Mutex::default(),
        })
    }

    /// One reply after the other, whatever is asked; silence after the last.
    pub(crate) fn replies(replies: Vec<Reply>) -> Arc<Self> {
        let mut replies = replies.into_iter();
        Self::new(move |_| replies.next().unwrap_or(Reply::Silence))
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Connector for HttpServer {
    fn connect<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, io::Result<Box<dyn ByteStream>>> {
        Box::pin(async move {
            let connection = {
                let mut connections = self.connections.lock().unwrap();
                *connections += 1;
                *connections
            };
            let (client, server) = tokio::io::duplex(1 << 16);
            let (script, seen) = (Arc::clone(&self.script), Arc::clone(&self.seen));
            tokio::spawn(async move {
                let _ = serve(connection, BufReader::new(server), &script, &seen).await;
            });
            Ok(Box::new(client) as Box<dyn ByteStream>)
        })
    }
}

async fn serve(
    connection: usize,
    mut stream: BufReader<DuplexStream>,
    script: &Mutex<Script>,
    seen: &Mutex<Vec<Seen>>,
) -> io::Result<()> {
    while let Some(request) = read(connection, &mut stream).await? {
        seen.lock().unwrap().push(request.clone());
        let reply = script.lock().unwrap()(&request);
        match reply {
            Reply::Answer(status, fields, body) => {
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await?;
            }
            Reply::Cut(bytes) => return stream.write_all(&bytes).await,
            Reply::Last(body) => {
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
                return stream.write_all(answer.as_bytes()).await;
            }
            Reply::Endless(first, again) => {
                stream.write_all(&first).await?;
                loop {
                    stream.write_all(&again).await?;
                }
            }
            Reply::Silence => {
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn read(connection: usize, stream: &mut BufReader<DuplexStream>) -> io::Result<Option<Seen>> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Seen { connection, head, body: String::from_utf8(body).unwrap() }))
}
