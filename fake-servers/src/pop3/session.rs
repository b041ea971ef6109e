//! One connection to a POP3 server: bytes in, actions out. Every answer passes the fault plan on
//! its way out.

use std::sync::Arc;

use jiff::Timestamp;
use wire::pop3::{Command, MAX_COMMAND_LINE};

use super::answer::{Answer, Then};
use super::lies::Lie;
use super::login::Candidate;
use super::maildrop::Maildrop;
use super::server::Shared;
use super::transaction;
use crate::{
    Action, Actions, Aftermath, Channel, Effect, Handshake, MailboxIx, Operation, ServerEvent,
    Session, apply,
};

/// The server's side of one connection.
pub struct Pop3Session {
    server: Arc<Shared>,
    /// Which of the server's sessions it is.
    number: u64,
    state: State,
    /// The beginning of a line whose end has not come. Of a line longer than any command just
    /// enough is kept to know that it is.
    line: Vec<u8>,
    protocol_errors: u32,
    channel: Channel,
    /// Whether what else came with the last line was sent in the clear before TLS began.
    upgrading: bool,
}

/// Where the session is (RFC 1939 section 3).
#[derive(Debug)]
enum State {
    /// Nobody has logged in; somebody may have been named.
    Authorization(Option<Candidate>),
    /// Somebody has logged in and has the maildrop's lock.
    Transaction(Maildrop),
    /// The server hangs: it ignores all input and keeps the lock, if it has one.
    Hung(Option<MailboxIx>),
    /// UPDATE is done, or was not to be: the connection is over.
    Over,
}

impl Session for Pop3Session {
    fn open(&mut self, now: Timestamp, out: &mut Actions) {
        let struck = self.server.strike(Operation::Connect, None, now);
        let answer = Answer::ok(&self.server.options.name);
        self.say(None, answer, struck, out);
    }

    fn receive(&mut self, now: Timestamp, mut bytes: &[u8], out: &mut Actions) {
        while matches!(self.state, State::Authorization(_) | State::Transaction(_)) {
            let Some(end) = bytes.iter().position(|&octet| octet == b'\n') else {
                return self.keep(bytes);
            };
            self.keep(&bytes[..end]);
            bytes = &bytes[end + 1..];
            let mut line = std::mem::take(&mut self.line);
            self.receive_line(now, line.strip_suffix(b"\r").unwrap_or(&line), out);
            line.clear();
            self.line = line;
            if std::mem::take(&mut self.upgrading) {
                return;
            }
        }
    }

    fn lost(&mut self, _: Timestamp, out: &mut Actions) {
        self.end(out);
    }
}

impl Pop3Session {
    pub(super) const fn new(server: Arc<Shared>, number: u64, channel: Channel) -> Self {
        let state = State::Authorization(None);
        let line = Vec::new();
        Self { server, number, state, line, protocol_errors: 0, channel, upgrading: false }
    }

    fn keep(&mut self, part: &[u8]) {
        let room = MAX_COMMAND_LINE - self.line.len();
        self.line.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn receive_line(&mut self, now: Timestamp, text: &[u8], out: &mut Actions) {
        match Command::parse(text) {
            Ok(command) => {
                let mailbox = self.mailbox();
                let struck = operation(&command)
                    .and_then(|operation| self.server.strike(operation, mailbox, now));
                let effect = struck.as_ref().map(|(_, effect)| effect);
                let answer = if effect.is_none_or(Effect::does_the_work) {
                    let lie = Lie::of(effect, self.number);
                    self.obey(&command, lie, now, out)
                } else {
                    Answer::default()
                };
                out.hold(mailbox, self.server.service_time(self.listed_by(&command)));
                self.say(mailbox, answer, struck, out);
            }
            Err(error) => {
                let answer = Answer::protocol_error(&error.to_string());
                self.say(self.mailbox(), answer, None, out);
            }
        }
    }

    /// Does what a command asks for, in the state that the session is in. What is committed is
    /// reported at once, before the server takes its time to say so.
    fn obey(
        &mut self,
        command: &Command<'_>,
        lie: Lie,
        now: Timestamp,
        out: &mut Actions,
    ) -> Answer {
        match (command, &mut self.state) {
            (Command::Capa, _) if self.server.options.capa => {
                Answer::with_lines("capability list follows", |out| {
                    if self.channel == Channel::Upgradable {
                        out.extend_from_slice(b"STLS\r\n");
                    }
                    out.extend_from_slice(&self.server.capabilities);
                })
            }
            (Command::Capa, _) => Answer::protocol_error("CAPA is not known"),
            (Command::Quit, state) => {
                if let State::Transaction(maildrop) = state {
                    transaction::update(&self.server, maildrop, out);
                }
                self.end(out);
                Answer { then: Then::Close, ..Answer::ok("bye") }
            }
            // RFC 2595 section 4: before a login only, and what the client has said is forgotten.
            (Command::Stls, State::Authorization(candidate))
                if self.channel == Channel::Upgradable =>
            {
                *candidate = None;
                Answer { then: Then::StartTls, ..Answer::ok("begin TLS") }
            }
            (Command::User(name), State::Authorization(candidate)) => {
                *candidate = Some(Candidate::named(&self.server, name));
                Answer::ok("send PASS")
            }
            (Command::Pass(password), State::Authorization(candidate)) => match candidate.take() {
                Some(candidate) => self.log_in(candidate, password, now, out),
                None => Answer::protocol_error("send USER first"),
            },
            (command, State::Transaction(maildrop)) => {
                transaction::obey(&self.server, maildrop, command, lie)
            }
            _ => Answer::protocol_error("not in this state"),
        }
    }

    fn log_in(
        &mut self,
        candidate: Candidate,
        password: &str,
        now: Timestamp,
        out: &mut Actions,
    ) -> Answer {
        match candidate.log_in(&self.server, password, now, out) {
            Ok(maildrop) => {
                let answer = Answer::ok(&format!("{} messages", maildrop.listed().count()));
                self.state = State::Transaction(maildrop);
                answer
            }
            Err(refusal) => refusal,
        }
    }

    /// Gives an answer to whoever asked, or what a fault makes of it.
    fn say(
        &mut self,
        asked: Option<MailboxIx>,
        answer: Answer,
        struck: Option<(u16, Effect)>,
        out: &mut Actions,
    ) {
        let Answer { bytes, once_written, then } = answer;
        let Some((fault, effect)) = struck else {
            out.push(Action::Send(bytes));
            if let Some(event) = once_written {
                out.event(event);
            }
            return self.go_on(then, Handshake::Sound, out);
        };
        let (whole, handshake) = (lets_through(&effect, bytes.len()), effect.handshake());
        let mut actions = Actions::default();
        let aftermath = apply((fault, effect), asked, bytes, &mut actions);
        // What is true once the answer is written, and that the lock is free, come before the end.
        let mut ending = None;
        for action in actions.drain() {
            match action {
                Action::Close | Action::Reset => ending = Some(action),
                other => out.push(other),
            }
        }
        if let Some(event) = once_written.filter(|_| whole) {
            out.event(event);
        }
        match aftermath {
            Aftermath::Open => self.go_on(then, handshake, out),
            Aftermath::Hung => self.state = State::Hung(self.logged_in()),
            Aftermath::Closed => self.end(out),
        }
        if let Some(ending) = ending {
            out.push(ending);
        }
    }

    fn go_on(&mut self, then: Then, handshake: Handshake, out: &mut Actions) {
        if then == Then::StartTls {
            self.channel = Channel::Secure;
            self.upgrading = true;
            out.push(Action::StartTls(handshake));
        }
        self.protocol_errors += u32::from(then == Then::CountError);
        if then == Then::Close || self.protocol_errors > self.server.options.protocol_errors {
            self.end(out);
            out.push(Action::Close);
        }
    }

    /// The session is over, whatever the reason: the lock is free.
    fn end(&mut self, out: &mut Actions) {
        if let Some(mailbox) = self.logged_in() {
            self.server.unlock(mailbox);
            out.event(ServerEvent::LoggedOut { mailbox });
        }
        self.state = State::Over;
    }

    /// Whose lock the session has.
    const fn logged_in(&self) -> Option<MailboxIx> {
        match &self.state {
            State::Transaction(maildrop) => Some(maildrop.mailbox),
            State::Hung(mailbox) => *mailbox,
            State::Authorization(_) | State::Over => None,
        }
    }

    /// Whose request it is, as far as that is known.
    fn mailbox(&self) -> Option<MailboxIx> {
        match &self.state {
            State::Authorization(candidate) => candidate.as_ref().and_then(|it| it.mailbox),
            _ => self.logged_in(),
        }
    }

    /// How many messages a command makes the server list.
    fn listed_by(&self, command: &Command<'_>) -> u32 {
        match (command, &self.state) {
            (Command::List(None) | Command::Uidl(None), State::Transaction(maildrop)) => {
                u32::try_from(maildrop.listed().count()).unwrap_or(u32::MAX)
            }
            _ => 0,
        }
    }
}

/// What the fault plan calls a command; it is not asked about those without a name.
const fn operation(command: &Command<'_>) -> Option<Operation> {
    match command {
        Command::Capa => Some(Operation::Capabilities),
        Command::Stls => Some(Operation::StartTls),
        Command::Pass(_) | Command::Apop { .. } => Some(Operation::Login),
        Command::Stat => Some(Operation::Stat),
        Command::List(_) => Some(Operation::List),
        Command::Uidl(_) => Some(Operation::Uidl),
        Command::Retr(_) | Command::Top(..) => Some(Operation::Retr),
        Command::Dele(_) => Some(Operation::Dele),
        Command::Quit => Some(Operation::Quit),
        Command::User(_) | Command::Noop | Command::Rset => None,
    }
}

/// Whether an answer of so many octets goes out whole in spite of an effect.
const fn lets_through(effect: &Effect, octets: usize) -> bool {
    match effect {
        Effect::Truncate { after } => *after >= octets,
        Effect::CommitThenFail => false,
        _ => effect.does_the_work(),
    }
}

#[cfg(test)]
impl Pop3Session {
    /// How much room the line under way takes.
    pub(super) fn line_room(&self) -> usize {
        self.line.capacity()
    }
}
