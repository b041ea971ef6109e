//! One POP3 connection: a request goes out, its answer comes in, each within one time-out from
//! the first byte out to the last byte in, so that a server that dribbles ends by it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use wire::pop3::{
    BodyError, BodyLimits, Command, CommandError, ReadError, ReplyReader, StatusLine,
};

use crate::{ByteStream, CycleError, ErrorClass, Reason};

/// Octets asked of the stream at once.
const CHUNK: usize = 4096;

/// Why there is no answer. The connection is of no further use.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("no answer to {0} within {1:?}")]
    Timeout(&'static str, Duration),
    #[error("the connection ended before the answer to {0} did")]
    Ended(&'static str),
    #[error("the connection was lost at {0}: {1}")]
    Lost(&'static str, io::Error),
    #[error("the answer to {0} is unreadable: {1}")]
    Unreadable(&'static str, ReadError),
    #[error("{0} cannot be said: {1}")]
    Unsayable(&'static str, CommandError),
}

impl LinkError {
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Timeout(..) => Reason::RequestTimeout,
            Self::Ended(_) | Self::Lost(..) => Reason::ConnectionLost,
            Self::Unreadable(_, ReadError::LineTooLong(_) | ReadError::Body(_)) => {
                Reason::AnswerTooLong
            }
            Self::Unreadable(_, ReadError::NotPop3(_)) => Reason::ProtocolViolation,
            Self::Unsayable(..) => Reason::CredentialsRejected,
        }
    }

    /// Whether a body was longer than its limit.
    pub(super) fn is_too_long(&self) -> bool {
        matches!(self, Self::Unreadable(_, ReadError::Body(BodyError::TooLong(_))))
    }
}

impl From<LinkError> for CycleError {
    fn from(error: LinkError) -> Self {
        let class = match error {
            // Only a user name or a password can hold what no command may.
            LinkError::Unsayable(..) => ErrorClass::Permanent,
            _ => ErrorClass::Transient,
        };
        Self::new(class, error.reason(), error.to_string())
    }
}

/// An answer: its first line and, after `+OK` to a command that has one, its body.
pub(super) type Answer = (StatusLine, Vec<u8>);

/// The connection.
pub(super) struct Link {
    stream: Box<dyn ByteStream>,
    timeout: Duration,
    reader: ReplyReader,
    chunk: Vec<u8>,
    command: Vec<u8>,
}

impl Link {
    pub(super) fn new(stream: Box<dyn ByteStream>, timeout: Duration) -> Self {
        Self {
            stream,
            timeout,
            reader: ReplyReader::default(),
            chunk: Vec::with_capacity(CHUNK),
            command: Vec::with_capacity(64),
        }
    }

    /// What the server says first.
    pub(super) async fn greeting(&mut self) -> Result<StatusLine, LinkError> {
        const NAME: &str = "the greeting";
        let limit = self.timeout;
        match timeout(limit, self.status(NAME)).await {
            Ok(result) => result,
            Err(_) => Err(LinkError::Timeout(NAME, limit)),
        }
    }

    /// A command whose answer is one line.
    pub(super) async fn ask(&mut self, command: Command<'_>) -> Result<StatusLine, LinkError> {
        self.exchange(command, None).await.map(|(status, _)| status)
    }

    /// A command whose answer has a body within these limits when it is `+OK`.
    pub(super) async fn ask_for_body(
        &mut self,
        command: Command<'_>,
        limits: BodyLimits,
    ) -> Result<Answer, LinkError> {
        self.exchange(command, Some(limits)).await
    }

    async fn exchange(
        &mut self,
        command: Command<'_>,
        limits: Option<BodyLimits>,
    ) -> Result<Answer, LinkError> {
        let name = command.keyword();
        let limit = self.timeout;
        self.command.clear();
        command.write(&mut self.command).map_err(|error| LinkError::Unsayable(name, error))?;
        let answer = async {
            let lost = |error| LinkError::Lost(name, error);
            self.stream.write_all(&self.command).await.map_err(lost)?;
            self.stream.flush().await.map_err(lost)?;
            let status = self.status(name).await?;
            let body = match limits {
                Some(limits) if status.is_ok() => self.body(name, limits).await?,
                _ => Vec::new(),
            };
            Ok((status, body))
        };
        match timeout(limit, answer).await {
            Ok(result) => result,
            Err(_) => Err(LinkError::Timeout(name, limit)),
        }
    }

    async fn status(&mut self, name: &'static str) -> Result<StatusLine, LinkError> {
        loop {
            match self.reader.status() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => self.feed(name).await?,
                Err(error) => return Err(LinkError::Unreadable(name, error)),
            }
        }
    }

    async fn body(&mut self, name: &'static str, limits: BodyLimits) -> Result<Vec<u8>, LinkError> {
        loop {
            match self.reader.body(limits) {
                Ok(Some(body)) => return Ok(body),
                Ok(None) => self.feed(name).await?,
                Err(error) => return Err(LinkError::Unreadable(name, error)),
            }
        }
    }

    async fn feed(&mut self, name: &'static str) -> Result<(), LinkError> {
        self.chunk.clear();
        match self.stream.read_buf(&mut self.chunk).await {
            Ok(0) => Err(LinkError::Ended(name)),
            Ok(_) => {
                self.reader.feed(&self.chunk);
                Ok(())
            }
            Err(error) => Err(LinkError::Lost(name, error)),
        }
    }
}
