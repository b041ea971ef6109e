//! What an arriving letter does at its end of the connection.

use std::io::ErrorKind;
use std::task::Waker;

use super::connection::State;
use super::net::Net;
use super::post::{ConnectionIx, Letter, Message};
use crate::world::Direction;

impl Net {
    /// Delivers everything that is due, in order. Whoever must be woken is added to `wake`: that
    /// is done when the network is unlocked again.
    pub(super) fn deliver(&mut self, wake: &mut Vec<Waker>) {
        let now = self.post.now();
        while let Some(letter) = self.post.next_due(now) {
            if !self.is_stopped(letter, now) {
                self.connections.at(letter.connection).letters -= 1;
                self.arrive(letter, wake);
                self.connections.settle(letter.connection);
            }
        }
    }

    /// A cut or a hold is at the far end of the wire: what is due while it lasts is stopped there.
    /// What follows something that has to be repeated waits for it.
    fn is_stopped(&mut self, letter: Letter, now: u64) -> bool {
        let Letter { connection, to, .. } = letter;
        let connection = self.connections.at(connection);
        let lane = self.routes[connection.host].lane(to);
        let pipe = connection.pipe(to);
        if lane.is_blocked() {
            // Sent one latency before it was due, jitter apart.
            let sent = letter.at.saturating_sub(lane.shaper.latency_ms());
            pipe.stalled_since.get_or_insert(sent);
            lane.parked.push_back(letter);
        } else if pipe.stalled_until > now {
            self.post.postpone(letter, pipe.stalled_until);
        } else {
            return false;
        }
        true
    }

    fn arrive(&mut self, letter: Letter, wake: &mut Vec<Waker>) {
        let Letter { connection: ix, to, message, .. } = letter;
        match message {
            Message::Syn => self.syn(ix),
            Message::SynAck => self.syn_ack(ix, wake),
            Message::Ack => self.ack(ix, wake),
            Message::Refusal => self.break_end(ix, to, ErrorKind::ConnectionRefused, wake),
            Message::Data(octets) => self.data(ix, to, octets, wake),
            Message::Fin => {
                let pipe = self.connections.at(ix).pipe(to);
                pipe.fin_arrived = true;
                wake.extend(pipe.take_reader());
            }
            Message::Reset => self.break_end(ix, to, ErrorKind::ConnectionReset, wake),
            Message::Window(octets) => {
                let pipe = self.connections.at(ix).pipe(to.reverse());
                pipe.open_window(octets);
                wake.extend(pipe.take_writer());
            }
        }
    }

    fn syn(&mut self, ix: ConnectionIx) {
        let connection = self.connections.at(ix);
        let route = &self.routes[connection.host];
        // A client that has given up no longer repeats its request.
        if connection.end(Direction::ToEngine).state == State::Opening {
            connection.life = route.life;
            let answer = if route.up { Message::SynAck } else { Message::Refusal };
            self.send(ix, Direction::ToEngine, answer);
        }
    }

    fn syn_ack(&mut self, ix: ConnectionIx, wake: &mut Vec<Waker>) {
        let connection = self.connections.at(ix);
        let end = connection.end(Direction::ToEngine);
        if end.state == State::Opening {
            end.state = State::Open;
            wake.extend(connection.pipe(Direction::ToEngine).take_reader());
            self.send(ix, Direction::ToServer, Message::Ack);
        }
    }

    fn ack(&mut self, ix: ConnectionIx, wake: &mut Vec<Waker>) {
        let connection = self.connections.at(ix);
        let route = &mut self.routes[connection.host];
        if !route.up || route.life != connection.life {
            self.send(ix, Direction::ToEngine, Message::Reset);
            return;
        }
        let end = connection.end(Direction::ToServer);
        end.state = State::Open;
        end.held = true;
        route.backlog.push_back(ix);
        wake.extend(route.acceptor.take());
    }

    fn data(&mut self, ix: ConnectionIx, to: Direction, octets: u32, wake: &mut Vec<Waker>) {
        let connection = self.connections.at(ix);
        let end = *connection.end(to);
        let pipe = connection.pipe(to);
        if end.held && end.state == State::Open {
            pipe.arrive(octets);
            wake.extend(pipe.take_reader());
            return;
        }
        pipe.drop_rest();
        // Nobody is there to read it (RFC 9293, 3.10.7.1).
        if end.state == State::Open {
            connection.end(to).state = State::Broken(ErrorKind::ConnectionAborted);
            self.send(ix, to.reverse(), Message::Reset);
        }
    }

    /// One end finds the connection broken. What had arrived can still be read, as on Linux.
    pub(super) fn break_end(
        &mut self,
        ix: ConnectionIx,
        to: Direction,
        kind: ErrorKind,
        wake: &mut Vec<Waker>,
    ) {
        let connection = self.connections.at(ix);
        if let state @ (State::Opening | State::Open) = &mut connection.end(to).state {
            *state = State::Broken(kind);
        }
        let reads = connection.pipe(to);
        reads.drop_rest();
        wake.extend(reads.take_reader());
        wake.extend(connection.pipe(to.reverse()).take_writer());
    }
}
