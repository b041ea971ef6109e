//! How a field of a record stands in its element: as a child of a fixed name, as one of several,
//! or wrapped into another element.

use crate::ews::ops::{RequestContent, ResponseContent};
use crate::ews::xml::{Element, Ns, ReadError, ReadErrorKind, Reader, Writer};

/// A type that is an element's attributes and children, under whatever name.
pub(crate) trait Group: Sized {
    /// Reads the open element and ends it.
    fn read_group(reader: &mut Reader, start: &Element) -> Result<Self, ReadError>;

    /// What an error calls it.
    const NAME: &'static str;

    /// Adds its attributes to the element just started.
    fn write_attributes(&self, writer: &mut Writer);

    /// Appends its children.
    fn write_group(&self, writer: &mut Writer);
}

/// A type that is one of several elements.
pub(crate) trait Choice: Sized {
    /// Whether the element is one of them.
    fn is(child: &Element) -> bool;

    /// Reads it.
    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError>;

    /// Appends it.
    fn write(&self, writer: &mut Writer);
}

/// Where and how a value of this type stands among the children of a record.
pub(crate) trait Part<T> {
    /// Whether the child is it.
    fn is(&self, child: &Element) -> bool;

    /// Reads it.
    fn read(&self, reader: &mut Reader, child: &Element) -> Result<T, ReadError>;

    /// Appends it.
    fn write(&self, writer: &mut Writer, value: &T);
}

/// A type that is the content of an element of any name.
pub(crate) trait Body: Sized {
    /// Reads the open element and ends it.
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError>;

    /// Appends the element under this name, with its prefix.
    fn write_body(&self, writer: &mut Writer, name: &str);
}

/// An element of this name, with its prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named(&'static str);

/// An element of this name that is read in either namespace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InEither(Named);

/// One of several elements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneOf;

/// An element that holds one other and nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holds<P>(Named, P);

/// An element that holds any number of others and nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lists<P>(Named, P);

/// The element of this name: `t:` are types, `m:` messages.
pub(crate) const fn el(name: &'static str) -> Named {
    Named(name)
}

/// Whichever element the type is.
pub(crate) const fn one_of() -> OneOf {
    OneOf
}

impl Named {
    /// An element of this name that holds a part.
    pub(crate) const fn holds<P>(self, part: P) -> Holds<P> {
        Holds(self, part)
    }

    /// An element of this name that lists parts.
    pub(crate) const fn lists<P>(self, part: P) -> Lists<P> {
        Lists(self, part)
    }

    /// The same element, but read in either namespace: for where the server and its schema
    /// disagree.
    pub(crate) const fn in_either(self) -> InEither {
        InEither(self)
    }

    pub(crate) fn name(self) -> &'static str {
        &self.0[2..]
    }

    fn matches(self, child: &Element) -> bool {
        let ns = if self.0.starts_with("t:") { Ns::Types } else { Ns::Messages };
        child.is(ns, self.name())
    }
}

impl OneOf {
    #[expect(clippy::unused_self, reason = "the same call as for the others")]
    pub(crate) const fn name(self) -> &'static str {
        "one of its elements"
    }
}

impl<P> Holds<P> {
    pub(crate) fn name(&self) -> &'static str {
        self.0.name()
    }
}

impl<P> Lists<P> {
    pub(crate) fn name(&self) -> &'static str {
        self.0.name()
    }
}

impl<T: Body> Part<T> for Named {
    fn is(&self, child: &Element) -> bool {
        self.matches(child)
    }

    fn read(&self, reader: &mut Reader, child: &Element) -> Result<T, ReadError> {
        T::read_body(reader, child)
    }

    fn write(&self, writer: &mut Writer, value: &T) {
        value.write_body(writer, self.0);
    }
}

impl<T: Choice> Choice for Box<T> {
    fn is(child: &Element) -> bool {
        T::is(child)
    }

    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        T::read(reader, child).map(Self::new)
    }

    fn write(&self, writer: &mut Writer) {
        T::write(self, writer);
    }
}

impl<T: Body> Part<T> for InEither {
    fn is(&self, child: &Element) -> bool {
        matches!(child.ns, Ns::Types | Ns::Messages) && child.name == self.0.name()
    }

    fn read(&self, reader: &mut Reader, child: &Element) -> Result<T, ReadError> {
        self.0.read(reader, child)
    }

    fn write(&self, writer: &mut Writer, value: &T) {
        self.0.write(writer, value);
    }
}

impl<T: Choice> Part<T> for OneOf {
    fn is(&self, child: &Element) -> bool {
        T::is(child)
    }

    fn read(&self, reader: &mut Reader, child: &Element) -> Result<T, ReadError> {
        T::read(reader, child)
    }

    fn write(&self, writer: &mut Writer, value: &T) {
        value.write(writer);
    }
}

impl<T, P: Part<T>> Part<T> for Holds<P> {
    fn is(&self, child: &Element) -> bool {
        self.0.matches(child)
    }

    fn read(&self, reader: &mut Reader, child: &Element) -> Result<T, ReadError> {
        let mut value = None;
        reader.children(|reader, inner| {
            if value.is_none() && self.1.is(&inner) {
                value = Some(self.1.read(reader, &inner)?);
            }
            Ok(())
        })?;
        let kind = ReadErrorKind::Missing { of: self.name(), what: "its element" };
        value.ok_or(ReadError::new(child.position, kind))
    }

    fn write(&self, writer: &mut Writer, value: &T) {
        writer.open(self.0.0);
        self.1.write(writer, value);
        writer.close(self.0.0);
    }
}

impl<T, P: Part<T>> Part<Vec<T>> for Lists<P> {
    fn is(&self, child: &Element) -> bool {
        self.0.matches(child)
    }

    fn read(&self, reader: &mut Reader, _: &Element) -> Result<Vec<T>, ReadError> {
        let mut values = Vec::new();
        reader.children(|reader, inner| {
            if self.1.is(&inner) {
                values.push(self.1.read(reader, &inner)?);
            }
            Ok(())
        })?;
        Ok(values)
    }

    fn write(&self, writer: &mut Writer, value: &Vec<T>) {
        writer.open(self.0.0);
        for value in value {
            self.1.write(writer, value);
        }
        writer.close(self.0.0);
    }
}

impl<T: Group> Body for T {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        T::read_group(reader, start)
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        self.write_attributes(writer);
        self.write_group(writer);
        writer.close(name);
    }
}

impl<T: Group> RequestContent for T {
    fn read(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        T::read_group(reader, start)
    }

    fn write(&self, writer: &mut Writer) {
        self.write_attributes(writer);
        self.write_group(writer);
    }
}

impl<T: Group> ResponseContent for T {
    fn read(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        T::read_group(reader, start)
    }

    fn write(&self, writer: &mut Writer, _: &str) {
        self.write_attributes(writer);
        self.write_group(writer);
    }
}

/// The error for a record that lacks a part.
pub(crate) fn missing<T: Group>(start: &Element, what: &'static str) -> ReadError {
    ReadError::new(start.position, ReadErrorKind::Missing { of: T::NAME, what })
}

/// The error for an element that is none of several.
pub(crate) fn unexpected(child: &Element) -> ReadError {
    ReadError::new(child.position, ReadErrorKind::Unexpected(child.name.to_owned()))
}

/// Text as an element's whole content. One `impl` a type, because a blanket one would meet the
/// groups'.
macro_rules! text_bodies {
    ($($type:ty),*) => { $( $crate::ews::record::text_body!($type); )* };
}

/// The same for one type of text.
macro_rules! text_body {
    ($type:ty) => {
        impl $crate::ews::record::Body for $type {
            fn read_body(
                reader: &mut $crate::ews::xml::Reader,
                start: &$crate::ews::xml::Element,
            ) -> Result<Self, $crate::ews::xml::ReadError> {
                let text = reader.text()?;
                $crate::ews::record::read_text(start.position, &text)
            }

            fn write_body(&self, writer: &mut $crate::ews::xml::Writer, name: &str) {
                $crate::ews::record::Text::with_text(self, |text| writer.element(name, text));
            }
        }
    };
}

pub(crate) use text_body;
text_bodies!(String, bool, i32, u32, u64, jiff::Timestamp, super::Base64);
