//! Between a contact's properties and vCard 3.0 (RFC 2426), as [MS-OXVCARD] maps them. Lenient when
//! it reads: what it does not know says nothing.

use std::convert::Infallible;

use jiff::civil::Date;
use jiff::tz;
use wire::ews::value::Body;
use wire::ews::{Dictionary, Field, Properties, Property, Value};

use crate::exchange::calendar::ical::lines::{self, Line, escape};
use crate::exchange::search::texts;

/// Lines whose value is one text.
const TEXTS: [(&str, Field); 8] = [
    ("FN", Field::ContactDisplayName),
    ("NICKNAME", Field::ContactNickname),
    ("TITLE", Field::ContactJobTitle),
    ("ROLE", Field::ContactProfession),
    ("URL", Field::ContactBusinessHomePage),
    ("X-MS-SPOUSE", Field::ContactSpouseName),
    ("X-MS-MANAGER", Field::ContactManager),
    ("X-MS-ASSISTANT", Field::ContactAssistantName),
];

/// Numbers by their types; the first that fits best counts.
const NUMBERS: [(&str, &[&str]); 12] = [
    ("HomeFax", &["HOME", "FAX"]),
    ("BusinessFax", &["WORK", "FAX"]),
    ("HomePhone", &["HOME"]),
    ("HomePhone2", &["HOME"]),
    ("BusinessPhone", &["WORK"]),
    ("BusinessPhone2", &["WORK"]),
    ("MobilePhone", &["CELL"]),
    ("Pager", &["PAGER"]),
    ("CarPhone", &["CAR"]),
    ("Isdn", &["ISDN"]),
    ("PrimaryPhone", &["PREF"]),
    ("OtherTelephone", &[]),
];

const ADDRESSES: [(&str, &str); 3] = [("Home", "HOME"), ("Business", "WORK"), ("Other", "")];

/// The parts of an address after its box and its extension.
const ADDRESS: [Dictionary; 5] = [
    Dictionary::Street,
    Dictionary::City,
    Dictionary::State,
    Dictionary::PostalCode,
    Dictionary::CountryOrRegion,
];

const EMAILS: [&str; 3] = ["EmailAddress1", "EmailAddress2", "EmailAddress3"];

/// A contact as vCard.
pub(in crate::exchange) fn write(all: &Properties) -> Vec<u8> {
    let mut out = String::new();
    let mut line = |text: &str| lines::write(&mut out, text);
    let text = |field: Field| escape(all.text(field).unwrap_or_default());
    for head in ["BEGIN:VCARD", "PROFILE:VCARD", "VERSION:3.0", "PRODID:Microsoft Exchange"] {
        line(head);
    }
    let name = [Field::ContactSurname, Field::ContactGivenName, Field::ContactMiddleName].map(text);
    line(&format!("N:{};;{}", name.join(";"), text(Field::ContactGeneration)));
    for (name, field) in TEXTS {
        if name == "FN" || !text(field).is_empty() {
            line(&format!("{name}:{}", text(field)));
        }
    }
    let work = [Field::ContactCompanyName, Field::ContactDepartment].map(text);
    if work.iter().any(|part| !part.is_empty()) {
        line(&format!("ORG:{}", work.join(";")));
    }
    let entry = |dictionary, key: &str| {
        let value = all.get(&Property::indexed(dictionary, key))?;
        let found = texts(value).pop().filter(|text| !text.is_empty())?;
        Some(escape(&found))
    };
    for address in EMAILS.iter().filter_map(|key| entry(Dictionary::EmailAddress, key)) {
        line(&format!("EMAIL;TYPE=INTERNET:{address}"));
    }
    for (key, types) in NUMBERS {
        let Some(number) = entry(Dictionary::PhoneNumber, key) else { continue };
        let types: String = types.iter().flat_map(|it| [";TYPE=", *it]).collect();
        line(&format!("TEL{types}:{number}"));
    }
    for (key, kind) in ADDRESSES {
        let parts = ADDRESS.map(|part| entry(part, key).unwrap_or_default());
        if parts.iter().any(|part| !part.is_empty()) {
            let kind = if kind.is_empty() { String::new() } else { format!(";TYPE={kind}") };
            line(&format!("ADR{kind}:;;{}", parts.join(";")));
        }
    }
    if let Some(born) = all.date_time(Field::ContactBirthday) {
        line(&format!("BDAY:{}", tz::Offset::UTC.to_datetime(born).date()));
    }
    if let Some(Value::Strings(list)) = all.field(Field::ItemCategories) {
        let list: Vec<_> = list.iter().map(|it| escape(it)).collect();
        line(&format!("CATEGORIES:{}", list.join(",")));
    }
    let note = text(Field::ItemTextBody);
    if !note.is_empty() {
        line(&format!("NOTE:{note}"));
    }
    line("END:VCARD");
    out.into_bytes()
}

/// What a vCard says of somebody; none if it is none.
pub(in crate::exchange) fn read(content: &[u8]) -> Option<Properties> {
    let text = String::from_utf8_lossy(content);
    let mut all = Properties::default();
    let mut is_one = false;
    let read: Result<(), Infallible> = lines::unfold(&text, |text| {
        let text = text.trim_start_matches('\u{FEFF}');
        let Some(line) = Line::read(text) else { return Ok(()) };
        // Some programs put lines together in groups.
        let name = line.name.rsplit('.').next().unwrap_or_default();
        match name {
            "BEGIN" => is_one |= line.value.trim().eq_ignore_ascii_case("VCARD"),
            _ if is_one => take(name, &line, &mut all),
            _ => {}
        }
        Ok(())
    });
    let Ok(()) = read;
    is_one.then_some(all)
}

fn take(name: &str, line: &Line<'_>, all: &mut Properties) {
    let mut set = |property: Property, text: &str| {
        if !text.is_empty() {
            all.set(property, text);
        }
    };
    if let Some((_, field)) = TEXTS.iter().find(|(known, _)| *known == name) {
        return set(Property::Field(*field), &line.text());
    }
    match name {
        "N" => {
            let fields = [
                Some(Field::ContactSurname),
                Some(Field::ContactGivenName),
                Some(Field::ContactMiddleName),
                None,
                Some(Field::ContactGeneration),
            ];
            for (field, part) in fields.into_iter().zip(line.parts()) {
                if let Some(field) = field {
                    set(Property::Field(field), &part);
                }
            }
        }
        "ORG" => {
            let fields = [Field::ContactCompanyName, Field::ContactDepartment];
            for (field, part) in fields.into_iter().zip(line.parts()) {
                set(Property::Field(field), &part);
            }
        }
        "ADR" => {
            let is = |kind: &str| line.all("TYPE").any(|it| it.eq_ignore_ascii_case(kind));
            let (key, _) = ADDRESSES.into_iter().find(|(_, kind)| is(kind)).unwrap_or(ADDRESSES[2]);
            for (part, text) in ADDRESS.into_iter().zip(line.parts().into_iter().skip(2)) {
                set(Property::indexed(part, key), &text);
            }
        }
        "EMAIL" => entry(Dictionary::EmailAddress, EMAILS.into_iter(), line, all),
        "TEL" => {
            let is = |kind: &&str| line.all("TYPE").any(|it| it.eq_ignore_ascii_case(kind));
            let fitting = NUMBERS.into_iter().filter(|(_, types)| types.iter().all(is));
            entry(Dictionary::PhoneNumber, fitting.map(|(key, _)| key), line, all);
        }
        "BDAY" => {
            let day = line.value.trim();
            let day = day
                .get(..10)
                .and_then(|day| day.parse::<Date>().ok())
                .or_else(|| Date::strptime("%Y%m%d", day.get(..8)?).ok());
            let moment = day.and_then(|it| tz::Offset::UTC.to_timestamp(it.at(0, 0, 0, 0)).ok());
            if let Some(moment) = moment {
                all.set(Field::ContactBirthday, moment);
            }
        }
        "CATEGORIES" => {
            all.set(Field::ItemCategories, line.texts());
        }
        "NOTE" => {
            all.set(Field::ItemBody, Body::text(line.text()));
        }
        _ => {}
    }
}

/// Puts a value under the first key that has none yet; of more than there are keys the rest is
/// lost, as Exchange has no place for it either.
fn entry(
    dictionary: Dictionary,
    keys: impl Iterator<Item = &'static str>,
    line: &Line<'_>,
    all: &mut Properties,
) {
    let text = line.text();
    let mut keys = keys.map(|key| Property::indexed(dictionary, key));
    if let Some(free) = keys.find(|key| all.get(key).is_none()).filter(|_| !text.is_empty()) {
        all.set(free, text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn indexed(all: &Properties, dictionary: Dictionary, key: &str) -> Option<String> {
        all.get(&Property::indexed(dictionary, key))?.as_text().map(ToOwned::to_owned)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut all = Properties::default();
        for (place, (_, field)) in TEXTS.iter().enumerate() {
            all.set(*field, format!("{place}; a, b\\c"));
        }
        for field in [
            Field::ContactSurname,
            Field::ContactGivenName,
            Field::ContactMiddleName,
            Field::ContactGeneration,
            Field::ContactCompanyName,
            Field::ContactDepartment,
        ] {
            all.set(field, format!("{};\u{fc}", field.uri()).repeat(9));
        }
        for key in EMAILS {
            all.set(Property::indexed(Dictionary::EmailAddress, key), format!("{key}@x"));
        }
        for (key, _) in NUMBERS {
            all.set(Property::indexed(Dictionary::PhoneNumber, key), format!("+49 {key}"));
        }
        for (key, _) in ADDRESSES {
            for part in ADDRESS {
                all.set(Property::indexed(part, key), format!("{key}\n{}", part.uri()));
            }
        }
        all.set(Field::ContactBirthday, "1980-05-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap());
        all.set(Field::ItemCategories, vec!["a,b".to_owned(), "c".to_owned()]);
        all.set(Field::ItemTextBody, Body::text("Met in\nRome"));
        let back = read(&write(&all)).unwrap();
        for (property, value) in &all {
            let found = match property {
                Property::Field(Field::ItemTextBody) => back.field(Field::ItemBody),
                other => back.get(other),
            };
            assert_eq!(found, Some(value), "{property:?}");
        }
        assert_eq!(back.len(), all.len());
    }

    #[test]
    fn cards_of_other_programs_are_read_as_well() {
        let text = "begin:vcard\nversion:3.0\nN:Lee;Ann;;Dr.;\nFN:Ann Lee\n\
            item1.EMAIL;type=INTERNET;type=WORK:ann@x\nTEL;TYPE=\"WORK,VOICE\":1\n\
            TEL;TYPE=WORK:2\nTEL:3\nBDAY:19800501\nADR;TYPE=work:;;Main\n  Street 1;Rome\n\
            PHOTO;ENCODING=b:AAAA\nnonsense\nend:vcard\n";
        let all = read(text.as_bytes()).unwrap();
        assert_eq!(all.text(Field::ContactGivenName), Some("Ann"));
        let number = |key| indexed(&all, Dictionary::PhoneNumber, key);
        assert_eq!(number("BusinessPhone").as_deref(), Some("1"));
        assert_eq!(number("BusinessPhone2").as_deref(), Some("2"));
        assert_eq!(number("OtherTelephone").as_deref(), Some("3"));
        let email = indexed(&all, Dictionary::EmailAddress, "EmailAddress1");
        assert_eq!(email.as_deref(), Some("ann@x"));
        let street = indexed(&all, Dictionary::Street, "Business");
        assert_eq!(street.as_deref(), Some("Main Street 1"));
        assert!(all.date_time(Field::ContactBirthday).is_some());
        assert_eq!(read(b"BEGIN:VCALENDAR\nFN:x"), None);
        assert_eq!(read(b""), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut card = b"BEGIN:VCARD\nTEL;TYPE=".to_vec();
            card.extend(bytes);
            if let Some(all) = read(&card) {
                write(&all);
            }
        }
    }
}
