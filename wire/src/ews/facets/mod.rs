//! Whether the values of a request are such as the schema has. The readers keep most words as
//! they come; Exchange validates every request, so a word that it never has is never stored, and
//! never answered either.

mod attributes;
mod elements;
mod rule;
mod uris;
mod words;

use super::Violation;
use super::xml::{Element, Limits, Ns, ReadError, Reader, line_and_column};
use attributes::{ATTRIBUTES, VALUES};
use elements::{NEVER_EMPTY, TEXTS};
use rule::Rule;

/// How much of a request is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What would be stored or answered: the words and numbers in elements, the keys of entries,
    /// and whether there is anything to do at all.
    Values,
    /// Also attributes, text where there may be none, and every list.
    All,
}

/// The first value in a request that the schema does not have, if there is any.
pub fn violation(bytes: &[u8], reach: Reach) -> Option<Violation> {
    let mut judge = Judge { reach, found: None };
    // What cannot be read was refused before.
    judge.request(bytes).ok()?;
    let (position, text) = judge.found?;
    let (line, column) = line_and_column(bytes, position);
    Some(Violation { line, column, text })
}

struct Judge {
    reach: Reach,
    found: Option<(usize, String)>,
}

impl Judge {
    fn request(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        let mut r = Reader::new(bytes, Limits::default())?;
        r.root()?;
        r.children(|r, el| {
            if !el.is(Ns::Soap, "Body") {
                return Ok(());
            }
            r.children(|r, el| self.element(r, "", &el))
        })
    }

    fn element<'a>(
        &mut self,
        r: &mut Reader<'a>,
        parent: &str,
        el: &Element<'a>,
    ) -> Result<(), ReadError> {
        if self.found.is_some() || !matches!(el.ns, Ns::Messages | Ns::Types) {
            return Ok(());
        }
        self.attributes(parent, el)?;
        let rule = text_rule(parent, el).filter(|rule| self.judges(*rule));
        let (reach, mut children) = (self.reach, 0);
        let mut visit = |r: &mut Reader<'a>, child: Element<'a>| {
            children += 1;
            self.element(r, el.name, &child)
        };
        let text = if rule.is_some() || reach == Reach::All {
            r.mixed(&mut visit)?
        } else {
            r.children(&mut visit)?;
            String::new()
        };
        if self.found.is_none() {
            let what = || format!("'{}:{}' element", el.ns.uri(), el.name);
            let complaint = rule
                .and_then(|rule| of_value(what, rule, &text))
                .or_else(|| self.of_content(el, children, &text));
            self.found = complaint.map(|text| (el.position, text));
        }
        Ok(())
    }

    /// Whether there is any text, and how much may be asked for at once, is nothing that is stored,
    /// and operations have answers of their own to it.
    fn judges(&self, rule: Rule) -> bool {
        self.reach == Reach::All || !matches!(rule, Rule::Filled | Rule::Int(1, _))
    }

    fn attributes(&mut self, parent: &str, el: &Element) -> Result<(), ReadError> {
        if self.reach == Reach::Values && el.name != "Entry" {
            return Ok(());
        }
        let known = ATTRIBUTES.binary_search_by_key(&(el.ns, el.name), |(ns, name, _)| (*ns, name));
        let known = known.map_or("", |at| ATTRIBUTES[at].2);
        for (name, value) in el.attrs()? {
            let complaint = if known.split(' ').any(|it| it == name) {
                value_rule(parent, el, &name)
                    .and_then(|rule| of_value(|| format!("'{name}' attribute"), rule, &value))
            } else {
                (self.reach == Reach::All)
                    .then(|| format!("The '{name}' attribute is not declared."))
            };
            if let Some(text) = complaint {
                self.found = Some((el.position, text));
                return Ok(());
            }
        }
        Ok(())
    }

    fn of_content(&self, el: &Element, children: usize, text: &str) -> Option<String> {
        let has_to_be_filled = NEVER_EMPTY.binary_search(&(el.ns, el.name)).is_ok();
        let element = || format!("The element '{}' in namespace '{}'", el.name, el.ns.uri());
        let is_judged = self.reach == Reach::All || el.ns == Ns::Messages;
        if children == 0 && has_to_be_filled && is_judged {
            return Some(format!("{} has incomplete content.", element()));
        }
        let is_stray = children > 0 || has_to_be_filled;
        if self.reach == Reach::All && is_stray && !text.trim().is_empty() {
            return Some(format!("{} cannot contain text.", element()));
        }
        None
    }
}

/// In .NET's words.
fn of_value(what: impl FnOnce() -> String, rule: Rule, value: &str) -> Option<String> {
    if rule.allows(value) {
        return None;
    }
    let value: String = value.chars().take(60).collect();
    let what = what();
    Some(format!(
        "The {what} is invalid - The value '{value}' is invalid according to its datatype - {}",
        rule.constraint()
    ))
}

fn text_rule(parent: &str, el: &Element) -> Option<Rule> {
    let from = TEXTS.partition_point(|row| (row.0, row.1) < (el.ns, el.name));
    let same = TEXTS[from..].iter().take_while(|row| (row.0, row.1) == (el.ns, el.name));
    same.filter(|row| row.2.is_empty() || row.2 == parent).map(|row| row.3).next()
}

fn value_rule(parent: &str, el: &Element, attribute: &str) -> Option<Rule> {
    let wanted = (el.ns, el.name, attribute);
    let from = VALUES.partition_point(|row| (row.0, row.1, row.2) < wanted);
    let same = VALUES[from..].iter().take_while(|row| (row.0, row.1, row.2) == wanted);
    same.filter(|row| row.3.is_empty() || row.3 == parent).map(|row| row.4).next()
}

#[cfg(test)]
mod tests;
