//! Items that hang on messages: by mail they travel as the messages they would be by themselves
//! (RFC 2046, 5.2.1), and become items again where they arrive.

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use wire::ews::value::MimeContent;
use wire::ews::{Field, Item, ItemClass, Properties, Property, Value};

use super::{compose, parse};
use crate::exchange::appointments;
use crate::store::Occurrences;

/// The message that an item is by itself.
pub(in crate::exchange) fn bytes(item: &Item, now: Timestamp) -> Vec<u8> {
    let content = content(item, now);
    if item.class != ItemClass::CalendarItem {
        return content;
    }
    let subject = item.properties.text(Field::ItemSubject).unwrap_or_default();
    let head = "MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8\r\n\
                Content-Transfer-Encoding: 8bit";
    let subject = compose::encoded(subject);
    [format!("Subject: {subject}\r\n{head}\r\n\r\n").into_bytes(), content].concat()
}

/// What its MIME content is: iCalendar for an appointment, a message for everything else.
fn content(item: &Item, now: Timestamp) -> Vec<u8> {
    if let Some(Value::Mime(mime)) = item.properties.field(Field::ItemMimeContent) {
        return mime.content.clone();
    }
    if item.class == ItemClass::CalendarItem {
        return appointments::write(&item.properties, &Occurrences::default());
    }
    let attachments = match item.properties.field(Field::ItemAttachments) {
        Some(Value::Attachments(list)) => list.as_slice(),
        _ => &[],
    };
    compose::message(&item.properties, attachments, now)
}

/// The item that an enclosed message is: an appointment where it is iCalendar.
pub(in crate::exchange) fn item(bytes: &[u8]) -> Item {
    let (class, mut properties, content) = match appointment(bytes) {
        Some((properties, content)) => (ItemClass::CalendarItem, properties, content),
        None => (ItemClass::Message, parse::properties(bytes), bytes.to_vec()),
    };
    properties.set(Field::ItemMimeContent, MimeContent::new(content));
    Item { class, properties }
}

fn appointment(bytes: &[u8]) -> Option<(Properties, Vec<u8>)> {
    let message = MessageParser::default().parse(bytes)?;
    let part = message.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    let content = part.contents().to_vec();
    let letter = appointments::read_message(&content).ok()?;
    Some((letter.all, content))
}

/// An item as a client that asks for it gets it, with or without its MIME content.
pub(in crate::exchange) fn shown(mut item: Item, mime: bool, now: Timestamp) -> Item {
    let content = mime.then(|| MimeContent::new(content(&item, now)));
    item.properties.remove(&Property::Field(Field::ItemMimeContent));
    if let Some(content) = content {
        item.properties.set(Field::ItemMimeContent, content);
    }
    item
}

#[cfg(test)]
mod tests {
    use wire::ews::value::{Attachment, AttachmentContent, Body};

    use super::*;

    fn carried(item: &Item) -> Item {
        let content = AttachmentContent::Item(Some(Box::new(item.clone())));
        let attachment = Attachment { name: Some("it".into()), content, ..Attachment::default() };
        let outer = Item::new(ItemClass::Message).properties;
        let bytes = compose::message(&outer, [&attachment], Timestamp::UNIX_EPOCH);
        let found = parse::attachments(&bytes);
        assert_eq!((found.len(), found[0].name.as_deref()), (1, Some("it")));
        match &found[0].content {
            AttachmentContent::Item(Some(item)) => (**item).clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_on_a_message_arrives_as_one_with_what_hangs_on_it() {
        let mut item = Item::new(ItemClass::Message);
        item.properties.set(Field::ItemSubject, "Gr\u{fc}\u{df}e");
        item.properties.set(Field::ItemBody, Body::text("inner"));
        let file = Attachment::file("a.bin", vec![0, 255, 10]);
        item.properties.set(Field::ItemAttachments, Value::Attachments(vec![file]));
        let back = carried(&item);
        assert_eq!(back.class, ItemClass::Message);
        assert_eq!(back.properties.text(Field::ItemSubject), Some("Gr\u{fc}\u{df}e"));
        assert_eq!(back.properties.text(Field::ItemBody).map(str::trim), Some("inner"));
        let shown = shown(back, true, Timestamp::UNIX_EPOCH);
        let Some(Value::Mime(mime)) = shown.properties.field(Field::ItemMimeContent) else {
            panic!("no content was said")
        };
        assert_eq!(parse::attachments(&mime.content)[0].name.as_deref(), Some("a.bin"));
    }

    #[test]
    fn bytes_that_are_no_text_arrive_as_they_are() {
        let mut item = Item::new(ItemClass::Message);
        let raw = b"Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe4\xff\r\n".to_vec();
        item.properties.set(Field::ItemMimeContent, MimeContent::new(raw.clone()));
        let back = carried(&item);
        let back = shown(back, true, Timestamp::UNIX_EPOCH);
        let Some(Value::Mime(mime)) = back.properties.field(Field::ItemMimeContent) else {
            panic!("no content was said")
        };
        assert_eq!(mime.content, raw);
    }

    #[test]
    fn an_appointment_on_a_message_arrives_as_one() {
        let mut item = Item::new(ItemClass::CalendarItem);
        item.properties.set(Field::ItemSubject, "Review");
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        item.properties.set(Field::CalendarStart, start);
        item.properties.set(Field::CalendarEnd, start + jiff::SignedDuration::from_hours(1));
        let back = carried(&item);
        assert_eq!(back.class, ItemClass::CalendarItem);
        assert_eq!(back.properties.text(Field::ItemSubject), Some("Review"));
        assert_eq!(back.properties.date_time(Field::CalendarStart), Some(start));
    }
}
