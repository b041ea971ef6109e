//! Automatic replies of those who are out of office: one to each sender for as long as the settings
//! stand, and never to what is automatic itself (RFC 3834 section 2; [MS-OXWOOF]).

use jiff::Timestamp;
use wire::ews::services::{ExternalAudience, OofState, ReplyBody, UserOofSettings};
use wire::ews::value::Body;
use wire::ews::{Dictionary, Field, Mailbox as Address, Properties, Property, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::items::{compose_message, owner, parse_message};
use super::search::texts;
use crate::MailboxIx;
use crate::store::{FolderNo, MailStore, Mailbox};

/// A reply on its way.
pub(super) struct Letter {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) bytes: Vec<u8>,
}

/// What a mailbox answers to a message that has arrived, if it answers.
pub(super) fn reply(
    store: &mut MailStore,
    ix: MailboxIx,
    bytes: &[u8],
    is_inside: &dyn Fn(&str) -> bool,
    now: Timestamp,
) -> Option<Letter> {
    let mailbox = store.mailbox(ix)?;
    let settings = &mailbox.out_of_office()?.settings;
    if !is_away(settings, now) {
        return None;
    }
    let said = parse_message(bytes);
    let to = match said.field(Field::MessageFrom) {
        Some(Value::Mailbox(from)) => from.address.clone()?,
        _ => return None,
    };
    let from = mailbox.account().address.to_string();
    if to.eq_ignore_ascii_case(&from) || is_automatic(&said) {
        return None;
    }
    let inside = store.by_address(&to).is_some() || is_inside(&to);
    let text = if inside {
        settings.internal_reply.as_ref()
    } else {
        settings.external_reply.as_ref().filter(|_| match settings.audience {
            ExternalAudience::All => true,
            ExternalAudience::Known => is_contact(mailbox, &to),
            ExternalAudience::None => false,
        })
    };
    let bytes = letter(mailbox, text?, &said, &to, now);
    let tells = store.mailbox_mut(ix).ok()?.out_of_office_mut()?.tell(&to);
    tells.then_some(Letter { from, to, bytes })
}

fn is_away(settings: &UserOofSettings, now: Timestamp) -> bool {
    match settings.state {
        OofState::Disabled => false,
        OofState::Enabled => true,
        OofState::Scheduled => {
            settings.duration.as_ref().is_some_and(|it| it.start <= now && now < it.end)
        }
    }
}

/// Whether nobody wrote it, or nobody wants an answer to it.
fn is_automatic(said: &Properties) -> bool {
    let Some(Value::Headers(headers)) = said.field(Field::ItemInternetMessageHeaders) else {
        return false;
    };
    headers.iter().any(|(name, value)| {
        let says = |words: &[&str]| {
            value.split(',').any(|it| words.iter().any(|word| it.trim().eq_ignore_ascii_case(word)))
        };
        match name.to_ascii_lowercase().as_str() {
            "auto-submitted" => !says(&["no"]),
            "precedence" => says(&["bulk", "list", "junk"]),
            "x-auto-response-suppress" => says(&["OOF", "AutoReply", "All"]),
            "list-id" => true,
            _ => false,
        }
    })
}

fn is_contact(mailbox: &Mailbox, address: &str) -> bool {
    let items = mailbox.items(FolderNo::CONTACTS).iter();
    let mut kept = items.filter_map(|item| mailbox.overlay(item.uid));
    kept.any(|it| {
        it.properties.iter().any(|(property, value)| {
            matches!(property, Property::Indexed(Dictionary::EmailAddress, _))
                && texts(value).iter().any(|it| it.eq_ignore_ascii_case(address))
        })
    })
}

fn letter(
    mailbox: &Mailbox,
    text: &ReplyBody,
    said: &Properties,
    to: &str,
    now: Timestamp,
) -> Vec<u8> {
    let mut all = Properties::default();
    let own = owner(mailbox);
    let id = xxh3_64(format!("{} {to} {now}", mailbox.account().address).as_bytes());
    let host = mailbox.account().address.rsplit_once('@').map_or("localhost", |(_, host)| host);
    all.set(Field::MessageInternetMessageId, format!("<oof-{id:016x}@{host}>"));
    all.set(Field::MessageFrom, own);
    all.set(Field::MessageToRecipients, Value::Mailboxes(vec![Address::new(to)]));
    let subject = said.text(Field::ItemSubject).unwrap_or_default();
    all.set(Field::ItemSubject, format!("Automatic reply: {subject}"));
    if let Some(id) = said.text(Field::MessageInternetMessageId) {
        all.set(Field::ItemInReplyTo, id);
    }
    let text = text.message.clone().unwrap_or_default();
    let body = if text.trim_start().starts_with('<') { Body::html(text) } else { Body::text(text) };
    all.set(Field::ItemBody, body);
    let mut bytes = b"Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n".to_vec();
    bytes.extend(compose_message(&all, [], now));
    bytes
}

#[cfg(test)]
mod tests {
    use super::ExternalAudience::{All, Known, None as Nobody};
    use super::*;
    use crate::store::{Body as Bytes, Draft, Message, Overlay};

    #[test]
    fn strangers_are_told_what_is_for_them_if_they_may_know() {
        let now = Timestamp::UNIX_EPOCH;
        let mut store = MailStore::new("x");
        let ix = store.add_mailbox("bob@example.com", "bob", "p").unwrap();
        let mut ask = |audience, sender: &str| {
            let mailbox = store.mailbox_mut(ix).unwrap();
            mailbox.set_out_of_office(UserOofSettings {
                state: OofState::Enabled,
                audience,
                duration: None,
                internal_reply: Some(ReplyBody::new("inside")),
                external_reply: Some(ReplyBody::new("<p>outside</p>")),
            });
            if mailbox.items(FolderNo::CONTACTS).is_empty() {
                let mut overlay = Overlay::default();
                let address = Property::Indexed(Dictionary::EmailAddress, "EmailAddress1".into());
                overlay.properties.set(address, "Friend@elsewhere.org");
                let message = Message { item: crate::ItemId(0), arrived: now, body: Bytes::Absent };
                mailbox.add(FolderNo::CONTACTS, Draft { message, octets: 1, overlay }, now);
            }
            let bytes = format!("From: {sender}\r\n\r\n");
            let inside = |it: &str| it.ends_with("@example.com");
            let letter = reply(&mut store, ix, bytes.as_bytes(), &inside, now)?;
            assert_eq!((letter.from.as_str(), letter.to.as_str()), ("bob@example.com", sender));
            let said = parse_message(&letter.bytes);
            said.text(Field::ItemTextBody).map(|text| text.trim().to_owned())
        };
        let outside = Some("outside".to_owned());
        assert_eq!(ask(All, "friend@elsewhere.org"), outside);
        assert_eq!(ask(Nobody, "friend@elsewhere.org"), None);
        assert_eq!(ask(Known, "friend@elsewhere.org"), outside);
        assert_eq!(ask(Known, "other@elsewhere.org"), None);
        assert_eq!(ask(Nobody, "carl@example.com"), Some("inside".to_owned()));
        assert_eq!(ask(Nobody, "BOB@example.com"), None, "nobody answers himself");
    }
}
