//! What a user's Outlook does to folders, and to mail in them. Folders are known by the names that
//! users see, "Inbox" and "Top of Information Store" among them; of two with one name the one under
//! the inbox, and nearest to it, is meant.

use fake_servers::MailboxIx;
use fake_servers::store::{FolderNo, Mailbox};
use jiff::Timestamp;

use super::{Done, newest};
use crate::log::WorldEvent;

/// The folder of a name.
pub(super) fn find(mailbox: &Mailbox, name: &str) -> Option<FolderNo> {
    let is_named = |it: &FolderNo| mailbox.folder(*it).is_some_and(|folder| folder.name == name);
    let near = mailbox.children(FolderNo::INBOX).into_iter();
    let under = mailbox.descendants(FolderNo::INBOX).into_iter();
    near.chain(under).chain(mailbox.folders().map(|it| it.no)).find(is_named)
}

/// Makes those of some names that are not there yet, in one of a name or the inbox.
pub(super) fn create(
    ix: MailboxIx,
    mailbox: &mut Mailbox,
    names: &[String],
    inside: Option<&str>,
    now: Timestamp,
) -> Vec<WorldEvent> {
    let parent = inside.map_or(Some(FolderNo::INBOX), |name| find(mailbox, name));
    let Some(parent) = parent else { return Vec::new() };
    let is_inside = is_under_inbox(mailbox, parent);
    let made = names.iter().filter_map(|name| {
        // One of its name may be there.
        mailbox.create_folder(parent, name, "IPF.Note", now).ok()
    });
    // Under the inbox is where folders are expected.
    made.filter(|_| !is_inside).map(|made| placed(ix, made, false)).collect()
}

/// Puts a folder into another.
pub(super) fn put(
    ix: MailboxIx,
    mailbox: &mut Mailbox,
    name: &str,
    into: &str,
    now: Timestamp,
) -> Vec<WorldEvent> {
    let Some((folder, into)) = find(mailbox, name).zip(find(mailbox, into)) else {
        return Vec::new();
    };
    if mailbox.move_folder(folder, into, now).is_err() {
        return Vec::new();
    }
    let is_inside = is_under_inbox(mailbox, into);
    let all = std::iter::once(folder).chain(mailbox.descendants(folder));
    all.map(|folder| placed(ix, folder, is_inside)).collect()
}

/// Deletes a folder with all that is in it.
pub(super) fn delete(
    ix: MailboxIx,
    mailbox: &mut Mailbox,
    name: &str,
    now: Timestamp,
) -> Vec<WorldEvent> {
    let Some(folder) = find(mailbox, name) else { return Vec::new() };
    let all: Vec<FolderNo> = std::iter::once(folder).chain(mailbox.descendants(folder)).collect();
    if mailbox.discard_folder(folder, now).is_err() {
        return Vec::new();
    }
    let gone = |FolderNo(folder): FolderNo| WorldEvent::FolderGone { mailbox: ix, folder };
    all.into_iter().map(gone).collect()
}

/// Moves so many of the newest messages of a folder to another, which is made under the inbox if
/// it is missing.
pub(super) fn move_mail(
    ix: MailboxIx,
    mailbox: &mut Mailbox,
    (count, from, to): (u32, Option<&str>, &str),
    now: Timestamp,
) -> Done {
    let mut done = Done::default();
    let from = from.map_or(Some(FolderNo::INBOX), |name| find(mailbox, name));
    let made =
        |mailbox: &mut Mailbox| mailbox.create_folder(FolderNo::INBOX, to, "IPF.Note", now).ok();
    let to = find(mailbox, to).or_else(|| made(mailbox));
    let Some((from, to)) = from.zip(to) else { return done };
    let moved = newest(mailbox, from, count);
    for stored in &moved {
        mailbox.move_item(stored.uid, to, now);
        let item = stored.message.item;
        done.events.push(WorldEvent::Moved { item, mailbox: ix, folder: to.0 });
    }
    if from == FolderNo::INBOX {
        done.taken = moved;
    }
    done
}

fn is_under_inbox(mailbox: &Mailbox, folder: FolderNo) -> bool {
    folder == FolderNo::INBOX || mailbox.descendants(FolderNo::INBOX).contains(&folder)
}

const fn placed(mailbox: MailboxIx, FolderNo(folder): FolderNo, under_inbox: bool) -> WorldEvent {
    WorldEvent::FolderPlaced { mailbox, folder, under_inbox }
}
