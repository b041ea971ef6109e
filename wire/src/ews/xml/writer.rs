//! Appends a document to a buffer. The names carry their prefixes (`t:ItemId`), which
//! [`Writer::envelope`] binds once; the order of elements is the caller's.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

use super::{Ns, with_time};

/// Writes one document.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// The last start tag still lacks its `>`.
    open: bool,
}

impl Writer {
    /// An empty document.
    pub fn new() -> Self {
        Self { out: Vec::with_capacity(1024), open: false }
    }

    /// The XML declaration and the start of a SOAP envelope that binds `s:`, `m:` and `t:`.
    pub fn envelope(&mut self) {
        self.out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        self.open("s:Envelope");
        self.attr("xmlns:s", Ns::Soap.uri());
        self.attr("xmlns:m", Ns::Messages.uri());
        self.attr("xmlns:t", Ns::Types.uri());
    }

    /// The document.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.seal();
        self.out
    }

    /// Starts an element.
    pub fn open(&mut self, name: &str) {
        self.open_in("", name);
    }

    /// Ends the element that was started last and has not ended yet. One without content becomes
    /// `<empty/>`.
    pub fn close(&mut self, name: &str) {
        self.close_in("", name);
    }

    /// Starts an element whose prefix (`t:`) and name come from different places.
    pub fn open_in(&mut self, prefix: &str, name: &str) {
        self.seal();
        self.out.push(b'<');
        self.out.extend_from_slice(prefix.as_bytes());
        self.out.extend_from_slice(name.as_bytes());
        self.open = true;
    }

    /// Ends what [`Writer::open_in`] started.
    pub fn close_in(&mut self, prefix: &str, name: &str) {
        if self.open {
            self.out.extend_from_slice(b"/>");
            self.open = false;
            return;
        }
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(prefix.as_bytes());
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    /// Adds an attribute to the element just started.
    pub fn attr(&mut self, name: &str, value: &str) {
        debug_assert!(self.open, "attribute {name} outside a start tag");
        self.out.push(b' ');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"=\"");
        escape(&mut self.out, value, true);
        self.out.push(b'"');
    }

    /// Adds an attribute if it has a value.
    pub fn attr_opt(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.attr(name, value);
        }
    }

    /// Adds a boolean attribute, as `true` or `false`: some clients take no others
    /// (ews-clients.md).
    pub fn attr_bool(&mut self, name: &str, value: bool) {
        self.attr(name, if value { "true" } else { "false" });
    }

    /// Adds an attribute that displays as it is written.
    pub fn attr_display(&mut self, name: &str, value: impl std::fmt::Display) {
        self.attr(name, &value.to_string());
    }

    /// Appends text to the element that is open.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.seal();
        escape(&mut self.out, text, false);
    }

    /// Appends an element with text.
    pub fn element(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    /// Appends an element with text if there is any.
    pub fn element_opt(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.element(name, text);
        }
    }

    /// Appends an element with `true` or `false`.
    pub fn bool(&mut self, name: &str, value: bool) {
        self.element(name, if value { "true" } else { "false" });
    }

    /// Appends an element with a value that displays as it is written, such as a number.
    pub fn display(&mut self, name: &str, value: impl std::fmt::Display) {
        self.element(name, &value.to_string());
    }

    /// Appends an element with a point in time.
    pub fn date_time(&mut self, name: &str, time: Timestamp) {
        with_time(time, |text| self.element(name, text));
    }

    /// Appends an element with a point in time if there is one.
    pub fn date_time_opt(&mut self, name: &str, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.date_time(name, time);
        }
    }

    /// Appends an element with a boolean if there is one.
    pub fn bool_opt(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.bool(name, value);
        }
    }

    /// Appends bytes as base64 to the element that is open.
    pub fn base64(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.seal();
        let from = self.out.len();
        self.out.resize(from + bytes.len().div_ceil(3) * 4, 0);
        // The room is exactly what the encoding takes.
        let written = BASE64_STANDARD.encode_slice(bytes, &mut self.out[from..]).unwrap_or(0);
        self.out.truncate(from + written);
    }

    fn seal(&mut self) {
        if self.open {
            self.out.push(b'>');
            self.open = false;
        }
    }
}

/// Appends text with everything escaped that a reader would take for something else. A carriage
/// return, or in an attribute a line end or tab, would not come back as it was (XML 1.0 sections
/// 2.11 and 3.3.3); what XML does not allow at all becomes U+FFFD.
fn escape(out: &mut Vec<u8>, text: &str, attribute: bool) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\r' => b"&#xD;",
            b'"' if attribute => b"&quot;",
            b'\n' if attribute => b"&#xA;",
            b'\t' if attribute => b"&#x9;",
            b'\n' | b'\t' | b'"' => continue,
            0..0x20 => "\u{FFFD}".as_bytes(),
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            0xBE | 0xBF if at >= 2 && bytes[at - 2..at] == [0xEF, 0xBF] => {
                out.extend_from_slice(&bytes[from..at]);
                out.push(0xBD);
                from = at + 1;
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[from..at]);
        out.extend_from_slice(escaped);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ews::xml::{Limits, Reader};

    #[test]
    fn elements_are_closed_as_short_as_possible() {
        let mut w = Writer::new();
        w.open("a");
        w.attr("x", "1");
        w.element("b", "");
        w.bool("c", true);
        w.open_in("t:", "d");
        w.base64(&[0, 1, 2, 3]);
        w.close_in("t:", "d");
        w.close("a");
        let expected = "<a x=\"1\"><b/><c>true</c><t:d>AAECAw==</t:d></a>";
        assert_eq!(String::from_utf8(w.into_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_xml_forbids_is_replaced() {
        let mut w = Writer::new();
        w.element("a", "\u{0}\u{1f}\u{fffe}\u{ffff}\u{fffd}\u{efbe}\r");
        let expected = "<a>\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{efbe}&#xD;</a>";
        assert_eq!(String::from_utf8(w.into_bytes()).unwrap(), expected);
    }

    proptest::proptest! {
        /// Whatever XML allows comes back as it was, in text and in attributes.
        #[test]
        fn text_reads_back(text in "([\t\n\r -\u{d7ff}\u{10000}-\u{10ffff}&<>\"']|\\PC){0,30}") {
            let mut w = Writer::new();
            w.open("a");
            w.attr("x", &text);
            w.text(&text);
            w.close("a");
            let bytes = w.into_bytes();
            let mut r = Reader::new(&bytes, Limits::default()).unwrap();
            let root = r.root().unwrap();
            proptest::prop_assert_eq!(root.attr("x").unwrap().unwrap(), &text[..]);
            proptest::prop_assert_eq!(r.text().unwrap(), &text[..]);
        }
    }
}
