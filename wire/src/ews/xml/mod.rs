//! XML as EWS needs it: elements with their namespaces resolved, read without copying and written
//! in the order the caller asks for.
//!
//! The prefixes are the sender's affair (`m:`, `soap:` or none: field.md 3.1), so nothing here
//! looks at them; document type declarations are refused, and with them every entity bomb.

mod chars;
mod element;
mod error;
mod namespace;
mod reader;
mod time;
mod writer;

#[cfg(test)]
mod tests;

pub use element::Element;
pub use error::{ReadError, ReadErrorKind, line_and_column};
pub use namespace::Ns;
pub use reader::{Limits, Reader};
pub(crate) use time::{parse_local, parse_time, with_time};
pub use writer::Writer;
