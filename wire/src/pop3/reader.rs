//! The client's end of the line: bytes go in as they arrive, whole answers come out, and neither
//! an endless line nor an endless body takes more room than it was granted.

use thiserror::Error;

use super::scan::line_feed;
use super::{BodyError, BodyLimits, NotPop3, StatusLine, Unstuffer};

/// How long a first line may be unless the caller says otherwise: eight times what RFC 2449 allows,
/// because some servers put whole explanations there.
pub const DEFAULT_STATUS_LINE_LIMIT: usize = 8 * super::MAX_RESPONSE_LINE;

/// Why the bytes are no answer. The connection is of no more use: nobody can say where the next
/// answer begins.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The first line of an answer does not end.
    #[error("the first line of the response is longer than {0} octets")]
    LineTooLong(usize),
    /// The first line is no status.
    #[error(transparent)]
    NotPop3(#[from] NotPop3),
    /// The body breaks a limit.
    #[error(transparent)]
    Body(#[from] BodyError),
}

/// Reads the answers of a server.
///
/// Give it bytes with [`feed`](Self::feed), then ask for what the command sent calls for:
/// [`status`](Self::status) and, after a `+OK` to a command with a multi-line answer,
/// [`body`](Self::body). `None` means that more bytes are needed. Bytes beyond what was asked for
/// are kept for the next question, so commands may be pipelined. Asked after each feed, it holds
/// no more than its limits and the last piece given.
///
/// ```
/// use wire::pop3::{BodyLimits, ReplyReader, StatusLine};
///
/// let mut reader = ReplyReader::default();
/// reader.feed(b"+OK 10 octets\r\n..hidden");
/// assert_eq!(reader.status()?, Some(StatusLine::ok("10 octets")));
/// assert_eq!(reader.body(BodyLimits::octets(1024))?, None);
/// reader.feed(b"\r\n.\r\n");
/// assert_eq!(reader.body(BodyLimits::octets(1024))?, Some(b".hidden\r\n".to_vec()));
/// # Ok::<(), wire::pop3::ReadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReplyReader {
    status_line_limit: usize,
    buffer: Vec<u8>,
    /// What of the buffer has been handed out.
    used: usize,
    /// What of the buffer is known to hold no LF, counted from `used`.
    searched: usize,
    body: Option<Unstuffer>,
    failed: Option<ReadError>,
}

impl Default for ReplyReader {
    fn default() -> Self {
        Self::new(DEFAULT_STATUS_LINE_LIMIT)
    }
}

impl ReplyReader {
    /// A reader that takes first lines of so many octets, their line end included.
    #[must_use]
    pub const fn new(status_line_limit: usize) -> Self {
        Self {
            status_line_limit,
            buffer: Vec::new(),
            used: 0,
            searched: 0,
            body: None,
            failed: None,
        }
    }

    /// Takes bytes from the connection. After an error they are dropped.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.used = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next first line. A bare LF ends it too: nothing else can be meant by it here.
    ///
    /// # Errors
    /// [`ReadError::LineTooLong`] and [`ReadError::NotPop3`]; the same error ever after.
    pub fn status(&mut self) -> Result<Option<StatusLine>, ReadError> {
        self.check()?;
        let unused = &self.buffer[self.used..];
        let found = line_feed(&unused[self.searched..]);
        let length = found.map_or(unused.len(), |found| self.searched + found + 1);
        if length > self.status_line_limit {
            return Err(self.fail(ReadError::LineTooLong(self.status_line_limit)));
        }
        if found.is_none() {
            self.searched = length;
            return Ok(None);
        }
        let line = &unused[..length - 1];
        let parsed = StatusLine::parse(line.strip_suffix(b"\r").unwrap_or(line));
        self.consume(length);
        parsed.map(Some).map_err(|error| self.fail(error.into()))
    }

    /// The body that follows, complete, exactly as the server has it: with dot-stuffing undone,
    /// CRLF line ends kept and the terminator left out. The limits must be the same from call to
    /// call of one body.
    ///
    /// # Errors
    /// [`ReadError::Body`] as soon as a limit is broken; the same error ever after.
    pub fn body(&mut self, limits: BodyLimits) -> Result<Option<Vec<u8>>, ReadError> {
        self.check()?;
        let unused = &self.buffer[self.used..];
        let mut body = self
            .body
            .take()
            .unwrap_or_else(|| Unstuffer::with_capacity(unused.len().min(limits.octets)));
        match body.take(unused, limits) {
            Ok(Some(length)) => {
                self.consume(length);
                Ok(Some(body.into_body()))
            }
            Ok(None) => {
                self.consume(unused.len());
                self.body = Some(body);
                Ok(None)
            }
            Err(error) => Err(self.fail(error.into())),
        }
    }

    /// How many octets of the body under way have come, for progress reports and for telling a
    /// connection that was lost within a body from one that was lost between answers.
    #[must_use]
    pub fn body_octets(&self) -> Option<usize> {
        self.body.as_ref().map(Unstuffer::len)
    }

    /// Whether everything fed has been handed out. Bytes that nobody asked for mean that the
    /// server and the client are no longer talking about the same thing.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.used == self.buffer.len() && self.body.is_none()
    }

    fn consume(&mut self, length: usize) {
        self.used += length;
        self.searched = 0;
        if self.used == self.buffer.len() {
            self.buffer.clear();
            self.used = 0;
        }
    }

    fn check(&self) -> Result<(), ReadError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn fail(&mut self, error: ReadError) -> ReadError {
        self.buffer = Vec::new();
        self.used = 0;
        self.searched = 0;
        self.body = None;
        self.failed = Some(error.clone());
        error
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: BodyLimits = BodyLimits { octets: 120, line: 40 };

    type Seen = (Vec<(Option<StatusLine>, Vec<u8>)>, Option<ReadError>);

    /// Everything a client sees that asks for a status, a body, a status, a body and so on.
    fn read(bytes: &[u8], cuts: &[usize]) -> Seen {
        let mut reader = ReplyReader::new(64);
        let mut seen = Vec::new();
        let mut at = 0;
        let mut cuts = cuts.iter().copied().cycle();
        let mut wants_body = false;
        while at < bytes.len() {
            let piece = cuts.next().unwrap_or(usize::MAX).clamp(1, bytes.len() - at);
            reader.feed(&bytes[at..at + piece]);
            at += piece;
            loop {
                let answer = if wants_body {
                    reader.body(LIMITS).map(|body| body.map(|body| (None, body)))
                } else {
                    reader.status().map(|line| line.map(|line| (Some(line), Vec::new())))
                };
                match answer {
                    Ok(None) => break,
                    Ok(Some(answer)) => {
                        seen.push(answer);
                        wants_body = !wants_body;
                    }
                    Err(error) => return (seen, Some(error)),
                }
                assert!(reader.buffer.len() <= 64 + piece);
            }
        }
        (seen, None)
    }

    #[test]
    fn pipelined_answers_come_out_one_by_one() {
        let mut reader = ReplyReader::default();
        reader.feed(b"+OK 2\r\n1 10\r\n2 20\r\n.\r\n-ERR [IN-USE] no\n+O");
        assert_eq!(reader.status(), Ok(Some(StatusLine::ok("2"))));
        assert_eq!(reader.body(LIMITS), Ok(Some(b"1 10\r\n2 20\r\n".to_vec())));
        let refused = StatusLine::refused(super::super::RespCode::InUse, "no");
        assert_eq!(reader.status(), Ok(Some(refused)));
        assert_eq!(reader.status(), Ok(None));
        assert!(!reader.is_drained());
        reader.feed(b"K\r\n");
        assert_eq!(reader.status(), Ok(Some(StatusLine::ok(""))));
        assert!(reader.is_drained());
    }

    #[test]
    fn an_endless_line_ends_in_an_error_that_stays() {
        let mut reader = ReplyReader::new(100);
        for _ in 0..100 {
            reader.feed(b"x");
            assert_eq!(reader.status(), Ok(None));
        }
        reader.feed(b"x");
        assert_eq!(reader.status(), Err(ReadError::LineTooLong(100)));
        reader.feed(b"\r\n+OK\r\n");
        assert_eq!(reader.status(), Err(ReadError::LineTooLong(100)));
        assert_eq!(reader.buffer.capacity(), 0, "an error keeps nothing");
    }

    #[test]
    fn an_endless_body_ends_in_an_error() {
        let mut reader = ReplyReader::default();
        let mut fed = 0;
        let error = loop {
            reader.feed(b"spam and spam\r\n");
            fed += 15;
            match reader.body(LIMITS) {
                Ok(None) => assert!(fed <= LIMITS.octets),
                Ok(Some(body)) => panic!("{body:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error, ReadError::Body(BodyError::TooLong(120)));
    }

    /// Answers, half answers and noise.
    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"+OK\r\n".to_vec()),
            Just(b"-ERR [SYS/TEMP] later\r\n".to_vec()),
            Just(b".\r\n".to_vec()),
            Just(b"..\r\n".to_vec()),
            Just(b"text\r\n".to_vec()),
            Just(b"\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..50),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(bytes in stream(), cuts in proptest::collection::vec(1usize..9, 1..8)) {
            prop_assert_eq!(read(&bytes, &cuts), read(&bytes, &[]));
        }

        #[test]
        fn what_a_server_writes_a_client_reads(
            text in "[a-z ]{0,20}",
            body in proptest::collection::vec("[.a-z]{0,9}\r\n", 0..6),
            cuts in proptest::collection::vec(1usize..9, 1..8),
        ) {
            let (status, body) = (StatusLine::ok(text), body.concat().into_bytes());
            let mut bytes = Vec::new();
            status.write(&mut bytes);
            super::super::write_body(&body, &mut bytes);
            let expected = (vec![(Some(status), vec![]), (None, body)], None);
            prop_assert_eq!(read(&bytes, &cuts), expected);
        }
    }
}
