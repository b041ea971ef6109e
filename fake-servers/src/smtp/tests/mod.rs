//! The submission server as a client sees it, and what it reports of itself.

mod dialogue;
mod faults;
mod limits;
mod properties;

use std::time::Duration;

use jiff::Timestamp;

use super::{SmtpOptions, SmtpServer, SmtpSession};
use crate::store::{MailStore, SharedStore, lock_store};
use crate::{Action, Actions, Fault, FaultPlan, ItemId, ItemIds, MailboxIx, ServerEvent, Session};

const ANN: MailboxIx = MailboxIx(0);
const BOB: MailboxIx = MailboxIx(1);
/// PLAIN with ann's password.
const ANN_PLAIN: &str = "AGFubkBoZXJlLmV4YW1wbGUAc2VjcmV0";
/// EHLO and AUTH in one go.
const LOG_IN: &str = "EHLO client\r\nAUTH PLAIN AGFubkBoZXJlLmV4YW1wbGUAc2VjcmV0\r\n";

/// A server with two mailboxes, ann's and bob's, at `here.example`.
struct Bench {
    server: SmtpServer,
    store: SharedStore,
}

impl Bench {
    fn new(options: SmtpOptions) -> Self {
        Self::with_faults(options, Vec::new())
    }

    fn with_faults(options: SmtpOptions, faults: Vec<Fault>) -> Self {
        let mut store = MailStore::new("here.example");
        for name in ["ann", "bob"] {
            let address = format!("{name}@here.example");
            store.add_mailbox(&address, &address, "secret").unwrap();
        }
        let store = store.shared();
        let ids = ItemIds::starting_at(ItemId(100));
        let plan = FaultPlan::new(faults, 7);
        Self { server: SmtpServer::new(options, SharedStore::clone(&store), ids, plan, 7), store }
    }

    /// A client that has read the greeting.
    fn connect(&self) -> Client {
        let mut client = Client::new(self.server.session());
        client.open();
        client
    }

    /// A client that is logged in as ann, with nothing of that left to look at.
    fn log_in(&self) -> Client {
        let mut client = self.connect();
        client.say(LOG_IN);
        assert_eq!(client.session.client(), Some(ANN), "{}", client.heard());
        client.actions.clear();
        client
    }

    /// The bytes of the messages in a mailbox.
    fn messages(&self, mailbox: MailboxIx) -> Vec<Vec<u8>> {
        let store = lock_store(&self.store);
        let uids = store.mailbox(mailbox).unwrap().messages().iter().map(|stored| stored.uid);
        uids.map(|uid| store.render(mailbox, uid).unwrap()).collect()
    }
}

/// One connection, and everything its server did.
struct Client {
    session: SmtpSession,
    now: Timestamp,
    actions: Vec<Action>,
}

impl Client {
    fn new(session: SmtpSession) -> Self {
        Self { session, now: Timestamp::from_second(1_000_000).unwrap(), actions: Vec::new() }
    }

    fn open(&mut self) {
        let mut out = Actions::default();
        self.session.open(self.now, &mut out);
        self.actions.extend(out.drain());
    }

    fn say(&mut self, bytes: impl AsRef<[u8]>) {
        let mut out = Actions::default();
        self.session.receive(self.now, bytes.as_ref(), &mut out);
        self.actions.extend(out.drain());
    }

    fn wait(&mut self, time: Duration) {
        self.now = self.now.checked_add(time).unwrap();
    }

    /// The connection is gone; yields what the server did then.
    fn lose(&mut self) -> Vec<Action> {
        let mut out = Actions::default();
        self.session.lost(self.now, &mut out);
        out.drain().collect()
    }

    /// Says it and yields what was answered to it.
    fn ask(&mut self, bytes: impl AsRef<[u8]>) -> String {
        self.actions.clear();
        self.say(bytes);
        self.heard()
    }

    /// Everything sent since the actions were last cleared.
    fn heard(&self) -> String {
        let sent = self.actions.iter().filter_map(|action| match action {
            Action::Send(bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        String::from_utf8(sent.collect::<Vec<_>>().concat()).unwrap()
    }

    fn events(&self) -> Vec<ServerEvent> {
        let events = self.actions.iter().filter_map(|action| match action {
            Action::Event(event) => Some(event.clone()),
            _ => None,
        });
        events.collect()
    }

    fn was_closed(&self) -> bool {
        self.actions.contains(&Action::Close)
    }
}

/// The codes at the start of each line, without those of lines that are continued.
fn codes(heard: &str) -> Vec<&str> {
    heard.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect()
}
