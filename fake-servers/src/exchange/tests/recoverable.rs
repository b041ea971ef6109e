//! What is deleted, and what of it can be had back.

use wire::ews::folders::{
    DeleteType, EmptyFolder, FindFolder, FolderTraversal, GetFolder, SyncFolderHierarchy,
};
use wire::ews::items::{MessageDisposition, MoveItem};
use wire::ews::{FolderRef, ItemId, ItemRef, Request, Response, ResponseCode};

use super::kit::{ANN, Client, World, as_mime, folder_shape};
use crate::ServerEvent;
use crate::store::lock_store;

const DELETIONS: &str = "recoverableitemsdeletions";

impl Client {
    fn relocate(&mut self, id: &ItemId, to: &str) -> ItemId {
        let request = MoveItem {
            to: FolderRef::distinguished(to),
            item_ids: vec![ItemRef::Id(id.clone())],
            return_new_item_ids: Some(true),
        };
        let Response::MoveItem(answers) = self.ask(Request::MoveItem(request)) else { panic!() };
        answers[0].content.first().unwrap().id().unwrap().clone()
    }

    fn count(&mut self, folder: &str) -> i32 {
        let folder_ids = vec![FolderRef::distinguished(folder)];
        let request = GetFolder { shape: folder_shape(), folder_ids };
        let Response::GetFolder(answers) = self.ask(Request::GetFolder(request)) else { panic!() };
        let folders = answers.into_iter().next().unwrap().content.folders.unwrap();
        folders[0].properties.total_count.unwrap()
    }
}

#[test]
fn what_is_deleted_softly_can_be_had_back() {
    let world = World::new();
    let item = world.deliver(ANN, 1);
    let mut ann = world.ann();
    let inbox = ann.list("inbox");
    let before = ann.mime(&inbox[0]);
    assert_eq!(ann.delete(&inbox[0], DeleteType::SoftDelete), ResponseCode::NoError);
    assert_eq!(ann.events.last(), Some(&ServerEvent::Deleted { item, mailbox: ANN }));
    assert_eq!([ann.count("inbox"), ann.count("deleteditems"), ann.count(DELETIONS)], [0, 0, 1]);
    assert_eq!(lock_store(&world.store).mailbox(ANN).unwrap().octets(), 0);
    let kept = ann.list(DELETIONS);
    assert_eq!(ann.mime(&kept[0]), before);
    let back = ann.relocate(&kept[0], "inbox");
    assert_eq!(ann.mime(&back), before);
    assert_eq!([ann.count("inbox"), ann.count(DELETIONS)], [1, 0]);
    assert_eq!(lock_store(&world.store).mailbox(ANN).unwrap().octets(), 2_000);
}

#[test]
fn deleted_items_are_emptied_to_where_they_can_be_had_back_unless_for_good() {
    let world = World::new();
    let mut ann = world.ann();
    for _ in 0..3 {
        let (item, _) = as_mime("far@elsewhere.org", "1@x");
        let draft = ann.create(item, Some(MessageDisposition::SaveOnly), None).unwrap().unwrap();
        ann.delete(&draft, DeleteType::MoveToDeletedItems);
    }
    let gone = ann.list("deleteditems");
    assert_eq!(ann.delete(&gone[0], DeleteType::HardDelete), ResponseCode::NoError);
    assert_eq!(ann.count(DELETIONS), 0, "that was for good");
    assert_eq!(ann.delete(&gone[1], DeleteType::MoveToDeletedItems), ResponseCode::NoError);
    assert_eq!([ann.count("deleteditems"), ann.count(DELETIONS)], [1, 1]);
    let request = EmptyFolder {
        delete_type: DeleteType::SoftDelete,
        delete_subfolders: false,
        folder_ids: vec![FolderRef::distinguished("deleteditems")],
    };
    let Response::EmptyFolder(answers) = ann.ask(Request::EmptyFolder(request)) else { panic!() };
    assert!(answers[0].is_ok());
    assert_eq!([ann.count("deleteditems"), ann.count(DELETIONS)], [0, 2]);
    for id in ann.list(DELETIONS) {
        assert_eq!(ann.delete(&id, DeleteType::SoftDelete), ResponseCode::NoError);
    }
    assert_eq!(ann.count(DELETIONS), 0, "deleted twice is gone");
}

#[test]
fn its_folders_lie_beside_what_users_see() {
    let world = World::new();
    let mut ann = world.ann();
    let mut below = |name: &str| {
        let request = FindFolder {
            traversal: FolderTraversal::Deep,
            shape: folder_shape(),
            paging: None,
            restriction: None,
            parents: vec![FolderRef::distinguished(name)],
        };
        let Response::FindFolder(answers) = ann.ask(Request::FindFolder(request)) else { panic!() };
        let root = answers.into_iter().next().unwrap().content.root.unwrap();
        let names = root.folders.unwrap().into_iter();
        names.filter_map(|it| it.properties.distinguished).collect::<Vec<_>>()
    };
    assert!(below("msgfolderroot").iter().all(|it| !it.starts_with("recoverable")));
    assert!(below("root").contains(&DELETIONS.to_owned()));
    assert_eq!(below("recoverableitemsroot").len(), 3);
    let request = SyncFolderHierarchy {
        shape: folder_shape(),
        folder: Some(FolderRef::distinguished("msgfolderroot")),
        state: None,
    };
    let Response::SyncFolderHierarchy(answers) = ann.ask(Request::SyncFolderHierarchy(request))
    else {
        panic!()
    };
    assert_eq!(answers[0].content.changes.as_ref().unwrap().len(), 9);
}
