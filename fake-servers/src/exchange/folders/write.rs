//! Making, changing, moving and removing folders.

use wire::ews::folders::{
    CreateFolder, DeleteFolder, DeleteType, EmptyFolder, Folder, FolderChange, FolderUpdate,
    Folders, UpdateFolder,
};
use wire::ews::{
    ExtendedField, Field, FolderRef, Properties, Property, ResponseCode, ResponseMessage, Value,
};

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
    let given = &folder.properties.extended;
    let by_tag = given.iter().find(|it| is_class(&Property::Extended(it.field.clone())));
    let class = folder.properties.class.as_deref();
    let class = class.or(by_tag.and_then(|it| it.value.as_text())).unwrap_or(folder.kind.class());
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let no = mailbox.create_folder(parent, name, class, now)?;
    set_extended(mailbox.folder_properties_mut(no), folder);
    let view = mailbox.folder(no).ok_or_else(Problem::folder_not_found)?;
    Ok(Folders::one(id_only(ix, &view)))
}

/// Whether it is the folder's class, by either name.
fn is_class(property: &Property) -> bool {
    match property {
        Property::Field(Field::FolderClass) => true,
        Property::Extended(ExtendedField::Tag { tag, .. }) => *tag == 0x3613,
        _ => false,
    }
}

fn set_extended(kept: Option<&mut Properties>, folder: &Folder) {
    let Some(kept) = kept else { return };
    for it in &folder.properties.extended {
        let property = Property::Extended(it.field.clone());
        if !is_class(&property) {
            kept.set(property, it.value.clone());
        }
    }
}

/// `UpdateFolder`
pub(in crate::exchange) fn update(
    call: &mut Call<'_>,
    request: &UpdateFolder,
) -> Vec<ResponseMessage<Folders>> {
    let mut answers = Vec::new();
    for change in &request.changes {
        answers.push(message(update_one(call, change)));
    }
    answers
}

fn update_one(call: &mut Call<'_>, change: &FolderChange) -> Outcome<Folders> {
    let (ix, no) = call.folder(&change.folder)?;
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    for update in &change.updates {
        match update {
            FolderUpdate::Set(it) => {
                let name = it.folder.properties.display_name.as_deref();
                let name = name.filter(|_| it.path == Property::Field(Field::FolderDisplayName));
                let by_tag = it.folder.properties.extended.first().map(|it| &it.value);
                let class = it.folder.properties.class.as_deref();
                let class =
                    class.or(by_tag.and_then(Value::as_text)).filter(|_| is_class(&it.path));
                mailbox.change_folder(no, name, class, now)?;
                set_extended(mailbox.folder_properties_mut(no), &it.folder);
            }
            FolderUpdate::Delete(it) => {
                // A name has to be; what else is not there is gone already.
                if it.path == Property::Field(Field::FolderDisplayName) {
                    let text = "The property cannot be deleted.";
                    return Err(Problem::new(ResponseCode::ErrorInvalidPropertyDelete, text));
                }
                mailbox.change_folder(no, None, None, now)?;
                mailbox.folder_properties_mut(no).and_then(|kept| kept.remove(&it.path));
            }
            FolderUpdate::Append(_) => {
                let text = "Nothing can be appended to the property.";
                return Err(Problem::new(ResponseCode::ErrorInvalidPropertyAppend, text));
            }
        }
    }
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
        let mut removed = Vec::new();
        if how != DeleteType::HardDelete {
            // The folder goes, and what was in it can be had back.
            for no in std::iter::once(no).chain(mailbox.descendants(no)) {
                let uids: Vec<Uid> = mailbox.items(no).iter().map(|item| item.uid).collect();
                removed.extend(uids.into_iter().filter_map(|uid| mailbox.soft_delete(uid, now)));
            }
        }
        removed.extend(mailbox.discard_folder(no, now)?);
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

/// Deletes an item one way or the other. What lies in Deleted Items already can be had back, and
/// what lies beyond them is gone.
pub(in crate::exchange) fn discard_item(
    call: &mut Call<'_>,
    ix: MailboxIx,
    uid: Uid,
    how: DeleteType,
) -> Outcome<()> {
    let now = call.now;
    let mailbox = call.mailbox_mut(ix)?;
    let (folder, _) = mailbox.item(uid).ok_or_else(Problem::item_not_found)?;
    let is_deleted = folder == FolderNo::DELETED || folder.is_recoverable();
    if how == DeleteType::MoveToDeletedItems && !is_deleted {
        return call.move_item(ix, uid, FolderNo::DELETED).map(drop);
    }
    let removed = if how == DeleteType::HardDelete || folder.is_recoverable() {
        mailbox.discard(uid, now)
    } else {
        mailbox.soft_delete(uid, now)
    };
    let removed = removed.ok_or_else(Problem::item_not_found)?;
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
