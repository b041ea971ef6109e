//! A set of properties with their values: a sorted list, because most have a handful and there are
//! very many of them.

use jiff::Timestamp;

use crate::ews::{Field, Property, Value};

/// Properties with their values, each at most once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties(Vec<(Property, Value)>);

impl Properties {
    /// The value of a property.
    pub fn get(&self, property: &Property) -> Option<&Value> {
        let at = self.find(property).ok()?;
        Some(&self.0[at].1)
    }

    /// The value of a field.
    pub fn field(&self, field: Field) -> Option<&Value> {
        let at = self
            .0
            .binary_search_by(|(known, _)| match known {
                Property::Field(known) => known.cmp(&field),
                // All fields come before anything else.
                _ => std::cmp::Ordering::Greater,
            })
            .ok()?;
        Some(&self.0[at].1)
    }

    /// The text of a field.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.field(field)?.as_text()
    }

    /// The boolean of a field.
    pub fn bool(&self, field: Field) -> Option<bool> {
        self.field(field)?.as_bool()
    }

    /// The number of a field.
    pub fn int(&self, field: Field) -> Option<i64> {
        self.field(field)?.as_int()
    }

    /// The time of a field.
    pub fn date_time(&self, field: Field) -> Option<Timestamp> {
        self.field(field)?.as_date_time()
    }

    /// Sets a property, and gives back what it was.
    pub fn set(&mut self, property: impl Into<Property>, value: impl Into<Value>) -> Option<Value> {
        let (property, value) = (property.into(), value.into());
        match self.find(&property) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (property, value));
                None
            }
        }
    }

    /// Removes a property, and gives back what it was.
    pub fn remove(&mut self, property: &Property) -> Option<Value> {
        let at = self.find(property).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Keeps only some of them.
    pub fn retain(&mut self, mut keep: impl FnMut(&Property) -> bool) {
        self.0.retain(|(property, _)| keep(property));
    }

    /// All of them, in the order of [`Property`].
    pub fn iter(&self) -> std::slice::Iter<'_, (Property, Value)> {
        self.0.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, property: &Property) -> Result<usize, usize> {
        // They usually come in order.
        if self.0.last().is_none_or(|(last, _)| last < property) {
            return Err(self.0.len());
        }
        self.0.binary_search_by(|(known, _)| known.cmp(property))
    }
}

/// Of a property given twice the last one counts. Sorting once keeps a hostile list, given
/// backwards, from costing the square of its length.
impl From<Vec<(Property, Value)>> for Properties {
    fn from(mut list: Vec<(Property, Value)>) -> Self {
        if !list.is_sorted_by(|a, b| a.0 < b.0) {
            list.sort_by(|a, b| a.0.cmp(&b.0));
            list.reverse();
            list.dedup_by(|a, b| a.0 == b.0);
            list.reverse();
        }
        Self(list)
    }
}

impl FromIterator<(Property, Value)> for Properties {
    fn from_iter<I: IntoIterator<Item = (Property, Value)>>(list: I) -> Self {
        Self::from(list.into_iter().collect::<Vec<_>>())
    }
}

impl<'a> IntoIterator for &'a Properties {
    type Item = &'a (Property, Value);
    type IntoIter = std::slice::Iter<'a, (Property, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Properties {
    type Item = (Property, Value);
    type IntoIter = std::vec::IntoIter<(Property, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ews::{ExtendedField, PropertyType};

    #[test]
    fn the_last_of_two_counts() {
        let list = [("a", Field::ItemSubject), ("b", Field::ItemClass), ("c", Field::ItemSubject)];
        let properties: Properties =
            list.into_iter().map(|(text, field)| (field.into(), text.into())).collect();
        assert_eq!(properties.text(Field::ItemSubject), Some("c"));
        assert_eq!(properties.text(Field::ItemClass), Some("b"));
        assert_eq!(properties.len(), 2);
    }

    #[test]
    fn properties_are_set_and_removed() {
        let tag = Property::from(ExtendedField::tag(0xe07, PropertyType::Integer));
        let mut properties = Properties::default();
        assert_eq!(properties.set(tag.clone(), 8), None);
        assert_eq!(properties.set(Field::ItemSubject, "x"), None);
        assert_eq!(properties.set(Field::ItemSubject, "y"), Some(Value::from("x")));
        assert_eq!(properties.get(&tag), Some(&Value::Int(8)));
        assert_eq!(properties.field(Field::ItemBody), None);
        assert_eq!(properties.remove(&tag), Some(Value::Int(8)));
        assert_eq!(properties.remove(&tag), None);
        assert_eq!(properties.len(), 1);
    }
}
