//! The server's side of HTTP/1.1 (RFC 9112) without I/O: bytes in, requests out, and answers as
//! bytes. Its own, because a library's would read a clock and own the socket.
//!
//! - [`request`]: one request; [`head`] reads its head.
//! - [`body`]: how its body is framed, and where it ends.
//! - [`reader`]: from bytes cut anywhere to requests, in bounded memory.
//! - [`answer`]: answers, whole or in chunks.

mod answer;
mod body;
mod head;
mod reader;
mod request;

pub use answer::{Answer, CONTINUE, chunk};
pub use reader::{HttpLimits, HttpReader, Incoming};
pub use request::{Bad, HttpRequest};

#[cfg(test)]
mod tests;
