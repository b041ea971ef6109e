//! From what the store remembers to what EWS tells. The store's numbers become ids only here.

use jiff::Timestamp;
use wire::ews::events::{Changed, Event, EventKind, Modified, MovedOrCopied, Object, OldObject};
use wire::ews::{FolderId, ItemId, Watermark};

use super::names;
use super::subscriptions::Interest;
use crate::MailboxIx;
use crate::exchange::call::folder_id;
use crate::exchange::ids::{Id, change_key};
use crate::store::{FolderNo, Happening, Mailbox, Overlay, Passage, Thing, What};

impl Interest {
    /// Whether this is among what was asked for.
    pub(super) fn covers(&self, what: &What) -> bool {
        self.kinds.contains(&kind(what)) && self.covers_place(what)
    }

    fn covers_place(&self, what: &What) -> bool {
        let Some(folders) = &self.folders else { return true };
        let (thing, places): (&Thing, [FolderNo; 2]) = match what {
            What::NewMail(thing, place)
            | What::Created(thing, place)
            | What::Modified(thing, place)
            | What::Deleted(thing, place) => (thing, [*place; 2]),
            What::Moved(it) | What::Copied(it) => (&it.new, [it.from, it.to]),
        };
        let itself = |no: &FolderNo| *thing == Thing::Folder(*no);
        folders.iter().any(|no| places.contains(no) || itself(no))
    }
}

const fn kind(what: &What) -> EventKind {
    match what {
        What::NewMail(..) => EventKind::NewMail,
        What::Created(..) => EventKind::Created,
        What::Modified(..) => EventKind::Modified,
        What::Deleted(..) => EventKind::Deleted,
        What::Moved(_) => EventKind::Moved,
        What::Copied(_) => EventKind::Copied,
    }
}

/// A mailbox whose happenings are told.
pub(super) struct Teller<'a> {
    pub(super) ix: MailboxIx,
    pub(super) mailbox: &'a Mailbox,
    /// Whether events say how far their reader has come. In streams they do not.
    pub(super) watermarks: bool,
}

impl Teller<'_> {
    /// What happened, in EWS's words.
    pub(super) fn tell(&self, happening: &Happening) -> Event {
        let Happening { watermark, at, what } = *happening;
        let watermark = self.watermarks.then(|| names::watermark(self.ix, watermark));
        let changed = |thing, place| Changed {
            watermark: watermark.clone(),
            at,
            object: self.object(thing),
            parent: self.folder(place),
        };
        match what {
            What::NewMail(thing, place) => Event::NewMail(changed(thing, place)),
            What::Created(thing, place) => Event::Created(changed(thing, place)),
            What::Deleted(thing, place) => Event::Deleted(changed(thing, place)),
            What::Modified(thing, place) => Event::Modified(Modified {
                watermark,
                at,
                object: self.object(thing),
                parent: self.folder(place),
                unread_count: self.unread(thing),
            }),
            What::Moved(passage) => Event::Moved(self.passage(watermark, at, passage)),
            What::Copied(passage) => Event::Copied(self.passage(watermark, at, passage)),
        }
    }

    fn passage(
        &self,
        watermark: Option<Watermark>,
        at: Timestamp,
        passage: Passage,
    ) -> MovedOrCopied {
        MovedOrCopied {
            watermark,
            at,
            object: self.object(passage.new),
            parent: self.folder(passage.to),
            old_object: match self.object(passage.old) {
                Object::Item(id) => OldObject::Item(id),
                Object::Folder(id) => OldObject::Folder(id),
            },
            old_parent: self.folder(passage.from),
        }
    }

    fn object(&self, thing: Thing) -> Object {
        match thing {
            Thing::Folder(no) => Object::Folder(self.folder(no)),
            Thing::Item(uid) => {
                let version = self.mailbox.overlay(uid).map_or(0, Overlay::version);
                let id = Id::Item(self.ix, uid).write();
                Object::Item(ItemId { id, change_key: Some(change_key(version)) })
            }
        }
    }

    /// A folder, whether or not it is still there.
    fn folder(&self, no: FolderNo) -> FolderId {
        let gone =
            || FolderId { id: Id::Folder(self.ix, no).write(), change_key: Some(change_key(0)) };
        self.mailbox.folder(no).map_or_else(gone, |view| folder_id(self.ix, &view))
    }

    fn unread(&self, thing: Thing) -> Option<i32> {
        match thing {
            Thing::Folder(no) => i32::try_from(self.mailbox.unread(no)).ok(),
            Thing::Item(_) => None,
        }
    }
}
