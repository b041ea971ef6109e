//! AUTH PLAIN and LOGIN (RFC 4954), in front of `mailin`. Its own AUTH forgets the login at every
//! RSET and EHLO, cannot be cancelled with `*`, takes undecodable base64 for an empty password, and
//! under `mailin-embedded` is offered only after STARTTLS; so `mailin` is built without it.

use wire::smtp::{AuthMechanism, Credentials, decode_base64, parse_plain};

use super::replies::{BAD_ENCODING, LOGIN_CANCELLED, UNKNOWN_MECHANISM, Words};

/// What the next line from the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exchange {
    /// PLAIN's message.
    Plain,
    /// LOGIN's user name.
    User,
    /// LOGIN's password.
    Password {
        /// The user name that came before it.
        user: String,
    },
}

/// What follows a line.
#[derive(Debug)]
pub(super) enum Step {
    /// Ask for another.
    Ask(Exchange),
    /// All was said.
    Check(Credentials),
    /// It went wrong.
    Fail(Words),
}

/// The arguments of AUTH: a mechanism and perhaps its first response, `=` for an empty one.
pub(super) fn begin(arguments: &str) -> Step {
    let (name, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
    let exchange = match AuthMechanism::from_name(name) {
        Some(AuthMechanism::Plain) => Exchange::Plain,
        Some(AuthMechanism::Login) => Exchange::User,
        None => return Step::Fail(UNKNOWN_MECHANISM),
    };
    match initial.trim() {
        "" => Step::Ask(exchange),
        "=" => exchange.answer(""),
        initial => exchange.answer(initial),
    }
}

impl Exchange {
    /// The question as it stands after `334 `: nothing, or base64 of `Username:` and `Password:`.
    pub(super) fn challenge(&self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::User => "VXNlcm5hbWU6",
            Self::Password { .. } => "UGFzc3dvcmQ6",
        }
    }

    /// Takes the client's answer.
    pub(super) fn answer(self, line: &str) -> Step {
        if line == "*" {
            return Step::Fail(LOGIN_CANCELLED);
        }
        let Some(decoded) = decode_base64(line) else { return Step::Fail(BAD_ENCODING) };
        let credentials = match self {
            Self::Plain => parse_plain(&decoded),
            Self::User => match String::from_utf8(decoded) {
                Ok(user) => return Step::Ask(Self::Password { user }),
                Err(_) => None,
            },
            Self::Password { user } => {
                String::from_utf8(decoded).ok().map(|password| Credentials { user, password })
            }
        };
        credentials.map_or(Step::Fail(BAD_ENCODING), Step::Check)
    }
}
