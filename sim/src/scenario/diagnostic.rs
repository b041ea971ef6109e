//! What is wrong with a scenario file, said so that a person can put it right: the file, the line,
//! the line itself, what was expected, and the nearest known name.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::report::units::counted;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file or folder, as it was named.
    pub file: String,
    /// Where in the file; none when it could not be read at all.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What was expected there instead.
    pub expected: Option<String>,
    /// How to put it right, as far as that can be guessed.
    pub help: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// How many characters of the line are meant; 0 is the point before `column`.
    pub length: usize,
    /// The whole line.
    pub text: String,
}

impl Diagnostic {
    /// Something wrong with a file or folder as a whole.
    pub(super) fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, message: message.into(), expected: None, help: None }
    }

    /// Adds what was expected.
    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

/// What is wrong with one file, as far as it has been found out.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    file: &'a str,
    source: &'a str,
    found: Vec<(Range<usize>, Problem)>,
}

/// How many problems of one file are reported.
const AT_MOST: usize = 50;

/// One of them, with its place still to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    message: String,
    expected: Option<String>,
    help: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), expected: None, help: None }
    }

    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds help, if there is any.
    pub(super) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help: help.or(self.help), ..self }
    }

    /// Adds "did you mean …?" when there is a name near enough.
    pub(super) fn did_you_mean(self, nearest: Option<&str>) -> Self {
        self.maybe_help(nearest.map(|name| format!("did you mean `{name}`?")))
    }
}

impl<'a> Problems<'a> {
    pub(super) fn new(file: &'a str, source: &'a str) -> Self {
        Self { file, source, found: Vec::new() }
    }

    pub(super) fn add(&mut self, span: Range<usize>, problem: Problem) {
        self.found.push((span, problem));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All of them in the order of the file, each once.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|(span, _)| span.start);
        self.found.dedup();
        let more = self.found.len().saturating_sub(AT_MOST);
        self.found.truncate(AT_MOST);
        let mut all: Vec<_> = self
            .found
            .iter()
            .map(|(span, problem)| Diagnostic {
                file: self.file.to_owned(),
                place: Some(Place::of(self.source, span)),
                message: problem.message.clone(),
                expected: problem.expected.clone(),
                help: problem.help.clone(),
            })
            .collect();
        if more > 0 {
            let message = format!("{more} more mistakes in this file are not shown");
            all.push(Diagnostic::of_file(self.file, message));
        }
        all
    }
}

impl Place {
    /// The place of a span, as much of it as lies in its first line.
    fn of(source: &str, span: &Range<usize>) -> Self {
        let start = floor_boundary(source, span.start);
        let end = floor_boundary(source, span.end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[line_start..].find('\n').map_or(source.len(), |at| line_start + at);
        let text = source[line_start..line_end].trim_end_matches('\r');
        let text_end = line_start + text.len();
        let (start, end) = (start.min(text_end), end.min(text_end));
        Self {
            line: source[..line_start].matches('\n').count() + 1,
            column: source[line_start..start].chars().count() + 1,
            length: source[start..end].chars().count(),
            text: text.to_owned(),
        }
    }

    /// The octets of the line that are meant.
    fn octets(&self) -> Range<usize> {
        let at = |chars: usize| {
            self.text.char_indices().nth(chars).map_or(self.text.len(), |(octet, _)| octet)
        };
        at(self.column - 1)..at(self.column - 1 + self.length)
    }
}

fn floor_boundary(source: &str, at: usize) -> usize {
    let at = at.min(source.len());
    (0..=at).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0)
}

/// Writes diagnostics for a person, with colour for a terminal or without for anything else.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&render_one(diagnostic, &renderer));
        out.push_str("\n\n");
    }
    out.push_str(&counted(diagnostics.len() as u64, "mistake"));
    out.push_str("; nothing was run\n");
    out
}

fn render_one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let title = Level::ERROR.primary_title(&diagnostic.message);
    let expected = diagnostic.expected.as_ref().map(|expected| format!("expected {expected}"));
    let mut group = if let Some(place) = &diagnostic.place {
        let annotation = AnnotationKind::Primary.span(place.octets()).label(expected);
        let snippet = Snippet::source(&place.text).path(&diagnostic.file).line_start(place.line);
        title.element(snippet.annotation(annotation))
    } else {
        let group = title.element(Origin::path(&diagnostic.file));
        group.elements(expected.map(|expected| Level::NOTE.message(expected)))
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}
