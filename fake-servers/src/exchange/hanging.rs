//! Answers that do not end at once: a streaming subscription's goes on for minutes, a document in
//! a chunk whenever there is news.

use jiff::Timestamp;

use super::server::Shared;
use crate::{Bell, MailboxIx};

/// An answer that goes on.
pub(super) trait Hanging: Send {
    /// Whose budget it takes a place of.
    fn mailbox(&self) -> MailboxIx;

    /// When it has something to say although nothing happened, or ends.
    fn wake_at(&self) -> Timestamp;

    /// What rings when something happened.
    fn bell(&self) -> Bell;

    /// What it has to say now.
    fn turn(&mut self, server: &Shared, now: Timestamp) -> Turn;

    /// The client is gone.
    fn lost(&mut self, server: &Shared, now: Timestamp);
}

/// What a hanging answer has to say.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// Whole SOAP documents.
    pub(super) documents: Vec<Vec<u8>>,
    /// Whether these are the last.
    pub(super) over: bool,
}
