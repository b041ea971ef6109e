//! Components within components (RFC 5545 section 3.4), as deep and as many as calendars are.

use thiserror::Error;

use super::lines::{self, Line};

/// VCALENDAR, VEVENT, VALARM; VTIMEZONE, STANDARD: three. Some wrap in more.
const MAX_DEPTH: usize = 8;
/// Octets of a whole calendar.
const MAX_OCTETS: usize = 8 << 20;
/// Lines of a whole calendar.
const MAX_LINES: usize = 100_000;

/// Why bytes are no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReadError {
    /// It is not there, or not text.
    #[error("there is no VCALENDAR")]
    NoCalendar,
    /// More than anybody's calendar.
    #[error("the calendar is too large or too deep")]
    TooLarge,
    /// A component's end does not fit its beginning, or is missing.
    #[error("components are not closed as they were opened")]
    Unbalanced,
    /// There is no event in it.
    #[error("there is no VEVENT with a start")]
    NoEvent,
    /// The recurrence cannot be kept.
    #[error(transparent)]
    Recurrence(#[from] super::RruleError),
}

/// A component with its lines, unfolded but otherwise as they were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Component {
    /// In capitals.
    pub(super) name: String,
    lines: Vec<String>,
    pub(super) children: Vec<Component>,
}

impl Component {
    /// Reads the first component there is.
    pub(super) fn read(text: &str) -> Result<Self, ReadError> {
        if text.len() > MAX_OCTETS {
            return Err(ReadError::TooLarge);
        }
        let (mut open, mut whole, mut number) = (Vec::<Self>::new(), None, 0);
        lines::unfold(text, |text| {
            number += 1;
            if number > MAX_LINES {
                return Err(ReadError::TooLarge);
            }
            if whole.is_some() {
                return Ok(());
            }
            let text = text.trim_start_matches('\u{FEFF}');
            let (keyword, name) = text.split_once(':').unwrap_or((text, ""));
            let name = || name.trim().to_ascii_uppercase();
            if keyword.eq_ignore_ascii_case("BEGIN") {
                if open.len() == MAX_DEPTH {
                    return Err(ReadError::TooLarge);
                }
                open.push(Self { name: name(), ..Self::default() });
            } else if keyword.eq_ignore_ascii_case("END") {
                let ended = open.pop().filter(|ended| ended.name == name());
                let ended = ended.ok_or(ReadError::Unbalanced)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(ended),
                    None => whole = Some(ended),
                }
            } else {
                let current = open.last_mut().ok_or(ReadError::NoCalendar)?;
                current.lines.push(text.to_owned());
            }
            Ok(())
        })?;
        match whole {
            Some(whole) => Ok(whole),
            None if open.is_empty() => Err(ReadError::NoCalendar),
            None => Err(ReadError::Unbalanced),
        }
    }

    /// The lines that can be read.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().filter_map(|line| Line::read(line))
    }

    /// The first line of a name.
    pub(super) fn line(&self, name: &str) -> Option<Line<'_>> {
        // Looks before it reads: a component may have thousands of lines.
        let named = |line: &&String| {
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let mut lines = self.lines.iter().filter(named).filter_map(|line| Line::read(line));
        lines.find(|line| line.name == name)
    }

    /// The text of the first line of a name, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.line(name).map(|line| line.text()).filter(|text| !text.is_empty())
    }

    /// The components of a name.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_closed_as_it_was_opened_is_refused() {
        for (text, error) in [
            ("", ReadError::NoCalendar),
            ("SUMMARY:lonely", ReadError::NoCalendar),
            ("BEGIN:VCALENDAR\nEND:VEVENT", ReadError::Unbalanced),
            ("BEGIN:VCALENDAR\n", ReadError::Unbalanced),
            (&"BEGIN:X\n".repeat(9), ReadError::TooLarge),
            (&("BEGIN:X\n".to_owned() + &"A:\n".repeat(MAX_LINES)), ReadError::TooLarge),
            (&" ".repeat(MAX_OCTETS + 1), ReadError::TooLarge),
        ] {
            assert_eq!(Component::read(text), Err(error), "{text:.20}");
        }
        let nested =
            Component::read("begin:vcalendar\r\nBEGIN:VEVENT\nA:1\n A\nEND:VEVENT\nEND:VCALENDAR");
        let nested = nested.unwrap();
        assert_eq!(nested.named("VEVENT").next().unwrap().text("A").unwrap(), "1A");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(
            text in "((BEGIN|END):(A|B)\r?\n|[A-Z;:= ]{0,10}\n){0,30}|\\PC{0,80}"
        ) {
            let _ = Component::read(&text);
        }
    }
}
