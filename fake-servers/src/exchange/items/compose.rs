//! From properties to the bytes of a message: drafts that clients wrote property by property are
//! sent this way. The same properties make the same bytes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use wire::ews::value::{Attachment, AttachmentContent, Body, BodyType};
use wire::ews::{Field, Mailbox, Properties, Property, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::enclosed;

/// A message of these properties and attachments.
pub(in crate::exchange) fn message<'a>(
    properties: &Properties,
    attachments: impl IntoIterator<Item = &'a Attachment>,
    now: Timestamp,
) -> Vec<u8> {
    let mut out = String::new();
    head(properties, now, &mut out);
    let body = body_part(properties);
    let parts: Vec<String> =
        attachments.into_iter().filter_map(|it| attachment_part(it, now)).collect();
    if parts.is_empty() {
        out.push_str(&body);
        return out.into_bytes();
    }
    let boundary = boundary(&out, &parts);
    put(
        &mut out,
        format_args!("Content-Type: multipart/mixed;\r\n\tboundary=\"{boundary}\"\r\n\r\n"),
    );
    for part in std::iter::once(&body).chain(&parts) {
        put(&mut out, format_args!("--{boundary}\r\n{part}\r\n"));
    }
    put(&mut out, format_args!("--{boundary}--\r\n"));
    out.into_bytes()
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Memory takes everything.
    let _ = out.write_fmt(text);
}

/// Whether a property shows in a message's bytes, so that changing it changes them.
pub(in crate::exchange) fn shows(property: &Property) -> bool {
    matches!(
        property,
        Property::Field(
            Field::ItemSubject
                | Field::ItemBody
                | Field::ItemImportance
                | Field::ItemSensitivity
                | Field::MessageFrom
                | Field::MessageToRecipients
                | Field::MessageCcRecipients
                | Field::MessageReplyTo
        )
    )
}

fn head(properties: &Properties, now: Timestamp, out: &mut String) {
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            put(out, format_args!("{name}: {value}\r\n"));
        }
    };
    let one = |field: Field| match properties.field(field) {
        Some(Value::Mailbox(mailbox)) => addresses(std::slice::from_ref(&**mailbox)),
        _ => String::new(),
    };
    let many = |field: Field| match properties.field(field) {
        Some(Value::Mailboxes(list)) => addresses(list),
        _ => String::new(),
    };
    let text = |field: Field| properties.text(field).unwrap_or_default().to_owned();
    let (from, sender) = (one(Field::MessageFrom), one(Field::MessageSender));
    field("From", if from.is_empty() { &sender } else { &from });
    if !from.is_empty() && sender != from {
        field("Sender", &sender);
    }
    field("To", &many(Field::MessageToRecipients));
    field("Cc", &many(Field::MessageCcRecipients));
    field("Reply-To", &many(Field::MessageReplyTo));
    field("Subject", &encoded(&text(Field::ItemSubject)));
    let sent = properties.date_time(Field::ItemDateTimeSent).unwrap_or(now);
    field("Date", &DateTimePrinter::new().timestamp_to_string(&sent).unwrap_or_default());
    field("Message-ID", &one_line(&text(Field::MessageInternetMessageId)));
    field("In-Reply-To", &one_line(&text(Field::ItemInReplyTo)));
    field("References", &one_line(&text(Field::MessageReferences)));
    if let Some(importance @ ("High" | "Low")) = properties.text(Field::ItemImportance) {
        field("Importance", importance);
    }
    match properties.text(Field::ItemSensitivity) {
        Some("Confidential") => field("Sensitivity", "Company-Confidential"),
        Some(sensitivity @ ("Personal" | "Private")) => field("Sensitivity", sensitivity),
        _ => {}
    }
    field("MIME-Version", "1.0");
}

fn addresses(list: &[Mailbox]) -> String {
    let one = |it: &Mailbox| {
        let address = one_line(it.address.as_deref().unwrap_or_default());
        match it.name.as_deref().filter(|name| !name.is_empty() && *name != address) {
            Some(name) if name.is_ascii() => {
                let quoted = one_line(name).replace('\\', "\\\\").replace('"', "\\\"");
                format!("\"{quoted}\" <{address}>")
            }
            Some(name) => format!("{} <{address}>", encoded(name)),
            None => format!("<{address}>"),
        }
    };
    list.iter().map(one).collect::<Vec<_>>().join(",\r\n\t")
}

/// Text in a header: as it is, or in encoded words (RFC 2047), which are short.
pub(super) fn encoded(text: &str) -> String {
    let text = one_line(text);
    if text.is_ascii() {
        return text;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        if word.len() + character.len_utf8() > 42 {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    words.collect::<Vec<_>>().join("\r\n ")
}

/// No line ends, so that a value cannot begin a field of its own.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ").trim().to_owned()
}

fn body_part(properties: &Properties) -> String {
    let (kind, text) = match properties.field(Field::ItemBody) {
        Some(Value::Body(body)) => match &**body {
            Body { kind: BodyType::Html, text, .. } => ("html", text.as_str()),
            Body { text, .. } => ("plain", text.as_str()),
        },
        Some(Value::Text(text)) => ("plain", text.as_str()),
        _ => ("plain", ""),
    };
    let short = text.lines().all(|line| line.len() < 998);
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    if !text.ends_with("\r\n") {
        text.push_str("\r\n");
    }
    if text.is_ascii() && short {
        return format!("Content-Type: text/{kind}; charset=us-ascii\r\n\r\n{text}");
    }
    format!(
        "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64_lines(text.as_bytes())
    )
}

fn attachment_part(attachment: &Attachment, now: Timestamp) -> Option<String> {
    let name = encoded(attachment.name.as_deref().unwrap_or("attachment"));
    let name = name.replace('"', "'");
    let (kind, content) = match &attachment.content {
        AttachmentContent::File { content, .. } => {
            let kind = attachment.content_type.as_deref().unwrap_or("application/octet-stream");
            (one_line(kind), content.clone().unwrap_or_default())
        }
        AttachmentContent::Item(item) => {
            let inner = enclosed::bytes(item.as_ref()?, now);
            match String::from_utf8(inner) {
                Ok(text) => return Some(item_part(&name, &text)),
                Err(other) => ("message/rfc822".to_owned(), other.into_bytes()),
            }
        }
    };
    let inline = attachment.is_inline == Some(true);
    let disposition = if inline { "inline" } else { "attachment" };
    let id = match &attachment.content_id {
        Some(id) => format!("Content-ID: <{}>\r\n", one_line(id)),
        None => String::new(),
    };
    Some(format!(
        "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: {disposition};\r\n\t\
         filename=\"{name}\"\r\n{id}Content-Transfer-Encoding: base64\r\n\r\n{}",
        base64_lines(&content)
    ))
}

/// An item, which no encoding hides (RFC 2046, 5.2.1).
fn item_part(name: &str, text: &str) -> String {
    let encoding = if text.is_ascii() { "7bit" } else { "8bit" };
    format!(
        "Content-Type: message/rfc822; name=\"{name}\"\r\nContent-Disposition: attachment;\r\n\t\
         filename=\"{name}\"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{text}"
    )
}

/// RFC 2045 section 6.8: lines of 76 characters.
fn base64_lines(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 28 + 8);
    for line in bytes.chunks(57) {
        STANDARD.encode_string(line, &mut out);
        out.push_str("\r\n");
    }
    out
}

/// A line that is in none of the parts, because parts are base64 or of one hash only, and so are
/// those of messages among them.
fn boundary(head: &str, parts: &[String]) -> String {
    let hash = parts.iter().fold(xxh3_64(head.as_bytes()), |hash, part| {
        hash.rotate_left(1) ^ xxh3_64(part.as_bytes())
    });
    format!("_000_{hash:016x}_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::items::parse;

    #[test]
    fn what_is_composed_is_parsed_back() {
        let mut properties = Properties::default();
        let bob = Mailbox { name: Some("Bob \"B\"".into()), ..Mailbox::new("bob@example.com") };
        properties.set(Field::MessageToRecipients, Value::Mailboxes(vec![bob]));
        properties.set(Field::ItemSubject, "Gr\u{fc}\u{df}e ".repeat(20).trim());
        properties.set(Field::ItemBody, Body::html("<b>\u{e4}</b>"));
        properties.set(Field::MessageInternetMessageId, "<1@x>\r\nBcc: evil@x");
        let file = Attachment::file("a.bin", vec![0, 255, 10]);
        let bytes = message(&properties, [&file], Timestamp::UNIX_EPOCH);
        assert_eq!(message(&properties, [&file], Timestamp::UNIX_EPOCH), bytes);
        let back = parse::properties(&bytes);
        assert_eq!(back.text(Field::ItemSubject), properties.text(Field::ItemSubject));
        assert_eq!(back.text(Field::ItemBody).map(str::trim), Some("<b>\u{e4}</b>"));
        assert_eq!(back.field(Field::MessageBccRecipients), None, "no field is smuggled in");
        let attachments = parse::attachments(&bytes);
        assert_eq!(attachments[0].name.as_deref(), Some("a.bin"));
        let AttachmentContent::File { content, .. } = &attachments[0].content else { panic!() };
        assert_eq!(content.as_deref(), Some(&[0, 255, 10][..]));
    }
}
