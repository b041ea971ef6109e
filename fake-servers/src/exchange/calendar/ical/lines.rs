//! Content lines of iCalendar (RFC 5545 section 3.1): folding, parameters, escapes.

use std::borrow::Cow;

/// Octets of a line without its CRLF.
const WIDTH: usize = 75;

/// Parameters that are looked at; more say nothing we know.
const MAX_PARAMETERS: usize = 64;

/// `NAME;PARAM=value:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::exchange) struct Line<'a> {
    /// In capitals.
    pub(in crate::exchange) name: String,
    parameters: Vec<(String, Cow<'a, str>)>,
    /// As it stands, escapes and all.
    pub(in crate::exchange) value: &'a str,
}

impl<'a> Line<'a> {
    /// Reads an unfolded line; none if it is not one.
    pub(in crate::exchange) fn read(text: &'a str) -> Option<Self> {
        let end = text.find([';', ':'])?;
        let name = text[..end].trim().to_ascii_uppercase();
        let mut rest = &text[end..];
        let mut parameters = Vec::new();
        while let Some(parameter) = rest.strip_prefix(';') {
            let (name, after) = parameter.split_once('=')?;
            let (value, after) = parameter_value(after)?;
            if parameters.len() < MAX_PARAMETERS {
                parameters.push((name.trim().to_ascii_uppercase(), value));
            }
            rest = after;
        }
        Some(Self { name, parameters, value: rest.strip_prefix(':')? })
    }

    /// A parameter's value.
    pub(in crate::exchange) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// All values of a parameter, which may be given several times or as a list.
    pub(in crate::exchange) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.parameters.iter().filter(move |(known, _)| known == name);
        named.flat_map(|(_, value)| value.split(',')).map(str::trim)
    }

    /// The parts of a value that has several, with semicolons between them.
    pub(in crate::exchange) fn parts(&self) -> Vec<String> {
        let (mut parts, mut from, mut escaped) = (Vec::new(), 0, false);
        for (at, octet) in self.value.bytes().enumerate() {
            if octet == b';' && !escaped {
                parts.push(unescape(&self.value[from..at]));
                from = at + 1;
            }
            escaped = octet == b'\\' && !escaped;
        }
        parts.push(unescape(&self.value[from..]));
        parts
    }

    /// Whether a parameter has this value, in any case.
    pub(in crate::exchange) fn has(&self, name: &str, value: &str) -> bool {
        self.parameter(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
    }

    /// The value as text (section 3.3.11).
    pub(in crate::exchange) fn text(&self) -> String {
        unescape(self.value)
    }

    /// The value as a list of texts.
    pub(in crate::exchange) fn texts(&self) -> Vec<String> {
        let (mut texts, mut from, mut escaped) = (Vec::new(), 0, false);
        for (at, octet) in self.value.bytes().enumerate() {
            if octet == b',' && !escaped {
                texts.push(unescape(&self.value[from..at]));
                from = at + 1;
            }
            escaped = octet == b'\\' && !escaped;
        }
        texts.push(unescape(&self.value[from..]));
        texts.retain(|text| !text.is_empty());
        texts
    }
}

/// Values up to the next `;` or `:`, quotes taken away and the circumflexes of RFC 6868 undone.
fn parameter_value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut quoted = false;
    let end = text.bytes().position(|octet| {
        quoted ^= octet == b'"';
        !quoted && matches!(octet, b';' | b':')
    })?;
    let (value, rest) = text.split_at(end);
    if !value.contains(['"', '^']) {
        return Some((Cow::Borrowed(value), rest));
    }
    let (mut plain, mut characters) = (String::new(), value.chars().peekable());
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => {}
            ('^', Some('n')) => plain.push('\n'),
            ('^', Some('\'')) => plain.push('"'),
            ('^', Some('^')) => plain.push('^'),
            (other, _) => {
                plain.push(other);
                continue;
            }
        }
        if character == '^' {
            characters.next();
        }
    }
    Some((Cow::Owned(plain), rest))
}

/// Joins folded lines, and calls for each line that is not empty.
pub(in crate::exchange) fn unfold<E>(
    text: &str,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut whole = String::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(more) = line.strip_prefix([' ', '\t']) {
            whole.push_str(more);
            continue;
        }
        if !whole.trim().is_empty() {
            each(&whole)?;
        }
        whole.clear();
        whole.push_str(line);
    }
    if whole.trim().is_empty() { Ok(()) } else { each(&whole) }
}

fn unescape(text: &str) -> String {
    let (mut plain, mut escaped) = (String::with_capacity(text.len()), false);
    for character in text.chars() {
        match (escaped, character) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (true, 'n' | 'N') => plain.push('\n'),
            (_, other) => plain.push(other),
        }
        escaped = false;
    }
    plain
}

/// Text as a value. Line ends of all kinds become `\n`, other control characters, which no value
/// may hold, go.
pub(in crate::exchange) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    escaped.push_str("\\n");
                }
            }
            '\t' => escaped.push('\t'),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A parameter with its name and the semicolon before it, quoted where it must be.
pub(in crate::exchange) fn parameter(name: &str, value: &str) -> String {
    let plain = value
        .replace('^', "^^")
        .replace('"', "^'")
        .replace("\r\n", "^n")
        .replace(['\n', '\r'], "^n")
        .replace(|character: char| character.is_control(), "");
    if plain.contains([':', ';', ',']) {
        format!(";{name}=\"{plain}\"")
    } else {
        format!(";{name}={plain}")
    }
}

/// Appends a line, folded.
pub(in crate::exchange) fn write(out: &mut String, line: &str) {
    let mut rest = line;
    let mut width = WIDTH;
    while rest.len() > width {
        let end = (0..=width).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(width);
        out.push_str(&rest[..end]);
        out.push_str("\r\n ");
        rest = &rest[end..];
        // The space counts.
        width = WIDTH - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_read_with_and_without_quotes() {
        let line =
            Line::read("ATTENDEE;cn=\"Doe; J:\";ROLE=REQ-PARTICIPANT:MAILTO:j@d.org").unwrap();
        assert_eq!(line.name, "ATTENDEE");
        assert_eq!(line.parameter("CN"), Some("Doe; J:"));
        assert!(line.has("ROLE", "req-participant"));
        assert_eq!(line.value, "MAILTO:j@d.org");
        let line = Line::read("X;A=^'^n^^^x:v").unwrap();
        assert_eq!(line.parameter("A"), Some("\"\n^^x"));
        for broken in ["", "NAME", "NAME;P", "NAME;P=", "NAME;P=\"a:b", ";=", "N;P=a"] {
            assert_eq!(Line::read(broken), None, "{broken}");
        }
    }

    #[test]
    fn lists_are_split_at_commas_that_are_not_escaped() {
        let line = Line::read(r"CATEGORIES:Red\, dark,Blue\\,,Green").unwrap();
        assert_eq!(line.texts(), ["Red, dark", "Blue\\", "Green"]);
    }

    #[test]
    fn lines_are_folded_at_seventy_five_octets() {
        let mut out = String::new();
        write(&mut out, &"ü".repeat(100));
        assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
        assert_eq!(out.split("\r\n ").count(), 3);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[^\\p{Cc}]{0,200}(\n[^\\p{Cc}]{0,50})?") {
            let mut out = String::new();
            write(&mut out, &format!("X{}:{}", parameter("P", &text), escape(&text)));
            write(&mut out, "Y:");
            prop_assert!(out.split("\r\n").all(|line| line.len() <= 75));
            let mut lines = Vec::new();
            unfold(&out, |line| { lines.push(line.to_owned()); Ok::<_, ()>(()) }).unwrap();
            prop_assert_eq!(lines.len(), 2);
            let line = Line::read(&lines[0]).unwrap();
            prop_assert_eq!(line.text(), &*text);
            prop_assert_eq!(line.parameter("P"), Some(&*text));
        }

        #[test]
        fn no_bytes_make_it_fall_over(text in "\\PC{0,100}|[A-Z;:=\",^\\\\\r\n ]{0,60}") {
            let _ = unfold(&text, |line| {
                if let Some(line) = Line::read(line) {
                    let _ = (line.text(), line.texts());
                }
                Ok::<_, ()>(())
            });
        }
    }
}
