//! The floor under every measurement: the same bytes over the same virtual streams, with no
//! engine, store, log or checks. What a cycle costs above it is our own doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::fabric::Fabric;
use super::stream::VirtualStream;
use crate::log::HostIx;
use crate::world::{Link, WorldError};

/// What a session says, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// The server speaks first.
    pub greeting: Vec<u8>,
    /// Then each request of the client is answered.
    pub exchanges: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Many mailboxes that hold the same dialogue again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    /// Mailboxes, each a task of its own.
    pub mailboxes: u32,
    /// From the end of a session to the next one of that mailbox. First sessions are spread
    /// evenly over this time.
    pub pause: Duration,
    /// Simulated time.
    pub lasts: Duration,
    /// The link between the mailboxes and their server.
    pub link: Link,
    /// What each session says.
    pub dialogue: Dialogue,
}

const SERVER: HostIx = HostIx(0);

impl Floor {
    /// Runs all of it on this thread; returns how many sessions were held to their end.
    ///
    /// # Errors
    /// When there is no runtime to be had.
    pub fn run(&self) -> Result<u64, WorldError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        Ok(runtime.block_on(self.play()))
    }

    async fn play(&self) -> u64 {
        let fabric = Fabric::new(0, std::iter::once(("floor", &self.link)));
        let dialogue = Arc::new(self.dialogue.clone());
        let sessions = Arc::new(AtomicU64::new(0));
        tokio::spawn(fabric.courier());
        tokio::spawn(serve(fabric.clone(), Arc::clone(&dialogue)));
        for mailbox in 0..self.mailboxes {
            let first = self.pause * mailbox / self.mailboxes;
            let (fabric, dialogue) = (fabric.clone(), Arc::clone(&dialogue));
            let (pause, sessions) = (self.pause, Arc::clone(&sessions));
            tokio::spawn(async move {
                tokio::time::sleep(first).await;
                while ask(&fabric, &dialogue).await.is_ok() {
                    sessions.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(pause).await;
                }
            });
        }
        tokio::time::sleep(self.lasts).await;
        sessions.load(Ordering::Relaxed)
    }
}

async fn ask(fabric: &Fabric, dialogue: &Dialogue) -> std::io::Result<()> {
    let mut stream = fabric.connect(SERVER).await?;
    let mut buffer = [0; 512];
    hear(&mut stream, dialogue.greeting.len(), &mut buffer).await?;
    for (request, answer) in &dialogue.exchanges {
        stream.write_all(request).await?;
        hear(&mut stream, answer.len(), &mut buffer).await?;
    }
    Ok(())
}

async fn serve(fabric: Fabric, dialogue: Arc<Dialogue>) {
    loop {
        let mut stream = fabric.accept(SERVER).await;
        let dialogue = Arc::clone(&dialogue);
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            // A client that goes early ends the session; there is nobody to tell.
            let _ = answer(&mut stream, &dialogue, &mut buffer).await;
        });
    }
}

async fn answer(
    stream: &mut VirtualStream,
    dialogue: &Dialogue,
    buffer: &mut [u8],
) -> std::io::Result<()> {
    stream.write_all(&dialogue.greeting).await?;
    for (request, answer) in &dialogue.exchanges {
        hear(stream, request.len(), buffer).await?;
        stream.write_all(answer).await?;
    }
    Ok(())
}

/// Reads exactly so many octets.
async fn hear(
    stream: &mut VirtualStream,
    mut octets: usize,
    buffer: &mut [u8],
) -> std::io::Result<()> {
    while octets > 0 {
        let room = octets.min(buffer.len());
        let read = stream.read(&mut buffer[..room]).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        octets -= read;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Jitter, Loss};

    #[test]
    fn every_mailbox_holds_its_sessions() {
        let latency = Duration::from_millis(20);
        let floor = Floor {
            mailboxes: 10,
            pause: Duration::from_mins(5),
            lasts: Duration::from_hours(1),
            link: Link { latency, jitter: Jitter::None, bandwidth: None, loss: Loss::None },
            dialogue: Dialogue {
                greeting: b"+OK\r\n".to_vec(),
                exchanges: vec![(b"QUIT\r\n".to_vec(), vec![b'x'; 2_000])],
            },
        };
        // Twelve each, the last ones of which begin in the last five minutes and end in time.
        assert_eq!(floor.run().unwrap(), 120);
    }
}
