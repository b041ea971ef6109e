//! The submission server as a client that we did not write finds it: mail-send over a duplex
//! stream.

#![allow(clippy::unwrap_used, reason = "tests may, their helpers included")]

use std::time::Duration;

use fake_servers::smtp::{SmtpOptions, SmtpServer};
use fake_servers::store::{MailStore, SharedStore, lock_store};
use fake_servers::{
    Action, Actions, Delay, Effect, Fault, FaultPlan, ItemId, ItemIds, MailboxIx, Matcher,
    Operation, Session, Which,
};
use jiff::Timestamp;
use mail_send::smtp::message::Message;
use mail_send::{Credentials, Error, SmtpClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

const BOB: MailboxIx = MailboxIx(1);

struct Bench {
    server: SmtpServer,
    store: SharedStore,
}

impl Bench {
    fn new(options: SmtpOptions, faults: Vec<Fault>) -> Self {
        let mut store = MailStore::new("here.example");
        for address in ["ann@here.example", "bob@here.example"] {
            store.add_mailbox(address, address, "secret").unwrap();
        }
        let store = store.shared();
        let ids = ItemIds::starting_at(ItemId(1));
        let plan = FaultPlan::new(faults, 0);
        Self { server: SmtpServer::new(options, SharedStore::clone(&store), ids, plan, 0), store }
    }

    /// A client that has read the greeting.
    async fn connect(&self) -> SmtpClient<DuplexStream> {
        // Narrow enough that everything longer than a few lines comes in pieces.
        let (near, far) = tokio::io::duplex(64);
        tokio::spawn(serve(self.server.session(), far));
        let mut client = SmtpClient { stream: near, timeout: Duration::from_mins(1) };
        assert_eq!(client.read().await.unwrap().code(), 220);
        client
    }

    /// A client that is logged in as ann.
    async fn log_in(&self) -> SmtpClient<DuplexStream> {
        let mut client = self.connect().await;
        authenticate(&mut client, "secret").await.unwrap();
        client
    }

    fn inbox(&self) -> Vec<Vec<u8>> {
        let store = lock_store(&self.store);
        let uids = store.mailbox(BOB).unwrap().messages().iter().map(|stored| stored.uid);
        uids.map(|uid| store.render(BOB, uid).unwrap()).collect()
    }
}

/// Does what a session wants done, until either side ends it.
async fn serve(mut session: impl Session, mut stream: DuplexStream) {
    let mut out = Actions::default();
    session.open(Timestamp::UNIX_EPOCH, &mut out);
    let mut buffer = [0; 100];
    loop {
        let actions: Vec<_> = out.drain().collect();
        for action in actions {
            match action {
                Action::Send(bytes) => stream.write_all(&bytes).await.unwrap(),
                Action::Pause(time) => tokio::time::sleep(time).await,
                Action::Event(_) => {}
                Action::Close | Action::Reset => return,
                Action::Dribble { .. } | Action::Flood { .. } | Action::StartTls(_) => {
                    panic!("nobody asked for this")
                }
            }
        }
        match stream.read(&mut buffer).await.unwrap() {
            0 => return session.lost(Timestamp::UNIX_EPOCH, &mut out),
            n => session.receive(Timestamp::UNIX_EPOCH, &buffer[..n], &mut out),
        }
    }
}

async fn authenticate(
    client: &mut SmtpClient<DuplexStream>,
    password: &str,
) -> mail_send::Result<()> {
    let capabilities = client.ehlo("client.example").await?;
    assert_eq!(capabilities.size, 50 * 1024 * 1024);
    let credentials = Credentials::new("ann@here.example", password);
    client.authenticate(credentials, capabilities).await.map(drop)
}

fn fault(operation: Operation, effect: Effect) -> Fault {
    let matcher = Matcher {
        operations: vec![operation],
        mailboxes: None,
        from: None,
        until: None,
        which: Which::Every,
    };
    Fault { name: "fault".into(), matcher, effect }
}

fn mail(body: &str) -> Message<'_> {
    Message::new("ann@here.example", ["bob@here.example", "x@elsewhere.example"], body.as_bytes())
}

#[tokio::test(start_paused = true)]
async fn messages_arrive_as_they_were_sent() {
    let bench = Bench::new(SmtpOptions::generic(), vec![]);
    let mut client = bench.log_in().await;
    let long =
        format!("Subject: a\r\n\r\n{}\r\n{}", ".".repeat(20_000), "line\r\n.\r\n".repeat(500));
    for body in ["hi", "Subject: a\r\n\r\n.\r\n..\r\n.hidden", &long] {
        client.send(mail(body)).await.unwrap();
    }
    client.quit().await.unwrap();
    // mail-send puts a line end before its final dot, wanted or not.
    let sent = ["hi\r\n", "Subject: a\r\n\r\n.\r\n..\r\n.hidden\r\n", &format!("{long}\r\n")];
    assert_eq!(bench.inbox(), sent.map(|body| body.as_bytes().to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_understood() {
    let bench = Bench::new(SmtpOptions::generic(), vec![]);
    let mut client = bench.connect().await;
    let error = authenticate(&mut client, "wrong").await.unwrap_err();
    let Error::AuthenticationFailed(reply) = error else { panic!("{error:?}") };
    assert_eq!((reply.code(), reply.esc), (535, [5, 7, 8]));
}

#[tokio::test(start_paused = true)]
async fn a_refused_recipient_is_understood() {
    let options =
        SmtpOptions { local_domains: vec!["elsewhere.example".into()], ..SmtpOptions::generic() };
    let bench = Bench::new(options, vec![]);
    let error = bench.log_in().await.send(mail("hi")).await.unwrap_err();
    let Error::UnexpectedReply(reply) = error else { panic!("{error:?}") };
    assert_eq!((reply.code(), reply.esc), (550, [5, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn a_reply_lost_after_the_final_dot_leaves_the_message_delivered() {
    let faults = vec![fault(Operation::FinalDot, Effect::CommitThenFail)];
    let bench = Bench::new(SmtpOptions::generic(), faults);
    let mut client = bench.log_in().await;
    assert!(client.send(mail("hi")).await.is_err());
    assert_eq!(bench.inbox().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_longer_than_the_client_waits() {
    let slow = Effect::Delay(Delay::Fixed(Duration::from_secs(61)));
    let bench = Bench::new(SmtpOptions::generic(), vec![fault(Operation::Mail, slow)]);
    let mut client = bench.log_in().await;
    assert!(matches!(client.send(mail("hi")).await, Err(Error::Timeout)));
}
