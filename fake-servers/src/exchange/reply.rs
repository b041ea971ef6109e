//! What one request is answered with, and what is to be told of it.

use std::time::Duration;

use super::hanging::Hanging;
use crate::http::Answer;
use crate::{Effect, MailboxIx, Refusal, ServerEvent};

/// An answer with all that goes with it.
pub(super) struct Reply {
    /// Whose request it was, as far as it is known.
    pub(super) asked: Option<MailboxIx>,
    pub(super) answer: Answer,
    /// What goes on after the answer's first document.
    pub(super) hanging: Option<Box<dyn Hanging>>,
    /// What has happened.
    pub(super) events: Vec<ServerEvent>,
    /// What will have happened once the answer is written.
    pub(super) once_written: Vec<ServerEvent>,
    /// The pause that the answer asks for.
    pub(super) pause: Option<Duration>,
    /// How long the answer takes.
    pub(super) held: Duration,
    /// The fault that struck the request.
    pub(super) struck: Option<(u16, Effect)>,
}

impl Reply {
    /// An answer and nothing else.
    pub(super) fn plain(asked: Option<MailboxIx>, answer: Answer) -> Self {
        Self {
            asked,
            answer,
            hanging: None,
            events: Vec::new(),
            once_written: Vec::new(),
            pause: None,
            held: Duration::ZERO,
            struck: None,
        }
    }

    /// An answer that refuses.
    pub(super) fn refused(asked: Option<MailboxIx>, answer: Answer, refusal: Refusal) -> Self {
        let mut reply = Self::plain(asked, answer);
        reply.events.push(ServerEvent::Refused { mailbox: asked, refusal });
        reply
    }
}

/// Whether an answer of so many octets gets to the client as it is, if late.
pub(super) const fn lets_through(effect: &Effect, octets: usize) -> bool {
    match effect {
        Effect::Truncate { after } => *after >= octets,
        Effect::CommitThenFail => false,
        _ => effect.does_the_work(),
    }
}
