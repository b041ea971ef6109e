//! One SMTP connection: commands and their replies, each within its time-out.

use std::future::Future;
use std::io;
use std::time::Duration;

use mail_send::{Credentials, SmtpClient};
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, EXT_8BIT_MIME, EXT_AUTH, EXT_SIZE, EhloResponse};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::reply::Reply;
use super::stream::ReplyStream;
use crate::{ByteStream, CycleError, ErrorClass, Reason};

/// Why there is no reply. The connection is of no further use.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("no reply to {0} within {1:?}")]
    Timeout(&'static str, Duration),
    #[error("the connection ended before the reply to {0} did")]
    Ended(&'static str),
    #[error("the connection was lost at {0}: {1}")]
    Lost(&'static str, io::Error),
    #[error("the reply to {0} is too long")]
    TooLong(&'static str),
    #[error("the reply to {0} is not SMTP")]
    Unreadable(&'static str),
    #[error("the server spoke before {0} was said: {1}")]
    Unasked(&'static str, Reply),
}

impl LinkError {
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Timeout(..) => Reason::RequestTimeout,
            Self::Ended(_) | Self::Lost(..) => Reason::ConnectionLost,
            Self::TooLong(_) => Reason::AnswerTooLong,
            Self::Unreadable(_) | Self::Unasked(..) => Reason::ProtocolViolation,
        }
    }
}

impl From<LinkError> for CycleError {
    fn from(error: LinkError) -> Self {
        Self::new(ErrorClass::Transient, error.reason(), error.to_string())
    }
}

/// What the server offers, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Features {
    pub(super) size: SizeOffer,
    /// 8BITMIME (RFC 6152).
    pub(super) eight_bit: bool,
    pub(super) auth: AuthOffer,
}

/// What the server says about SIZE (RFC 1870).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SizeOffer {
    /// Nothing: it does not want to be told.
    #[default]
    None,
    /// It wants to be told, and names no limit.
    Unlimited,
    /// It takes so many octets.
    UpTo(u64),
}

/// What the server says about AUTH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum AuthOffer {
    /// Nothing: it takes mail from whoever reaches it, or will say 530 to MAIL.
    #[default]
    None,
    Plain,
    Login,
    /// Only what this engine does not speak.
    Foreign,
}

impl Features {
    fn of(ehlo: &EhloResponse<String>) -> Self {
        let has = |extension| ehlo.capabilities & extension != 0;
        let speaks = |mechanism| ehlo.auth_mechanisms & mechanism != 0;
        let auth = if !has(EXT_AUTH) {
            AuthOffer::None
        } else if speaks(AUTH_PLAIN) {
            AuthOffer::Plain
        } else if speaks(AUTH_LOGIN) {
            AuthOffer::Login
        } else {
            AuthOffer::Foreign
        };
        // Zero is how a server says that it has no fixed limit (RFC 1870, section 4).
        let size = match (has(EXT_SIZE), u64::try_from(ehlo.size)) {
            (false, _) => SizeOffer::None,
            (true, Ok(0) | Err(_)) => SizeOffer::Unlimited,
            (true, Ok(limit)) => SizeOffer::UpTo(limit),
        };
        Self { size, eight_bit: has(EXT_8BIT_MIME), auth }
    }
}

/// How the sending of a message's bytes ended.
pub(super) enum BodyEnd {
    Reply(Reply),
    /// The connection failed before the final dot had left: the message was not sent.
    NotSent(LinkError),
    /// The final dot had left, and no reply came.
    Unknown(LinkError),
}

/// The connection.
pub(super) struct Link {
    client: SmtpClient<ReplyStream>,
}

impl Link {
    pub(super) fn new(stream: Box<dyn ByteStream>, timeout: Duration) -> Self {
        Self { client: SmtpClient { stream: ReplyStream::new(stream), timeout } }
    }

    /// What the server says first.
    pub(super) async fn greeting(&mut self) -> Result<Reply, LinkError> {
        const NAME: &str = "the greeting";
        let limit = self.client.timeout;
        within(NAME, limit, self.reply(NAME)).await
    }

    /// EHLO: what the server offers, or how it refuses.
    pub(super) async fn ehlo(&mut self, host: &str) -> Result<Result<Features, Reply>, LinkError> {
        const NAME: &str = "EHLO";
        self.client.stream.begin_reply();
        match self.client.ehlo(host).await {
            Ok(ehlo) => Ok(Ok(Features::of(&ehlo))),
            Err(mail_send::Error::UnexpectedReply(reply)) => Ok(Err(reply.into())),
            Err(error) => Err(self.failure(NAME, error)),
        }
    }

    /// AUTH with what the server offers; the last reply.
    pub(super) async fn authenticate(
        &mut self,
        offer: AuthOffer,
        credentials: &Credentials<&str>,
    ) -> Result<Reply, LinkError> {
        const NAME: &str = "AUTH";
        let encode = |mechanism, challenge: &str| {
            credentials.encode(mechanism, challenge).map_err(|_| LinkError::Unreadable(NAME))
        };
        if offer != AuthOffer::Login {
            let line = format!("AUTH PLAIN {}\r\n", encode(AUTH_PLAIN, "")?);
            return self.command(NAME, &line).await;
        }
        let mut reply = self.command(NAME, "AUTH LOGIN\r\n").await?;
        // It asks for the user name and for the password.
        for _ in 0..2 {
            if reply.code != 334 {
                break;
            }
            let line = format!("{}\r\n", encode(AUTH_LOGIN, &reply.text)?);
            reply = self.command(NAME, &line).await?;
        }
        Ok(reply)
    }

    /// A command, CRLF included, and its reply.
    pub(super) async fn command(
        &mut self,
        name: &'static str,
        line: &str,
    ) -> Result<Reply, LinkError> {
        let limit = self.client.timeout;
        let exchange = async {
            if self.client.stream.has_unread() {
                return self.unasked(name).await;
            }
            let written = self.write(name, line.as_bytes()).await;
            match self.reply(name).await {
                // A server that hangs up says why before it does (421).
                Ok(reply) => Ok(reply),
                Err(error) => Err(written.err().unwrap_or(error)),
            }
        };
        within(name, limit, exchange).await
    }

    /// The message after 354, its last CRLF and the final dot, and the reply to that. The bytes
    /// must end in CRLF.
    pub(super) async fn body(&mut self, raw: &[u8], limit: Duration) -> BodyEnd {
        const NAME: &str = "the final dot";
        let exchange = async {
            if self.client.stream.has_unread() {
                return self.unasked(NAME).await;
            }
            let stream = &mut self.client.stream;
            // The client stuffs dots after line ends, and the first line begins after none.
            if raw.starts_with(b".") {
                stream.write_all(b".").await.map_err(|error| LinkError::Lost(NAME, error))?;
            }
            // It also ends the last line, which ends already.
            let message = raw.strip_suffix(b"\r\n").unwrap_or(raw);
            let written = self.client.write_message(message).await;
            match self.reply(NAME).await {
                Ok(reply) => Ok(reply),
                Err(error) => {
                    Err(written.err().map_or(error, |error| LinkError::Lost(NAME, error)))
                }
            }
        };
        match within(NAME, limit, exchange).await {
            // Once the final dot has left, the message may have been taken; a refusal read
            // before that is one all the same.
            Ok(reply) if reply.is_positive() && !self.client.stream.final_dot_left() => {
                BodyEnd::NotSent(LinkError::Unasked(NAME, reply))
            }
            Ok(reply) => BodyEnd::Reply(reply),
            Err(error) if self.client.stream.final_dot_left() => BodyEnd::Unknown(error),
            Err(error) => BodyEnd::NotSent(error),
        }
    }

    async fn write(&mut self, name: &'static str, octets: &[u8]) -> Result<(), LinkError> {
        let stream = &mut self.client.stream;
        let lost = |error| LinkError::Lost(name, error);
        stream.write_all(octets).await.map_err(lost)?;
        stream.flush().await.map_err(lost)
    }

    async fn reply(&mut self, name: &'static str) -> Result<Reply, LinkError> {
        self.client.stream.begin_reply();
        match self.client.read().await {
            Ok(reply) => Ok(reply.into()),
            Err(error) => Err(self.failure(name, error)),
        }
    }

    /// The only thing a server may say unasked is that it goes (RFC 5321, section 3.8).
    async fn unasked(&mut self, name: &'static str) -> Result<Reply, LinkError> {
        let reply = self.reply(name).await?;
        if reply.code == 421 { Ok(reply) } else { Err(LinkError::Unasked(name, reply)) }
    }

    /// The client calls a closed connection an unparseable reply; the stream knows better.
    fn failure(&self, name: &'static str, error: mail_send::Error) -> LinkError {
        let stream = &self.client.stream;
        match error {
            _ if stream.is_too_long() => LinkError::TooLong(name),
            mail_send::Error::Timeout => LinkError::Timeout(name, self.client.timeout),
            mail_send::Error::Io(error) => LinkError::Lost(name, error),
            _ if stream.has_ended() => LinkError::Ended(name),
            _ => LinkError::Unreadable(name),
        }
    }
}

async fn within<T>(
    name: &'static str,
    limit: Duration,
    exchange: impl Future<Output = Result<T, LinkError>>,
) -> Result<T, LinkError> {
    timeout(limit, exchange).await.unwrap_or(Err(LinkError::Timeout(name, limit)))
}

impl From<smtp_proto::Response<String>> for Reply {
    fn from(reply: smtp_proto::Response<String>) -> Self {
        Self { code: reply.code, enhanced: reply.esc, text: reply.message }
    }
}
