//! A folder as the server tells it and as a client asks for a new one: any part may be missing,
//! because the client says which it wants.

use super::PermissionSet;
use crate::ews::item::{read_extended, write_extended};
use crate::ews::record::{Body, Choice, attribute, el, missing, one_of, unexpected};
use crate::ews::search::Restriction;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{ExtendedField, FolderId, FolderRef, Property, Value};

words! {
    /// What a folder is for. It decides the element's name and some of the properties.
    pub enum FolderKind {
        /// Mail, notes, and whatever is nothing else.
        Folder = "Folder",
        /// Appointments and meetings.
        Calendar = "CalendarFolder",
        /// Contacts and distribution lists.
        Contacts = "ContactsFolder",
        /// The outcome of a standing search.
        Search = "SearchFolder",
        /// Tasks.
        Tasks = "TasksFolder",
    }
}

/// A folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Folder {
    /// What it is for.
    pub kind: FolderKind,
    /// What is said of it.
    pub properties: FolderProperties,
}

record! {
    /// What can be said of a folder. One list for all kinds: the schema's lists for each kind are
    /// parts of it, in the same order.
    #[derive(Default)]
    pub struct FolderProperties {
        /// Its id.
        maybe id: FolderId = el("t:FolderId"),
        /// The folder it is in.
        maybe parent: FolderId = el("t:ParentFolderId"),
        /// What it holds: `IPF.Note`, `IPF.Appointment`, ...
        maybe class: String = el("t:FolderClass"),
        /// Its name for people.
        maybe display_name: String = el("t:DisplayName"),
        /// How many items are in it.
        maybe total_count: i32 = el("t:TotalCount"),
        /// How many folders are in it.
        maybe child_folder_count: i32 = el("t:ChildFolderCount"),
        /// Properties of the store beneath.
        each extended: ExtendedProperty = el("t:ExtendedProperty"),
        /// What a managed folder may and must.
        maybe managed: ManagedFolder = el("t:ManagedFolderInformation"),
        /// What the caller may do with it.
        maybe effective_rights: EffectiveRights = el("t:EffectiveRights"),
        /// Its name among the folders that every mailbox has.
        maybe distinguished: String = el("t:DistinguishedFolderId"),
        /// When its items are deleted.
        maybe policy_tag: RetentionTag = el("t:PolicyTag"),
        /// When its items are archived.
        maybe archive_tag: RetentionTag = el("t:ArchiveTag"),
        /// Where a public folder has its contents.
        maybe replicas: Vec<String> = el("t:ReplicaList").lists(el("t:String")),
        /// What a shared calendar or contacts folder shows.
        maybe sharing_effective_rights: String = el("t:SharingEffectiveRights"),
        /// Who may do what with it.
        maybe permissions: PermissionSet = el("t:PermissionSet"),
        /// Where contacts were taken from.
        maybe source_id: String = el("t:SourceId"),
        /// Whose contacts they are there.
        maybe account_name: String = el("t:AccountName"),
        /// How many items in it are unread. Calendars and contacts have none.
        maybe unread_count: i32 = el("t:UnreadCount"),
        /// What a search folder looks for.
        maybe search: SearchParameters = el("t:SearchParameters"),
    }
}

/// A property of the store beneath.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtendedProperty {
    /// Which one.
    pub field: ExtendedField,
    /// Its value.
    pub value: Value,
}

record! {
    /// What the caller may do with a folder.
    #[derive(Copy, Eq)]
    pub struct EffectiveRights {
        /// Make items that belong to the folder itself.
        one create_associated: bool = el("t:CreateAssociated"),
        /// Make items.
        one create_contents: bool = el("t:CreateContents"),
        /// Make folders.
        one create_hierarchy: bool = el("t:CreateHierarchy"),
        /// Delete it.
        one delete: bool = el("t:Delete"),
        /// Change it.
        one modify: bool = el("t:Modify"),
        /// Read it.
        one read: bool = el("t:Read"),
        /// See private items.
        maybe view_private_items: bool = el("t:ViewPrivateItems"),
    }
}

impl EffectiveRights {
    /// What the owner may do with a folder of his own.
    pub const OWNER: Self = Self {
        create_associated: true,
        create_contents: true,
        create_hierarchy: true,
        delete: true,
        modify: true,
        read: true,
        view_private_items: Some(true),
    };
}

record! {
    /// What a managed folder may and must.
    #[derive(Eq, Default)]
    pub struct ManagedFolder {
        /// Whether its owner may delete it.
        maybe can_delete: bool = el("t:CanDelete"),
        /// Whether its owner may rename or move it.
        maybe can_rename_or_move: bool = el("t:CanRenameOrMove"),
        /// Whether its comment has to be shown.
        maybe must_display_comment: bool = el("t:MustDisplayComment"),
        /// Whether it has a quota of its own.
        maybe has_quota: bool = el("t:HasQuota"),
        /// Whether it is the root of the managed folders.
        maybe is_root: bool = el("t:IsManagedFoldersRoot"),
        /// Its id among the managed folders.
        maybe id: String = el("t:ManagedFolderId"),
        /// Its comment.
        maybe comment: String = el("t:Comment"),
        /// Its quota in KiB.
        maybe storage_quota: i32 = el("t:StorageQuota"),
        /// Its size in KiB.
        maybe size: i32 = el("t:FolderSize"),
        /// The page shown in its place.
        maybe home_page: String = el("t:HomePage"),
    }
}

/// A rule by which items leave a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionTag {
    /// Its GUID.
    pub tag: String,
    /// Whether it was set on this folder, and not taken over from above.
    pub explicit: bool,
}

record! {
    /// What a search folder looks for.
    pub struct SearchParameters {
        /// Whether folders within are searched too.
        maybe_attribute traversal: SearchTraversal = "Traversal",
        /// What an item must be like.
        one restriction: Restriction = el("t:Restriction"),
        /// Where it looks.
        one folders: Vec<FolderRef> = el("t:BaseFolderIds").lists(one_of()),
    }
}

words! {
    /// How far down a search folder looks.
    pub enum SearchTraversal {
        /// Only in the folders named.
        Shallow = "Shallow",
        /// In all folders within them too.
        Deep = "Deep",
    }
}

impl FolderKind {
    /// The class that new folders of this kind have.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Folder | Self::Search => "IPF.Note",
            Self::Calendar => "IPF.Appointment",
            Self::Contacts => "IPF.Contact",
            Self::Tasks => "IPF.Task",
        }
    }

    /// The kind of a folder of this class.
    pub fn of_class(class: &str) -> Self {
        let is = |of: &str| {
            class.get(..of.len()).is_some_and(|start| start.eq_ignore_ascii_case(of))
                && matches!(class.as_bytes().get(of.len()), None | Some(b'.'))
        };
        [Self::Calendar, Self::Contacts, Self::Tasks]
            .into_iter()
            .find(|kind| is(kind.class()))
            .unwrap_or(Self::Folder)
    }

    const fn element(self) -> &'static str {
        match self {
            Self::Folder => "t:Folder",
            Self::Calendar => "t:CalendarFolder",
            Self::Contacts => "t:ContactsFolder",
            Self::Search => "t:SearchFolder",
            Self::Tasks => "t:TasksFolder",
        }
    }

    fn of(child: &Element) -> Option<Self> {
        (child.ns == Ns::Types).then(|| Self::of_word(child.name)).flatten()
    }
}

impl Choice for Folder {
    fn is(child: &Element) -> bool {
        FolderKind::of(child).is_some()
    }

    fn read(reader: &mut Reader, child: &Element) -> Result<Self, ReadError> {
        let kind = FolderKind::of(child).ok_or_else(|| unexpected(child))?;
        Ok(Self { kind, properties: Body::read_body(reader, child)? })
    }

    fn write(&self, writer: &mut Writer) {
        self.properties.write_body(writer, self.kind.element());
    }
}

impl Body for ExtendedProperty {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        match read_extended(reader)? {
            Some((Property::Extended(field), value)) => Ok(Self { field, value }),
            _ => Err(missing::<FolderProperties>(start, "a value of an ExtendedProperty")),
        }
    }

    fn write_body(&self, writer: &mut Writer, _: &str) {
        write_extended(writer, &self.field, &self.value);
    }
}

impl Body for RetentionTag {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        let explicit = attribute(start, "IsExplicit")?.unwrap_or(false);
        Ok(Self { tag: reader.string()?, explicit })
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        writer.attr_bool("IsExplicit", self.explicit);
        writer.text(&self.tag);
        writer.close(name);
    }
}
