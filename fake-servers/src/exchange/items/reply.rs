//! Replies, forwards and answers to invitations: what a client gives is a reference and a few
//! words, what comes of it is a message of its own.

use wire::ews::value::{Body, BodyType};
use wire::ews::{
    Field, Item, ItemClass, ItemRef, Mailbox, Properties, Property, ResponseCode, Value,
};

use super::known::owner;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem};

/// A reply or a forward as the message that it is.
pub(in crate::exchange) fn written_out(call: &Call<'_>, item: &Item) -> Outcome<Item> {
    let reference = reference(item)?;
    let named = call.named(&reference)?;
    let known = call.known(named.ix, named.uid)?;
    let old = known.properties();
    let mut new = Item::new(ItemClass::Message);
    let given = item.properties.iter();
    new.properties = given
        .filter(
            |(property, _)| !matches!(property, Property::Field(field) if REPLY.contains(field)),
        )
        .cloned()
        .collect();
    let forward = item.class == ItemClass::ForwardItem;
    if new.properties.field(Field::ItemSubject).is_none() {
        let topic = old.text(Field::MessageConversationTopic).unwrap_or_default();
        let prefix = if forward { "FW" } else { "RE" };
        new.properties.set(Field::ItemSubject, format!("{prefix}: {topic}"));
    }
    let words = item.properties.field(Field::ResponseNewBodyContent);
    let words = words.or_else(|| new.properties.field(Field::ItemBody)).cloned();
    new.properties.set(Field::ItemBody, quoted(words.as_ref(), &old));
    if !forward {
        to_whom(item.class, &old, &owner(known.mailbox), &mut new.properties);
        threaded(&old, &mut new.properties);
    }
    if forward {
        let attachments = known.attachments().into_iter().map(|(_, it)| it).collect::<Vec<_>>();
        if !attachments.is_empty() {
            new.properties.set(Field::ItemAttachments, Value::Attachments(attachments));
        }
    }
    Ok(new)
}

const REPLY: [Field; 2] = [Field::ResponseReferenceItemId, Field::ResponseNewBodyContent];

pub(super) fn reference(item: &Item) -> Outcome<ItemRef> {
    if let Some(Value::ItemId(id)) = item.properties.field(Field::ResponseReferenceItemId) {
        return Ok(ItemRef::Id(id.clone()));
    }
    let text = "The reference item does not support the requested operation.";
    Err(Problem::new(ResponseCode::ErrorInvalidReferenceItem, text))
}

/// Without recipients of its own a reply goes to whom the message says, and a reply to all also to
/// everybody else but oneself.
fn to_whom(class: ItemClass, old: &Properties, own: &Mailbox, new: &mut Properties) {
    let list = |field| match old.field(field) {
        Some(Value::Mailboxes(list)) => list.clone(),
        Some(Value::Mailbox(one)) => vec![(**one).clone()],
        _ => Vec::new(),
    };
    if new.field(Field::MessageToRecipients).is_none() {
        let mut to = list(Field::MessageReplyTo);
        if to.is_empty() {
            to = list(Field::MessageFrom);
        }
        if class == ItemClass::ReplyAllToItem {
            let address = |it: &Mailbox| it.address.as_deref().unwrap_or_default().to_lowercase();
            let others = list(Field::MessageToRecipients);
            to.extend(others.into_iter().filter(|it| address(it) != address(own)));
        }
        new.set(Field::MessageToRecipients, Value::Mailboxes(to));
    }
    let cc = list(Field::MessageCcRecipients);
    if class == ItemClass::ReplyAllToItem
        && new.field(Field::MessageCcRecipients).is_none()
        && !cc.is_empty()
    {
        new.set(Field::MessageCcRecipients, Value::Mailboxes(cc));
    }
}

fn threaded(old: &Properties, new: &mut Properties) {
    let Some(id) = old.text(Field::MessageInternetMessageId) else { return };
    let references = match old.text(Field::MessageReferences) {
        Some(before) if !before.is_empty() => format!("{before} {id}"),
        _ => id.to_owned(),
    };
    new.set(Field::ItemInReplyTo, id);
    new.set(Field::MessageReferences, references);
}

/// The new words with the old ones below.
fn quoted(words: Option<&Value>, old: &Properties) -> Body {
    let old_text = old.text(Field::ItemTextBody).unwrap_or_default();
    let from = match old.field(Field::MessageFrom) {
        Some(Value::Mailbox(from)) => from.address.clone().unwrap_or_default(),
        _ => String::new(),
    };
    let subject = old.text(Field::ItemSubject).unwrap_or_default();
    match words {
        Some(Value::Body(words)) if words.kind == BodyType::Html => {
            let old = old_text.replace('&', "&amp;").replace('<', "&lt;");
            Body::html(format!(
                "{}<hr><b>From:</b> {from}<br><b>Subject:</b> {subject}<br>{old}",
                words.text
            ))
        }
        words => {
            let words = words.and_then(Value::as_text).unwrap_or_default();
            Body::text(format!(
                "{words}\r\n\r\nFrom: {from}\r\nSubject: {subject}\r\n\r\n{old_text}"
            ))
        }
    }
}
