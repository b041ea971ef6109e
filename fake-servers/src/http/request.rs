//! One request as it was read, and what a broken one is answered with.

/// A request, its body included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Such as `POST`.
    pub method: String,
    /// The path, without what follows a `?`.
    pub path: String,
    /// Names in lower case, in the order given.
    pub fields: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// Whether the client wants another answer on this connection.
    pub keep_alive: bool,
}

impl HttpRequest {
    /// The value of a field; of several, the first. The name is in lower case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why something is no request. The connection ends with the answer, because nobody knows where
/// the next request would begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// Not HTTP, or ambiguous about where the body ends.
    #[error("the request is malformed")]
    Malformed,
    /// A head beyond the limit.
    #[error("the head is too large")]
    HeadTooLarge,
    /// A body beyond the limit.
    #[error("the body is too large")]
    BodyTooLarge,
    /// A transfer coding other than chunked.
    #[error("the transfer coding is not known")]
    Coding,
}

impl Bad {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::HeadTooLarge => 431,
            Self::BodyTooLarge => 413,
            Self::Coding => 501,
        }
    }
}
