//! The body of an item, and the whole message it may come from.

use crate::ews::xml::{Element, ReadError, Reader, Writer};

/// A body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Text or HTML.
    pub kind: BodyType,
    /// The body itself.
    pub text: String,
    /// Whether it was cut off.
    pub truncated: Option<bool>,
}

/// What a body is written in, or shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum BodyType {
    /// Whichever is there. Only requests say so.
    Best,
    /// HTML.
    Html,
    /// Plain text.
    #[default]
    Text,
}

/// A message as it travels by mail, or an appointment as iCalendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MimeContent {
    /// Its character set.
    pub character_set: Option<String>,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl BodyType {
    /// The type as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Best => "Best",
            Self::Html => "HTML",
            Self::Text => "Text",
        }
    }

    /// Reads a type.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Best, Self::Html, Self::Text].into_iter().find(|t| t.as_str() == text.trim())
    }
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
        let kind = element.attr("BodyType")?.unwrap_or_default();
        let kind = BodyType::parse(&kind)
            .ok_or_else(|| ReadError::value(element.position, "BodyType", &kind))?;
        let truncated = element.attr_bool("IsTruncated")?;
        Ok(Self { kind, truncated, text: r.string()? })
    }

    /// Writes the attributes and the text of the element that is open.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.attr("BodyType", self.kind.as_str());
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
