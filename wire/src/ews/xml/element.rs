//! The start of an element: its name, and its attributes on demand.

use std::borrow::Cow;
use std::str::FromStr;

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attributes;

use super::chars::{allowed, parse_bool};
use super::{Ns, ReadError, ReadErrorKind};

/// An element's start.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    /// The namespace of its name.
    pub ns: Ns,
    /// Its name without the prefix.
    pub name: &'a str,
    /// Where it starts, in bytes.
    pub position: usize,
    pub(super) content: &'a str,
    pub(super) attributes_from: usize,
}

impl<'a> Element<'a> {
    /// Whether it has this name.
    pub fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name == name
    }

    /// The value of an attribute.
    ///
    /// # Errors
    /// When the value refers to an unknown entity.
    pub fn attr(&self, name: &str) -> Result<Option<Cow<'a, str>>, ReadError> {
        for attribute in Attributes::new(self.content, self.attributes_from).with_checks(false) {
            let malformed = |e: String| ReadError::new(self.position, ReadErrorKind::Malformed(e));
            let attribute = attribute.map_err(|e| malformed(e.to_string()))?;
            if attribute.key.as_ref() == name.as_bytes() {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return value.map(|v| Some(allowed(v))).map_err(|e| malformed(e.to_string()));
            }
        }
        Ok(None)
    }

    /// All attributes without a prefix, namespace declarations excepted.
    ///
    /// # Errors
    /// As [`Element::attr`].
    pub fn attrs(&self) -> Result<Vec<(String, String)>, ReadError> {
        let malformed = |e: String| ReadError::new(self.position, ReadErrorKind::Malformed(e));
        let mut list = Vec::new();
        for attribute in Attributes::new(self.content, self.attributes_from).with_checks(false) {
            let attribute = attribute.map_err(|e| malformed(e.to_string()))?;
            let name = attribute.key.as_ref();
            if name.contains(&b':') || name == b"xmlns" {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| malformed(e.to_string()))?;
            let name = String::from_utf8_lossy(name).into_owned();
            list.push((name, allowed(value).into_owned()));
        }
        Ok(list)
    }

    /// The value of an attribute, as an owned string.
    ///
    /// # Errors
    /// As [`Element::attr`].
    pub fn attr_string(&self, name: &str) -> Result<Option<String>, ReadError> {
        Ok(self.attr(name)?.map(Cow::into_owned))
    }

    /// The value of an attribute that has to be there.
    ///
    /// # Errors
    /// As [`Element::attr`], and [`ReadErrorKind::Missing`].
    pub fn require(&self, of: &'static str, name: &'static str) -> Result<String, ReadError> {
        self.attr_string(name)?
            .ok_or_else(|| ReadError::new(self.position, ReadErrorKind::Missing { of, what: name }))
    }

    /// The value of an attribute as a boolean.
    ///
    /// # Errors
    /// As [`Element::attr`], and when it is none.
    pub fn attr_bool(&self, name: &str) -> Result<Option<bool>, ReadError> {
        let Some(text) = self.attr(name)? else { return Ok(None) };
        let value = parse_bool(&text);
        value.map(Some).ok_or_else(|| ReadError::value(self.position, "boolean", &text))
    }

    /// The value of an attribute as a number or another type that Rust parses.
    ///
    /// # Errors
    /// As [`Element::attr`], and when it does not parse.
    pub fn attr_parse<T: FromStr>(
        &self,
        name: &str,
        what: &'static str,
    ) -> Result<Option<T>, ReadError> {
        let Some(text) = self.attr(name)? else { return Ok(None) };
        let value = text.trim().parse();
        value.map(Some).map_err(|_| ReadError::value(self.position, what, &text))
    }
}
