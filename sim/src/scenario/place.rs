//! Finds again where a value stands in its file, so that the types it is read into need not carry
//! places about.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of the file, or, where it is absent, the nearest thing around it.
#[derive(Debug, Clone)]
pub(super) struct At<'t> {
    node: Node<'t>,
    span: Range<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Node<'t> {
    Root(&'t DeTable<'t>),
    Value(&'t DeValue<'t>),
    Absent,
}

impl<'t> At<'t> {
    /// The whole file. What is missing in it is shown at its beginning.
    pub(super) fn root(table: &'t Spanned<DeTable<'t>>) -> Self {
        Self { node: Node::Root(table.get_ref()), span: 0..0 }
    }

    /// What stands under a key.
    pub(super) fn key(&self, key: &str) -> Self {
        let table = match self.node {
            Node::Root(table) => Some(table),
            Node::Value(value) => value.as_table(),
            Node::Absent => None,
        };
        match table.and_then(|table| table.get(key)) {
            Some(value) => Self { node: Node::Value(value.get_ref()), span: value.span() },
            None => self.absent(),
        }
    }

    /// An entry of a list; a value that is no list is its own only entry.
    pub(super) fn index(&self, index: usize) -> Self {
        let Node::Value(DeValue::Array(array)) = self.node else { return self.clone() };
        match array.get(index) {
            Some(value) => Self { node: Node::Value(value.get_ref()), span: value.span() },
            None => self.absent(),
        }
    }

    /// Whether there is anything at all.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self.node, Node::Absent)
    }

    fn absent(&self) -> Self {
        Self { node: Node::Absent, span: self.span.clone() }
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}
