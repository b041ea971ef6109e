//! Fields that are dictionaries. Each entry, and of a postal address each line, is a property of
//! its own, so that `contacts:PhoneNumber` with `MobilePhone` is set and deleted like any other.

use std::collections::BTreeMap;

use crate::ews::property::Kind;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{Dictionary, Field, Mailbox, Property, Value};

/// The lines of a postal address in the schema's order.
const LINES: [Dictionary; 5] = [
    Dictionary::Street,
    Dictionary::City,
    Dictionary::State,
    Dictionary::CountryOrRegion,
    Dictionary::PostalCode,
];

/// Reads the entries in the open element of such a field.
pub(super) fn read(
    r: &mut Reader,
    kind: Kind,
    list: &mut Vec<(Property, Value)>,
) -> Result<(), ReadError> {
    r.children(|r, el| {
        if !el.is(Ns::Types, "Entry") {
            return Ok(());
        }
        let key = el.require("Entry", "Key")?;
        if kind == Kind::PhysicalAddresses {
            return r.children(|r, el| {
                let line = LINES.iter().find(|line| el.is(Ns::Types, line.part()));
                if let Some(&line) = line {
                    list.push((Property::indexed(line, key.clone()), r.string()?.into()));
                }
                Ok(())
            });
        }
        let (dictionary, value) = match kind {
            Kind::EmailAddresses => (Dictionary::EmailAddress, read_address(r, &el)?),
            Kind::PhoneNumbers => (Dictionary::PhoneNumber, r.string()?.into()),
            _ => (Dictionary::ImAddress, r.string()?.into()),
        };
        list.push((Property::Indexed(dictionary, key), value));
        Ok(())
    })
}

/// An address alone is text; one with a name and a type is a mailbox.
fn read_address(r: &mut Reader, entry: &Element) -> Result<Value, ReadError> {
    let mut mailbox = Mailbox {
        name: entry.attr_string("Name")?,
        routing_type: entry.attr_string("RoutingType")?,
        mailbox_type: entry.attr_string("MailboxType")?,
        ..Mailbox::default()
    };
    let address = r.string()?;
    if mailbox == Mailbox::default() {
        return Ok(address.into());
    }
    mailbox.address = Some(address);
    Ok(mailbox.into())
}

/// Writes the entries that make up one field.
pub(super) fn write<'a>(
    w: &mut Writer,
    field: Field,
    entries: impl Iterator<Item = (Dictionary, &'a str, &'a Value)>,
) {
    w.open_in("t:", field.element());
    if field.kind() == Kind::PhysicalAddresses {
        write_addresses(w, entries);
    } else {
        for (_, key, value) in entries {
            w.open("t:Entry");
            w.attr("Key", key);
            if let Value::Mailbox(mailbox) = value {
                w.attr_opt("Name", mailbox.name.as_deref());
                w.attr_opt("RoutingType", mailbox.routing_type.as_deref());
                w.attr_opt("MailboxType", mailbox.mailbox_type.as_deref());
                w.text(mailbox.address.as_deref().unwrap_or_default());
            } else {
                value.with_text(|text| w.text(text));
            }
            w.close("t:Entry");
        }
    }
    w.close_in("t:", field.element());
}

/// The lines come sorted by line; the schema wants them by address.
fn write_addresses<'a>(
    w: &mut Writer,
    entries: impl Iterator<Item = (Dictionary, &'a str, &'a Value)>,
) {
    let mut addresses: BTreeMap<&str, Vec<(Dictionary, &Value)>> = BTreeMap::new();
    for (line, key, value) in entries {
        addresses.entry(key).or_default().push((line, value));
    }
    for (key, lines) in addresses {
        w.open("t:Entry");
        w.attr("Key", key);
        for (line, value) in lines {
            value.write(w, line.part());
        }
        w.close("t:Entry");
    }
}
