//! Folders of a mailbox. The distinguished ones exist in every mailbox without taking memory there:
//! what is the same for all stands in one table, and a mailbox keeps a folder of its own only once
//! something in it differs.

use jiff::Timestamp;
use wire::ews::Properties;

use super::{Stored, Uid};

/// Which folder of a mailbox. Distinguished ones have the same number in every mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderNo(pub u32);

impl FolderNo {
    /// The root of everything, which users do not see.
    pub const ROOT: Self = Self(1);
    /// The root of what users see.
    pub const MESSAGES: Self = Self(2);
    /// Where mail arrives: POP3's maildrop.
    pub const INBOX: Self = Self(3);
    /// Messages not sent yet.
    pub const DRAFTS: Self = Self(4);
    /// Copies of what was sent.
    pub const SENT: Self = Self(5);
    /// What was deleted softly.
    pub const DELETED: Self = Self(6);
    /// Messages on their way out.
    pub const OUTBOX: Self = Self(7);
    /// Unwanted mail.
    pub const JUNK: Self = Self(8);
    /// Appointments.
    pub const CALENDAR: Self = Self(9);
    /// Contacts.
    pub const CONTACTS: Self = Self(10);
    /// Tasks.
    pub const TASKS: Self = Self(11);
    /// What is deleted and can still be had back lies below; users do not see it.
    pub const RECOVERABLE: Self = Self(12);
    /// Items that were deleted softly, or out of Deleted Items.
    pub const DELETIONS: Self = Self(13);
    /// Earlier versions of items on hold; nothing is on hold here.
    pub const VERSIONS: Self = Self(14);
    /// Items on hold that were deleted for good.
    pub const PURGES: Self = Self(15);
    /// The first that a user made.
    pub(super) const FIRST_OWN: Self = Self(64);

    /// Whether it is for what is deleted already.
    #[must_use]
    pub const fn is_recoverable(self) -> bool {
        self.0 >= Self::RECOVERABLE.0 && self.0 <= Self::PURGES.0
    }

    /// The folder that EWS calls by this name (`DistinguishedFolderIdNameType`), if mailboxes have
    /// it.
    #[must_use]
    pub fn distinguished(name: &str) -> Option<Self> {
        DISTINGUISHED.iter().find(|it| it.id == name).map(|it| it.no)
    }

    /// EWS's name for it, if it is a distinguished one.
    #[must_use]
    pub fn distinguished_name(self) -> Option<&'static str> {
        distinguished(self).map(|it| it.id)
    }
}

/// A folder that every mailbox has.
#[derive(Debug)]
pub(super) struct Distinguished {
    pub(super) no: FolderNo,
    pub(super) id: &'static str,
    pub(super) parent: FolderNo,
    pub(super) name: &'static str,
    pub(super) class: &'static str,
}

/// In the order of their numbers. The root is its own parent.
pub(super) const DISTINGUISHED: &[Distinguished] = {
    const fn row(
        no: FolderNo,
        id: &'static str,
        name: &'static str,
        class: &'static str,
    ) -> Distinguished {
        let parent = match no {
            FolderNo::ROOT | FolderNo::MESSAGES | FolderNo::RECOVERABLE => FolderNo::ROOT,
            FolderNo::DELETIONS | FolderNo::VERSIONS | FolderNo::PURGES => FolderNo::RECOVERABLE,
            _ => FolderNo::MESSAGES,
        };
        Distinguished { no, id, parent, name, class }
    }
    &[
        row(FolderNo::ROOT, "root", "Root", ""),
        row(FolderNo::MESSAGES, "msgfolderroot", "Top of Information Store", ""),
        row(FolderNo::INBOX, "inbox", "Inbox", "IPF.Note"),
        row(FolderNo::DRAFTS, "drafts", "Drafts", "IPF.Note"),
        row(FolderNo::SENT, "sentitems", "Sent Items", "IPF.Note"),
        row(FolderNo::DELETED, "deleteditems", "Deleted Items", "IPF.Note"),
        row(FolderNo::OUTBOX, "outbox", "Outbox", "IPF.Note"),
        row(FolderNo::JUNK, "junkemail", "Junk Email", "IPF.Note"),
        row(FolderNo::CALENDAR, "calendar", "Calendar", "IPF.Appointment"),
        row(FolderNo::CONTACTS, "contacts", "Contacts", "IPF.Contact"),
        row(FolderNo::TASKS, "tasks", "Tasks", "IPF.Task"),
        row(FolderNo::RECOVERABLE, "recoverableitemsroot", "Recoverable Items", ""),
        row(FolderNo::DELETIONS, "recoverableitemsdeletions", "Deletions", ""),
        row(FolderNo::VERSIONS, "recoverableitemsversions", "Versions", ""),
        row(FolderNo::PURGES, "recoverableitemspurges", "Purges", ""),
    ]
};

pub(super) fn distinguished(no: FolderNo) -> Option<&'static Distinguished> {
    let place = usize::try_from(no.0).ok()?.checked_sub(1)?;
    DISTINGUISHED.get(place)
}

/// How many deletions a folder remembers; of more, the older half is forgotten, and with it what a
/// client that last synchronised before them could be told.
const TOMBSTONES: usize = 4_096;

/// What a mailbox keeps of a folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) no: FolderNo,
    pub(super) parent: FolderNo,
    pub(super) name: Box<str>,
    pub(super) class: Box<str>,
    /// What was set on it.
    pub(super) properties: Properties,
    /// When something in it was last changed, by the clock.
    pub(super) modified: Option<Timestamp>,
    /// When it was last changed itself, by the mailbox's sequence; 0 if it is as it was made.
    pub(super) changed: u64,
    /// When it was made.
    pub(super) created: u64,
    /// Ascending by uid. The inbox's lie elsewhere, where POP3 finds them.
    pub(super) items: Vec<Stored>,
    /// The newest item that ever was in it.
    pub(super) newest: Uid,
    /// When something in it was last changed or removed.
    pub(super) touched: u64,
    /// What was removed, and when; ascending by when.
    pub(super) removed: Vec<(Uid, u64)>,
    /// Removals up to here are forgotten.
    pub(super) forgotten: u64,
}

impl Folder {
    pub(super) fn of(it: &Distinguished) -> Self {
        Self::new(it.no, it.parent, it.name, it.class, 0)
    }

    pub(super) fn new(
        no: FolderNo,
        parent: FolderNo,
        name: &str,
        class: &str,
        created: u64,
    ) -> Self {
        Self {
            no,
            parent,
            name: name.into(),
            class: class.into(),
            properties: Properties::default(),
            modified: None,
            changed: 0,
            created,
            items: Vec::new(),
            newest: Uid(0),
            touched: 0,
            removed: Vec::new(),
            forgotten: 0,
        }
    }

    /// Octets of memory without its items' own.
    pub(super) fn footprint(&self) -> usize {
        let removed = self.removed.capacity() * size_of::<(Uid, u64)>();
        size_of::<Self>() + self.name.len() + self.class.len() + removed
    }

    pub(super) fn bury(&mut self, uid: Uid, at: u64) {
        if self.removed.len() == TOMBSTONES {
            let half = TOMBSTONES / 2;
            self.forgotten = self.removed[half - 1].1;
            self.removed.drain(..half);
        }
        self.removed.push((uid, at));
        self.touched = at;
    }
}

/// A folder as its mailbox shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderView<'a> {
    /// Which one.
    pub no: FolderNo,
    /// In which folder it lies; the root lies in itself.
    pub parent: FolderNo,
    /// What users call it.
    pub name: &'a str,
    /// Its class, such as `IPF.Note`; empty for the roots.
    pub class: &'a str,
    /// Grows with every change of the folder itself.
    pub version: u64,
}

impl<'a> From<&'a Folder> for FolderView<'a> {
    fn from(it: &'a Folder) -> Self {
        let version = it.changed.max(it.created);
        Self { no: it.no, parent: it.parent, name: &it.name, class: &it.class, version }
    }
}

impl From<&'static Distinguished> for FolderView<'static> {
    fn from(it: &'static Distinguished) -> Self {
        Self { no: it.no, parent: it.parent, name: it.name, class: it.class, version: 0 }
    }
}
