//! The network: every connection, every route and the post, in one place. Sending is here; what
//! an arriving letter does is in `arrival`, what a cue does is in `upheaval`.

use tokio::time::Instant;

use super::connection::{Client, Connections, State};
use super::post::{ConnectionIx, Message, Post};
use super::route::Route;
use crate::world::shaper::Passage;
use crate::world::{Direction, Link};

/// Everything between the engine and the servers.
pub(super) struct Net {
    pub(super) post: Post,
    pub(super) routes: Vec<Route>,
    pub(super) connections: Connections,
}

impl Net {
    pub(super) fn new<'a>(
        seed: u64,
        start: Instant,
        servers: impl Iterator<Item = (&'a str, &'a Link)>,
    ) -> Self {
        Self {
            post: Post::new(start),
            routes: servers.map(|(name, link)| Route::new(seed, name, link)).collect(),
            connections: Connections::default(),
        }
    }

    /// Asks a server for a connection.
    pub(super) fn connect(&mut self, client: Client, host: usize) -> ConnectionIx {
        let ix = self.connections.open(client, host, self.routes[host].life);
        self.send(ix, Direction::ToServer, Message::Syn);
        ix
    }

    /// Puts a message on the link, behind everything this connection has sent in that direction.
    pub(super) fn send(&mut self, ix: ConnectionIx, to: Direction, message: Message) {
        let now = self.post.now();
        let connection = self.connections.at(ix);
        let (lane, rng) = self.routes[connection.host].lane_and_chance(to);
        let passage = match message {
            Message::Reset | Message::Window(_) => Passage::Arrives(lane.shaper.pass_signal(now)),
            Message::Data(octets) => lane.shaper.pass(now, octets as usize, rng),
            Message::Syn | Message::SynAck | Message::Ack | Message::Refusal | Message::Fin => {
                lane.shaper.pass(now, 0, rng)
            }
        };
        match passage {
            Passage::Arrives(at) => self.dispatch(ix, to, at, message),
            Passage::Breaks(at) => {
                self.dispatch(ix, to, at, Message::Reset);
                self.dispatch(ix, to.reverse(), at, Message::Reset);
            }
        }
    }

    fn dispatch(&mut self, ix: ConnectionIx, to: Direction, at: u64, message: Message) {
        let connection = self.connections.at(ix);
        connection.letters += 1;
        let pipe = connection.pipe(to);
        let at = at.max(pipe.last_arrival);
        pipe.last_arrival = at;
        self.post.send(at, ix, to, message);
    }

    /// The holder of the end that reads `reads` lets go: in order, or with a reset when it leaves
    /// something unread (RFC 2525, 2.17).
    pub(super) fn let_go(&mut self, ix: ConnectionIx, reads: Direction) {
        let connection = self.connections.at(ix);
        let unread = connection.pipe(reads).has_arrived();
        connection.pipe(reads).drop_all();
        let fin_sent = connection.pipe(reads.reverse()).fin_sent;
        let end = connection.end(reads);
        end.held = false;
        match end.state {
            State::Opening => end.state = State::Broken(std::io::ErrorKind::ConnectionAborted),
            State::Open if unread => self.send(ix, reads.reverse(), Message::Reset),
            State::Open if !fin_sent => self.send(ix, reads.reverse(), Message::Fin),
            State::Broken(_) | State::Open => {}
        }
        self.connections.settle(ix);
    }

    /// The holder of the end that reads `reads` breaks the connection.
    pub(super) fn reset(&mut self, ix: ConnectionIx, reads: Direction) {
        let end = self.connections.at(ix).end(reads);
        if matches!(end.state, State::Broken(_)) {
            return;
        }
        end.state = State::Broken(std::io::ErrorKind::ConnectionAborted);
        self.connections.at(ix).pipe(reads).drop_all();
        self.send(ix, reads.reverse(), Message::Reset);
    }
}
