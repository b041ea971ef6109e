//! Answers as bytes: whole with their length, or in chunks that come when there is news.

use std::io::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// What a client that expects it is told before it sends a body.
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Fields beside `Date`, `Connection` and those of the framing.
    pub fields: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer without a body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self { status, fields: Vec::new(), body: Vec::new() }
    }

    /// An answer of SOAP. The type is spelled as Exchange does: `DavMail` compares it letter by
    /// letter (field.md 3.1).
    #[must_use]
    pub fn xml(status: u16, body: Vec<u8>) -> Self {
        let kind = "text/xml; charset=utf-8".to_owned();
        Self { status, fields: vec![("Content-Type", kind)], body }
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The whole answer.
    #[must_use]
    pub fn write(&self, now: Timestamp, keep_alive: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.body.len());
        self.write_head(now, &mut out);
        if !keep_alive {
            out.extend_from_slice(b"Connection: close\r\n");
        }
        put(&mut out, format_args!("Content-Length: {}\r\n\r\n", self.body.len()));
        out.extend_from_slice(&self.body);
        out
    }

    /// The head of an answer whose body comes in chunks; [`chunk`] makes them, and an empty one
    /// ends it.
    #[must_use]
    pub fn write_chunked_head(&self, now: Timestamp, keep_alive: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.write_head(now, &mut out);
        if !keep_alive {
            out.extend_from_slice(b"Connection: close\r\n");
        }
        out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        out
    }

    fn write_head(&self, now: Timestamp, out: &mut Vec<u8>) {
        put(out, format_args!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)));
        for (name, value) in &self.fields {
            // A value from outside must not begin a field of its own.
            let value = value.replace(['\r', '\n'], " ");
            put(out, format_args!("{name}: {value}\r\n"));
        }
        if let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&now) {
            put(out, format_args!("Date: {date}\r\n"));
        }
    }
}

/// One chunk; the empty one is the last.
#[must_use]
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    put(&mut out, format_args!("{:x}\r\n", bytes.len()));
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
    out
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Memory takes everything.
    let _ = out.write_fmt(text);
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}
