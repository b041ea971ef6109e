//! Runs a server machine over a byte stream: the only place where a [`Session`] meets time and
//! I/O. Every world uses it, and so can a real socket.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::time::Duration;

use fake_servers::{Action, Actions, Handshake, Listening, ServerEvent, Session, flood_pieces};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Desk;

/// Octets taken from a client while the machine is busy; more stay in the network.
pub(super) const READ_AHEAD: usize = 64 * 1024;
/// Room made for one read, and after a read that filled it.
const READ: usize = 1024;
const LONG_READ: usize = 16 * 1024;
/// Octets of a flood written at once.
const FLOOD_PIECE: usize = 16 * 1024;
/// Between two wakings of a machine at moments of its own: the resolution of tokio's timers.
const SHORTEST_NAP: Duration = Duration::from_millis(1);

/// A byte stream that can also be broken.
pub trait SessionStream: AsyncRead + AsyncWrite + Send + Unpin {
    /// Breaks the connection: the peer finds it reset, not ended.
    fn reset(self);

    /// Goes on in TLS after such a handshake. Simulated networks have none, and no machine in them
    /// asks for it.
    fn start_tls(&mut self, _: Handshake) -> impl Future<Output = io::Result<()>> + Send {
        std::future::ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

/// Serves one connection from its opening to its end, whichever side ends it.
///
/// Actions are performed in their order; then whatever comes first is the machine's next turn:
/// bytes of the client, the moment it wanted to be woken at, or its bell. A client that leaves is
/// noticed while the machine waits: then nothing is waited for any more, bytes that had come before
/// are still taken in, and [`Session::lost`] is called unless the machine had already ended the
/// connection. What events tell has happened in the machine, so those whose turn had not come are
/// reported when the client's leaving is noticed; only [`ServerEvent::Served`] speaks of the bytes
/// before it and is dropped with them. The same holds when this future is dropped, which is how a
/// server's process dies.
pub async fn drive<S: SessionStream>(stream: S, session: Box<dyn Session>, desk: Desk) {
    let mut machine = Machine::open(session, desk);
    let mut line = Line { stream, input: Vec::new(), filled: false, peer: Peer::Present };
    loop {
        match perform(&mut machine, &mut line).await {
            Next::Listen => {}
            Next::Closed => return,
            Next::Reset => return line.stream.reset(),
        }
        if line.input.is_empty() && line.peer == Peer::Present {
            let turn = machine.next_turn();
            if line.read_or(turn).await == First::Turn {
                machine.wake();
                continue;
            }
        }
        if line.input.is_empty() {
            return;
        }
        machine.receive(&line.input);
        line.input.clear();
    }
}

/// What follows when there is nothing more to perform.
enum Next {
    Listen,
    Closed,
    Reset,
}

/// What came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// The client: bytes, or its leaving.
    Client,
    /// The moment or the bell that the machine waited for.
    Turn,
}

/// What a machine waits for besides its client.
struct Turn {
    moment: Option<Duration>,
    ring: Option<Listening>,
}

impl Turn {
    async fn comes(self) {
        let moment = async {
            match self.moment {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        let ring = async {
            match self.ring {
                Some(listening) => listening.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = ring => {}
            () = moment => {}
        }
    }
}

async fn perform<S: SessionStream>(machine: &mut Machine, line: &mut Line<S>) -> Next {
    while let Some(action) = machine.agenda.pop_front() {
        match action {
            Action::Send(bytes) => line.write(&bytes).await,
            Action::Dribble { bytes, chunk, pause } => {
                line.dribble(&bytes, chunk, machine.desk.timer(pause)).await;
            }
            Action::Flood { unit, total } => {
                for piece in flood_pieces(&unit, total, FLOOD_PIECE) {
                    if line.peer == Peer::Gone {
                        break;
                    }
                    line.write(&piece).await;
                }
            }
            Action::Pause(how_long) => line.wait(machine.desk.timer(how_long)).await,
            Action::Event(event) => {
                if line.peer != Peer::Gone || !speaks_of_bytes(&event) {
                    machine.desk.report(event);
                }
            }
            Action::StartTls(handshake) => line.start_tls(handshake).await,
            Action::Close => {
                machine.ended = true;
                line.end().await;
                return Next::Closed;
            }
            Action::Reset => {
                machine.ended = true;
                return Next::Reset;
            }
        }
    }
    line.flush().await;
    Next::Listen
}

/// Whether an event is true only if the bytes before it were written.
fn speaks_of_bytes(event: &ServerEvent) -> bool {
    matches!(event, ServerEvent::Served { .. })
}

/// The machine and what it still wants done. Dropping it takes the machine off the connection.
struct Machine {
    session: Box<dyn Session>,
    desk: Desk,
    out: Actions,
    agenda: VecDeque<Action>,
    /// The machine has ended the connection itself.
    ended: bool,
    /// How often its bell had been rung at the end of its last turn.
    heard: u64,
    /// Its last turn was a waking; the next one of that kind is later.
    woken: bool,
}

impl Machine {
    fn open(session: Box<dyn Session>, desk: Desk) -> Self {
        desk.connected();
        let mut machine = Self {
            session,
            desk,
            out: Actions::default(),
            agenda: VecDeque::new(),
            ended: false,
            heard: 0,
            woken: false,
        };
        machine.session.open(machine.desk.timestamp(), &mut machine.out);
        machine.end_turn(false);
        machine
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.session.receive(self.desk.timestamp(), bytes, &mut self.out);
        self.end_turn(false);
    }

    fn wake(&mut self) {
        self.session.wake(self.desk.timestamp(), &mut self.out);
        self.end_turn(true);
    }

    fn end_turn(&mut self, woken: bool) {
        self.agenda.extend(self.out.drain());
        self.heard = self.session.bell().map_or(0, |bell| bell.rings());
        self.woken = woken;
    }

    /// What the machine waits for; `None` when it is the client alone.
    fn next_turn(&self) -> Option<Turn> {
        let ring = self.session.bell().map(|bell| bell.rung_since(self.heard));
        let moment = self.session.wake_at().map(|at| {
            let wait = at.duration_since(self.desk.timestamp());
            // Time goes on even for a machine that asks for a moment which is past.
            let least = if self.woken { SHORTEST_NAP } else { Duration::ZERO };
            self.desk.timer(Duration::try_from(wait).unwrap_or_default()).max(least)
        });
        (ring.is_some() || moment.is_some()).then_some(Turn { moment, ring })
    }

    /// Reports every event still on the agenda, and whether the machine meant to end the
    /// connection.
    fn report_rest(&mut self) {
        for action in self.agenda.drain(..) {
            match action {
                Action::Event(event) if !speaks_of_bytes(&event) => self.desk.report(event),
                Action::Close | Action::Reset => self.ended = true,
                Action::Event(_)
                | Action::Send(_)
                | Action::Dribble { .. }
                | Action::Flood { .. }
                | Action::StartTls(_)
                | Action::Pause(_) => {}
            }
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.desk.is_closed() {
            return;
        }
        self.report_rest();
        if !self.ended {
            self.session.lost(self.desk.timestamp(), &mut self.out);
            self.agenda.extend(self.out.drain());
            self.report_rest();
        }
        self.desk.disconnected();
    }
}

/// Whether the client is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Present,
    /// It has sent its last byte; it may still read.
    Silent,
    Gone,
}

/// The stream, what was read from it ahead of time, and what is known of its other end.
struct Line<S> {
    stream: S,
    input: Vec<u8>,
    filled: bool,
    peer: Peer,
}

impl<S: SessionStream> Line<S> {
    async fn write(&mut self, bytes: &[u8]) {
        if self.peer != Peer::Gone && self.stream.write_all(bytes).await.is_err() {
            self.peer = Peer::Gone;
        }
    }

    async fn flush(&mut self) {
        if self.peer != Peer::Gone && self.stream.flush().await.is_err() {
            self.peer = Peer::Gone;
        }
    }

    async fn dribble(&mut self, bytes: &[u8], chunk: usize, pause: Duration) {
        for (index, piece) in bytes.chunks(chunk.max(1)).enumerate() {
            if index > 0 {
                self.wait(pause).await;
            }
            self.write(piece).await;
            self.flush().await;
        }
    }

    /// What came in the clear must not be taken for something said in TLS.
    async fn start_tls(&mut self, handshake: Handshake) {
        self.flush().await;
        self.input.clear();
        if self.peer != Peer::Present || self.stream.start_tls(handshake).await.is_err() {
            self.peer = Peer::Gone;
        }
    }

    async fn end(&mut self) {
        if self.peer != Peer::Gone {
            // A client that is gone by now needs no ending.
            let _ = self.stream.shutdown().await;
        }
    }

    /// Waits, and watches the client meanwhile; cut short when it leaves.
    async fn wait(&mut self, how_long: Duration) {
        if self.peer != Peer::Present {
            return;
        }
        self.flush().await;
        let mut sleep = std::pin::pin!(tokio::time::sleep(how_long));
        while self.peer == Peer::Present {
            if self.input.len() >= READ_AHEAD {
                return sleep.await;
            }
            tokio::select! {
                biased;
                () = self.read() => {}
                () = &mut sleep => return,
            }
        }
    }

    /// Reads, unless the machine's turn comes before.
    async fn read_or(&mut self, turn: Option<Turn>) -> First {
        let Some(turn) = turn else {
            self.read().await;
            return First::Client;
        };
        tokio::select! {
            biased;
            () = self.read() => First::Client,
            () = turn.comes() => First::Turn,
        }
    }

    /// Adds what comes next to the input. Losing this future loses no byte.
    fn read(&mut self) -> impl Future<Output = ()> {
        self.input.reserve(if self.filled { LONG_READ } else { READ });
        let room = self.input.capacity() - self.input.len();
        let (stream, input) = (&mut self.stream, &mut self.input);
        let (filled, peer) = (&mut self.filled, &mut self.peer);
        async move {
            match stream.read_buf(input).await {
                Ok(0) => *peer = Peer::Silent,
                Ok(read) => *filled = read == room,
                Err(_) => *peer = Peer::Gone,
            }
        }
    }
}
