//! Changes of folders, and who wants to hear of changes.

use jiff::Timestamp;

use super::folder::Folder;
use super::journal::{Forgotten, Happening, Journal, Passage, Thing, What};
use super::tree::Crossing;
use super::{FolderNo, Mailbox, Uid};
use crate::Bell;

/// Why a folder stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// No such folder.
    #[error("there is no such folder")]
    Unknown,
    /// No such parent.
    #[error("there is no such parent folder")]
    UnknownParent,
    /// Its parent has one of this name.
    #[error("a folder of this name is there already")]
    Exists,
    /// Every mailbox has it.
    #[error("distinguished folders stay where they are")]
    Distinguished,
    /// It would lie in itself.
    #[error("a folder cannot lie in itself")]
    Circle,
}

impl Mailbox {
    /// The folders that lie in a folder.
    pub fn children(&self, of: FolderNo) -> Vec<FolderNo> {
        let inside = |it: &super::FolderView<'_>| it.parent == of && it.no != FolderNo::ROOT;
        self.folders().filter(inside).map(|it| it.no).collect()
    }

    /// Those, and what lies in them, each before what lies in it.
    pub fn descendants(&self, of: FolderNo) -> Vec<FolderNo> {
        let mut found = self.children(of);
        let mut next = 0;
        while let Some(no) = found.get(next) {
            let inside = self.children(*no);
            next += 1;
            found.splice(next..next, inside);
        }
        found
    }

    /// A folder and all in which it lies.
    fn ancestry(&self, of: FolderNo) -> Vec<FolderNo> {
        let parent = |it: &FolderNo| self.folder(*it).map(|it| it.parent).filter(|up| up != it);
        std::iter::successors(Some(of), parent).collect()
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// [`FolderError::UnknownParent`] and [`FolderError::Exists`].
    pub fn create_folder(
        &mut self,
        parent: FolderNo,
        name: &str,
        class: &str,
        now: Timestamp,
    ) -> Result<FolderNo, FolderError> {
        self.folder(parent).ok_or(FolderError::UnknownParent)?;
        self.name_is_free(parent, name)?;
        let tree = self.tree_mut();
        let no = tree.next_folder;
        tree.next_folder.0 += 1;
        let created = tree.step();
        tree.folders.push(Folder::new(no, parent, name, class, created));
        tree.tell(now, What::Created(Thing::Folder(no), parent));
        Ok(no)
    }

    /// Gives a folder another name, and another class if one is given.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] and [`FolderError::Exists`].
    pub fn change_folder(
        &mut self,
        no: FolderNo,
        name: Option<&str>,
        class: Option<&str>,
        now: Timestamp,
    ) -> Result<(), FolderError> {
        let parent = self.folder(no).ok_or(FolderError::Unknown)?.parent;
        if let Some(name) = name.filter(|name| self.folder(no).is_some_and(|it| it.name != *name)) {
            self.name_is_free(parent, name)?;
        }
        let tree = self.tree_mut();
        let at = tree.step();
        let folder = tree.folder_mut(no).ok_or(FolderError::Unknown)?;
        if let Some(name) = name {
            folder.name = name.into();
        }
        if let Some(class) = class {
            folder.class = class.into();
        }
        folder.changed = at;
        tree.tell(now, What::Modified(Thing::Folder(no), parent));
        Ok(())
    }

    /// Puts a folder, with all in it, into another.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn move_folder(
        &mut self,
        no: FolderNo,
        to: FolderNo,
        now: Timestamp,
    ) -> Result<(), FolderError> {
        let view = self.folder(no).ok_or(FolderError::Unknown)?;
        let (from, name) = (view.parent, view.name.to_owned());
        self.folder(to).ok_or(FolderError::UnknownParent)?;
        if no.distinguished_name().is_some() {
            return Err(FolderError::Distinguished);
        }
        if no == to || self.descendants(no).contains(&to) {
            return Err(FolderError::Circle);
        }
        if from != to {
            self.name_is_free(to, &name)?;
        }
        let (left, entered) = (self.ancestry(from), self.ancestry(to));
        let mut moved = self.descendants(no);
        moved.push(no);
        let tree = self.tree_mut();
        let at = tree.step();
        let folder = tree.folder_mut(no).ok_or(FolderError::Unknown)?;
        folder.parent = to;
        folder.changed = at;
        for (roots, others, is_entered) in [(&left, &entered, false), (&entered, &left, true)] {
            for &root in roots.iter().filter(|root| !others.contains(root)) {
                let crossing = |&folder| Crossing { root, folder, entered: is_entered, at };
                tree.crossings.extend(moved.iter().map(crossing));
            }
        }
        let thing = Thing::Folder(no);
        tree.tell(now, What::Moved(Passage { old: thing, from, new: thing, to }));
        Ok(())
    }

    /// Copies a folder with all in it and yields the copy.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn copy_folder(
        &mut self,
        no: FolderNo,
        to: FolderNo,
        now: Timestamp,
    ) -> Result<FolderNo, FolderError> {
        let view = self.folder(no).ok_or(FolderError::Unknown)?;
        let (from, name, class) = (view.parent, view.name.to_owned(), view.class.to_owned());
        if no == to || self.descendants(no).contains(&to) {
            return Err(FolderError::Circle);
        }
        let inside = self.children(no);
        let copy = self.create_folder(to, &name, &class, now)?;
        let uids: Vec<Uid> = self.items(no).iter().map(|item| item.uid).collect();
        for uid in uids {
            self.copy_item(uid, copy, now);
        }
        for child in inside {
            self.copy_folder(child, copy, now)?;
        }
        let (old, new) = (Thing::Folder(no), Thing::Folder(copy));
        self.tree_mut().tell(now, What::Copied(Passage { old, from, new, to }));
        Ok(copy)
    }

    /// Removes a folder for good, and yields the items that were in it and in those below.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] and [`FolderError::Distinguished`].
    pub fn discard_folder(
        &mut self,
        no: FolderNo,
        now: Timestamp,
    ) -> Result<Vec<super::Stored>, FolderError> {
        let parent = self.folder(no).ok_or(FolderError::Unknown)?.parent;
        if no.distinguished_name().is_some() {
            return Err(FolderError::Distinguished);
        }
        let mut removed = Vec::new();
        for child in self.children(no) {
            removed.extend(self.discard_folder(child, now)?);
        }
        let uids: Vec<Uid> = self.items(no).iter().map(|item| item.uid).collect();
        removed.extend(uids.into_iter().filter_map(|uid| self.discard(uid, now)));
        let tree = self.tree_mut();
        let at = tree.step();
        if let Ok(place) = tree.place(no) {
            tree.folders.remove(place);
        }
        tree.settings.retain(|settings| !settings.lie_in(no));
        tree.removed.push((no, at));
        tree.tell(now, What::Deleted(Thing::Folder(no), parent));
        Ok(removed)
    }

    fn name_is_free(&self, parent: FolderNo, name: &str) -> Result<(), FolderError> {
        let taken = self.folders().any(|it| {
            it.parent == parent && it.no != parent && it.name.to_lowercase() == name.to_lowercase()
        });
        if taken { Err(FolderError::Exists) } else { Ok(()) }
    }

    /// How often [`Self::forget_states`] was called: states of synchronisation of another epoch are
    /// void.
    pub fn epoch(&self) -> u32 {
        self.tree().map_or(0, |tree| tree.epoch)
    }

    /// Declares all states of synchronisation void, as a server does that lost them, or to which
    /// the mailbox was moved.
    pub fn forget_states(&mut self) {
        self.tree_mut().epoch += 1;
    }

    /// From now on happenings are remembered; yields the watermark of the last so far.
    pub fn watch(&mut self) -> u64 {
        self.tree_mut().journal.get_or_insert_with(|| Box::new(Journal::default())).newest()
    }

    /// What happened after a watermark, oldest first.
    ///
    /// # Errors
    /// [`Forgotten`]; also when nobody ever called [`Self::watch`].
    pub fn happenings(
        &self,
        since: u64,
    ) -> Result<impl Iterator<Item = &Happening> + '_, Forgotten> {
        self.tree().and_then(|tree| tree.journal.as_ref()).ok_or(Forgotten)?.since(since)
    }

    /// From now on this bell is rung whenever something happens. `who` takes it away again.
    pub fn hang(&mut self, who: u64, bell: Bell) {
        self.tree_mut().bells.push((who, bell));
    }

    /// Rings all bells although nothing happened in the mailbox itself.
    pub fn ring(&self) {
        for (_, bell) in self.tree().into_iter().flat_map(|tree| &tree.bells) {
            bell.ring();
        }
    }

    /// No bell of `who` is rung any more.
    pub fn unhang(&mut self, who: u64) {
        self.tree_mut().bells.retain(|(owner, _)| *owner != who);
    }
}
