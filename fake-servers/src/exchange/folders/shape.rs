//! A folder as a client wants to see it.

use wire::ews::FolderId;
use wire::ews::folders::{
    BaseShape, DistinguishedUser, EffectiveRights, Folder, FolderKind, FolderProperties,
    FolderShape, Permission, PermissionLevel, PermissionSet, UserId,
};

use crate::MailboxIx;
use crate::exchange::call::folder_id;
use crate::store::{FolderNo, FolderView, Mailbox};

/// What a folder is for. The roots have no class and are plain folders.
pub(super) fn kind(view: &FolderView<'_>) -> FolderKind {
    FolderKind::of_class(view.class)
}

/// A folder with its id alone: what those that change folders answer.
pub(super) fn id_only(ix: MailboxIx, view: &FolderView<'_>) -> Folder {
    let properties = FolderProperties { id: Some(folder_id(ix, view)), ..Default::default() };
    Folder { kind: kind(view), properties }
}

/// A folder with what the shape asks for.
pub(super) fn shaped(
    ix: MailboxIx,
    mailbox: &Mailbox,
    view: &FolderView<'_>,
    shape: &FolderShape,
) -> Folder {
    let mut folder = id_only(ix, view);
    if shape.base == BaseShape::IdOnly {
        return folder;
    }
    describe(&mut folder, ix, mailbox, view);
    folder
}

fn describe(folder: &mut Folder, ix: MailboxIx, mailbox: &Mailbox, view: &FolderView<'_>) {
    let kind = folder.kind;
    let it = &mut folder.properties;
    it.parent = parent(ix, mailbox, view);
    it.class = (!view.class.is_empty()).then(|| view.class.to_owned());
    it.display_name = Some(view.name.to_owned());
    it.total_count = Some(count(mailbox.items(view.no).len()));
    it.child_folder_count = Some(count(mailbox.children(view.no).len()));
    it.effective_rights = Some(EffectiveRights::OWNER);
    it.distinguished = view.no.distinguished_name().map(str::to_owned);
    if !matches!(kind, FolderKind::Calendar | FolderKind::Contacts) {
        it.unread_count = Some(count(mailbox.unread(view.no)));
    }
    if matches!(kind, FolderKind::Folder) {
        it.permissions = Some(nobody_else());
    }
}

fn parent(ix: MailboxIx, mailbox: &Mailbox, view: &FolderView<'_>) -> Option<FolderId> {
    // The root's parent is no folder that anybody could get; it lies in itself.
    let no = if view.no == FolderNo::ROOT { FolderNo::ROOT } else { view.parent };
    mailbox.folder(no).map(|parent| folder_id(ix, &parent))
}

fn nobody_else() -> PermissionSet {
    let none = |user| Permission {
        user: UserId { distinguished: Some(user), ..UserId::default() },
        can_create_items: None,
        can_create_subfolders: None,
        is_owner: None,
        is_visible: None,
        is_contact: None,
        edit_items: None,
        delete_items: None,
        read_items: None,
        level: PermissionLevel::None,
    };
    let permissions = vec![none(DistinguishedUser::Default), none(DistinguishedUser::Anonymous)];
    PermissionSet { permissions: Some(permissions), ..PermissionSet::default() }
}

/// A count as EWS has it.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
