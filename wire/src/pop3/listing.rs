//! The lines that LIST, UIDL and STAT answer with. Each line stands for itself: a server that
//! writes nonsense about one message has not said anything about the others.

use std::fmt::Write as _;

use thiserror::Error;

/// The longest unique id in characters (RFC 1939 section 7, UIDL).
pub const MAX_UID: usize = 70;

/// A line of LIST: `number size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanEntry {
    /// The message's number in this session.
    pub number: u32,
    /// Its size in octets, if the server tells the truth.
    pub octets: u64,
}

/// A line of UIDL: `number unique-id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UidEntry<'a> {
    /// The message's number in this session.
    pub number: u32,
    /// 1 to [`MAX_UID`] characters from 0x21 to 0x7E.
    pub uid: &'a str,
}

/// The answer to STAT: `count size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropListing {
    /// Messages in the maildrop that are not marked as deleted.
    pub messages: u32,
    /// Their octets, if the server tells the truth.
    pub octets: u64,
}

/// What is wrong with a line of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ListingError {
    /// It does not begin with a message number above 0 (for STAT: with a count).
    #[error("the listing line has no message number")]
    NoNumber,
    /// The number is not followed by a size: a decimal number below 2^64.
    #[error("message {number} is listed without a usable size")]
    NoSize {
        /// Whose size.
        number: u32,
    },
    /// The number is not followed by a unique id.
    #[error("message {number} is listed without a unique id")]
    NoUid {
        /// Whose id.
        number: u32,
    },
    /// The unique id has more than [`MAX_UID`] characters.
    #[error("the unique id of message {number} is longer than {MAX_UID} characters")]
    UidTooLong {
        /// Whose id.
        number: u32,
    },
    /// The unique id holds something outside 0x21 to 0x7E.
    #[error("the unique id of message {number} holds characters that none may hold")]
    UidCharacters {
        /// Whose id.
        number: u32,
    },
}

/// The lines of a LIST body, in the order given.
pub fn scan_listing(body: &[u8]) -> impl Iterator<Item = Result<ScanEntry, ListingError>> {
    lines(body).map(ScanEntry::parse)
}

/// The lines of a UIDL body, in the order given.
pub fn uid_listing(body: &[u8]) -> impl Iterator<Item = Result<UidEntry<'_>, ListingError>> {
    lines(body).map(UidEntry::parse)
}

impl ScanEntry {
    /// Reads a line of LIST without its line end, or the text of the `+OK` to `LIST n`. What
    /// follows the size is ignored, as RFC 1939 section 5 wants it.
    ///
    /// # Errors
    /// [`ListingError::NoNumber`], [`ListingError::NoSize`].
    pub fn parse(line: &[u8]) -> Result<Self, ListingError> {
        let mut words = words(line);
        let number = message_number(words.next())?;
        let octets = words.next().and_then(decimal).ok_or(ListingError::NoSize { number })?;
        Ok(Self { number, octets })
    }

    /// Appends the line with its CRLF.
    pub fn write(&self, out: &mut Vec<u8>) {
        push_decimal(u64::from(self.number), out);
        out.push(b' ');
        push_decimal(self.octets, out);
        out.extend_from_slice(b"\r\n");
    }
}

impl<'a> UidEntry<'a> {
    /// Reads a line of UIDL without its line end, or the text of the `+OK` to `UIDL n`.
    ///
    /// # Errors
    /// [`ListingError`], all but [`ListingError::NoSize`].
    pub fn parse(line: &'a [u8]) -> Result<Self, ListingError> {
        let mut words = words(line);
        let number = message_number(words.next())?;
        let uid = words.next().ok_or(ListingError::NoUid { number })?;
        if uid.len() > MAX_UID {
            return Err(ListingError::UidTooLong { number });
        }
        if !uid.iter().all(|byte| (0x21..=0x7e).contains(byte)) {
            return Err(ListingError::UidCharacters { number });
        }
        let Ok(uid) = std::str::from_utf8(uid) else { unreachable!("it is ASCII") };
        Ok(Self { number, uid })
    }

    /// Appends the line with its CRLF.
    pub fn write(&self, out: &mut Vec<u8>) {
        push_decimal(u64::from(self.number), out);
        out.push(b' ');
        out.extend_from_slice(self.uid.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

impl DropListing {
    /// Reads the text of the `+OK` to STAT.
    ///
    /// # Errors
    /// [`ListingError::NoNumber`], [`ListingError::NoSize`] (with the count as its number).
    pub fn parse(text: &[u8]) -> Result<Self, ListingError> {
        let mut words = words(text);
        let messages = words.next().and_then(decimal).ok_or(ListingError::NoNumber)?;
        let messages = u32::try_from(messages).map_err(|_| ListingError::NoNumber)?;
        let octets =
            words.next().and_then(decimal).ok_or(ListingError::NoSize { number: messages })?;
        Ok(Self { messages, octets })
    }

    /// The text that follows `+OK`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(24);
        let Ok(()) = write!(text, "{} {}", self.messages, self.octets) else {
            unreachable!("writing to a String cannot fail")
        };
        text
    }
}

/// The lines without their ends; a line end after the last line begins no other.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = body.strip_suffix(b"\n").map_or(body, |rest| rest);
    let lines = (!body.is_empty()).then(|| body.split(|&byte| byte == b'\n'));
    lines.into_iter().flatten().map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// RFC 1939 wants one space; some servers pad.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty())
}

fn message_number(word: Option<&[u8]>) -> Result<u32, ListingError> {
    word.and_then(decimal)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number > 0)
        .ok_or(ListingError::NoNumber)
}

fn decimal(word: &[u8]) -> Option<u64> {
    word.iter().try_fold(0u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

fn push_decimal(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    let mut rest = value;
    loop {
        start -= 1;
        digits[start] = b"0123456789"[usize::try_from(rest % 10).unwrap_or_default()];
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_broken_line_costs_only_itself() {
        let body =
            b"1 120\r\n2 -5\r\nspam\r\n\r\n0 7\r\n3 18446744073709551616\r\n4  200 extra\r\n5 7\n";
        let read: Vec<_> = scan_listing(body).collect();
        assert_eq!(
            read,
            [
                Ok(ScanEntry { number: 1, octets: 120 }),
                Err(ListingError::NoSize { number: 2 }),
                Err(ListingError::NoNumber),
                Err(ListingError::NoNumber),
                Err(ListingError::NoNumber),
                Err(ListingError::NoSize { number: 3 }),
                Ok(ScanEntry { number: 4, octets: 200 }),
                Ok(ScanEntry { number: 5, octets: 7 }),
            ]
        );
    }

    #[test]
    fn unique_ids_are_held_to_the_rfc() {
        let long = "x".repeat(70);
        let body =
            format!("1 whqtswO00WBw418f9t5JxYwZ\r\n2\r\n3 {long}\r\n4 {long}x\r\n5 sm\u{f8}r\r\n");
        let read: Vec<_> = uid_listing(body.as_bytes()).collect();
        assert_eq!(
            read,
            [
                Ok(UidEntry { number: 1, uid: "whqtswO00WBw418f9t5JxYwZ" }),
                Err(ListingError::NoUid { number: 2 }),
                Ok(UidEntry { number: 3, uid: &long }),
                Err(ListingError::UidTooLong { number: 4 }),
                Err(ListingError::UidCharacters { number: 5 }),
            ]
        );
        assert_eq!(uid_listing(b"").count(), 0);
    }

    #[test]
    fn a_stat_counts_and_sums() {
        let listing = DropListing { messages: 2, octets: 320 };
        assert_eq!(DropListing::parse(b"2 320"), Ok(listing));
        assert_eq!(listing.text(), "2 320");
        assert_eq!(DropListing::parse(b"0 0 extra"), Ok(DropListing { messages: 0, octets: 0 }));
        assert_eq!(DropListing::parse(b"2 -320"), Err(ListingError::NoSize { number: 2 }));
        assert_eq!(DropListing::parse(b"two"), Err(ListingError::NoNumber));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(entries in proptest::collection::vec((1u32.., any::<u64>(), "[!-~]{1,70}"), 0..20)) {
            let (mut scan, mut uids) = (Vec::new(), Vec::new());
            for (number, octets, uid) in &entries {
                ScanEntry { number: *number, octets: *octets }.write(&mut scan);
                UidEntry { number: *number, uid }.write(&mut uids);
            }
            let scan: Result<Vec<_>, _> = scan_listing(&scan).map(|e| e.map(|e| (e.number, e.octets))).collect();
            let uids: Result<Vec<_>, _> = uid_listing(&uids).map(|e| e.map(|e| (e.number, e.uid.to_owned()))).collect();
            prop_assert_eq!(scan.unwrap(), entries.iter().map(|e| (e.0, e.1)).collect::<Vec<_>>());
            prop_assert_eq!(uids.unwrap(), entries.iter().map(|e| (e.0, e.2.clone())).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_read_or_refused_line_by_line(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let lines = body.split(|byte| *byte == b'\n').count();
            prop_assert!(scan_listing(&body).count() <= lines);
            for entry in uid_listing(&body).flatten() {
                prop_assert!((1..=MAX_UID).contains(&entry.uid.len()));
            }
        }
    }
}
