//! The message itself: composed once with nothing taken from the machine, and read just far
//! enough to know that it can be.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::{BodyPart, MimePart};
use mail_parser::MessageParser;

use crate::MessageKey;

/// What a composed message is made of.
pub(crate) struct Composition<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a [String],
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    /// A second form of the text, for readers that show HTML.
    pub(crate) html: Option<&'a str>,
    /// Without angle brackets.
    pub(crate) message_id: &'a str,
    pub(crate) date: Timestamp,
    /// Parts two alternatives; must not occur in either.
    pub(crate) boundary: &'a str,
}

/// Writes a message in RFC 5322 form. Date, Message-ID and boundary are always the caller's: the
/// builder's own defaults read the machine's clock.
pub(crate) fn compose(message: &Composition<'_>) -> Vec<u8> {
    let to = message.to.iter().map(|address| Address::from(address.as_str())).collect();
    let builder = MessageBuilder::new()
        .from(message.from)
        .to(Address::List(to))
        .subject(message.subject)
        .message_id(message.message_id)
        .date(message.date.as_second());
    let builder = match message.html {
        None => builder.text_body(message.text),
        Some(html) => builder.body(MimePart::new(
            ContentType::new("multipart/alternative").attribute("boundary", message.boundary),
            vec![
                MimePart::new("text/plain", BodyPart::Text(message.text.into())),
                MimePart::new("text/html", BodyPart::Text(html.into())),
            ],
        )),
    };
    let mut bytes = Vec::new();
    builder.serialize(&mut bytes);
    with_crlf(bytes)
}

/// Ends every line, the last included, in CRLF, as the wire wants it (RFC 5321, 2.3.8): a bare CR
/// or LF would not survive the transfer unaltered, or would be refused.
pub(crate) fn with_crlf(bytes: Vec<u8>) -> Vec<u8> {
    if is_canonical(&bytes) {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32 + 2);
    let mut rest = bytes.as_slice();
    while let Some(end) = rest.iter().position(|b| matches!(b, b'\r' | b'\n')) {
        out.extend_from_slice(&rest[..end]);
        out.extend_from_slice(b"\r\n");
        let width = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + width..];
    }
    if !rest.is_empty() {
        out.extend_from_slice(rest);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn is_canonical(bytes: &[u8]) -> bool {
    let mut before = 0;
    for &byte in bytes {
        if (before == b'\r') != (byte == b'\n') {
            return false;
        }
        before = byte;
    }
    bytes.is_empty() || bytes.ends_with(b"\r\n")
}

/// Whether these bytes are a message: the parser takes nearly anything, but something without a
/// single header field has neither sender nor date (RFC 5322, 3.6) and makes no record.
pub(crate) fn is_parsable(raw: &[u8]) -> bool {
    MessageParser::default().parse(raw).is_some_and(|message| !message.headers().is_empty())
}

/// The key of a message's own Message-ID, if it has one.
pub(crate) fn message_key(raw: &[u8]) -> Option<MessageKey> {
    let message = MessageParser::default().parse_headers(raw)?;
    message.message_id().map(MessageKey::of)
}

/// The addresses in To, Cc and Bcc of a message, in small letters.
pub(crate) fn recipients(raw: &[u8]) -> [BTreeSet<String>; 3] {
    let Some(message) = MessageParser::default().parse_headers(raw) else {
        return Default::default();
    };
    [message.to(), message.cc(), message.bcc()].map(|field| {
        let addresses = field.into_iter().flat_map(mail_parser::Address::iter);
        addresses.filter_map(|each| each.address.as_deref()).map(str::to_lowercase).collect()
    })
}

/// The message without the bodies of attachments larger than so many octets; none when it has no
/// such attachment. Its headers still name them.
pub(crate) fn without_large_attachments(raw: &[u8], limit: u64) -> Option<Vec<u8>> {
    // Nothing in it can be larger than all of it.
    if raw.len() as u64 <= limit {
        return None;
    }
    let message = MessageParser::default().parse(raw)?;
    let mut large: Vec<(usize, usize)> = message
        .attachments()
        .filter(|part| part.len() as u64 > limit)
        .map(|part| (part.raw_body_offset() as usize, part.raw_end_offset() as usize))
        .collect();
    large.sort_unstable();
    let (mut left, mut from) = (Vec::with_capacity(raw.len()), 0);
    for (start, end) in large {
        // One attachment may lie within another.
        if start >= from && start < end {
            left.extend_from_slice(raw.get(from..start)?);
            left.extend_from_slice(b"\r\n");
            from = end;
        }
    }
    left.extend_from_slice(raw.get(from..)?);
    (from > 0).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(html: Option<&str>) -> Vec<u8> {
        compose(&Composition {
            from: "ann@example.com",
            to: &["bob@example.com".into(), "cleo@example.com".into()],
            subject: "Caf\u{e9} at noon\r\nBcc: eve@example.com",
            text: "See you there.\n.\nAnn",
            html,
            message_id: "1.2@example.com",
            date: Timestamp::from_second(1_700_000_000).unwrap(),
            boundary: "=_part",
        })
    }

    #[test]
    fn a_message_is_composed_of_nothing_but_its_parts() {
        let bytes = sample(None);
        assert_eq!(bytes, sample(None));
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace('\r', ""));
    }

    #[test]
    fn two_alternatives_are_parted_by_our_boundary() {
        let bytes = sample(Some("<p>See you there.</p>"));
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace('\r', ""));
    }

    #[test]
    fn line_ends_become_crlf() {
        for (given, wanted) in [
            ("", ""),
            ("a", "a\r\n"),
            ("a\nb", "a\r\nb\r\n"),
            ("a\rb\r\n", "a\r\nb\r\n"),
            ("a\n\r\n", "a\r\n\r\n"),
            ("a\r\r\n", "a\r\n\r\n"),
        ] {
            assert_eq!(with_crlf(given.into()), wanted.as_bytes(), "{given:?}");
        }
    }

    #[test]
    fn bytes_without_a_header_are_no_message() {
        assert!(is_parsable(b"Subject: x\r\n\r\nbody\r\n"));
        assert!(!is_parsable(b""));
        for raw in [&b"\r\nbody without a header\r\n"[..], b"\x00\xff\xfe\x01\r\n", b"....\r\n"] {
            assert!(!is_parsable(raw), "{}", raw.escape_ascii());
        }
    }

    fn with_attachment(size: usize) -> Vec<u8> {
        let body = "x".repeat(size);
        format!(
            "From: a@example.com\r\nTo: Bob <Bob@example.com>, c@example.com\r\n\
             Cc: d@example.com\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/plain\r\n\r\nhello\r\n--b\r\n\
             Content-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=f\r\n\r\n{body}\r\n--b--\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn only_the_bodies_of_large_attachments_go() {
        assert_eq!(without_large_attachments(&with_attachment(1000), 1000), None);
        let left = without_large_attachments(&with_attachment(1001), 1000).unwrap();
        let left = String::from_utf8(left).unwrap();
        assert!(left.contains("filename=f\r\n\r\n") && left.ends_with("--b--\r\n"), "{left}");
        assert!(left.contains("hello") && !left.contains("xx"), "{left}");
        assert!(is_parsable(left.as_bytes()));
    }

    #[test]
    fn recipients_are_read_from_three_fields() {
        let [to, cc, bcc] = recipients(&with_attachment(1));
        assert_eq!(to.into_iter().collect::<Vec<_>>(), ["bob@example.com", "c@example.com"]);
        assert_eq!((cc.len(), bcc.len()), (1, 0));
        assert_eq!(message_key(&with_attachment(1)), Some(MessageKey::of("1@example.com")));
        assert_eq!(message_key(b"Subject: x\r\n\r\n"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_upset_the_cutting(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut message = with_attachment(50);
            message.splice(200..200, bytes);
            let _ = without_large_attachments(&message, 20);
            let _ = (recipients(&message), message_key(&message));
        }

        #[test]
        fn crlf_is_reached_once_and_for_all(bytes in "[a\r\n.]{0,40}") {
            let once = with_crlf(bytes.into_bytes());
            prop_assert!(is_canonical(&once));
            prop_assert_eq!(with_crlf(once.clone()), once);
        }

        #[test]
        fn no_bytes_upset_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = is_parsable(&bytes);
        }
    }
}
