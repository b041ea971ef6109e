//! Stands before the writing half of a turmoil connection and hands its octets over when the link
//! would have: jitter, bandwidth, loss, cuts. Turmoil adds the constant latency.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use turmoil::net::tcp::OwnedWriteHalf;

use super::way::Way;
use crate::time::SimTime;
use crate::world::Direction;

/// Octets a pump holds back at most.
const WINDOW: usize = 256 * 1024;
const CHUNK: usize = 16 * 1024;

/// One direction of one connection.
pub(super) struct Pump {
    pub(super) way: Arc<Way>,
    pub(super) client: SocketAddr,
    pub(super) direction: Direction,
    /// What the stream's holder writes.
    pub(super) from: DuplexStream,
    pub(super) to: OwnedWriteHalf,
}

/// What is handed over when its time has come.
enum Cargo {
    Bytes(Vec<u8>),
    End,
    Break,
}

impl Pump {
    /// Runs until the holder has ended the connection and all of it is handed over, or turmoil
    /// takes no more.
    pub(super) async fn run(mut self) {
        let mut queue: VecDeque<(SimTime, Cargo)> = VecDeque::new();
        let (mut queued, mut reading) = (0, true);
        let mut buffer = vec![0; CHUNK];
        loop {
            let wait = queue.front().map(|(due, _)| due.since(self.way.clock.sim_now()));
            tokio::select! {
                biased;
                read = self.from.read(&mut buffer), if reading && queued < WINDOW => {
                    let read = read.unwrap_or(0);
                    queued += read;
                    let last = queue.back().map_or(SimTime::ZERO, |(due, _)| *due);
                    let (due, cargo) = self.schedule(&buffer[..read]);
                    reading = matches!(cargo, Cargo::Bytes(_));
                    queue.push_back((due.max(last), cargo));
                }
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    let Some((_, cargo)) = queue.pop_front() else { return };
                    self.way.pass_gate(self.direction).await;
                    match cargo {
                        Cargo::Bytes(bytes) => {
                            queued -= bytes.len();
                            if self.to.write_all(&bytes).await.is_err() {
                                return;
                            }
                        }
                        Cargo::End => return self.end().await,
                        Cargo::Break => {
                            self.way.note_reset(self.client, Direction::ToServer);
                            self.way.note_reset(self.client, Direction::ToEngine);
                            return self.end().await;
                        }
                    }
                }
            }
        }
    }

    fn schedule(&self, bytes: &[u8]) -> (SimTime, Cargo) {
        match self.way.shape(self.direction, bytes.len()) {
            Ok(due) if bytes.is_empty() => (due, Cargo::End),
            Ok(due) => (due, Cargo::Bytes(bytes.to_vec())),
            Err(due) => (due, Cargo::Break),
        }
    }

    async fn end(mut self) {
        // A connection that is gone by now needs no ending.
        let _ = self.to.shutdown().await;
    }
}
