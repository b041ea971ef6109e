//! A toy engine and a toy server that speak lines to each other, and a log that keeps everything:
//! enough to see what a world does.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_servers::{Action, Actions, MailboxIx, ServerEvent, Session};
use jiff::Timestamp;
use sync_engine::{BoxFuture, ByteStream, Endpoint, Event};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use super::desk::Curtain;
use super::{
    Change, Cue, Desk, Ending, EngineHost, Jitter, Link, Load, Loss, Play, RunClock, Seams,
    ServerHost, WorldError,
};
use crate::log::{Entry, Fold, HostIx, SharedLog, Wish, WorldEvent};
use crate::time::SimTime;

pub(super) const HELLO: &str = "hello\n";

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) fn link(latency: u64) -> Link {
    Link { latency: ms(latency), jitter: Jitter::None, bandwidth: None, loss: Loss::None }
}

/// Says hello, echoes lines, and obeys a few.
#[derive(Default)]
pub(super) struct Echo {
    line: Vec<u8>,
}

impl Echo {
    fn obey(line: &str, out: &mut Actions) {
        let (word, number) = line.split_once(' ').unwrap_or((line, "0"));
        let number: u64 = number.parse().unwrap_or(0);
        match word {
            "pause" => out.push(Action::Pause(ms(number))),
            "flood" => out.push(Action::Flood { unit: b"0123456789".to_vec(), total: number }),
            "dribble" => out.push(Action::Dribble {
                bytes: b"abcdef\n".to_vec(),
                chunk: 2,
                pause: ms(number),
            }),
            "serve" => {
                out.push(Action::Pause(ms(number)));
                out.send("served\n");
                out.event(ServerEvent::Served {
                    item: fake_servers::ItemId(1),
                    mailbox: MailboxIx(0),
                    content: 0,
                });
                out.event(ServerEvent::LoggedIn { mailbox: MailboxIx(1) });
            }
            "kill" => out.event(ServerEvent::LoggedIn { mailbox: MailboxIx(DIE) }),
            "quit" => {
                out.send("bye\n");
                out.push(Action::Close);
            }
            "reset" => out.push(Action::Reset),
            _ => {
                out.event(ServerEvent::LoggedIn { mailbox: MailboxIx(0) });
                out.send(format!("{line}\n"));
            }
        }
    }
}

impl Session for Echo {
    fn open(&mut self, _: Timestamp, out: &mut Actions) {
        out.send(HELLO);
    }

    fn receive(&mut self, _: Timestamp, bytes: &[u8], out: &mut Actions) {
        for byte in bytes {
            if *byte == b'\n' {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                Self::obey(&line, out);
            } else {
                self.line.push(*byte);
            }
        }
    }

    fn lost(&mut self, _: Timestamp, out: &mut Actions) {
        out.event(ServerEvent::LoggedOut { mailbox: MailboxIx(0) });
    }
}

type Script = Arc<dyn Fn(Toy) -> BoxFuture<'static, ()> + Send + Sync>;

/// The engine's host: every life runs the same script.
struct ToyHost {
    script: Script,
    alive: Arc<AtomicBool>,
    lives: AtomicU32,
    start: Timestamp,
    log: SharedLog,
    notes: Notes,
}

type Notes = Arc<Mutex<Vec<(u64, String)>>>;

impl EngineHost for ToyHost {
    fn start(&self, seams: Seams) -> BoxFuture<'static, ()> {
        self.alive.store(true, Ordering::Relaxed);
        (self.script)(Toy {
            life: self.lives.fetch_add(1, Ordering::Relaxed),
            seams,
            start: self.start,
            alive: Arc::clone(&self.alive),
            log: self.log.clone(),
            notes: Arc::clone(&self.notes),
        })
    }

    fn kill(&self) {
        self.alive.store(false, Ordering::Relaxed);
    }

    fn is_alive(&self) -> bool {
        self.alive.load(Ordering::Relaxed)
    }
}

/// What the script of one life works with.
#[derive(Clone)]
pub(super) struct Toy {
    pub(super) life: u32,
    pub(super) seams: Seams,
    start: Timestamp,
    alive: Arc<AtomicBool>,
    log: SharedLog,
    notes: Notes,
}

impl Toy {
    pub(super) fn now(&self) -> SimTime {
        let since = self.seams.clock.now().duration_since(self.start);
        SimTime(u64::try_from(since.as_millis()).unwrap())
    }

    /// Keeps what happened and when.
    pub(super) fn note(&self, what: impl Into<String>) {
        self.notes.lock().unwrap().push((self.now().0, what.into()));
    }

    pub(super) async fn until(&self, at: u64) {
        tokio::time::sleep(SimTime(at).since(self.now())).await;
    }

    /// Connects to server `n` and notes how that went.
    pub(super) async fn connect(&self, n: u16) -> Option<Box<dyn ByteStream>> {
        let to = Endpoint { host: format!("server-{n}"), port: 110 };
        match self.seams.connector.connect(&to).await {
            Ok(stream) => {
                self.note("connected");
                Some(stream)
            }
            Err(error) => {
                self.note(format!("{:?}", error.kind()));
                None
            }
        }
    }

    /// Reads a line and notes it; false when there is none.
    pub(super) async fn hear(&self, stream: &mut Box<dyn ByteStream>) -> bool {
        let mut line = String::new();
        loop {
            match stream.read_u8().await {
                Ok(b'\n') => break,
                Ok(byte) => line.push(char::from(byte)),
                Err(error) => {
                    self.note(format!("{:?}", error.kind()));
                    return false;
                }
            }
        }
        self.note(line);
        true
    }

    pub(super) async fn say(&self, stream: &mut Box<dyn ByteStream>, line: &str) {
        if let Err(error) = stream.write_all(format!("{line}\n").as_bytes()).await {
            self.note(format!("{:?}", error.kind()));
        }
    }

    /// Records an event whose number asks the log to kill the engine.
    pub(super) fn die_here(&self) {
        let event = Event::EngineStarted { mailboxes: DIE };
        let wish = self.log.record(self.now(), &Entry::Engine { event });
        assert!(matches!(wish, Wish::KillEngine { .. }));
        self.alive.store(false, Ordering::Relaxed);
    }

    /// Records an event whose number asks the log to stop the run.
    pub(super) fn stop_here(&self) {
        let event = Event::EngineStarted { mailboxes: STOP };
        assert_eq!(self.log.record(self.now(), &Entry::Engine { event }), Wish::Stop);
    }
}

const DIE: u32 = 666;
const STOP: u32 = 999;

type Entries = Arc<Mutex<Vec<(u64, Entry)>>>;

/// Keeps every entry.
struct Keep(Entries);

impl Fold for Keep {
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        self.0.lock().unwrap().push((at.0, entry.clone()));
        match entry {
            Entry::Engine { event: Event::EngineStarted { mailboxes: DIE } }
            | Entry::Server { event: ServerEvent::LoggedIn { mailbox: MailboxIx(DIE) }, .. } => {
                Wish::KillEngine { restart_after: ms(1_000) }
            }
            Entry::Engine { event: Event::EngineStarted { mailboxes: STOP } } => Wish::Stop,
            _ => Wish::GoOn,
        }
    }
}

/// A server's desk in a play that nobody performs, and what was reported there.
pub(super) struct Recorder {
    entries: Entries,
    desk: Desk,
}

/// Time since the clock was made.
struct Since(Instant);

impl RunClock for Since {
    fn sim_now(&self) -> SimTime {
        SimTime::from_duration(self.0.elapsed())
    }
}

impl Recorder {
    /// One whose time starts now.
    pub(super) fn now() -> Self {
        let entries = Entries::default();
        let play = Setup::default().into_play(&entries, &Notes::default(), |_| async {});
        let clock = Arc::new(Since(Instant::now()));
        Self { entries, desk: Desk::new(HostIx(0), &play, clock, Curtain::default()) }
    }

    pub(super) fn desk(&self) -> Desk {
        self.desk.clone()
    }

    pub(super) fn server_events(&self) -> Vec<(u64, ServerEvent)> {
        let of_server = |(at, entry): &(u64, Entry)| match entry {
            Entry::Server { event, .. } => Some((*at, event.clone())),
            _ => None,
        };
        self.entries.lock().unwrap().iter().filter_map(of_server).collect()
    }
}

/// A load that sends nothing and only says when it was asked.
pub(super) struct Ticks {
    pub(super) at: Vec<u64>,
    pub(super) notes: Notes,
}

impl Load for Ticks {
    fn next(&self) -> Option<SimTime> {
        self.at.first().copied().map(SimTime)
    }

    fn act(&mut self, now: SimTime) {
        self.at.retain(|at| *at > now.0);
        self.notes.lock().unwrap().push((now.0, "load".to_owned()));
    }
}

/// A play to be.
pub(super) struct Setup {
    pub(super) links: Vec<Link>,
    pub(super) script: Vec<(u64, Change)>,
    pub(super) load: Vec<u64>,
    pub(super) deadline: u64,
    pub(super) seed: u64,
    pub(super) tick: u64,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            links: vec![link(20)],
            script: Vec::new(),
            load: Vec::new(),
            deadline: 60_000,
            seed: 1,
            tick: 10,
        }
    }
}

/// What came of it.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) ending: Ending,
    pub(super) entries: Vec<(u64, Entry)>,
    pub(super) notes: Vec<(u64, String)>,
}

impl Outcome {
    /// What the engine noted, for comparison with literals.
    pub(super) fn notes(&self) -> Vec<(u64, &str)> {
        self.notes.iter().map(|(at, note)| (*at, note.as_str())).collect()
    }

    pub(super) fn world(&self) -> Vec<(u64, WorldEvent)> {
        let world = |(at, entry): &(u64, Entry)| match entry {
            Entry::World { event } => Some((*at, event.clone())),
            _ => None,
        };
        self.entries.iter().filter_map(world).collect()
    }

    /// When sessions reported to have lost their client.
    pub(super) fn lost(&self) -> Vec<u64> {
        self.server_events(&ServerEvent::LoggedOut { mailbox: MailboxIx(0) })
    }

    /// When sessions heard a line that they echo.
    pub(super) fn echoed(&self) -> Vec<u64> {
        self.server_events(&ServerEvent::LoggedIn { mailbox: MailboxIx(0) })
    }

    pub(super) fn server_events(&self, wanted: &ServerEvent) -> Vec<u64> {
        let found = |(at, entry): &(u64, Entry)| match entry {
            Entry::Server { event, .. } if event == wanted => Some(*at),
            _ => None,
        };
        self.entries.iter().filter_map(found).collect()
    }
}

type World = fn(Play) -> Result<Ending, WorldError>;

impl Setup {
    /// Plays it with an engine that runs `script` in each of its lives.
    pub(super) fn play<F, T>(self, world: World, script: F) -> Outcome
    where
        F: Fn(Toy) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let (entries, notes) = (Entries::default(), Notes::default());
        let ending = world(self.into_play(&entries, &notes, script)).unwrap();
        let entries = std::mem::take(&mut *entries.lock().unwrap());
        let notes = std::mem::take(&mut *notes.lock().unwrap());
        Outcome { ending, entries, notes }
    }

    /// What a world says of it before anything runs.
    pub(super) fn refused(self, world: World) -> WorldError {
        world(self.into_play(&Entries::default(), &Notes::default(), |_| async {})).unwrap_err()
    }

    fn into_play<F, T>(self, entries: &Entries, notes: &Notes, script: F) -> Play
    where
        F: Fn(Toy) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let log = SharedLog::new(Box::new(Keep(Arc::clone(entries))));
        let start: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
        let server = |(n, link): (usize, Link)| ServerHost {
            name: format!("server-{n}"),
            port: 110,
            link,
            accept: Arc::new(|| Box::new(Echo::default())),
            forget: Arc::new(|_| {}),
        };
        let host = ToyHost {
            script: Arc::new(move |toy| Box::pin(script(toy))),
            alive: Arc::default(),
            lives: AtomicU32::new(0),
            start,
            log: log.clone(),
            notes: Arc::clone(notes),
        };
        Play {
            start,
            seed: self.seed,
            engine: Arc::new(host),
            servers: self.links.into_iter().enumerate().map(server).collect(),
            bystanders: Vec::new(),
            script: self
                .script
                .into_iter()
                .map(|(at, change)| Cue { at: SimTime(at), change })
                .collect(),
            load: Box::new(Ticks { at: self.load, notes: Arc::clone(notes) }),
            deadline: SimTime(self.deadline),
            log,
            tick: ms(self.tick),
        }
    }
}
