//! Why a document could not be read, and where: a fake must answer with the line and the column,
//! and a report keeps the offending bytes.

use thiserror::Error;

/// A document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} at byte {position}")]
pub struct ReadError {
    /// The offset of the element or of the token that was refused, in bytes.
    pub position: usize,
    /// What is wrong with it.
    pub kind: ReadErrorKind,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadErrorKind {
    /// More bytes than allowed.
    #[error("document of more than {limit} bytes")]
    TooLarge {
        /// How many are allowed.
        limit: usize,
    },
    /// More elements within each other than allowed.
    #[error("elements nested more than {limit} deep")]
    TooDeep {
        /// How many are allowed.
        limit: usize,
    },
    /// More elements than anybody needs.
    #[error("more than {limit} elements")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// The bytes are no UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A document type declaration. Exchange allows none, and entities come with them.
    #[error("document type declaration")]
    Dtd,
    /// A reference to an entity that XML does not define itself.
    #[error("unknown entity \"{0}\"")]
    Entity(String),
    /// The XML is not well-formed.
    #[error("malformed XML: {0}")]
    Malformed(String),
    /// A prefix that no `xmlns` binds.
    #[error("prefix \"{0}\" is bound to no namespace")]
    Prefix(String),
    /// The document ends too early.
    #[error("unexpected end of document")]
    End,
    /// The document is XML but no SOAP 1.1 envelope.
    #[error("not a SOAP envelope")]
    NotSoap,
    /// An extended property that is named in two ways at once.
    #[error("an ExtendedFieldURI is a tag, or a set with either a name or an id")]
    Combination,
    /// An element where another, or text, had to stand.
    #[error("unexpected element {0}")]
    Unexpected(String),
    /// An element or an attribute that has to be there is not.
    #[error("{of} lacks {what}")]
    Missing {
        /// The element that lacks it.
        of: &'static str,
        /// What it lacks.
        what: &'static str,
    },
    /// A value that its type does not have.
    #[error("\"{value}\" is not a valid {what}")]
    Value {
        /// The type.
        what: &'static str,
        /// The value, cut off after some characters.
        value: String,
    },
    /// The body holds no operation known here.
    #[error("unknown operation {0}")]
    Operation(String),
}

impl ReadError {
    pub(crate) const fn new(position: usize, kind: ReadErrorKind) -> Self {
        Self { position, kind }
    }

    pub(crate) fn value(position: usize, what: &'static str, value: &str) -> Self {
        let value = value.chars().take(60).collect();
        Self::new(position, ReadErrorKind::Value { what, value })
    }
}

/// The line and the column of a byte, both counted from 1, as a fault for a schema violation gives
/// them.
pub fn line_and_column(bytes: &[u8], position: usize) -> (usize, usize) {
    let before = &bytes[..position.min(bytes.len())];
    let line = before.split(|&b| b == b'\n').count();
    let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    (line, before.len() - start + 1)
}
