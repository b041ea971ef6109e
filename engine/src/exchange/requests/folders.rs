//! Folders: those under the Inbox, and one of our own.

use wire::ews::folders::{
    BaseShape, CreateFolder, FindFolder, Folder, FolderKind, FolderProperties, FolderShape,
    FolderTraversal, GetFolder, HierarchyChange, SyncFolderHierarchy,
};
use wire::ews::{FolderId, FolderRef, Request, Response, SyncState};

use super::super::refusal::Refusal;
use super::super::session::Session;
use super::{SMALL, lacks, unexpected};

/// A page of changes of folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct FolderPage {
    /// From where to ask next.
    pub(in super::super) state: String,
    /// Whether there are no more.
    pub(in super::super) last: bool,
    pub(in super::super) changes: Vec<FolderChange>,
}

/// What has become of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum FolderChange {
    /// It is there, by this name.
    Present { id: String, name: String },
    /// It is gone from under the folder asked about.
    Gone(String),
}

fn shape(base: BaseShape) -> FolderShape {
    FolderShape { base, additional: Vec::new() }
}

impl Session<'_> {
    /// `SyncFolderHierarchy`: what has changed of the folders under one.
    pub(in super::super) async fn sync_folders(
        &mut self,
        under: &FolderRef,
        state: Option<&str>,
    ) -> Result<FolderPage, Refusal> {
        let request = Request::SyncFolderHierarchy(SyncFolderHierarchy {
            shape: shape(BaseShape::Default),
            folder: Some(under.clone()),
            state: state.map(SyncState::from),
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::SyncFolderHierarchy(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        let changes = answer.changes.unwrap_or_default();
        Ok(FolderPage {
            state: answer.state.ok_or_else(|| lacks(name, "a state"))?.0,
            last: answer.is_last.unwrap_or(true),
            changes: changes.into_iter().filter_map(change).collect(),
        })
    }

    /// `GetFolder`: whether a folder is still there.
    pub(in super::super) async fn get_folder(&mut self, id: &str) -> Result<(), Refusal> {
        let request = Request::GetFolder(GetFolder {
            shape: shape(BaseShape::IdOnly),
            folder_ids: vec![FolderRef::Id(FolderId::new(id))],
        });
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::GetFolder(messages) => self.only(name, messages).map(drop),
            other => Err(unexpected(&other)),
        }
    }

    /// The id of a folder with this name, which is made when it is missing.
    pub(in super::super) async fn find_or_create_folder(
        &mut self,
        parent: &FolderRef,
        display_name: &str,
    ) -> Result<String, Refusal> {
        if let Some(id) = self.find_folder(parent, display_name).await? {
            return Ok(id);
        }
        let display = Some(display_name.to_owned());
        let folder = Folder {
            kind: FolderKind::Folder,
            properties: FolderProperties { display_name: display, ..FolderProperties::default() },
        };
        let request =
            Request::CreateFolder(CreateFolder { parent: parent.clone(), folders: vec![folder] });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::CreateFolder(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        let id = answer.first().and_then(|folder| folder.properties.id.clone());
        Ok(id.ok_or_else(|| lacks(name, "the folder's id"))?.id)
    }

    /// `FindFolder`, by hand: a mailbox has a handful of folders at its top.
    async fn find_folder(
        &mut self,
        parent: &FolderRef,
        display_name: &str,
    ) -> Result<Option<String>, Refusal> {
        let request = Request::FindFolder(FindFolder {
            traversal: FolderTraversal::Shallow,
            shape: shape(BaseShape::Default),
            paging: None,
            restriction: None,
            parents: vec![parent.clone()],
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::FindFolder(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        let folders = answer.root.and_then(|root| root.folders).unwrap_or_default();
        let named = folders.into_iter().map(|folder| folder.properties).find(|folder| {
            folder
                .display_name
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(display_name))
        });
        Ok(named.and_then(|folder| folder.id).map(|id| id.id))
    }
}

fn change(change: HierarchyChange) -> Option<FolderChange> {
    match change {
        HierarchyChange::Create(folder) | HierarchyChange::Update(folder) => {
            let FolderProperties { id, display_name, .. } = folder.properties;
            let name = display_name.unwrap_or_default();
            Some(FolderChange::Present { id: id?.id, name })
        }
        HierarchyChange::Delete(id) => Some(FolderChange::Gone(id.id)),
    }
}
