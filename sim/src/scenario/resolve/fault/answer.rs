//! Faults that strike requests: which of them, and what happens to the answer.

use std::time::Duration;

use fake_servers::{Effect as Answer, Handshake, Operation, Refusal, Which};
use sync_engine::Protocol;

use super::super::super::diagnostic::Problem;
use super::super::super::model::{Mailbox, Strike};
use super::super::super::nearest::list;
use super::super::super::written::{self, Effect, Garbage, Names, RefuseFor, Reply};
use super::super::{delay, refusal, server};
use super::Reader;
use crate::log::HostIx;

/// The most that one flood sends, in octets.
const LARGEST_FLOOD: u64 = 1 << 30;

impl Reader<'_, '_, '_> {
    /// A fault whose effect is on requests to a server, or on its maildrops' locks.
    pub(super) fn requests(&mut self, entry: written::Fault) -> Option<Strike> {
        if entry.on == "engine" {
            self.wrong(
                "effect",
                "the engine answers no requests",
                "an effect on its links or its process",
            );
            return None;
        }
        let server = server::find(&entry.on, self.servers, &self.at.key("on"), self.problems)?;
        let protocol = self.servers[usize::from(server.0)].protocol();
        if matches!(entry.effect, Effect::Lock) {
            return Some(self.lock(&entry, server, protocol));
        }
        let mailboxes = entry.mailboxes.as_ref().map(|names| {
            self.population.choose(
                names,
                |mailbox| mailbox.incoming == Some(server) || mailbox.outgoing == Some(server),
                &format!("anything to do with `{}`", entry.on),
                &self.at.key("mailboxes"),
                self.problems,
            )
        });
        let (effect, usual) = self.answer(entry.effect, protocol)?;
        let operations = match entry.operation {
            Some(written) => self.operations(&written, protocol),
            None if usual.is_empty() && protocol == Protocol::Ews => {
                Operation::EWS.iter().map(|(_, operation)| *operation).collect()
            }
            None => usual.to_vec(),
        };
        self.handshake_follows(&effect, &operations, protocol);
        let which = entry.which.map_or(Which::Every, Which::from);
        Some(Strike::Requests { server, operations, mailboxes, which, effect })
    }

    fn lock(&mut self, entry: &written::Fault, server: HostIx, protocol: Protocol) -> Strike {
        self.only_pop3(protocol, "locks");
        self.without("operation", entry.operation.is_some(), "lock");
        self.without("which", entry.which.is_some(), "lock");
        let all = Names::One("*".to_owned());
        let (names, key) = match &entry.mailboxes {
            Some(names) => (names, "mailboxes"),
            None => (&all, "on"),
        };
        let uses = |mailbox: &Mailbox| mailbox.incoming == Some(server);
        let lacking = format!("`{}` as `incoming`", entry.on);
        let at = self.at.key(key);
        let mailboxes = self.population.choose(names, uses, &lacking, &at, self.problems);
        Strike::Lock { server, mailboxes }
    }

    fn only_pop3(&mut self, protocol: Protocol, what: &str) {
        if protocol != Protocol::Pop3 {
            let speaks = name(protocol);
            self.wrong("effect", format!("{speaks} has no {what}"), "a server that speaks POP3");
        }
    }

    fn operations(&mut self, written: &[written::Operation], protocol: Protocol) -> Vec<Operation> {
        let mut all = Vec::new();
        for (index, operation) in written.iter().enumerate() {
            let operation = operation.0;
            if !has(protocol, operation) {
                let problem = Problem::new(format!("{} has no such operation", name(protocol)));
                let names = Operation::ALL.iter().filter(|(.., known)| has(protocol, *known));
                let names = list(names.map(|(name, ..)| *name));
                let problem = problem.expecting(format!("one of {names}"));
                self.problems.add(self.at.key("operation").index(index).span(), problem);
            }
            all.push(operation);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What happens to the answer, and in which operations if the fault does not say.
    fn answer(
        &mut self,
        effect: Effect,
        protocol: Protocol,
    ) -> Option<(Answer, &'static [Operation])> {
        Some(match effect {
            Effect::Refuse(refuse) => self.refusal(refuse, None, protocol)?,
            Effect::RefuseFor(RefuseFor { words, back_off }) => {
                self.refusal(words, Some(back_off.0), protocol)?
            }
            Effect::DuplicateUidls => {
                self.only_pop3(protocol, "unique ids");
                (Answer::DuplicateUidls, &[Operation::Uidl])
            }
            Effect::ChangingUidls => {
                self.only_pop3(protocol, "unique ids");
                (Answer::ChangingUidls, &[Operation::Uidl])
            }
            Effect::LieAboutSizes(by) => {
                self.only_pop3(protocol, "listed sizes");
                (Answer::LieAboutSizes(by), &[Operation::Stat, Operation::List])
            }
            Effect::Tls(handshake) => (Answer::Handshake(handshake.into()), &[Operation::StartTls]),
            anywhere => (self.answer_anywhere(anywhere), &[]),
        })
    }

    fn handshake_follows(&mut self, effect: &Answer, operations: &[Operation], protocol: Protocol) {
        let elsewhere = operations.iter().any(|operation| *operation != Operation::StartTls);
        if matches!(effect, Answer::Handshake(_)) && elsewhere {
            let message = "no handshake follows these operations";
            self.wrong("operation", message, "[\"starttls\"], or none");
        }
        // Exchange has no command that begins TLS: there is the handshake and nothing else.
        let says_nothing = matches!(
            effect,
            Answer::Handshake(_) | Answer::Reset | Answer::Hang | Answer::Delay(_)
        );
        let first = protocol == Protocol::Ews && operations.contains(&Operation::StartTls);
        if first && !says_nothing {
            let message = "before the handshake Exchange answers nothing";
            self.wrong("effect", message, "`tls`, `reset`, `hang` or `delay`");
        }
    }

    fn refusal(
        &mut self,
        refuse: written::Refuse,
        back_off: Option<Duration>,
        protocol: Protocol,
    ) -> Option<(Answer, &'static [Operation])> {
        let Some(words) = refusal::words(refuse, back_off, protocol) else {
            let message = format!("{} has no words for this refusal", name(protocol));
            self.wrong("effect", message, "a refusal of the server's protocol");
            return None;
        };
        let asks = match &words.effect {
            Answer::Ews(refusal) => refusal.asks_for().is_some(),
            _ => false,
        };
        if back_off.is_some() && !asks {
            let message = "this refusal does not say for how long";
            self.wrong("effect", message, "`refuse` alone, or one that has a back-off");
        }
        Some((words.effect, words.operations))
    }

    /// What can happen to any answer.
    fn answer_anywhere(&mut self, effect: Effect) -> Answer {
        match effect {
            Effect::Reply(reply) => {
                // With Exchange, a line would be no HTTP; `garbage` says what it is.
                let (line, close) = match reply {
                    Reply::Line(line) => (line, false),
                    Reply::Closing(reply) => (reply.line, reply.close),
                };
                if line.contains(['\r', '\n']) {
                    self.wrong("effect", "the reply is more than a line", "no line breaks in it");
                }
                Answer::Reply { line, close, refusal: Refusal::Scripted }
            }
            Effect::Delay(written) => {
                let at = self.at.key("effect").key("delay");
                Answer::Delay(delay(written, &at, self.problems))
            }
            Effect::Reset => Answer::Reset,
            Effect::Hang => Answer::Hang,
            Effect::Truncate(after) => {
                Answer::Truncate { after: usize::try_from(after.0).unwrap_or(usize::MAX) }
            }
            Effect::Dribble(dribble) => {
                if dribble.chunk.0 == 0 || dribble.every.0.is_zero() {
                    self.wrong("effect", "a dribble of nothing", "at least \"1B\" every \"1ms\"");
                }
                let chunk = usize::try_from(dribble.chunk.0).unwrap_or(usize::MAX);
                Answer::Dribble { chunk, pause: dribble.every.0 }
            }
            Effect::CommitThenFail => Answer::CommitThenFail,
            Effect::Garbage(Garbage::Text(text)) => Answer::Garbage(text.into_bytes()),
            Effect::Garbage(Garbage::Hex(hex)) => Answer::Garbage(hex.hex.0),
            Effect::Flood(flood) => {
                if flood.total.0 > LARGEST_FLOOD {
                    self.wrong("effect", "a flood too large to be made", "at most \"1GiB\" in all");
                }
                Answer::Flood { unit: flood.unit.into_bytes(), total: flood.total.0 }
            }
            _ => unreachable!("links, processes and locks are dealt with before"),
        }
    }
}

/// Whether a protocol has an operation.
fn has(protocol: Protocol, operation: Operation) -> bool {
    match operation {
        Operation::Connect | Operation::Login | Operation::StartTls => true,
        Operation::Capabilities | Operation::Quit => protocol != Protocol::Ews,
        Operation::Stat | Operation::List | Operation::Uidl | Operation::Retr | Operation::Dele => {
            protocol == Protocol::Pop3
        }
        Operation::Mail | Operation::Rcpt | Operation::Data | Operation::FinalDot => {
            protocol == Protocol::Smtp
        }
        _ => protocol == Protocol::Ews,
    }
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pop3 => "POP3",
        Protocol::Smtp => "SMTP",
        Protocol::Ews => "Exchange",
    }
}

impl From<written::Which> for Which {
    fn from(written: written::Which) -> Self {
        match written {
            written::Which::All => Self::Every,
            written::Which::Nth(n) => Self::Nth(n),
            written::Which::Every(n) => Self::EveryNth(n),
            written::Which::First(n) => Self::First(n),
            written::Which::Chance(chance) => Self::Chance(chance),
        }
    }
}

impl From<written::Handshake> for Handshake {
    fn from(written: written::Handshake) -> Self {
        match written {
            written::Handshake::Cut => Self::Cut,
            written::Handshake::Expired => Self::Expired,
            written::Handshake::WrongName => Self::WrongName,
            written::Handshake::Untrusted => Self::Untrusted,
        }
    }
}
