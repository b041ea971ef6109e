//! One mailbox: an account, and messages in order of arrival.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use wire::ews::Properties;
use wire::ews::services::UserOofSettings;

use super::folder::{DISTINGUISHED, FolderView, distinguished};
use super::tree::Tree;
use super::{FolderNo, Message, OutOfOffice, Overlay, Quota};
use crate::MailboxIx;

/// Who may open a mailbox, and where mail for it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The address, as it was given.
    pub address: Arc<str>,
    /// The user name, as it was given.
    pub user: Arc<str>,
    /// The password.
    pub password: Arc<str>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("address", &self.address)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A message's place in the order of arrival: counted from 1 in each mailbox, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uid(pub u32);

impl Uid {
    /// The id that POP3's UIDL gives out: 16 hexadecimal digits, the message's number and then
    /// the mailbox's, the shape that many servers use. Stable, and unique in the whole store.
    #[must_use]
    pub fn unique_id(self, mailbox: MailboxIx) -> UniqueId {
        UniqueId::of(u64::from(self.0) << 32 | u64::from(mailbox.0))
    }
}

/// A unique id as POP3 gives it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UniqueId([u8; 16]);

impl UniqueId {
    /// The id of a number.
    #[must_use]
    pub fn of(number: u64) -> Self {
        let hex = |half: u8| b"0123456789ABCDEF"[usize::from(half & 15)];
        let mut digits = [0; 16];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            pair.copy_from_slice(&[hex(byte >> 4), hex(byte)]);
        }
        Self(digits)
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let Ok(text) = str::from_utf8(&self.0) else { unreachable!("digits are ASCII") };
        text
    }
}

/// A message in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub uid: Uid,
    /// Whether a POP3 client has retrieved it and ended the session in order (domain.md 5.2,
    /// Gmail). It stays where it is.
    pub popped: bool,
    /// How many octets it has.
    pub octets: u64,
    /// The message.
    pub message: Message,
}

/// A mailbox. Empty, it takes no memory beyond itself.
#[derive(Debug, Clone)]
pub struct Mailbox {
    account: Account,
    /// The inbox, which is POP3's maildrop; ascending by uid.
    messages: Vec<Stored>,
    next: u32,
    /// Octets in all folders.
    octets: u64,
    /// There once it has one of its own; few have.
    quota: Option<Box<Quota>>,
    /// There once an Exchange face has written something.
    tree: Option<Box<Tree>>,
}

impl Mailbox {
    pub(super) const fn new(account: Account) -> Self {
        Self { account, messages: Vec::new(), next: 1, octets: 0, quota: None, tree: None }
    }

    /// Whose it is.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Its messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Stored] {
        &self.messages
    }

    /// The message at this place, if it is still there.
    #[must_use]
    pub fn message(&self, uid: Uid) -> Option<&Stored> {
        self.place(uid).map(|place| &self.messages[place])
    }

    /// Octets of everything in it.
    #[must_use]
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// Its own quota; what it has none of is its server's.
    #[must_use]
    pub fn quota(&self) -> Quota {
        self.quota.as_deref().copied().unwrap_or_default()
    }

    /// Gives it a quota of its own.
    pub fn set_quota(&mut self, quota: Quota) {
        self.quota = (quota != Quota::default()).then(|| Box::new(quota));
    }

    /// What it answers while its owner is away, if that was ever set.
    #[must_use]
    pub fn out_of_office(&self) -> Option<&OutOfOffice> {
        self.tree()?.out_of_office.as_deref()
    }

    /// The same, to note who is told.
    pub fn out_of_office_mut(&mut self) -> Option<&mut OutOfOffice> {
        self.tree.as_mut()?.out_of_office.as_deref_mut()
    }

    /// Sets it. Whoever was told before is told again when it is not what it was.
    pub fn set_out_of_office(&mut self, settings: UserOofSettings) {
        if self.out_of_office().is_none_or(|it| it.settings != settings) {
            let kept = Box::new(OutOfOffice::new(settings));
            self.tree_mut().out_of_office = Some(kept);
        }
    }

    /// The number of the last change; each has its own.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.tree().map_or(0, |tree| tree.sequence)
    }

    /// All folders, ascending by number.
    pub fn folders(&self) -> impl Iterator<Item = FolderView<'_>> {
        let table = DISTINGUISHED.iter().map(|it| it.no);
        let own = self.tree().map_or(&[][..], |tree| &tree.folders);
        let own = own.iter().map(|folder| folder.no).filter(|no| *no >= FolderNo::FIRST_OWN);
        table.chain(own).filter_map(|no| self.folder(no))
    }

    /// A folder.
    #[must_use]
    pub fn folder(&self, no: FolderNo) -> Option<FolderView<'_>> {
        match self.tree().and_then(|tree| tree.folder(no)) {
            Some(kept) => Some(kept.into()),
            None => distinguished(no).map(Into::into),
        }
    }

    /// A folder's items, oldest first.
    #[must_use]
    pub fn items(&self, folder: FolderNo) -> &[Stored] {
        if folder == FolderNo::INBOX {
            return &self.messages;
        }
        self.tree().and_then(|tree| tree.folder(folder)).map_or(&[], |kept| &kept.items)
    }

    /// An item, wherever it lies.
    #[must_use]
    pub fn item(&self, uid: Uid) -> Option<(FolderNo, &Stored)> {
        let found = |folder: FolderNo| {
            let items = self.items(folder);
            let place = items.binary_search_by_key(&uid, |stored| stored.uid).ok()?;
            Some((folder, &items[place]))
        };
        let others = self.tree().map_or(&[][..], |tree| &tree.folders);
        found(FolderNo::INBOX).or_else(|| others.iter().find_map(|folder| found(folder.no)))
    }

    /// What is known of an item beyond its bytes, if anything ever was.
    #[must_use]
    pub fn overlay(&self, uid: Uid) -> Option<&Overlay> {
        self.tree()?.overlays.get(&uid).map(|overlay| &**overlay)
    }

    /// What was set on a folder beyond its name and class, if anything ever was.
    #[must_use]
    pub fn folder_properties(&self, folder: FolderNo) -> Option<&Properties> {
        self.tree()?.folder(folder).map(|kept| &kept.properties)
    }

    /// The same, to be changed.
    pub fn folder_properties_mut(&mut self, folder: FolderNo) -> Option<&mut Properties> {
        self.tree_mut().folder_mut(folder).map(|kept| &mut kept.properties)
    }

    /// When something in a folder was last changed, if anything ever was.
    #[must_use]
    pub fn folder_touched(&self, folder: FolderNo) -> Option<Timestamp> {
        self.tree()?.folder(folder)?.modified
    }

    /// The number that the next item gets.
    #[must_use]
    pub const fn next(&self) -> Uid {
        Uid(self.next)
    }

    /// How many of a folder's items nobody has read.
    #[must_use]
    pub fn unread(&self, folder: FolderNo) -> usize {
        let overlays = self.tree().into_iter().flat_map(|tree| tree.overlays.values());
        let read = overlays.filter(|it| it.folder == folder && it.read).count();
        self.items(folder).len().saturating_sub(read)
    }

    /// The newest item that ever was in a folder.
    pub(super) fn newest_in(&self, folder: FolderNo) -> Uid {
        match self.tree().and_then(|tree| tree.folder(folder)) {
            Some(kept) => kept.newest,
            None if folder == FolderNo::INBOX => Uid(self.next - 1),
            None => Uid(0),
        }
    }

    /// About how many octets of memory it takes beyond itself; bytes that others share are counted.
    #[must_use]
    pub fn footprint(&self) -> usize {
        let of = |items: &Vec<Stored>| {
            let raw = items.iter().map(|it| match &it.message.body {
                super::Body::Raw(bytes) => bytes.len(),
                _ => 0,
            });
            items.capacity() * size_of::<Stored>() + raw.sum::<usize>()
        };
        let tree = self.tree().map_or(0, |tree| {
            let folders = tree.folders.iter().map(|it| it.footprint() + of(&it.items));
            // A node of a B-tree holds eleven.
            let node = 11 * (size_of::<Uid>() + size_of::<usize>());
            let overlays = tree.overlays.len() * size_of::<Overlay>() + node;
            let settings = tree.settings.iter().map(super::Settings::footprint);
            size_of::<Tree>() + folders.sum::<usize>() + overlays + settings.sum::<usize>()
        });
        of(&self.messages) + tree
    }

    pub(super) fn tree(&self) -> Option<&Tree> {
        self.tree.as_deref()
    }

    pub(super) fn tree_mut(&mut self) -> &mut Tree {
        let newest = Uid(self.next - 1);
        self.tree.get_or_insert_with(|| Box::new(Tree::new(newest)))
    }

    pub(super) fn next_uid(&mut self) -> Uid {
        let uid = Uid(self.next);
        self.next += 1;
        uid
    }

    /// A folder's items, to be changed; none of a folder that is not there.
    pub(super) fn items_mut(&mut self, folder: FolderNo) -> Option<&mut Vec<Stored>> {
        if folder == FolderNo::INBOX {
            return Some(&mut self.messages);
        }
        self.tree_mut().folder_mut(folder).map(|kept| &mut kept.items)
    }

    pub(super) fn weigh(&mut self, more: u64, less: u64) {
        self.octets = self.octets.saturating_add(more).saturating_sub(less);
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.account.password = password.into();
    }

    pub(super) fn push(&mut self, message: Message, octets: u64) {
        let uid = self.next_uid();
        self.octets = self.octets.saturating_add(octets);
        let arrived = message.arrived;
        self.messages.push(Stored { uid, popped: false, octets, message });
        if let Some(tree) = &mut self.tree {
            tree.delivered(uid, arrived);
        }
    }

    pub(super) fn remove(&mut self, uids: &[Uid]) -> Vec<Stored> {
        let removed = self.take_messages(uids);
        for stored in &removed {
            self.weigh(0, stored.octets);
            if let Some(tree) = &mut self.tree {
                tree.went(FolderNo::INBOX, stored.uid);
            }
        }
        removed
    }

    fn take_messages(&mut self, uids: &[Uid]) -> Vec<Stored> {
        match uids {
            [] => Vec::new(),
            [uid] => {
                self.place(*uid).map(|place| self.messages.remove(place)).into_iter().collect()
            }
            _ => {
                let mut wanted = uids.to_vec();
                wanted.sort_unstable();
                self.messages
                    .extract_if(.., |stored| wanted.binary_search(&stored.uid).is_ok())
                    .collect()
            }
        }
    }

    pub(super) fn mark_popped(&mut self, uids: impl IntoIterator<Item = Uid>) {
        for uid in uids {
            if let Some(place) = self.place(uid) {
                self.messages[place].popped = true;
            }
        }
    }

    fn place(&self, uid: Uid) -> Option<usize> {
        self.messages.binary_search_by_key(&uid, |stored| stored.uid).ok()
    }
}
