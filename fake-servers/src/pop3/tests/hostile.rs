//! Whatever a client sends, cut wherever, and whatever faults do: no panic, bounded memory, and a
//! lock that is free in the end.

use proptest::prelude::*;

use super::*;
use crate::{Delay, Refusal};

/// Lines that a client may say, sensible or not.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let said = proptest::sample::select(vec![
        "CAPA",
        "USER ann",
        "PASS secret",
        "PASS wrong",
        "STAT",
        "LIST",
        "LIST 2",
        "UIDL",
        "UIDL 9",
        "RETR 1",
        "RETR 3",
        "TOP 2 1",
        "DELE 1",
        "DELE 2",
        "RSET",
        "NOOP",
        "QUIT",
        "",
        "NONSENSE",
    ]);
    prop_oneof![
        8 => said.prop_map(|line| format!("{line}\r\n").into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..600),
    ]
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(line(), 0..25)
        .prop_map(|lines| [&b"USER ann\r\nPASS secret\r\n"[..], &lines.concat()].concat())
}

fn effect() -> impl Strategy<Value = Effect> {
    let second = Duration::from_secs(1);
    let reply = |close| Effect::Reply { line: "-ERR no".into(), close, refusal: Refusal::Scripted };
    proptest::sample::select(vec![
        reply(true),
        reply(false),
        Effect::Delay(Delay::Fixed(second)),
        Effect::Reset,
        Effect::Hang,
        Effect::Truncate { after: 9 },
        Effect::Truncate { after: usize::MAX },
        Effect::Dribble { chunk: 0, pause: second },
        Effect::CommitThenFail,
        Effect::Garbage(vec![b'\n', 0xff]),
        Effect::Flood { unit: vec![], total: u64::MAX },
        Effect::DuplicateUidls,
        Effect::ChangingUidls,
        Effect::LieAboutSizes(i64::MIN),
    ])
}

/// Everything a client sees and everything reported, when the bytes are cut like this.
fn run(server: &Pop3Server, bytes: &[u8], cuts: &[usize]) -> (Vec<u8>, Vec<ServerEvent>) {
    let mut client = Client::connect(server);
    let (mut seen, mut at) = (Vec::new(), 0);
    let mut cuts = cuts.iter().copied().cycle();
    while at < bytes.len() {
        let piece = cuts.next().unwrap_or(usize::MAX).clamp(1, bytes.len() - at);
        seen.extend(client.send(&bytes[at..at + piece]));
        at += piece;
    }
    if client.over.is_none() {
        client.vanish();
    }
    assert_eq!(client.send(b"NOOP\r\n"), b"", "nothing comes after the end");
    (seen, client.events)
}

proptest! {
    #[test]
    fn cuts_change_nothing(bytes in lines(), cuts in proptest::collection::vec(1usize..40, 1..8)) {
        let (whole, whole_store) = server(Pop3Options::generic());
        let (cut, cut_store) = server(Pop3Options::generic());
        prop_assert_eq!(run(&cut, &bytes, &cuts), run(&whole, &bytes, &[]));
        prop_assert_eq!(items(&cut_store), items(&whole_store));
    }

    #[test]
    fn who_logged_in_is_logged_out_and_the_lock_is_free(
        bytes in lines(),
        effect in effect(),
        operation in proptest::sample::select(vec![
            Operation::Connect, Operation::Capabilities, Operation::Login, Operation::Stat,
            Operation::List, Operation::Uidl, Operation::Retr, Operation::Dele, Operation::Quit,
        ]),
    ) {
        let (server, store) = faulty(operation, effect);
        let (_, events) = run(&server, &bytes, &[]);
        let mut inside = false;
        for event in &events {
            match event {
                ServerEvent::LoggedIn { .. } => prop_assert!(!std::mem::replace(&mut inside, true)),
                ServerEvent::LoggedOut { .. } => prop_assert!(std::mem::replace(&mut inside, false)),
                _ => {}
            }
        }
        prop_assert!(!inside);
        let healthy = Pop3Server::new(Pop3Options::generic(), store, FaultPlan::default(), 1);
        Client::ann(&healthy);
        let mut other = Client::connect(&server);
        if other.over.is_none() && other.say("USER ann").starts_with("+OK") {
            prop_assert!(!other.say("PASS secret").contains("[IN-USE]"));
        }
    }

    #[test]
    fn nonsense_ends_in_a_closed_connection(
        noise in proptest::collection::vec(any::<u8>(), 1..40), cut in 1usize..64,
    ) {
        let (server, _) = server(Pop3Options::generic());
        let mut client = Client::connect(&server);
        let mut answered = 0;
        for piece in noise.repeat(2000).chunks(cut) {
            answered += client.send(piece).len();
            prop_assert!(client.session.line_room() <= 512);
        }
        prop_assert!(answered <= 21 * 512);
    }
}

#[test]
fn an_endless_line_is_not_kept() {
    let (server, _) = server(Pop3Options::generic());
    let mut client = Client::connect(&server);
    for _ in 0..1000 {
        assert_eq!(client.send(&[b'A'; 4096]), b"");
    }
    assert!(client.session.line_room() <= 512);
    assert!(client.say("").starts_with("-ERR the command line is longer"));
    assert!(client.log_in("ann").starts_with("+OK"));
}
