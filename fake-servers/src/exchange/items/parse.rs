//! From the bytes of a message to what EWS calls its properties.

use jiff::Timestamp;
use mail_parser::{
    Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use wire::ews::value::{Attachment, AttachmentContent, Body};
use wire::ews::{Field, Mailbox, Properties, Value};

use super::enclosed;

/// Everything that a message says of itself. What cannot be parsed says nothing.
pub(in crate::exchange) fn properties(bytes: &[u8]) -> Properties {
    // A message without a single field is none.
    let parsed = MessageParser::default().parse(bytes);
    let Some(message) = parsed.filter(|it| !it.headers().is_empty()) else {
        return Properties::default();
    };
    let mut found = Properties::default();
    envelope(&message, &mut found);
    bodies(&message, &mut found);
    headers(&message, &mut found);
    found.set(Field::ItemHasAttachments, message.attachment_count() > 0);
    found
}

fn envelope(message: &Message<'_>, found: &mut Properties) {
    let mut set = |field: Field, value: Option<Value>| {
        if let Some(value) = value {
            found.set(field, value);
        }
    };
    let subject = message.subject().unwrap_or_default();
    set(Field::ItemSubject, Some(subject.into()));
    set(Field::MessageConversationTopic, Some(topic(subject).into()));
    let from = message.from().and_then(|it| mailboxes(it).into_iter().next());
    let sender = message.sender().and_then(|it| mailboxes(it).into_iter().next());
    set(Field::MessageSender, sender.or_else(|| from.clone()).map(Value::from));
    set(Field::MessageFrom, from.map(Value::from));
    for (field, list, display) in [
        (Field::MessageToRecipients, message.to(), Some(Field::ItemDisplayTo)),
        (Field::MessageCcRecipients, message.cc(), Some(Field::ItemDisplayCc)),
        (Field::MessageBccRecipients, message.bcc(), Some(Field::ItemDisplayBcc)),
        (Field::MessageReplyTo, message.reply_to(), None),
    ] {
        let list = list.map(mailboxes).unwrap_or_default();
        if let Some(display) = display {
            set(display, Some(display_names(&list).into()));
        }
        if !list.is_empty() {
            set(field, Some(Value::Mailboxes(list)));
        }
    }
    let id = message.message_id().map(|id| format!("<{id}>").into());
    set(Field::MessageInternetMessageId, id);
    set(Field::ItemInReplyTo, ids(message.in_reply_to()).map(Value::from));
    set(Field::MessageReferences, ids(message.references()).map(Value::from));
    let date = message.date().and_then(|it| Timestamp::from_second(it.to_timestamp()).ok());
    set(Field::ItemDateTimeSent, date.map(Value::from));
}

/// Without the words that replies and forwards put before it.
pub(in crate::exchange) fn topic(subject: &str) -> &str {
    let mut topic = subject.trim();
    while let Some((before, rest)) = topic.split_once(':')
        && ["re", "fw", "fwd"].iter().any(|word| before.trim().eq_ignore_ascii_case(word))
    {
        topic = rest.trim_start();
    }
    topic
}

/// How a list of recipients is shown.
pub(in crate::exchange) fn display_names(list: &[Mailbox]) -> String {
    let name = |it: &Mailbox| it.name.clone().or_else(|| it.address.clone()).unwrap_or_default();
    list.iter().map(name).collect::<Vec<_>>().join("; ")
}

fn mailboxes(list: &Address<'_>) -> Vec<Mailbox> {
    let one = |it: &mail_parser::Addr<'_>| {
        let address = it.address.as_ref()?.to_string();
        let name = it.name.as_ref().map_or_else(|| address.clone(), ToString::to_string);
        Some(Mailbox {
            name: Some(name),
            address: Some(address),
            routing_type: Some("SMTP".to_owned()),
            mailbox_type: Some("Mailbox".to_owned()),
            ..Mailbox::default()
        })
    };
    list.iter().filter_map(one).collect()
}

fn ids(value: &HeaderValue<'_>) -> Option<String> {
    let list: Vec<String> = match value {
        HeaderValue::Text(id) => vec![format!("<{id}>")],
        HeaderValue::TextList(list) => list.iter().map(|id| format!("<{id}>")).collect(),
        _ => return None,
    };
    Some(list.join(" "))
}

fn bodies(message: &Message<'_>, found: &mut Properties) {
    let text = message.body_text(0).unwrap_or_default().into_owned();
    let html = message.html_part(0).filter(|part| matches!(part.body, PartType::Html(_)));
    let body = match html.and_then(|_| message.body_html(0)) {
        Some(html) => Body::html(html.into_owned()),
        None => Body::text(text.clone()),
    };
    found.set(Field::ItemPreview, preview(&text));
    found.set(Field::ItemTextBody, Body::text(text));
    found.set(Field::ItemBody, body);
}

/// The beginning of a text on one line.
pub(in crate::exchange) fn preview(text: &str) -> String {
    let words = text.split_whitespace().take(80).collect::<Vec<_>>().join(" ");
    words.chars().take(255).collect()
}

fn headers(message: &Message<'_>, found: &mut Properties) {
    let list: Vec<(String, String)> =
        message.headers_raw().map(|(name, value)| (name.to_owned(), unfolded(value))).collect();
    let says = |wanted: &str| {
        let found = list.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.to_ascii_lowercase())
    };
    let importance = match (says("importance").as_deref(), says("x-priority").as_deref()) {
        (Some("high"), _) | (None, Some("1" | "2")) => "High",
        (Some("low"), _) | (None, Some("4" | "5")) => "Low",
        _ => "Normal",
    };
    let sensitivity = match says("sensitivity").as_deref() {
        Some("personal") => "Personal",
        Some("private") => "Private",
        Some("company-confidential") => "Confidential",
        _ => "Normal",
    };
    found.set(Field::ItemImportance, importance);
    found.set(Field::ItemSensitivity, sensitivity);
    let wants = |name| says(name).is_some();
    found.set(Field::MessageIsReadReceiptRequested, wants("disposition-notification-to"));
    found.set(Field::MessageIsDeliveryReceiptRequested, wants("return-receipt-to"));
    found.set(Field::ItemInternetMessageHeaders, Value::Headers(list));
}

fn unfolded(value: &str) -> String {
    let lines = value.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The attachments of a message, their bytes included, in their order.
pub(in crate::exchange) fn attachments(bytes: &[u8]) -> Vec<Attachment> {
    let Some(message) = MessageParser::default().parse(bytes) else { return Vec::new() };
    message.attachments().zip(1..).map(|(part, number)| attachment(part, number)).collect()
}

fn attachment(part: &MessagePart<'_>, number: u32) -> Attachment {
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()),
        None => kind.ctype().to_owned(),
    });
    let name = part.attachment_name().map_or_else(|| format!("ATT{number:05}"), str::to_owned);
    let bytes = part.contents();
    let size = u32::try_from(bytes.len()).ok();
    let content = if let PartType::Message(_) = part.body {
        AttachmentContent::Item(Some(Box::new(enclosed::item(bytes))))
    } else {
        AttachmentContent::File { is_contact_photo: None, content: Some(bytes.to_vec()) }
    };
    Attachment {
        name: Some(name),
        content_type: kind,
        content_id: part.content_id().map(str::to_owned),
        size,
        is_inline: Some(
            part.content_disposition().is_some_and(mail_parser::ContentType::is_inline),
        ),
        content,
        ..Attachment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>, c@x\r\n\
        Subject: Re: FW: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@x>\r\nReferences: <a@x>\r\n \
        <b@x>\r\nX-Priority: 1\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\nHello\r\n";

    #[test]
    fn a_message_says_what_it_is() {
        let found = properties(MESSAGE);
        assert_eq!(found.text(Field::ItemSubject), Some("Re: FW: Gr\u{fc}\u{df}e"));
        assert_eq!(found.text(Field::MessageConversationTopic), Some("Gr\u{fc}\u{df}e"));
        assert_eq!(found.text(Field::MessageInternetMessageId), Some("<1@x>"));
        assert_eq!(found.text(Field::MessageReferences), Some("<a@x> <b@x>"));
        assert_eq!(found.text(Field::ItemDisplayTo), Some("Bob; c@x"));
        assert_eq!(found.text(Field::ItemImportance), Some("High"));
        assert_eq!(found.text(Field::ItemBody), Some("Hello\r\n"));
        assert_eq!(found.date_time(Field::ItemDateTimeSent).unwrap().as_second(), 1_767_225_600);
        assert_eq!(properties(b"").len(), 0);
    }
}
