//! Reads and writes items by the table of fields.

use super::{Item, Properties, dictionary};
use crate::ews::property::Kind;
use crate::ews::xml::{Ns, ReadError, Reader, Writer};
use crate::ews::{ExtendedField, Field, ItemClass, Property, Value};

impl Item {
    /// Reads the open element, whose name gave the class.
    pub(crate) fn read(r: &mut Reader, class: ItemClass) -> Result<Self, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if el.ns != Ns::Types {
                return Ok(());
            }
            let Some(field) = class.field(el.name) else { return Ok(()) };
            match field.kind() {
                Kind::Extended => list.extend(read_extended(r)?),
                kind @ (Kind::EmailAddresses
                | Kind::PhysicalAddresses
                | Kind::PhoneNumbers
                | Kind::ImAddresses) => dictionary::read(r, kind, &mut list)?,
                kind => {
                    let value = Value::read(r, &el, kind)?;
                    list.extend(value.map(|value| (Property::Field(field), value)));
                }
            }
            Ok(())
        })?;
        Ok(Self { class, properties: Properties::from(list) })
    }

    /// Reads the items in the open element.
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if let (Ns::Types, Some(class)) = (el.ns, ItemClass::from_element(el.name)) {
                list.push(Self::read(r, class)?);
            }
            Ok(())
        })?;
        Ok(list)
    }

    pub(crate) fn write_list(list: &[Self], w: &mut Writer, name: &str) {
        w.open(name);
        for item in list {
            item.write(w);
        }
        w.close(name);
    }

    /// Writes it with its properties in the schema's order. Properties that its class does not
    /// have are left out.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.open_in("t:", self.class.element());
        let mut places: Vec<(u16, &Property, &Value)> = self
            .properties
            .iter()
            .map(|(property, value)| (self.place(property), property, value))
            .filter(|(place, _, _)| *place > 0)
            .collect();
        if !places.is_sorted_by_key(|(place, _, _)| *place) {
            places.sort_by_key(|(place, _, _)| *place);
        }
        let mut rest = &places[..];
        while let Some(&(place, property, value)) = rest.first() {
            let same = rest.iter().take_while(|(other, _, _)| *other == place).count();
            let (group, others) = rest.split_at(same);
            rest = others;
            match property {
                Property::Field(field) => value.write(w, field.element()),
                Property::Indexed(first, _) => {
                    let entries = group.iter().filter_map(|(_, property, value)| match property {
                        Property::Indexed(dictionary, key) => {
                            Some((*dictionary, key.as_str(), *value))
                        }
                        _ => None,
                    });
                    dictionary::write(w, first.field(), entries);
                }
                Property::Extended(_) | Property::Unknown(_) => {
                    for (_, property, value) in group {
                        if let Property::Extended(field) = property {
                            write_extended(w, field, value);
                        }
                    }
                }
            }
        }
        w.close_in("t:", self.class.element());
    }

    fn place(&self, property: &Property) -> u16 {
        match property {
            Property::Field(field) => self.class.place(*field),
            Property::Indexed(dictionary, _) => self.class.place(dictionary.field()),
            Property::Extended(_) => self.class.place(Field::ItemExtendedProperty),
            Property::Unknown(_) => 0,
        }
    }
}

/// Reads the open `ExtendedProperty`. Folders have them too.
pub(crate) fn read_extended(r: &mut Reader) -> Result<Option<(Property, Value)>, ReadError> {
    let (mut field, mut value) = (None, None);
    r.children(|r, el| {
        match (el.ns, el.name) {
            (Ns::Types, "ExtendedFieldURI") => field = Some(ExtendedField::read(&el)?),
            (Ns::Types, "Value") => value = Some(Value::Text(r.string()?)),
            (Ns::Types, "Values") => {
                let mut list = Vec::new();
                r.children(|r, el| {
                    if el.is(Ns::Types, "Value") {
                        list.push(r.string()?);
                    }
                    Ok(())
                })?;
                value = Some(Value::Strings(list));
            }
            _ => {}
        }
        Ok(())
    })?;
    let Some(field) = field else { return Ok(None) };
    let value = match value {
        Some(Value::Text(text)) => Value::of_type(field.kind(), text),
        Some(value) => value,
        None => return Ok(None),
    };
    Ok(Some((Property::Extended(field), value)))
}

/// Writes an `ExtendedProperty`.
pub(crate) fn write_extended(w: &mut Writer, field: &ExtendedField, value: &Value) {
    w.open("t:ExtendedProperty");
    field.write(w);
    if let Value::Strings(list) = value {
        w.open("t:Values");
        for text in list {
            w.element("t:Value", text);
        }
        w.close("t:Values");
    } else {
        value.write(w, "Value");
    }
    w.close("t:ExtendedProperty");
}
