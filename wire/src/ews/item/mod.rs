//! An item of any class: a class and what is known of it, property by property. One table
//! ([`super::property`]) says which properties there are, for reading and for writing.

mod dictionary;
mod properties;
mod xml;

#[cfg(test)]
mod tests;

pub use properties::Properties;
pub(crate) use xml::{read_extended, write_extended};

use super::{Field, ItemClass, ItemId, Property, Value};

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is.
    pub class: ItemClass,
    /// What is known of it.
    pub properties: Properties,
}

impl Item {
    /// An item of which nothing is known.
    pub fn new(class: ItemClass) -> Self {
        Self { class, properties: Properties::default() }
    }

    /// The same item with one more property.
    #[must_use]
    pub fn with(mut self, property: impl Into<Property>, value: impl Into<Value>) -> Self {
        self.properties.set(property, value);
        self
    }

    /// Its id.
    pub fn id(&self) -> Option<&ItemId> {
        match self.properties.field(Field::ItemId) {
            Some(Value::ItemId(id)) => Some(id),
            _ => None,
        }
    }
}
