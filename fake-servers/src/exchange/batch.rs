//! How many things a request asks for: budgets are asked for each (domain.md 4.2), and what they
//! leave unanswered is told in messages of its own.

use wire::ews::Request;

use super::refusals;
use crate::{EwsRefusal, Operation};

/// How many parts a request has.
pub(super) fn parts(request: &Request) -> usize {
    match request {
        Request::GetFolder(it) => it.folder_ids.len(),
        Request::GetItem(it) => it.item_ids.len(),
        Request::CreateItem(it) => it.items.len(),
        Request::UpdateItem(it) => it.changes.len(),
        Request::DeleteItem(it) => it.item_ids.len(),
        Request::MoveItem(it) => it.item_ids.len(),
        Request::CopyItem(it) => it.item_ids.len(),
        Request::SendItem(it) => it.item_ids.len(),
        Request::CreateAttachment(it) => it.attachments.len(),
        Request::GetAttachment(it) => it.attachment_ids.len(),
        _ => 1,
    }
}

/// Keeps the first parts of a request.
pub(super) fn truncate(request: &mut Request, most: usize) {
    match request {
        Request::GetFolder(it) => it.folder_ids.truncate(most),
        Request::GetItem(it) => it.item_ids.truncate(most),
        Request::CreateItem(it) => it.items.truncate(most),
        Request::UpdateItem(it) => it.changes.truncate(most),
        Request::DeleteItem(it) => it.item_ids.truncate(most),
        Request::MoveItem(it) => it.item_ids.truncate(most),
        Request::CopyItem(it) => it.item_ids.truncate(most),
        Request::SendItem(it) => it.item_ids.truncate(most),
        Request::CreateAttachment(it) => it.attachments.truncate(most),
        Request::GetAttachment(it) => it.attachment_ids.truncate(most),
        _ => {}
    }
}

/// Adds messages for parts that were not answered to an answer that is otherwise whole.
pub(super) fn append(
    answer: &mut Vec<u8>,
    refusal: &EwsRefusal,
    operation: Operation,
    parts: usize,
) {
    const END: &[u8] = b"</m:ResponseMessages>";
    let Some(at) = answer.windows(END.len()).rposition(|window| window == END) else { return };
    let rest = refusals::rest_of_batch(refusal, operation, parts);
    answer.splice(at..at, rest.into_bytes());
}
