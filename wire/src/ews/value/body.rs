//! The body of an item, and the whole message it may come from.

use crate::ews::record;
use crate::ews::xml::{Element, ReadError, ReadErrorKind, Reader, Writer};

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Text or HTML.
    pub kind: BodyType,
    /// The body itself.
    pub text: String,
    /// Whether it was cut off.
    pub truncated: Option<bool>,
}

words! {
    /// What a body is written in, or shall be.
    pub enum BodyType {
        /// Whichever is there. Only requests say so.
        Best = "Best",
        /// HTML.
        Html = "HTML",
        /// Plain text.
        Text = "Text",
    }
}

/// A message as it travels by mail, or an appointment as iCalendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MimeContent {
    /// Its character set.
    pub character_set: Option<String>,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Body {
    /// A plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: BodyType::Text, text: text.into(), truncated: None }
    }

    /// A piece of HTML.
    pub fn html(text: impl Into<String>) -> Self {
        Self { kind: BodyType::Html, text: text.into(), truncated: None }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let kind = record::attribute(element, "BodyType")?.ok_or_else(|| {
            let kind = ReadErrorKind::Missing { of: "Body", what: "BodyType" };
            ReadError::new(element.position, kind)
        })?;
        let truncated = element.attr_bool("IsTruncated")?;
        Ok(Self { kind, truncated, text: r.string()? })
    }

    /// Writes the attributes and the text of the element that is open.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.attr("BodyType", self.kind.word());
        if let Some(truncated) = self.truncated {
            w.attr_bool("IsTruncated", truncated);
        }
        w.text(&self.text);
    }
}

impl MimeContent {
    /// A message in UTF-8.
    pub fn new(content: Vec<u8>) -> Self {
        Self { character_set: Some("UTF-8".to_owned()), content }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        Ok(Self { character_set: element.attr_string("CharacterSet")?, content: r.base64()? })
    }

    /// Writes the attributes and the text of the element that is open.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.attr_opt("CharacterSet", self.character_set.as_deref());
        w.base64(&self.content);
    }
}
