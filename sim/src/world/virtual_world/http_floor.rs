//! The floor under an Exchange cycle: the same requests and answers through hyper and the codec,
//! over the same virtual streams and on kept connections, with no engine, fake, store, log or
//! checks.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::fabric::Fabric;
use crate::log::HostIx;
use crate::world::{Link, WorldError};

/// Both ends of an exchange as calls of the codec. Each is called once for each exchange.
pub trait HttpDialogue: Send + Sync + 'static {
    /// The client's request, with its body written by the codec.
    fn request(&self) -> Request<Full<Bytes>>;

    /// The server's answer: the request's body read by the codec, and an answer written by it.
    fn answer(&self, body: &[u8]) -> Response<Full<Bytes>>;

    /// Reads the answer's body with the codec; says whether it is what was expected.
    fn read(&self, body: &[u8]) -> bool;
}

/// Many mailboxes that hold the same exchange again and again over a few kept connections.
pub struct HttpFloor {
    /// Mailboxes.
    pub mailboxes: u32,
    /// Connections they share.
    pub connections: u32,
    /// From the end of a mailbox's exchange to its next one.
    pub pause: Duration,
    /// Simulated time.
    pub lasts: Duration,
    /// The link between the mailboxes and their server.
    pub link: Link,
    /// What is said.
    pub dialogue: Arc<dyn HttpDialogue>,
}

const SERVER: HostIx = HostIx(0);

impl HttpFloor {
    /// Runs all of it on this thread; returns how many exchanges were held to their end.
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
        let exchanges = Arc::new(AtomicU64::new(0));
        tokio::spawn(fabric.courier());
        tokio::spawn(serve(fabric.clone(), Arc::clone(&self.dialogue)));
        let connections = self.connections.max(1);
        // Its mailboxes take turns, so that each has its pause and the connection never waits.
        let gap = self.pause * connections / self.mailboxes.max(1);
        for connection in 0..connections {
            let first = gap * connection / connections;
            let (fabric, dialogue) = (fabric.clone(), Arc::clone(&self.dialogue));
            let exchanges = Arc::clone(&exchanges);
            tokio::spawn(async move {
                tokio::time::sleep(first).await;
                let Some(mut sender) = connect(&fabric).await else { return };
                while ask(&mut sender, &*dialogue).await {
                    exchanges.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(gap).await;
                }
            });
        }
        tokio::time::sleep(self.lasts).await;
        exchanges.load(Ordering::Relaxed)
    }
}

async fn connect(fabric: &Fabric) -> Option<SendRequest<Full<Bytes>>> {
    let stream = TokioIo::new(fabric.connect(SERVER).await.ok()?);
    let (sender, connection) = hyper::client::conn::http1::handshake(stream).await.ok()?;
    tokio::spawn(async move {
        // It ends with the run; what is lost then was never counted.
        let _ = connection.await;
    });
    Some(sender)
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, dialogue: &dyn HttpDialogue) -> bool {
    if sender.ready().await.is_err() {
        return false;
    }
    let Ok(answer) = sender.send_request(dialogue.request()).await else { return false };
    match answer.into_body().collect().await {
        Ok(body) => dialogue.read(&body.to_bytes()),
        Err(_) => false,
    }
}

async fn serve(fabric: Fabric, dialogue: Arc<dyn HttpDialogue>) {
    loop {
        let stream = TokioIo::new(fabric.accept(SERVER).await);
        let dialogue = Arc::clone(&dialogue);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let dialogue = Arc::clone(&dialogue);
            async move {
                let body =
                    request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
                Ok::<_, Infallible>(dialogue.answer(&body.unwrap_or_default()))
            }
        });
        tokio::spawn(async move {
            // A client that goes early ends the connection; there is nobody to tell.
            let _ = hyper::server::conn::http1::Builder::new()
                .auto_date_header(false)
                .header_read_timeout(None)
                .serve_connection(stream, service)
                .await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Jitter, Loss};

    struct Echo;

    impl HttpDialogue for Echo {
        fn request(&self) -> Request<Full<Bytes>> {
            Request::new(Full::from("ping"))
        }

        fn answer(&self, body: &[u8]) -> Response<Full<Bytes>> {
            Response::new(Full::from(body.repeat(500)))
        }

        fn read(&self, body: &[u8]) -> bool {
            body.len() == 2_000
        }
    }

    #[test]
    fn every_mailbox_holds_its_exchanges() {
        let latency = Duration::from_millis(20);
        let floor = HttpFloor {
            mailboxes: 30,
            connections: 3,
            pause: Duration::from_mins(5),
            lasts: Duration::from_hours(1),
            link: Link { latency, jitter: Jitter::None, bandwidth: None, loss: Loss::None },
            dialogue: Arc::new(Echo),
        };
        // Ten mailboxes on each connection, one every 30 s and the time an exchange takes.
        assert_eq!(floor.run().unwrap(), 3 * 120);
    }
}
