//! Elements kept as they came, for the properties that nobody here looks into but that clients
//! want back.

use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// An element of the types' namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// Its text, if it has no children.
    pub text: String,
    /// Its children.
    pub children: Vec<Self>,
}

impl Tree {
    /// An element without anything.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The same element with one more child that holds text.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.children.push(Self { text: text.into(), ..Self::new(name) });
        self
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut tree = Self { attributes: element.attrs()?, ..Self::new(element.name) };
        tree.text = r.mixed(|r, el| {
            if el.ns == Ns::Types {
                tree.children.push(Self::read(r, &el)?);
            }
            Ok(())
        })?;
        if !tree.children.is_empty() {
            tree.text.clear();
        }
        Ok(tree)
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open_in("t:", &self.name);
        self.write_content(w);
        w.close_in("t:", &self.name);
    }

    /// Writes the attributes and children of the element that is open.
    pub(crate) fn write_content(&self, w: &mut Writer) {
        for (name, value) in &self.attributes {
            w.attr(name, value);
        }
        w.text(&self.text);
        for child in &self.children {
            child.write(w);
        }
    }
}
