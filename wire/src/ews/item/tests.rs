//! Items with any properties and any values come back as they were.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::ews::items::{CreateItem, ItemChange, SyncedItems};
use crate::ews::property::{Kind, PropertyName, PropertySet, PropertyType};
use crate::ews::value::{
    Attachment, AttachmentContent, Attendee, Body, BodyType, Flag, MimeContent,
};
use crate::ews::xml::{Limits, Reader, Writer};
use crate::ews::{
    AttachmentId, Dictionary, ExtendedField, FolderId, Mailbox, Request, RequestEnvelope, Response,
    ResponseEnvelope, ResponseMessage, ServerVersionInfo,
};

/// Text with everything that has to be escaped; only what XML does not allow is left out.
fn text() -> impl Strategy<Value = String> {
    "([ -~\t\n\r&<>\"'\u{e4}\u{1F600}]|[^\u{0}-\u{1f}\u{fffe}\u{ffff}]){0,12}"
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_i64..=253_402_207_199)
        .prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn item_id() -> impl Strategy<Value = ItemId> {
    (text(), option::of(text())).prop_map(|(id, change_key)| ItemId { id, change_key })
}

fn mailbox() -> impl Strategy<Value = Mailbox> {
    (vec(option::of(text()), 5), option::of(item_id())).prop_map(|(mut texts, item_id)| {
        let mut next = || texts.pop().flatten();
        Mailbox {
            name: next(),
            address: next(),
            routing_type: next(),
            mailbox_type: next(),
            original_display_name: next(),
            item_id,
        }
    })
}

fn attachment() -> impl Strategy<Value = Attachment> {
    let content = prop_oneof![
        (option::of(any::<bool>()), option::of(vec(any::<u8>(), 0..20))).prop_map(
            |(is_contact_photo, content)| AttachmentContent::File { is_contact_photo, content }
        ),
        option::of(text()).prop_map(|subject| {
            AttachmentContent::Item(subject.map(|subject| {
                Box::new(Item::new(ItemClass::Message).with(Field::ItemSubject, subject))
            }))
        }),
    ];
    let id = (text(), option::of(text())).prop_map(|(id, root)| AttachmentId {
        id,
        root_item_id: root.clone(),
        root_item_change_key: root,
    });
    (option::of(id), option::of(text()), option::of(moment()), option::of(any::<u32>()), content)
        .prop_map(|(id, name, last_modified, size, content)| Attachment {
            id,
            name,
            size,
            last_modified,
            content,
            ..Attachment::default()
        })
}

/// The field itself, with a value of its kind.
fn of_field(field: Field) -> BoxedStrategy<Vec<(Property, Value)>> {
    let value = match field.kind() {
        Kind::Text => text().prop_map(Value::Text).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Int => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::Double => (-1e9..1e9_f64).prop_map(Value::Double).boxed(),
        Kind::DateTime => prop_oneof![
            moment().prop_map(Value::DateTime),
            moment().prop_map(|it| Value::Local(jiff::tz::Offset::UTC.to_datetime(it))),
        ]
        .boxed(),
        Kind::Body => (select(BodyType::ALL), text(), option::of(any::<bool>()))
            .prop_map(|(kind, text, truncated)| Body { kind, text, truncated }.into())
            .boxed(),
        Kind::Bytes => vec(any::<u8>(), 0..20).prop_map(Value::Bytes).boxed(),
        Kind::Mime => (option::of(text()), vec(any::<u8>(), 0..20))
            .prop_map(|(character_set, content)| MimeContent { character_set, content }.into())
            .boxed(),
        Kind::Mailbox => mailbox().prop_map(Value::from).boxed(),
        Kind::Mailboxes => vec(mailbox(), 0..3).prop_map(Value::Mailboxes).boxed(),
        Kind::Attendees => vec((mailbox(), option::of(text()), option::of(moment())), 0..3)
            .prop_map(|list| {
                let attendee = |(mailbox, response_type, proposed_start)| Attendee {
                    mailbox,
                    response_type,
                    proposed_start,
                    ..Attendee::default()
                };
                Value::Attendees(list.into_iter().map(attendee).collect())
            })
            .boxed(),
        Kind::Attachments => vec(attachment(), 0..3).prop_map(Value::Attachments).boxed(),
        Kind::Strings => vec(text(), 0..3).prop_map(Value::Strings).boxed(),
        Kind::Headers => vec((text(), text()), 0..3).prop_map(Value::Headers).boxed(),
        Kind::ItemId => item_id().prop_map(Value::ItemId).boxed(),
        Kind::FolderId => text().prop_map(|id| Value::FolderId(FolderId::new(id))).boxed(),
        Kind::Flag => (text(), option::of(moment()))
            .prop_map(|(status, due)| Flag { status, due, ..Flag::default() }.into())
            .boxed(),
        Kind::ResponseObjects => {
            vec(select(ItemClass::ALL), 0..3).prop_map(Value::ResponseObjects).boxed()
        }
        _ => return entries(field),
    };
    value.prop_map(move |value| vec![(field.into(), value)]).boxed()
}

/// The entries of a dictionary, or extended properties.
fn entries(field: Field) -> BoxedStrategy<Vec<(Property, Value)>> {
    if field.kind() == Kind::Extended {
        return vec(extended(), 0..4).boxed();
    }
    let parts: Vec<_> =
        Dictionary::ALL.iter().copied().filter(|dictionary| dictionary.field() == field).collect();
    if parts.is_empty() || matches!(field.kind(), Kind::Members) {
        return Just(vec![]).boxed();
    }
    let entry = (select(parts), text(), text());
    let property = |(part, key, value)| (Property::Indexed(part, key), Value::Text(value));
    vec(entry.prop_map(property), 0..4).boxed()
}

fn extended() -> impl Strategy<Value = (Property, Value)> {
    let set = prop_oneof![
        text().prop_map(PropertySet::Distinguished),
        "[0-9a-f]{8}".prop_map(PropertySet::Id)
    ];
    let name =
        prop_oneof![any::<i32>().prop_map(PropertyName::Id), text().prop_map(PropertyName::Name)];
    let kind = || select(PropertyType::ALL);
    let field = prop_oneof![
        (any::<u16>(), kind()).prop_map(|(tag, kind)| ExtendedField::Tag { tag, kind }),
        (set, name, kind()).prop_map(|(set, name, kind)| ExtendedField::Named { set, name, kind }),
    ];
    (field, text(), vec(text(), 0..3)).prop_map(|(field, one, several)| {
        let value = if field.kind().is_array() {
            Value::Strings(several)
        } else {
            Value::of_type(field.kind(), one)
        };
        (field.into(), value)
    })
}

fn item() -> impl Strategy<Value = Item> {
    select(ItemClass::ALL).prop_flat_map(|class| {
        let fields: Vec<_> = class.fields().collect();
        let properties = vec(select(fields).prop_flat_map(of_field), 0..8);
        properties.prop_map(move |properties| Item {
            class,
            properties: properties.into_iter().flatten().collect(),
        })
    })
}

/// The names of the children of an item's element, in their order.
fn order(document: &str, class: ItemClass) -> Vec<u16> {
    let mut r = Reader::new(document.as_bytes(), Limits::default()).unwrap();
    let mut places = Vec::new();
    r.root().unwrap();
    r.children(|r, _| {
        r.children(|_, el| {
            places.push(class.place(class.field(el.name).unwrap()));
            Ok(())
        })
    })
    .unwrap();
    places
}

proptest! {
    #[test]
    fn items_read_back_from_requests_and_answers(items in vec(item(), 0..4)) {
        let request = Request::CreateItem(CreateItem {
            message_disposition: None,
            send_meeting_invitations: None,
            saved_item_folder: None,
            items: items.clone(),
        });
        let envelope = RequestEnvelope::new("Exchange2016", request);
        prop_assert_eq!(RequestEnvelope::read(&envelope.write()).unwrap(), envelope);

        let changes = items.into_iter().map(ItemChange::Update).collect();
        let content = SyncedItems { changes: Some(changes), ..SyncedItems::default() };
        let answer = Response::SyncFolderItems(vec![ResponseMessage::ok(content)]);
        let envelope = ResponseEnvelope::new(ServerVersionInfo::default(), answer);
        prop_assert_eq!(ResponseEnvelope::read(&envelope.write()).unwrap(), envelope);
    }

    #[test]
    fn elements_stand_in_the_order_of_the_class(item in item()) {
        let mut w = Writer::new();
        w.envelope();
        item.write(&mut w);
        w.close("s:Envelope");
        let document = String::from_utf8(w.into_bytes()).unwrap();
        let places = order(&document, item.class);
        prop_assert!(places.is_sorted(), "{places:?} {document}");
    }
}
