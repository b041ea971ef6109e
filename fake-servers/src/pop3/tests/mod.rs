//! A client that speaks to the machine line by line, and what it must see.

mod faults;
mod hostile;
mod rules;
mod transcript;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Pop3Options, Pop3Server, Pop3Session};
use crate::store::{Body, BodyKind, MailStore, Message, SharedStore, lock_store};
use crate::{
    Action, Actions, Effect, Fault, FaultPlan, ItemId, MailboxIx, Matcher, Operation, ServerEvent,
    Session, Which, flood_pieces,
};

const ANN: MailboxIx = MailboxIx(0);
const BOB: MailboxIx = MailboxIx(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// Ann has three messages of 500, 1,000 and 1,500 octets, items 1 to 3; Bob has none.
fn store() -> SharedStore {
    let mut store = MailStore::new("mail.example.com");
    assert_eq!(store.add_mailbox("ann@example.com", "ann", "secret"), Ok(ANN));
    assert_eq!(store.add_mailbox("bob@example.com", "bob", "secret"), Ok(BOB));
    for item in 1..=3 {
        store.deliver(ANN, message(item, 500 * u32::try_from(item).unwrap(), at(0))).unwrap();
    }
    store.shared()
}

fn message(item: u64, octets: u32, arrived: Timestamp) -> Message {
    let body = Body::Generated { seed: item, octets, kind: BodyKind::DotHeavy };
    Message { item: ItemId(item), arrived, body }
}

/// The items in Ann's mailbox.
fn items(store: &SharedStore) -> Vec<u64> {
    let store = lock_store(store);
    let messages = store.mailbox(ANN).unwrap().messages();
    messages.iter().map(|stored| stored.message.item.0).collect()
}

fn server(options: Pop3Options) -> (Pop3Server, SharedStore) {
    let store = store();
    (Pop3Server::new(options, Arc::clone(&store), FaultPlan::default(), 1), store)
}

/// A generic server where this effect strikes every request of one kind.
fn faulty(operation: Operation, effect: Effect) -> (Pop3Server, SharedStore) {
    let matcher = Matcher {
        operations: vec![operation],
        mailboxes: None,
        from: None,
        until: None,
        which: Which::Every,
    };
    let faults = FaultPlan::new(vec![Fault { name: "it".into(), matcher, effect }], 1);
    let store = store();
    (Pop3Server::new(Pop3Options::generic(), Arc::clone(&store), faults, 1), store)
}

/// A client that does not care how its bytes are timed.
struct Client {
    session: Pop3Session,
    now: Timestamp,
    /// Everything that was reported, and when nothing more can come.
    events: Vec<ServerEvent>,
    paused: Duration,
    over: Option<Action>,
}

impl Client {
    fn connect(server: &Pop3Server) -> Self {
        Self::connect_at(server, at(0))
    }

    /// Connects and drops the greeting.
    fn connect_at(server: &Pop3Server, now: Timestamp) -> Self {
        let mut client = Self {
            session: server.session(),
            now,
            events: Vec::new(),
            paused: Duration::ZERO,
            over: None,
        };
        client.act(Session::open);
        client
    }

    /// Logged in as Ann.
    fn ann(server: &Pop3Server) -> Self {
        let mut client = Self::connect(server);
        assert!(client.log_in("ann").starts_with("+OK"));
        client
    }

    fn log_in(&mut self, user: &str) -> String {
        assert!(self.say(&format!("USER {user}")).starts_with("+OK"));
        self.say("PASS secret")
    }

    /// Says a line and returns what comes back, up to 64 KiB of a flood.
    fn say(&mut self, line: &str) -> String {
        String::from_utf8_lossy(&self.send(format!("{line}\r\n").as_bytes())).into_owned()
    }

    fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.act(|session, now, out| session.receive(now, bytes, out))
    }

    /// The connection breaks.
    fn vanish(&mut self) {
        self.act(Session::lost);
    }

    fn act(&mut self, act: impl FnOnce(&mut Pop3Session, Timestamp, &mut Actions)) -> Vec<u8> {
        let mut out = Actions::default();
        act(&mut self.session, self.now, &mut out);
        let mut bytes = Vec::new();
        for action in out.drain() {
            assert_eq!(self.over, None, "{action:?} after the end");
            match action {
                Action::Send(more) | Action::Dribble { bytes: more, .. } => bytes.extend(more),
                Action::StartTls(_) => panic!("nobody offered TLS"),
                Action::Flood { unit, total } => {
                    let pieces = flood_pieces(&unit, total.min(65_536), 4096);
                    bytes.extend(pieces.flatten());
                }
                Action::Pause(pause) => self.paused += pause,
                Action::Event(event) => self.events.push(event),
                end @ (Action::Close | Action::Reset) => self.over = Some(end),
            }
        }
        bytes
    }

    fn served(&self) -> Vec<u64> {
        self.items_of(|event| match event {
            ServerEvent::Served { item, .. } => Some(item.0),
            _ => None,
        })
    }

    fn deleted(&self) -> Vec<u64> {
        self.items_of(|event| match event {
            ServerEvent::Deleted { item, .. } => Some(item.0),
            _ => None,
        })
    }

    fn items_of(&self, pick: impl Fn(&ServerEvent) -> Option<u64>) -> Vec<u64> {
        self.events.iter().filter_map(pick).collect()
    }
}
