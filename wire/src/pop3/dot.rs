//! Dot-stuffing (RFC 1939 section 3): a body ends with a line of one dot, so every line that
//! begins with a dot is sent with one more in front.

use thiserror::Error;

use super::scan::line_feed;

/// The line that ends a body.
pub const TERMINATOR: &[u8] = b".\r\n";

/// How much of a body a client is willing to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Octets in all, after un-stuffing and without the terminator.
    pub octets: usize,
    /// Octets of one line, its CRLF included.
    pub line: usize,
}

impl BodyLimits {
    /// This many octets in all, however they are divided into lines.
    #[must_use]
    pub const fn octets(octets: usize) -> Self {
        Self { octets, line: usize::MAX }
    }
}

/// Which limit a body broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BodyError {
    /// More octets than [`BodyLimits::octets`].
    #[error("the body is longer than {0} octets")]
    TooLong(usize),
    /// A line of more octets than [`BodyLimits::line`].
    #[error("a line of the body is longer than {0} octets")]
    LineTooLong(usize),
}

/// Appends `body` with its dots stuffed, without the terminator. A body that does not end with a
/// CRLF is given one, since the terminator must start a line.
pub fn stuff(body: &[u8], out: &mut Vec<u8>) {
    out.reserve(body.len() + 2);
    let mut copied = 0;
    let mut line = 0;
    while line < body.len() {
        if body[line] == b'.' {
            out.extend_from_slice(&body[copied..line]);
            out.push(b'.');
            copied = line;
        }
        line = next_line(body, line);
    }
    out.extend_from_slice(&body[copied..]);
    if !body.is_empty() && !body.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends `body` as it follows a `+OK` line: stuffed, with its terminator.
pub fn write_body(body: &[u8], out: &mut Vec<u8>) {
    stuff(body, out);
    out.extend_from_slice(TERMINATOR);
}

/// Where the line after the one that holds `from` begins. Only CRLF ends a line; a bare LF is an
/// octet like any other.
fn next_line(body: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = line_feed(&body[at..]) {
        at += found + 1;
        if at >= 2 && body[at - 2] == b'\r' {
            return at;
        }
    }
    body.len()
}

/// Undoes dot-stuffing as bytes arrive, cut anywhere, and finds the terminator. Takes time in
/// proportion to the bytes given and room in proportion to those kept.
#[derive(Debug, Clone, Default)]
pub struct Unstuffer {
    body: Vec<u8>,
    /// Octets of the line under way that are in `body`.
    line: usize,
    place: Place,
}

/// Where in a line the next octet belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    LineStart,
    /// After a dot that began a line and is not in the body.
    Dot,
    /// After `.` and CR, neither in the body.
    DotCr,
    Text,
}

impl Unstuffer {
    /// An empty body with room for so many octets.
    #[must_use]
    pub fn with_capacity(octets: usize) -> Self {
        Self { body: Vec::with_capacity(octets), ..Self::default() }
    }

    /// Takes bytes as they come. Says how many of them belong to the body and its terminator once
    /// the terminator was among them, and nothing as long as it was not. After that, or after an
    /// error, no more may be given.
    ///
    /// # Errors
    /// [`BodyError`] at the first octet that is too many.
    pub fn take(&mut self, bytes: &[u8], limits: BodyLimits) -> Result<Option<usize>, BodyError> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match (self.place, byte) {
                (Place::LineStart, b'.') => {
                    self.place = Place::Dot;
                    at += 1;
                }
                (Place::Dot, b'\r') => {
                    self.place = Place::DotCr;
                    at += 1;
                }
                (Place::DotCr, b'\n') => return Ok(Some(at + 1)),
                (Place::DotCr, _) => {
                    self.keep(b"\r", limits)?;
                    self.place = Place::Text;
                }
                (Place::LineStart | Place::Dot | Place::Text, _) => {
                    at += self.take_text(&bytes[at..], limits)?;
                }
            }
        }
        Ok(None)
    }

    /// The body: everything that was taken.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Octets kept so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether nothing was kept so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Keeps the rest of the line, or as much of it as there is; says how much that was.
    fn take_text(&mut self, bytes: &[u8], limits: BodyLimits) -> Result<usize, BodyError> {
        let end = line_feed(bytes).map(|found| found + 1);
        let length = end.unwrap_or(bytes.len());
        self.keep(&bytes[..length], limits)?;
        self.place = Place::Text;
        // The CR may have come with an earlier cut.
        if end.is_some() && self.body.ends_with(b"\r\n") {
            self.place = Place::LineStart;
            self.line = 0;
        }
        Ok(length)
    }

    fn keep(&mut self, bytes: &[u8], limits: BodyLimits) -> Result<(), BodyError> {
        let room_in_line = limits.line.saturating_sub(self.line);
        let room_in_body = limits.octets.saturating_sub(self.body.len());
        if bytes.len() > room_in_line.min(room_in_body) {
            return Err(if room_in_line < room_in_body {
                BodyError::LineTooLong(limits.line)
            } else {
                BodyError::TooLong(limits.octets)
            });
        }
        self.body.extend_from_slice(bytes);
        self.line += bytes.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_LIMIT: BodyLimits = BodyLimits::octets(usize::MAX);

    fn written(body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_body(body, &mut out);
        out
    }

    /// The body and how many bytes it took, when given in pieces of these sizes.
    fn taken(
        bytes: &[u8],
        cuts: &[usize],
        limits: BodyLimits,
    ) -> Result<Option<(Vec<u8>, usize)>, BodyError> {
        let mut unstuffer = Unstuffer::default();
        let (mut at, mut cuts) = (0, cuts.iter().copied().cycle());
        while at < bytes.len() {
            let piece = cuts.next().unwrap_or(usize::MAX).clamp(1, bytes.len() - at);
            if let Some(used) = unstuffer.take(&bytes[at..at + piece], limits)? {
                return Ok(Some((unstuffer.into_body(), at + used)));
            }
            assert!(unstuffer.len() <= limits.octets);
            at += piece;
        }
        Ok(None)
    }

    #[test]
    fn lines_that_begin_with_dots_gain_one() {
        assert_eq!(written(b""), b".\r\n");
        assert_eq!(written(b".\r\n"), b"..\r\n.\r\n");
        assert_eq!(written(b"a.\r\n..b\r\n"), b"a.\r\n...b\r\n.\r\n");
        assert_eq!(written(b"a\n.b\r\n"), b"a\n.b\r\n.\r\n", "a bare LF ends no line");
        assert_eq!(written(b"a"), b"a\r\n.\r\n");
        assert_eq!(written(b"\r\n.\r\n\r\n"), b"\r\n..\r\n\r\n.\r\n");
    }

    #[test]
    fn only_a_dot_alone_between_line_ends_is_the_end() {
        let whole = |bytes: &[u8]| taken(bytes, &[], NO_LIMIT).unwrap();
        assert_eq!(whole(b".\r\nrest"), Some((vec![], 3)));
        assert_eq!(whole(b"a\r\n.\r\n"), Some((b"a\r\n".to_vec(), 6)));
        assert_eq!(whole(b"a\n.\r\n.\r\n"), Some((b"a\n.\r\n".to_vec(), 8)));
        assert_eq!(whole(b".\rx\r\n.\r\n"), Some((b"\rx\r\n".to_vec(), 8)));
        assert_eq!(whole(b".\r.\r\n.\r\n"), Some((b"\r.\r\n".to_vec(), 8)));
        assert_eq!(whole(b"a\r\n.\n"), None);
        assert_eq!(whole(b"a\r\r\n.\r\n"), Some((b"a\r\r\n".to_vec(), 7)));
        assert_eq!(whole(b"\r\n\n.\r\n.\r\n"), Some((b"\r\n\n.\r\n".to_vec(), 9)));
    }

    #[test]
    fn limits_are_met_to_the_octet() {
        let bytes = b"12345678\r\n12\r\n.\r\n";
        let limits = |octets, line| BodyLimits { octets, line };
        assert!(taken(bytes, &[], limits(14, 10)).unwrap().is_some());
        assert_eq!(taken(bytes, &[], limits(13, 10)), Err(BodyError::TooLong(13)));
        assert_eq!(taken(bytes, &[], limits(14, 9)), Err(BodyError::LineTooLong(9)));
    }

    /// Octets in which dots and line ends are as likely as anything else.
    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        let octet = prop_oneof![
            4 => Just(b'.'), 4 => Just(b'\r'), 4 => Just(b'\n'), 3 => any::<u8>(),
        ];
        proptest::collection::vec(octet, 0..200)
    }

    proptest! {
        #[test]
        fn what_is_stuffed_is_unstuffed(body in hostile(), cuts in proptest::collection::vec(1usize..9, 1..8)) {
            let bytes = written(&body);
            let mut expected = body;
            if !expected.is_empty() && !expected.ends_with(b"\r\n") {
                expected.extend_from_slice(b"\r\n");
            }
            prop_assert_eq!(taken(&bytes, &cuts, NO_LIMIT), Ok(Some((expected, bytes.len()))));
        }

        #[test]
        fn cuts_change_nothing(
            bytes in hostile(),
            cuts in proptest::collection::vec(1usize..9, 1..8),
            octets in 0usize..200,
            line in 0usize..20,
        ) {
            let limits = BodyLimits { octets, line };
            prop_assert_eq!(taken(&bytes, &cuts, limits), taken(&bytes, &[], limits));
        }
    }
}
