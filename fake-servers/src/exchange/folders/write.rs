//! Making, changing, moving and removing folders.

use wire::ews::folders::{CreateFolder, DeleteFolder, DeleteType, EmptyFolder, Folder, Folders};
use wire::ews::{FolderRef, ResponseCode, ResponseMessage};

use super::shape::id_only;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{FolderError, FolderNo, Stored, Uid};
use crate::{MailboxIx, ServerEvent};

/// `CreateFolder`
pub(in crate::exchange) fn create(
    call: &mut Call<'_>,
    request: &CreateFolder,
) -> Vec<ResponseMessage<Folders>> {
    let mut answers = Vec::new();
    for folder in &request.folders {
        answers.push(message(create_one(call, &request.parent, folder)));
    }
    answers
}

fn create_one(call: &mut Call<'_>, parent: &FolderRef, folder: &Folder) -> Outcome<Folders> {
    let (ix, parent) = call.folder(parent).map_err(|problem| match problem.code {
        ResponseCode::ErrorItemNotFound => FolderError::UnknownParent.into(),
        _ => problem,
    })?;
    let name = folder.properties.display_name.as_deref().unwrap_or_default();
    if name.is_empty() {
        let text = "A folder must have a name.";
        return Err(Problem::new(ResponseCode::ErrorFolderSave, text));
    }
    let class = folder.properties.class.as_deref().unwrap_or(folder.kind.class());
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let no = mailbox.create_folder(parent, name, class, now)?;
    let view = mailbox.folder(no).ok_or_else(Problem::folder_not_found)?;
    Ok(Folders::one(id_only(ix, &view)))
}

/// `DeleteFolder`
pub(in crate::exchange) fn delete(
    call: &mut Call<'_>,
    request: &DeleteFolder,
) -> Vec<ResponseMessage<()>> {
    let mut answers = Vec::new();
    for folder in &request.folder_ids {
        answers.push(message(delete_one(call, request.delete_type, folder)));
    }
    answers
}

fn delete_one(call: &mut Call<'_>, how: DeleteType, folder: &FolderRef) -> Outcome<()> {
    let (ix, no) = call.folder(folder)?;
    if no.distinguished_name().is_some() {
        let text = "Distinguished folders cannot be deleted.";
        return Err(Problem::new(ResponseCode::ErrorDeleteDistinguishedFolder, text));
    }
    remove(call, ix, no, how)
}

fn remove(call: &mut Call<'_>, ix: MailboxIx, no: FolderNo, how: DeleteType) -> Outcome<()> {
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let softly = how == DeleteType::MoveToDeletedItems
        && !mailbox.descendants(FolderNo::DELETED).contains(&no);
    if !softly {
        let removed = mailbox.discard_folder(no, now)?;
        removed_for_good(call, ix, &removed);
        return Ok(());
    }
    // A namesake in Deleted Items does not keep Exchange from moving there; ours is numbered.
    let name = mailbox.folder(no).ok_or(FolderError::Unknown)?.name.to_owned();
    for number in 1.. {
        match mailbox.move_folder(no, FolderNo::DELETED, now) {
            Err(FolderError::Exists) => {
                mailbox.change_folder(no, Some(&format!("{name}{number}")), None, now)?;
            }
            other => return Ok(other?),
        }
    }
    Ok(())
}

/// Messages that are no more, for the record.
pub(in crate::exchange) fn removed_for_good(
    call: &mut Call<'_>,
    mailbox: MailboxIx,
    removed: &[Stored],
) {
    let items = removed.iter().map(|stored| stored.message.item);
    let events = items.filter(|item| item.0 != 0);
    call.events.extend(events.map(|item| ServerEvent::Deleted { item, mailbox }));
}

/// `EmptyFolder`
pub(in crate::exchange) fn empty(
    call: &mut Call<'_>,
    request: &EmptyFolder,
) -> Vec<ResponseMessage<()>> {
    let mut answers = Vec::new();
    for folder in &request.folder_ids {
        answers.push(message(empty_one(call, request, folder)));
    }
    answers
}

fn empty_one(call: &mut Call<'_>, request: &EmptyFolder, folder: &FolderRef) -> Outcome<()> {
    let (ix, no) = call.folder(folder)?;
    let how = request.delete_type;
    if matches!(no, FolderNo::ROOT | FolderNo::MESSAGES) {
        let text = "The folder cannot be emptied.";
        return Err(Problem::new(ResponseCode::ErrorCannotEmptyFolder, text));
    }
    let uids: Vec<Uid> = call.mailbox(ix)?.items(no).iter().map(|item| item.uid).collect();
    for uid in uids {
        discard_item(call, ix, uid, how)?;
    }
    if request.delete_subfolders {
        for child in call.mailbox(ix)?.children(no) {
            remove(call, ix, child, how)?;
        }
    }
    Ok(())
}

/// Deletes an item one way or the other. What lies in Deleted Items already is gone.
pub(in crate::exchange) fn discard_item(
    call: &mut Call<'_>,
    ix: MailboxIx,
    uid: Uid,
    how: DeleteType,
) -> Outcome<()> {
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let (folder, _) = mailbox.item(uid).ok_or_else(Problem::item_not_found)?;
    if how == DeleteType::MoveToDeletedItems && folder != FolderNo::DELETED {
        mailbox.move_item(uid, FolderNo::DELETED, now).ok_or_else(Problem::item_not_found)?;
        return Ok(());
    }
    let removed = mailbox.discard(uid, now).ok_or_else(Problem::item_not_found)?;
    removed_for_good(call, ix, &[removed]);
    Ok(())
}

/// `MoveFolder`
pub(in crate::exchange) fn relocate(
    call: &mut Call<'_>,
    to: &FolderRef,
    folders: &[FolderRef],
) -> Vec<ResponseMessage<Folders>> {
    let mut answers = Vec::new();
    for folder in folders {
        answers.push(message(relocate_one(call, to, folder, false)));
    }
    answers
}

/// `CopyFolder`
pub(in crate::exchange) fn copy(
    call: &mut Call<'_>,
    to: &FolderRef,
    folders: &[FolderRef],
) -> Vec<ResponseMessage<Folders>> {
    let mut answers = Vec::new();
    for folder in folders {
        answers.push(message(relocate_one(call, to, folder, true)));
    }
    answers
}

fn relocate_one(
    call: &mut Call<'_>,
    to: &FolderRef,
    folder: &FolderRef,
    copy: bool,
) -> Outcome<Folders> {
    let (to_ix, to) = call.target(to)?;
    let (ix, no) = call.folder(folder)?;
    if ix != to_ix {
        let text = "Folders cannot be moved between mailboxes.";
        return Err(Problem::new(ResponseCode::ErrorMoveCopyFailed, text));
    }
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let moved = if copy {
        mailbox.copy_folder(no, to, now)
    } else {
        mailbox.move_folder(no, to, now).map(|()| no)
    };
    let no = moved.map_err(|error| match error {
        FolderError::Exists => {
            let text = "The folder could not be moved or copied: its name is taken there.";
            Problem::new(ResponseCode::ErrorMoveCopyFailed, text)
        }
        other => other.into(),
    })?;
    let view = mailbox.folder(no).ok_or_else(Problem::folder_not_found)?;
    Ok(Folders::one(id_only(ix, &view)))
}
