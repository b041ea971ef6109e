//! One message through one connection: MAIL, RCPT for each recipient, DATA, the message.

use std::time::Duration;

use super::link::{BodyEnd, Features, Link, LinkError, SizeOffer};
use super::reply::{Reply, Stage, Verdict, classify};
use super::session::{pause_for, refused};
use crate::store::outgoing::{self, Attempt};
use crate::{CycleContext, CycleError, Reason, Settings};

/// How a transaction ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Recipients the server took the message for, by their position.
    pub(crate) accepted: Vec<u32>,
    /// Recipients it refused for good.
    pub(crate) refused: Vec<(u32, Reason)>,
    /// What becomes of the others.
    pub(crate) rest: Rest,
    /// In the server's words.
    pub(crate) words: String,
    /// The error that ends the session with it, if one does.
    pub(crate) session: Option<CycleError>,
}

/// What becomes of the recipients that were neither accepted nor refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Another transaction, at once.
    AtOnce,
    /// Another attempt, later.
    Later {
        reason: Reason,
        wait: Duration,
        /// Whether this attempt counts against `MaximumEmailDeliveryAttempts`: not when the
        /// server never came to judge the message.
        counts: bool,
    },
    /// The message itself is refused for good.
    Refused(Reason),
    /// Nobody can know whether they have it.
    Unknown,
}

impl Ended {
    pub(crate) fn new(rest: Rest, words: impl Into<String>) -> Self {
        let (accepted, refused) = (Vec::new(), Vec::new());
        Self { accepted, refused, rest, words: words.into(), session: None }
    }

    /// Put off by the message's own trouble.
    pub(crate) fn deferred(settings: &Settings, reason: Reason, words: impl Into<String>) -> Self {
        let wait = settings.pending_emails_retry_interval;
        Self::new(Rest::Later { reason, wait, counts: true }, words)
    }

    /// Put off by a failed connection, which may be the message's doing and so counts.
    fn lost(settings: &Settings, error: LinkError) -> Self {
        let ended = Self::deferred(settings, error.reason(), error.to_string());
        Self { session: Some(error.into()), ..ended }
    }

    /// As a reply other than a positive one means it for the whole message.
    fn by(settings: &Settings, stage: Stage, command: &str, reply: &Reply) -> Self {
        let words = format!("{command}: {reply}");
        let ends = |reason, wait| Self {
            session: Some(refused(settings, stage, command, reply)),
            ..Self::new(Rest::Later { reason, wait, counts: false }, words.clone())
        };
        match classify(stage, reply) {
            // The mailbox is put off as a whole, and its emails keep their order.
            Verdict::End(_, reason) => ends(reason, Duration::ZERO),
            Verdict::Pause(reason) => ends(reason, pause_for(settings, reason)),
            Verdict::Defer(reason) => Self::deferred(settings, reason, words),
            Verdict::NextTransaction => Self::deferred(settings, Reason::Refused, words),
            Verdict::Refuse(reason) => Self::new(Rest::Refused(reason), words),
        }
    }
}

/// Everything a transaction needs.
pub(super) struct Transaction<'a> {
    pub(super) ctx: &'a CycleContext,
    pub(super) link: &'a mut Link,
    pub(super) features: Features,
    pub(super) attempt: &'a Attempt,
}

/// The envelope as far as the server took it.
struct Envelope {
    accepted: Vec<u32>,
    refused: Vec<(u32, Reason)>,
    /// Why some recipients were left out, and in which words.
    left_out: Option<(Rest, String)>,
}

impl Transaction<'_> {
    /// Runs it. What goes wrong with the message or the session is in the result.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn run(mut self) -> Result<Ended, CycleError> {
        let settings = &self.ctx.config.settings;
        let size = self.attempt.raw.len() as u64;
        if let SizeOffer::UpTo(limit) = self.features.size
            && size > limit
        {
            let words = format!("the message has {size} octets, and the server takes {limit}");
            return Ok(Ended::new(Rest::Refused(Reason::MessageTooLarge), words));
        }
        let envelope = match self.envelope().await {
            Ok(Ok(envelope)) => envelope,
            Ok(Err(ended)) => return Ok(ended),
            Err(error) => return Ok(Ended::lost(settings, error)),
        };
        if envelope.accepted.is_empty() {
            return Ok(self.give_up(envelope).await);
        }
        match self.link.command("DATA", "DATA\r\n").await {
            Ok(reply) if reply.code == 354 => self.body(envelope).await,
            Ok(reply) => {
                let mut ended = self.message_refused(envelope, "DATA", &reply);
                if ended.session.is_none() {
                    ended.session = self.reset().await;
                }
                Ok(ended)
            }
            Err(error) => Ok(Ended::lost(settings, error).with_refused(envelope.refused)),
        }
    }

    /// MAIL, and RCPT one by one. Without PIPELINING on purpose: a reply is then never in doubt.
    async fn envelope(&mut self) -> Result<Result<Envelope, Ended>, LinkError> {
        let settings = &self.ctx.config.settings;
        let mail = self.mail_command();
        let reply = self.link.command("MAIL", &mail).await?;
        if !reply.is_positive() {
            return Ok(Err(Ended::by(settings, Stage::Sender, "MAIL", &reply)));
        }
        let mut envelope = Envelope { accepted: Vec::new(), refused: Vec::new(), left_out: None };
        for recipient in &self.attempt.open {
            let rcpt = format!("RCPT TO:<{}>\r\n", recipient.address);
            let reply = self.link.command("RCPT", &rcpt).await?;
            if reply.is_positive() {
                envelope.accepted.push(recipient.position);
                continue;
            }
            let words = format!("RCPT: {reply}");
            match classify(Stage::Recipient, &reply) {
                Verdict::Refuse(reason) => envelope.refused.push((recipient.position, reason)),
                Verdict::Defer(reason) => {
                    let wait = settings.pending_emails_retry_interval;
                    let rest = Rest::Later { reason, wait, counts: true };
                    envelope.left_out = Some((rest, words));
                }
                Verdict::NextTransaction => {
                    envelope.left_out.get_or_insert((Rest::AtOnce, words));
                    break;
                }
                Verdict::End(..) | Verdict::Pause(_) => {
                    let ended = Ended::by(settings, Stage::Recipient, "RCPT", &reply);
                    return Ok(Err(ended.with_refused(envelope.refused)));
                }
            }
        }
        Ok(Ok(envelope))
    }

    fn mail_command(&self) -> String {
        use std::fmt::Write as _;

        let from = &self.ctx.config.mailbox(self.ctx.mailbox).address;
        let raw = &self.attempt.raw;
        let mut line = format!("MAIL FROM:<{from}>");
        if self.features.size != SizeOffer::None {
            let Ok(()) = write!(line, " SIZE={}", raw.len()) else {
                unreachable!("writing to a String cannot fail")
            };
        }
        if self.features.eight_bit && !raw.is_ascii() {
            line.push_str(" BODY=8BITMIME");
        }
        line.push_str("\r\n");
        line
    }

    /// The server took no recipient at all: nothing is sent.
    async fn give_up(self, envelope: Envelope) -> Ended {
        let settings = &self.ctx.config.settings;
        let (rest, words) = match envelope.left_out {
            // It wants fewer recipients and takes none: another transaction would not do better.
            Some((Rest::AtOnce, words)) => {
                let wait = settings.pending_emails_retry_interval;
                (Rest::Later { reason: Reason::Refused, wait, counts: true }, words)
            }
            Some(left_out) => left_out,
            None => {
                let rest = Rest::Refused(Reason::RecipientRefused);
                (rest, "RCPT: every recipient was refused".to_owned())
            }
        };
        let session = self.reset().await;
        Ended { session, ..Ended::new(rest, words).with_refused(envelope.refused) }
    }

    /// Makes the connection ready for the next message after an envelope that led nowhere.
    async fn reset(self) -> Option<CycleError> {
        let settings = &self.ctx.config.settings;
        match self.link.command("RSET", "RSET\r\n").await {
            Ok(reply) if reply.is_positive() => None,
            Ok(reply) => Some(refused(settings, Stage::Session, "RSET", &reply)),
            Err(error) => Some(error.into()),
        }
    }

    /// The message itself. That its bytes begin to leave is committed before the first one does,
    /// so that a crash from here on is known to be in doubt.
    async fn body(self, envelope: Envelope) -> Result<Ended, CycleError> {
        let settings = &self.ctx.config.settings;
        let Attempt { email, number, raw, .. } = self.attempt;
        self.ctx.store.transaction(|tx| outgoing::data_begun(tx, *email, *number))?;
        Ok(match self.link.body(raw, settings.final_reply_timeout).await {
            BodyEnd::Reply(reply) if reply.is_positive() => {
                let (rest, words) = envelope.left_out.unwrap_or((Rest::AtOnce, reply.to_string()));
                let (accepted, refused) = (envelope.accepted, envelope.refused);
                Ended { accepted, refused, rest, words, session: None }
            }
            BodyEnd::Reply(reply) => self.message_refused(envelope, "the final dot", &reply),
            BodyEnd::NotSent(error) => Ended::lost(settings, error).with_refused(envelope.refused),
            BodyEnd::Unknown(error) => {
                let mut ended = Ended::new(Rest::Unknown, error.to_string());
                ended.session = Some(error.into());
                ended.with_refused(envelope.refused)
            }
        })
    }

    fn message_refused(&self, envelope: Envelope, command: &str, reply: &Reply) -> Ended {
        let settings = &self.ctx.config.settings;
        Ended::by(settings, Stage::Message, command, reply).with_refused(envelope.refused)
    }
}

impl Ended {
    /// What the server said about single recipients stays said.
    fn with_refused(self, refused: Vec<(u32, Reason)>) -> Self {
        Self { refused, ..self }
    }
}
