//! A server's reply (RFC 5321 section 4.2): three digits, perhaps an enhanced code, text in one or
//! several lines.

use std::fmt;

use super::EnhancedCode;

/// A reply as it is meant, apart from how its lines are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    enhanced: Option<EnhancedCode>,
    lines: Vec<String>,
}

/// Why bytes are not a reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// A line does not begin with a code of three digits from 200 to 599, followed by a space, a
    /// hyphen or the end.
    #[error("no three-digit code at the start of line {line}")]
    NoCode {
        /// Counted from 1.
        line: usize,
    },
    /// The lines of one reply carry different codes.
    #[error("line {line} has another code than the first")]
    CodesDiffer {
        /// Counted from 1.
        line: usize,
    },
    /// The last line still announces another, or there are lines after the last.
    #[error("the hyphens do not fit the number of lines")]
    Unfinished,
}

impl Reply {
    /// A reply of one line. Line breaks and other control characters in `text` become spaces: a
    /// reply built from what a client said must not be able to end early.
    #[must_use]
    pub fn new(code: u16, enhanced: Option<EnhancedCode>, text: impl AsRef<str>) -> Self {
        Self { code, enhanced, lines: vec![clean(text.as_ref())] }
    }

    /// A reply from its code and its text as a client library hands them out, the lines joined
    /// with `\n`; a leading enhanced code is split off the text.
    #[must_use]
    pub fn from_text(code: u16, text: &str) -> Self {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            lines.push(String::new());
        }
        Self::from_lines(code, lines)
    }

    /// Reads a complete reply, one line or several, the last line break optional.
    ///
    /// # Errors
    /// When it is not one; see [`ReplyError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ReplyError> {
        let text = String::from_utf8_lossy(bytes);
        let mut code = None;
        let mut lines = Vec::new();
        let mut more = true;
        for (line, content) in (1..).zip(text.lines()) {
            if !more {
                return Err(ReplyError::Unfinished);
            }
            let (line_code, rest) = split_code(content).ok_or(ReplyError::NoCode { line })?;
            if *code.get_or_insert(line_code) != line_code {
                return Err(ReplyError::CodesDiffer { line });
            }
            more = rest.starts_with('-');
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
        }
        match code {
            Some(code) if !more => Ok(Self::from_lines(code, lines)),
            Some(_) => Err(ReplyError::Unfinished),
            None => Err(ReplyError::NoCode { line: 1 }),
        }
    }

    /// RFC 2034 section 4: when there is an enhanced code, every line begins with it.
    fn from_lines(code: u16, mut lines: Vec<String>) -> Self {
        let enhanced = lines.first().and_then(|line| EnhancedCode::split_from(line)).map(|e| e.0);
        for line in &mut lines {
            *line = match EnhancedCode::split_from(line) {
                Some((found, rest)) if Some(found) == enhanced => clean(rest),
                _ => clean(line),
            };
        }
        Self { code, enhanced, lines }
    }

    /// The three-digit code.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced code, if the reply has one.
    #[must_use]
    pub fn enhanced(&self) -> Option<EnhancedCode> {
        self.enhanced
    }

    /// Gives a reply without an enhanced code this one.
    #[must_use]
    pub fn or_enhanced(mut self, code: Option<EnhancedCode>) -> Self {
        self.enhanced = self.enhanced.or(code);
        self
    }

    /// The text without codes, lines joined with `\n`.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether it refuses: 4xx or 5xx.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.code >= 400
    }

    /// The reply's bytes, all line ends included.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (ix, line) in self.lines.iter().enumerate() {
            let separator = if ix + 1 < self.lines.len() { '-' } else { ' ' };
            write!(f, "{}{separator}", self.code)?;
            if let Some(enhanced) = self.enhanced {
                write!(f, "{enhanced} ")?;
            }
            write!(f, "{line}\r\n")?;
        }
        Ok(())
    }
}

/// The code and what follows it, which begins with a space or a hyphen unless it is empty.
fn split_code(line: &str) -> Option<(u16, &str)> {
    let (digits, rest) = line.split_at_checked(3)?;
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let code = all_digits.then(|| digits.parse().ok()).flatten()?;
    let separated = rest.is_empty() || rest.starts_with([' ', '-']);
    ((200..600).contains(&code) && separated).then_some((code, rest))
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Class;
    use super::*;

    const TOO_FAST: EnhancedCode = EnhancedCode::new(Class::Transient, 4, 2);

    #[test]
    fn reads_one_line_and_several() {
        let reply = Reply::parse(b"421 4.4.2 Too fast\r\n").unwrap();
        assert_eq!((reply.code(), reply.enhanced()), (421, Some(TOO_FAST)));
        assert_eq!(reply.text(), "Too fast");

        let reply = Reply::parse(b"421-4.4.2 Too\r\n421 4.4.2 fast\r\n").unwrap();
        assert_eq!((reply.enhanced(), reply.text()), (Some(TOO_FAST), "Too\nfast".into()));

        let reply = Reply::parse(b"250\r\n").unwrap();
        assert_eq!((reply.code(), reply.enhanced(), reply.text()), (250, None, String::new()));
    }

    #[test]
    fn the_code_of_the_dialogue_and_the_code_of_the_meaning_may_differ() {
        let reply = Reply::parse(b"432 4.7.12 A password transition is needed\r\n").unwrap();
        assert_eq!(reply.enhanced().unwrap().numbers(), (4, 7, 12));
        assert_eq!(
            Reply::from_text(432, "4.3.2 Slow down").enhanced().unwrap().numbers(),
            (4, 3, 2)
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_broken_reply() {
        use ReplyError::{CodesDiffer, NoCode, Unfinished};
        let cases: [(&[u8], _); 8] = [
            (b"", NoCode { line: 1 }),
            (b"25 OK\r\n", NoCode { line: 1 }),
            (b"2500 OK\r\n", NoCode { line: 1 }),
            (b"\xff\xfe\r\n", NoCode { line: 1 }),
            (b"250-a\r\nb\r\n", NoCode { line: 2 }),
            (b"250-a\r\n550 b\r\n", CodesDiffer { line: 2 }),
            (b"250-a\r\n", Unfinished),
            (b"250 a\r\n250 b\r\n", Unfinished),
        ];
        for (bytes, error) in cases {
            assert_eq!(Reply::parse(bytes), Err(error), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_a_client_said_cannot_end_a_reply_early() {
        let reply = Reply::new(550, None, "no <a\r\n250 b>");
        assert_eq!(reply.to_string(), "550 no <a  250 b>\r\n");
    }

    proptest! {
        #[test]
        fn written_replies_read_back(code in 200_u16..600, coded: bool, text in "[ -~]{0,40}") {
            let reply = Reply::new(code, coded.then_some(TOO_FAST), text);
            let read = Reply::parse(&reply.to_bytes()).unwrap();
            // A text that itself begins like a code is read as one; then only the bytes agree.
            prop_assert_eq!(read.to_bytes(), reply.to_bytes());
            prop_assert_eq!(read.code(), code);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Reply::parse(&bytes);
        }

        #[test]
        fn almost_replies_do_not_make_it_panic(text in "(250|4\\d\\d)?[- ]?(4.2.2)?.{0,5}\r?\n?(250)?[- é]?.*") {
            let _ = Reply::parse(text.as_bytes());
        }
    }
}
