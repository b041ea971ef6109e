//! Folders.

use wire::ews::folders::{
    BaseShape, CreateFolder, DeleteFolder, DeleteType, FindFolder, Folder, FolderKind,
    FolderProperties, FolderTraversal, GetFolder, HierarchyChange, MoveFolder, SyncFolderHierarchy,
};
use wire::ews::search::Restriction;
use wire::ews::{
    ExtendedField, Field, FolderId, FolderRef, PropertyType, Request, Response, ResponseCode,
    SyncState, Value,
};

use super::kit::{Client, World, folder_shape};
use crate::exchange::ids::Id;
use crate::store::FolderNo;

impl Client {
    fn folder(&mut self, folder: FolderRef) -> Result<Folder, ResponseCode> {
        let request = GetFolder { shape: folder_shape(), folder_ids: vec![folder] };
        let Response::GetFolder(answers) = self.ask(Request::GetFolder(request)) else { panic!() };
        if answers[0].is_ok() {
            Ok(answers[0].content.first().unwrap().clone())
        } else {
            Err(answers[0].code.clone())
        }
    }

    fn create_folder(&mut self, parent: FolderRef, name: &str) -> Result<FolderId, ResponseCode> {
        let properties =
            FolderProperties { display_name: Some(name.into()), ..FolderProperties::default() };
        let folders = vec![Folder { kind: FolderKind::Folder, properties }];
        let request = Request::CreateFolder(CreateFolder { parent, folders });
        let Response::CreateFolder(answers) = self.ask(request) else { panic!() };
        if answers[0].is_ok() {
            Ok(answers[0].content.first().unwrap().properties.id.clone().unwrap())
        } else {
            Err(answers[0].code.clone())
        }
    }

    fn delete_folder(&mut self, folder: FolderRef, how: DeleteType) -> ResponseCode {
        let request = DeleteFolder { delete_type: how, folder_ids: vec![folder] };
        let request = Request::DeleteFolder(request);
        let Response::DeleteFolder(answers) = self.ask(request) else { panic!() };
        answers[0].code.clone()
    }

    fn find_folders(&mut self, how: FolderTraversal, like: Option<Restriction>) -> Vec<String> {
        let request = FindFolder {
            traversal: how,
            shape: folder_shape(),
            paging: None,
            restriction: like,
            parents: vec![FolderRef::distinguished("root")],
        };
        let request = Request::FindFolder(request);
        let Response::FindFolder(answers) = self.ask(request) else { panic!() };
        let root = answers[0].content.root.as_ref().unwrap();
        assert_eq!(root.is_last, Some(true));
        let folders = root.folders.iter().flatten();
        folders.filter_map(|it| it.properties.display_name.clone()).collect()
    }

    fn hierarchy(&mut self, state: Option<&SyncState>) -> (SyncState, Vec<HierarchyChange>) {
        let request =
            SyncFolderHierarchy { shape: folder_shape(), folder: None, state: state.cloned() };
        let request = Request::SyncFolderHierarchy(request);
        let Response::SyncFolderHierarchy(answers) = self.ask(request) else { panic!() };
        let content = answers.into_iter().next().unwrap().content;
        (content.state.unwrap(), content.changes.unwrap_or_default())
    }
}

fn named(name: &str) -> FolderRef {
    FolderRef::distinguished(name)
}

#[test]
fn every_mailbox_has_the_distinguished_folders_and_says_which_it_has_not() {
    let world = World::new();
    world.deliver(super::kit::ANN, 1);
    let mut ann = world.ann();
    let inbox = ann.folder(named("inbox")).unwrap().properties;
    assert_eq!((inbox.total_count, inbox.unread_count), (Some(1), Some(1)));
    assert_eq!(inbox.display_name.as_deref(), Some("Inbox"));
    assert_eq!(ann.folder(named("calendar")).unwrap().kind, FolderKind::Calendar);
    assert_eq!(ann.folder(named("voicemail")), Err(ResponseCode::ErrorFolderNotFound));
    let broken = FolderRef::Id(FolderId::new("broken"));
    assert_eq!(ann.folder(broken), Err(ResponseCode::ErrorInvalidIdMalformed));
    let gone = FolderRef::Id(FolderId::new(Id::Folder(super::kit::ANN, FolderNo(99)).write()));
    assert_eq!(ann.folder(gone), Err(ResponseCode::ErrorItemNotFound));
}

#[test]
fn folders_are_found_by_name_and_by_class() {
    let world = World::new();
    let mut ann = world.ann();
    let below = ann.find_folders(FolderTraversal::Shallow, None);
    assert_eq!(below, ["Top of Information Store", "Recoverable Items"]);
    assert_eq!(ann.find_folders(FolderTraversal::Deep, None).len(), 14);
    let like = Restriction::equal(Field::FolderDisplayName, "sent items");
    assert_eq!(ann.find_folders(FolderTraversal::Deep, Some(like)), ["Sent Items"]);
    let class = ExtendedField::tag(0x3613, PropertyType::String);
    let like = Restriction::equal(class, "IPF.Appointment");
    assert_eq!(ann.find_folders(FolderTraversal::Deep, Some(like)), ["Calendar"]);
}

#[test]
fn folders_are_made_and_removed_and_the_errors_are_exchanges() {
    let world = World::new();
    let mut ann = world.ann();
    let (state, all) = ann.hierarchy(None);
    assert_eq!(all.len(), 9, "below the root that users see");
    let made = ann.create_folder(named("inbox"), "New").unwrap();
    assert_eq!(ann.create_folder(named("inbox"), "new"), Err(ResponseCode::ErrorFolderExists));
    let folder = ann.folder(FolderRef::Id(made.clone())).unwrap();
    assert_eq!(folder.properties.class.as_deref(), Some("IPF.Note"));
    let (state, changes) = ann.hierarchy(Some(&state));
    assert!(matches!(&*changes, [HierarchyChange::Create(it)]
        if it.properties.id.as_ref() == Some(&made)));
    let to_junk = MoveFolder {
        to: named("junkemail"),
        folder_ids: vec![FolderRef::Id(made.clone()), named("inbox")],
    };
    let Response::MoveFolder(answers) = ann.ask(Request::MoveFolder(to_junk)) else { panic!() };
    let codes: Vec<_> = answers.iter().map(|it| it.code.clone()).collect();
    assert_eq!(codes, [ResponseCode::NoError, ResponseCode::ErrorMoveDistinguishedFolder]);
    let (state, changes) = ann.hierarchy(Some(&state));
    assert!(matches!(&*changes, [HierarchyChange::Update(_)]), "{changes:?}");
    let code = ann.delete_folder(named("inbox"), DeleteType::HardDelete);
    assert_eq!(code, ResponseCode::ErrorDeleteDistinguishedFolder);
    let made = FolderRef::Id(made);
    assert_eq!(ann.delete_folder(made.clone(), DeleteType::MoveToDeletedItems).as_str(), "NoError");
    assert!(ann.folder(made.clone()).is_ok(), "it only lies elsewhere");
    assert_eq!(ann.delete_folder(made.clone(), DeleteType::HardDelete).as_str(), "NoError");
    assert_eq!(ann.folder(made.clone()), Err(ResponseCode::ErrorItemNotFound));
    let parent = ann.create_folder(made, "Sub");
    assert_eq!(parent, Err(ResponseCode::ErrorParentFolderNotFound));
    let (_, changes) = ann.hierarchy(Some(&state));
    assert!(matches!(&*changes, [HierarchyChange::Delete(_)]), "{changes:?}");
}

#[test]
fn a_shape_with_names_gets_what_it_names_and_no_more() {
    let world = World::new();
    let mut ann = world.ann();
    let mut shape = folder_shape();
    shape.base = BaseShape::IdOnly;
    let count = ExtendedField::tag(0x3602, PropertyType::Integer);
    shape.additional = vec![
        Field::FolderDisplayName.into(),
        count.into(),
        wire::ews::Property::Unknown("folder:OfTomorrow".into()),
    ];
    let request = GetFolder { shape, folder_ids: vec![named("inbox")] };
    let Response::GetFolder(answers) = ann.ask(Request::GetFolder(request)) else { panic!() };
    let it = &answers[0].content.first().unwrap().properties;
    assert_eq!((it.display_name.as_deref(), it.total_count), (Some("Inbox"), None));
    assert_eq!(it.extended[0].value, Value::Int(0));
}
