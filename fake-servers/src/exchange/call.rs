//! One request at work: whose mailbox it means, what time it is, and what came of it. Every
//! operation gets this and nothing else.

use jiff::Timestamp;
use wire::ews::{FolderId, FolderRef, ItemId, ItemRef, RequestHeader, ResponseCode};

use super::ids::{Id, change_key};
use super::items::Known;
use super::login::Caller;
use super::problem::{Outcome, Problem};
use super::server::Shared;
use crate::store::{FolderNo, FolderView, MailStore, Mailbox, Uid};
use crate::{MailboxIx, ServerEvent};

/// One request at work.
pub(super) struct Call<'a> {
    pub(super) server: &'a Shared,
    pub(super) store: &'a mut MailStore,
    pub(super) caller: Caller,
    pub(super) header: &'a RequestHeader,
    pub(super) now: Timestamp,
    /// What has happened.
    pub(super) events: Vec<ServerEvent>,
    /// What will have happened once the answer is written.
    pub(super) once_written: Vec<ServerEvent>,
    /// The mailboxes that were written to, and how many drafts each had before.
    pub(super) touched: Vec<(MailboxIx, usize)>,
}

impl Call<'_> {
    /// The caller's mailbox.
    pub(super) fn own(&self) -> MailboxIx {
        self.caller.mailbox
    }

    /// A mailbox to read, if the caller may.
    pub(super) fn mailbox(&self, mailbox: MailboxIx) -> Outcome<&Mailbox> {
        self.may_open(mailbox)?;
        self.store.mailbox(mailbox).ok_or_else(Problem::item_not_found)
    }

    /// A mailbox to write to, if the caller may.
    pub(super) fn mailbox_mut(&mut self, mailbox: MailboxIx) -> Outcome<&mut Mailbox> {
        self.may_open(mailbox)?;
        let found = self.store.mailbox_mut(mailbox).map_err(|_| Problem::item_not_found())?;
        if self.touched.iter().all(|(known, _)| *known != mailbox) {
            self.touched.push((mailbox, found.items(FolderNo::DRAFTS).len()));
        }
        Ok(found)
    }

    /// Moves an item to another folder of its mailbox, and tells when a message leaves the inbox.
    pub(super) fn move_item(&mut self, ix: MailboxIx, uid: Uid, to: FolderNo) -> Outcome<Uid> {
        let leaves = self.leaves_inbox(ix, uid)?.filter(|_| to != FolderNo::INBOX);
        let now = self.now;
        let new = self.mailbox_mut(ix)?.move_item(uid, to, now);
        self.events.extend(leaves.filter(|_| new.is_some()));
        new.ok_or_else(Problem::item_not_found)
    }

    /// What is to be told of a message that lies in the inbox and is about to be moved elsewhere.
    pub(super) fn leaves_inbox(&self, ix: MailboxIx, uid: Uid) -> Outcome<Option<ServerEvent>> {
        let (folder, stored) = self.mailbox(ix)?.item(uid).ok_or_else(Problem::item_not_found)?;
        let item = stored.message.item;
        let is_message = folder == FolderNo::INBOX && item.0 != 0;
        Ok(is_message.then_some(ServerEvent::MovedOut { item, mailbox: ix }))
    }

    /// How many drafts there are now in each mailbox where it is another number than before.
    pub(super) fn drafts(&self) -> Vec<ServerEvent> {
        let event = |(mailbox, before): &(MailboxIx, usize)| {
            let now = self.store.mailbox(*mailbox)?.items(FolderNo::DRAFTS).len();
            let count = u32::try_from(now).unwrap_or(u32::MAX);
            (now != *before).then_some(ServerEvent::Drafts { mailbox: *mailbox, count })
        };
        self.touched.iter().filter_map(event).collect()
    }

    fn may_open(&self, mailbox: MailboxIx) -> Outcome<()> {
        let allowed = || self.server.options.impersonation.allows(self.caller.account);
        if mailbox == self.own() || allowed() {
            return Ok(());
        }
        // What one has no access to is not found (EWS, "Handling delegation-related errors").
        Err(Problem::item_not_found())
    }

    /// The folder that a request means.
    pub(super) fn folder(&self, folder: &FolderRef) -> Outcome<(MailboxIx, FolderNo)> {
        let (mailbox, no) = match folder {
            FolderRef::Id(FolderId { id, .. }) => {
                let Id::Folder(mailbox, no) = Id::read(id)? else {
                    let text = "The ID passed in was not a folder ID.";
                    return Err(Problem::new(ResponseCode::ErrorCannotUseItemIdForFolderId, text));
                };
                (mailbox, no)
            }
            FolderRef::Distinguished { name, mailbox } => {
                let mailbox = match mailbox.as_ref().and_then(|it| it.address.as_deref()) {
                    Some(address) => self.store.by_address(address).ok_or_else(|| {
                        let text = "The SMTP address has no mailbox associated with it.";
                        Problem::new(ResponseCode::ErrorNonExistentMailbox, text)
                    })?,
                    None => self.own(),
                };
                let no = FolderNo::distinguished(name).ok_or_else(Problem::folder_not_found)?;
                (mailbox, no)
            }
        };
        self.may_open(mailbox).map_err(|_| Problem::folder_not_found())?;
        self.mailbox(mailbox)?.folder(no).ok_or_else(|| match folder {
            FolderRef::Id(_) => Problem::item_not_found(),
            FolderRef::Distinguished { .. } => Problem::folder_not_found(),
        })?;
        Ok((mailbox, no))
    }

    /// As [`Call::folder`], where something is to be put into it.
    pub(super) fn target(&self, folder: &FolderRef) -> Outcome<(MailboxIx, FolderNo)> {
        self.folder(folder).map_err(|problem| match problem.code {
            ResponseCode::ErrorItemNotFound | ResponseCode::ErrorFolderNotFound => {
                let text = "The specified folder could not be found in the store.";
                Problem::new(ResponseCode::ErrorToFolderNotFound, text)
            }
            _ => problem,
        })
    }
}

/// An item in a request, as far as its id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    pub(super) ix: MailboxIx,
    pub(super) uid: Uid,
    /// The occurrence of a series, counted from 1.
    pub(super) occurrence: Option<u32>,
    /// The version that the client knows.
    pub(super) change_key: Option<&'a str>,
}

impl Call<'_> {
    /// The item that a request means. Whether it is there is not asked.
    pub(super) fn named<'a>(&self, item: &'a ItemRef) -> Outcome<Named<'a>> {
        let (id, change_key) = match item {
            ItemRef::Id(id) => (Id::read(&id.id)?, id.change_key.as_deref()),
            ItemRef::Occurrence { master, change_key, index } => {
                let index = u32::try_from(*index).unwrap_or(0);
                match Id::read(master)? {
                    Id::Item(ix, uid) => (Id::Occurrence(ix, uid, index), change_key.as_deref()),
                    _ => return Err(not_an_item()),
                }
            }
            ItemRef::RecurringMaster { occurrence, change_key } => match Id::read(occurrence)? {
                Id::Occurrence(ix, uid, _) => (Id::Item(ix, uid), change_key.as_deref()),
                other => (other, change_key.as_deref()),
            },
        };
        self.may_open(id.mailbox())?;
        match id {
            Id::Item(ix, uid) => Ok(Named { ix, uid, occurrence: None, change_key }),
            Id::Occurrence(ix, uid, index) => {
                Ok(Named { ix, uid, occurrence: Some(index), change_key })
            }
            Id::Folder(..) | Id::Attachment(..) => Err(not_an_item()),
        }
    }

    /// Everything that is known of an item.
    pub(super) fn known(&self, ix: MailboxIx, uid: Uid) -> Outcome<Known<'_>> {
        self.may_open(ix)?;
        Known::find(self.store, ix, uid).ok_or_else(Problem::item_not_found)
    }

    /// An item's id with its present version.
    pub(super) fn item_id(&self, ix: MailboxIx, uid: Uid) -> Outcome<ItemId> {
        self.known(ix, uid).map(|known| known.id())
    }
}

fn not_an_item() -> Problem {
    let text = "The ID passed in was not an item ID.";
    Problem::new(ResponseCode::ErrorCannotUseFolderIdForItemId, text)
}

/// A folder's id with its version.
pub(super) fn folder_id(mailbox: MailboxIx, view: &FolderView<'_>) -> FolderId {
    FolderId::versioned(Id::Folder(mailbox, view.no).write(), change_key(view.version))
}
