//! Values that are text in the document: words, numbers, dates.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::ews::xml::{Element, ReadError, Writer, parse_time, with_time};

/// A value that is text.
pub(crate) trait Text: Sized {
    /// What an error calls it.
    const WHAT: &'static str;

    /// Reads it.
    fn of_text(text: &str) -> Option<Self>;

    /// Hands out how it is written.
    fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R;
}

/// Bytes, as base64 in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base64(pub Vec<u8>);

/// Reads a value from text that starts here.
pub(crate) fn read_text<T: Text>(position: usize, text: &str) -> Result<T, ReadError> {
    T::of_text(text).ok_or_else(|| ReadError::value(position, T::WHAT, text))
}

/// The attribute of this name.
pub(crate) fn attribute<T: Text>(start: &Element, name: &str) -> Result<Option<T>, ReadError> {
    start.attr(name)?.map(|text| read_text(start.position, &text)).transpose()
}

/// Adds an attribute to the element just started.
pub(crate) fn write_attribute<T: Text>(writer: &mut Writer, name: &str, value: &T) {
    value.with_text(|text| writer.attr(name, text));
}

impl Text for String {
    const WHAT: &'static str = "text";

    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
        with(self)
    }
}

impl Text for bool {
    const WHAT: &'static str = "boolean";

    fn of_text(text: &str) -> Option<Self> {
        // Clients send both forms (ews-clients.md).
        match text.trim_ascii() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
        with(if *self { "true" } else { "false" })
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Text for $type {
            const WHAT: &'static str = "number";

            fn of_text(text: &str) -> Option<Self> {
                text.trim_ascii().parse().ok()
            }

            fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
                with(&self.to_string())
            }
        }
    )* };
}

numbers!(i32, u32, u64);

impl Text for jiff::Timestamp {
    const WHAT: &'static str = "date and time";

    fn of_text(text: &str) -> Option<Self> {
        parse_time(text)
    }

    fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
        with_time(*self, with)
    }
}

impl Text for Base64 {
    const WHAT: &'static str = "base64";

    fn of_text(text: &str) -> Option<Self> {
        if let Ok(bytes) = BASE64_STANDARD.decode(text) {
            return Some(Self(bytes));
        }
        // Writers fold it.
        let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(text).ok().map(Self)
    }

    fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
        with(&BASE64_STANDARD.encode(&self.0))
    }
}
