//! Items and what is done with them.

use wire::ews::items::SendItem;
use wire::ews::{FolderRef, ItemId, ItemRef, Request, Response, ResponseCode, ResponseMessage};

use crate::failed;

fn item_refs() -> Vec<ItemRef> {
    vec![
        ItemRef::Id(ItemId { id: "AAMk/+=".to_owned(), change_key: Some("CQAA".to_owned()) }),
        ItemRef::Id(ItemId { id: "AAMk".to_owned(), change_key: None }),
        ItemRef::Occurrence { master: "master".to_owned(), change_key: None, index: 3 },
        ItemRef::RecurringMaster { occurrence: "one".to_owned(), change_key: None },
    ]
}

fn done() -> Vec<ResponseMessage<()>> {
    vec![ResponseMessage::ok(()), failed(ResponseCode::ErrorItemNotFound)]
}

pub(crate) fn requests() -> Vec<Request> {
    vec![Request::SendItem(SendItem {
        save_item_to_folder: true,
        item_ids: item_refs(),
        saved_item_folder: Some(FolderRef::distinguished("sentitems")),
    })]
}

pub(crate) fn responses() -> Vec<Response> {
    vec![Response::SendItem(done())]
}
