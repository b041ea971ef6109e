//! An item as a client wants to see it: a basic set and single properties beside it. What an item
//! does not have is left out, and so is what nobody knows: clients ask for fields of all classes
//! and versions at once (ews-clients.md).

use wire::ews::folders::BaseShape;
use wire::ews::value::{BodyType, MimeContent};
use wire::ews::{Field, Item, ItemClass, ItemShape, Properties, Property, Value};

use super::known::Known;
use super::{bodies, mapi};

/// Where the shape is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Use {
    /// A single item: everything can be had.
    Get,
    /// Those that a search found: no bodies and no lists of recipients (EWSREF `FindItem`).
    Find,
    /// Those that are synchronised: no bodies.
    Sync,
}

impl Use {
    /// What cannot be had of many items at once, not even by its name.
    const fn never(self) -> &'static [Field] {
        match self {
            Self::Get => &[],
            Self::Find => NEVER_FOUND,
            Self::Sync => NEVER_SYNCHRONISED,
        }
    }
}

/// Whether nothing but ids is wanted.
fn ids_only(shape: &ItemShape) -> bool {
    shape.base == BaseShape::IdOnly
        && shape.additional.iter().all(|it| *it == Property::Field(Field::ItemId))
        && shape.include_mime_content != Some(true)
}

/// An item in a shape.
pub(in crate::exchange) fn shaped(known: &Known<'_>, shape: &ItemShape, purpose: Use) -> Item {
    let class = known.class();
    let mut item = Item::new(class);
    if ids_only(shape) {
        return item.with(Field::ItemId, known.id());
    }
    let all = known.properties();
    item.properties = project(class, &all, shape, purpose);
    for property in &shape.additional {
        if let Property::Extended(field) = property
            && let Some(value) = mapi::value(field, &all, known)
        {
            item.properties.set(property.clone(), value);
        }
    }
    let wanted = shape.include_mime_content == Some(true)
        || shape.additional.contains(&Property::Field(Field::ItemMimeContent));
    if wanted && purpose == Use::Get {
        item.properties.set(Field::ItemMimeContent, MimeContent::new(known.mime()));
    }
    item
}

/// What a shape wants of these properties, but for extended ones.
fn project(class: ItemClass, all: &Properties, shape: &ItemShape, purpose: Use) -> Properties {
    let asked = |property: &Property| shape.additional.contains(property);
    let wanted = |property: &Property| match property {
        Property::Field(Field::ItemId) => true,
        Property::Field(field) if purpose.never().contains(field) => false,
        Property::Field(field) if *field == Field::ItemMimeContent || !class.has(*field) => false,
        Property::Field(field) => asked(property) || in_base(class, *field, shape.base, purpose),
        Property::Indexed(dictionary, _) => {
            asked(property)
                || asked(&Property::Field(dictionary.field()))
                || in_base(class, dictionary.field(), shape.base, purpose)
        }
        Property::Extended(_) | Property::Unknown(_) => false,
    };
    let chosen = all.iter().filter(|(property, _)| wanted(property)).cloned();
    let mut chosen: Properties = chosen.collect();
    bodies(&mut chosen, all, shape, purpose);
    chosen
}

fn in_base(class: ItemClass, field: Field, base: BaseShape, purpose: Use) -> bool {
    let too_much = purpose != Use::Get && NOT_IN_LISTS.contains(&field);
    match base {
        BaseShape::IdOnly => false,
        BaseShape::Default => DEFAULT.contains(&field) && !too_much,
        BaseShape::AllProperties => class.has(field) && !NEVER_ALL.contains(&field) && !too_much,
    }
}

/// EWSREF `FindItem`: "You cannot get `ToRecipients` by using a `FindItem` request", and so for
/// the rest.
const NEVER_FOUND: &[Field] = &[
    Field::ItemMimeContent,
    Field::ItemBody,
    Field::ItemTextBody,
    Field::ItemUniqueBody,
    Field::ItemNormalizedBody,
    Field::ItemAttachments,
    Field::MessageToRecipients,
    Field::MessageCcRecipients,
    Field::MessageBccRecipients,
];

/// EWSREF `SyncFolderItems`: bodies and attachments take a `GetItem`.
const NEVER_SYNCHRONISED: &[Field] = &[
    Field::ItemMimeContent,
    Field::ItemBody,
    Field::ItemTextBody,
    Field::ItemUniqueBody,
    Field::ItemNormalizedBody,
    Field::ItemAttachments,
];

/// What no list of items tells unless it is asked for by name.
const NOT_IN_LISTS: &[Field] = &[
    Field::ItemBody,
    Field::ItemAttachments,
    Field::ItemInternetMessageHeaders,
    Field::MessageToRecipients,
    Field::MessageCcRecipients,
    Field::MessageBccRecipients,
    Field::MessageReplyTo,
    Field::CalendarRequiredAttendees,
    Field::CalendarOptionalAttendees,
    Field::CalendarResources,
    Field::CalendarRecurrence,
];

/// What has to be asked for by name.
const NEVER_ALL: &[Field] = &[
    Field::ItemMimeContent,
    Field::ItemTextBody,
    Field::ItemUniqueBody,
    Field::ItemNormalizedBody,
    Field::ItemPreview,
    Field::ItemFlag,
];

/// What most want.
const DEFAULT: &[Field] = &[
    Field::ItemId,
    Field::ItemSubject,
    Field::ItemSensitivity,
    Field::ItemBody,
    Field::ItemAttachments,
    Field::ItemSize,
    Field::ItemDateTimeSent,
    Field::ItemDateTimeCreated,
    Field::ItemHasAttachments,
    Field::MessageSender,
    Field::MessageToRecipients,
    Field::MessageCcRecipients,
    Field::MessageBccRecipients,
    Field::MessageIsReadReceiptRequested,
    Field::MessageIsDeliveryReceiptRequested,
    Field::MessageFrom,
    Field::MessageIsRead,
    Field::MessageInternetMessageId,
    Field::MessageReferences,
    Field::CalendarUID,
    Field::CalendarStart,
    Field::CalendarEnd,
    Field::CalendarIsAllDayEvent,
    Field::CalendarLegacyFreeBusyStatus,
    Field::CalendarLocation,
    Field::CalendarIsMeeting,
    Field::CalendarIsRecurring,
    Field::CalendarItemType,
    Field::CalendarMyResponseType,
    Field::CalendarOrganizer,
    Field::CalendarRequiredAttendees,
    Field::CalendarOptionalAttendees,
    Field::CalendarRecurrence,
    Field::ContactFileAs,
    Field::ContactDisplayName,
    Field::ContactGivenName,
    Field::ContactSurname,
    Field::ContactCompanyName,
    Field::ContactJobTitle,
    Field::ContactEmailAddresses,
    Field::ContactPhysicalAddresses,
    Field::ContactPhoneNumbers,
    Field::ListMembers,
    Field::TaskDueDate,
    Field::TaskStartDate,
    Field::TaskStatus,
    Field::TaskPercentComplete,
    Field::TaskIsComplete,
    Field::TaskOwner,
    Field::TaskTotalWork,
    Field::TaskActualWork,
];

/// Bodies, each in the kind that is wanted of it, and those that are told only when asked for.
fn bodies(chosen: &mut Properties, all: &Properties, shape: &ItemShape, purpose: Use) {
    let Some(Value::Body(body)) = all.field(Field::ItemBody) else { return };
    let kind = |own: Option<BodyType>| own.or(shape.body_type).unwrap_or(BodyType::Best);
    if chosen.field(Field::ItemBody).is_some() {
        chosen.set(Field::ItemBody, bodies::converted(body, kind(None)));
    }
    let asked = |field| purpose == Use::Get && shape.additional.contains(&Property::Field(field));
    if asked(Field::ItemUniqueBody) {
        let unique = bodies::unique(body);
        chosen.set(Field::ItemUniqueBody, bodies::converted(&unique, kind(shape.unique_body_type)));
    }
    if asked(Field::ItemNormalizedBody) {
        let normalized = bodies::converted(body, kind(shape.normalized_body_type));
        chosen.set(Field::ItemNormalizedBody, normalized);
    }
}
