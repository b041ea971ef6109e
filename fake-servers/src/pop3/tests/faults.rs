//! Every effect on a POP3 session: what the client sees, what is committed, what is reported.

use super::*;
use crate::{Delay, Refusal};

fn applied(client: &Client) -> usize {
    let is_it = |event: &&ServerEvent| matches!(event, ServerEvent::FaultApplied { fault: 0, .. });
    client.events.iter().filter(is_it).count()
}

/// The session is over, its lock is free, and both are known.
fn assert_gone(client: &Client, server: &Pop3Server, how: &Action) {
    assert_eq!(client.over.as_ref(), Some(how));
    assert_eq!(client.events.last(), Some(&ServerEvent::LoggedOut { mailbox: ANN }));
    assert!(Client::connect(server).log_in("ann").starts_with("+OK"));
}

#[test]
fn a_scripted_refusal_replaces_the_work() {
    let reply = Effect::Reply {
        line: "-ERR [SYS/TEMP] try later".into(),
        close: false,
        refusal: Refusal::SystemTemporary,
    };
    let (server, _) = faulty(Operation::Login, reply);
    let mut client = Client::connect(&server);
    assert_eq!(client.log_in("ann"), "-ERR [SYS/TEMP] try later\r\n");
    let mailbox = Some(ANN);
    assert_eq!(
        client.events,
        [
            ServerEvent::FaultApplied { fault: 0, mailbox },
            ServerEvent::Refused { mailbox, refusal: Refusal::SystemTemporary },
        ]
    );
    assert!(client.say("STAT").starts_with("-ERR"), "nobody is logged in");
}

#[test]
fn a_refused_quit_deletes_nothing() {
    let reply = Effect::Reply {
        line: "-ERR some deleted messages not removed".into(),
        close: true,
        refusal: Refusal::Scripted,
    };
    let (server, store) = faulty(Operation::Quit, reply);
    let mut client = Client::ann(&server);
    client.say("DELE 1");
    assert!(client.say("QUIT").starts_with("-ERR some"));
    assert_gone(&client, &server, &Action::Close);
    assert_eq!(items(&store), [1, 2, 3]);
}

#[test]
fn a_lost_reply_to_quit_has_deleted_all_the_same() {
    let (server, store) = faulty(Operation::Quit, Effect::CommitThenFail);
    let mut client = Client::ann(&server);
    client.say("DELE 1");
    assert_eq!(client.say("QUIT"), "");
    assert_eq!(client.over, Some(Action::Reset));
    assert_eq!((client.deleted(), items(&store)), (vec![1], vec![2, 3]));
    let mailbox = Some(ANN);
    assert_eq!(client.events.last(), Some(&ServerEvent::FaultApplied { fault: 0, mailbox }));
    Client::ann(&server);
}

#[test]
fn a_reset_quit_has_deleted_nothing() {
    let (server, store) = faulty(Operation::Quit, Effect::Reset);
    let mut client = Client::ann(&server);
    client.say("DELE 1");
    assert_eq!(client.say("QUIT"), "");
    assert_gone(&client, &server, &Action::Reset);
    assert_eq!(items(&store), [1, 2, 3]);
}

#[test]
fn a_truncated_message_was_not_served() {
    let (server, _) = faulty(Operation::Retr, Effect::Truncate { after: 300 });
    let mut client = Client::ann(&server);
    assert_eq!(client.say("RETR 2").len(), 300);
    assert_gone(&client, &server, &Action::Reset);
    assert_eq!(client.served(), [0_u64; 0]);

    let (server, _) = faulty(Operation::Retr, Effect::Truncate { after: 30_000 });
    let mut client = Client::ann(&server);
    assert!(client.say("RETR 2").ends_with("\r\n.\r\n"));
    assert_gone(&client, &server, &Action::Reset);
    assert_eq!(client.served(), [2], "the cut came after the last octet");
}

#[test]
fn slow_answers_are_whole_answers() {
    let pause = Duration::from_secs(3);
    for effect in [Effect::Delay(Delay::Fixed(pause)), Effect::Dribble { chunk: 10, pause }] {
        let (server, store) = faulty(Operation::Retr, effect.clone());
        let mut client = Client::ann(&server);
        assert!(client.say("RETR 2").ends_with("\r\n.\r\n"), "{effect:?}");
        assert_eq!((client.served(), applied(&client)), (vec![2], 1));
        client.say("DELE 2");
        assert!(client.say("QUIT").starts_with("+OK"));
        assert_eq!((client.over, items(&store)), (Some(Action::Close), vec![1, 3]));
    }
    let (server, store) = faulty(Operation::Quit, Effect::Dribble { chunk: 1, pause });
    let mut client = Client::ann(&server);
    client.say("DELE 2");
    assert_eq!(client.say("QUIT"), "+OK bye\r\n");
    assert_eq!((client.over, items(&store)), (Some(Action::Close), vec![1, 3]));
}

#[test]
fn a_hanging_session_keeps_the_lock_until_it_is_lost() {
    let (server, _) = faulty(Operation::List, Effect::Hang);
    let mut client = Client::ann(&server);
    assert_eq!(client.say("LIST"), "");
    assert_eq!(client.say("QUIT"), "");
    assert_eq!(client.over, None);
    assert!(Client::connect(&server).log_in("ann").starts_with("-ERR [IN-USE]"));
    client.vanish();
    assert_eq!(client.events.last(), Some(&ServerEvent::LoggedOut { mailbox: ANN }));
    Client::ann(&server);
}

#[test]
fn nonsense_takes_the_place_of_an_answer() {
    let garbage = Effect::Garbage(b"\0garbage\r\n".to_vec());
    let (server, _) = faulty(Operation::Retr, garbage);
    let mut client = Client::ann(&server);
    assert_eq!(client.say("RETR 1"), "\0garbage\r\n");
    assert_eq!(client.served(), [0_u64; 0]);
    assert!(client.say("NOOP").starts_with("+OK"));

    let flood = Effect::Flood { unit: b"spam".to_vec(), total: u64::MAX };
    let (server, _) = faulty(Operation::Uidl, flood);
    let mut client = Client::ann(&server);
    assert_eq!(client.say("UIDL").len(), 65_536);
}

#[test]
fn a_greeting_can_fail_too() {
    let (server, _) = faulty(Operation::Connect, Effect::Reset);
    let client = Client::connect(&server);
    let fault = ServerEvent::FaultApplied { fault: 0, mailbox: None };
    assert_eq!((client.over, client.events), (Some(Action::Reset), vec![fault]));
}

#[test]
fn a_session_lost_at_login_leaves_no_lock() {
    let (server, _) = faulty(Operation::Login, Effect::CommitThenFail);
    let mut client = Client::connect(&server);
    assert_eq!(client.log_in("ann"), "");
    assert_eq!(client.over, Some(Action::Reset));
    let mailbox = ANN;
    let asked = Some(ANN);
    assert_eq!(
        client.events,
        [
            ServerEvent::LoggedIn { mailbox },
            ServerEvent::FaultApplied { fault: 0, mailbox: asked },
            ServerEvent::LoggedOut { mailbox },
        ]
    );
    let mut again = Client::connect(&server);
    again.log_in("ann");
    assert_eq!(again.events.first(), Some(&ServerEvent::LoggedIn { mailbox }));
}

#[test]
fn sizes_can_lie() {
    let (server, _) = faulty(Operation::List, Effect::LieAboutSizes(-600));
    let mut client = Client::ann(&server);
    assert!(client.say("LIST").ends_with("\r\n1 -100\r\n2 400\r\n3 900\r\n.\r\n"));
    assert_eq!(client.say("LIST 1"), "+OK 1 -100\r\n");
    assert_eq!(client.say("STAT"), "+OK 3 3000\r\n", "another command, not struck");
    let retr = client.say("RETR 1");
    assert!(retr.starts_with("+OK 500 octets\r\n") && retr.len() > 500);

    let (server, _) = faulty(Operation::Stat, Effect::LieAboutSizes(7));
    assert_eq!(Client::ann_once(&server, "STAT"), "+OK 3 3021\r\n");
}

#[test]
fn ids_can_be_the_same_or_change() {
    let ids = |server: &Pop3Server| -> Vec<String> {
        let listing = Client::ann_once(server, "UIDL");
        listing.lines().skip(1).take(3).map(|line| line[2..].to_owned()).collect()
    };
    let (server, _) = faulty(Operation::Uidl, Effect::DuplicateUidls);
    let same = ids(&server);
    assert!(same[0] == same[1] && same[1] == same[2]);
    assert_eq!(ids(&server), same);

    let (server, _) = faulty(Operation::Uidl, Effect::ChangingUidls);
    let (first, second) = (ids(&server), ids(&server));
    assert!(first.iter().all(|id| !second.contains(id)));
    assert!(first[0] != first[1] && first[1] != first[2]);
    assert!(first.iter().all(|id| id.len() == 16));
}

impl Client {
    /// The answer to one command of a session that ends there.
    fn ann_once(server: &Pop3Server, line: &str) -> String {
        let mut client = Self::ann(server);
        let answer = client.say(line);
        client.say("QUIT");
        answer
    }
}
