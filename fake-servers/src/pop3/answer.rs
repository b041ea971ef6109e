//! What a session says to one command.

use wire::pop3::{RespCode, StatusLine, write_body};

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
    /// The connection is closed.
    Close,
}

impl Answer {
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self::of(&StatusLine::ok(text))
    }

    pub(super) fn err(text: impl Into<String>) -> Self {
        Self::of(&StatusLine::err(text))
    }

    /// A command that makes no sense, or none here.
    pub(super) fn protocol_error(text: impl Into<String>) -> Self {
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
        Self::of(&StatusLine::Err { code: code.filter(|_| with_codes), text: text.to_owned() })
    }

    /// `+OK text` and what follows it.
    pub(super) fn with_body(text: impl Into<String>, body: &[u8]) -> Self {
        let mut answer = Self::ok(text);
        write_body(body, &mut answer.bytes);
        answer
    }

    fn of(status: &StatusLine) -> Self {
        let mut bytes = Vec::with_capacity(64);
        status.write(&mut bytes);
        Self { bytes, ..Self::default() }
    }
}
