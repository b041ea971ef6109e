//! Items: read, synchronised, changed.

use wire::ews::folders::{BasePoint, BaseShape, DeleteType, GetFolder};
use wire::ews::items::{
    ConflictResolution, CreateAttachment, FieldUpdate, FindItem, GetAttachment, GetItem,
    ItemChange, ItemUpdate, MarkAsJunk, MessageDisposition, MoveItem, SyncFolderItems, UpdateItem,
};
use wire::ews::search::{FieldOrder, Grouping, Restriction, SortDirection, View};
use wire::ews::value::{Attachment, AttachmentContent, Body, MimeContent, Tree};
use wire::ews::{
    AttachmentId, ExtendedField, Field, FolderRef, Item, ItemClass, ItemId, ItemRef, ItemShape,
    Mailbox, PropertyType, Request, RequestEnvelope, Response, ResponseBody, ResponseCode,
    ResponseEnvelope, SyncState, Value,
};
use xxhash_rust::xxh3::xxh3_64;

use super::kit::{ANN, BOB, Client, World, as_mime, find, folder_shape};
use crate::ServerEvent;
use crate::exchange::Impersonation;
use crate::store::lock_store;

const SAVE: Option<MessageDisposition> = Some(MessageDisposition::SaveOnly);

impl Client {
    fn update(
        &mut self,
        id: &ItemId,
        how: ConflictResolution,
        update: FieldUpdate,
    ) -> Result<ItemId, ResponseCode> {
        let change = ItemUpdate { item: ItemRef::Id(id.clone()), updates: vec![update] };
        let request = UpdateItem {
            conflict_resolution: how,
            message_disposition: SAVE,
            send_invitations_or_cancellations: None,
            suppress_read_receipts: None,
            saved_item_folder: None,
            changes: vec![change],
        };
        let request = Request::UpdateItem(request);
        let Response::UpdateItem(answers) = self.ask(request) else { panic!() };
        if answers[0].is_ok() {
            Ok(answers[0].content.items[0].id().unwrap().clone())
        } else {
            Err(answers[0].code.clone())
        }
    }
}

fn subject(text: &str) -> FieldUpdate {
    FieldUpdate::set(ItemClass::Message, Field::ItemSubject, text)
}

#[test]
fn a_message_that_arrived_is_synchronised_and_handed_out_to_the_octet() {
    let world = World::new();
    let item = world.deliver(ANN, 7);
    let mut ann = world.ann();
    let first = ann.sync("inbox", &SyncState::default(), 10).content;
    let changes = first.changes.unwrap();
    let [ItemChange::Create(new)] = &*changes else { panic!("{changes:?}") };
    let id = new.id().unwrap().clone();
    assert!(first.is_last && new.properties.len() == 1, "the id alone: {new:?}");
    let mime = ann.mime(&id);
    let uid = crate::store::Uid(1);
    assert_eq!(Some(&mime), lock_store(&world.store).render(ANN, uid).as_ref());
    let served = ServerEvent::Served { item, mailbox: ANN, content: xxh3_64(&mime) };
    assert_eq!(ann.events, [served]);
    let all = ann.all(&id).properties;
    assert_eq!(all.bool(Field::MessageIsRead), Some(false));
    assert_eq!(all.bool(Field::ItemIsDraft), Some(false));
    assert_eq!(all.text(Field::ItemSubject).map(|it| &it[..7]), Some("Figures"));
    assert_eq!(all.int(Field::ItemSize), Some(2_000));
    let quiet = ann.sync("inbox", &first.state, 10).content;
    assert!(quiet.changes.unwrap().is_empty() && quiet.is_last);
}

#[test]
fn synchronisation_comes_in_pages_and_tells_each_kind_of_change() {
    let world = World::new();
    for seed in 0..5 {
        world.deliver(ANN, seed);
    }
    let mut ann = world.ann();
    let (mut state, mut ids, mut pages) = (SyncState::default(), Vec::new(), 0);
    loop {
        let page = ann.sync("inbox", &state, 2).content;
        for change in page.changes.unwrap() {
            let ItemChange::Create(item) = change else { panic!("{change:?}") };
            ids.push(item.id().unwrap().clone());
        }
        (state, pages) = (page.state, pages + 1);
        if page.is_last {
            break;
        }
    }
    assert_eq!((ids.len(), pages), (5, 3));
    let read = FieldUpdate::set(ItemClass::Message, Field::MessageIsRead, true);
    ann.update(&ids[0], ConflictResolution::AlwaysOverwrite, read).unwrap();
    ann.update(&ids[1], ConflictResolution::AlwaysOverwrite, subject("x")).unwrap();
    assert_eq!(ann.delete(&ids[2], DeleteType::HardDelete), ResponseCode::NoError);
    let to = MoveItem {
        to: FolderRef::distinguished("junkemail"),
        item_ids: vec![ItemRef::Id(ids[3].clone())],
        return_new_item_ids: None,
    };
    let Response::MoveItem(answers) = ann.ask(Request::MoveItem(to)) else { panic!() };
    let moved = answers[0].content.first().unwrap().id().unwrap().clone();
    assert_ne!(moved.id, ids[3].id, "moved, it is another item");
    // The state is all that is needed, also by a server that was started anew.
    let changes = world.ann().sync("inbox", &state, 10).content.changes.unwrap();
    let gone = |id: &ItemId| ItemChange::Delete(ItemId::new(id.id.clone()));
    assert!(matches!(&changes[0], ItemChange::ReadFlagChange(id, true) if id.id == ids[0].id));
    assert!(matches!(&changes[1], ItemChange::Update(it) if it.id().unwrap().id == ids[1].id));
    assert_eq!(changes[2..], [gone(&ids[2]), gone(&ids[3])]);
    let junk = ann.sync("junkemail", &SyncState::default(), 10).content.changes.unwrap();
    assert!(matches!(&*junk, [ItemChange::Create(it)] if it.id().unwrap().id == moved.id));
}

#[test]
fn a_message_that_leaves_the_inbox_is_told_of_once() {
    let world = World::new();
    let items: Vec<_> = (0..3).map(|seed| world.deliver(ANN, seed)).collect();
    let mut ann = world.ann();
    let ids = ann.list("inbox");
    let relocate = |id: &ItemId, to: &str| {
        let to = FolderRef::distinguished(to);
        let item_ids = vec![ItemRef::Id(id.clone())];
        Request::MoveItem(MoveItem { to, item_ids, return_new_item_ids: None })
    };
    let Response::MoveItem(moved) = ann.ask(relocate(&ids[0], "junkemail")) else { panic!() };
    let moved = moved[0].content.first().unwrap().id().unwrap().clone();
    ann.ask(relocate(&moved, "drafts"));
    ann.delete(&ids[1], DeleteType::MoveToDeletedItems);
    ann.ask(Request::MarkAsJunk(MarkAsJunk {
        is_junk: true,
        move_item: true,
        item_ids: vec![ItemRef::Id(ids[2].clone())],
    }));
    let told = ann.events.iter().filter(|event| matches!(event, ServerEvent::MovedOut { .. }));
    let mut told: Vec<_> = told.cloned().collect();
    let mut all: Vec<_> =
        items.into_iter().map(|item| ServerEvent::MovedOut { item, mailbox: ANN }).collect();
    let key = |event: &ServerEvent| format!("{event:?}");
    told.sort_by_key(key);
    all.sort_by_key(key);
    assert_eq!(told, all);
}

#[test]
fn a_state_that_is_not_ours_means_to_begin_anew() {
    let world = World::new();
    let mut ann = world.ann();
    let state = ann.sync("inbox", &SyncState::default(), 10).content.state;
    let elsewhere = ann.sync("sentitems", &state, 10);
    assert_eq!(elsewhere.code, ResponseCode::ErrorInvalidSyncStateData);
    assert!(elsewhere.content.state.0.is_empty() && elsewhere.content.is_last);
    let cut = SyncState(state.0[4..].to_owned());
    assert_eq!(ann.sync("inbox", &cut, 10).code, ResponseCode::ErrorInvalidSyncStateData);
    let theirs = world.bob().sync("inbox", &state, 10);
    assert_eq!(theirs.code, ResponseCode::ErrorInvalidSyncStateData);
    lock_store(&world.store).mailbox_mut(ANN).unwrap().forget_states();
    assert_eq!(ann.sync("inbox", &state, 10).code, ResponseCode::ErrorInvalidSyncStateData);
    assert_eq!(
        ann.sync("inbox", &SyncState::default(), 513).code,
        ResponseCode::ErrorInvalidArgument
    );
}

#[test]
fn a_stale_change_key_is_a_conflict_where_the_client_says_so() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, _) = as_mime("bob@example.com", "1@x");
    let old = ann.create(item, SAVE, None).unwrap().unwrap();
    let new = ann.update(&old, ConflictResolution::NeverOverwrite, subject("a")).unwrap();
    assert_ne!(new.change_key, old.change_key);
    let stale = ann.update(&old, ConflictResolution::NeverOverwrite, subject("b"));
    assert_eq!(stale, Err(ResponseCode::ErrorIrresolvableConflict));
    ann.update(&old, ConflictResolution::AlwaysOverwrite, subject("c")).unwrap();
    let keyless = ItemId::new(old.id.clone());
    let missing = ann.update(&keyless, ConflictResolution::AutoResolve, subject("d"));
    assert_eq!(missing, Err(ResponseCode::ErrorChangeKeyRequired));
    let fixed = FieldUpdate::set(ItemClass::Message, Field::ItemSize, 1);
    let fixed = ann.update(&old, ConflictResolution::AlwaysOverwrite, fixed);
    assert_eq!(fixed, Err(ResponseCode::ErrorInvalidPropertySet));
    let mime = String::from_utf8(ann.mime(&old)).unwrap();
    assert!(mime.contains("Subject: c\r\n") && mime.contains("<1@x>"), "{mime}");
}

#[test]
fn extended_properties_are_held_to_their_types() {
    let world = World::new();
    let mut ann = world.ann();
    let tag = ExtendedField::tag(0x8001, PropertyType::Integer);
    let item = |value: Value| Item::new(ItemClass::Message).with(tag.clone(), value);
    let code = ResponseCode::ErrorInvalidExtendedPropertyValue;
    assert_eq!(ann.create(item("abc".into()), SAVE, None).unwrap_err(), code);
    let id = ann.create(item(Value::Int(7)), SAVE, None).unwrap().unwrap();
    let wrong = FieldUpdate::set(ItemClass::Message, tag.clone(), "abc");
    assert_eq!(ann.update(&id, ConflictResolution::AlwaysOverwrite, wrong).unwrap_err(), code);
    let shape = ItemShape::new(BaseShape::IdOnly).with(tag.clone());
    let kept = ann.get(&id, shape.clone()).unwrap().properties;
    assert_eq!(kept.get(&tag.clone().into()), Some(&Value::Int(7)));
    let get = GetItem { shape, item_ids: vec![ItemRef::Id(id)] };
    let bytes = RequestEnvelope::new("Exchange2016", Request::GetItem(get)).write();
    let both = String::from_utf8(bytes)
        .unwrap()
        .replace("PropertyTag=", "PropertyName=\"x\" PropertyTag=");
    let (status, answer) = ann.post(both.as_bytes());
    let ResponseBody::Fault(fault) = ResponseEnvelope::read(&answer).unwrap().body else {
        panic!()
    };
    assert_eq!((status, fault.code), (500, Some(ResponseCode::ErrorInvalidExtendedProperty)));
}

#[test]
fn one_update_changes_one_property_that_can_be_changed() {
    let world = World::new();
    let mut ann = world.ann();
    let draft = Item::new(ItemClass::Message).with(Field::ItemSubject, "a");
    let id = ann.create(draft, SAVE, None).unwrap().unwrap();
    let two = Item::new(ItemClass::Message)
        .with(Field::ItemSubject, "b")
        .with(Field::ItemImportance, "High");
    for (update, code) in [
        (
            FieldUpdate::Set(Field::ItemSubject.into(), two),
            ResponseCode::ErrorIncorrectUpdatePropertyCount,
        ),
        (FieldUpdate::Delete(Field::ItemSize.into()), ResponseCode::ErrorInvalidPropertyDelete),
        (
            FieldUpdate::set(ItemClass::Message, Field::ItemSize, Value::Int(1)),
            ResponseCode::ErrorInvalidPropertySet,
        ),
    ] {
        let told = ann.update(&id, ConflictResolution::AlwaysOverwrite, update);
        assert_eq!(told.unwrap_err(), code);
    }
    assert_eq!(ann.all(&id).properties.text(Field::ItemSubject), Some("a"));
}

#[test]
fn drafts_of_properties_are_messages() {
    let world = World::new();
    let mut ann = world.ann();
    let bob = wire::ews::Mailbox::new("bob@example.com");
    let flag = ExtendedField::named("PublicStrings", "colour", PropertyType::String);
    let item = Item::new(ItemClass::Message)
        .with(Field::ItemSubject, "Gr\u{fc}\u{df}e")
        .with(Field::ItemBody, Body::html("<b>hi</b>"))
        .with(Field::MessageToRecipients, Value::Mailboxes(vec![bob]))
        .with(flag.clone(), "red");
    let id = ann.create(item, SAVE, None).unwrap().unwrap();
    assert_eq!(ann.list("drafts"), *std::slice::from_ref(&id));
    let all = ann.all(&id).properties;
    assert_eq!(all.bool(Field::ItemIsDraft), Some(true));
    assert!(all.date_time(Field::ItemDateTimeReceived).is_some());
    assert_eq!(all.text(Field::ItemDisplayTo), Some("bob@example.com"));
    let mime = String::from_utf8(ann.mime(&id)).unwrap();
    assert!(mime.contains("Content-Type: text/html") && mime.contains("Message-ID: <"), "{mime}");
    let mut like = find("drafts");
    like.restriction = Some(Restriction::equal(flag.clone(), "red"));
    like.shape = ItemShape::new(BaseShape::IdOnly).with(flag.clone());
    let found = ann.found(like.clone());
    assert_eq!(found[0].properties.get(&flag.into()), Some(&Value::from("red")));
    like.restriction = Some(Restriction::equal(Field::ItemSubject, "else"));
    assert!(ann.found(like).is_empty());
}

#[test]
fn what_is_found_is_sorted_and_paged() {
    let world = World::new();
    for seed in 0..5 {
        world.deliver(ANN, seed);
    }
    let mut ann = world.ann();
    let mut request = find("inbox");
    request.shape = ItemShape::new(BaseShape::IdOnly).with(Field::ItemSubject);
    let uid = ExtendedField::tag(0xe23, PropertyType::Integer).into();
    request.sort_order =
        Some(vec![FieldOrder { direction: SortDirection::Ascending, property: uid }]);
    request.view = Some(View::Indexed { max: Some(2), offset: 1, base: BasePoint::Beginning });
    let Response::FindItem(answers) = ann.ask(Request::FindItem(request.clone())) else { panic!() };
    let root = answers[0].content.root.as_ref().unwrap();
    assert_eq!((root.next_offset, root.is_last, root.total), (Some(3), Some(false), Some(5)));
    let subjects: Vec<_> =
        root.items.iter().map(|it| it.properties.text(Field::ItemSubject).unwrap()).collect();
    assert_eq!(subjects, ["Figures of the quarter (101)", "Figures of the quarter (102)"]);
    request.view = Some(View::page(4, 10));
    let Response::FindItem(answers) = ann.ask(Request::FindItem(request)) else { panic!() };
    assert_eq!(answers[0].content.root.as_ref().unwrap().is_last, Some(true));
}

#[test]
fn what_takes_a_single_item_is_not_told_of_many() {
    let world = World::new();
    world.deliver(ANN, 1);
    let mut ann = world.ann();
    let bodies = [Field::ItemBody, Field::ItemUniqueBody, Field::ItemAttachments];
    let recipients = [Field::MessageToRecipients, Field::MessageCcRecipients];
    let asked = bodies.iter().chain(&recipients).fold(
        ItemShape::new(BaseShape::AllProperties).with(Field::ItemMimeContent),
        |shape, field| shape.with(*field),
    );
    let request = FindItem { shape: asked.clone(), ..find("inbox") };
    let found = ann.found(request.clone()).remove(0);
    assert!(found.properties.field(Field::ItemSubject).is_some());
    for field in bodies.iter().chain(&recipients).chain(&[Field::ItemMimeContent]) {
        assert!(found.properties.field(*field).is_none(), "{field:?}");
    }
    let sync = SyncFolderItems {
        shape: asked,
        folder: FolderRef::distinguished("inbox"),
        state: None,
        ignore: None,
        max_changes: 10,
        scope: None,
    };
    let Response::SyncFolderItems(answers) = ann.ask(Request::SyncFolderItems(sync)) else {
        panic!()
    };
    let changes = answers[0].content.changes.clone().unwrap();
    let [ItemChange::Create(item)] = &*changes else { panic!("{changes:?}") };
    for field in bodies {
        assert!(item.properties.field(field).is_none(), "{field:?}");
    }
    assert!(item.properties.field(Field::MessageToRecipients).is_some());
    assert!(ann.all(found.id().unwrap()).properties.field(Field::ItemBody).is_some());
    let mut code = |request| {
        let Response::FindItem(answers) = ann.ask(Request::FindItem(request)) else { panic!() };
        answers[0].code.clone()
    };
    let mut text = request.clone();
    text.shape = text.shape.with(Field::ItemTextBody);
    assert_eq!(code(text), ResponseCode::ErrorInvalidPropertyForOperation);
    let by = Tree::new("GroupBy").with("FieldURI", "");
    let grouped = FindItem { grouping: Some(Grouping(by)), ..request };
    assert_eq!(code(grouped), ResponseCode::ErrorInvalidOperation);
}

#[test]
fn attachments_come_and_go_and_change_the_item() {
    let world = World::new();
    let mut ann = world.ann();
    let (item, _) = as_mime("bob@example.com", "1@x");
    let id = ann.create(item, SAVE, None).unwrap().unwrap();
    let file = Attachment::file("a.txt", b"abc".to_vec());
    let request = CreateAttachment { parent: id.clone(), attachments: vec![file] };
    let request = Request::CreateAttachment(request);
    let Response::CreateAttachment(answers) = ann.ask(request) else { panic!() };
    let attached = answers[0].content.attachments[0].id.clone().unwrap();
    assert_eq!(attached.root_item_id.as_deref(), Some(&*id.id));
    assert_ne!(attached.root_item_change_key, id.change_key);
    let all = ann.all(&id).properties;
    assert_eq!(all.bool(Field::ItemHasAttachments), Some(true));
    let attachment_ids = vec![AttachmentId::new(attached.id.clone())];
    let request = GetAttachment { shape: None, attachment_ids: attachment_ids.clone() };
    let Response::GetAttachment(answers) = ann.ask(Request::GetAttachment(request)) else {
        panic!()
    };
    let AttachmentContent::File { content, .. } = &answers[0].content.attachments[0].content else {
        panic!()
    };
    assert_eq!(content.as_deref(), Some(&b"abc"[..]));
    assert!(String::from_utf8(ann.mime(&id)).unwrap().contains("a.txt"));
    let request = wire::ews::items::DeleteAttachment { attachment_ids };
    let request = Request::DeleteAttachment(request);
    let Response::DeleteAttachment(answers) = ann.ask(request) else { panic!() };
    assert!(answers[0].content.root.is_some());
    assert_eq!(ann.all(&id).properties.bool(Field::ItemHasAttachments), Some(false));
}

#[test]
fn an_attachment_that_came_with_the_message_can_be_taken_off() {
    let world = World::new();
    let body = crate::store::Body::Generated {
        seed: 1,
        octets: 9_000,
        kind: crate::store::BodyKind::Multipart,
    };
    let message =
        crate::store::Message { item: world.ids.next_id(), arrived: super::kit::start(), body };
    lock_store(&world.store).deliver(ANN, message).unwrap();
    let mut ann = world.ann();
    let id = ann.list("inbox")[0].clone();
    let all = ann.all(&id).properties;
    let Some(Value::Attachments(list)) = all.field(Field::ItemAttachments) else { panic!() };
    let attachment_ids = vec![AttachmentId::new(list[0].id.clone().unwrap().id)];
    let request = Request::DeleteAttachment(wire::ews::items::DeleteAttachment { attachment_ids });
    let Response::DeleteAttachment(answers) = ann.ask(request) else { panic!() };
    assert!(answers[0].is_ok());
    let without = ann.all(&id).properties;
    assert_eq!(without.bool(Field::ItemHasAttachments), Some(false));
    assert_eq!(without.text(Field::ItemSubject), all.text(Field::ItemSubject));
}

#[test]
fn nobody_opens_a_mailbox_that_is_not_his() {
    let world = World::with(
        |options| options.impersonation = Impersonation::Accounts(vec![BOB]),
        Vec::new(),
    );
    world.deliver(BOB, 1);
    world.deliver(ANN, 2);
    let theirs = world.bob().list("inbox")[0].clone();
    let mut ann = world.ann();
    let code = ann.get(&theirs, ItemShape::new(BaseShape::IdOnly));
    assert_eq!(code, Err(ResponseCode::ErrorItemNotFound));
    let inbox_of = |name: &str| {
        let mailbox = Some(Box::new(Mailbox::new(format!("{name}@example.com"))));
        FolderRef::Distinguished { name: "inbox".to_owned(), mailbox }
    };
    let mut ask = |folder: FolderRef| {
        let request = GetFolder { shape: folder_shape(), folder_ids: vec![folder] };
        let Response::GetFolder(answers) = ann.ask(Request::GetFolder(request)) else { panic!() };
        answers.into_iter().next().unwrap()
    };
    assert_eq!(ask(inbox_of("bob")).code, ResponseCode::ErrorFolderNotFound);
    let own = ask(inbox_of("ann")).content.folders.unwrap().remove(0).properties.id.unwrap();
    let theirs = own.id.clone();
    let mut bob = world.bob();
    let request = GetFolder { shape: folder_shape(), folder_ids: vec![inbox_of("bob")] };
    let Response::GetFolder(mut answers) = bob.ask(Request::GetFolder(request)) else { panic!() };
    let closed = answers.remove(0).content.folders.unwrap().remove(0).properties.id.unwrap();
    assert_eq!(ask(FolderRef::Id(closed)).code, ResponseCode::ErrorFolderNotFound);
    // Who has the right opens all.
    let request = GetFolder {
        shape: folder_shape(),
        folder_ids: vec![FolderRef::Id(wire::ews::FolderId::new(theirs))],
    };
    let Response::GetFolder(answers) = bob.ask(Request::GetFolder(request)) else { panic!() };
    assert!(answers[0].is_ok());
}

#[test]
fn items_of_other_classes_lie_in_folders_of_their_own() {
    let world = World::new();
    let mut ann = world.ann();
    let contact = Item::new(ItemClass::Contact).with(Field::ContactGivenName, "Bob");
    let id = ann.create(contact.clone(), None, None).unwrap().unwrap();
    assert_eq!(ann.list("contacts"), *std::slice::from_ref(&id));
    assert_eq!(ann.all(&id).properties.text(Field::ItemClass), Some("IPM.Contact"));
    let wrong = ann.create(contact, None, Some("inbox"));
    assert_eq!(wrong, Err(ResponseCode::ErrorCannotCreateContactInNonContactFolder));
    let task = Item::new(ItemClass::Task).with(Field::TaskPercentComplete, 100.0);
    let id = ann.create(task, None, None).unwrap().unwrap();
    assert_eq!(ann.all(&id).properties.bool(Field::TaskIsComplete), Some(true));
    let refused = ann.delete(&id, DeleteType::HardDelete);
    assert_eq!(refused, ResponseCode::ErrorAffectedTaskOccurrencesRequired);
    let (message, _) = as_mime("bob@example.com", "1@x");
    let undecided = ann.create(message, None, None);
    assert_eq!(undecided, Err(ResponseCode::ErrorMessageDispositionRequired));
}

#[test]
fn a_contact_comes_and_goes_as_vcard() {
    let world = World::new();
    let mut ann = world.ann();
    let card = |text: &str| MimeContent::new(text.as_bytes().to_vec());
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Peep;Bo;;;\r\nFN:Bo Peep\r\n\
        EMAIL;TYPE=INTERNET:bo@example.org\r\nEND:VCARD\r\n";
    let item = Item::new(ItemClass::Contact)
        .with(Field::ItemMimeContent, card(text))
        .with(Field::ContactDisplayName, "Little Bo");
    let id = ann.create(item, None, None).unwrap().unwrap();
    let all = ann.all(&id).properties;
    assert_eq!(all.text(Field::ContactSurname), Some("Peep"));
    assert_eq!(all.text(Field::ContactDisplayName), Some("Little Bo"), "set beside it");
    let Some(Value::Tree(name)) = all.field(Field::ContactCompleteName) else { panic!() };
    assert_eq!(name.child("FirstName").unwrap().text, "Bo");
    let mime = String::from_utf8(ann.mime(&id)).unwrap();
    assert!(mime.starts_with("BEGIN:VCARD\r\n") && mime.contains("bo@example.org"), "{mime}");
    let later = Value::from(card("BEGIN:VCARD\nN:Shepherd;Bo\nEND:VCARD\n"));
    let update = FieldUpdate::set(ItemClass::Contact, Field::ItemMimeContent, later);
    let id = ann.update(&id, ConflictResolution::AlwaysOverwrite, update).unwrap();
    assert_eq!(ann.all(&id).properties.text(Field::ContactSurname), Some("Shepherd"));
    let none = Item::new(ItemClass::Contact).with(Field::ItemMimeContent, card("nothing"));
    assert_eq!(ann.create(none, None, None), Err(ResponseCode::ErrorMimeContentInvalid));
}

#[test]
fn bodies_are_told_in_every_form_that_is_asked_for() {
    let world = World::new();
    let mut ann = world.ann();
    let text = "Yes.\r\n\r\nFrom: a@x\r\nSubject: s\r\n\r\nHm?";
    let item = Item::new(ItemClass::Message).with(Field::ItemBody, Body::text(text));
    let id = ann.create(item, SAVE, None).unwrap().unwrap();
    let mut shape = ItemShape::new(BaseShape::IdOnly)
        .with(Field::ItemUniqueBody)
        .with(Field::ItemNormalizedBody)
        .with(Field::ItemTextBody)
        .with(Field::ItemPreview);
    shape.normalized_body_type = Some(wire::ews::value::BodyType::Html);
    let found = ann.get(&id, shape).unwrap().properties;
    assert_eq!(found.text(Field::ItemUniqueBody), Some("Yes."));
    assert!(found.text(Field::ItemNormalizedBody).unwrap().starts_with("<html>"));
    assert!(found.text(Field::ItemTextBody).unwrap().ends_with("Hm?"));
    assert!(found.text(Field::ItemPreview).unwrap().starts_with("Yes. From:"));
}
