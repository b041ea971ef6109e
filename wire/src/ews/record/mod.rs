//! Elements as tables: `record!`, `content!`, `choice!` and `words!` declare what the schema says,
//! and reading and writing both follow from it. Meant for the many small types around folders,
//! events and the directory; items, which are properties by the hundred, have a table of their own.

#[macro_use]
mod macros;
mod bridge;
mod part;
mod text;

pub(crate) use part::{Body, Choice, Group, Part, el, missing, one_of, text_body, unexpected};
pub use text::Base64;
pub(crate) use text::{Text, attribute, read_text, write_attribute};
