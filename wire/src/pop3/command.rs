//! What a client may say: one line of text per command.

use std::fmt;

use thiserror::Error;

/// The longest command line in octets, its CRLF included (RFC 2449 section 4).
pub const MAX_COMMAND_LINE: usize = 255;

/// A command of RFC 1939, 2449 (`CAPA`) or 2595 (`STLS`), borrowed from the line it was read from.
///
/// Message numbers are passed on as they came, 0 included: whether a message exists is for the
/// server to say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// `USER name`. The name may hold spaces and is taken whole.
    User(&'a str),
    /// `PASS password`. The password may hold spaces and is taken whole (RFC 1939 section 7).
    Pass(&'a str),
    /// `APOP name digest`.
    Apop {
        /// The mailbox.
        name: &'a str,
        /// MD5 of the greeting's time stamp and the secret, in hexadecimal.
        digest: &'a str,
    },
    /// `STAT`.
    Stat,
    /// `LIST`, of one message or of all.
    List(Option<u32>),
    /// `UIDL`, of one message or of all.
    Uidl(Option<u32>),
    /// `RETR n`.
    Retr(u32),
    /// `DELE n`.
    Dele(u32),
    /// `TOP n lines`.
    Top(u32, u32),
    /// `NOOP`.
    Noop,
    /// `RSET`.
    Rset,
    /// `QUIT`.
    Quit,
    /// `CAPA`.
    Capa,
    /// `STLS`.
    Stls,
}

/// Why a line is no command, or a command cannot be put on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// Longer than [`MAX_COMMAND_LINE`].
    #[error("the command line is longer than {MAX_COMMAND_LINE} octets")]
    TooLong,
    /// Not UTF-8 (RFC 6856 allows no more than that), or with control characters in it.
    #[error("the command line holds octets that are not text")]
    NotText,
    /// No such keyword.
    #[error("unknown command")]
    Unknown,
    /// The command takes an argument and none was given.
    #[error("an argument is missing")]
    MissingArgument,
    /// More arguments than the command takes.
    #[error("there are more arguments than the command takes")]
    ExtraArgument,
    /// An argument that must be a decimal number below 2^32 is not.
    #[error("an argument is not a number")]
    BadNumber,
}

impl<'a> Command<'a> {
    /// Reads a command from its line, without the line's CRLF.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn parse(line: &'a [u8]) -> Result<Self, CommandError> {
        if line.len() > MAX_COMMAND_LINE - 2 {
            return Err(CommandError::TooLong);
        }
        let line = std::str::from_utf8(line).map_err(|_| CommandError::NotText)?;
        if line.chars().any(char::is_control) {
            return Err(CommandError::NotText);
        }
        let (keyword, rest) = match line.split_once(' ') {
            Some((keyword, rest)) => (keyword, Some(rest)),
            None => (line, None),
        };
        let Some(keyword) = Keyword::find(keyword) else { return Err(CommandError::Unknown) };
        keyword.with_arguments(rest)
    }

    /// Appends the command as a line with its CRLF. Nothing is appended on an error.
    ///
    /// # Errors
    /// [`CommandError::NotText`] when an argument holds control characters (a CRLF would smuggle
    /// in another command), [`CommandError::MissingArgument`] when one is empty and
    /// [`CommandError::TooLong`] when the line would exceed [`MAX_COMMAND_LINE`].
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), CommandError> {
        use std::io::Write as _;

        self.check_arguments()?;
        let start = out.len();
        let written = match self {
            Self::User(name) => write!(out, "USER {name}\r\n"),
            Self::Pass(password) => write!(out, "PASS {password}\r\n"),
            Self::Apop { name, digest } => write!(out, "APOP {name} {digest}\r\n"),
            Self::Stat => out.write_all(b"STAT\r\n"),
            Self::List(None) => out.write_all(b"LIST\r\n"),
            Self::List(Some(number)) => write!(out, "LIST {number}\r\n"),
            Self::Uidl(None) => out.write_all(b"UIDL\r\n"),
            Self::Uidl(Some(number)) => write!(out, "UIDL {number}\r\n"),
            Self::Retr(number) => write!(out, "RETR {number}\r\n"),
            Self::Dele(number) => write!(out, "DELE {number}\r\n"),
            Self::Top(number, lines) => write!(out, "TOP {number} {lines}\r\n"),
            Self::Noop => out.write_all(b"NOOP\r\n"),
            Self::Rset => out.write_all(b"RSET\r\n"),
            Self::Quit => out.write_all(b"QUIT\r\n"),
            Self::Capa => out.write_all(b"CAPA\r\n"),
            Self::Stls => out.write_all(b"STLS\r\n"),
        };
        let Ok(()) = written else { unreachable!("writing to a Vec cannot fail") };
        if out.len() - start > MAX_COMMAND_LINE {
            out.truncate(start);
            return Err(CommandError::TooLong);
        }
        Ok(())
    }

    /// The keyword, as it is written.
    #[must_use]
    pub const fn keyword(&self) -> &'static str {
        match self {
            Self::User(_) => "USER",
            Self::Pass(_) => "PASS",
            Self::Apop { .. } => "APOP",
            Self::Stat => "STAT",
            Self::List(_) => "LIST",
            Self::Uidl(_) => "UIDL",
            Self::Retr(_) => "RETR",
            Self::Dele(_) => "DELE",
            Self::Top(..) => "TOP",
            Self::Noop => "NOOP",
            Self::Rset => "RSET",
            Self::Quit => "QUIT",
            Self::Capa => "CAPA",
            Self::Stls => "STLS",
        }
    }

    fn check_arguments(&self) -> Result<(), CommandError> {
        let arguments: &[&str] = match self {
            Self::User(argument) | Self::Pass(argument) => &[argument],
            Self::Apop { name, digest } => &[name, digest],
            _ => &[],
        };
        for argument in arguments {
            if argument.is_empty() {
                return Err(CommandError::MissingArgument);
            }
            if argument.chars().any(char::is_control) {
                return Err(CommandError::NotText);
            }
        }
        match self {
            Self::Apop { name, digest } if name.contains(' ') || digest.contains(' ') => {
                Err(CommandError::ExtraArgument)
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Command<'_> {
    /// As it is written, but for what must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "USER {name}"),
            Self::Pass(_) => f.write_str("PASS ***"),
            Self::Apop { name, .. } => write!(f, "APOP {name} ***"),
            Self::List(Some(number))
            | Self::Uidl(Some(number))
            | Self::Retr(number)
            | Self::Dele(number) => write!(f, "{} {number}", self.keyword()),
            Self::Top(number, lines) => write!(f, "TOP {number} {lines}"),
            _ => f.write_str(self.keyword()),
        }
    }
}

#[derive(Clone, Copy)]
enum Keyword {
    User,
    Pass,
    Apop,
    Stat,
    List,
    Uidl,
    Retr,
    Dele,
    Top,
    Noop,
    Rset,
    Quit,
    Capa,
    Stls,
}

impl Keyword {
    const ALL: [(&'static str, Self); 14] = [
        ("USER", Self::User),
        ("PASS", Self::Pass),
        ("APOP", Self::Apop),
        ("STAT", Self::Stat),
        ("LIST", Self::List),
        ("UIDL", Self::Uidl),
        ("RETR", Self::Retr),
        ("DELE", Self::Dele),
        ("TOP", Self::Top),
        ("NOOP", Self::Noop),
        ("RSET", Self::Rset),
        ("QUIT", Self::Quit),
        ("CAPA", Self::Capa),
        ("STLS", Self::Stls),
    ];

    /// Keywords are case-insensitive (RFC 1939 section 3).
    fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, it)| *it)
    }

    fn with_arguments(self, rest: Option<&str>) -> Result<Command<'_>, CommandError> {
        Ok(match self {
            Self::User => Command::User(whole(rest)?),
            Self::Pass => Command::Pass(whole(rest)?),
            Self::Apop => {
                let [name, digest] = words(rest)?;
                Command::Apop { name, digest }
            }
            Self::List => Command::List(optional_number(rest)?),
            Self::Uidl => Command::Uidl(optional_number(rest)?),
            Self::Retr => Command::Retr(one_number(rest)?),
            Self::Dele => Command::Dele(one_number(rest)?),
            Self::Top => {
                let [message, lines] = words(rest)?;
                Command::Top(number(message)?, number(lines)?)
            }
            Self::Stat => none(rest, Command::Stat)?,
            Self::Noop => none(rest, Command::Noop)?,
            Self::Rset => none(rest, Command::Rset)?,
            Self::Quit => none(rest, Command::Quit)?,
            Self::Capa => none(rest, Command::Capa)?,
            Self::Stls => none(rest, Command::Stls)?,
        })
    }
}

/// Spaces after the last argument are common and harmless.
fn none<'a>(rest: Option<&str>, command: Command<'a>) -> Result<Command<'a>, CommandError> {
    match rest {
        Some(rest) if !rest.trim_matches(' ').is_empty() => Err(CommandError::ExtraArgument),
        _ => Ok(command),
    }
}

fn whole(rest: Option<&str>) -> Result<&str, CommandError> {
    rest.filter(|rest| !rest.is_empty()).ok_or(CommandError::MissingArgument)
}

fn words<const N: usize>(rest: Option<&str>) -> Result<[&str; N], CommandError> {
    let mut given = rest.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let mut words = [""; N];
    for word in &mut words {
        *word = given.next().ok_or(CommandError::MissingArgument)?;
    }
    given.next().map_or(Ok(words), |_| Err(CommandError::ExtraArgument))
}

fn one_number(rest: Option<&str>) -> Result<u32, CommandError> {
    let [word] = words(rest)?;
    number(word)
}

fn optional_number(rest: Option<&str>) -> Result<Option<u32>, CommandError> {
    match one_number(rest) {
        Ok(number) => Ok(Some(number)),
        Err(CommandError::MissingArgument) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Digits only: Rust would also take a leading `+`.
fn number(word: &str) -> Result<u32, CommandError> {
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CommandError::BadNumber);
    }
    word.parse().map_err(|_| CommandError::BadNumber)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(command: &Command<'_>) -> Result<Vec<u8>, CommandError> {
        let mut out = Vec::new();
        command.write(&mut out).map(|()| out)
    }

    #[test]
    fn keywords_are_case_insensitive_and_arguments_are_kept() {
        assert_eq!(Command::parse(b"stat"), Ok(Command::Stat));
        assert_eq!(Command::parse(b"Retr 7"), Ok(Command::Retr(7)));
        assert_eq!(Command::parse(b"PASS  two words "), Ok(Command::Pass(" two words ")));
        assert_eq!(Command::parse(b"LIST"), Ok(Command::List(None)));
        assert_eq!(Command::parse(b"LIST "), Ok(Command::List(None)));
        assert_eq!(Command::parse(b"top 1 0"), Ok(Command::Top(1, 0)));
        assert_eq!(
            Command::parse(b"APOP mrose c4c9334bac560ecc979e58001b3e22fb"),
            Ok(Command::Apop { name: "mrose", digest: "c4c9334bac560ecc979e58001b3e22fb" })
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let long = [b'A'; MAX_COMMAND_LINE - 1];
        for (line, error) in [
            (&b""[..], CommandError::Unknown),
            (b"XTND XMIT", CommandError::Unknown),
            (b"RETR", CommandError::MissingArgument),
            (b"RETR 1 2", CommandError::ExtraArgument),
            (b"RETR -1", CommandError::BadNumber),
            (b"RETR +1", CommandError::BadNumber),
            (b"RETR 4294967296", CommandError::BadNumber),
            (b"TOP 1", CommandError::MissingArgument),
            (b"QUIT now", CommandError::ExtraArgument),
            (b"USER ", CommandError::MissingArgument),
            (b"USER \xc3", CommandError::NotText),
            (b"USER a\0b", CommandError::NotText),
            (&long, CommandError::TooLong),
        ] {
            assert_eq!(Command::parse(line), Err(error), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_line_end_in_an_argument_cannot_smuggle_in_a_command() {
        assert_eq!(written(&Command::User("a\r\nDELE 1")), Err(CommandError::NotText));
        assert_eq!(written(&Command::Pass("")), Err(CommandError::MissingArgument));
        assert_eq!(written(&Command::Pass(&"x".repeat(249))), Err(CommandError::TooLong));
        assert_eq!(written(&Command::Pass(&"x".repeat(248))).map(|line| line.len()), Ok(255));
    }

    #[test]
    fn debug_output_hides_secrets() {
        let shown = format!(
            "{:?} {:?}",
            Command::Pass("hunter2"),
            Command::Apop { name: "a", digest: "hunter2" }
        );
        assert_eq!(shown, "PASS *** APOP a ***");
    }

    fn command() -> impl Strategy<Value = (u8, String, u32, u32)> {
        (0u8..16, "[!-~é]{1,40}( [!-~]{1,20})?", any::<u32>(), any::<u32>())
    }

    fn build<'a>(kind: u8, text: &'a str, a: u32, b: u32) -> Command<'a> {
        let word: &'a str = text.split(' ').next().unwrap_or(text);
        match kind {
            0 => Command::User(text),
            1 => Command::Pass(text),
            2 => Command::Apop { name: word, digest: word },
            3 => Command::Stat,
            4 => Command::List(None),
            5 => Command::List(Some(a)),
            6 => Command::Uidl(None),
            7 => Command::Uidl(Some(a)),
            8 => Command::Retr(a),
            9 => Command::Dele(a),
            10 => Command::Top(a, b),
            11 => Command::Noop,
            12 => Command::Rset,
            13 => Command::Quit,
            14 => Command::Capa,
            _ => Command::Stls,
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back((kind, text, a, b) in command()) {
            let command = build(kind, &text, a, b);
            let line = written(&command).unwrap();
            let line = line.strip_suffix(b"\r\n").unwrap();
            prop_assert_eq!(Command::parse(line), Ok(command));
        }

        #[test]
        fn any_line_is_read_or_refused(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(command) = Command::parse(&line) {
                let line = written(&command).unwrap();
                let line = line.strip_suffix(b"\r\n").unwrap();
                prop_assert_eq!(Command::parse(line), Ok(command));
            }
        }
    }
}
