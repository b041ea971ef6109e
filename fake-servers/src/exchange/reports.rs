//! Reports of what could not be delivered, as messages of their own (RFC 3464), with the header of
//! what they are about (RFC 6522), so that a client can tell which message it was.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use xxhash_rust::xxh3::xxh3_64;

use super::server::Shared;

/// What was not delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undelivered<'m> {
    /// The address it came from, and to which the report goes.
    pub(super) sender: &'m str,
    /// The address it did not come to.
    pub(super) recipient: &'m str,
    /// The message as its recipients would have got it.
    pub(super) bytes: &'m [u8],
}

/// Nobody has the address.
pub(super) fn unknown(server: &Shared, about: Undelivered<'_>, now: Timestamp) -> Vec<u8> {
    let reason = "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found";
    report(server, about, "5.1.1", reason, now)
}

/// The mailbox has no room.
pub(super) fn full(server: &Shared, about: Undelivered<'_>, now: Timestamp) -> Vec<u8> {
    let reason = "554 5.2.2 mailbox full; STOREDRV.Deliver; quota exceeded";
    report(server, about, "5.2.2", reason, now)
}

fn report(
    server: &Shared,
    about: Undelivered<'_>,
    status: &str,
    reason: &str,
    now: Timestamp,
) -> Vec<u8> {
    let Undelivered { sender, recipient: to, bytes } = about;
    let name = &server.options.name;
    let date = DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
    let id = xxh3_64(format!("{sender} {to} {now}").as_bytes());
    let header = header(bytes);
    let before = format!(
        "From: Microsoft Outlook <postmaster@{name}>\r\nTo: <{sender}>\r\n\
         Date: {date}\r\nMessage-ID: <ndr-{id:016x}@{name}>\r\nMIME-Version: 1.0\r\n\
         Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; \
         report-type=delivery-status;\r\n\tboundary=\"_ndr_{id:016x}_\"\r\n\
         Subject: Undeliverable: "
    );
    let between = format!(
        "\r\n\r\n--_ndr_{id:016x}_\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Delivery has failed to these recipients:\r\n\r\n{to}\r\n\r\n{reason}\r\n\r\n\
         --_ndr_{id:016x}_\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns;{name}\r\n\r\nFinal-Recipient: rfc822;{to}\r\nAction: failed\r\n\
         Status: {status}\r\nDiagnostic-Code: smtp;{reason}\r\n\r\n\
         --_ndr_{id:016x}_\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    );
    let after = format!("\r\n--_ndr_{id:016x}_--\r\n");
    [before.as_bytes(), subject(header), between.as_bytes(), header, after.as_bytes()].concat()
}

/// A message up to the empty line.
fn header(bytes: &[u8]) -> &[u8] {
    let lines = bytes.split_inclusive(|octet| *octet == b'\n');
    let end: usize = lines.take_while(|line| !is_empty(line)).map(<[u8]>::len).sum();
    &bytes[..end]
}

fn is_empty(line: &[u8]) -> bool {
    matches!(line, b"\r\n" | b"\n")
}

/// The subject as it is written, folds and encoded words included.
fn subject(header: &[u8]) -> &[u8] {
    const NAME: &[u8] = b"subject:";
    let mut at = 0;
    let mut found: Option<(usize, usize)> = None;
    for line in header.split_inclusive(|octet| *octet == b'\n') {
        let end = at + line.len();
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        match &mut found {
            Some((_, last)) if folded => *last = end,
            Some(_) => break,
            None if line.get(..NAME.len()).is_some_and(|it| it.eq_ignore_ascii_case(NAME)) => {
                found = Some((at + NAME.len(), end));
            }
            None => {}
        }
        at = end;
    }
    found.map_or(&[][..], |(from, to)| &header[from..to]).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_taken_over_as_it_is_written() {
        let of = |bytes: &'static [u8]| subject(header(bytes));
        assert_eq!(of(b"To: a\r\nSUBJECT:  a b \r\nFrom: c\r\n\r\n"), b"a b");
        assert_eq!(of(b"Subject: =?utf-8?q?a?=\r\n\tb\r\nX: y\r\n\r\n"), b"=?utf-8?q?a?=\r\n\tb");
        assert_eq!(of(b"X-Subject: no\r\n\r\nSubject: body\r\n"), b"");
        assert_eq!(of(b"Subject: end"), b"end");
    }
}
