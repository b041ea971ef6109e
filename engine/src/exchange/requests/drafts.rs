//! Email on its way out: drafts, and the sending of them.

use std::collections::BTreeSet;

use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::{
    CreateItem, FindItem, GetItem, ItemTraversal, MessageDisposition, SendItem,
};
use wire::ews::search::{Restriction, View};
use wire::ews::value::MimeContent;
use wire::ews::{
    Field, Item, ItemClass, ItemId, ItemRef, ItemShape, Mailbox, Request, Response, Value,
};

use super::super::refusal::Refusal;
use super::super::session::Session;
use super::{SMALL, lacks, unexpected};
use crate::email;
use crate::store::outgoing::OpenRecipient;

/// A draft, and the version of it that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct DraftId {
    pub(in super::super) item: String,
    pub(in super::super) change_key: Option<String>,
}

/// What has become of a draft that is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum DraftState {
    /// It can be sent.
    Draft(DraftId),
    /// It was sent, and waits to leave.
    Submitted,
}

/// To whom a draft goes. What its own header says is enough when that names everybody and nobody
/// else; otherwise Exchange has to be told, because it sends to whom a message names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Recipients {
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
}

impl Recipients {
    pub(in super::super) fn of(raw: &[u8], open: &[OpenRecipient]) -> Self {
        let [to, cc, bcc] = email::recipients(raw);
        let wanted: BTreeSet<String> =
            open.iter().map(|open| open.address.to_lowercase()).collect();
        let named: BTreeSet<String> = to.iter().chain(&cc).chain(&bcc).cloned().collect();
        let mut recipients = Self::default();
        if named == wanted {
            return recipients;
        }
        for OpenRecipient { address, .. } in open {
            let small = address.to_lowercase();
            let field = if to.contains(&small) {
                &mut recipients.to
            } else if cc.contains(&small) {
                &mut recipients.cc
            } else {
                &mut recipients.bcc
            };
            field.push(address.clone());
        }
        // A field of its own overrules the header's, and an empty one cannot be said.
        if recipients.to.is_empty() && !to.is_empty() {
            recipients.to = std::mem::take(&mut recipients.bcc);
        }
        recipients
    }
}

impl Session<'_> {
    /// `CreateItem`: saves a message in Drafts.
    pub(in super::super) async fn create_draft(
        &mut self,
        raw: &[u8],
        recipients: Recipients,
    ) -> Result<DraftId, Refusal> {
        let mime = MimeContent { character_set: None, content: raw.to_vec() };
        let mut item = Item::new(ItemClass::Message).with(Field::ItemMimeContent, mime);
        for (field, addresses) in [
            (Field::MessageToRecipients, recipients.to),
            (Field::MessageCcRecipients, recipients.cc),
            (Field::MessageBccRecipients, recipients.bcc),
        ] {
            if !addresses.is_empty() {
                let mailboxes = addresses.into_iter().map(Mailbox::new).collect();
                item = item.with(field, Value::Mailboxes(mailboxes));
            }
        }
        let request = Request::CreateItem(CreateItem {
            message_disposition: Some(MessageDisposition::SaveOnly),
            send_meeting_invitations: None,
            saved_item_folder: Some(self.folder("drafts")),
            items: vec![item],
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::CreateItem(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        answer.first().and_then(draft_id).ok_or_else(|| lacks(name, "the item's id"))
    }

    /// `FindItem`: the draft with this Message-ID, if there is one.
    pub(in super::super) async fn find_draft(
        &mut self,
        message_id: &str,
    ) -> Result<Option<DraftId>, Refusal> {
        let bare = message_id.trim_start_matches('<').trim_end_matches('>');
        let restriction = Restriction::equal(Field::MessageInternetMessageId, format!("<{bare}>"));
        let request = Request::FindItem(FindItem {
            traversal: ItemTraversal::Shallow,
            shape: ItemShape::new(BaseShape::IdOnly),
            view: Some(View::page(0, 1)),
            grouping: None,
            restriction: Some(restriction),
            sort_order: None,
            parents: vec![self.folder("drafts")],
            query: None,
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::FindItem(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        let page = answer.root.ok_or_else(|| lacks(name, "the items"))?;
        Ok(page.items.first().and_then(draft_id))
    }

    /// `GetItem`: whether a draft is still one. It is missing when it was sent.
    pub(in super::super) async fn look_at_draft(
        &mut self,
        item: &str,
    ) -> Result<DraftState, Refusal> {
        let shape =
            ItemShape::new(BaseShape::IdOnly).with(Field::ItemIsSubmitted).with(Field::ItemIsDraft);
        let item_ids = vec![ItemRef::Id(ItemId::new(item))];
        let request = Request::GetItem(GetItem { shape, item_ids });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::GetItem(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        let item = answer.first().ok_or_else(|| lacks(name, "the item"))?;
        let said = |field| item.properties.bool(field);
        if said(Field::ItemIsSubmitted) == Some(true) || said(Field::ItemIsDraft) == Some(false) {
            return Ok(DraftState::Submitted);
        }
        let id = draft_id(item).ok_or_else(|| lacks(name, "the item's id"))?;
        Ok(DraftState::Draft(id))
    }

    /// `SendItem`: from here on it may have been sent.
    pub(in super::super) async fn send_draft(
        &mut self,
        draft: &DraftId,
        saves: bool,
    ) -> Result<(), Refusal> {
        let DraftId { item, change_key } = draft.clone();
        let request = Request::SendItem(SendItem {
            save_item_to_folder: saves,
            item_ids: vec![ItemRef::Id(ItemId { id: item, change_key })],
            saved_item_folder: saves.then(|| self.folder("sentitems")),
        });
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::SendItem(messages) => self.only(name, messages),
            other => Err(unexpected(&other)),
        }
    }

    /// `DeleteItem`: a draft nobody needs.
    pub(in super::super) async fn delete_draft(&mut self, item: &str) -> Result<(), Refusal> {
        let answers = self.delete(DeleteType::HardDelete, &[item]).await?;
        answers.into_iter().next().unwrap_or(Ok(()))
    }
}

fn draft_id(item: &Item) -> Option<DraftId> {
    let ItemId { id, change_key } = item.id()?.clone();
    Some(DraftId { item: id, change_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, open: &[&str]) -> Recipients {
        let open: Vec<_> = (0..)
            .zip(open)
            .map(|(position, address)| OpenRecipient { position, address: (*address).into() })
            .collect();
        Recipients::of(format!("{header}\r\nSubject: x\r\n\r\n").as_bytes(), &open)
    }

    #[test]
    fn a_header_that_names_everybody_is_enough() {
        assert_eq!(
            of("To: B@x.org\r\nCc: c@x.org", &["b@x.org", "C@x.org"]),
            Recipients::default()
        );
    }

    #[test]
    fn who_is_not_named_gets_a_blind_copy() {
        let recipients = of("To: b@x.org", &["b@x.org", "d@x.org"]);
        assert_eq!(
            (recipients.to, recipients.bcc),
            (vec!["b@x.org".into()], vec!["d@x.org".into()])
        );
    }

    #[test]
    fn a_header_that_names_others_is_overruled() {
        let recipients = of("To: list@x.org", &["b@x.org", "d@x.org"]);
        assert_eq!(recipients.to, ["b@x.org", "d@x.org"]);
        assert!(recipients.bcc.is_empty());
    }
}
