//! Attachments: made, handed out, removed. Each of these changes the item, and clients take its new
//! change key from the answer (ews-clients.md).

use wire::ews::items::{
    Attachments, CreateAttachment, DeleteAttachment, DeletedAttachment, GetAttachment, RootItem,
};
use wire::ews::value::{Attachment, AttachmentContent};
use wire::ews::{AttachmentId, ItemRef, ResponseCode, ResponseMessage};

use super::{create, enclosed};
use crate::MailboxIx;
use crate::exchange::call::Call;
use crate::exchange::delivery;
use crate::exchange::ids::{Id, change_key};
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{Body, Message, Overlay, Uid};

/// `CreateAttachment`
pub(in crate::exchange) fn attach(
    call: &mut Call<'_>,
    request: &CreateAttachment,
) -> Vec<ResponseMessage<Attachments>> {
    let parent = ItemRef::Id(request.parent.clone());
    let mut answers = Vec::with_capacity(request.attachments.len());
    for attachment in &request.attachments {
        answers.push(message(attach_one(call, &parent, attachment)));
    }
    answers
}

fn attach_one(
    call: &mut Call<'_>,
    parent: &ItemRef,
    attachment: &Attachment,
) -> Outcome<Attachments> {
    let named = call.named(parent)?;
    let (ix, uid, now) = (named.ix, named.uid, call.now);
    let known = call.known(ix, uid)?;
    let (message, before) = (known.stored.message.clone(), known.stored.octets);
    let mut added = Overlay::default();
    let size = create::attach(&mut added, attachment.clone());
    delivery::has_room(call, ix, size)?;
    let mailbox = call.mailbox_mut(ix)?;
    let attached = |overlay: &mut Overlay| {
        create::attach(overlay, attachment.clone());
    };
    mailbox.change(uid, now, attached).ok_or_else(Problem::item_not_found)?;
    mailbox.replace(uid, message, before + size).ok_or_else(Problem::item_not_found)?;
    let attached = mailbox.overlay(uid).and_then(|it| it.attachments.last());
    let number = attached.map(|(number, _)| *number).ok_or_else(Problem::item_not_found)?;
    let content = match &attachment.content {
        AttachmentContent::File { .. } => AttachmentContent::default(),
        AttachmentContent::Item(_) => AttachmentContent::Item(None),
    };
    let id = Some(attachment_id(call, ix, uid, number)?);
    Ok(Attachments::one(Attachment { id, content, ..Attachment::default() }))
}

fn attachment_id(call: &Call<'_>, ix: MailboxIx, uid: Uid, number: u32) -> Outcome<AttachmentId> {
    let version = call.known(ix, uid)?.version();
    Ok(AttachmentId {
        id: Id::Attachment(ix, uid, number).write(),
        root_item_id: Some(Id::Item(ix, uid).write()),
        root_item_change_key: Some(change_key(version)),
    })
}

fn named(id: &AttachmentId) -> Outcome<(MailboxIx, Uid, u32)> {
    match Id::read(&id.id)? {
        Id::Attachment(ix, uid, number) => Ok((ix, uid, number)),
        _ => Err(unknown()),
    }
}

fn unknown() -> Problem {
    let text = "The attachment ID is not valid.";
    Problem::new(ResponseCode::ErrorInvalidAttachmentId, text)
}

/// `GetAttachment`
pub(in crate::exchange) fn get_attachments(
    call: &Call<'_>,
    request: &GetAttachment,
) -> Vec<ResponseMessage<Attachments>> {
    let mime = request.shape.as_ref().is_some_and(|it| it.include_mime_content == Some(true));
    let one = |id: &AttachmentId| {
        let (ix, uid, number) = named(id)?;
        let known = call.known(ix, uid)?;
        let found = known.attachments().into_iter().find(|(known, _)| *known == number);
        let (_, mut attachment) = found.ok_or_else(unknown)?;
        attachment.id = Some(AttachmentId::new(id.id.clone()));
        if let AttachmentContent::Item(Some(item)) = attachment.content {
            let shown = enclosed::shown(*item, mime, call.now);
            attachment.content = AttachmentContent::Item(Some(Box::new(shown)));
        }
        Ok(Attachments::one(attachment))
    };
    request.attachment_ids.iter().map(|id| message(one(id))).collect()
}

/// `DeleteAttachment`
pub(in crate::exchange) fn detach(
    call: &mut Call<'_>,
    request: &DeleteAttachment,
) -> Vec<ResponseMessage<DeletedAttachment>> {
    let mut answers = Vec::with_capacity(request.attachment_ids.len());
    for id in &request.attachment_ids {
        answers.push(message(detach_one(call, id)));
    }
    answers
}

fn detach_one(call: &mut Call<'_>, id: &AttachmentId) -> Outcome<DeletedAttachment> {
    let (ix, uid, number) = named(id)?;
    let known = call.known(ix, uid)?;
    let all = known.attachments();
    if !all.iter().any(|(known, _)| *known == number) {
        return Err(unknown());
    }
    // What hangs on the message's own bytes can only go if the message becomes properties.
    let own = known.overlay.is_none_or(|it| it.attachments.iter().all(|(no, _)| *no != number));
    let said = own.then(|| known.said_by_bytes());
    let message = known.stored.message.clone();
    let octets = known.stored.octets;
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let removed = |overlay: &mut Overlay| {
        if let Some(said) = said {
            for (property, value) in said {
                if overlay.properties.get(&property).is_none() {
                    overlay.properties.set(property, value);
                }
            }
            overlay.attachments = all;
        }
        overlay.attachments.retain(|(no, _)| *no != number);
    };
    mailbox.change(uid, now, removed).ok_or_else(Problem::item_not_found)?;
    if own {
        let message = Message { body: Body::Absent, ..message };
        mailbox.replace(uid, message, octets).ok_or_else(Problem::item_not_found)?;
    }
    let version = call.known(ix, uid)?.version();
    let root = RootItem { id: Id::Item(ix, uid).write(), change_key: change_key(version) };
    Ok(DeletedAttachment { root: Some(root) })
}
