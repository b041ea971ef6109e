//! One connection to an Exchange server: bytes in, actions out. Every answer passes the fault plan
//! on its way out.

use std::sync::Arc;

use jiff::Timestamp;

use super::hanging::{Hanging, Turn};
use super::reply::Reply;
use super::server::Shared;
use super::work;
use crate::http::{Answer, Bad, CONTINUE, HttpLimits, HttpReader, HttpRequest, Incoming, chunk};
use crate::{
    Action, Actions, Aftermath, Bell, Channel, MailboxIx, Operation, Refusal, ServerEvent, Session,
    apply,
};

/// Octets of a request's head. IIS takes 16 KiB; with a token of 40 KB in it, nobody would be
/// helped by less.
const HEAD: usize = 64 * 1024;
/// Octets kept of what a client sends while its last request hangs.
const AHEAD: usize = 64 * 1024;

/// The server's side of one connection.
pub struct ExchangeSession {
    server: Arc<Shared>,
    channel: Channel,
    /// Nothing was asked yet.
    fresh: bool,
    reader: HttpReader,
    state: State,
}

/// What the connection is about.
enum State {
    /// Requests.
    Listening,
    /// The answer to one goes on; what the client sends meanwhile is kept, as far as there is room.
    Hanging(Box<dyn Hanging>, Vec<u8>),
    /// The server hangs: it ignores all input.
    Hung,
    /// It is over.
    Over,
}

impl Session for ExchangeSession {
    fn open(&mut self, now: Timestamp, out: &mut Actions) {
        // HTTP has no greeting; only a fault does something here.
        if let Some(struck) = self.server.strike(Operation::Connect, None, now) {
            let aftermath = apply(struck, None, Vec::new(), out);
            self.after(aftermath, out);
        }
    }

    fn receive(&mut self, now: Timestamp, mut bytes: &[u8], out: &mut Actions) {
        loop {
            match &mut self.state {
                State::Listening => {
                    let server = &self.server;
                    let wanted = |head: &HttpRequest| work::wants_body(server, head, now);
                    let Some(incoming) = self.reader.take_wanted(&mut bytes, wanted) else {
                        return;
                    };
                    self.answer(incoming, now, out);
                }
                State::Hanging(_, ahead) => {
                    let room = AHEAD - ahead.len();
                    return ahead.extend_from_slice(&bytes[..bytes.len().min(room)]);
                }
                State::Hung | State::Over => return,
            }
        }
    }

    fn lost(&mut self, now: Timestamp, out: &mut Actions) {
        if let State::Hanging(hanging, _) = &mut self.state {
            give_up(&mut **hanging, &self.server, now, out);
        }
        self.state = State::Over;
    }

    fn wake_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Hanging(hanging, _) => Some(hanging.wake_at()),
            State::Listening => work::next_due(&self.server),
            State::Hung | State::Over => None,
        }
    }

    fn bell(&self) -> Option<Bell> {
        match &self.state {
            State::Hanging(hanging, _) => Some(hanging.bell()),
            _ => None,
        }
    }

    fn wake(&mut self, now: Timestamp, out: &mut Actions) {
        work::deliver_due(&self.server, now, out);
        self.turn(now, out);
    }
}

impl ExchangeSession {
    pub(super) fn new(server: Arc<Shared>, channel: Channel) -> Self {
        let limits = HttpLimits { head: HEAD, body: server.options.request_octets };
        let reader = HttpReader::new(limits);
        Self { server, channel, fresh: true, reader, state: State::Listening }
    }

    /// Octets of a request's body that it holds in memory.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.reader.kept()
    }

    fn answer(&mut self, incoming: Incoming, now: Timestamp, out: &mut Actions) {
        match incoming {
            Incoming::Expecting => out.send(CONTINUE),
            Incoming::Request(request) => self.serve(&request, now, out),
            Incoming::Bad(bad) => self.refuse(bad, now, out),
        }
    }

    fn refuse(&mut self, bad: Bad, now: Timestamp, out: &mut Actions) {
        let refusal = match bad {
            Bad::BodyTooLarge => Refusal::TooLarge,
            _ => Refusal::InvalidRequest,
        };
        out.event(ServerEvent::Refused { mailbox: None, refusal });
        out.send(Answer::status(bad.status()).write(now, false));
        self.state = State::Over;
        out.push(Action::Close);
    }

    fn serve(&mut self, request: &HttpRequest, now: Timestamp, out: &mut Actions) {
        work::deliver_due(&self.server, now, out);
        let first = std::mem::take(&mut self.fresh);
        let reply = work::serve(&self.server, self.channel, first, request, now);
        let Reply { asked, answer, hanging, events, once_written, held, struck, .. } = reply;
        for event in events {
            out.event(event);
        }
        if let Some(hanging) = &hanging {
            out.event(ServerEvent::StreamOpened { mailbox: hanging.mailbox() });
        }
        out.hold(asked, held);
        let keep_alive = request.keep_alive;
        let bytes = match &hanging {
            Some(_) => {
                let mut bytes = answer.write_chunked_head(now, keep_alive);
                bytes.extend(chunk(&answer.body));
                bytes
            }
            None => answer.write(now, keep_alive),
        };
        match struck {
            None => {
                out.send(bytes);
                for event in once_written {
                    out.event(event);
                }
            }
            Some(struck) => {
                let whole = super::reply::lets_through(&struck.1, bytes.len());
                let aftermath = Self::say_struck(struck, asked, bytes, out);
                let told = if whole { once_written } else { Vec::new() };
                if self.finish_struck(aftermath, told, out) || !whole {
                    if let Some(mut hanging) = hanging {
                        give_up(&mut *hanging, &self.server, now, out);
                    }
                    return;
                }
            }
        }
        if let Some(hanging) = hanging {
            self.state = State::Hanging(hanging, Vec::new());
            return self.turn(now, out);
        }
        if !keep_alive {
            self.end(out);
        }
    }

    /// Gives an answer as a fault leaves it, but for the connection's end.
    fn say_struck(
        struck: (u16, crate::Effect),
        asked: Option<MailboxIx>,
        bytes: Vec<u8>,
        out: &mut Actions,
    ) -> (Aftermath, Option<Action>) {
        let mut actions = Actions::default();
        let aftermath = apply(struck, asked, bytes, &mut actions);
        let mut ending = None;
        for action in actions.drain() {
            match action {
                Action::Close | Action::Reset => ending = Some(action),
                other => out.push(other),
            }
        }
        (aftermath, ending)
    }

    /// What is true once the answer is written comes before the end; whether this was the end.
    fn finish_struck(
        &mut self,
        (aftermath, ending): (Aftermath, Option<Action>),
        told: Vec<ServerEvent>,
        out: &mut Actions,
    ) -> bool {
        for event in told {
            out.event(event);
        }
        self.after(aftermath, out);
        if let Some(ending) = ending {
            out.push(ending);
        }
        aftermath != Aftermath::Open
    }

    fn after(&mut self, aftermath: Aftermath, _: &mut Actions) {
        match aftermath {
            Aftermath::Open => {}
            Aftermath::Hung => self.state = State::Hung,
            Aftermath::Closed => self.state = State::Over,
        }
    }

    /// A hanging answer goes on.
    fn turn(&mut self, now: Timestamp, out: &mut Actions) {
        let State::Hanging(hanging, ahead) = &mut self.state else { return };
        let Turn { documents, over } = hanging.turn(&self.server, now);
        if over {
            // Its place is free from here on, however long the client takes to read the rest.
            out.event(ServerEvent::StreamClosed { mailbox: hanging.mailbox() });
        }
        for document in documents {
            out.send(chunk(&document));
        }
        if over {
            out.send(chunk(b""));
            let ahead = std::mem::take(ahead);
            self.state = State::Listening;
            self.receive(now, &ahead, out);
        }
    }

    fn end(&mut self, out: &mut Actions) {
        self.state = State::Over;
        out.push(Action::Close);
    }
}

/// Nobody reads a hanging answer any more.
fn give_up(hanging: &mut dyn Hanging, server: &Shared, now: Timestamp, out: &mut Actions) {
    let mailbox = hanging.mailbox();
    hanging.lost(server, now);
    out.event(ServerEvent::StreamClosed { mailbox });
}
