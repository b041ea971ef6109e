//! What the script does to the network: cuts, holds, crashes.

use std::io::ErrorKind;
use std::task::Waker;

use super::connection::{Client, Connection, State};
use super::net::Net;
use super::post::Message;
use crate::world::{Direction, retransmission};

const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToEngine];

impl Net {
    pub(super) fn cut(&mut self, host: usize, direction: Direction) {
        self.routes[host].lane(direction).cut = true;
    }

    /// Ends every cut of a link. What was stopped is repeated by TCP's law: each connection tries
    /// again at the end of its current time-out.
    pub(super) fn repair(&mut self, host: usize) {
        for direction in BOTH {
            let lane = self.routes[host].lane(direction);
            if std::mem::take(&mut lane.cut) && !lane.held {
                self.let_through(host, direction, true);
            }
        }
    }

    pub(super) fn hold(&mut self, host: usize) {
        for direction in BOTH {
            self.routes[host].lane(direction).held = true;
        }
    }

    /// Ends a hold: what was kept arrives now.
    pub(super) fn release(&mut self, host: usize) {
        for direction in BOTH {
            let lane = self.routes[host].lane(direction);
            if std::mem::take(&mut lane.held) && !lane.cut {
                self.let_through(host, direction, false);
            }
        }
    }

    fn let_through(&mut self, host: usize, direction: Direction, repeat: bool) {
        let now = self.post.now();
        let lane = self.routes[host].lane(direction);
        let latency = lane.shaper.latency_ms();
        for letter in std::mem::take(&mut lane.parked) {
            let pipe = self.connections.at(letter.connection).pipe(direction);
            if let Some(since) = pipe.stalled_since.take() {
                pipe.stalled_until = if repeat {
                    retransmission::first_at_or_after(since, now) + latency
                } else {
                    now
                };
                pipe.last_arrival = pipe.last_arrival.max(pipe.stalled_until);
            }
            self.post.postpone(letter, pipe.stalled_until);
        }
    }

    /// The server's process dies: its system resets what it had open.
    pub(super) fn crash(&mut self, host: usize, wake: &mut Vec<Waker>) {
        self.routes[host].up = false;
        self.routes[host].life += 1;
        for ix in std::mem::take(&mut self.routes[host].backlog) {
            self.reset(ix, Direction::ToServer);
            self.connections.at(ix).end(Direction::ToServer).held = false;
            self.connections.settle(ix);
        }
        self.reset_all(Direction::ToServer, |it| it.host == host, wake);
    }

    pub(super) fn start(&mut self, host: usize) {
        self.routes[host].up = true;
    }

    /// The engine's process dies: its system resets what it had open or asked for.
    pub(super) fn crash_engine(&mut self, wake: &mut Vec<Waker>) {
        self.reset_all(Direction::ToEngine, |it| it.client == Client::Engine, wake);
    }

    fn reset_all(
        &mut self,
        end: Direction,
        concerns: impl Fn(&Connection) -> bool,
        wake: &mut Vec<Waker>,
    ) {
        for ix in self.connections.held(end) {
            let connection = self.connections.at(ix);
            if !concerns(connection) {
                continue;
            }
            if connection.end(end).state == State::Open {
                self.send(ix, end.reverse(), Message::Reset);
            }
            self.connections.at(ix).pipe(end).drop_all();
            self.break_end(ix, end, ErrorKind::ConnectionAborted, wake);
        }
    }
}
