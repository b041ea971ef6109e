use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::*;

/// A dialogue in which everything is said that this server understands.
const DIALOGUE: &str = "EHLO client\r\nAUTH LOGIN YW5uQGhlcmUuZXhhbXBsZQ==\r\nc2VjcmV0\r\n\
    MAIL FROM:<ann@here.example> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<bob@here.example>\r\n\
    RCPT TO:<x@y>\r\nDATA\r\nMessage-ID: <1@x>\r\n\r\n..\r\n..x\n.\r\ny\r\n.\r\n\
    NOOP\r\nRSET\r\nHELO again\r\nMAIL FROM:<>\r\nRCPT TO:<\"a b\"@c>\r\nDATA\r\n.\r\nQUIT\r\n";

fn generic() -> Bench {
    Bench::new(SmtpOptions::generic())
}

/// Everything the server does when it is told `bytes` in chunks.
fn actions<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Action> {
    let bench = generic();
    let mut client = bench.connect();
    let mut out = Actions::default();
    for chunk in chunks {
        client.session.receive(client.now, chunk, &mut out);
    }
    client.actions.extend(out.drain());
    client.actions
}

/// Lines that lead deep into the dialogue, and pieces that should not be there.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<_> =
        DIALOGUE.split_inclusive("\r\n").map(|line| line.as_bytes().to_vec()).collect();
    prop_oneof![
        6 => prop::sample::select(lines),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => prop::sample::select(vec![
            b".\r\n".to_vec(), b"\n.\n".to_vec(), b"\r".to_vec(), b"AUTH PLAIN ".to_vec(), b"<>".to_vec(),
            b"*\r\n".to_vec(), b"MAIL FROM:<".to_vec(), b"RCPT TO:<a\0b>\r\n".to_vec(),
            vec![b'x'; 20_000],
        ]),
    ]
}

proptest! {
    #[test]
    fn cuts_change_nothing(cuts in prop::collection::vec(1_usize..60, 1..60)) {
        let mut rest = DIALOGUE.as_bytes();
        let mut chunks = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, more) = rest.split_at((*cut).min(rest.len()));
            chunks.push(chunk);
            rest = more;
        }
        prop_assert_eq!(actions(chunks), actions([DIALOGUE.as_bytes()]));
    }

    /// Whatever comes, it neither panics nor answers with anything but whole replies, nor at
    /// greater length than it was asked.
    #[test]
    fn hostile_bytes_get_replies(
        fragments in prop::collection::vec(fragment(), 0..30),
        cut in 1_usize..200,
    ) {
        let bytes = fragments.concat();
        let mut client = generic().connect();
        bytes.chunks(cut).for_each(|chunk| client.say(chunk));
        let heard = client.heard();
        for line in heard.split_inclusive("\r\n") {
            let read = wire::smtp::Reply::parse(line.replacen('-', " ", 1).as_bytes());
            prop_assert!(read.is_ok() || line.starts_with("334"), "{line:?}");
        }
        let lines = bytes.split(|byte| *byte == b'\n').count();
        prop_assert!(heard.len() <= 200 * lines, "{} octets for {lines} lines", heard.len());
        client.lose();
    }

    /// What the client stuffs and sends is what lies in the inbox, whatever it is.
    #[test]
    fn messages_come_out_as_they_went_in(
        parts in prop::collection::vec(prop_oneof![
            Just(b".".to_vec()), Just(b"\r\n".to_vec()), Just(b"\r\n.".to_vec()), Just(b"\n".to_vec()),
            Just(b"\r".to_vec()), prop::collection::vec(any::<u8>(), 0..20),
            (8_180_usize..8_200).prop_map(|n| vec![b'.'; n]),
        ], 0..20),
        cut in 1_usize..9_000,
    ) {
        let mut message = parts.concat();
        message.extend_from_slice(b"\r\n");
        let mut stuffed = Vec::new();
        wire::pop3::stuff(&message, &mut stuffed);
        stuffed.extend_from_slice(b".\r\n");

        let bench = generic();
        let mut client = bench.log_in();
        client.say("MAIL FROM:<a@b>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n");
        client.actions.clear();
        stuffed.chunks(cut).for_each(|chunk| client.say(chunk));
        prop_assert_eq!(client.heard(), "250 2.0.0 Accepted for delivery\r\n");
        let events = client.events();
        let Some(ServerEvent::Accepted { content, .. }) = events.first() else {
            panic!("{events:?}")
        };
        prop_assert_eq!(*content, xxh3_64(&message));
        prop_assert_eq!(bench.messages(BOB), [message]);
    }
}
