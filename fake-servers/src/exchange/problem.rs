//! Why something was not done, in Exchange's words: the code decides what clients do, and some of
//! them show the text.

use wire::ews::{Fault, ResponseCode, ResponseMessage};

use super::ids::Malformed;
use crate::store::FolderError;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) code: ResponseCode,
    pub(super) text: String,
    /// Names and values for its `MessageXml`.
    pub(super) values: Vec<(String, String)>,
}

pub(super) type Outcome<T> = Result<T, Problem>;

impl Problem {
    pub(super) fn new(code: ResponseCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), values: Vec::new() }
    }

    pub(super) fn item_not_found() -> Self {
        let text = "The specified object was not found in the store.";
        Self::new(ResponseCode::ErrorItemNotFound, text)
    }

    pub(super) fn folder_not_found() -> Self {
        let text = "The specified folder could not be found in the store.";
        Self::new(ResponseCode::ErrorFolderNotFound, text)
    }

    /// What the operation does not do here.
    pub(super) fn invalid_operation(text: &str) -> Self {
        Self::new(ResponseCode::ErrorInvalidOperation, text)
    }

    /// The answer to the request as a whole.
    pub(super) fn fault(self) -> Fault {
        Fault { values: self.values, ..Fault::new(self.code, self.text) }
    }

    /// The answer to one part of it.
    pub(super) fn message<T: Default>(self) -> ResponseMessage<T> {
        ResponseMessage { values: self.values, ..ResponseMessage::error(self.code, self.text) }
    }
}

/// The answer to one part of a request.
pub(super) fn message<T: Default>(outcome: Outcome<T>) -> ResponseMessage<T> {
    match outcome {
        Ok(content) => ResponseMessage::ok(content),
        Err(problem) => problem.message(),
    }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        Self::new(ResponseCode::ErrorInvalidIdMalformed, malformed.to_string())
    }
}

impl From<FolderError> for Problem {
    fn from(error: FolderError) -> Self {
        let (code, text) = match error {
            FolderError::Unknown => (
                ResponseCode::ErrorItemNotFound,
                "The specified object was not found in the store.",
            ),
            FolderError::UnknownParent => (
                ResponseCode::ErrorParentFolderNotFound,
                "The specified parent folder could not be found.",
            ),
            FolderError::Exists => (
                ResponseCode::ErrorFolderExists,
                "A folder with the specified name already exists.",
            ),
            FolderError::Distinguished => (
                ResponseCode::ErrorMoveDistinguishedFolder,
                "Distinguished folders cannot be moved.",
            ),
            FolderError::Circle => {
                (ResponseCode::ErrorMoveCopyFailed, "Object cannot be moved into itself.")
            }
        };
        Self::new(code, text)
    }
}
