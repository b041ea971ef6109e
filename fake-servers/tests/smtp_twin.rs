//! The submission server of the simulation against its twin: the same handler under
//! `mailin-embedded` on a loopback socket. What one answers and accepts, the other must.
//!
//! The twin has no AUTH without TLS, so its client counts as logged in from the start; and it knows
//! neither EHLO keywords nor faults nor service times. Where `mailin` itself differs from what a
//! submission server must do, the last test says how.

#![allow(clippy::unwrap_used, reason = "tests may, their helpers included")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use fake_servers::smtp::{Budget, GreylistOptions, SmtpHandler, SmtpOptions, SmtpServer};
use fake_servers::store::{MailStore, SharedStore, lock_store};
use fake_servers::{Action, Actions, FaultPlan, ItemId, ItemIds, MailboxIx, ServerEvent, Session};
use jiff::Timestamp;
use wire::smtp::Reply;

const ANN: MailboxIx = MailboxIx(0);
const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const LOG_IN: &[u8] = b"EHLO client\r\nAUTH PLAIN AGFubkBoZXJlLmV4YW1wbGUAc2VjcmV0\r\n";

/// What was seen of one server: every reply, every event, and bob's inbox at the end.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    replies: Vec<Reply>,
    events: Vec<ServerEvent>,
    inbox: Vec<Vec<u8>>,
}

/// What a client sends at once, and how many replies it waits for before it sends more.
type Step<'a> = (&'a str, usize);

fn server(options: SmtpOptions) -> (SmtpServer, SharedStore) {
    let mut store = MailStore::new("here.example");
    for address in ["ann@here.example", "bob@here.example"] {
        store.add_mailbox(address, address, "secret").unwrap();
    }
    let store = store.shared();
    let ids = ItemIds::starting_at(ItemId(1));
    let shared = SharedStore::clone(&store);
    (SmtpServer::new(options, shared, ids, FaultPlan::default(), 0), store)
}

fn inbox(store: &SharedStore) -> Vec<Vec<u8>> {
    let store = lock_store(store);
    let bob = MailboxIx(1);
    let uids = store.mailbox(bob).unwrap().messages().iter().map(|stored| stored.uid);
    uids.map(|uid| store.render(bob, uid).unwrap()).collect()
}

/// Replies without the lines that others of the same reply follow.
fn replies(sent: &[u8]) -> Vec<Reply> {
    let lines = sent.split_inclusive(|byte| *byte == b'\n').filter(|line| line[3] == b' ');
    lines.map(|line| Reply::parse(line).unwrap()).collect()
}

/// The simulation's side.
fn simulated(options: SmtpOptions, steps: &[Step]) -> Seen {
    let (server, store) = server(options);
    let mut session = server.session();
    let mut out = Actions::default();
    session.open(NOW, &mut out);
    session.receive(NOW, LOG_IN, &mut out);
    out.drain();
    for (text, _) in steps {
        session.receive(NOW, text.as_bytes(), &mut out);
    }
    let (mut sent, mut events) = (Vec::new(), Vec::new());
    for action in out.drain() {
        match action {
            Action::Send(bytes) => sent.extend(bytes),
            Action::Event(ServerEvent::LoggedOut { .. }) | Action::Close => {}
            Action::Event(event) => events.push(event),
            other => panic!("neither faults nor service times were asked for: {other:?}"),
        }
    }
    Seen { replies: replies(&sent), events, inbox: inbox(&store) }
}

/// The twin's side.
fn twin(options: SmtpOptions, steps: &[Step]) -> Seen {
    let (server, store) = server(options);
    let handler = server.handler_for(ANN, NOW);
    let mut client = connect(handler.clone());
    let mut sent = Vec::new();
    for (text, awaited) in [("EHLO client\r\n", 1)].iter().chain(steps) {
        client.get_mut().write_all(text.as_bytes()).unwrap();
        for _ in 0..*awaited {
            read_reply(&mut client, &mut sent);
        }
    }
    // Not the reply to EHLO.
    let replies = replies(&sent).split_off(1);
    Seen { replies, events: handler.take_events(), inbox: inbox(&store) }
}

/// A client of the handler under `mailin-embedded`, past the greeting.
#[allow(clippy::disallowed_methods, reason = "the twin blocks its threads; it is no simulation")]
fn connect(handler: SmtpHandler) -> BufReader<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut server = mailin_embedded::Server::new(handler);
        server.with_name("mail.example").with_num_threads(1).with_tcp_listener(listener);
        // It serves until the test process ends.
        server.serve().unwrap();
    });
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut client = BufReader::new(stream);
    read_reply(&mut client, &mut Vec::new());
    client
}

fn read_reply(client: &mut BufReader<TcpStream>, sent: &mut Vec<u8>) {
    loop {
        let start = sent.len();
        client.read_until(b'\n', sent).unwrap();
        assert!(sent.len() > start + 3, "the twin closed the connection");
        if sent[start + 3] == b' ' {
            return;
        }
    }
}

/// Both must agree: in codes, in every word our handler says, in events and in mail.
#[track_caller]
fn agree(options: &SmtpOptions, steps: &[Step]) -> Seen {
    let simulated = simulated(options.clone(), steps);
    let twin = twin(options.clone(), steps);
    let codes = |seen: &Seen| seen.replies.iter().map(Reply::code).collect::<Vec<_>>();
    assert_eq!(codes(&simulated), codes(&twin), "{steps:?}");
    for (ours, theirs) in simulated.replies.iter().zip(&twin.replies) {
        // What `mailin` says of its own accord has no enhanced code; ours adds one.
        if theirs.enhanced().is_some() {
            assert_eq!(ours, theirs);
        }
    }
    assert_eq!(simulated.events, twin.events);
    assert_eq!(simulated.inbox, twin.inbox);
    simulated
}

fn codes(seen: &Seen) -> Vec<u16> {
    seen.replies.iter().map(Reply::code).collect()
}

const TO_BOB: Step = ("MAIL FROM:<ann@here.example>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n", 3);
const HI: Step = ("Message-ID: <1@x>\r\n\r\nhi\r\n.\r\n", 1);

#[test]
fn several_messages_over_one_connection() {
    let seen = agree(
        &SmtpOptions::generic(),
        &[
            ("MAIL FROM:<ann@here.example> BODY=8BITMIME\r\n", 1),
            ("RCPT TO:<Bob@here.example>\r\nRCPT TO:<x@elsewhere.example>\r\n", 2),
            ("DATA\r\n", 1),
            ("Message-ID: <2@x>\r\n\r\n..\r\n...dots\r\n.. \r\nna\u{ef}ve\r\n\r\n.\r\n", 1),
            ("NOOP\r\n", 1),
            ("MAIL FROM:<ann@here.example>\r\nRSET\r\n", 2),
            TO_BOB,
            HI,
            ("HELO again\r\n", 1),
            TO_BOB,
            (".\r\n", 1),
            ("QUIT\r\n", 1),
        ],
    );
    assert_eq!(seen.inbox.len(), 3);
    assert_eq!(seen.events.len(), 6, "accepted and delivered");
}

#[test]
fn commands_out_of_turn() {
    let seen = agree(
        &SmtpOptions::generic(),
        &[
            ("RCPT TO:<bob@here.example>\r\nDATA\r\n", 2),
            ("MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n", 3),
            ("EHLO again\r\nRCPT TO:<bob@here.example>\r\n", 2),
            ("FETCH\r\n", 1),
            ("QUIT\r\n", 1),
        ],
    );
    assert_eq!(codes(&seen), [503, 503, 250, 503, 503, 250, 503, 500, 221]);
}

#[test]
fn recipients_that_are_refused_one_by_one() {
    let options = SmtpOptions {
        local_domains: vec!["here.example".into()],
        recipients_per_message: 2,
        ..SmtpOptions::generic()
    };
    let recipients = "RCPT TO:<nobody@here.example>\r\nRCPT TO:<bob@here.example>\r\n\
                      RCPT TO:<x@y>\r\nRCPT TO:<z@y>\r\n";
    let steps = [("MAIL FROM:<a@b>\r\n", 1), (recipients, 4), ("DATA\r\n", 1), HI];
    assert_eq!(codes(&agree(&options, &steps)), [250, 550, 250, 250, 452, 354, 250]);
}

#[test]
fn a_rate_that_closes_the_connection() {
    let options = SmtpOptions {
        messages: Some(Budget { limit: 1, window: Duration::from_mins(1) }),
        ..SmtpOptions::generic()
    };
    let seen = agree(&options, &[TO_BOB, HI, ("MAIL FROM:<a@b>\r\n", 1)]);
    assert_eq!(codes(&seen), [250, 250, 354, 250, 421]);
}

#[test]
fn greylisting() {
    let greylist = GreylistOptions {
        delay: Duration::from_mins(5),
        retention: Duration::from_hours(1),
        capacity: 10,
    };
    let options = SmtpOptions { greylist: Some(greylist), ..SmtpOptions::generic() };
    let seen = agree(&options, &[TO_BOB, ("QUIT\r\n", 1)]);
    assert_eq!(codes(&seen), [250, 451, 503, 221]);
}

#[test]
fn messages_refused_at_the_final_dot() {
    let generic = SmtpOptions::generic();
    let quota = Budget { limit: 0, window: Duration::from_hours(24) };
    for (options, enhanced) in [
        (SmtpOptions { message_octets: 10, ..generic.clone() }, (5, 3, 4)),
        (SmtpOptions { mailbox_octets: Some(0), ..generic.clone() }, (5, 2, 2)),
        (SmtpOptions { recipients: Some(quota), ..generic }, (5, 2, 0)),
    ] {
        // The transcript ends here: see the last test.
        let seen = agree(&options, &[TO_BOB, HI]);
        let code = seen.replies.last().unwrap().enhanced().unwrap();
        assert_eq!(code.numbers(), enhanced);
        assert_eq!(seen.inbox.len(), 0);
    }
}

/// What the line loop makes good. Should a release of `mailin` change one of these, the loop can
/// lose the part that deals with it.
#[test]
fn where_mailin_differs_from_what_a_server_must_do() {
    let generic = SmtpOptions::generic;
    let differ = |options: SmtpOptions, steps: &[Step], ours: &[u16], theirs: &[u16]| {
        assert_eq!(codes(&simulated(options.clone(), steps)), ours, "{steps:?}");
        assert_eq!(codes(&twin(options, steps)), theirs, "{steps:?}");
    };
    // Parameters of MAIL other than BODY, the null path and quoted local parts are not parsed.
    differ(generic(), &[("MAIL FROM:<a@b> SIZE=10\r\n", 1)], &[250], &[500]);
    differ(generic(), &[("MAIL FROM:<>\r\n", 1)], &[250], &[500]);
    differ(generic(), &[("MAIL FROM:<\"a b\"@c>\r\n", 1)], &[250], &[500]);
    // NOOP takes no argument, and no command a space at its end.
    differ(generic(), &[("NOOP x\r\nQUIT \r\n", 2)], &[250, 221], &[500, 500]);
    // After a refused message everything is taken for text of another one.
    let small = SmtpOptions { message_octets: 10, ..generic() };
    let steps = [TO_BOB, HI, ("NOOP\r\n.\r\n", 1)];
    differ(small, &steps, &[250, 250, 354, 552, 250, 500], &[250, 250, 354, 552, 503]);
    // A bare LF ends a line of text, and so a dot after it the message.
    let smuggled = [TO_BOB, ("hi\n.\r\nQUIT\r\n.\r\n", 1)];
    assert_eq!(simulated(generic(), &smuggled).inbox, [b"hi\n.\r\nQUIT\r\n"]);
    // (The store ends what does not end with CRLF.)
    assert_eq!(twin(generic(), &smuggled).inbox, [b"hi\n\r\n"]);
}
