//! What a user's Outlook does to the mailbox's own list of categories.

use fake_servers::store::{FolderNo, Mailbox, SettingsContent, Uid};
use jiff::Timestamp;
use wire::ews::services::CategoryList;
use wire::ews::{Field, Value};

/// Gives a category another name, in the list and on every item that has it.
pub(super) fn rename(mailbox: &mut Mailbox, from: &str, to: &str, now: Timestamp) {
    let renamed = change(mailbox, from, |list, guid| {
        // It was found by this id.
        let _ = list.rename(guid, to, now);
    });
    if !renamed {
        return;
    }
    for (uid, mut names) in marked(mailbox, from) {
        for name in names.iter_mut().filter(|name| *name == from) {
            to.clone_into(name);
        }
        mailbox.change(uid, now, |it| it.categorize(names));
    }
}

/// Deletes a category from the list. Items keep its name, as Outlook leaves it to them.
pub(super) fn delete(mailbox: &mut Mailbox, name: &str, now: Timestamp) {
    change(mailbox, name, |list, guid| {
        // It was found by this id.
        let _ = list.remove(guid, now);
    });
}

/// Overwrites the list with the beginning of one.
pub(super) fn spoil(mailbox: &mut Mailbox) {
    let content = SettingsContent {
        xml: Some(b"<categories xmlns=\"CategoryList.xsd\"><category name=".as_slice().into()),
        ..SettingsContent::default()
    };
    // Without a list there is nothing to spoil.
    let _ = mailbox.update_settings(FolderNo::CALENDAR, CategoryList::CONFIGURATION, content);
}

/// Changes the list if it has a category of this name, and says whether it has.
fn change(mailbox: &mut Mailbox, name: &str, change: impl FnOnce(&mut CategoryList, &str)) -> bool {
    let kept = mailbox.settings(FolderNo::CALENDAR, CategoryList::CONFIGURATION);
    let Some(xml) = kept.and_then(|kept| kept.content.xml.as_deref()) else { return false };
    let Ok(mut list) = CategoryList::read(xml) else { return false };
    let Some(guid) = list.by_name(name).map(|category| category.guid.clone()) else { return false };
    change(&mut list, &guid);
    let xml = Some(list.as_bytes().into());
    let content = SettingsContent { xml, ..SettingsContent::default() };
    mailbox.update_settings(FolderNo::CALENDAR, CategoryList::CONFIGURATION, content).is_ok()
}

/// The items that have a category, with all they have.
fn marked(mailbox: &Mailbox, name: &str) -> Vec<(Uid, Vec<String>)> {
    let folders: Vec<FolderNo> = mailbox.folders().map(|folder| folder.no).collect();
    let items = folders.iter().flat_map(|folder| mailbox.items(*folder)).map(|stored| stored.uid);
    let names = |uid: Uid| {
        let field = Field::ItemCategories.into();
        match mailbox.overlay(uid)?.properties.get(&field) {
            Some(Value::Strings(names)) if names.iter().any(|it| it == name) => {
                Some((uid, names.clone()))
            }
            _ => None,
        }
    };
    items.filter_map(names).collect()
}

#[cfg(test)]
mod tests {
    use fake_servers::store::{Body, BodyKind, Draft, MailStore, Message, Overlay};
    use fake_servers::{ItemId, MailboxIx};
    use wire::ews::services::Category;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn mailbox() -> Mailbox {
        let mut store = MailStore::new("example.com");
        let ix: MailboxIx = store.add_mailbox("ann@example.com", "ann", "secret").unwrap();
        store.mailbox(ix).unwrap().clone()
    }

    fn item(mailbox: &mut Mailbox, names: &[&str]) -> Uid {
        let body = Body::Generated { seed: 1, octets: 100, kind: BodyKind::Plain };
        let message = Message { item: ItemId(1), arrived: NOW, body };
        let mut overlay = Overlay::default();
        overlay.categorize(names.iter().map(|name| (*name).to_owned()).collect());
        mailbox.add(FolderNo::INBOX, Draft { message, octets: 100, overlay }, NOW).unwrap()
    }

    fn names(mailbox: &Mailbox) -> Vec<String> {
        let kept = mailbox.settings(FolderNo::CALENDAR, CategoryList::CONFIGURATION).unwrap();
        let list = CategoryList::read(kept.content.xml.as_ref().unwrap()).unwrap();
        list.categories().map(|category| category.name.clone()).collect()
    }

    #[test]
    fn a_name_changes_in_the_list_and_on_the_items() {
        let mut mailbox = mailbox();
        let items = [item(&mut mailbox, &["a", "b"]), item(&mut mailbox, &["b"])];
        rename(&mut mailbox, "a", "c", NOW);
        assert_eq!(marked(&mailbox, "c"), [], "there is no list, so nobody knows it");
        let mut list = CategoryList::empty(NOW).unwrap();
        for (name, guid) in [("a", "{1}"), ("b", "{2}")] {
            list.add(&Category { name: name.into(), color: 0, guid: guid.into() }, NOW).unwrap();
        }
        let content = SettingsContent { xml: Some(list.as_bytes().into()), ..Default::default() };
        mailbox.create_settings(FolderNo::CALENDAR, CategoryList::CONFIGURATION, content).unwrap();
        rename(&mut mailbox, "a", "c", NOW);
        assert_eq!(names(&mailbox), ["c", "b"]);
        assert_eq!(marked(&mailbox, "c"), [(items[0], vec!["c".into(), "b".into()])]);
        delete(&mut mailbox, "b", NOW);
        delete(&mut mailbox, "nothing", NOW);
        assert_eq!(names(&mailbox), ["c"]);
        assert_eq!(marked(&mailbox, "b").len(), 2, "items keep it");
    }
}
