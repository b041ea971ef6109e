//! What characters mean to XML.

use std::borrow::Cow;

/// Line ends are one character each to whoever reads XML (XML 1.0 section 2.11). What XML does not
/// allow at all, Exchange writes nevertheless; it becomes U+FFFD.
pub(super) fn text(text: Cow<str>) -> Cow<str> {
    if text.contains('\r') {
        return allowed(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")));
    }
    allowed(text)
}

pub(super) fn allowed(text: Cow<str>) -> Cow<str> {
    // U+FFFE and U+FFFF begin with EF BF.
    let suspect = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0xEF;
    if text.bytes().any(suspect) && !text.chars().all(is_allowed) {
        let allowed = |c| if is_allowed(c) { c } else { '\u{FFFD}' };
        return Cow::Owned(text.chars().map(allowed).collect());
    }
    text
}

/// XML 1.0 section 2.2.
pub(super) const fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether it is a name, as far as ASCII decides.
pub(super) fn is_name(text: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80;
    let goes_on = |byte: u8| starts(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    text.bytes().next().is_some_and(starts) && text.bytes().all(goes_on)
}

pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
