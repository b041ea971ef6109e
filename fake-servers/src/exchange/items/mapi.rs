//! Extended properties: some are fields under another name, some follow from what the store knows,
//! and the rest are kept as they were set (ews-clients.md).

use wire::ews::property::{PropertyName, PropertySet};
use wire::ews::value::Body;
use wire::ews::{ExtendedField, Field, Properties, Property, Value};

use super::known::Known;
use crate::exchange::ids::Id;
use crate::exchange::ranks::{IMPORTANCES, SENSITIVITIES};
use crate::store::Overlay;

/// The field that an extended property is another name for.
pub(in crate::exchange) fn field(of: &ExtendedField) -> Option<Field> {
    let tag = match of {
        ExtendedField::Tag { tag, .. } => tag,
        ExtendedField::Named { set, name, .. } => return named(set, name),
    };
    Some(match tag {
        0x001a => Field::ItemClass,
        0x0037 => Field::ItemSubject,
        0x0070 => Field::MessageConversationTopic,
        0x0e02 => Field::ItemDisplayBcc,
        0x0e03 => Field::ItemDisplayCc,
        0x0e04 => Field::ItemDisplayTo,
        0x0e06 => Field::ItemDateTimeReceived,
        0x0e08 => Field::ItemSize,
        0x0039 => Field::ItemDateTimeSent,
        0x0e1b => Field::ItemHasAttachments,
        0x1000 => Field::ItemTextBody,
        0x1035 => Field::MessageInternetMessageId,
        0x1039 => Field::MessageReferences,
        0x1042 => Field::ItemInReplyTo,
        0x3007 => Field::ItemDateTimeCreated,
        0x3008 => Field::ItemLastModifiedTime,
        _ => return None,
    })
}

/// The same for properties that have a number in a set ([MS-OXPROPS] 2, by their names).
fn named(set: &PropertySet, name: &PropertyName) -> Option<Field> {
    let (PropertySet::Distinguished(set), PropertyName::Id(id)) = (set, name) else { return None };
    Some(match (set.as_str(), id) {
        ("Appointment", 0x8208) => Field::CalendarLocation,
        ("Appointment", 0x820d) => Field::CalendarStart,
        ("Appointment", 0x820e) => Field::CalendarEnd,
        ("Appointment", 0x8215) => Field::CalendarIsAllDayEvent,
        ("Appointment", 0x8217) => Field::CalendarAppointmentState,
        ("Appointment", 0x8223) => Field::CalendarIsRecurring,
        ("Common", 0x8501) => Field::ItemReminderMinutesBeforeStart,
        ("Common", 0x8503) => Field::ItemReminderIsSet,
        _ => return None,
    })
}

/// An extended property's value.
pub(in crate::exchange) fn value(
    of: &ExtendedField,
    all: &Properties,
    known: &Known<'_>,
) -> Option<Value> {
    if let Some(field) = field(of) {
        return match all.field(field)? {
            Value::Body(body) => Some(Value::Text(body.text.clone())),
            other => Some(other.clone()),
        };
    }
    let ExtendedField::Tag { tag, .. } = of else {
        return all.get(&Property::Extended(of.clone())).cloned();
    };
    match tag {
        0x0e07 => Some(Value::Int(flags(all))),
        0x0e23 => Some(Value::Int(i64::from(known.stored.uid.0))),
        0x0036 => Some(Value::Int(place(all, Field::ItemSensitivity, &SENSITIVITIES))),
        0x0017 => Some(Value::Int(place(all, Field::ItemImportance, &IMPORTANCES))),
        0x0ff9 | 0x0fff => {
            Some(Value::Bytes(Id::Item(known.ix, known.stored.uid).write().into_bytes()))
        }
        0x007d => Some(Value::Text(headers(all))),
        0x1013 => match all.field(Field::ItemBody)? {
            Value::Body(body) if body.kind == wire::ews::value::BodyType::Html => {
                Some(Value::Bytes(body.text.clone().into_bytes()))
            }
            _ => None,
        },
        _ => all.get(&Property::Extended(of.clone())).cloned(),
    }
}

fn place(all: &Properties, field: Field, words: &[&str]) -> i64 {
    let word = all.text(field).unwrap_or("Normal");
    words.iter().zip(0..).find(|(known, _)| **known == word).map_or(0, |(_, place)| place)
}

/// `PidTagMessageFlags`: 1 read, 2 unmodified, 4 submitted, 8 unsent, 16 with attachments, 32 from
/// oneself.
fn flags(all: &Properties) -> i64 {
    [
        (Field::MessageIsRead, 1),
        (Field::ItemIsUnmodified, 2),
        (Field::ItemIsSubmitted, 4),
        (Field::ItemIsDraft, 8),
        (Field::ItemHasAttachments, 16),
        (Field::ItemIsFromMe, 32),
    ]
    .iter()
    .filter(|(field, _)| all.bool(*field) == Some(true))
    .map(|(_, bit)| bit)
    .sum()
}

fn headers(all: &Properties) -> String {
    match all.field(Field::ItemInternetMessageHeaders) {
        Some(Value::Headers(list)) => {
            let lines = list.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]);
            lines.collect()
        }
        _ => String::new(),
    }
}

/// Sets a property on an item, by whichever of its names it was given.
pub(in crate::exchange) fn set(overlay: &mut Overlay, property: Property, value: Value) {
    // Nobody said whose clock is meant, and clients read no times without a zone.
    let value = match (value.as_date_time(), value) {
        (Some(moment), Value::Local(_)) => Value::DateTime(moment),
        (_, value) => value,
    };
    match &property {
        Property::Field(Field::MessageIsRead) => {
            if let Value::Bool(read) = value {
                overlay.read = read;
            }
            return;
        }
        Property::Extended(of @ ExtendedField::Tag { tag, .. }) => {
            if *tag == 0x0e07 {
                if let Value::Int(flags) = value {
                    overlay.read = flags & 1 != 0;
                    overlay.draft = flags & 8 != 0;
                }
                return;
            }
            if let Some(field) = field(of) {
                let (field, value) = match (field, value) {
                    (Field::ItemTextBody, Value::Text(text)) => {
                        (Field::ItemBody, Value::from(Body::text(text)))
                    }
                    other => other,
                };
                overlay.properties.set(field, value);
                return;
            }
            let words: &[&str] = match tag {
                0x0036 => &SENSITIVITIES,
                0x0017 => &IMPORTANCES,
                _ => &[],
            };
            if let (Value::Int(number), false) = (&value, words.is_empty()) {
                let word = usize::try_from(*number).ok().and_then(|place| words.get(place));
                let of =
                    if *tag == 0x0036 { Field::ItemSensitivity } else { Field::ItemImportance };
                overlay.properties.set(of, *word.unwrap_or(&"Normal"));
                return;
            }
        }
        _ => {}
    }
    overlay.properties.set(property, value);
}
