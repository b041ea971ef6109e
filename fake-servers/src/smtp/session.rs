//! One connection to a submission server: bytes in, actions out. Lines go to `mailin`, its replies
//! come back with enhanced codes, and every answer passes the fault plan on its way out.

use std::sync::Arc;

use jiff::Timestamp;
use wire::smtp::Reply;

use super::SmtpHandler;
use super::auth::Exchange;
use super::handler::Dialogue;
use super::lines::{CommandLine, LineBuffer, TextPiece};
use super::replies::{
    BARE_LINE_FEED, LINE_TOO_LONG, READY_FOR_TLS, TOO_MANY_ERRORS, Words, enhanced_for,
};
use super::server::Shared;
use crate::{
    Action, Actions, Aftermath, Channel, Handshake, MailboxIx, Operation, ServerEvent, Session,
    apply,
};

/// The server's side of one connection.
pub struct SmtpSession {
    pub(super) server: Arc<Shared>,
    pub(super) handler: SmtpHandler,
    pub(super) core: mailin::Session<SmtpHandler>,
    /// The EHLO or HELO that was accepted, as `mailin` read it.
    pub(super) hello: Option<String>,
    pub(super) phase: Phase,
    pub(super) failed_logins: u32,
    protocol_errors: u32,
    lines: LineBuffer,
    pub(super) channel: Channel,
    /// Whether what else came with the last line was sent in the clear before TLS began.
    upgrading: bool,
}

/// What the next bytes from the client are.
#[derive(Debug)]
pub(super) enum Phase {
    /// A command.
    Commands,
    /// An answer within AUTH.
    Auth(Exchange),
    /// Message text.
    Text,
    /// Of no interest: the server hangs.
    Hung,
    /// Of no interest: the connection is over.
    Over,
}

/// What the server says to one line.
#[derive(Debug)]
pub(super) struct Answer {
    reply: Option<Reply>,
    then: Then,
}

/// What is to happen after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Then {
    /// The session goes on.
    #[default]
    GoOn,
    /// It goes on in TLS.
    StartTls,
    /// The connection is closed.
    Close,
}

/// The longest line before it is known to be something else than AUTH (RFC 4954 section 4).
const LONGEST_LINE: usize = 12_288;

impl Session for SmtpSession {
    fn open(&mut self, now: Timestamp, out: &mut Actions) {
        self.handler.dialogue().now = now;
        let greeting = format!("{} ESMTP", self.server.options.name);
        self.answer(Operation::Connect, None, out, |_| Reply::new(220, None, greeting).into());
    }

    fn receive(&mut self, now: Timestamp, mut bytes: &[u8], out: &mut Actions) {
        self.handler.dialogue().now = now;
        loop {
            let complete = match self.phase {
                Phase::Commands | Phase::Auth(_) => self.receive_line(&mut bytes, out),
                Phase::Text => self.receive_text(&mut bytes, out),
                Phase::Hung | Phase::Over => false,
            };
            if !complete || std::mem::take(&mut self.upgrading) {
                return;
            }
        }
    }

    fn lost(&mut self, now: Timestamp, out: &mut Actions) {
        self.handler.dialogue().now = now;
        self.end(out);
    }
}

impl SmtpSession {
    pub(super) fn new(server: Arc<Shared>, channel: Channel) -> Self {
        let handler = SmtpHandler::new(Arc::clone(&server), Dialogue::new());
        Self {
            core: server.core(handler.clone()),
            server,
            handler,
            hello: None,
            phase: Phase::Commands,
            failed_logins: 0,
            protocol_errors: 0,
            lines: LineBuffer::default(),
            channel,
            upgrading: false,
        }
    }

    /// RFC 3207 section 4.2: after the handshake the session is where it was after the greeting,
    /// and nothing that the client has said counts any more.
    fn upgrade(&mut self, handshake: Handshake, out: &mut Actions) {
        self.hello = None;
        self.restart_core();
        self.channel = Channel::Secure;
        self.upgrading = true;
        out.push(Action::StartTls(handshake));
    }

    /// The mailbox that is logged in.
    pub(super) fn client(&self) -> Option<MailboxIx> {
        self.handler.dialogue().client
    }

    /// Whether there was a line.
    fn receive_line(&mut self, bytes: &mut &[u8], out: &mut Actions) -> bool {
        match self.lines.command(bytes, LONGEST_LINE) {
            None => return false,
            Some(CommandLine::Whole(line)) => self.line(&line, out),
            Some(CommandLine::TooLong) => self.object(LINE_TOO_LONG, out),
            Some(CommandLine::BareLineFeed) => self.object(BARE_LINE_FEED, out),
        }
        true
    }

    /// Whether there was a piece of text.
    fn receive_text(&mut self, bytes: &mut &[u8], out: &mut Actions) -> bool {
        match self.lines.text(bytes) {
            None => return false,
            Some(TextPiece::Start(line)) if *line == *b".\r\n" => self.final_dot(out),
            // What `mailin` answers to text is nothing.
            Some(TextPiece::Start(line)) => drop(self.core.process(&line)),
            Some(TextPiece::Further(piece)) => self.further_text(&piece),
        }
        true
    }

    /// `mailin` takes every piece for a line and drops its first dot; one that is none needs
    /// another in front.
    fn further_text(&mut self, piece: &[u8]) {
        if piece.starts_with(b".") {
            self.core.process(&[b".", piece].concat());
        } else {
            self.core.process(piece);
        }
    }

    fn final_dot(&mut self, out: &mut Actions) {
        self.phase = Phase::Commands;
        let mut accepted = false;
        self.answer(Operation::FinalDot, self.client(), out, |session| {
            let answer = session.ask_core(".\r\n");
            accepted = answer.reply.as_ref().is_some_and(|reply| !reply.is_negative());
            answer
        });
        // After a refusal `mailin` waits for more text, and a fault may have kept the dot from it.
        if !accepted {
            self.restart_core();
        }
    }

    /// Puts `mailin` where it was after the greeting of the client, without a transaction.
    pub(super) fn restart_core(&mut self) {
        self.handler.dialogue().transaction = None;
        self.core = self.server.core(self.handler.clone());
        if let Some(hello) = &self.hello {
            self.core.process(hello.as_bytes());
        }
    }

    /// Hands a line to `mailin`; its reply gets the enhanced code that RFC 2034 wants.
    pub(super) fn ask_core(&mut self, line: &str) -> Answer {
        let response = self.core.process(line.as_bytes());
        let closes = response.action == mailin::Action::Close;
        let then = if closes { Then::Close } else { Then::GoOn };
        let bytes = response.buffer().unwrap_or_default();
        let Ok(reply) = Reply::parse(&bytes) else { unreachable!("mailin writes replies") };
        let enhanced = enhanced_for(reply.code());
        Answer { reply: Some(reply.or_enhanced(enhanced)), then }
    }

    /// Answers a line that is not a command, or not one that faults know.
    pub(super) fn object(&mut self, words: Words, out: &mut Actions) {
        self.say(words.reply().into(), out);
    }

    /// Answers without asking the fault plan.
    pub(super) fn say(&mut self, answer: Answer, out: &mut Actions) {
        let answer = self.count_errors(answer);
        self.report(out);
        out.send(answer.bytes());
        if answer.then == Then::Close {
            self.close(out);
        }
    }

    /// Does the work of an operation and answers, unless a fault wants it otherwise. What the work
    /// brought about is reported before the client is made to wait: it has happened.
    pub(super) fn answer(
        &mut self,
        operation: Operation,
        mailbox: Option<MailboxIx>,
        out: &mut Actions,
        work: impl FnOnce(&mut Self) -> Answer,
    ) {
        let now = self.handler.dialogue().now;
        let strike = self.server.strike(operation, mailbox, now);
        let works = strike.as_ref().is_none_or(|(_, effect)| effect.does_the_work());
        let answer = if works { work(self) } else { Answer { reply: None, then: Then::GoOn } };
        let answer = self.count_errors(answer);
        self.report(out);
        if works {
            out.hold(mailbox.or(self.client()), self.server.service_time(operation));
        }
        let handshake = strike.as_ref().map_or(Handshake::Sound, |(_, effect)| effect.handshake());
        let aftermath = match strike {
            None => {
                out.send(answer.bytes());
                Aftermath::Open
            }
            Some(strike) => apply(strike, mailbox, answer.bytes(), out),
        };
        match aftermath {
            Aftermath::Open => match answer.then {
                Then::GoOn => {}
                Then::StartTls => self.upgrade(handshake, out),
                Then::Close => self.close(out),
            },
            Aftermath::Hung => self.phase = Phase::Hung,
            Aftermath::Closed => self.end(out),
        }
    }

    /// Enough nonsense ends the connection.
    fn count_errors(&mut self, answer: Answer) -> Answer {
        let nonsense = answer.reply.as_ref().is_some_and(|r| matches!(r.code(), 500..=504 | 555));
        self.protocol_errors += u32::from(nonsense);
        if nonsense && self.protocol_errors >= self.server.options.protocol_errors {
            return Answer::closing(TOO_MANY_ERRORS.reply());
        }
        answer
    }

    fn report(&self, out: &mut Actions) {
        for event in self.handler.take_events() {
            out.event(event);
        }
    }

    fn close(&mut self, out: &mut Actions) {
        out.push(Action::Close);
        self.end(out);
    }

    /// The connection is over, whoever ended it.
    fn end(&mut self, out: &mut Actions) {
        self.report(out);
        self.phase = Phase::Over;
        let mut dialogue = self.handler.dialogue();
        dialogue.transaction = None;
        if let Some(mailbox) = dialogue.client.take() {
            self.server.leave(mailbox);
            out.event(ServerEvent::LoggedOut { mailbox });
        }
    }
}

impl Answer {
    /// The reply, and then the end.
    pub(super) fn closing(reply: Reply) -> Self {
        Self { reply: Some(reply), then: Then::Close }
    }

    /// The reply that TLS begins after.
    pub(super) fn ready_for_tls() -> Self {
        Self { then: Then::StartTls, ..READY_FOR_TLS.into() }
    }

    /// Whether the reply begins with this code.
    pub(super) fn has_code(&self, code: u16) -> bool {
        self.reply.as_ref().is_some_and(|reply| reply.code() == code)
    }

    fn bytes(&self) -> Vec<u8> {
        self.reply.as_ref().map(Reply::to_bytes).unwrap_or_default()
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { reply: Some(reply), then: Then::GoOn }
    }
}

impl From<Words> for Answer {
    fn from(words: Words) -> Self {
        words.reply().into()
    }
}
