//! A search in words: the part of Microsoft's Advanced Query Syntax that EWS understands
//! (`QueryString` and "How to: Perform an AQS search" of the EWS reference).
//!
//! - [`parse`]: from text to what it asks for.
//! - [`dates`]: what it may say of time.
//! - [`holds`]: whether it holds of something.

mod dates;
mod holds;
mod parse;

use dates::Span;

/// What a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Query {
    /// All of these.
    And(Vec<Query>),
    /// One of these.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
    /// Words somewhere.
    Words(Where, Words),
    /// A class of items.
    Kind(String),
    /// A flag.
    Flag(Flag, bool),
    /// `sent` or `received`.
    Time(Moment, Span),
    /// Octets: more or less than, or exactly.
    Size(std::cmp::Ordering, i64),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// In everything that is indexed.
    Anywhere,
    Subject,
    Body,
    Attachment,
    From,
    To,
    Cc,
    Bcc,
    /// Whoever wrote it or got it.
    Participants,
    Category,
    Importance,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// In lower case, one space between words.
    text: String,
    /// In quotes: whole words. Without, words may go on.
    whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    HasAttachment,
    IsRead,
    IsFlagged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Sent,
    Received,
}

pub(super) use holds::holds;
pub(super) use parse::parse;
