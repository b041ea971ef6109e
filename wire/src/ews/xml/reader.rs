//! A pull reader over a whole document in memory, which hands out elements, attributes and text
//! borrowed from it.
//!
//! Between calls exactly one element is *open*. [`Reader::children`] visits its children and ends
//! it, [`Reader::text`] reads its text and ends it; a child that its visitor leaves alone is
//! skipped. So what is unknown here costs nothing and disturbs nobody.

use std::borrow::Cow;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::PrefixDeclaration;

use super::chars::{self, is_allowed, is_name, parse_bool};
use super::{Element, Ns, ReadError, ReadErrorKind, parse_time};

/// How much a document may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Its length in bytes.
    pub bytes: usize,
    /// How deep its elements may nest.
    pub depth: usize,
}

/// How many namespace declarations may be in force at once. Every element looks through them, so
/// without a bound a hostile document would cost the square of its length.
const MAX_BINDINGS: usize = 64;

/// How many elements a document may have: some twenty times what the largest page of items needs.
/// What is read from an empty `<t:Mailbox/>` takes fourteen times the room of its bytes, so the
/// length alone bounds the memory badly.
const MAX_ELEMENTS: usize = 1_000_000;

/// Reads one document.
pub struct Reader<'a> {
    input: &'a str,
    /// How long the byte order mark is, which `input` and `xml` do not see.
    mark: usize,
    xml: quick_xml::Reader<&'a [u8]>,
    bindings: Vec<Binding<'a>>,
    depth: usize,
    depth_limit: usize,
    elements: usize,
    /// The open element was written as `<empty/>`; its end has yet to be told.
    empty: bool,
    position: usize,
}

struct Binding<'a> {
    depth: usize,
    prefix: &'a str,
    ns: Ns,
}

enum Token<'a> {
    Start(Element<'a>),
    End,
    Text(Cow<'a, str>),
    Done,
}

impl Default for Limits {
    /// 64 MiB, above the largest request a server takes by default, and 100 levels.
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 100 }
    }
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a document. A byte order mark is allowed.
    ///
    /// # Errors
    /// [`ReadErrorKind::TooLarge`] and [`ReadErrorKind::NotUtf8`].
    pub fn new(bytes: &'a [u8], limits: Limits) -> Result<Self, ReadError> {
        if bytes.len() > limits.bytes {
            let kind = ReadErrorKind::TooLarge { limit: limits.bytes };
            return Err(ReadError::new(limits.bytes, kind));
        }
        let input = std::str::from_utf8(bytes)
            .map_err(|e| ReadError::new(e.valid_up_to(), ReadErrorKind::NotUtf8))?;
        let after_mark = input.strip_prefix('\u{FEFF}').unwrap_or(input);
        let mark = input.len() - after_mark.len();
        let input = after_mark;
        Ok(Self {
            input,
            mark,
            xml: quick_xml::Reader::from_str(input),
            bindings: Vec::with_capacity(8),
            depth: 0,
            depth_limit: limits.depth,
            elements: 0,
            empty: false,
            position: 0,
        })
    }

    /// Opens the document's root.
    ///
    /// # Errors
    /// When the document has none.
    pub fn root(&mut self) -> Result<Element<'a>, ReadError> {
        loop {
            match self.next()? {
                Token::Start(element) => return Ok(element),
                Token::Text(text) if text.trim().is_empty() => {}
                Token::Text(_) => return Err(self.malformed("text before the root")),
                Token::End | Token::Done => return Err(self.error(ReadErrorKind::End)),
            }
        }
    }

    /// Reads what follows the root: comments and white space only.
    ///
    /// # Errors
    /// When anything else does.
    pub fn finish(&mut self) -> Result<(), ReadError> {
        loop {
            match self.next()? {
                Token::Done => return Ok(()),
                Token::Text(text) if text.trim().is_empty() => {}
                _ => return Err(self.malformed("something follows the root")),
            }
        }
    }

    /// Visits the children of the open element, in order, and ends it. What a visitor leaves of a
    /// child is skipped.
    ///
    /// # Errors
    /// The document's or the visitor's.
    pub fn children<F>(&mut self, mut visit: F) -> Result<(), ReadError>
    where
        F: FnMut(&mut Self, Element<'a>) -> Result<(), ReadError>,
    {
        let depth = self.depth;
        loop {
            match self.next()? {
                Token::Start(child) => {
                    visit(self, child)?;
                    self.skip_to(depth)?;
                }
                Token::Text(_) => {}
                Token::End => return Ok(()),
                Token::Done => return Err(self.error(ReadErrorKind::End)),
            }
        }
    }

    /// Visits the children of the open element as [`Reader::children`] does, and gives back the
    /// text around them.
    ///
    /// # Errors
    /// As [`Reader::children`].
    pub fn mixed<F>(&mut self, mut visit: F) -> Result<String, ReadError>
    where
        F: FnMut(&mut Self, Element<'a>) -> Result<(), ReadError>,
    {
        let depth = self.depth;
        let mut text = String::new();
        loop {
            match self.next()? {
                Token::Start(child) => {
                    visit(self, child)?;
                    self.skip_to(depth)?;
                }
                Token::Text(more) => text.push_str(&more),
                Token::End => return Ok(text),
                Token::Done => return Err(self.error(ReadErrorKind::End)),
            }
        }
    }

    /// Reads the text of the open element and ends it.
    ///
    /// # Errors
    /// When it has child elements, or the document is malformed.
    pub fn text(&mut self) -> Result<Cow<'a, str>, ReadError> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Token::Text(more) if text.is_empty() => text = more,
                Token::Text(more) => text.to_mut().push_str(&more),
                Token::End => return Ok(text),
                Token::Start(child) => {
                    let kind = ReadErrorKind::Unexpected(child.name.to_owned());
                    return Err(ReadError::new(child.position, kind));
                }
                Token::Done => return Err(self.error(ReadErrorKind::End)),
            }
        }
    }

    /// Reads the text of the open element as an owned string and ends it.
    ///
    /// # Errors
    /// As [`Reader::text`].
    pub fn string(&mut self) -> Result<String, ReadError> {
        self.text().map(Cow::into_owned)
    }

    /// Reads the text of the open element as a boolean: clients send `true` and `false` as well
    /// as `1` and `0` (ews-clients.md).
    ///
    /// # Errors
    /// As [`Reader::text`], and for any other text.
    pub fn bool(&mut self) -> Result<bool, ReadError> {
        let at = self.position;
        let text = self.text()?;
        parse_bool(&text).ok_or_else(|| ReadError::value(at, "boolean", &text))
    }

    /// Reads the text of the open element as a number or another type that Rust parses.
    ///
    /// # Errors
    /// As [`Reader::text`], and when it does not parse.
    pub fn parse<T: FromStr>(&mut self, what: &'static str) -> Result<T, ReadError> {
        let at = self.position;
        let text = self.text()?;
        text.trim().parse().map_err(|_| ReadError::value(at, what, &text))
    }

    /// Reads the text of the open element as a point in time.
    ///
    /// # Errors
    /// As [`Reader::text`], and when it is none.
    pub fn date_time(&mut self) -> Result<Timestamp, ReadError> {
        let at = self.position;
        let text = self.text()?;
        parse_time(&text).ok_or_else(|| ReadError::value(at, "dateTime", &text))
    }

    /// Reads the text of the open element as base64, folded or not.
    ///
    /// # Errors
    /// As [`Reader::text`], and when it is none.
    pub fn base64(&mut self) -> Result<Vec<u8>, ReadError> {
        let at = self.position;
        let text = self.text()?;
        if let Ok(bytes) = BASE64_STANDARD.decode(text.as_bytes()) {
            return Ok(bytes);
        }
        let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(compact).map_err(|_| ReadError::value(at, "base64Binary", &text))
    }

    /// Skips the rest of the open element and ends it.
    ///
    /// # Errors
    /// When the document is malformed.
    pub fn skip(&mut self) -> Result<(), ReadError> {
        self.skip_to(self.depth.saturating_sub(1))
    }

    /// Where the last token started, in bytes.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Where the last token ended, in bytes.
    pub fn end_position(&self) -> usize {
        self.mark + offset(self.xml.buffer_position())
    }

    /// An error at the last token.
    pub const fn error(&self, kind: ReadErrorKind) -> ReadError {
        ReadError::new(self.position, kind)
    }

    /// An error that says what an element lacks.
    pub const fn missing(&self, of: &'static str, what: &'static str) -> ReadError {
        self.error(ReadErrorKind::Missing { of, what })
    }

    fn malformed(&self, why: &str) -> ReadError {
        self.error(ReadErrorKind::Malformed(why.to_owned()))
    }

    fn skip_to(&mut self, depth: usize) -> Result<(), ReadError> {
        while self.depth > depth {
            if matches!(self.next()?, Token::Done) {
                return Err(self.error(ReadErrorKind::End));
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Token<'a>, ReadError> {
        if self.empty {
            self.empty = false;
            return Ok(self.end());
        }
        loop {
            self.position = self.mark + offset(self.xml.buffer_position());
            let event = self.xml.read_event().map_err(|e| {
                let position = self.mark + offset(self.xml.error_position());
                ReadError::new(position, ReadErrorKind::Malformed(e.to_string()))
            })?;
            match event {
                Event::Start(start) => return self.start(&start, 0).map(Token::Start),
                Event::Empty(start) => {
                    self.empty = true;
                    return self.start(&start, 1).map(Token::Start);
                }
                Event::End(_) => return Ok(self.end()),
                Event::Text(text) => return Ok(Token::Text(chars::text(utf8(text.into_inner())))),
                Event::CData(data) => return Ok(Token::Text(chars::text(utf8(data.into_inner())))),
                Event::GeneralRef(reference) => return self.reference(&reference),
                Event::DocType(_) => return Err(self.error(ReadErrorKind::Dtd)),
                Event::Eof if self.depth > 0 => return Err(self.error(ReadErrorKind::End)),
                Event::Eof => return Ok(Token::Done),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn end(&mut self) -> Token<'a> {
        while self.bindings.last().is_some_and(|b| b.depth == self.depth) {
            self.bindings.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        Token::End
    }

    /// `slash` is 1 for `<empty/>`.
    fn start(&mut self, start: &BytesStart, slash: usize) -> Result<Element<'a>, ReadError> {
        // The event borrows from itself, the input lives longer: take the same bytes from there.
        let to = offset(self.xml.buffer_position()) - 1 - slash;
        let from = to - start.len();
        let content = &self.input[from..to];
        self.position = self.mark + from - 1;
        self.depth += 1;
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.error(ReadErrorKind::TooMany { limit: MAX_ELEMENTS }));
        }
        if self.depth > self.depth_limit {
            return Err(self.error(ReadErrorKind::TooDeep { limit: self.depth_limit }));
        }
        let attributes_from = start.name().as_ref().len();
        if attributes_from < content.len() {
            self.bind(content, attributes_from)?;
        }
        let qualified = &content[..attributes_from];
        let (prefix, name) = qualified.split_once(':').unwrap_or(("", qualified));
        if !is_name(name) {
            return Err(self.malformed("not a name"));
        }
        let ns = self.resolve(prefix)?;
        Ok(Element { ns, name, position: self.position, content, attributes_from })
    }

    /// Notes the namespaces that an element binds, and on the way checks that its attributes are
    /// well-formed and unique.
    fn bind(&mut self, content: &'a str, attributes_from: usize) -> Result<(), ReadError> {
        for attribute in Attributes::new(content, attributes_from) {
            let attribute =
                attribute.map_err(|e| self.error(ReadErrorKind::Malformed(e.to_string())))?;
            let prefix = match attribute.key.as_namespace_binding() {
                None => continue,
                Some(PrefixDeclaration::Default) => "",
                Some(PrefixDeclaration::Named(prefix)) => {
                    std::str::from_utf8(prefix).unwrap_or_default()
                }
            };
            let uri = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| self.error(ReadErrorKind::Malformed(e.to_string())))?;
            let ns = Ns::from_uri(&uri);
            if self.bindings.len() == MAX_BINDINGS {
                return Err(self.malformed("too many namespaces"));
            }
            self.bindings.push(Binding { depth: self.depth, prefix, ns });
        }
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Result<Ns, ReadError> {
        match self.bindings.iter().rev().find(|b| b.prefix == prefix) {
            Some(binding) => Ok(binding.ns),
            None if prefix.is_empty() => Ok(Ns::None),
            None if prefix == "xml" => Ok(Ns::Other),
            None => Err(self.error(ReadErrorKind::Prefix(prefix.to_owned()))),
        }
    }

    fn reference(&self, reference: &BytesRef) -> Result<Token<'a>, ReadError> {
        let character = reference
            .resolve_char_ref()
            .map_err(|e| self.error(ReadErrorKind::Malformed(e.to_string())))?;
        if let Some(character) = character {
            let character = if is_allowed(character) { character } else { '\u{FFFD}' };
            return Ok(Token::Text(Cow::Owned(character.to_string())));
        }
        let name = String::from_utf8_lossy(reference);
        quick_xml::escape::resolve_xml_entity(&name)
            .map(|text| Token::Text(Cow::Borrowed(text)))
            .ok_or_else(|| self.error(ReadErrorKind::Entity(name.into_owned())))
    }
}

/// The input was checked as a whole; a token ends at ASCII characters and so is UTF-8 as well.
fn utf8(bytes: Cow<[u8]>) -> Cow<str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
