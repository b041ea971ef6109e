//! What an Exchange face relies on: a client that synchronises, in whatever portions, ends with
//! what the mailbox has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::ItemId;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn mailbox() -> Mailbox {
    let mut store = MailStore::new("mail.example.com");
    let ix = store.add_mailbox("ann@example.com", "ann", "secret").unwrap();
    store.mailbox(ix).unwrap().clone()
}

fn message() -> Message {
    let body = Body::Generated { seed: 1, octets: 1_000, kind: BodyKind::Plain };
    Message { item: ItemId(1), arrived: NOW, body }
}

fn draft() -> Draft {
    Draft { message: message(), octets: 1_000, overlay: Overlay::default() }
}

/// A client's copy of one folder.
#[derive(Default)]
struct Copy {
    point: SyncPoint,
    items: BTreeMap<Uid, (u64, bool)>,
}

impl Copy {
    fn sync(&mut self, mailbox: &mut Mailbox, folder: FolderNo, most: usize) -> Result<bool, Lost> {
        let page = mailbox.changes_since(folder, self.point, most)?;
        assert!(page.changes.len() <= most);
        for change in page.changes {
            // As a client does, it asks for what is told; what is gone meanwhile it hears of later.
            let state = |uid| {
                mailbox.overlay(uid).map_or((0, false), |overlay| (overlay.version(), overlay.read))
            };
            match change {
                Change::Create(uid) => assert!(self.items.insert(uid, state(uid)).is_none()),
                Change::Update(uid) | Change::Flag(uid, _) => {
                    assert!(self.items.insert(uid, state(uid)).is_some(), "{uid:?} is new");
                }
                Change::Delete(uid) => assert!(self.items.remove(&uid).is_some(), "{uid:?}"),
            }
        }
        self.point = page.point;
        Ok(page.last)
    }

    fn catch_up(&mut self, mailbox: &mut Mailbox, folder: FolderNo, most: usize) {
        while !self.sync(mailbox, folder, most).unwrap() {}
    }
}

fn truth(mailbox: &Mailbox, folder: FolderNo) -> BTreeMap<Uid, (u64, bool)> {
    let state = |uid| mailbox.overlay(uid).map_or((0, false), |it| (it.version(), it.read));
    mailbox.items(folder).iter().map(|item| (item.uid, state(item.uid))).collect()
}

#[test]
fn an_untouched_mailbox_has_all_folders_and_no_tree() {
    let mut mailbox = mailbox();
    mailbox.push(message(), 1_000);
    assert_eq!(mailbox.folders().count(), 15);
    assert_eq!(mailbox.folder(FolderNo::INBOX).unwrap().name, "Inbox");
    assert_eq!(mailbox.children(FolderNo::ROOT), [FolderNo::MESSAGES, FolderNo::RECOVERABLE]);
    assert_eq!(mailbox.descendants(FolderNo::ROOT).len(), 14);
    assert_eq!((mailbox.unread(FolderNo::INBOX), mailbox.items(FolderNo::SENT).len()), (1, 0));
    assert!(mailbox.tree().is_none(), "looking costs no memory");
    let mut copy = Copy::default();
    copy.catch_up(&mut mailbox, FolderNo::INBOX, 10);
    assert_eq!(copy.items, truth(&mailbox, FolderNo::INBOX));
    mailbox.flag(Uid(1), true, NOW).unwrap();
    mailbox.push(message(), 1_000);
    let page = mailbox.changes_since(FolderNo::INBOX, copy.point, 10).unwrap();
    assert_eq!(page.changes, [Change::Flag(Uid(1), true), Change::Create(Uid(2))]);
    assert_eq!(mailbox.tree().unwrap().folders.len(), 1, "the other folders cost nothing");
}

#[test]
fn distinguished_folders_have_the_numbers_of_their_places() {
    for (place, it) in (1..).zip(super::folder::DISTINGUISHED) {
        assert_eq!(it.no.0, place);
        assert_eq!(FolderNo::distinguished(it.id), Some(it.no));
    }
    assert_eq!(FolderNo::distinguished("voicemail"), None);
}

#[test]
fn a_moved_item_is_gone_here_and_new_there() {
    let mut mailbox = mailbox();
    mailbox.push(message(), 1_000);
    mailbox.flag(Uid(1), true, NOW).unwrap();
    let (mut inbox, mut junk) = (Copy::default(), Copy::default());
    inbox.catch_up(&mut mailbox, FolderNo::INBOX, 10);
    junk.catch_up(&mut mailbox, FolderNo::JUNK, 10);
    let moved = mailbox.move_item(Uid(1), FolderNo::JUNK, NOW).unwrap();
    assert_eq!(moved, Uid(2));
    assert!(mailbox.overlay(moved).unwrap().read, "it is still read");
    inbox.catch_up(&mut mailbox, FolderNo::INBOX, 10);
    junk.catch_up(&mut mailbox, FolderNo::JUNK, 10);
    assert_eq!((inbox.items.len(), junk.items.len()), (0, 1));
    assert_eq!((mailbox.unread(FolderNo::JUNK), mailbox.octets()), (0, 1_000));
    assert_eq!(mailbox.move_item(Uid(2), FolderNo(99), NOW), None);
    assert_eq!(mailbox.items(FolderNo::JUNK).len(), 1, "what cannot be moved stays");
}

#[test]
fn folders_are_made_renamed_moved_copied_and_removed() {
    let mut mailbox = mailbox();
    let before = mailbox.sequence();
    let a = mailbox.create_folder(FolderNo::INBOX, "A", "IPF.Note", NOW).unwrap();
    let b = mailbox.create_folder(a, "B", "IPF.Note", NOW).unwrap();
    mailbox.add(b, draft(), NOW).unwrap();
    let taken = mailbox.create_folder(FolderNo::INBOX, "a", "IPF.Note", NOW);
    assert_eq!(taken, Err(FolderError::Exists));
    assert_eq!(mailbox.move_folder(a, b, NOW), Err(FolderError::Circle));
    assert_eq!(
        mailbox.move_folder(FolderNo::INBOX, FolderNo::JUNK, NOW),
        Err(FolderError::Distinguished)
    );
    let copy = mailbox.copy_folder(a, FolderNo::MESSAGES, NOW).unwrap();
    assert_eq!(mailbox.items(mailbox.children(copy)[0]).len(), 1);
    mailbox.change_folder(a, Some("C"), None, NOW).unwrap();
    assert_eq!(mailbox.folder(a).unwrap().name, "C");
    let middle = mailbox.sequence();
    mailbox.move_folder(a, FolderNo::MESSAGES, NOW).unwrap();
    let root = FolderNo::MESSAGES;
    assert_eq!(mailbox.folder_changes_since(root, Some(middle)), [FolderChange::Update(a)]);
    assert_eq!(mailbox.discard_folder(a, NOW).unwrap().len(), 1);
    let changes = mailbox.folder_changes_since(root, Some(before));
    assert_eq!(changes.len(), 4, "{changes:?}");
    assert!(changes.ends_with(&[FolderChange::Delete(b), FolderChange::Delete(a)]));
    assert_eq!(mailbox.octets(), 1_000);
}

#[test]
fn what_is_moved_out_of_a_folder_is_gone_there_with_all_in_it_and_comes_back() {
    use FolderChange::{Create, Delete, Update};
    let mut mailbox = mailbox();
    let a = mailbox.create_folder(FolderNo::INBOX, "A", "IPF.Note", NOW).unwrap();
    let b = mailbox.create_folder(a, "B", "IPF.Note", NOW).unwrap();
    let told = |mailbox: &Mailbox, since| {
        [FolderNo::INBOX, FolderNo::JUNK].map(|it| mailbox.folder_changes_since(it, Some(since)))
    };
    let inside = mailbox.sequence();
    mailbox.move_folder(a, FolderNo::JUNK, NOW).unwrap();
    let outside = mailbox.sequence();
    let [inbox, junk] = told(&mailbox, inside);
    assert_eq!((&*inbox, &*junk), (&[Delete(a), Delete(b)][..], &[Create(a), Create(b)][..]));
    mailbox.change_folder(a, Some("C"), None, NOW).unwrap();
    assert_eq!(told(&mailbox, outside), [vec![], vec![Update(a)]]);
    mailbox.move_folder(a, FolderNo::INBOX, NOW).unwrap();
    let [inbox, junk] = told(&mailbox, outside);
    assert_eq!((&*inbox, &*junk), (&[Create(a), Create(b)][..], &[Delete(a), Delete(b)][..]));
    assert_eq!(
        told(&mailbox, inside),
        [vec![Update(a), Update(b)], vec![]],
        "it was away meanwhile"
    );
    let everything = mailbox.folder_changes_since(FolderNo::INBOX, None);
    assert_eq!(everything, [Create(a), Create(b)]);
}

#[test]
fn happenings_are_remembered_from_the_first_subscription_on() {
    let mut mailbox = mailbox();
    assert!(mailbox.happenings(0).is_err());
    mailbox.push(message(), 1_000);
    let mark = mailbox.watch();
    let bell = crate::Bell::new();
    mailbox.hang(7, bell.clone());
    mailbox.push(message(), 1_000);
    let what: Vec<_> = mailbox.happenings(mark).unwrap().map(|it| it.what).collect();
    let thing = Thing::Item(Uid(2));
    assert_eq!(
        what,
        [What::Created(thing, FolderNo::INBOX), What::NewMail(thing, FolderNo::INBOX)]
    );
    assert_eq!(bell.rings(), 2);
    mailbox.unhang(7);
    for _ in 0..300 {
        mailbox.push(message(), 1_000);
    }
    assert_eq!(bell.rings(), 2);
    assert!(mailbox.happenings(mark).is_err(), "600 are too many");
    assert!(mailbox.happenings(mark + 9_999).is_err(), "the future");
}

#[test]
fn who_was_away_too_long_is_told_so() {
    let mut mailbox = mailbox();
    mailbox.push(message(), 1_000);
    let mut copy = Copy::default();
    mailbox.flag(Uid(1), true, NOW).unwrap();
    copy.catch_up(&mut mailbox, FolderNo::INBOX, 10);
    for _ in 0..5_000 {
        let uid = mailbox.add(FolderNo::INBOX, draft(), NOW).unwrap();
        mailbox.discard(uid, NOW).unwrap();
    }
    assert_eq!(copy.sync(&mut mailbox, FolderNo::INBOX, 10), Err(Lost));
    let ahead = SyncPoint { uid: Uid(99_999), change: 0 };
    assert_eq!(mailbox.changes_since(FolderNo::INBOX, ahead, 1), Err(Lost));
    let removed = mailbox.tree().unwrap().folder(FolderNo::INBOX).unwrap().removed.len();
    assert!(removed <= 4_096, "{removed} remembered");
}

#[derive(Debug, Clone)]
enum Step {
    Deliver,
    Add(bool),
    Change(prop::sample::Index),
    Flag(prop::sample::Index, bool),
    Discard(prop::sample::Index),
    Move(prop::sample::Index, bool),
    Pop(prop::sample::Index),
    Sync(bool, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        Just(Step::Deliver),
        any::<bool>().prop_map(Step::Add),
        index().prop_map(Step::Change),
        (index(), any::<bool>()).prop_map(|(index, read)| Step::Flag(index, read)),
        index().prop_map(Step::Discard),
        (index(), any::<bool>()).prop_map(|(index, to)| Step::Move(index, to)),
        index().prop_map(Step::Pop),
        (any::<bool>(), 1_usize..4).prop_map(|(which, most)| Step::Sync(which, most)),
    ]
}

proptest! {
    /// Pages of any size, taken at any time between changes, never tell a client something that
    /// does not fit what it has, and bring it to the truth in the end.
    #[test]
    fn a_client_ends_with_what_the_mailbox_has(steps in prop::collection::vec(step(), 0..60)) {
        const FOLDERS: [FolderNo; 2] = [FolderNo::INBOX, FolderNo::CALENDAR];
        let mut mailbox = mailbox();
        let mut copies = [Copy::default(), Copy::default()];
        for step in steps {
            let uids: Vec<Uid> =
                FOLDERS.iter().flat_map(|no| mailbox.items(*no)).map(|item| item.uid).collect();
            let pick = |index: &prop::sample::Index| (!uids.is_empty()).then(|| *index.get(&uids));
            match &step {
                Step::Deliver => mailbox.push(message(), 1_000),
                Step::Add(which) => {
                    mailbox.add(FOLDERS[usize::from(*which)], draft(), NOW).unwrap();
                }
                Step::Change(index) => {
                    let _ = pick(index).and_then(|uid| mailbox.change(uid, NOW, |_| {}));
                }
                Step::Flag(index, read) => {
                    let _ = pick(index).and_then(|uid| mailbox.flag(uid, *read, NOW));
                }
                Step::Discard(index) => {
                    let _ = pick(index).and_then(|uid| mailbox.discard(uid, NOW));
                }
                Step::Move(index, to) => {
                    let to = FOLDERS[usize::from(*to)];
                    let _ = pick(index).and_then(|uid| mailbox.move_item(uid, to, NOW));
                }
                Step::Pop(index) => {
                    let _ = pick(index).map(|uid| mailbox.remove(&[uid]));
                }
                Step::Sync(which, most) => {
                    let which = usize::from(*which);
                    copies[which].sync(&mut mailbox, FOLDERS[which], *most).unwrap();
                }
            }
        }
        for (copy, folder) in copies.iter_mut().zip(FOLDERS) {
            copy.catch_up(&mut mailbox, folder, 2);
            prop_assert_eq!(&copy.items, &truth(&mailbox, folder));
            let unread = truth(&mailbox, folder).values().filter(|(_, read)| !read).count();
            prop_assert_eq!(mailbox.unread(folder), unread);
            let quiet = mailbox.changes_since(folder, copy.point, 9).unwrap();
            prop_assert!(quiet.changes.is_empty() && quiet.last);
        }
        let octets: u64 = mailbox.folders().flat_map(|it| mailbox.items(it.no))
            .map(|item| item.octets).sum();
        prop_assert_eq!(mailbox.octets(), octets);
    }
}

#[test]
fn settings_go_with_their_folder_and_are_not_without_number() {
    let mut mailbox = mailbox();
    let folder = mailbox.create_folder(FolderNo::INBOX, "one", "IPF.Note", NOW).unwrap();
    let empty = SettingsContent::default;
    mailbox.create_settings(folder, "theirs", empty()).unwrap();
    mailbox.create_settings(FolderNo::INBOX, "theirs", empty()).unwrap();
    assert_eq!(
        mailbox.create_settings(folder, "Theirs", empty()),
        Err(SettingsError::Exists),
        "names are the same in any case"
    );
    mailbox.discard_folder(folder, NOW).unwrap();
    assert_eq!(mailbox.settings(folder, "theirs"), None);
    assert!(mailbox.settings(FolderNo::INBOX, "theirs").is_some());
    let made = (0..).take_while(|number| {
        mailbox.create_settings(FolderNo::INBOX, &number.to_string(), empty()).is_ok()
    });
    assert_eq!(made.count(), 99);
}
