//! The master category list of a mailbox (MS-OXOCFG 2.2.5.2.2): the XML in the user configuration
//! `CategoryList` of the calendar folder. Whoever changes it must give back everything else as it
//! was (3.1.4.2.3), so a change is made in the text itself and touches nothing beside.

use std::ops::Range;

use jiff::Timestamp;

use crate::ews::xml::{Element, Limits, ReadError, ReadErrorKind, Reader, Writer, with_time};

/// How long and how deep a list may be: ten thousand categories, and more depth than it ever has.
const LIMITS: Limits = Limits { bytes: 4 << 20, depth: 16 };

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The name by which items are marked with it. No two of a list have the same.
    pub name: String,
    /// Its colour: 0 red, 1 orange, 3 yellow, 4 green, 7 blue, 8 purple and so on; -1 none.
    pub color: i32,
    /// What it is known by whatever its name: a GUID in braces.
    pub guid: String,
}

/// A list, as its owner's programs wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryList {
    text: String,
    /// The start tag of its root.
    root: Range<usize>,
    /// Where the last category ends.
    end: usize,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    category: Category,
    element: Range<usize>,
    tag: Range<usize>,
}

impl CategoryList {
    /// The name of the user configuration that holds it.
    pub const CONFIGURATION: &'static str = "CategoryList";

    /// The distinguished folder with that configuration.
    pub const FOLDER: &'static str = "calendar";

    /// A list without categories.
    ///
    /// # Errors
    /// Never: what is written here can be read.
    pub fn empty(now: Timestamp) -> Result<Self, ReadError> {
        let root = |now: &str| {
            format!(
                "<?xml version=\"1.0\"?><categories default=\"\" lastSavedSession=\"0\" \
                 lastSavedTime=\"{now}\" xmlns=\"CategoryList.xsd\"></categories>"
            )
        };
        Self::read_text(with_time(now, root))
    }

    /// Reads a list. A category without a name or a GUID stays in it, and is not told of.
    ///
    /// # Errors
    /// When it is no list.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| ReadError::new(error.valid_up_to(), ReadErrorKind::NotUtf8))?;
        Self::read_text(text.to_owned())
    }

    fn read_text(text: String) -> Result<Self, ReadError> {
        let mut reader = Reader::new(text.as_bytes(), LIMITS)?;
        let start = reader.root()?;
        if start.name != "categories" {
            return Err(reader.error(ReadErrorKind::Unexpected(start.name.to_owned())));
        }
        let root = start.position..reader.end_position();
        let mut entries = Vec::new();
        reader.children(|reader, child| {
            if child.name != "category" {
                return Ok(());
            }
            let tag = child.position..reader.end_position();
            let category = category(&child)?;
            reader.skip()?;
            let element = tag.start..reader.end_position();
            entries.extend(category.map(|category| Entry { category, element, tag }));
            Ok(())
        })?;
        let is_empty = text[root.clone()].ends_with("/>");
        let end = if is_empty { root.end } else { reader.position() };
        reader.finish()?;
        Ok(Self { text, root, end, entries })
    }

    /// It as it is kept.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Its categories, in its order.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.entries.iter().map(|entry| &entry.category)
    }

    /// The category with this GUID; braces and case are no matter.
    pub fn by_guid(&self, guid: &str) -> Option<&Category> {
        self.entry(guid).map(|entry| &entry.category)
    }

    /// The category with this name; case is no matter.
    pub fn by_name(&self, name: &str) -> Option<&Category> {
        self.categories().find(|category| same_name(&category.name, name))
    }

    fn entry(&self, guid: &str) -> Option<&Entry> {
        let bare = |guid: &str| guid.trim_matches(['{', '}']).to_ascii_lowercase();
        let wanted = bare(guid);
        self.entries.iter().find(|entry| bare(&entry.category.guid) == wanted)
    }

    /// Adds a category at the end.
    ///
    /// # Errors
    /// When the list becomes too long.
    pub fn add(&mut self, category: &Category, now: Timestamp) -> Result<(), ReadError> {
        let qualified = &self.text[self.root.start + 1..self.root.end];
        let name_end = qualified.find([' ', '\t', '\r', '\n', '/', '>']).unwrap_or(0);
        let root = qualified[..name_end].to_owned();
        let prefix = root.strip_suffix("categories").unwrap_or_default();
        let mut element = written(prefix, category, now);
        let mut at = self.end..self.end;
        if self.text[self.root.clone()].ends_with("/>") {
            // The root has to be opened for it.
            at = self.root.end - 2..self.root.end;
            element = format!(">{element}</{root}>");
        }
        self.splice(at, &element)?;
        self.saved(now)
    }

    /// Takes a category out. Says whether it was there.
    ///
    /// # Errors
    /// Never, in truth.
    pub fn remove(&mut self, guid: &str, now: Timestamp) -> Result<bool, ReadError> {
        let Some(entry) = self.entry(guid) else { return Ok(false) };
        let element = entry.element.clone();
        self.splice(element, "")?;
        self.saved(now)?;
        Ok(true)
    }

    /// Gives a category another name. Says whether it was there.
    ///
    /// # Errors
    /// When the list becomes too long.
    pub fn rename(&mut self, guid: &str, name: &str, now: Timestamp) -> Result<bool, ReadError> {
        let Some(entry) = self.entry(guid) else { return Ok(false) };
        let tag = entry.tag.clone();
        self.set_attribute(tag, "name", name)?;
        self.saved(now)?;
        Ok(true)
    }

    /// It is saved now.
    fn saved(&mut self, now: Timestamp) -> Result<(), ReadError> {
        let root = self.root.clone();
        with_time(now, |now| self.set_attribute(root, "lastSavedTime", now))
    }

    /// Changes an attribute of a tag; one that is not there is left alone.
    fn set_attribute(&mut self, tag: Range<usize>, key: &str, to: &str) -> Result<(), ReadError> {
        let Some(place) = attribute(&self.text[tag.clone()], key) else { return Ok(()) };
        let mut w = Writer::new();
        w.open("x");
        w.attr(key, to);
        let written = String::from_utf8_lossy(&w.into_bytes()).into_owned();
        let written = written.trim_start_matches("<x ").trim_end_matches('>');
        self.splice(tag.start + place.start..tag.start + place.end, written)
    }

    fn splice(&mut self, at: Range<usize>, with: &str) -> Result<(), ReadError> {
        let mut text = self.text.clone();
        text.replace_range(at, with);
        *self = Self::read_text(text)?;
        Ok(())
    }
}

/// Whether two names of categories are one to Outlook.
fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

fn category(element: &Element<'_>) -> Result<Option<Category>, ReadError> {
    let color = element.attr("color")?.and_then(|color| color.trim().parse().ok());
    let known = element.attr_string("name")?.zip(element.attr_string("guid")?);
    Ok(known.map(|(name, guid)| Category { name, color: color.unwrap_or(-1), guid }))
}

/// A category that was never used.
fn written(prefix: &str, category: &Category, now: Timestamp) -> String {
    let mut w = Writer::new();
    w.open_in(prefix, "category");
    w.attr("renameOnFirstUse", "0");
    w.attr("name", &category.name);
    w.attr_display("color", category.color);
    w.attr("keyboardShortcut", "0");
    w.attr("usageCount", "0");
    with_time(now, |now| w.attr("lastTimeUsed", now));
    w.attr("lastSessionUsed", "0");
    w.attr("guid", &category.guid);
    w.close_in(prefix, "category");
    String::from_utf8_lossy(&w.into_bytes()).into_owned()
}

/// Where an attribute stands in a start tag that is known to be well-formed.
fn attribute(tag: &str, wanted: &str) -> Option<Range<usize>> {
    let space = |c: char| c.is_ascii_whitespace();
    let mut at = tag.find(space)?;
    loop {
        at += tag[at..].find(|c| !space(c))?;
        let equals = at + tag[at..].find('=')?;
        let key = tag[at..equals].trim_end();
        let opening = equals + tag[equals..].find(['"', '\''])?;
        let quote = tag[opening..].chars().next()?;
        let closing = opening + 1 + tag[opening + 1..].find(quote)?;
        if key == wanted {
            return Some(at..closing + 1);
        }
        at = closing + 1;
    }
}

#[cfg(test)]
mod tests;
