//! A folder as a client wants to see it.

use wire::ews::folders::{
    BaseShape, DistinguishedUser, EffectiveRights, ExtendedProperty, Folder, FolderKind,
    FolderProperties, FolderShape, Permission, PermissionLevel, PermissionSet, UserId,
};

use wire::ews::{ExtendedField, Field, FolderId, Property, Value};

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
    if shape.base == BaseShape::IdOnly && shape.additional.is_empty() {
        return folder;
    }
    let kind = folder.kind;
    let all = everything(ix, mailbox, view, kind);
    let wants = |field: Field| {
        let by_name = shape.additional.contains(&Property::Field(field));
        by_name
            || match shape.base {
                BaseShape::IdOnly => false,
                BaseShape::Default => DEFAULT.contains(&field),
                BaseShape::AllProperties => field != Field::FolderPermissionSet,
            }
    };
    let it = &mut folder.properties;
    it.parent = all.parent.filter(|_| wants(Field::FolderParentFolderId));
    it.class = all.class.filter(|_| wants(Field::FolderClass));
    it.display_name = all.display_name.filter(|_| wants(Field::FolderDisplayName));
    it.total_count = all.total_count.filter(|_| wants(Field::FolderTotalCount));
    it.child_folder_count = all.child_folder_count.filter(|_| wants(Field::FolderChildFolderCount));
    it.effective_rights = all.effective_rights.filter(|_| wants(Field::FolderEffectiveRights));
    it.distinguished = all.distinguished.filter(|_| wants(Field::FolderDistinguishedFolderId));
    it.unread_count = all.unread_count.filter(|_| wants(Field::FolderUnreadCount));
    it.permissions = all.permissions.filter(|_| wants(Field::FolderPermissionSet));
    for property in &shape.additional {
        if let Property::Extended(field) = property
            && let Some(value) = extended(field, ix, mailbox, view)
        {
            it.extended.push(ExtendedProperty { field: field.clone(), value });
        }
    }
    folder
}

const DEFAULT: &[Field] = &[
    Field::FolderDisplayName,
    Field::FolderTotalCount,
    Field::FolderChildFolderCount,
    Field::FolderUnreadCount,
];

fn everything(
    ix: MailboxIx,
    mailbox: &Mailbox,
    view: &FolderView<'_>,
    kind: FolderKind,
) -> FolderProperties {
    let unread = !matches!(kind, FolderKind::Calendar | FolderKind::Contacts);
    FolderProperties {
        parent: parent(ix, mailbox, view),
        class: (!view.class.is_empty()).then(|| view.class.to_owned()),
        display_name: Some(view.name.to_owned()),
        total_count: Some(count(mailbox.items(view.no).len())),
        child_folder_count: Some(count(mailbox.children(view.no).len())),
        effective_rights: Some(EffectiveRights::OWNER),
        distinguished: view.no.distinguished_name().map(str::to_owned),
        unread_count: unread.then(|| count(mailbox.unread(view.no))),
        permissions: (kind != FolderKind::Calendar).then(nobody_else),
        ..FolderProperties::default()
    }
}

/// A folder's property by its name in a search.
pub(super) fn look(
    property: &Property,
    ix: MailboxIx,
    mailbox: &Mailbox,
    view: &FolderView<'_>,
) -> Option<Value> {
    let number = |number: usize| Some(Value::Int(i64::from(count(number))));
    match property {
        Property::Field(Field::FolderDisplayName) => Some(view.name.into()),
        Property::Field(Field::FolderClass) => Some(view.class.into()),
        Property::Field(Field::FolderTotalCount) => number(mailbox.items(view.no).len()),
        Property::Field(Field::FolderChildFolderCount) => number(mailbox.children(view.no).len()),
        Property::Field(Field::FolderUnreadCount) => number(mailbox.unread(view.no)),
        Property::Field(Field::FolderId) => Some(Value::FolderId(folder_id(ix, view))),
        Property::Extended(field) => extended(field, ix, mailbox, view),
        _ => None,
    }
}

/// A folder's extended property: the store's names for what EWS has fields for, the rest as it was
/// set (ews-clients.md).
fn extended(
    field: &ExtendedField,
    ix: MailboxIx,
    mailbox: &Mailbox,
    view: &FolderView<'_>,
) -> Option<Value> {
    let number = |number: usize| Some(Value::Int(i64::from(count(number))));
    let ExtendedField::Tag { tag, .. } = field else {
        return mailbox
            .folder_properties(view.no)?
            .get(&Property::Extended(field.clone()))
            .cloned();
    };
    match tag {
        0x3001 => Some(view.name.into()),
        0x3602 => number(mailbox.items(view.no).len()),
        0x3603 => number(mailbox.unread(view.no)),
        0x360a => Some(Value::Bool(!mailbox.children(view.no).is_empty())),
        0x3613 => (!view.class.is_empty()).then(|| view.class.into()),
        // The next IMAP UID, and the highest change so far.
        0x6751 => Some(Value::Int(i64::from(mailbox.next().0))),
        0x670a | 0x3008 => mailbox
            .folder_touched(view.no)
            .map(Value::DateTime)
            .or(Some(Value::DateTime(jiff::Timestamp::UNIX_EPOCH))),
        0x0fff | 0x0ff9 => {
            Some(Value::Bytes(crate::exchange::ids::Id::Folder(ix, view.no).write().into_bytes()))
        }
        _ => mailbox.folder_properties(view.no)?.get(&Property::Extended(field.clone())).cloned(),
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
