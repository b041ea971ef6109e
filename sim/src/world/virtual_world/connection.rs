//! One connection: two ends, a pipe for each direction, and the count of letters that still speak
//! of it. Its place in the table is free again when nobody holds an end and no letter is left.

use std::io::ErrorKind;

use super::pipe::Pipe;
use super::post::ConnectionIx;
use crate::world::Direction;

/// Whose process a connection's client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Engine,
    /// A process that has nothing to do with the engine's.
    Bystander,
}

/// One connection. Pipes and ends are found by the direction of the octets: the end of a
/// direction is the one that reads it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: Client,
    /// Its server's place in the network's list.
    pub(super) host: usize,
    /// The server's life it was asked of; another life knows nothing of it.
    pub(super) life: u32,
    pipes: [Pipe; 2],
    ends: [End; 2],
    /// Letters under way or parked.
    pub(super) letters: u32,
}

/// What one end knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Somebody holds it.
    pub(super) held: bool,
    pub(super) state: State,
}

/// How far an end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The handshake is under way.
    Opening,
    Open,
    Broken(ErrorKind),
}

impl Connection {
    fn opening(client: Client, host: usize, life: u32) -> Self {
        let mut new = Self {
            client,
            host,
            life,
            pipes: <[Pipe; 2]>::default(),
            ends: [End { held: false, state: State::Opening }; 2],
            letters: 0,
        };
        new.end(Direction::ToEngine).held = true;
        new
    }

    pub(super) fn pipe(&mut self, direction: Direction) -> &mut Pipe {
        &mut self.pipes[direction as usize]
    }

    pub(super) fn end(&mut self, direction: Direction) -> &mut End {
        &mut self.ends[direction as usize]
    }

    /// Nobody can ever hear of it again.
    fn is_over(&self) -> bool {
        self.letters == 0 && self.ends.iter().all(|end| !end.held)
    }
}

/// All connections, in places that are used again.
#[derive(Debug, Default)]
pub(super) struct Connections {
    places: Vec<Connection>,
    free: Vec<ConnectionIx>,
}

impl Connections {
    /// A new connection, held by its client.
    pub(super) fn open(&mut self, client: Client, host: usize, life: u32) -> ConnectionIx {
        let Some(ix) = self.free.pop() else {
            self.places.push(Connection::opening(client, host, life));
            return ConnectionIx::try_from(self.places.len() - 1)
                .unwrap_or_else(|_| unreachable!("four thousand million connections at once"));
        };
        let place = self.at(ix);
        let [mut one, mut other] = std::mem::take(&mut place.pipes);
        one.recycle();
        other.recycle();
        *place = Connection { pipes: [one, other], ..Connection::opening(client, host, life) };
        ix
    }

    pub(super) fn at(&mut self, ix: ConnectionIx) -> &mut Connection {
        &mut self.places[ix as usize]
    }

    /// Gives the place back if the connection is over. To be called exactly when a letter or a
    /// holder has gone.
    pub(super) fn settle(&mut self, ix: ConnectionIx) {
        if self.at(ix).is_over() {
            self.free.push(ix);
        }
    }

    /// Every place that somebody holds the given end of.
    pub(super) fn held(&self, direction: Direction) -> Vec<ConnectionIx> {
        let held = |place: &Connection| place.ends[direction as usize].held;
        (0..).zip(&self.places).filter(|(_, place)| held(place)).map(|(ix, _)| ix).collect()
    }

    /// How many are not over.
    pub(super) fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }
}
