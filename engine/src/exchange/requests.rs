//! What the cycles ask of a mailbox, in their own words: each request is written here and its
//! answer read, so that nobody else knows how EWS says it.

mod categories;
mod drafts;
mod folders;
mod items;

pub(super) use categories::{KeptList, NoList};
pub(super) use drafts::{DraftId, DraftState, Recipients};
pub(super) use folders::FolderChange;
pub(super) use items::{Change, Fetched, Listed, Page};

use wire::ews::{Response, ResponseMessage};

use super::refusal::Refusal;
use super::session::Session;
use crate::{CycleError, ErrorClass, Reason};

/// The longest answer to a request that brings no messages, in octets.
const SMALL: usize = 4 * 1024 * 1024;

impl Session<'_> {
    /// The answers to each of the things asked for.
    fn each<T>(&self, name: &str, messages: Vec<ResponseMessage<T>>) -> Vec<Result<T, Refusal>> {
        let result = |message: ResponseMessage<T>| {
            if message.is_ok() {
                Ok(message.content)
            } else {
                Err(self.told(Refusal::of_message(name, &message)))
            }
        };
        messages.into_iter().map(result).collect()
    }

    /// The answer to the one thing asked for.
    fn only<T>(&self, name: &str, messages: Vec<ResponseMessage<T>>) -> Result<T, Refusal> {
        let first = self.each(name, messages).into_iter().next();
        first.unwrap_or_else(|| Err(lacks(name, "an answer")))
    }
}

/// An answer without what it has to have.
fn lacks(name: &str, what: &str) -> Refusal {
    let detail = format!("the answer to {name} lacks {what}");
    let error = CycleError::new(ErrorClass::Transient, Reason::ProtocolViolation, detail);
    Refusal::unanswered(error)
}

/// The session lets no other answer through.
fn unexpected(response: &Response) -> Refusal {
    lacks(response.name(), "its own name")
}
