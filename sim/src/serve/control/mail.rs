//! Calls about mail: what lies in an inbox, putting more there, what was accepted for sending.

use fake_servers::ServerEvent;
use fake_servers::store::{Body, BodyKind, Mailbox, Message, Uid, lock_store};
use hyper::StatusCode;
use rand::RngCore;

use super::answer::{Answer, Refusal};
use super::deck::Deck;
use super::model::{
    AcceptedMessage, AcceptedMessages, Delivered, MessageState, Messages, NewMessage,
};
use super::query::Query;
use crate::log::Entry;
use crate::random::stream;
use crate::run::config;
use crate::scenario::Content;

/// Accepted messages in one answer, unless asked for fewer or more.
const USUAL: u64 = 1_000;
/// The largest message that is generated.
const LARGEST: u32 = 50 * 1024 * 1024;

impl Deck {
    pub(super) fn messages(&self, address: &str) -> Result<Answer, Refusal> {
        let mailbox = self.mailbox(address)?;
        let store = lock_store(&self.mail);
        let stored = store.mailbox(mailbox).map(Mailbox::messages).unwrap_or_default();
        let message = |stored: &fake_servers::store::Stored| MessageState {
            uid: stored.uid.0,
            item: stored.message.item.0,
            octets: stored.octets,
            arrived: stored.message.arrived.to_string(),
        };
        Ok(Answer::ok(&Messages { messages: stored.iter().map(message).collect() }))
    }

    pub(super) fn message(&self, address: &str, uid: &str) -> Result<Answer, Refusal> {
        let mailbox = self.mailbox(address)?;
        let uid = uid.parse().ok().map(Uid);
        let bytes = uid.and_then(|uid| lock_store(&self.mail).render(mailbox, uid));
        bytes.map(Answer::Message).ok_or_else(|| Refusal::not_found("there is no such message"))
    }

    pub(super) fn deliver(&self, address: &str, new: NewMessage) -> Result<Answer, Refusal> {
        let mailbox = self.mailbox(address)?;
        let Some(host) = self.scenario.mailboxes[mailbox.0 as usize].incoming else {
            let error = format!("nobody can fetch mail of {address}: it has no incoming server");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        };
        let item = self.items.next_id();
        let body = match new {
            NewMessage::Raw(raw) if raw.raw.trim().is_empty() => {
                return Err(Refusal::bad("`raw` is empty"));
            }
            NewMessage::Raw(raw) => Body::Raw(with_line_ends(&raw.raw).into()),
            NewMessage::Generated(new) if !(1..=LARGEST).contains(&new.octets) => {
                return Err(Refusal::bad(format!("`octets` is from 1 to {LARGEST}")));
            }
            NewMessage::Generated(new) => Body::Generated {
                seed: stream(self.seed, &format!("control/{}", item.0)).next_u64(),
                octets: new.octets,
                kind: kind(new.kind),
            },
        };
        let now = self.now();
        let message = Message { item, arrived: self.calendar(now), body };
        let mut store = lock_store(&self.mail);
        let Ok(target) = store.mailbox_mut(mailbox) else { unreachable!("it was found") };
        let more = message.octets(&target.account().address, config::DOMAIN);
        if !target.quota().has_room(target.octets(), more) {
            let error = format!("{address} is full: its ProhibitSendReceiveQuota is reached");
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        let delivered = store.deliver(mailbox, message);
        drop(store);
        let Ok(octets) = delivered else { unreachable!("the mailbox was found") };
        let event = ServerEvent::Delivered { item, mailbox, bytes: octets };
        self.log.record(now, &Entry::Server { host, event });
        Ok(Answer::with(StatusCode::CREATED, &Delivered { item: item.0, octets }))
    }

    pub(super) fn accepted(&self, query: &Query) -> Result<Answer, Refusal> {
        let only = query.text("mailbox").map(|address| self.mailbox(address)).transpose()?;
        let after = query.number("after")?.unwrap_or(0);
        let limit = usize::try_from(query.number("limit")?.unwrap_or(USUAL)).unwrap_or(usize::MAX);
        let store = lock_store(&self.mail);
        let kept = store.accepted().into_iter().flat_map(|archive| archive.after(after));
        let wanted = kept.filter(|mail| only.is_none_or(|only| only == mail.mailbox)).take(limit);
        let shown = wanted.map(|mail| AcceptedMessage {
            number: mail.number,
            mailbox: self.record.names.mailbox(mail.mailbox).to_owned(),
            time: mail.at.to_string(),
            sender: mail.sender.clone(),
            recipients: mail.recipients.clone(),
            octets: mail.bytes.len(),
        });
        Ok(Answer::ok(&AcceptedMessages { accepted: shown.collect() }))
    }

    pub(super) fn accepted_message(&self, number: &str) -> Result<Answer, Refusal> {
        let store = lock_store(&self.mail);
        let number = number.parse().ok();
        let found = number.and_then(|number| store.accepted()?.get(number));
        let bytes = found.map(|mail| mail.bytes.to_vec());
        bytes.map(Answer::Message).ok_or_else(|| Refusal::not_found("there is no such message"))
    }
}

/// Each line end as RFC 5322 wants it.
fn with_line_ends(text: &str) -> Vec<u8> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\r\n").into_bytes()
}

const fn kind(content: Content) -> BodyKind {
    match content {
        Content::Plain => BodyKind::Plain,
        Content::Multipart => BodyKind::Multipart,
        Content::Dots => BodyKind::DotHeavy,
        Content::EightBit => BodyKind::EightBit,
        Content::Poison => BodyKind::Poison,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_those_of_mail() {
        assert_eq!(with_line_ends("a\nb\r\n\r\nc"), b"a\r\nb\r\n\r\nc");
    }
}
