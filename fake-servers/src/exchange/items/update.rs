//! `UpdateItem`.

use wire::ews::items::{
    ConflictResolution, ConflictResults, FieldUpdate, ItemUpdate, MessageDisposition, UpdateItem,
    UpdatedItems,
};
use wire::ews::value::{Body, MimeContent};
use wire::ews::{Field, ItemClass, Property, ResponseCode, ResponseMessage, Value};

use super::create::{no_content, weight};
use super::{mapi, typed};
use crate::exchange::appointments::{self, Touched};
use crate::exchange::calendar::Zone;
use crate::exchange::call::{Call, Named};
use crate::exchange::contacts;
use crate::exchange::delivery::{self, Copy};
use crate::exchange::ids::version;
use crate::exchange::meetings;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{Body as Bytes, FolderNo, Message, Overlay};

/// `UpdateItem`
pub(in crate::exchange) fn update(
    call: &mut Call<'_>,
    request: &UpdateItem,
) -> Vec<ResponseMessage<UpdatedItems>> {
    let mut answers = Vec::with_capacity(request.changes.len());
    for change in &request.changes {
        answers.push(message(update_one(call, request, change)));
    }
    answers
}

fn update_one(
    call: &mut Call<'_>,
    request: &UpdateItem,
    change: &ItemUpdate,
) -> Outcome<UpdatedItems> {
    let named = call.named(&change.item)?;
    check(call, request, named)?;
    let updates = prepared(call, named, &change.updates)?;
    let before = meetings::before(call, named)?;
    apply(call, named, updates)?;
    if let Some((before, whom)) = before.zip(request.send_invitations_or_cancellations) {
        meetings::updated(call, named, &before, whom)?;
    }
    let how = request.message_disposition.filter(|how| *how != MessageDisposition::SaveOnly);
    if let Some(how) = how {
        let copy = match (&request.saved_item_folder, how) {
            (_, MessageDisposition::SendOnly) => None,
            (Some(folder), _) => {
                let (ix, folder) = call.folder(folder)?;
                Some(Copy { ix, folder })
            }
            (None, _) => Some(Copy { ix: named.ix, folder: FolderNo::SENT }),
        };
        delivery::send_draft(call, named.ix, named.uid, copy)?;
        return Ok(UpdatedItems::default());
    }
    let mut item = call.item_of(named.ix, named.uid)?;
    if named.occurrence.is_some() {
        let known = call.known(named.ix, named.uid)?.at(named.occurrence)?;
        item.properties.set(Field::ItemId, known.id());
    }
    Ok(UpdatedItems { items: vec![item], conflicts: Some(ConflictResults { count: 0 }) })
}

/// Whether the change may be made: the client must know the item as it is, or not care.
fn check(call: &Call<'_>, request: &UpdateItem, named: Named<'_>) -> Outcome<()> {
    let known = call.known(named.ix, named.uid)?;
    match known.class() {
        ItemClass::CalendarItem if request.send_invitations_or_cancellations.is_none() => {
            let text = "SendMeetingInvitationsOrCancellations attribute is required.";
            let code = ResponseCode::ErrorSendMeetingInvitationsOrCancellationsRequired;
            return Err(Problem::new(code, text));
        }
        ItemClass::Message if request.message_disposition.is_none() => {
            let text = "The MessageDisposition attribute is required for messages.";
            return Err(Problem::new(ResponseCode::ErrorMessageDispositionRequired, text));
        }
        _ => {}
    }
    if request.conflict_resolution == ConflictResolution::AlwaysOverwrite {
        return Ok(());
    }
    let Some(key) = named.change_key else {
        let text = "A change key is required for this operation.";
        return Err(Problem::new(ResponseCode::ErrorChangeKeyRequired, text));
    };
    let seen = version(key).ok_or_else(|| {
        Problem::new(ResponseCode::ErrorInvalidChangeKey, "The change key is invalid.")
    })?;
    if request.conflict_resolution == ConflictResolution::NeverOverwrite && seen != known.version()
    {
        return Err(conflict());
    }
    Ok(())
}

/// Somebody else changed it.
pub(in crate::exchange) fn conflict() -> Problem {
    let text = "The send or update operation could not be performed because the change key \
                passed in the request does not match the current change key for the item.";
    Problem::new(ResponseCode::ErrorIrresolvableConflict, text)
}

/// One change, with nothing left that could fail.
enum Step {
    Set(Property, Value),
    Remove(Property),
    Bytes(Vec<u8>),
}

/// All changes of an item are made, or none.
fn prepared(call: &Call<'_>, named: Named<'_>, updates: &[FieldUpdate]) -> Outcome<Vec<Step>> {
    let mut steps = Vec::with_capacity(updates.len());
    for update in updates {
        let property = update.property();
        if let Property::Field(field) = property
            && FIXED.contains(field)
        {
            let (action, code) = match update {
                FieldUpdate::Set(..) => ("Set", ResponseCode::ErrorInvalidPropertySet),
                FieldUpdate::Append(..) => ("Append", ResponseCode::ErrorInvalidPropertyAppend),
                FieldUpdate::Delete(_) => ("Delete", ResponseCode::ErrorInvalidPropertyDelete),
            };
            return Err(Problem::new(code, format!("{action} action is invalid for property.")));
        }
        if let FieldUpdate::Set(_, item) | FieldUpdate::Append(_, item) = update
            && item.properties.iter().count() > 1
        {
            let text = "An object within a change description must contain one and only one \
                        property to modify.";
            return Err(Problem::new(ResponseCode::ErrorIncorrectUpdatePropertyCount, text));
        }
        let step = match update {
            FieldUpdate::Delete(_) => Step::Remove(property.clone()),
            FieldUpdate::Set(..) | FieldUpdate::Append(..) => {
                let Some(value) = update.value() else {
                    let text = "The property and the value of the update do not match.";
                    return Err(Problem::new(ResponseCode::ErrorUpdatePropertyMismatch, text));
                };
                typed::check(property, value)?;
                match (update, value) {
                    (FieldUpdate::Append(..), value) => {
                        Step::Set(property.clone(), appended(call, named, property, value)?)
                    }
                    (_, Value::Mime(mime)) => Step::Bytes(mime.content.clone()),
                    (_, value) => Step::Set(property.clone(), value.clone()),
                }
            }
        };
        steps.push(step);
    }
    Ok(steps)
}

/// What only the server says.
const FIXED: &[Field] = &[
    Field::ItemId,
    Field::ItemParentFolderId,
    Field::ItemDateTimeReceived,
    Field::ItemSize,
    Field::ItemIsSubmitted,
    Field::ItemIsDraft,
    Field::ItemIsFromMe,
    Field::ItemIsUnmodified,
    Field::ItemDateTimeCreated,
    Field::ItemHasAttachments,
    Field::ItemEffectiveRights,
    Field::ItemLastModifiedName,
    Field::ItemLastModifiedTime,
    Field::ItemConversationId,
    Field::ItemUniqueBody,
    Field::ItemNormalizedBody,
    Field::ItemPreview,
    Field::ContactCompleteName,
];

fn appended(
    call: &Call<'_>,
    named: Named<'_>,
    property: &Property,
    more: &Value,
) -> Outcome<Value> {
    let all = call.known(named.ix, named.uid)?.properties();
    Ok(match (all.get(property), more) {
        (Some(Value::Body(old)), Value::Body(more)) => {
            Value::from(Body { text: format!("{}{}", old.text, more.text), ..(**old).clone() })
        }
        (Some(Value::Mailboxes(old)), Value::Mailboxes(more)) => {
            Value::Mailboxes(old.iter().chain(more).cloned().collect())
        }
        (Some(Value::Attendees(old)), Value::Attendees(more)) => {
            Value::Attendees(old.iter().chain(more).cloned().collect())
        }
        (None, value @ (Value::Body(_) | Value::Mailboxes(_) | Value::Attendees(_))) => {
            value.clone()
        }
        _ => {
            let text = "Append action is invalid for property.";
            return Err(Problem::new(ResponseCode::ErrorInvalidPropertyAppend, text));
        }
    })
}

fn apply(call: &mut Call<'_>, named: Named<'_>, steps: Vec<Step>) -> Outcome<()> {
    let (ix, uid, now) = (named.ix, named.uid, call.now);
    let known = call.known(ix, uid)?;
    if known.class() == ItemClass::CalendarItem {
        return apply_to_appointment(call, named, steps);
    }
    let steps = if known.class() == ItemClass::Contact { as_card(steps)? } else { steps };
    let has_bytes = known.stored.message.body != Bytes::Absent;
    let message: Message = known.stored.message.clone();
    let before = known.stored.octets;
    let more: u64 = steps
        .iter()
        .map(|step| match step {
            Step::Set(_, value) => weight(value),
            Step::Bytes(bytes) => bytes.len() as u64,
            Step::Remove(_) => 0,
        })
        .sum();
    delivery::has_room(call, ix, more)?;
    let mailbox = call.mailbox_mut(ix)?;
    // A read flag alone is a change of its own kind.
    if let [Step::Set(Property::Field(Field::MessageIsRead), Value::Bool(read))] = *steps {
        return mailbox.flag(uid, read, now).ok_or_else(Problem::item_not_found);
    }
    let mut bytes = None;
    let change = |overlay: &mut Overlay| {
        for step in steps {
            match step {
                Step::Set(property, value) => mapi::set(overlay, property, value),
                Step::Remove(property) => remove(overlay, &property, has_bytes),
                Step::Bytes(content) => bytes = Some(content),
            }
        }
    };
    mailbox.change(uid, now, change).ok_or_else(Problem::item_not_found)?;
    let (message, octets) = match bytes {
        Some(bytes) => {
            let octets = bytes.len() as u64;
            (Message { body: Bytes::Raw(bytes.into()), ..message }, octets)
        }
        None if has_bytes => (message, before),
        None => (message, before.max(more)),
    };
    mailbox.replace(uid, message, octets).ok_or_else(Problem::item_not_found)
}

/// A contact's bytes are its properties.
fn as_card(steps: Vec<Step>) -> Outcome<Vec<Step>> {
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Bytes(bytes) => {
                let said = contacts::read(&bytes).ok_or_else(no_content)?;
                all.extend(said.into_iter().map(|(property, value)| Step::Set(property, value)));
            }
            other => all.push(other),
        }
    }
    Ok(all)
}

/// An appointment, or one occurrence of a series, which becomes an exception.
fn apply_to_appointment(call: &mut Call<'_>, named: Named<'_>, steps: Vec<Step>) -> Outcome<()> {
    let (ix, uid, now) = (named.ix, named.uid, call.now);
    let known = call.known(ix, uid)?.at(named.occurrence)?;
    let mut overlay = known.overlay.cloned().unwrap_or_default();
    let day = named.occurrence.map(|number| appointments::day(&known.kept(), number));
    let day = day.transpose()?;
    let mut changing = match day {
        None => overlay.clone(),
        Some(day) => Overlay {
            properties: overlay.occurrences.get(&day).cloned().flatten().unwrap_or_default(),
            ..Overlay::default()
        },
    };
    let zone = steps.iter().find_map(|step| match step {
        Step::Set(_, Value::TimeZone(zone)) => Zone::defined(zone),
        _ => None,
    });
    let asked = call.header.time_zone.as_ref().and_then(Zone::defined);
    let zone = zone.or(asked).or_else(|| appointments::zone(&known.kept())).unwrap_or(Zone::UTC);
    let mut touched = Touched::default();
    for step in steps {
        match step {
            Step::Set(property, value) => {
                touched.note(&property);
                mapi::set(&mut changing, property, appointments::at_home(value, zone));
            }
            Step::Remove(property) => {
                touched.note(&property);
                remove(&mut changing, &property, false);
            }
            Step::Bytes(bytes) => {
                changing.properties.set(Field::ItemMimeContent, MimeContent::new(bytes));
                appointments::prepare(&mut changing, zone, now, (ix, uid.0))?;
            }
        }
    }
    match day {
        None => {
            let Overlay { properties, occurrences, .. } = &mut changing;
            appointments::settle(properties, occurrences, touched, zone, now)?;
            overlay = changing;
        }
        Some(day) => {
            let kept = &overlay.occurrences;
            appointments::excepted(&known.kept(), kept, &mut changing.properties, day)?;
            overlay.occurrences.insert(day, Some(changing.properties));
        }
    }
    let mailbox = call.mailbox_mut(ix)?;
    mailbox.change(uid, now, |kept| *kept = overlay).ok_or_else(Problem::item_not_found)
}

/// What an item's bytes say cannot be taken out of them, but hidden behind nothing.
fn remove(overlay: &mut Overlay, property: &Property, has_bytes: bool) {
    let property = match property {
        Property::Extended(field) => mapi::field(field).map_or(property.clone(), Property::Field),
        other => other.clone(),
    };
    overlay.properties.remove(&property);
    if let (Property::Field(field), true) = (&property, has_bytes) {
        let nothing = match field {
            Field::ItemSubject | Field::MessageReferences | Field::ItemInReplyTo => Value::from(""),
            Field::ItemBody => Value::from(Body::text("")),
            Field::MessageToRecipients
            | Field::MessageCcRecipients
            | Field::MessageBccRecipients
            | Field::MessageReplyTo => Value::Mailboxes(Vec::new()),
            _ => return,
        };
        overlay.properties.set(property, nothing);
    }
}
