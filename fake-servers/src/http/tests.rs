//! HTTP as clients send it, as nobody should, and cut anywhere.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

const LIMITS: HttpLimits = HttpLimits { head: 4_096, body: 1_000 };

fn read(bytes: &[u8]) -> Vec<Incoming> {
    read_cut(bytes, usize::MAX)
}

/// Everything the bytes amount to when they come in pieces of this size.
fn read_cut(bytes: &[u8], piece: usize) -> Vec<Incoming> {
    let mut reader = HttpReader::new(LIMITS);
    let mut found = Vec::new();
    for mut piece in bytes.chunks(piece.min(bytes.len()).max(1)) {
        while let Some(incoming) = reader.take(&mut piece) {
            found.push(incoming);
        }
        assert!(piece.is_empty(), "everything is taken");
    }
    found
}

fn bodies(found: &[Incoming]) -> Vec<&[u8]> {
    let body = |incoming: &Incoming| match incoming {
        Incoming::Request(_) => true,
        Incoming::Expecting | Incoming::Bad(_) => false,
    };
    assert!(found.iter().all(body), "{found:?}");
    found
        .iter()
        .filter_map(|incoming| match incoming {
            Incoming::Request(request) => Some(&*request.body),
            _ => None,
        })
        .collect()
}

const SOAP: &[u8] = b"POST /EWS/Exchange.asmx?a=b HTTP/1.1\r\nHost: mail.example.com\r\n\
    Content-Type: text/xml; charset=utf-8\r\nContent-Length: 4\r\n\r\nsoap";

#[test]
fn requests_follow_each_other_on_one_connection() {
    let two = [SOAP, b"\r\n", SOAP].concat();
    assert_eq!(bodies(&read(&two)), [b"soap", b"soap"]);
    let Incoming::Request(request) = &read(SOAP)[0] else { panic!() };
    assert_eq!((&*request.method, &*request.path), ("POST", "/EWS/Exchange.asmx"));
    assert_eq!(request.field("content-type"), Some("text/xml; charset=utf-8"));
    assert!(request.keep_alive);
}

#[test]
fn chunks_are_joined_and_trailers_dropped() {
    let chunked = b"POST http://x/ews HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\
        Connection: close\r\n\r\n3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n";
    let found = read(chunked);
    assert_eq!(bodies(&found), [b"abc0123456789"]);
    let Incoming::Request(request) = &found[0] else { panic!() };
    assert_eq!((&*request.path, request.keep_alive), ("/ews", false));
}

#[test]
fn who_expects_a_word_is_told_one() {
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    let mut reader = HttpReader::new(LIMITS);
    assert_eq!(reader.take(&mut &head[..]), Some(Incoming::Expecting));
    assert!(matches!(reader.take(&mut &b"ab"[..]), Some(Incoming::Request(_))));
}

#[test]
fn who_expects_a_word_before_too_large_a_body_is_refused_instead() {
    let head =
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n";
    assert_eq!(read(head), [Incoming::Bad(Bad::BodyTooLarge)]);
}

#[test]
fn a_body_that_nobody_wants_is_passed_over_and_not_kept() {
    let chunked = b"POST /no HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
        3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let length = b"POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nsoap";
    let all = [&chunked[..], length, SOAP].concat();
    for piece in [1, 7, all.len()] {
        let mut reader = HttpReader::new(LIMITS);
        let mut found = Vec::new();
        for mut piece in all.chunks(piece) {
            while let Some(it) = reader.take_wanted(&mut piece, |head| head.path != "/no") {
                found.push(it);
            }
        }
        assert_eq!(bodies(&found), [&b""[..], b"", b"soap"], "{piece}");
    }
    // It has the same limit as one that is wanted.
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = [&b"258\r\n"[..], &[b'x'; 600], b"\r\n"].concat();
    let mut reader = HttpReader::new(LIMITS);
    let mut take = |mut bytes: &[u8]| reader.take_wanted(&mut bytes, |_| false);
    assert_eq!((take(head), take(&chunk)), (None, None));
    assert_eq!(take(&chunk), Some(Incoming::Bad(Bad::BodyTooLarge)));
}

#[test]
fn what_is_no_request_is_refused_and_nothing_follows() {
    let head = |fields: &str| format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");
    let cases = [
        ("no http at all\r\n\r\n".to_owned(), Bad::Malformed),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), Bad::Malformed),
        (head("Host: y"), Bad::Malformed),
        (head("Content-Length: -1"), Bad::Malformed),
        (head("Content-Length: +1"), Bad::Malformed),
        (head("Content-Length: 1, 2"), Bad::Malformed),
        (head("Content-Length: 1\r\nTransfer-Encoding: chunked"), Bad::Malformed),
        (head("Transfer-Encoding: gzip, chunked"), Bad::Coding),
        (head("Content-Length: 1001"), Bad::BodyTooLarge),
        (head("Content-Length: 99999999999999999999999"), Bad::BodyTooLarge),
        (head("Transfer-Encoding: chunked") + "3e9\r\n", Bad::BodyTooLarge),
        (head("Transfer-Encoding: chunked") + "ffffffffffffffffff\r\n", Bad::BodyTooLarge),
        (head("Transfer-Encoding: chunked") + "x\r\n", Bad::Malformed),
        (head("Transfer-Encoding: chunked") + "\r\n", Bad::Malformed),
        (head("Transfer-Encoding: chunked") + "1\r\nab\r\n", Bad::Malformed),
        (head(&format!("A: {}", "x".repeat(5_000))), Bad::HeadTooLarge),
        (head(&"A: b\r\n".repeat(200)), Bad::Malformed),
    ];
    for (bytes, bad) in cases {
        let more = [bytes.as_bytes(), SOAP].concat();
        assert_eq!(read(&more), [Incoming::Bad(bad)], "{bytes:?}");
    }
}

#[test]
fn a_body_that_is_too_large_is_not_kept() {
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n";
    let mut reader = HttpReader::new(LIMITS);
    let refused = Incoming::Bad(Bad::BodyTooLarge);
    // Refused when its head says so, before the client has sent it.
    assert_eq!(reader.take(&mut &head[..]), Some(refused));
    assert_eq!(reader.take(&mut &[b'x'; 10_000][..]), None);
    assert!(size_of_val(&reader) < 100);
}

#[test]
fn answers_say_how_long_they_are_and_when_they_are_given() {
    let now = Timestamp::from_second(1_767_225_600).unwrap();
    let answer = Answer::xml(200, b"<a/>".to_vec()).with("X-Id", "1\r\nInjected: 2");
    assert_eq!(
        String::from_utf8(answer.write(now, true)).unwrap(),
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nX-Id: 1  Injected: 2\r\n\
         Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 4\r\n\r\n<a/>"
    );
    let head = String::from_utf8(Answer::status(401).write_chunked_head(now, false)).unwrap();
    assert!(head.ends_with("Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"), "{head}");
    assert_eq!(chunk(&[b'x'; 26])[..4], *b"1a\r\n");
    assert_eq!(chunk(b""), b"0\r\n\r\n");
}

fn token() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(vec![
        &b"POST / HTTP/1.1\r\n"[..],
        b"Host: x\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Expect: 100-continue\r\n",
        b"\r\n",
        b"5\r\nabcde\r\n",
        b"0\r\n\r\n",
        b"\n",
        b"\x00\xff",
        b"abcde",
    ])
}

proptest! {
    #[test]
    fn where_bytes_are_cut_makes_no_difference(
        tokens in prop::collection::vec(token(), 0..40), piece in 1_usize..50,
    ) {
        let bytes = tokens.concat();
        prop_assert_eq!(read(&bytes), read_cut(&bytes, piece));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, piece in 1_usize..50) {
        let _ = read_cut(&bytes, piece);
    }
}
