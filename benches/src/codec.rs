//! An answer to `SyncFolderItems` as large as one can be, for measuring what a codec makes of it.

use jiff::{SignedDuration, Timestamp};
use wire::ews::items::{ItemChange, SyncedItems};
use wire::ews::value::Value;
use wire::ews::{
    Field, FolderId, Item, ItemClass, ItemId, Mailbox, Response, ResponseEnvelope, ResponseMessage,
    ServerVersionInfo, SyncState,
};

/// The most changes that a server tells at once (field.md 3.1).
const CHANGES: u32 = 512;

/// 512 changes as a client that lists mail asks for them: most are new messages with a dozen
/// properties, a few were changed, read or deleted.
pub fn sync_answer() -> ResponseEnvelope {
    let content = SyncedItems {
        state: SyncState(id(0, 60)),
        is_last: false,
        changes: Some((0..CHANGES).map(change).collect()),
    };
    let server = ServerVersionInfo {
        major_version: 15,
        minor_version: 20,
        major_build_number: 7,
        minor_build_number: 1,
        version: "V2018_01_08".to_owned(),
    };
    ResponseEnvelope::new(server, Response::SyncFolderItems(vec![ResponseMessage::ok(content)]))
}

fn change(number: u32) -> ItemChange {
    match number % 8 {
        5 => ItemChange::ReadFlagChange(item_id(number), number % 16 < 8),
        6 => ItemChange::Delete(item_id(number)),
        7 => ItemChange::Update(message(number)),
        _ => ItemChange::Create(message(number)),
    }
}

fn message(number: u32) -> Item {
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(i64::from(number) * 17);
    let person = |name: &str| Mailbox {
        name: Some(name.to_owned()),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        ..Mailbox::new(format!("{}.{number}@example.com", name.to_lowercase().replace(' ', ".")))
    };
    let folder = FolderId { id: id(number, 60), change_key: Some("AQAAAA==".to_owned()) };
    Item::new(ItemClass::Message)
        .with(Field::ItemId, item_id(number))
        .with(Field::ItemParentFolderId, Value::FolderId(folder))
        .with(Field::ItemClass, "IPM.Note")
        .with(Field::ItemSubject, format!("Re: The {number}th quarter's figures & what they mean"))
        .with(Field::ItemDateTimeReceived, at)
        .with(Field::ItemSize, Value::Int(i64::from(number) * 977))
        .with(Field::ItemDateTimeSent, at)
        .with(Field::ItemHasAttachments, number.is_multiple_of(3))
        .with(Field::MessageFrom, person("Some Body"))
        .with(Field::MessageIsRead, number.is_multiple_of(2))
        .with(Field::MessageInternetMessageId, format!("<item-{number}@example.com>"))
}

fn item_id(number: u32) -> ItemId {
    ItemId { id: id(number, 110), change_key: Some("CQAAABYAAADjY2NjY2NjY2NjY2NjAAAB".to_owned()) }
}

/// An id of so many characters, as Exchange's are.
fn id(number: u32, length: usize) -> String {
    format!("AAMkADkz{number:0>width$}=", width = length - 9)
}
