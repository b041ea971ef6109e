//! Items of every class with every field they can have, so that none is written where the schema
//! does not want it.

use jiff::Timestamp;
use jiff::civil::date;
use wire::ews::folders::EffectiveRights;
use wire::ews::property::{Kind, PropertyName, PropertySet};
use wire::ews::recurrence::{
    DayOfWeek, DayOfWeekIndex, DeletedOccurrence, MeetingTimeZone, OccurrenceInfo, Pattern, Range,
    RangeEnd, Recurrence,
};
use wire::ews::value::{
    Attachment, AttachmentContent, Attendee, Body, Flag, Member, MimeContent, Tree,
};
use wire::ews::{
    AttachmentId, Dictionary, ExtendedField, Field, FolderId, Item, ItemClass, ItemId, Mailbox,
    Property, PropertyType, TimeZoneDefinition, Value,
};

/// So many seconds after some moment.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_164_645 + seconds).unwrap()
}

/// One item of each class that answers may have, with everything.
pub(crate) fn items() -> Vec<Item> {
    let real = ItemClass::ALL.iter().filter(|class| !is_response(**class));
    real.map(|&class| item(class)).collect()
}

/// One of each reply and answer.
pub(crate) fn response_objects() -> Vec<Item> {
    let reply = |class| {
        Item::new(class)
            .with(Field::MessageToRecipients, vec![mailbox()])
            .with(Field::MessageIsReadReceiptRequested, true)
            .with(Field::MessageFrom, mailbox())
            .with(Field::ResponseReferenceItemId, ItemId::versioned("i", "k"))
    };
    let smart = |class| {
        reply(class)
            .with(Field::ItemSubject, "RE: x")
            .with(Field::ResponseNewBodyContent, Body::html("<p>new</p>"))
    };
    let answer = |class| {
        reply(class)
            .with(Field::ItemClass, "IPM.Schedule.Meeting.Resp.Pos")
            .with(Field::ItemSensitivity, "Normal")
            .with(Field::ItemBody, Body::text("yes"))
    };
    vec![
        smart(ItemClass::ReplyToItem),
        smart(ItemClass::ReplyAllToItem),
        smart(ItemClass::ForwardItem),
        smart(ItemClass::CancelCalendarItem),
        answer(ItemClass::AcceptItem)
            .with(Field::MeetingProposedStart, at(1))
            .with(Field::MeetingProposedEnd, at(2)),
        answer(ItemClass::TentativelyAcceptItem),
        answer(ItemClass::DeclineItem),
        reply(ItemClass::RemoveItem),
        Item::new(ItemClass::SuppressReadReceipt)
            .with(Field::ResponseReferenceItemId, ItemId::new("i")),
        Item::new(ItemClass::PostReplyItem)
            .with(Field::ItemSubject, "RE: y")
            .with(Field::ResponseReferenceItemId, ItemId::new("i"))
            .with(Field::ResponseNewBodyContent, Body::text("new")),
    ]
}

const fn is_response(class: ItemClass) -> bool {
    use ItemClass as C;
    matches!(
        class,
        C::ReplyToItem
            | C::ReplyAllToItem
            | C::ForwardItem
            | C::AcceptItem
            | C::TentativelyAcceptItem
            | C::DeclineItem
            | C::CancelCalendarItem
            | C::RemoveItem
            | C::SuppressReadReceipt
            | C::PostReplyItem
    )
}

fn item(class: ItemClass) -> Item {
    let mut item = Item::new(class);
    for field in class.fields() {
        if let Some(value) = value(class, field) {
            item.properties.set(field, value);
        }
        for (property, value) in entries(field) {
            item.properties.set(property, value);
        }
    }
    item
}

/// Fields that nobody here makes anything of: they are kept as they come.
pub(crate) fn without(field: Field) -> bool {
    field.kind() == Kind::Tree && tree(field).is_none()
}

fn entries(field: Field) -> Vec<(Property, Value)> {
    let indexed =
        |dictionary, index: &str, value: Value| (Property::indexed(dictionary, index), value);
    match field.kind() {
        Kind::EmailAddresses => vec![
            indexed(Dictionary::EmailAddress, "EmailAddress1", "a@example.org".into()),
            indexed(Dictionary::EmailAddress, "EmailAddress2", entry_mailbox().into()),
        ],
        Kind::PhysicalAddresses => vec![
            indexed(Dictionary::Street, "Home", "1 Lane".into()),
            indexed(Dictionary::PostalCode, "Home", "12345".into()),
            indexed(Dictionary::City, "Business", "Town".into()),
            indexed(Dictionary::State, "Business", "State".into()),
            indexed(Dictionary::CountryOrRegion, "Business", "Land".into()),
        ],
        Kind::PhoneNumbers => vec![
            indexed(Dictionary::PhoneNumber, "MobilePhone", "+49 1".into()),
            indexed(Dictionary::PhoneNumber, "HomePhone", "+49 2".into()),
        ],
        Kind::ImAddresses => vec![indexed(Dictionary::ImAddress, "ImAddress1", "im".into())],
        Kind::Extended => extended(),
        _ => vec![],
    }
}

fn entry_mailbox() -> Mailbox {
    Mailbox {
        name: Some("B".to_owned()),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Contact".to_owned()),
        ..Mailbox::new("b@example.org")
    }
}

fn extended() -> Vec<(Property, Value)> {
    let own = ExtendedField::Named {
        set: PropertySet::Id("00020329-0000-0000-c000-000000000046".to_owned()),
        name: PropertyName::Name("own".to_owned()),
        kind: PropertyType::String,
    };
    let fields: [(ExtendedField, Value); 7] = [
        (own, "text".into()),
        (ExtendedField::tag(0xe23, PropertyType::Integer), 7.into()),
        (ExtendedField::tag(0x1081, PropertyType::Long), i64::MAX.into()),
        (ExtendedField::tag(0x3008, PropertyType::SystemTime), at(3).into()),
        (ExtendedField::numbered("Appointment", 33_315, PropertyType::Boolean), true.into()),
        (ExtendedField::tag(0xff9, PropertyType::Binary), "AAEC".into()),
        (
            ExtendedField::named("PublicStrings", "keywords", PropertyType::StringArray),
            vec!["a".to_owned(), "b".to_owned()].into(),
        ),
    ];
    fields.map(|(field, value)| (field.into(), value)).into()
}

fn mailbox() -> Mailbox {
    Mailbox {
        name: Some("A \"quoted\" <name>".to_owned()),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        item_id: Some(ItemId::new("contact")),
        original_display_name: Some("A".to_owned()),
        ..Mailbox::new("a@example.org")
    }
}

/// Texts that have to be one of the schema's words.
fn word(field: Field) -> &'static str {
    match field {
        Field::ItemClass => "IPM.Note",
        Field::ItemSensitivity => "Private",
        Field::ItemImportance => "High",
        Field::ItemCulture => "de-DE",
        Field::ItemIconIndex => "MailReplied",
        Field::ItemInferenceClassification => "Focused",
        Field::MeetingResponseType | Field::CalendarMyResponseType => "Accept",
        Field::MeetingRequestType => "NewMeetingRequest",
        Field::MeetingRequestIntendedFreeBusyStatus | Field::CalendarLegacyFreeBusyStatus => "Busy",
        Field::CalendarItemType => "RecurringMaster",
        Field::ContactFileAsMapping => "LastCommaFirst",
        Field::ContactSource => "Store",
        Field::ContactPostalAddressIndex => "Business",
        Field::TaskDelegationState => "NoMatch",
        Field::TaskStatus => "InProgress",
        _ => "A \"text\" & <more>,\r\n  with\ttwo lines ",
    }
}

fn value(class: ItemClass, field: Field) -> Option<Value> {
    Some(match field.kind() {
        Kind::Text => word(field).into(),
        Kind::Bool => true.into(),
        Kind::Int => 15.into(),
        Kind::Double => 12.5.into(),
        Kind::DateTime => at(0).into(),
        Kind::Body => Body { truncated: Some(false), ..Body::html("<b>\u{1F600}</b>") }.into(),
        Kind::Bytes => vec![0_u8, 1, 2, 255].into(),
        Kind::Mime => MimeContent::new(b"Subject: x\r\n\r\nbody".to_vec()).into(),
        Kind::Mailbox => mailbox().into(),
        Kind::Mailboxes => vec![mailbox(), Mailbox::new("b@example.org")].into(),
        Kind::Attendees => vec![
            attendee(),
            Attendee { mailbox: Mailbox::new("b@example.org"), ..Attendee::default() },
        ]
        .into(),
        Kind::Attachments => attachments().into(),
        Kind::Strings => vec!["red".to_owned(), "blue & green".to_owned()].into(),
        Kind::Headers => Value::Headers(vec![("Received".to_owned(), "by x; now".to_owned())]),
        Kind::ItemId => ItemId::versioned("AAMk", "CQ").into(),
        Kind::FolderId => FolderId::versioned("AQMk", "AQ").into(),
        Kind::Rights => EffectiveRights::OWNER.into(),
        Kind::ResponseObjects => {
            Value::ResponseObjects(vec![ItemClass::ReplyToItem, ItemClass::ForwardItem])
        }
        Kind::Flag => Flag { start: Some(at(0)), due: Some(at(1)), ..Flag::new("Flagged") }.into(),
        Kind::Recurrence => recurrence(class).into(),
        Kind::Occurrence => occurrence(1).into(),
        Kind::Occurrences => vec![occurrence(2), occurrence(3)].into(),
        Kind::Deleted => vec![DeletedOccurrence { start: at(9) }].into(),
        Kind::MeetingTimeZone => MeetingTimeZone::named("W. Europe Standard Time").into(),
        Kind::TimeZone => TimeZoneDefinition::named("W. Europe Standard Time").into(),
        Kind::Members => vec![Member {
            key: Some("key".to_owned()),
            mailbox: Some(Mailbox::new("m@example.org")),
            status: Some("Normal".to_owned()),
        }]
        .into(),
        Kind::Tree => tree(field)?.into(),
        Kind::EmailAddresses
        | Kind::PhysicalAddresses
        | Kind::PhoneNumbers
        | Kind::ImAddresses
        | Kind::Extended
        | Kind::None => return None,
    })
}

fn tree(field: Field) -> Option<Tree> {
    let element = field.element();
    Some(match field {
        Field::ContactCompleteName => Tree::new(element)
            .with("Title", "Dr.")
            .with("FirstName", "A")
            .with("LastName", "B")
            .with("FullName", "Dr. A B"),
        Field::CalendarEnhancedLocation => {
            Tree::new(element).with("DisplayName", "Room 1").with("Annotation", "")
        }
        Field::ItemPolicyTag => Tree {
            attributes: vec![("IsExplicit".to_owned(), "true".to_owned())],
            text: "00020329-0000-0000-c000-000000000046".to_owned(),
            ..Tree::new(element)
        },
        Field::MessageReminderMessageData => Tree::new(element).with("ReminderText", "soon"),
        Field::MeetingRequestChangeHighlights => {
            Tree::new(element).with("HasLocationChanged", "true")
        }
        _ => return None,
    })
}

fn attendee() -> Attendee {
    Attendee {
        mailbox: mailbox(),
        response_type: Some("Tentative".to_owned()),
        last_response_time: Some(at(4)),
        proposed_start: Some(at(5)),
        proposed_end: Some(at(6)),
    }
}

fn attachments() -> Vec<Attachment> {
    let file = Attachment {
        id: Some(AttachmentId::new("att")),
        name: Some("a.txt".to_owned()),
        content_type: Some("text/plain".to_owned()),
        size: Some(12),
        last_modified: Some(at(8)),
        is_inline: Some(false),
        content: AttachmentContent::File { is_contact_photo: Some(false), content: None },
        ..Attachment::default()
    };
    let mail = Attachment {
        name: Some("mail".to_owned()),
        content: AttachmentContent::Item(None),
        ..Attachment::default()
    };
    vec![file, mail]
}

fn recurrence(class: ItemClass) -> Recurrence {
    let pattern = if class == ItemClass::Task {
        Pattern::WeeklyRegeneration { interval: 2 }
    } else {
        Pattern::RelativeMonthly {
            interval: 3,
            days: DayOfWeek::Tuesday,
            index: DayOfWeekIndex::Second,
        }
    };
    let end = RangeEnd::EndDate(date(2024, 12, 24));
    Recurrence { pattern, range: Range { start: date(2024, 1, 2), end } }
}

fn occurrence(number: i64) -> OccurrenceInfo {
    OccurrenceInfo {
        id: ItemId::versioned(format!("occurrence{number}"), "k"),
        start: at(number),
        end: at(number + 1),
        original_start: at(number),
    }
}
