//! Folders with everything that can be said of them.

use wire::ews::folders::*;
use wire::ews::search::{ContainmentComparison, ContainmentMode, Restriction};
use wire::ews::{
    ExtendedField, Field, FolderId, FolderRef, Mailbox, Property, PropertyType, Request, Response,
    ResponseCode, ResponseMessage, SyncState, Value,
};

use crate::failed;

fn id(name: &str) -> FolderId {
    FolderId { id: name.to_owned(), change_key: Some("AQAAAA==".to_owned()) }
}

fn inbox() -> FolderRef {
    FolderRef::distinguished("inbox")
}

fn somebodys() -> FolderRef {
    let mailbox = Some(Box::new(Mailbox::new("somebody@example.com")));
    FolderRef::Distinguished { name: "calendar".to_owned(), mailbox }
}

fn by_id() -> FolderRef {
    FolderRef::Id(FolderId { id: "AAMk=".to_owned(), change_key: None })
}

fn all_refs() -> Vec<FolderRef> {
    vec![inbox(), somebodys(), by_id(), FolderRef::Id(id("AAMk/+="))]
}

fn user() -> UserId {
    UserId {
        sid: Some("S-1-5-21".to_owned()),
        address: Some("somebody@example.com".to_owned()),
        display_name: Some("Some Body".to_owned()),
        distinguished: Some(DistinguishedUser::Default),
        external: Some("somebody@example.org".to_owned()),
    }
}

fn permission(level: PermissionLevel) -> Permission {
    Permission {
        user: user(),
        can_create_items: Some(true),
        can_create_subfolders: Some(false),
        is_owner: Some(true),
        is_visible: Some(true),
        is_contact: Some(false),
        edit_items: Some(PermissionAction::All),
        delete_items: Some(PermissionAction::Owned),
        read_items: Some(ReadAccess::FullDetails),
        level,
    }
}

fn calendar_permission(level: CalendarPermissionLevel) -> CalendarPermission {
    CalendarPermission {
        user: UserId { distinguished: Some(DistinguishedUser::Anonymous), ..UserId::default() },
        can_create_items: Some(true),
        can_create_subfolders: Some(false),
        is_owner: Some(true),
        is_visible: Some(true),
        is_contact: Some(false),
        edit_items: Some(PermissionAction::None),
        delete_items: Some(PermissionAction::None),
        read_items: Some(CalendarReadAccess::TimeAndSubjectAndLocation),
        level,
    }
}

/// What all kinds have.
fn base() -> FolderProperties {
    FolderProperties {
        id: Some(id("folder")),
        parent: Some(id("parent")),
        class: Some("IPF.Note".to_owned()),
        display_name: Some("Projects & <more>".to_owned()),
        total_count: Some(12),
        child_folder_count: Some(3),
        extended: extended(),
        managed: Some(ManagedFolder {
            can_delete: Some(false),
            can_rename_or_move: Some(false),
            must_display_comment: Some(true),
            has_quota: Some(true),
            is_root: Some(false),
            id: Some("managed".to_owned()),
            comment: Some("Kept for ten years".to_owned()),
            storage_quota: Some(1024),
            size: Some(12),
            home_page: Some("https://example.com/".to_owned()),
        }),
        effective_rights: Some(EffectiveRights::OWNER),
        distinguished: Some("inbox".to_owned()),
        policy_tag: Some(tag(true)),
        archive_tag: Some(tag(false)),
        replicas: Some(vec!["one".to_owned(), "two".to_owned()]),
        ..FolderProperties::default()
    }
}

fn tag(explicit: bool) -> RetentionTag {
    RetentionTag { tag: "00000000-0000-0000-0000-00000000000a".to_owned(), explicit }
}

fn mail_permissions() -> PermissionSet {
    let levels = PermissionLevel::ALL.iter();
    PermissionSet {
        permissions: Some(levels.map(|level| permission(*level)).collect()),
        unknown: Some(vec!["S-1-5-99".to_owned()]),
        ..PermissionSet::default()
    }
}

fn calendar_permissions() -> PermissionSet {
    let levels = CalendarPermissionLevel::ALL.iter();
    PermissionSet {
        calendar: Some(levels.map(|level| calendar_permission(*level)).collect()),
        unknown: Some(Vec::new()),
        ..PermissionSet::default()
    }
}

/// A folder of each kind, with everything.
fn every_kind() -> Vec<Folder> {
    let mail =
        FolderProperties { permissions: Some(mail_permissions()), unread_count: Some(7), ..base() };
    let properties = |kind| match kind {
        FolderKind::Folder | FolderKind::Tasks => mail.clone(),
        FolderKind::Search => FolderProperties { search: Some(search()), ..mail.clone() },
        FolderKind::Calendar => FolderProperties {
            sharing_effective_rights: Some("FullDetails".to_owned()),
            permissions: Some(calendar_permissions()),
            ..base()
        },
        FolderKind::Contacts => FolderProperties {
            sharing_effective_rights: Some("None".to_owned()),
            permissions: Some(mail_permissions()),
            source_id: Some("source".to_owned()),
            account_name: Some("account".to_owned()),
            ..base()
        },
    };
    FolderKind::ALL
        .iter()
        .map(|kind| Folder { kind: *kind, properties: properties(*kind) })
        .collect()
}

fn search() -> SearchParameters {
    SearchParameters {
        traversal: Some(SearchTraversal::Deep),
        restriction: by_name(),
        folders: all_refs(),
    }
}

fn named(name: &str) -> Folder {
    let display_name = Some(name.to_owned());
    let properties = FolderProperties { display_name, ..FolderProperties::default() };
    Folder { kind: FolderKind::Folder, properties }
}

fn shape(base: BaseShape) -> FolderShape {
    FolderShape { base, additional: Vec::new() }
}

/// Every field of folders, extended properties, and a field that only another version has.
fn full_shape() -> FolderShape {
    let fields = Field::ALL.iter().filter(|field| field.uri().starts_with("folder:"));
    let mut additional: Vec<Property> = fields.map(|field| Property::Field(*field)).collect();
    additional.extend(extended().into_iter().map(|it| Property::Extended(it.field)));
    FolderShape { base: BaseShape::Default, additional }
}

fn extended() -> Vec<ExtendedProperty> {
    let property = |field, value| ExtendedProperty { field, value };
    vec![
        property(
            ExtendedField::tag(0x3613, PropertyType::String),
            Value::Text("IPF.Note".to_owned()),
        ),
        property(ExtendedField::tag(0x3602, PropertyType::Integer), Value::Int(12)),
        property(
            ExtendedField::named("PublicStrings", "words", PropertyType::StringArray),
            Value::Strings(vec!["one".to_owned(), "two".to_owned()]),
        ),
        property(
            ExtendedField::numbered("Common", 34160, PropertyType::Boolean),
            Value::Bool(true),
        ),
    ]
}

fn by_name() -> Restriction {
    Restriction::And(vec![
        Restriction::equal(Field::FolderDisplayName, "davmailtemp"),
        Restriction::Contains {
            mode: ContainmentMode::Prefixed,
            comparison: ContainmentComparison::IgnoreCase,
            property: ExtendedField::tag(0x3613, PropertyType::String).into(),
            text: "IPF.".to_owned(),
        },
    ])
}

fn updates() -> UpdateFolder {
    let value = |path: Property, folder| FolderValue { path, folder };
    let tagged = Folder {
        kind: FolderKind::Search,
        properties: FolderProperties { extended: vec![extended().remove(0)], ..Default::default() },
    };
    let path = Property::Extended(extended().remove(0).field);
    let update = |folder| FolderChange {
        folder,
        updates: vec![
            FolderUpdate::Set(value(Field::FolderDisplayName.into(), named("Renamed"))),
            FolderUpdate::Append(value(path.clone(), tagged.clone())),
            FolderUpdate::Delete(FolderField { path: path.clone() }),
        ],
    };
    UpdateFolder { changes: all_refs().into_iter().map(update).collect() }
}

fn by_id_alone() -> Folder {
    let properties = FolderProperties { id: Some(id("new")), ..FolderProperties::default() };
    Folder { kind: FolderKind::Tasks, properties }
}

pub(crate) fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    for base in BaseShape::ALL {
        requests
            .push(Request::GetFolder(GetFolder { shape: shape(*base), folder_ids: all_refs() }));
    }
    let pages = [
        None,
        Some(Paging::Indexed(FolderPage {
            max_entries: Some(10),
            offset: 20,
            base_point: BasePoint::Beginning,
        })),
        Some(Paging::Fractional(FolderFraction {
            max_entries: None,
            numerator: 1,
            denominator: 2,
        })),
    ];
    for (paging, traversal) in pages.into_iter().zip(FolderTraversal::ALL) {
        requests.push(Request::FindFolder(FindFolder {
            traversal: *traversal,
            shape: shape(BaseShape::IdOnly),
            paging,
            restriction: paging.is_some().then(by_name),
            parents: all_refs(),
        }));
    }
    for (folder, state) in [(None, None), (Some(somebodys()), Some(SyncState::from("H4sI/+=")))] {
        let shape = shape(BaseShape::IdOnly);
        requests.push(Request::SyncFolderHierarchy(SyncFolderHierarchy { shape, folder, state }));
    }
    requests.extend([
        Request::GetFolder(GetFolder { shape: full_shape(), folder_ids: all_refs() }),
        Request::UpdateFolder(updates()),
        Request::CreateFolder(CreateFolder { parent: inbox(), folders: every_kind() }),
        Request::EmptyFolder(EmptyFolder {
            delete_type: DeleteType::SoftDelete,
            delete_subfolders: true,
            folder_ids: all_refs(),
        }),
        Request::MoveFolder(MoveFolder { to: somebodys(), folder_ids: all_refs() }),
        Request::CopyFolder(CopyFolder { to: by_id(), folder_ids: all_refs() }),
    ]);
    for delete_type in DeleteType::ALL {
        let request = DeleteFolder { delete_type: *delete_type, folder_ids: all_refs() };
        requests.push(Request::DeleteFolder(request));
    }
    requests
}

pub(crate) fn responses() -> Vec<Response> {
    let with_all: Vec<_> =
        every_kind().into_iter().map(|folder| ResponseMessage::ok(Folders::one(folder))).collect();
    let by_id_alone = || {
        vec![
            ResponseMessage::ok(Folders::one(by_id_alone())),
            failed(ResponseCode::ErrorFolderNotFound),
            ResponseMessage::warning(ResponseCode::ErrorBatchProcessingStopped, "Stopped."),
        ]
    };
    let done =
        || vec![ResponseMessage::ok(()), failed(ResponseCode::ErrorDeleteDistinguishedFolder)];
    let hierarchy = FolderHierarchy {
        state: Some(SyncState::from("H4sI/+=")),
        is_last: Some(true),
        changes: Some(
            every_kind()
                .into_iter()
                .map(|folder| HierarchyChange::Create(Box::new(folder)))
                .chain([HierarchyChange::Update(Box::new(named("Renamed")))])
                .chain([HierarchyChange::Delete(id("gone"))])
                .collect(),
        ),
    };
    // Errors carry an empty state (ews-clients.md).
    let mut lost = failed(ResponseCode::ErrorInvalidSyncStateData);
    lost.content =
        FolderHierarchy { state: Some(SyncState::default()), is_last: Some(true), changes: None };
    let quiet = FolderHierarchy { changes: Some(Vec::new()), ..hierarchy.clone() };
    let found = FoundFolders {
        root: Some(RootFolder {
            next_offset: Some(10),
            numerator: Some(10),
            denominator: Some(12),
            is_last: Some(false),
            total: Some(12),
            folders: Some(every_kind()),
        }),
    };
    let nothing = FoundFolders {
        root: Some(RootFolder {
            is_last: Some(true),
            total: Some(0),
            folders: Some(Vec::new()),
            ..RootFolder::default()
        }),
    };
    vec![
        Response::GetFolder(with_all),
        Response::FindFolder(vec![
            ResponseMessage::ok(found),
            ResponseMessage::ok(nothing),
            failed(ResponseCode::ErrorFolderNotFound),
        ]),
        Response::SyncFolderHierarchy(vec![ResponseMessage::ok(hierarchy)]),
        Response::SyncFolderHierarchy(vec![ResponseMessage::ok(quiet)]),
        Response::SyncFolderHierarchy(vec![lost]),
        Response::CreateFolder(by_id_alone()),
        Response::UpdateFolder(by_id_alone()),
        Response::DeleteFolder(done()),
        Response::EmptyFolder(done()),
        Response::MoveFolder(by_id_alone()),
        Response::CopyFolder(by_id_alone()),
    ]
}
