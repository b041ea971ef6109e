//! Thunderbird's own types as a second reader of our answers and a second writer of requests. They
//! know fewer operations and fewer properties, but nobody here wrote them.

use ews::soap::Envelope;
use ews::{OperationResponse, ResponseClass, sync_folder_hierarchy, sync_folder_items};
use wire::ews::folders::HierarchyChange;
use wire::ews::items::{ItemChange, Items, SyncedItems, UpdatedItems};
use wire::ews::value::{MimeContent, Value};
use wire::ews::{
    ExtendedField, Fault, Field, FolderId, FolderRef, Item, ItemClass, ItemId, Mailbox,
    PropertyType, Request, RequestEnvelope, Response, ResponseCode, ResponseEnvelope,
    ResponseMessage,
};

use crate::hostile::end_of_element;
use crate::samples::at;
use crate::{answer, failed, responses, server};

/// Thunderbird's reading of an answer.
fn read<R: OperationResponse>(response: &Response) -> Vec<ResponseClass<R::Message>>
where
    R::Message: Clone,
{
    let document = without_unknown(answer(response.clone()).write());
    let envelope = Envelope::<R>::from_xml_document(&document);
    let envelope = envelope.unwrap_or_else(|error| panic!("{}: {error:?}", response.name()));
    envelope.body.into_response_messages()
}

/// Thunderbird's types have extended properties of one value only.
fn without_unknown(document: Vec<u8>) -> Vec<u8> {
    let mut text = String::from_utf8(document).unwrap();
    while let Some(inside) = text.find("<t:Values>") {
        let start = text[..inside].rfind("<t:ExtendedProperty>").unwrap();
        let end = end_of_element(&text, start).unwrap();
        text.replace_range(start..end, "");
    }
    text.into_bytes()
}

/// A message with what Thunderbird asks for (field.md 3.2): of the samples, which have everything,
/// its types cannot read all.
fn message() -> Item {
    let people = Value::Mailboxes(vec![Mailbox::new("ann@example.com")]);
    let headers = vec![("Received".to_owned(), "from & by".to_owned())];
    Item::new(ItemClass::Message)
        .with(Field::ItemMimeContent, MimeContent::new(b"To: x".to_vec()))
        .with(Field::ItemId, ItemId::versioned("AAMk/+=", "CQAA"))
        .with(Field::ItemParentFolderId, Value::FolderId(FolderId::versioned("F", "K")))
        .with(Field::ItemClass, "IPM.Note")
        .with(Field::ItemSubject, "R&D <now>")
        .with(Field::ItemDateTimeReceived, at(0))
        .with(Field::ItemSize, Value::Int(1234))
        .with(Field::ItemImportance, "High")
        .with(Field::ItemIsDraft, false)
        .with(Field::ItemInternetMessageHeaders, Value::Headers(headers))
        .with(Field::ItemDateTimeSent, at(9))
        .with(Field::ItemHasAttachments, true)
        .with(ExtendedField::tag(0xe07, PropertyType::Integer), Value::Int(1))
        .with(Field::MessageToRecipients, people)
        .with(Field::MessageFrom, Mailbox::new("bob@example.com"))
        .with(Field::MessageInternetMessageId, "<1@example.com>")
        .with(Field::MessageIsRead, true)
        .with(Field::MessageReferences, "<0@example.com>")
}

fn item_answers() -> Vec<Response> {
    let items = |items| {
        vec![
            ResponseMessage::ok(Items { items }),
            failed(ResponseCode::ErrorItemNotFound),
            failed(ResponseCode::ErrorServerBusy),
        ]
    };
    let changes = vec![
        ItemChange::Create(message()),
        ItemChange::Update(message()),
        ItemChange::Delete(ItemId::versioned("gone", "K")),
        ItemChange::ReadFlagChange(ItemId::versioned("read", "K"), true),
    ];
    let synced = |changes| SyncedItems { state: "H4sI".into(), is_last: false, changes };
    vec![
        Response::GetItem(items(vec![message()])),
        Response::CreateItem(items(vec![message()])),
        Response::CreateItem(items(Vec::new())),
        Response::UpdateItem(vec![ResponseMessage::ok(UpdatedItems {
            items: vec![message()],
            ..UpdatedItems::default()
        })]),
        Response::SyncFolderItems(vec![ResponseMessage::ok(synced(Some(changes)))]),
        Response::SyncFolderItems(vec![ResponseMessage::ok(synced(Some(Vec::new())))]),
        Response::SyncFolderItems(vec![failed(ResponseCode::ErrorInvalidSyncStateData)]),
    ]
}

/// What is judged here.
fn judged() -> Vec<Response> {
    let is_of_items = |it: &Response| {
        matches!(
            it,
            Response::GetItem(_)
                | Response::CreateItem(_)
                | Response::UpdateItem(_)
                | Response::SyncFolderItems(_)
                | Response::FindItem(_)
        )
    };
    responses().into_iter().filter(|it| !is_of_items(it)).chain(item_answers()).collect()
}

/// Both readers agree on how many messages there are and which of them are errors, and of what.
fn agree<R: OperationResponse, T>(response: &Response, ours: &[ResponseMessage<T>])
where
    R::Message: Clone,
{
    let theirs = read::<R>(response);
    assert_eq!(theirs.len(), ours.len(), "{}", response.name());
    for (ours, theirs) in ours.iter().zip(theirs) {
        match theirs {
            ResponseClass::Success(_) => assert!(ours.is_ok()),
            ResponseClass::Warning(_) => assert_eq!(ours.class, wire::ews::ResponseClass::Warning),
            ResponseClass::Error(error) => {
                assert_eq!(format!("{:?}", error.response_code), ours.code.as_str());
                assert_eq!(Some(error.message_text), ours.text);
            }
        }
    }
}

/// One of each sample that both know. Warnings have no content here, which they do not expect.
#[test]
fn thunderbird_reads_every_answer_that_it_knows() {
    let mut known = 0;
    for response in judged() {
        known += 1;
        match &response {
            Response::GetFolder(it) => {
                agree::<ews::get_folder::GetFolderResponse, _>(&response, it);
            }
            Response::GetItem(it) => agree::<ews::get_item::GetItemResponse, _>(&response, it),
            Response::SyncFolderItems(it) => {
                agree::<sync_folder_items::SyncFolderItemsResponse, _>(&response, it);
            }
            Response::SyncFolderHierarchy(it) => {
                agree::<sync_folder_hierarchy::SyncFolderHierarchyResponse, _>(&response, it);
            }
            Response::CreateItem(it) => {
                agree::<ews::create_item::CreateItemResponse, _>(&response, it);
            }
            Response::UpdateItem(it) => {
                agree::<ews::update_item::UpdateItemResponse, _>(&response, it);
            }
            Response::DeleteItem(it) => {
                agree::<ews::delete_item::DeleteItemResponse, _>(&response, it);
            }
            Response::DeleteFolder(it) => {
                agree::<ews::delete_folder::DeleteFolderResponse, _>(&response, it);
            }
            Response::EmptyFolder(it) => {
                agree::<ews::empty_folder::EmptyFolderResponse, _>(&response, it);
            }
            Response::MarkAllItemsAsRead(it) => {
                agree::<ews::mark_all_read::MarkAllItemsAsReadResponse, _>(&response, it);
            }
            _ => known -= 1,
        }
    }
    assert!(known >= 9, "{known}");
}

/// Whether an item, by its MAPI class and its id, is the same to both.
#[test]
fn both_find_the_same_items_and_changes() {
    for response in judged() {
        match &response {
            Response::CreateItem(it) => {
                same_items::<ews::create_item::CreateItemResponse>(&response, it, |message| {
                    message.items.inner.iter().map(subject_and_id).collect()
                });
            }
            Response::SyncFolderItems(it) => same_changes(&response, it),
            Response::SyncFolderHierarchy(it) => {
                let theirs = read::<sync_folder_hierarchy::SyncFolderHierarchyResponse>(&response);
                for (ours, theirs) in it.iter().zip(theirs) {
                    let ResponseClass::Success(theirs) = theirs else { continue };
                    let ours = ours.content.changes.as_deref().unwrap_or_default();
                    assert_eq!(theirs.changes.inner.len(), ours.len());
                    for (ours, theirs) in ours.iter().zip(theirs.changes.inner) {
                        let deleted = match theirs {
                            sync_folder_hierarchy::Change::Delete { folder_id } => {
                                Some(folder_id.id)
                            }
                            _ => None,
                        };
                        let here = match ours {
                            HierarchyChange::Delete(id) => Some(id.id.clone()),
                            _ => None,
                        };
                        assert_eq!(deleted, here);
                    }
                }
            }
            _ => {}
        }
    }
}

type Told = (Option<String>, Option<String>);

fn subject_and_id(item: &ews::RealItem) -> Told {
    let message = item.inner_message();
    (message.subject.clone(), message.item_id.as_ref().map(|id| id.id.clone()))
}

fn ours(item: &wire::ews::Item) -> Told {
    let subject = item.properties.text(Field::ItemSubject).map(str::to_owned);
    (subject, item.id().map(|id| id.id.clone()))
}

fn same_items<R: OperationResponse>(
    response: &Response,
    messages: &[ResponseMessage<Items>],
    theirs: impl Fn(&R::Message) -> Vec<Told>,
) where
    R::Message: Clone,
{
    for (message, read) in messages.iter().zip(read::<R>(response)) {
        let ResponseClass::Success(read) = read else { continue };
        let items: Vec<Told> = message.content.items.iter().map(ours).collect();
        assert_eq!(theirs(&read), items);
    }
}

fn same_changes(response: &Response, messages: &[ResponseMessage<wire::ews::items::SyncedItems>]) {
    type Theirs = sync_folder_items::SyncFolderItemsResponse;
    for (message, read) in messages.iter().zip(read::<Theirs>(response)) {
        let ResponseClass::Success(read) = read else { continue };
        assert_eq!(read.sync_state, message.content.state.0);
        assert_eq!(read.includes_last_item_in_range, message.content.is_last);
        let theirs: Vec<_> = read.changes.inner.iter().map(change).collect();
        let here = message.content.changes.iter().flatten();
        let here: Vec<_> = here
            .map(|change| match change {
                ItemChange::Create(item) => ("create", ours(item), None),
                ItemChange::Update(item) => ("update", ours(item), None),
                ItemChange::Delete(id) => ("delete", (None, Some(id.id.clone())), None),
                ItemChange::ReadFlagChange(id, read) => {
                    ("flag", (None, Some(id.id.clone())), Some(*read))
                }
            })
            .collect();
        assert_eq!(theirs, here);
    }
}

fn change(change: &sync_folder_items::Change) -> (&'static str, Told, Option<bool>) {
    use sync_folder_items::Change;
    match change {
        Change::Create { item } => ("create", subject_and_id(item), None),
        Change::Update { item } => ("update", subject_and_id(item), None),
        Change::Delete { item_id } => ("delete", (None, Some(item_id.id.clone())), None),
        Change::ReadFlagChange { item_id, is_read } => {
            ("flag", (None, Some(item_id.id.clone())), Some(*is_read))
        }
    }
}

/// T1 of field.md 3.5, and the back-off that Thunderbird waits for.
#[test]
fn thunderbird_obeys_our_fault() {
    let text = "The server cannot service this request right now. Try again later.";
    let fault = Fault::new(ResponseCode::ErrorServerBusy, text);
    let fault = fault.with("BackOffMilliseconds", "297749");
    let document = ResponseEnvelope::fault(server(), fault).write();
    let read = Envelope::<ews::get_item::GetItemResponse>::from_xml_document(&document);
    let Err(ews::Error::RequestFault(fault)) = read else { panic!("{read:?}") };
    assert_eq!(fault.faultstring, text);
    assert!(fault.faultcode.ends_with(":ErrorServerBusy"), "{}", fault.faultcode);
    let detail = fault.detail.unwrap();
    assert_eq!(detail.response_code, Some(ews::response::ResponseCode::ErrorServerBusy));
    let xml = format!("{:?}", detail.message_xml.unwrap());
    assert!(xml.contains("297749"), "{xml}");
}

/// The other way round: what Thunderbird asks is understood here.
#[test]
fn we_read_what_thunderbird_asks() {
    let folder = ews::BaseFolderId::DistinguishedFolderId {
        id: "inbox".to_owned(),
        change_key: None,
        mailbox: None,
    };
    let request = sync_folder_items::SyncFolderItems {
        item_shape: ews::ItemShape { base_shape: ews::BaseShape::IdOnly, ..Default::default() },
        sync_folder_id: folder.clone(),
        sync_state: Some("H4sI/+=".to_owned()),
        ignore: None,
        max_changes_returned: 100,
        sync_scope: None,
    };
    let Request::SyncFolderItems(read) = asked(request) else { panic!("another operation") };
    assert_eq!(read.folder, FolderRef::distinguished("inbox"));
    assert_eq!(read.state, Some("H4sI/+=".into()));
    assert_eq!(read.max_changes, 100);
    let request = ews::get_folder::GetFolder {
        folder_shape: ews::FolderShape { base_shape: ews::BaseShape::AllProperties },
        folder_ids: vec![folder],
    };
    let Request::GetFolder(read) = asked(request) else { panic!("another operation") };
    assert_eq!(read.folder_ids, [FolderRef::distinguished("inbox")]);
    assert_eq!(read.shape.base, wire::ews::folders::BaseShape::AllProperties);
}

fn asked<B: ews::Operation>(body: B) -> Request {
    let version = ews::server_version::ExchangeServerVersion::Exchange2013_SP1;
    let headers = vec![ews::soap::Header::RequestServerVersion { version }];
    let document = Envelope { headers, body }.as_xml_document().unwrap();
    let read = RequestEnvelope::read(&document).unwrap();
    assert_eq!(read.header.version.as_deref(), Some("Exchange2013_SP1"));
    read.request
}
