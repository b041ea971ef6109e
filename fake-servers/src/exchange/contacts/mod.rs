//! Contacts: what follows from a contact's own properties, and contacts as vCard, the form of their
//! MimeContent.
//!
//! - [`vcard`]: from vCard and to it.

mod vcard;

pub(super) use vcard::{read, write};

use wire::ews::value::Tree;
use wire::ews::{Field, Properties};

/// Adds the complete name, which is read and never set (types.xsd, `CompleteNameType`).
pub(super) fn complete(all: &mut Properties) {
    const PARTS: [(&str, Field); 9] = [
        ("FirstName", Field::ContactGivenName),
        ("MiddleName", Field::ContactMiddleName),
        ("LastName", Field::ContactSurname),
        ("Suffix", Field::ContactGeneration),
        ("Initials", Field::ContactInitials),
        ("FullName", Field::ContactDisplayName),
        ("Nickname", Field::ContactNickname),
        ("YomiFirstName", Field::ContactPhoneticFirstName),
        ("YomiLastName", Field::ContactPhoneticLastName),
    ];
    let mut name = Tree::new(Field::ContactCompleteName.element());
    for (part, field) in PARTS {
        if let Some(text) = all.text(field).filter(|text| !text.is_empty()) {
            name = name.with(part, text);
        }
    }
    if !name.children.is_empty() {
        all.set(Field::ContactCompleteName, wire::ews::Value::Tree(Box::new(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_its_parts_in_the_order_of_the_schema() {
        let mut all = Properties::default();
        complete(&mut all);
        assert_eq!(all.field(Field::ContactCompleteName), None);
        all.set(Field::ContactDisplayName, "Ann B. Lee");
        all.set(Field::ContactSurname, "Lee");
        all.set(Field::ContactGivenName, "Ann");
        complete(&mut all);
        let Some(wire::ews::Value::Tree(name)) = all.field(Field::ContactCompleteName) else {
            panic!()
        };
        let parts: Vec<_> =
            name.children.iter().map(|it| (it.name.as_str(), it.text.as_str())).collect();
        let expected = [("FirstName", "Ann"), ("LastName", "Lee"), ("FullName", "Ann B. Lee")];
        assert_eq!(parts, expected);
    }
}
