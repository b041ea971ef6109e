//! What each command line comes to: understood here, where `mailin`'s grammar is too strict or
//! drops what it reads, and handed to it in the one form it takes.

use wire::smtp::{
    ArgumentError, AuthMechanism, BodyKind, Credentials, Extension, Reply, ehlo_reply, parse_mail,
    parse_rcpt, split_verb,
};

use super::auth::{self, Step};
use super::paths::disguise;
use super::replies::{
    BAD_ARGUMENTS, BAD_RECIPIENT, BAD_SENDER, CREDENTIALS, LINE_TOO_LONG, LOGGED_IN, NOT_OFFERED,
    NOT_UNDERSTOOD, NOT_VERIFIED, OUT_OF_TURN, UNKNOWN_PARAMETER, Words,
};
use super::session::{Answer, Phase, SmtpSession};
use crate::store::lock_store;
use crate::{Actions, Channel, MailboxIx, Operation, ServerEvent};

/// The longest command line, its CRLF included (RFC 5321 section 4.5.3.1.4).
const LONGEST_COMMAND: usize = 512;
/// What SIZE (RFC 1870 section 3) and BODY (RFC 6152 section 2) add to that for MAIL.
const LONGEST_MAIL: usize = LONGEST_COMMAND + 26 + 17;

impl SmtpSession {
    /// Takes a line without its CRLF.
    pub(super) fn line(&mut self, line: &[u8], out: &mut Actions) {
        let Ok(text) = std::str::from_utf8(line) else { return self.object(NOT_UNDERSTOOD, out) };
        match std::mem::replace(&mut self.phase, Phase::Commands) {
            Phase::Auth(exchange) => self.login_step(exchange.answer(text), out),
            _ => self.command(text, out),
        }
    }

    fn command(&mut self, line: &str, out: &mut Actions) {
        let (verb, arguments) = split_verb(line);
        let verb = verb.to_ascii_uppercase();
        let longest = match verb.as_str() {
            "AUTH" => usize::MAX,
            "MAIL" => LONGEST_MAIL,
            _ => LONGEST_COMMAND,
        };
        if line.len() + 2 > longest {
            return self.object(LINE_TOO_LONG, out);
        }
        match verb.as_str() {
            "EHLO" | "HELO" => self.hello(&verb, arguments, out),
            "AUTH" => self.auth(arguments, out),
            "MAIL" => self.mail(arguments, out),
            "RCPT" => self.rcpt(arguments, out),
            "DATA" | "RSET" | "QUIT" if !arguments.is_empty() => self.object(BAD_ARGUMENTS, out),
            "DATA" => self.data(out),
            "QUIT" => self.answer(Operation::Quit, self.client(), out, |s| s.ask_core("QUIT\r\n")),
            "RSET" => self.plain("RSET\r\n", out),
            // RFC 5321 section 4.1.1.9 allows NOOP any argument.
            "NOOP" => self.plain("NOOP\r\n", out),
            "VRFY" if arguments.is_empty() => self.object(BAD_ARGUMENTS, out),
            "VRFY" => self.object(NOT_VERIFIED, out),
            "STARTTLS" if self.channel != Channel::Plain => self.starttls(arguments, out),
            "EXPN" | "HELP" | "STARTTLS" | "TURN" => self.object(NOT_OFFERED, out),
            _ => self.object(NOT_UNDERSTOOD, out),
        }
    }

    /// A command that grants nothing, so that `mailin` alone answers it.
    fn plain(&mut self, line: &str, out: &mut Actions) {
        let answer = self.ask_core(line);
        self.say(answer, out);
    }

    fn hello(&mut self, verb: &str, domain: &str, out: &mut Actions) {
        if domain.is_empty() || domain.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return self.object(BAD_ARGUMENTS, out);
        }
        let line = format!("{verb} {domain}\r\n");
        let extended = verb == "EHLO";
        self.answer(Operation::Capabilities, self.client(), out, |session| {
            let answer = session.ask_core(&line);
            if !answer.has_code(250) {
                return answer;
            }
            session.hello = Some(line);
            let name = session.server.options.name.as_str();
            let extensions = if extended { session.extensions() } else { Vec::new() };
            ehlo_reply(name, &extensions).into()
        });
    }

    fn extensions(&self) -> Vec<Extension> {
        let mut extensions = vec![
            Extension::Size(self.server.options.message_octets),
            Extension::Pipelining,
            Extension::EightBitMime,
            Extension::EnhancedStatusCodes,
            Extension::Auth(vec![AuthMechanism::Plain, AuthMechanism::Login]),
        ];
        if self.channel == Channel::Upgradable {
            extensions.push(Extension::StartTls);
        }
        extensions
    }

    /// RFC 3207 section 4: without parameters, and once. Before a login only, since the login would
    /// have to be forgotten with everything else.
    fn starttls(&mut self, parameters: &str, out: &mut Actions) {
        if !parameters.is_empty() {
            self.object(BAD_ARGUMENTS, out);
        } else if self.channel == Channel::Secure || self.client().is_some() {
            self.object(OUT_OF_TURN, out);
        } else {
            self.answer(Operation::StartTls, None, out, |_| Answer::ready_for_tls());
        }
    }

    /// RFC 4954 section 4: after EHLO and once per session. That it is not allowed within a
    /// transaction follows, since only who is logged in can begin one.
    fn auth(&mut self, arguments: &str, out: &mut Actions) {
        if self.hello.is_some() && self.client().is_none() {
            self.login_step(auth::begin(arguments), out);
        } else {
            self.object(OUT_OF_TURN, out);
        }
    }

    fn login_step(&mut self, step: Step, out: &mut Actions) {
        match step {
            Step::Ask(exchange) => {
                let question = Reply::new(334, None, exchange.challenge());
                self.phase = Phase::Auth(exchange);
                self.say(question.into(), out);
            }
            Step::Fail(words) => self.object(words, out),
            Step::Check(credentials) => {
                // Faults that single out mailboxes go by who the client says it is.
                let claimed = lock_store(&self.server.store).by_user(&credentials.user);
                self.answer(Operation::Login, claimed, out, |s| s.log_in(claimed, &credentials));
            }
        }
    }

    fn log_in(&mut self, claimed: Option<MailboxIx>, credentials: &Credentials) -> Answer {
        let fits = |mailbox: &MailboxIx| {
            lock_store(&self.server.store).password_fits(*mailbox, &credentials.password)
        };
        let Some(mailbox) = claimed.filter(fits) else {
            self.handler.dialogue().refuse(claimed, CREDENTIALS);
            self.failed_logins += 1;
            let reply = CREDENTIALS.words.reply();
            let enough = self.failed_logins >= self.server.options.failed_logins;
            return if enough { Answer::closing(reply) } else { reply.into() };
        };
        let mut dialogue = self.handler.dialogue();
        if let Err(denial) = self.server.enter(mailbox) {
            dialogue.refuse(claimed, denial);
            return denial.words.into();
        }
        dialogue.client = claimed;
        dialogue.events.push(ServerEvent::LoggedIn { mailbox });
        LOGGED_IN.into()
    }

    fn mail(&mut self, arguments: &str, out: &mut Actions) {
        let mail = match parse_mail(arguments) {
            Ok(mail) => mail,
            Err(error) => return self.object(argument_error(error, BAD_SENDER), out),
        };
        let body = match mail.body {
            BodyKind::SevenBit => "",
            BodyKind::EightBitMime => " BODY=8BITMIME",
        };
        let line = format!("MAIL FROM:<{}>{body}\r\n", disguise(mail.path));
        self.answer(Operation::Mail, self.client(), out, |session| {
            session.handler.dialogue().declared_octets = mail.size;
            session.ask_core(&line)
        });
    }

    fn rcpt(&mut self, arguments: &str, out: &mut Actions) {
        let recipient = match parse_rcpt(arguments) {
            Ok(recipient) => recipient,
            Err(error) => return self.object(argument_error(error, BAD_RECIPIENT), out),
        };
        let line = format!("RCPT TO:<{}>\r\n", disguise(recipient.path));
        self.answer(Operation::Rcpt, self.client(), out, |session| session.ask_core(&line));
    }

    fn data(&mut self, out: &mut Actions) {
        self.answer(Operation::Data, self.client(), out, |session| {
            let answer = session.ask_core("DATA\r\n");
            if answer.has_code(354) {
                session.phase = Phase::Text;
            }
            answer
        });
    }
}

fn argument_error(error: ArgumentError, bad_path: Words) -> Words {
    match error {
        ArgumentError::NoPath | ArgumentError::BadParameter => BAD_ARGUMENTS,
        ArgumentError::BadPath => bad_path,
        ArgumentError::UnknownParameter => UNKNOWN_PARAMETER,
    }
}
