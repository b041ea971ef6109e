//! Messages: what a folder has, the messages themselves, and what is done with them.

use jiff::Timestamp;
use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::{
    ConflictResolution, DeleteItem, FieldUpdate, GetItem, ItemChange, ItemUpdate,
    MessageDisposition, MoveItem, SyncFolderItems, UpdateItem,
};
use wire::ews::{
    Field, FolderId, FolderRef, Item, ItemClass, ItemId, ItemRef, ItemShape, Request, Response,
    SyncState, Value,
};

use super::super::refusal::Refusal;
use super::super::session::Session;
use super::{SMALL, lacks, unexpected};

/// Changes in one answer, the most there may be (domain.md 4.4).
const CHANGES: i32 = 512;

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Page {
    /// From where to ask next.
    pub(in super::super) state: String,
    /// Whether there are no more.
    pub(in super::super) last: bool,
    pub(in super::super) changes: Vec<Change>,
}

/// What has become of an item. That it was read is not told: no record changes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Change {
    /// It came, or something of it changed.
    Present(Listed),
    /// It is gone.
    Gone(String),
}

/// An item as a listing tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Listed {
    pub(in super::super) item: String,
    pub(in super::super) received: Option<Timestamp>,
    pub(in super::super) bytes: Option<u64>,
    pub(in super::super) categories: Vec<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Fetched {
    pub(in super::super) mime: Vec<u8>,
    /// `item:ItemClass`, such as `IPM.Note`.
    pub(in super::super) class: String,
    pub(in super::super) categories: Vec<String>,
}

impl Session<'_> {
    /// `SyncFolderItems`: what has changed in a folder since a state.
    pub(in super::super) async fn sync_items(
        &mut self,
        folder: &FolderRef,
        state: Option<&str>,
    ) -> Result<Page, Refusal> {
        let mut shape = ItemShape::new(BaseShape::IdOnly)
            .with(Field::ItemDateTimeReceived)
            .with(Field::ItemSize);
        if self.tracks_categories() {
            shape = shape.with(Field::ItemCategories);
        }
        let request = Request::SyncFolderItems(SyncFolderItems {
            shape,
            folder: folder.clone(),
            state: state.map(SyncState::from),
            ignore: None,
            max_changes: CHANGES,
            scope: None,
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::SyncFolderItems(messages) => self.only(name, messages)?,
            other => return Err(unexpected(&other)),
        };
        if answer.state.as_str().is_empty() {
            return Err(lacks(name, "a state"));
        }
        let changes = answer.changes.unwrap_or_default();
        Ok(Page {
            state: answer.state.0,
            last: answer.is_last,
            changes: changes.into_iter().filter_map(change).collect(),
        })
    }

    /// `GetItem` with the messages themselves: an answer for each, in order. The answer may have so
    /// many octets.
    pub(in super::super) async fn get_messages(
        &mut self,
        items: &[&str],
        limit: usize,
    ) -> Result<Vec<Result<Fetched, Refusal>>, Refusal> {
        let mut shape = ItemShape::new(BaseShape::IdOnly).with(Field::ItemClass);
        shape.include_mime_content = Some(true);
        if self.tracks_categories() {
            shape = shape.with(Field::ItemCategories);
        }
        let request = Request::GetItem(GetItem { shape, item_ids: refs(items) });
        let name = request.name();
        let answers = match self.ask(request, limit).await? {
            Response::GetItem(messages) => self.each(name, messages),
            other => return Err(unexpected(&other)),
        };
        let fetched = |answer: Result<wire::ews::items::Items, Refusal>| {
            let item = answer?.items.into_iter().next();
            fetched(item.ok_or_else(|| lacks(name, "the item"))?)
                .ok_or_else(|| lacks(name, "MimeContent").of_item())
        };
        Ok(answers.into_iter().map(fetched).collect())
    }

    /// `UpdateItem`: an item has these categories and no others.
    pub(in super::super) async fn set_categories(
        &mut self,
        item: &str,
        categories: &[String],
    ) -> Result<(), Refusal> {
        let value = Value::Strings(categories.to_vec());
        let update = FieldUpdate::set(ItemClass::Message, Field::ItemCategories, value);
        let request = Request::UpdateItem(UpdateItem {
            conflict_resolution: ConflictResolution::AlwaysOverwrite,
            message_disposition: Some(MessageDisposition::SaveOnly),
            send_invitations_or_cancellations: None,
            suppress_read_receipts: None,
            saved_item_folder: None,
            changes: vec![ItemUpdate {
                item: ItemRef::Id(ItemId::new(item)),
                updates: vec![update],
            }],
        });
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::UpdateItem(messages) => self.only(name, messages).map(drop),
            other => Err(unexpected(&other)),
        }
    }

    /// `MoveItem`: an item goes to another folder, where it has another id.
    pub(in super::super) async fn move_item(
        &mut self,
        item: &str,
        folder: &str,
    ) -> Result<(), Refusal> {
        let request = Request::MoveItem(MoveItem {
            to: FolderRef::Id(FolderId::new(folder)),
            item_ids: refs(&[item]),
            return_new_item_ids: Some(false),
        });
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::MoveItem(messages) => self.only(name, messages).map(drop),
            other => Err(unexpected(&other)),
        }
    }

    /// `DeleteItem`: an answer for each. Soft, so that an administrator can bring back what a
    /// person misses.
    pub(in super::super) async fn delete_items(
        &mut self,
        items: &[String],
    ) -> Result<Vec<Result<(), Refusal>>, Refusal> {
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        self.delete(DeleteType::SoftDelete, &items).await
    }

    pub(super) async fn delete(
        &mut self,
        delete_type: DeleteType,
        items: &[&str],
    ) -> Result<Vec<Result<(), Refusal>>, Refusal> {
        let request = Request::DeleteItem(DeleteItem {
            delete_type,
            send_meeting_cancellations: None,
            affected_task_occurrences: None,
            suppress_read_receipts: None,
            item_ids: refs(items),
        });
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::DeleteItem(messages) => Ok(self.each(name, messages)),
            other => Err(unexpected(&other)),
        }
    }
}

fn refs(items: &[&str]) -> Vec<ItemRef> {
    items.iter().map(|item| ItemRef::Id(ItemId::new(*item))).collect()
}

fn change(change: ItemChange) -> Option<Change> {
    match change {
        ItemChange::Create(item) | ItemChange::Update(item) => listed(item).map(Change::Present),
        ItemChange::Delete(id) => Some(Change::Gone(id.id)),
        ItemChange::ReadFlagChange(..) => None,
    }
}

/// An item without an id can be neither fetched nor recognised.
fn listed(mut item: Item) -> Option<Listed> {
    let id = item.id()?.id.clone();
    let received = item.properties.date_time(Field::ItemDateTimeReceived);
    let bytes = item.properties.int(Field::ItemSize).and_then(|bytes| u64::try_from(bytes).ok());
    Some(Listed { item: id, received, bytes, categories: categories(&mut item) })
}

fn fetched(mut item: Item) -> Option<Fetched> {
    let class = item.properties.text(Field::ItemClass).unwrap_or_default().to_owned();
    let categories = categories(&mut item);
    match item.properties.remove(&Field::ItemMimeContent.into()) {
        Some(Value::Mime(mime)) => Some(Fetched { mime: mime.content, class, categories }),
        _ => None,
    }
}

fn categories(item: &mut Item) -> Vec<String> {
    match item.properties.remove(&Field::ItemCategories.into()) {
        Some(Value::Strings(categories)) => categories,
        _ => Vec::new(),
    }
}
