//! What a session says to one command.

use wire::pop3::{RespCode, TERMINATOR, write_body, write_err, write_ok};

use crate::{Refusal, ServerEvent};

/// An answer that is yet to pass the fault plan.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What is true once they are all written.
    pub(super) once_written: Option<ServerEvent>,
    /// What is to happen after it.
    pub(super) then: Then,
}

/// What is to happen after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Then {
    /// The session goes on.
    #[default]
    GoOn,
    /// It goes on, but the command was one too little understood.
    CountError,
    /// It goes on in TLS.
    StartTls,
    /// The connection is closed.
    Close,
}

/// Room for most answers of one line.
const ONE_LINE: usize = 64;

impl Answer {
    pub(super) fn ok(text: &str) -> Self {
        let mut answer = Self { bytes: Vec::with_capacity(ONE_LINE), ..Self::default() };
        write_ok(text, &mut answer.bytes);
        answer
    }

    pub(super) fn err(text: &str) -> Self {
        let mut answer = Self::default();
        write_err(None, text, &mut answer.bytes);
        answer
    }

    /// A command that makes no sense, or none here.
    pub(super) fn protocol_error(text: &str) -> Self {
        Self { then: Then::CountError, ..Self::err(text) }
    }

    /// `-ERR`, with the refusal's response code if these are `with_codes`.
    pub(super) fn refused(refusal: Refusal, with_codes: bool, text: &str) -> Self {
        let code = match refusal {
            Refusal::InUse => Some(RespCode::InUse),
            Refusal::LoginDelay => Some(RespCode::LoginDelay),
            Refusal::Credentials => Some(RespCode::Auth),
            _ => None,
        };
        let mut answer = Self::default();
        write_err(code.filter(|_| with_codes).as_ref(), text, &mut answer.bytes);
        answer
    }

    /// `+OK text` and a message.
    pub(super) fn with_body(text: &str, body: &[u8]) -> Self {
        let mut answer = Self { bytes: Vec::with_capacity(body.len() + 128), ..Self::default() };
        write_ok(text, &mut answer.bytes);
        write_body(body, &mut answer.bytes);
        answer
    }

    /// `+OK text` and lines that none of begins with a dot.
    pub(super) fn with_lines(text: &str, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut answer = Self::ok(text);
        write(&mut answer.bytes);
        answer.bytes.extend_from_slice(TERMINATOR);
        answer
    }
}
