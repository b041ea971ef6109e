//! `ResolveNames`: the directory is all mailboxes of the store; contacts are those of the caller.

use wire::ews::services::{Resolution, ResolutionSet, Resolutions, ResolveNames, SearchScope};
use wire::ews::{
    Dictionary, Field, Item, ItemClass, Mailbox, Property, ResponseCode, ResponseMessage,
};

use super::super::call::Call;
use super::super::items::Known;
use crate::store::FolderNo;

/// More are never answered (types.xsd, `ArrayOfResolutionType`).
const MOST: usize = 100;

/// Whom a part of a name or an address may mean.
pub(in crate::exchange) fn resolve(
    call: &Call<'_>,
    request: &ResolveNames,
) -> ResponseMessage<Resolutions> {
    let entry = request.entry.trim();
    // "smtp:" and "sip:" say that an address follows.
    let entry = entry.split_once(':').map_or(entry, |(_, address)| address);
    if entry.is_empty() {
        let text = "The name to be resolved is not valid.";
        return ResponseMessage::error(ResponseCode::ErrorInvalidNameForNameResolution, text);
    }
    let of_directory = || directory(call, entry).into_iter().map(Resolution::of);
    let of_contacts = || contacts(call, entry, request.full_contacts);
    let found: Vec<Resolution> = match request.scope {
        Some(SearchScope::ActiveDirectory) => of_directory().collect(),
        Some(SearchScope::Contacts) => of_contacts(),
        Some(SearchScope::ContactsActiveDirectory) => {
            of_contacts().into_iter().chain(of_directory()).collect()
        }
        // The default (messages.xsd).
        None | Some(SearchScope::ActiveDirectoryContacts) => {
            of_directory().chain(of_contacts()).collect()
        }
    };
    match found.len() {
        0 => ResponseMessage::error(
            ResponseCode::ErrorNameResolutionNoResults,
            "No results were found.",
        ),
        1 => ResponseMessage::ok(content(found)),
        _ => {
            let code = ResponseCode::ErrorNameResolutionMultipleResults;
            let several = ResponseMessage::warning(code, "Multiple results were found.");
            ResponseMessage { content: content(found), ..several }
        }
    }
}

fn content(mut found: Vec<Resolution>) -> Resolutions {
    let is_last = found.len() <= MOST;
    found.truncate(MOST);
    let set = ResolutionSet {
        is_last: Some(is_last),
        total: i32::try_from(found.len()).ok(),
        resolutions: found,
        ..ResolutionSet::default()
    };
    Resolutions { set: Some(set) }
}

/// Everybody whose address, or a word of it, begins so; one more than may be answered.
fn directory(call: &Call<'_>, entry: &str) -> Vec<Mailbox> {
    if let Some(exact) = call.store.by_address(entry).and_then(|it| call.store.mailbox(it)) {
        return vec![entry_of(&exact.account().address)];
    }
    let entry = entry.to_lowercase();
    let mailboxes = call.store.mailboxes().map(|(_, mailbox)| &mailbox.account().address);
    let meant = mailboxes.filter(|address| is_meant(address, &entry));
    meant.take(MOST + 1).map(|address| entry_of(address)).collect()
}

/// The caller's contacts of whom a name or an address begins so.
fn contacts(call: &Call<'_>, entry: &str, full: bool) -> Vec<Resolution> {
    const ADDRESSES: [&str; 3] = ["EmailAddress1", "EmailAddress2", "EmailAddress3"];
    let entry = entry.to_lowercase();
    let Some(mailbox) = call.store.mailbox(call.own()) else { return Vec::new() };
    let items = mailbox.items(FolderNo::CONTACTS).iter();
    let known = items.filter_map(|item| Known::find(call.store, call.own(), item.uid));
    let meant = known.filter(|it| it.class() == ItemClass::Contact).filter_map(|it| {
        let properties = it.properties();
        let name = properties.text(Field::ContactDisplayName).unwrap_or_default().to_owned();
        let address = ADDRESSES.iter().find_map(|index| {
            let property = Property::indexed(Dictionary::EmailAddress, *index);
            let address = properties.get(&property)?.as_text()?;
            let is_it = is_meant(address, &entry) || is_meant(&name, &entry);
            is_it.then(|| address.to_owned())
        })?;
        let mailbox = Mailbox {
            name: Some(name),
            address: Some(address),
            routing_type: Some("SMTP".to_owned()),
            mailbox_type: Some("Contact".to_owned()),
            item_id: Some(it.id()),
            ..Mailbox::default()
        };
        let contact = full.then_some(Item { class: ItemClass::Contact, properties });
        Some(Resolution { mailbox, contact })
    });
    meant.take(MOST + 1).collect()
}

fn is_meant(address: &str, entry: &str) -> bool {
    let address = address.to_lowercase();
    let words = |text: &str| {
        text.split(['.', '-', '_', ' ']).any(|word| !word.is_empty() && word.starts_with(entry))
    };
    let name = address.split_once('@').map_or(&*address, |(name, _)| name);
    address.starts_with(entry) || words(name)
}

/// The directory's entry of a mailbox.
fn entry_of(address: &str) -> Mailbox {
    let name = address.split_once('@').map_or(address, |(name, _)| name);
    Mailbox {
        name: Some(name.to_owned()),
        address: Some(address.to_owned()),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        ..Mailbox::default()
    }
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn parts_of_names_and_addresses() {
        for (entry, is) in [
            ("ann", true),
            ("ann.le", true),
            ("lee", true),
            ("ann.lee@example", true),
            ("nn", false),
            ("example", false),
            ("bob", false),
        ] {
            assert_eq!(is_meant("Ann.Lee@Example.com", entry), is, "{entry}");
        }
    }
}
