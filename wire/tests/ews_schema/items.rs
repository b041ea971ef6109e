//! Items and what is done with them.

use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::{
    AffectedTaskOccurrences, AttachmentShape, Attachments, ConflictResolution, ConflictResults,
    CopyItem, CreateAttachment, CreateItem, DeleteAttachment, DeleteItem, DeletedAttachment,
    FieldUpdate, FindItem, FoundItems, GetAttachment, GetItem, ItemChange, ItemPage, ItemTraversal,
    ItemUpdate, Items, MarkAllItemsAsRead, MarkAsJunk, MessageDisposition, MoveItem, MovedItem,
    QueryString, RootItem, SendInvitationsOrCancellations, SendItem, SendMeetingInvitations,
    SyncFolderItems, SyncScope, SyncedItems, UpdateItem, UpdatedItems,
};
use wire::ews::search::{
    Comparison, ContainmentComparison, ContainmentMode, FieldOrder, Operand, Restriction,
    SortDirection, View,
};
use wire::ews::value::{Attachment, BodyType};
use wire::ews::{
    AttachmentId, Dictionary, ExtendedField, Field, FolderId, FolderRef, Item, ItemClass, ItemId,
    ItemRef, ItemShape, Property, PropertyType, Request, Response, ResponseCode, ResponseMessage,
};

use crate::failed;
use crate::samples::{self, at};

fn item_refs() -> Vec<ItemRef> {
    vec![
        ItemRef::Id(ItemId { id: "AAMk/+=".to_owned(), change_key: Some("CQAA".to_owned()) }),
        ItemRef::Id(ItemId { id: "AAMk".to_owned(), change_key: None }),
        ItemRef::Occurrence { master: "master".to_owned(), change_key: None, index: 3 },
        ItemRef::RecurringMaster { occurrence: "one".to_owned(), change_key: None },
    ]
}

fn folders() -> Vec<FolderRef> {
    vec![FolderRef::distinguished("inbox"), FolderId::versioned("F", "K").into()]
}

fn shape() -> ItemShape {
    let mut shape = ItemShape::new(BaseShape::AllProperties);
    shape.include_mime_content = Some(true);
    shape.body_type = Some(BodyType::Best);
    shape.unique_body_type = Some(BodyType::Html);
    shape.normalized_body_type = Some(BodyType::Text);
    shape.filter_html_content = Some(false);
    shape.convert_html_code_page_to_utf8 = Some(true);
    shape.inline_image_url_template = Some("cid:{id}".to_owned());
    shape.block_external_images = Some(true);
    shape.add_blank_target_to_links = Some(false);
    shape.maximum_body_size = Some(1024);
    shape
        .with(Field::ItemSubject)
        .with(Property::indexed(Dictionary::EmailAddress, "EmailAddress1"))
        .with(ExtendedField::tag(0xe23, PropertyType::Integer))
        .with(ExtendedField::named("PublicStrings", "keywords", PropertyType::StringArray))
        .with(ExtendedField::numbered("Common", 34160, PropertyType::Boolean))
}

fn restriction() -> Restriction {
    let tag = Property::from(ExtendedField::tag(0x3613, PropertyType::String));
    Restriction::And(vec![
        Restriction::Not(Box::new(Restriction::Exists(tag.clone()))),
        Restriction::Or(vec![
            Restriction::equal(Field::ItemSubject, "a \"quoted\" <b>"),
            Restriction::Compare(
                Comparison::IsLessThanOrEqualTo,
                Field::ItemDateTimeReceived.into(),
                Operand::Property(Field::ItemDateTimeSent.into()),
            ),
        ]),
        Restriction::Excludes(tag, 8),
        Restriction::Contains {
            mode: ContainmentMode::PrefixOnWords,
            comparison: ContainmentComparison::IgnoreCaseAndNonSpacingCharacters,
            property: Field::ItemSubject.into(),
            text: "x".to_owned(),
        },
    ])
}

fn find(view: View) -> Request {
    Request::FindItem(FindItem {
        traversal: ItemTraversal::Shallow,
        shape: shape(),
        view: Some(view),
        grouping: None,
        restriction: Some(restriction()),
        sort_order: Some(vec![
            FieldOrder {
                direction: SortDirection::Descending,
                property: Field::ItemDateTimeReceived.into(),
            },
            FieldOrder {
                direction: SortDirection::Ascending,
                property: ExtendedField::tag(0xe23, PropertyType::Integer).into(),
            },
        ]),
        parents: folders(),
        query: Some(QueryString {
            text: "from:me".to_owned(),
            return_highlight_terms: Some(true),
            ..QueryString::default()
        }),
    })
}

fn create() -> Request {
    Request::CreateItem(CreateItem {
        message_disposition: Some(MessageDisposition::SendAndSaveCopy),
        send_meeting_invitations: Some(SendMeetingInvitations::SendToAllAndSaveCopy),
        saved_item_folder: Some(FolderRef::distinguished("sentitems")),
        items: [samples::items(), samples::response_objects()].concat(),
    })
}

fn update() -> Request {
    let contact = ItemClass::Contact;
    let updates = vec![
        FieldUpdate::set(ItemClass::Message, Field::MessageIsRead, true),
        FieldUpdate::set(contact, Property::indexed(Dictionary::Street, "Home"), "1 Lane"),
        FieldUpdate::set(contact, Property::indexed(Dictionary::PhoneNumber, "MobilePhone"), "1"),
        FieldUpdate::set(ItemClass::Item, ExtendedField::tag(0x1090, PropertyType::Integer), 2),
        FieldUpdate::Append(
            Field::ItemBody.into(),
            Item::new(ItemClass::Message)
                .with(Field::ItemBody, wire::ews::value::Body::text("more")),
        ),
        FieldUpdate::Delete(Property::indexed(Dictionary::ImAddress, "ImAddress1")),
    ];
    Request::UpdateItem(UpdateItem {
        conflict_resolution: ConflictResolution::AutoResolve,
        message_disposition: Some(MessageDisposition::SaveOnly),
        send_invitations_or_cancellations: Some(
            SendInvitationsOrCancellations::SendToChangedAndSaveCopy,
        ),
        suppress_read_receipts: Some(true),
        saved_item_folder: Some(FolderRef::distinguished("drafts")),
        changes: item_refs()
            .into_iter()
            .map(|item| ItemUpdate { item, updates: updates.clone() })
            .collect(),
    })
}

fn attachments() -> Vec<Attachment> {
    let mut inline = Attachment::file("a.png", vec![0, 1, 254, 255]);
    inline.content_type = Some("image/png".to_owned());
    inline.content_id = Some("a@b".to_owned());
    inline.content_location = Some("a.png".to_owned());
    inline.is_inline = Some(true);
    let item = small();
    vec![inline, Attachment::file("empty", vec![]), Attachment::item("mail", item)]
}

fn told_attachments() -> Vec<Attachment> {
    let mut told = attachments();
    for attachment in &mut told {
        attachment.id = Some(AttachmentId {
            id: "att".to_owned(),
            root_item_id: Some("item".to_owned()),
            root_item_change_key: Some("key".to_owned()),
        });
        attachment.size = Some(77);
        attachment.last_modified = Some(at(7));
    }
    told
}

fn attachment_requests() -> Vec<Request> {
    let attachment_ids = vec![AttachmentId::new("a"), AttachmentId::new("b")];
    vec![
        Request::CreateAttachment(CreateAttachment {
            parent: ItemId::versioned("i", "k"),
            attachments: attachments(),
        }),
        Request::GetAttachment(GetAttachment {
            shape: Some(AttachmentShape {
                include_mime_content: Some(true),
                body_type: Some(BodyType::Text),
                filter_html_content: Some(true),
                additional: Some(vec![Field::ItemSize.into()]),
            }),
            attachment_ids: attachment_ids.clone(),
        }),
        Request::DeleteAttachment(DeleteAttachment { attachment_ids }),
    ]
}

fn moving_requests() -> Vec<Request> {
    let (to, item_ids) = (FolderRef::distinguished("deleteditems"), item_refs());
    vec![
        Request::MoveItem(MoveItem {
            to: to.clone(),
            item_ids: item_ids.clone(),
            return_new_item_ids: Some(true),
        }),
        Request::CopyItem(CopyItem { to, item_ids: item_ids.clone(), return_new_item_ids: None }),
        Request::DeleteItem(DeleteItem {
            delete_type: DeleteType::MoveToDeletedItems,
            send_meeting_cancellations: Some(SendMeetingInvitations::SendToNone),
            affected_task_occurrences: Some(AffectedTaskOccurrences::SpecifiedOccurrenceOnly),
            suppress_read_receipts: Some(false),
            item_ids: item_ids.clone(),
        }),
        Request::SendItem(SendItem {
            save_item_to_folder: true,
            item_ids: item_ids.clone(),
            saved_item_folder: Some(FolderRef::distinguished("sentitems")),
        }),
        Request::MarkAllItemsAsRead(MarkAllItemsAsRead {
            read_flag: true,
            suppress_read_receipts: true,
            folder_ids: folders(),
        }),
        Request::MarkAsJunk(MarkAsJunk { is_junk: true, move_item: false, item_ids }),
    ]
}

pub(crate) fn requests() -> Vec<Request> {
    let views = [
        View::page(10, 20),
        View::Fractional { max: Some(5), numerator: 1, denominator: 2 },
        View::Calendar { max: None, start: at(0), end: at(86_400) },
        View::Contacts { max: None, initial: Some("a".to_owned()), last: Some("k".to_owned()) },
    ];
    let mut requests = vec![
        Request::GetItem(GetItem { shape: shape(), item_ids: item_refs() }),
        Request::SyncFolderItems(SyncFolderItems {
            shape: shape(),
            folder: FolderRef::distinguished("inbox"),
            state: Some("H4sI".into()),
            ignore: Some(vec![ItemId::new("known")]),
            max_changes: 512,
            scope: Some(SyncScope::NormalAndAssociatedItems),
        }),
        create(),
        update(),
    ];
    requests.extend(views.map(find));
    requests.extend(moving_requests());
    requests.extend(attachment_requests());
    requests
}

fn done<T: Default>(content: T) -> Vec<ResponseMessage<T>> {
    vec![
        ResponseMessage::ok(content),
        failed(ResponseCode::ErrorItemNotFound),
        ResponseMessage::warning(ResponseCode::ErrorBatchProcessingStopped, "Stopped."),
    ]
}

/// Whole items with everything make one answer long enough; the others have this.
fn small() -> Item {
    Item::new(ItemClass::Message)
        .with(Field::ItemId, ItemId::versioned("AAMk", "CQ"))
        .with(Field::ItemSubject, "short")
        .with(Field::MessageIsRead, false)
}

fn synced() -> SyncedItems {
    let mut changes = vec![ItemChange::Create(small()), ItemChange::Update(small())];
    changes.push(ItemChange::Delete(ItemId::versioned("gone", "k")));
    changes.push(ItemChange::ReadFlagChange(ItemId::new("read"), true));
    SyncedItems { state: "H4sI".into(), is_last: false, changes: Some(changes) }
}

pub(crate) fn responses() -> Vec<Response> {
    let items = || Items { items: vec![small()] };
    let page = ItemPage {
        next_offset: Some(20),
        numerator: Some(1),
        denominator: Some(3),
        is_last: Some(false),
        total: Some(60),
        items: vec![small(), small()],
    };
    let updated =
        UpdatedItems { items: vec![small()], conflicts: Some(ConflictResults { count: 1 }) };
    let attachments = || Attachments { attachments: told_attachments() };
    let root = RootItem { id: "i".to_owned(), change_key: "k".to_owned() };
    vec![
        Response::GetItem(done(Items { items: samples::items() })),
        Response::FindItem(done(FoundItems { root: Some(page) })),
        Response::SyncFolderItems(done(synced())),
        Response::CreateItem(done(items())),
        Response::UpdateItem(done(updated)),
        Response::DeleteItem(done(())),
        Response::MoveItem(done(items())),
        Response::CopyItem(done(Items::one(small()))),
        Response::SendItem(done(())),
        Response::MarkAllItemsAsRead(done(())),
        Response::MarkAsJunk(done(MovedItem { id: Some(ItemId::versioned("i", "k")) })),
        Response::CreateAttachment(done(attachments())),
        Response::GetAttachment(done(attachments())),
        Response::DeleteAttachment(done(DeletedAttachment { root: Some(root) })),
    ]
}

/// Every field of every class is written where the schema has it.
#[test]
fn every_field_of_every_class_has_a_sample() {
    for item in samples::items() {
        for field in item.class.fields() {
            let has = item.properties.iter().any(|(property, _)| match property {
                Property::Field(known) => *known == field,
                Property::Indexed(dictionary, _) => dictionary.field() == field,
                Property::Extended(_) => field == Field::ItemExtendedProperty,
                Property::Unknown(_) => false,
            });
            assert!(has || samples::without(field), "{:?} {field:?}", item.class);
        }
    }
}
