//! Lists within a property: each has one element of its own around every entry.

use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{ItemClass, Mailbox};

/// Reads what the children of one name in the open element hold.
pub(super) fn read<T>(
    r: &mut Reader,
    name: &str,
    mut entry: impl FnMut(&mut Reader, &Element) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut list = Vec::new();
    r.children(|r, el| {
        if el.is(Ns::Types, name) {
            list.push(entry(r, &el)?);
        }
        Ok(())
    })?;
    Ok(list)
}

pub(super) fn read_headers(r: &mut Reader) -> Result<Vec<(String, String)>, ReadError> {
    read(r, "InternetMessageHeader", |r, el| {
        Ok((el.require("InternetMessageHeader", "HeaderName")?, r.string()?))
    })
}

pub(super) fn write_headers(w: &mut Writer, headers: &[(String, String)]) {
    for (name, value) in headers {
        w.open("t:InternetMessageHeader");
        w.attr("HeaderName", name);
        w.text(value);
        w.close("t:InternetMessageHeader");
    }
}

pub(super) fn write_mailboxes(w: &mut Writer, list: &[Mailbox]) {
    for mailbox in list {
        mailbox.write(w, "t:Mailbox");
    }
}

/// Reads the names of the elements in the open element, as far as they are classes.
pub(super) fn read_classes(r: &mut Reader) -> Result<Vec<ItemClass>, ReadError> {
    let mut list = Vec::new();
    r.children(|_, el| {
        if el.ns == Ns::Types {
            list.extend(ItemClass::from_element(el.name));
        }
        Ok(())
    })?;
    Ok(list)
}

pub(super) fn write_classes(w: &mut Writer, list: &[ItemClass]) {
    for class in list {
        w.open_in("t:", class.element());
        w.close_in("t:", class.element());
    }
}
