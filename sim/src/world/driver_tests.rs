//! The driver over a plain pair of streams: what it does for a machine, in which order and when,
//! and what it does when the client leaves.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use fake_servers::{Action, Actions, Bell, ItemId, MailboxIx, ServerEvent, Session};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::test_kit::{Echo, Recorder, ms};
use super::{SessionStream, drive};

/// A pipe that remembers whether it was broken rather than ended.
struct Socket {
    stream: DuplexStream,
    broken: Arc<AtomicBool>,
}

impl SessionStream for Socket {
    fn reset(self) {
        self.broken.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A driven server and the client's end of its connection.
struct Bench {
    client: DuplexStream,
    server: JoinHandle<()>,
    broken: Arc<AtomicBool>,
    recorder: Recorder,
}

fn serve(session: impl Session + 'static) -> Bench {
    let (client, stream) = tokio::io::duplex(1 << 20);
    let (recorder, broken) = (Recorder::now(), Arc::<AtomicBool>::default());
    let socket = Socket { stream, broken: Arc::clone(&broken) };
    let server = tokio::spawn(drive(socket, Box::new(session), recorder.desk()));
    Bench { client, server, broken, recorder }
}

impl Bench {
    async fn say(&mut self, lines: &str) {
        self.client.write_all(lines.as_bytes()).await.unwrap();
    }

    async fn hear(&mut self, octets: usize) -> String {
        let mut heard = vec![0; octets];
        self.client.read_exact(&mut heard).await.unwrap();
        String::from_utf8(heard).unwrap()
    }

    /// The client leaves; what the log then holds from the server, and when.
    async fn leave(self) -> Vec<(u64, ServerEvent)> {
        drop(self.client);
        self.server.await.unwrap();
        self.recorder.server_events()
    }
}

const LOST: ServerEvent = ServerEvent::LoggedOut { mailbox: MailboxIx(0) };
const DONE: ServerEvent = ServerEvent::LoggedIn { mailbox: MailboxIx(1) };
const SERVED: ServerEvent =
    ServerEvent::Served { item: ItemId(1), mailbox: MailboxIx(0), content: 0 };

#[tokio::test(start_paused = true)]
async fn actions_are_performed_in_order_each_in_its_time() {
    let mut bench = serve(Echo::default());
    let start = Instant::now();
    bench.say("pause 300\nserve 200\ndribble 50\nend\n").await;
    assert_eq!(bench.hear(6).await, "hello\n");
    assert_eq!(start.elapsed(), ms(0));
    assert_eq!(bench.hear(7).await, "served\n");
    assert_eq!(start.elapsed(), ms(500));
    assert_eq!(bench.hear(2).await, "ab");
    assert_eq!(bench.hear(5).await, "cdef\n");
    assert_eq!(start.elapsed(), ms(650), "three pauses between four pieces");
    assert_eq!(bench.hear(4).await, "end\n");
    let echoed = ServerEvent::LoggedIn { mailbox: MailboxIx(0) };
    assert_eq!(
        bench.leave().await,
        [(500, SERVED), (500, DONE), (650, echoed), (650, LOST)],
        "each is stamped when its turn comes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_ends_a_long_wait() {
    let mut bench = serve(Echo::default());
    bench.say("pause 86400000\n").await;
    tokio::time::sleep(ms(1_000)).await;
    assert_eq!(bench.leave().await, [(1_000, LOST)]);
}

#[tokio::test(start_paused = true)]
async fn what_a_machine_has_done_is_told_though_the_client_left() {
    let mut bench = serve(Echo::default());
    bench.say("serve 5000\n").await;
    tokio::time::sleep(ms(1_000)).await;
    assert_eq!(
        bench.leave().await,
        [(1_000, DONE), (1_000, LOST)],
        "but not that bytes were served which nobody took"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_leaving_is_still_heard() {
    let mut bench = serve(Echo::default());
    bench.say("pause 5000\nline\n").await;
    tokio::time::sleep(ms(1_000)).await;
    let echoed = ServerEvent::LoggedIn { mailbox: MailboxIx(0) };
    assert_eq!(bench.leave().await, [(1_000, echoed), (1_000, LOST)]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_ends_the_connection_has_not_lost_it() {
    let mut bench = serve(Echo::default());
    bench.say("quit\n").await;
    let mut heard = String::new();
    bench.client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "hello\nbye\n");
    assert!(!bench.broken.load(Ordering::Relaxed));
    assert_eq!(bench.leave().await, []);

    let mut bench = serve(Echo::default());
    bench.say("reset\n").await;
    assert_eq!(bench.hear(6).await, "hello\n");
    let broken = Arc::clone(&bench.broken);
    assert_eq!(bench.leave().await, []);
    assert!(broken.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn a_dying_process_loses_its_clients() {
    let mut bench = serve(Echo::default());
    bench.say("serve 5000\n").await;
    tokio::time::sleep(ms(1_000)).await;
    bench.server.abort();
    assert!((&mut bench.server).await.unwrap_err().is_cancelled());
    assert_eq!(bench.recorder.server_events(), [(1_000, DONE), (1_000, LOST)]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_ends_when_nobody_takes_it() {
    let mut bench = serve(Echo::default());
    bench.say(&format!("flood {}\n", u64::MAX)).await;
    assert_eq!(bench.hear(26).await, "hello\n01234567890123456789");
    assert_eq!(bench.leave().await, [(0, LOST)]);
}

/// Pauses an hour for the first byte and counts all of them.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<usize>>);

impl Session for Busy {
    fn open(&mut self, _: Timestamp, _: &mut Actions) {}

    fn receive(&mut self, _: Timestamp, bytes: &[u8], out: &mut Actions) {
        let mut seen = self.0.lock().unwrap();
        if *seen == 0 {
            out.hold(None, ms(3_600_000));
        }
        *seen += bytes.len();
    }

    fn lost(&mut self, _: Timestamp, out: &mut Actions) {
        out.event(LOST);
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_machine_takes_in_only_so_much_ahead() {
    let busy = Busy::default();
    let mut bench = serve(busy.clone());
    bench.say("x").await;
    let written = Arc::new(Mutex::new(0_usize));
    let counted = Arc::clone(&written);
    let client = tokio::spawn(async move {
        for _ in 0..4_096 {
            bench.client.write_all(&[b'x'; 1_024]).await.unwrap();
            *counted.lock().unwrap() += 1_024;
        }
    });
    assert!(timeout(ms(60_000), client).await.is_err(), "the client is made to wait");
    let ahead = *written.lock().unwrap() - (1 << 20);
    assert!(ahead <= super::driver::READ_AHEAD + 16 * 1_024, "{ahead}");
    assert_eq!(*busy.0.lock().unwrap(), 1, "the machine still does one thing at a time");
}

/// Speaks on its own: every second, and whenever its bell rings.
struct Ticker {
    bell: Bell,
    next: Option<Timestamp>,
}

impl Ticker {
    const PERIOD: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);
}

impl Session for Ticker {
    fn open(&mut self, now: Timestamp, _: &mut Actions) {
        self.next = Some(now + Self::PERIOD);
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8], out: &mut Actions) {
        out.push(Action::Pause(ms(u64::from(bytes[0]))));
        out.send("heard\n");
        self.next = Some(now + Self::PERIOD);
    }

    fn lost(&mut self, _: Timestamp, out: &mut Actions) {
        out.event(LOST);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.next
    }

    fn bell(&self) -> Option<Bell> {
        Some(self.bell.clone())
    }

    fn wake(&mut self, now: Timestamp, out: &mut Actions) {
        if self.next.is_some_and(|next| next <= now) {
            out.send("tick\n");
            self.next = Some(now + Self::PERIOD);
        } else {
            out.send("ring\n");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_is_woken_at_its_moment_and_by_its_bell() {
    let bell = Bell::new();
    let mut bench = serve(Ticker { bell: bell.clone(), next: None });
    let start = Instant::now();
    assert_eq!(bench.hear(5).await, "tick\n");
    assert_eq!(start.elapsed(), ms(1_000));
    tokio::time::sleep(ms(300)).await;
    bell.ring();
    assert_eq!(bench.hear(5).await, "ring\n");
    assert_eq!(start.elapsed(), ms(1_300));
    assert_eq!(bench.hear(5).await, "tick\n");
    assert_eq!(start.elapsed(), ms(2_000), "a ring moves no moment");
    bench.say("d").await;
    tokio::time::sleep(ms(50)).await;
    bell.ring();
    assert_eq!(bench.hear(11).await, "heard\nring\n", "rung while the machine was busy");
    assert_eq!(start.elapsed(), ms(2_100));
    assert_eq!(bench.leave().await, [(2_100, LOST)]);
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_there_come_before_a_moment_that_has_come() {
    let mut bench = serve(Ticker { bell: Bell::new(), next: None });
    tokio::time::sleep(ms(500)).await;
    bench.say("\u{1}").await;
    assert_eq!(bench.hear(6).await, "heard\n");
    let start = Instant::now();
    assert_eq!(bench.hear(5).await, "tick\n");
    assert_eq!(start.elapsed(), ms(999), "counted from the machine's last turn");
}

/// Always wants to have been woken an hour ago.
struct Sleepless(Arc<Mutex<u64>>);

impl Session for Sleepless {
    fn open(&mut self, _: Timestamp, _: &mut Actions) {}

    fn receive(&mut self, _: Timestamp, _: &[u8], _: &mut Actions) {}

    fn lost(&mut self, _: Timestamp, _: &mut Actions) {}

    fn wake_at(&self) -> Option<Timestamp> {
        Some(Timestamp::UNIX_EPOCH)
    }

    fn wake(&mut self, _: Timestamp, _: &mut Actions) {
        *self.0.lock().unwrap() += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn time_goes_on_beside_a_machine_that_never_sleeps() {
    let woken = Arc::default();
    let bench = serve(Sleepless(Arc::clone(&woken)));
    tokio::time::sleep(ms(100)).await;
    bench.leave().await;
    let woken = *woken.lock().unwrap();
    assert!((90..=101).contains(&woken), "{woken}");
}
