//! `MoveItem`, `CopyItem`, and marking items in bulk.

use wire::ews::items::{Items, MarkAllItemsAsRead, MarkAsJunk, MovedItem};
use wire::ews::{FolderRef, ItemRef, ResponseCode, ResponseMessage};

use crate::MailboxIx;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{Body, Draft, FolderNo, Message, Uid};

/// `MoveItem`
pub(in crate::exchange) fn relocate(
    call: &mut Call<'_>,
    to: &FolderRef,
    items: &[ItemRef],
) -> Vec<ResponseMessage<Items>> {
    each(call, to, items, false)
}

/// `CopyItem`
pub(in crate::exchange) fn copy(
    call: &mut Call<'_>,
    to: &FolderRef,
    items: &[ItemRef],
) -> Vec<ResponseMessage<Items>> {
    each(call, to, items, true)
}

fn each(
    call: &mut Call<'_>,
    to: &FolderRef,
    items: &[ItemRef],
    copy: bool,
) -> Vec<ResponseMessage<Items>> {
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        answers.push(message(one(call, to, item, copy)));
    }
    answers
}

fn one(call: &mut Call<'_>, to: &FolderRef, item: &ItemRef, copy: bool) -> Outcome<Items> {
    let (to_ix, to) = call.target(to)?;
    let named = call.named(item)?;
    if named.occurrence.is_some() {
        let text = "Occurrences cannot be moved or copied.";
        return Err(Problem::new(ResponseCode::ErrorCalendarCannotMoveOrCopyOccurrence, text));
    }
    let (ix, uid, now) = (named.ix, named.uid, call.now);
    call.known(ix, uid)?;
    let new = if ix != to_ix {
        return across(call, (ix, uid), (to_ix, to), copy);
    } else if copy {
        let copied = call.mailbox_mut(ix)?.copy_item(uid, to, now);
        copied.ok_or_else(Problem::item_not_found)?
    } else {
        call.move_item(ix, uid, to)?
    };
    call.item_of(ix, new).map(Items::one)
}

/// Into another mailbox, as which it is another message with the same bytes. EWS says no ids then.
fn across(
    call: &mut Call<'_>,
    (ix, uid): (MailboxIx, Uid),
    (to_ix, to): (MailboxIx, FolderNo),
    copy: bool,
) -> Outcome<Items> {
    let known = call.known(ix, uid)?;
    let (octets, overlay) = (known.stored.octets, known.overlay.cloned().unwrap_or_default());
    let Message { item, arrived, body } = known.stored.message.clone();
    let body = match body {
        Body::Generated { .. } => Body::Raw(known.mime().into()),
        other => other,
    };
    let now = call.now;
    let draft = Draft { message: Message { item, arrived, body }, octets, overlay };
    call.mailbox_mut(to_ix)?.add(to, draft, now).ok_or_else(Problem::folder_not_found)?;
    if !copy {
        let leaves = call.leaves_inbox(ix, uid)?;
        call.mailbox_mut(ix)?.discard(uid, now);
        call.events.extend(leaves);
    }
    Ok(Items::default())
}

/// `MarkAllItemsAsRead`
pub(in crate::exchange) fn mark_all(
    call: &mut Call<'_>,
    request: &MarkAllItemsAsRead,
) -> Vec<ResponseMessage<()>> {
    let mut answers = Vec::with_capacity(request.folder_ids.len());
    for folder in &request.folder_ids {
        answers.push(message(mark_folder(call, request.read_flag, folder)));
    }
    answers
}

fn mark_folder(call: &mut Call<'_>, read: bool, folder: &FolderRef) -> Outcome<()> {
    let (ix, no) = call.folder(folder)?;
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let uids: Vec<Uid> = mailbox.items(no).iter().map(|item| item.uid).collect();
    for uid in uids {
        mailbox.flag(uid, read, now).ok_or_else(Problem::item_not_found)?;
    }
    Ok(())
}

/// `MarkAsJunk`
pub(in crate::exchange) fn mark_junk(
    call: &mut Call<'_>,
    request: &MarkAsJunk,
) -> Vec<ResponseMessage<MovedItem>> {
    let mut answers = Vec::with_capacity(request.item_ids.len());
    for item in &request.item_ids {
        answers.push(message(mark_one(call, request, item)));
    }
    answers
}

fn mark_one(call: &mut Call<'_>, request: &MarkAsJunk, item: &ItemRef) -> Outcome<MovedItem> {
    let named = call.named(item)?;
    let (ix, uid) = (named.ix, named.uid);
    call.known(ix, uid)?;
    if !request.move_item {
        return Ok(MovedItem::default());
    }
    let to = if request.is_junk { FolderNo::JUNK } else { FolderNo::INBOX };
    let moved = call.move_item(ix, uid, to)?;
    Ok(MovedItem { id: Some(call.item_id(ix, moved)?) })
}
