//! What RFC 1939, RFC 2449 and the providers say a server does.

use super::*;
use crate::pop3::{Deletes, Pop3BudgetsLeft, Pop3ServiceTimes};
use crate::{Channel, Delay, Handshake, Refusal};

#[test]
fn a_maildrop_has_one_session_at_a_time() {
    let (server, _) = server(Pop3Options::generic());
    let mut first = Client::ann(&server);
    let mut second = Client::connect(&server);
    assert!(second.log_in("ann").starts_with("-ERR [IN-USE] "));
    assert!(second.log_in("bob").starts_with("+OK"), "another maildrop is free");
    let refused = ServerEvent::Refused { mailbox: Some(ANN), refusal: Refusal::InUse };
    assert_eq!(second.events, [refused, ServerEvent::LoggedIn { mailbox: BOB }]);

    first.vanish();
    assert_eq!(first.events.last(), Some(&ServerEvent::LoggedOut { mailbox: ANN }));
    let mut third = Client::ann(&server);
    third.say("QUIT");
    Client::ann(&server);
}

#[test]
fn another_client_can_hold_the_lock() {
    let (server, _) = server(Pop3Options::generic());
    let mut early = Client::ann(&server);
    server.hold_lock(ANN);
    assert!(early.say("NOOP").starts_with("+OK"), "who has the maildrop keeps it");
    early.say("QUIT");
    let mut late = Client::connect(&server);
    assert!(late.log_in("ann").starts_with("-ERR [IN-USE] "));
    server.release_lock(ANN);
    assert!(late.log_in("ann").starts_with("+OK"));
}

#[test]
fn deletes_are_done_at_quit_and_not_before() {
    let (server, store) = server(Pop3Options::generic());
    let mut client = Client::ann(&server);
    assert!(client.say("DELE 1").starts_with("+OK"));
    for line in ["DELE 1", "RETR 1", "LIST 1", "UIDL 1", "TOP 1 0", "DELE 4", "RETR 0"] {
        assert!(client.say(line).starts_with("-ERR"), "{line}");
    }
    assert_eq!(client.say("STAT"), "+OK 2 2500\r\n");
    assert_eq!(client.say("RSET"), "+OK 3 3000\r\n");
    client.say("DELE 2");
    client.vanish();
    assert_eq!((client.deleted(), items(&store)), (vec![], vec![1, 2, 3]));

    let mut client = Client::ann(&server);
    client.say("DELE 2");
    client.say("QUIT");
    assert_eq!((client.deleted(), items(&store)), (vec![2], vec![1, 3]));
}

#[test]
fn numbers_hold_for_a_session_and_ids_for_ever() {
    let (server, store) = server(Pop3Options::generic());
    let mut client = Client::ann(&server);
    let before = client.say("UIDL");
    assert_eq!(before.lines().nth(2), Some("2 0000000200000000"));
    lock_store(&store).deliver(ANN, message(4, 700, at(1))).unwrap();
    assert_eq!(client.say("UIDL"), before, "new mail is for the next session");
    client.say("DELE 1");
    client.say("QUIT");
    let after = Client::ann(&server).say("UIDL");
    let ids = |listing: &str, numbers: std::ops::RangeInclusive<usize>| -> Vec<String> {
        let line = |number| listing.lines().nth(number).unwrap()[2..].to_owned();
        numbers.map(line).collect()
    };
    assert_eq!(ids(&after, 1..=2), ids(&before, 2..=3));
    assert_eq!(after.lines().count(), 5);
}

#[test]
fn a_login_delay_is_announced_and_enforced() {
    let delay = Duration::from_millis(299_500);
    let (server, _) = server(Pop3Options { login_delay: Some(delay), ..Pop3Options::generic() });
    let mut client = Client::connect(&server);
    assert!(client.say("CAPA").contains("\r\nLOGIN-DELAY 300\r\n"));
    assert!(client.log_in("ann").starts_with("+OK"));
    client.say("QUIT");
    let mut soon = Client::connect_at(&server, at(299));
    assert!(soon.log_in("ann").starts_with("-ERR [LOGIN-DELAY] "));
    let refused = ServerEvent::Refused { mailbox: Some(ANN), refusal: Refusal::LoginDelay };
    assert_eq!(soon.events, [refused]);
    assert!(soon.log_in("bob").starts_with("+OK"), "each mailbox has its own");
    let mut later = Client::connect_at(&server, at(300));
    assert!(later.log_in("ann").starts_with("+OK"), "a refused login puts nothing off");
}

#[test]
fn wrong_credentials_are_refused_without_a_hint() {
    let (server, _) = server(Pop3Options::generic());
    let mut client = Client::connect(&server);
    let known = client.say("USER ann");
    let wrong = client.say("PASS wrong");
    assert!(wrong.starts_with("-ERR [AUTH] "));
    assert_eq!(client.say("USER nobody"), known);
    assert_eq!(client.say("PASS secret"), wrong);
    let refused = |mailbox| ServerEvent::Refused { mailbox, refusal: Refusal::Credentials };
    assert_eq!(client.events, [refused(Some(ANN)), refused(None)]);
    assert!(client.say("PASS secret").starts_with("-ERR send USER"));

    let (server, _) =
        super::server(Pop3Options { response_codes: false, ..Pop3Options::generic() });
    let mut client = Client::connect(&server);
    client.say("USER ann");
    assert!(client.say("PASS wrong").starts_with("-ERR user name"));
}

#[test]
fn what_a_server_does_not_know_it_refuses() {
    let options = Pop3Options { capa: false, uidl: false, top: false, ..Pop3Options::generic() };
    let (server, _) = server(options);
    let mut client = Client::ann(&server);
    for line in ["CAPA", "UIDL", "UIDL 1", "TOP 1 0", "STLS", "APOP a b", "USER bob", "XTND"] {
        assert!(client.say(line).starts_with("-ERR"), "{line}");
    }
    let (server, _) = super::server(Pop3Options::generic());
    let mut client = Client::connect(&server);
    for line in ["STAT", "LIST", "RETR 1", "NOOP", "PASS x"] {
        assert!(client.say(line).starts_with("-ERR"), "{line}");
    }
    for line in ["TOP", "UIDL", "PIPELINING", "RESP-CODES", "USER"] {
        assert!(client.say("CAPA").contains(&format!("\r\n{line}\r\n")), "{line}");
    }
}

#[test]
fn the_top_of_a_message_is_not_the_message() {
    let (server, _) = server(Pop3Options::generic());
    let mut client = Client::ann(&server);
    let top = client.say("TOP 1 1");
    assert!(top.contains("\r\n\r\nReference 0000000000000001\r\n.\r\n"), "{top}");
    assert_eq!(client.served(), [0_u64; 0]);
}

#[test]
fn gmail_lists_a_window_of_what_was_not_popped() {
    let (server, store) = server(Pop3Options::gmail());
    for item in 4..=300 {
        lock_store(&store).deliver(ANN, message(item, 500, at(0))).unwrap();
    }
    let listed = |client: &mut Client| client.say("STAT").split(' ').nth(1).unwrap().to_owned();
    let first_uid = |client: &mut Client| client.say("UIDL 1");

    let mut broken = Client::ann(&server);
    assert_eq!(listed(&mut broken), "250");
    broken.say("RETR 1");
    broken.vanish();
    let mut whole = Client::ann(&server);
    assert!(first_uid(&mut whole).contains(" 00000001"), "an abnormal end pops nothing");
    whole.say("RETR 1");
    whole.say("TOP 2 0");
    whole.say("DELE 3");
    whole.say("QUIT");
    assert_eq!(whole.deleted(), [0_u64; 0], "what becomes of a message is set on Gmail's side");

    let mut next = Client::ann(&server);
    assert_eq!(listed(&mut next), "250");
    assert!(first_uid(&mut next).contains(" 00000002"), "only RETR pops");
    next.vanish();

    let month = 30 * 24 * 60 * 60;
    let mut recent = Client::connect_at(&server, at(month));
    recent.log_in("recent:ann");
    assert_eq!(listed(&mut recent), "300", "popped or not, and without a window");
    recent.vanish();
    let mut recent = Client::connect_at(&server, at(month + 1));
    recent.log_in("recent:ann");
    assert_eq!(listed(&mut recent), "0");
}

#[test]
fn a_recent_prefix_is_a_user_name_elsewhere() {
    let (server, _) = server(Pop3Options::generic());
    assert!(Client::connect(&server).log_in("recent:ann").starts_with("-ERR [AUTH]"));
    assert_eq!(Pop3Options::generic().deletes, Deletes::AtQuit);
}

#[test]
fn work_takes_the_time_it_is_said_to_take() {
    let service = Pop3ServiceTimes {
        command: Delay::Fixed(Duration::from_millis(5)),
        listed_message: Duration::from_millis(2),
    };
    let (server, _) = server(Pop3Options { service, ..Pop3Options::generic() });
    let mut client = Client::ann(&server);
    let mut takes = |line: &str| {
        client.paused = Duration::ZERO;
        client.say(line);
        client.paused
    };
    assert_eq!(takes("NOOP"), Duration::from_millis(5));
    assert_eq!(takes("UIDL"), Duration::from_millis(5 + 3 * 2));
    assert_eq!(takes("UIDL 1"), Duration::from_millis(5));
    takes("DELE 1");
    assert_eq!(takes("LIST"), Duration::from_millis(5 + 2 * 2));
    takes("QUIT");
    let held = Duration::from_millis(5);
    let tail = &client.events[client.events.len() - 3..];
    let expected = [
        ServerEvent::Deleted { item: ItemId(1), mailbox: ANN },
        ServerEvent::LoggedOut { mailbox: ANN },
        ServerEvent::Held { mailbox: Some(ANN), held },
    ];
    assert_eq!(tail, expected, "what is committed is known before the server takes its time");
}

#[test]
fn every_preset_named_exists_and_no_other() {
    for name in Pop3Options::PRESETS {
        assert!(Pop3Options::preset(name).is_some(), "{name}");
    }
    assert_eq!(Pop3Options::preset("gmail"), None);
}

/// What is sent for these lines, and whether TLS begins after it.
fn heard(session: &mut Pop3Session, lines: &str) -> (String, bool) {
    let mut out = Actions::default();
    session.receive(at(1), lines.as_bytes(), &mut out);
    let (mut text, mut tls) = (String::new(), false);
    for action in out.drain() {
        assert!(!tls, "{action:?} in the clear, after the client was told to begin TLS");
        match action {
            Action::Send(bytes) => text.push_str(str::from_utf8(&bytes).unwrap()),
            Action::StartTls(Handshake::Sound) => tls = true,
            other => panic!("{other:?}"),
        }
    }
    (text, tls)
}

#[test]
fn stls_is_offered_on_some_channels_only_and_forgets_what_was_said() {
    let (server, _) = server(Pop3Options::generic());
    for channel in [Channel::Plain, Channel::Secure] {
        let mut session = server.session_on(channel);
        assert!(!heard(&mut session, "CAPA\r\n").0.contains("STLS"), "{channel:?}");
        let (refused, tls) = heard(&mut session, "STLS\r\n");
        assert!(refused.starts_with("-ERR") && !tls, "{channel:?}");
    }

    let mut session = server.session_on(Channel::Upgradable);
    assert!(heard(&mut session, "CAPA\r\n").0.contains("\r\nSTLS\r\n"));
    heard(&mut session, "USER ann\r\n");
    // What comes with it was sent in the clear: a part of a line too must not count.
    assert_eq!(heard(&mut session, "STLS\r\nUSER ann\r\nPA"), ("+OK begin TLS\r\n".into(), true));
    assert!(heard(&mut session, "PASS secret\r\n").0.starts_with("-ERR"), "USER is forgotten");
    assert!(!heard(&mut session, "CAPA\r\n").0.contains("STLS"));
    assert!(heard(&mut session, "STLS\r\n").0.starts_with("-ERR"));
    assert!(heard(&mut session, "USER ann\r\n").0.starts_with("+OK"));
}

#[test]
fn who_is_logged_in_gets_no_tls_any_more() {
    let (server, _) = server(Pop3Options::generic());
    let mut session = server.session_on(Channel::Upgradable);
    let mut out = Actions::default();
    session.receive(at(1), b"USER ann\r\nPASS secret\r\nSTLS\r\n", &mut out);
    assert!(!out.drain().any(|action| matches!(action, Action::StartTls(_))));
}

#[test]
fn what_is_left_of_the_limits_can_be_looked_at() {
    let delay = Some(Duration::from_mins(10));
    let options = Pop3Options { login_delay: delay, window: Some(2), ..Pop3Options::generic() };
    let (server, _) = server(options);
    let left = |second| server.budgets(at(second));
    let budgets = |sessions, wait, window| {
        vec![(ANN, Pop3BudgetsLeft { sessions, login_delay_ms: Some(wait), window: Some(window) })]
    };
    assert_eq!(left(0), budgets(1, 0, -1), "one more than the window shows; Bob has nothing");
    let mut client = Client::ann(&server);
    assert_eq!(left(1), budgets(0, 599_000, -1));
    client.say("QUIT");
    assert_eq!(left(601), budgets(1, 0, -1));
    server.hold_lock(BOB);
    assert_eq!(left(601).len(), 2);
    let (unlimited, _) = super::server(Pop3Options::generic());
    assert_eq!(unlimited.budgets(at(0)), []);
}

#[test]
fn faults_strike_stls_and_the_handshake_after_it() {
    let stls = |effect| {
        let (server, _) = faulty(Operation::StartTls, effect);
        let mut out = Actions::default();
        let mut session = server.session_on(Channel::Upgradable);
        session.receive(at(1), b"STLS\r\n", &mut out);
        let actions: Vec<_> = out.drain().collect();
        (actions, heard(&mut session, "CAPA\r\n").0.contains("STLS"))
    };
    let line = "-ERR not now".to_owned();
    let refuse = Effect::Reply { line, close: false, refusal: Refusal::SystemTemporary };
    let (actions, offered_still) = stls(refuse);
    assert!(offered_still && !actions.iter().any(|it| matches!(it, Action::StartTls(_))));
    let (actions, offered_still) = stls(Effect::Handshake(Handshake::Expired));
    assert!(!offered_still);
    assert_eq!(actions.last(), Some(&Action::StartTls(Handshake::Expired)));
}
