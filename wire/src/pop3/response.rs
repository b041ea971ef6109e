//! The first line of every answer: `+OK` or `-ERR`, perhaps an extended response code, and text
//! for people.

use std::fmt;

use thiserror::Error;

/// The longest first line of a response in octets, its CRLF included (RFC 2449 section 4). What
/// is written never exceeds it; what is read may, up to the reader's own limit.
pub const MAX_RESPONSE_LINE: usize = 512;

/// An extended response code (RFC 2449 section 8, RFC 3206), which says why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RespCode {
    /// `[IN-USE]`: another session holds the maildrop's lock.
    InUse,
    /// `[LOGIN-DELAY]`: the last login was too short a time ago.
    LoginDelay,
    /// `[SYS/TEMP]`: the server has trouble that is likely to pass.
    SysTemp,
    /// `[SYS/PERM]`: the server has trouble that needs somebody's hand.
    SysPerm,
    /// `[AUTH]`: the credentials are wrong.
    Auth,
    /// A code unknown here, without its brackets.
    Other(String),
}

/// The first line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusLine {
    /// `+OK`.
    Ok {
        /// What follows, which some commands give a meaning.
        text: String,
    },
    /// `-ERR`.
    Err {
        /// The extended response code.
        code: Option<RespCode>,
        /// What follows it.
        text: String,
    },
}

/// A line that begins with neither `+OK` nor `-ERR`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a POP3 response: \"{line}\"")]
pub struct NotPop3 {
    /// The line's beginning, with everything unprintable escaped.
    pub line: String,
}

impl RespCode {
    /// The code as it stands between the brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InUse => "IN-USE",
            Self::LoginDelay => "LOGIN-DELAY",
            Self::SysTemp => "SYS/TEMP",
            Self::SysPerm => "SYS/PERM",
            Self::Auth => "AUTH",
            Self::Other(code) => code,
        }
    }

    /// Codes are case-insensitive, and levels after a `/` only refine what comes before
    /// (RFC 2449 section 8), so `[SYS/TEMP/DISK]` is still `[SYS/TEMP]`.
    fn from_inner(inner: &str) -> Self {
        [Self::InUse, Self::LoginDelay, Self::SysTemp, Self::SysPerm, Self::Auth]
            .into_iter()
            .find(|known| {
                let known = known.as_str();
                inner.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known))
                    && matches!(inner.as_bytes().get(known.len()), None | Some(b'/'))
            })
            .unwrap_or_else(|| Self::Other(inner.to_owned()))
    }
}

impl fmt::Display for RespCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.as_str())
    }
}

impl StatusLine {
    /// `+OK text`.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::Ok { text: text.into() }
    }

    /// `-ERR text`.
    pub fn err(text: impl Into<String>) -> Self {
        Self::Err { code: None, text: text.into() }
    }

    /// `-ERR [code] text`.
    pub fn refused(code: RespCode, text: impl Into<String>) -> Self {
        Self::Err { code: Some(code), text: text.into() }
    }

    /// Whether it is `+OK`.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self, Self::Ok { .. })
    }

    /// Reads a first line, without its CRLF. Octets that are not UTF-8 are replaced: the text is
    /// for people.
    ///
    /// # Errors
    /// [`NotPop3`] when the line begins with neither status.
    pub fn parse(line: &[u8]) -> Result<Self, NotPop3> {
        if let Some(rest) = line.strip_prefix(b"+OK").and_then(after_status) {
            return Ok(Self::Ok { text: String::from_utf8_lossy(rest).into_owned() });
        }
        let Some(rest) = line.strip_prefix(b"-ERR").and_then(after_status) else {
            let start = &line[..line.len().min(60)];
            return Err(NotPop3 { line: start.escape_ascii().to_string() });
        };
        let text = String::from_utf8_lossy(rest);
        Ok(match split_code(&text) {
            Some((code, text)) => Self::Err { code: Some(code), text: text.to_owned() },
            None => Self::Err { code: None, text: text.into_owned() },
        })
    }

    /// Appends the line with its CRLF, as [`write_ok`] and [`write_err`] do.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ok { text } => write_ok(text, out),
            Self::Err { code, text } => write_err(code.as_ref(), text, out),
        }
    }
}

/// Appends `+OK text` with its CRLF. Control characters become spaces, and text beyond
/// [`MAX_RESPONSE_LINE`] is cut off.
pub fn write_ok(text: &str, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(b"+OK");
    finish(start, text, out);
}

/// Appends `-ERR [code] text` with its CRLF. Control characters become spaces, and text beyond
/// [`MAX_RESPONSE_LINE`] is cut off.
pub fn write_err(code: Option<&RespCode>, text: &str, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(b"-ERR");
    if let Some(code) = code {
        out.extend_from_slice(b" [");
        push_text(code.as_str(), MAX_RESPONSE_LINE / 2, out);
        out.push(b']');
    }
    finish(start, text, out);
}

/// The rest of a line that began at `start`.
fn finish(start: usize, text: &str, out: &mut Vec<u8>) {
    if !text.is_empty() {
        out.push(b' ');
        push_text(text, MAX_RESPONSE_LINE - 2 - (out.len() - start), out);
    }
    out.extend_from_slice(b"\r\n");
}

/// What follows a status: nothing, or one space and then the text. `+OKAY` is no status.
fn after_status(rest: &[u8]) -> Option<&[u8]> {
    match rest.split_first() {
        Some((b' ' | b'\t', text)) => Some(text),
        Some((byte, _)) if byte.is_ascii_alphanumeric() => None,
        None | Some(_) => Some(rest),
    }
}

fn split_code(text: &str) -> Option<(RespCode, &str)> {
    let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
    if inner.is_empty() || !inner.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
        return None;
    }
    Some((RespCode::from_inner(inner), rest.strip_prefix(' ').unwrap_or(rest)))
}

fn push_text(text: &str, room: usize, out: &mut Vec<u8>) {
    let text = &text[..text.floor_char_boundary(room)];
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        out.extend(text.bytes().map(|byte| if byte.is_ascii_control() { b' ' } else { byte }));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(line: &StatusLine) -> Vec<u8> {
        let mut out = Vec::new();
        line.write(&mut out);
        out
    }

    #[test]
    fn codes_are_found_whatever_their_case_and_depth() {
        let code = |line: &[u8]| match StatusLine::parse(line) {
            Ok(StatusLine::Err { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(b"-ERR [IN-USE] Do you have another POP session?"), Some(RespCode::InUse));
        assert_eq!(code(b"-ERR [login-delay] wait"), Some(RespCode::LoginDelay));
        assert_eq!(code(b"-ERR [SYS/TEMP/DISK] full"), Some(RespCode::SysTemp));
        assert_eq!(code(b"-ERR [SYS/PERM]gone"), Some(RespCode::SysPerm));
        assert_eq!(code(b"-ERR [AUTH] no"), Some(RespCode::Auth));
        assert_eq!(code(b"-ERR [AUTHX] no"), Some(RespCode::Other("AUTHX".into())));
        assert_eq!(code(b"-ERR [not a code] no"), None);
        assert_eq!(code(b"-ERR [AUTH"), None);
        assert_eq!(code(b"-ERR"), None);
    }

    #[test]
    fn only_a_status_is_a_status() {
        assert_eq!(StatusLine::parse(b"+OK"), Ok(StatusLine::ok("")));
        assert_eq!(StatusLine::parse(b"+OK  two"), Ok(StatusLine::ok(" two")));
        assert_eq!(StatusLine::parse(b"+OK, ready"), Ok(StatusLine::ok(", ready")));
        assert_eq!(StatusLine::parse(b"+OK \xff"), Ok(StatusLine::ok("\u{fffd}")));
        for line in [&b""[..], b"+OKAY", b"OK", b"+ok", b"-ERROR", b"220 smtp.example.com"] {
            assert!(StatusLine::parse(line).is_err(), "{}", line.escape_ascii());
        }
        let error = StatusLine::parse(b"\0HTTP/1.1 400").unwrap_err();
        assert_eq!(error.to_string(), "not a POP3 response: \"\\x00HTTP/1.1 400\"");
    }

    #[test]
    fn a_line_stays_one_line_within_the_limit() {
        let line = written(&StatusLine::err(format!("a\r\nb{}", "é".repeat(400))));
        assert!(line.len() <= MAX_RESPONSE_LINE && line.len() > MAX_RESPONSE_LINE - 3);
        assert!(line.starts_with("-ERR a  bé".as_bytes()));
        assert!(std::str::from_utf8(&line).is_ok());
        let long = RespCode::Other("X".repeat(10_000));
        assert!(written(&StatusLine::refused(long, "y".repeat(1000))).len() <= MAX_RESPONSE_LINE);
    }

    fn status() -> impl Strategy<Value = StatusLine> {
        let code = prop_oneof![
            Just(RespCode::InUse),
            Just(RespCode::LoginDelay),
            Just(RespCode::SysTemp),
            Just(RespCode::SysPerm),
            Just(RespCode::Auth),
            "X-[A-Z]{1,9}(/[A-Z]{1,9})?".prop_map(RespCode::Other),
        ];
        let text = "([a-zA-Zé][ -~]{0,60})?";
        prop_oneof![
            text.prop_map(StatusLine::ok),
            (proptest::option::of(code), text)
                .prop_map(|(code, text)| StatusLine::Err { code, text }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(line in status()) {
            let bytes = written(&line);
            prop_assert_eq!(StatusLine::parse(bytes.strip_suffix(b"\r\n").unwrap()), Ok(line));
        }

        #[test]
        fn any_line_is_read_or_refused(line in proptest::collection::vec(any::<u8>(), 0..700)) {
            let _ = StatusLine::parse(&line);
            let mut likely = b"-ERR [".to_vec();
            likely.extend_from_slice(&line);
            if let Ok(status) = StatusLine::parse(&likely) {
                prop_assert!(!status.is_ok());
                prop_assert!(written(&status).len() <= MAX_RESPONSE_LINE);
            }
        }
    }
}
