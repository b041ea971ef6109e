//! One request at work: whose mailbox it means, what time it is, and what came of it. Every
//! operation gets this and nothing else.

use jiff::Timestamp;
use wire::ews::{FolderId, FolderRef, RequestHeader, ResponseCode};

use super::ids::{Id, change_key};
use super::login::Caller;
use super::problem::{Outcome, Problem};
use super::server::Shared;
use crate::store::{FolderNo, FolderView, MailStore, Mailbox};
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
        self.store.mailbox_mut(mailbox).map_err(|_| Problem::item_not_found())
    }

    fn may_open(&self, mailbox: MailboxIx) -> Outcome<()> {
        if mailbox == self.own() || self.server.options.impersonation {
            return Ok(());
        }
        let text = "Access is denied. Check credentials and try again.";
        Err(Problem::new(ResponseCode::ErrorAccessDenied, text))
    }

    /// The folder that a request means.
    pub(super) fn folder(&self, folder: &FolderRef) -> Outcome<(MailboxIx, FolderNo)> {
        let (mailbox, no) = match folder {
            FolderRef::Id(FolderId { id, .. }) => match Id::read(id)? {
                Id::Folder(mailbox, no) => (mailbox, no),
                _ => {
                    let text = "The ID passed in was not a folder ID.";
                    return Err(Problem::new(ResponseCode::ErrorCannotUseItemIdForFolderId, text));
                }
            },
            FolderRef::Distinguished { name, mailbox } => {
                let mailbox = match mailbox.as_ref().and_then(|it| it.address.as_deref()) {
                    Some(address) => self.store.by_address(address).ok_or_else(|| {
                        let text = "The SMTP address has no mailbox associated with it.";
                        Problem::new(ResponseCode::ErrorNonExistentMailbox, text)
                    })?,
                    None => self.own(),
                };
                // A mailbox that nobody may open has no folders that one could find.
                self.may_open(mailbox)?;
                let no = FolderNo::distinguished(name).ok_or_else(Problem::folder_not_found)?;
                (mailbox, no)
            }
        };
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

/// A folder's id with its version.
pub(super) fn folder_id(mailbox: MailboxIx, view: &FolderView<'_>) -> FolderId {
    FolderId::versioned(Id::Folder(mailbox, view.no).write(), change_key(view.version))
}
