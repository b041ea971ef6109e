//! What a mailbox knows beyond its maildrop: folders, what was changed and when. Made when an
//! Exchange face first writes to it, so that a mailbox of POP3 alone pays a pointer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::folder::{Folder, distinguished};
use super::journal::{Journal, Thing, What};
use super::{FolderNo, OutOfOffice, Overlay, Settings, Uid};
use crate::Bell;

/// A folder came to lie below another one, however deep, or lies there no more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing {
    pub(super) root: FolderNo,
    pub(super) folder: FolderNo,
    pub(super) entered: bool,
    pub(super) at: u64,
}

/// The folders of one mailbox.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    /// Ascending by number; distinguished ones only if they differ from the table.
    pub(super) folders: Vec<Folder>,
    pub(super) overlays: BTreeMap<Uid, Box<Overlay>>,
    /// Settings of all folders.
    pub(super) settings: Vec<Settings>,
    /// Counts changes; every change has its own number.
    pub(super) sequence: u64,
    pub(super) next_folder: FolderNo,
    /// Folders that were removed, and when.
    pub(super) removed: Vec<(FolderNo, u64)>,
    /// Folders that came into the reach of another one or left it, in the order of time.
    pub(super) crossings: Vec<Crossing>,
    /// How often all states of synchronisation were declared void.
    pub(super) epoch: u32,
    /// There once somebody has subscribed.
    pub(super) journal: Option<Box<Journal>>,
    /// There once it was set.
    pub(super) out_of_office: Option<Box<OutOfOffice>>,
    /// Who is to be woken, by whose number.
    pub(super) bells: Vec<(u64, Bell)>,
}

impl Tree {
    /// The tree of a mailbox whose newest message so far is this one.
    pub(super) fn new(newest: Uid) -> Self {
        let mut tree = Self {
            folders: Vec::new(),
            overlays: BTreeMap::new(),
            settings: Vec::new(),
            sequence: 0,
            next_folder: FolderNo::FIRST_OWN,
            removed: Vec::new(),
            crossings: Vec::new(),
            epoch: 0,
            journal: None,
            out_of_office: None,
            bells: Vec::new(),
        };
        if let Some(inbox) = tree.folder_mut(FolderNo::INBOX) {
            inbox.newest = newest;
        }
        tree
    }

    pub(super) fn folder(&self, no: FolderNo) -> Option<&Folder> {
        self.place(no).ok().map(|place| &self.folders[place])
    }

    /// A folder to write to; a distinguished one begins to take memory here.
    pub(super) fn folder_mut(&mut self, no: FolderNo) -> Option<&mut Folder> {
        let place = match self.place(no) {
            Ok(place) => place,
            Err(place) => {
                self.folders.insert(place, Folder::of(distinguished(no)?));
                place
            }
        };
        Some(&mut self.folders[place])
    }

    pub(super) fn place(&self, no: FolderNo) -> Result<usize, usize> {
        self.folders.binary_search_by_key(&no, |folder| folder.no)
    }

    pub(super) fn step(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// An item came to lie in a folder.
    pub(super) fn came(&mut self, folder: FolderNo, uid: Uid) {
        if let Some(folder) = self.folder_mut(folder) {
            folder.newest = uid;
        }
    }

    /// An item is no more in its folder.
    pub(super) fn went(&mut self, folder: FolderNo, uid: Uid) -> Option<Box<Overlay>> {
        let at = self.step();
        if let Some(folder) = self.folder_mut(folder) {
            folder.bury(uid, at);
        }
        self.overlays.remove(&uid)
    }

    /// What is known of an item, to be changed.
    pub(super) fn overlay(&mut self, folder: FolderNo, uid: Uid) -> &mut Overlay {
        self.overlays
            .entry(uid)
            .or_insert_with(|| Box::new(Overlay { folder, ..Overlay::default() }))
    }

    pub(super) fn tell(&mut self, at: Timestamp, what: What) {
        if let Some(journal) = &mut self.journal {
            journal.record(at, what);
        }
        for (_, bell) in &self.bells {
            bell.ring();
        }
    }

    /// A message arrived in the inbox.
    pub(super) fn delivered(&mut self, uid: Uid, at: Timestamp) {
        self.came(FolderNo::INBOX, uid);
        self.tell(at, What::Created(Thing::Item(uid), FolderNo::INBOX));
        self.tell(at, What::NewMail(Thing::Item(uid), FolderNo::INBOX));
    }
}
