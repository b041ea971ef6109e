//! `CreateItem`: drafts, messages that are sent at once, and items of every other class.

use wire::ews::items::{CreateItem, Items, MessageDisposition, SendMeetingInvitations};
use wire::ews::value::{Attachment, AttachmentContent};
use wire::ews::{
    AttachmentId, Field, FolderRef, Item, ItemClass, Property, ResponseCode, ResponseMessage, Value,
};
use xxhash_rust::xxh3::xxh3_64;

use super::known::owner;
use super::{mapi, parse, reply, typed};
use crate::exchange::appointments;
use crate::exchange::call::Call;
use crate::exchange::contacts;
use crate::exchange::delivery::{self, Copy};
use crate::exchange::ids::Id;
use crate::exchange::meetings::{self, Method, Telling};
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{Body, Draft, FolderNo, Message, Overlay, Uid};
use crate::{ItemId, MailboxIx};

/// `CreateItem`
pub(in crate::exchange) fn create(
    call: &mut Call<'_>,
    request: &CreateItem,
) -> Vec<ResponseMessage<Items>> {
    let mut answers = Vec::with_capacity(request.items.len());
    for item in &request.items {
        answers.push(message(create_one(call, request, item)));
    }
    answers
}

fn create_one(call: &mut Call<'_>, request: &CreateItem, item: &Item) -> Outcome<Items> {
    let item = match item.class {
        ItemClass::ReplyToItem | ItemClass::ReplyAllToItem | ItemClass::ForwardItem => {
            &reply::written_out(call, item)?
        }
        ItemClass::AcceptItem
        | ItemClass::TentativelyAcceptItem
        | ItemClass::DeclineItem
        | ItemClass::SuppressReadReceipt
        | ItemClass::RemoveItem => {
            let reference = reply::reference(item)?;
            return meetings::answer(call, item.class, &reference, request.message_disposition);
        }
        ItemClass::CancelCalendarItem => {
            return meetings::cancel(call, &reply::reference(item)?);
        }
        _ => item,
    };
    let disposition = disposition(request, item.class)?;
    let (ix, folder) = match &request.saved_item_folder {
        Some(folder) => saved_in(call, folder)?,
        None => (call.own(), usual_folder(item.class, disposition)),
    };
    belongs_there(call, ix, folder, item.class)?;
    let draft = draft(call, ix, item)?;
    match disposition {
        None | Some(MessageDisposition::SaveOnly) => {
            let uid = save(call, ix, folder, draft)?;
            let invite = request.send_meeting_invitations;
            if let Some(how) = invite.filter(|how| *how != SendMeetingInvitations::SendToNone)
                && item.class == ItemClass::CalendarItem
            {
                let keep = how == SendMeetingInvitations::SendToAllAndSaveCopy;
                meetings::tell(call, (ix, uid), Telling::all(Method::Request, keep))?;
            }
            call.item_of(ix, uid).map(Items::one)
        }
        Some(how) => {
            let copy = (how == MessageDisposition::SendAndSaveCopy).then_some(Copy { ix, folder });
            delivery::send(call, ix, &draft, copy)?;
            Ok(Items::default())
        }
    }
}

fn saved_in(call: &Call<'_>, folder: &FolderRef) -> Outcome<(MailboxIx, FolderNo)> {
    call.folder(folder).map_err(|problem| match problem.code {
        ResponseCode::ErrorItemNotFound | ResponseCode::ErrorFolderNotFound => {
            let text = "The saved item folder was not found.";
            Problem::new(ResponseCode::ErrorSavedItemFolderNotFound, text)
        }
        _ => problem,
    })
}

/// What becomes of it, as far as it is something to be sent.
fn disposition(request: &CreateItem, class: ItemClass) -> Outcome<Option<MessageDisposition>> {
    match class {
        ItemClass::CalendarItem if request.send_meeting_invitations.is_none() => {
            let text = "SendMeetingInvitations attribute is required for calendar items.";
            Err(Problem::new(ResponseCode::ErrorSendMeetingInvitationsRequired, text))
        }
        ItemClass::Message
        | ItemClass::MeetingRequest
        | ItemClass::MeetingResponse
        | ItemClass::MeetingCancellation
        | ItemClass::MeetingMessage => match request.message_disposition {
            None => {
                let text = "The MessageDisposition attribute is required for messages.";
                Err(Problem::new(ResponseCode::ErrorMessageDispositionRequired, text))
            }
            some => Ok(some),
        },
        _ => Ok(None),
    }
}

const fn usual_folder(class: ItemClass, disposition: Option<MessageDisposition>) -> FolderNo {
    match (class, disposition) {
        (ItemClass::CalendarItem, _) => FolderNo::CALENDAR,
        (ItemClass::Contact | ItemClass::DistributionList, _) => FolderNo::CONTACTS,
        (ItemClass::Task, _) => FolderNo::TASKS,
        (_, Some(MessageDisposition::SendAndSaveCopy)) => FolderNo::SENT,
        _ => FolderNo::DRAFTS,
    }
}

/// Appointments, contacts and tasks lie in folders of their own kind.
fn belongs_there(
    call: &Call<'_>,
    ix: MailboxIx,
    folder: FolderNo,
    class: ItemClass,
) -> Outcome<()> {
    let view = call.mailbox(ix)?.folder(folder).ok_or_else(Problem::folder_not_found)?;
    let is = |of: &str| view.class.starts_with(of);
    let (there, code) = match class {
        ItemClass::CalendarItem => {
            (is("IPF.Appointment"), ResponseCode::ErrorCannotCreateCalendarItemInNonCalendarFolder)
        }
        ItemClass::Contact | ItemClass::DistributionList => {
            (is("IPF.Contact"), ResponseCode::ErrorCannotCreateContactInNonContactFolder)
        }
        ItemClass::Task => (is("IPF.Task"), ResponseCode::ErrorCannotCreateTaskInNonTaskFolder),
        _ => return Ok(()),
    };
    // What lies in Deleted Items was something before.
    if there || folder == FolderNo::DELETED {
        return Ok(());
    }
    Err(Problem::new(code, "Items of this class cannot be created in a folder of that class."))
}

/// The item as it is to be kept.
pub(in crate::exchange) fn draft(
    call: &mut Call<'_>,
    ix: MailboxIx,
    item: &Item,
) -> Outcome<Draft> {
    let home = appointments::home(call.header);
    let localized;
    let item = if item.class == ItemClass::CalendarItem {
        localized = appointments::localized(item, home);
        &localized
    } else {
        item
    };
    let mut overlay = Overlay { class: Some(item.class), ..Overlay::default() };
    let is_message = matches!(item.class, ItemClass::Message);
    overlay.draft = is_message;
    let mut body = Body::Absent;
    let mut octets = 512;
    for (property, value) in &item.properties {
        typed::check(property, value)?;
        match (property, value) {
            (Property::Field(Field::ItemMimeContent), Value::Mime(mime)) if is_message => {
                if parse::properties(&mime.content).is_empty() {
                    return Err(no_content());
                }
                octets = mime.content.len() as u64;
                body = Body::Raw(mime.content.as_slice().into());
            }
            (Property::Field(Field::ItemMimeContent), Value::Mime(mime))
                if item.class == ItemClass::Contact =>
            {
                octets += mime.content.len() as u64;
                // What was set beside it counts more.
                let said = contacts::read(&mime.content).ok_or_else(no_content)?;
                for (property, value) in said {
                    if item.properties.get(&property).is_none() {
                        overlay.properties.set(property, value);
                    }
                }
            }
            (Property::Field(Field::ItemAttachments), Value::Attachments(list)) => {
                for attachment in list {
                    octets += attach(&mut overlay, attachment.clone());
                }
            }
            (property, value) => {
                octets += weight(value);
                mapi::set(&mut overlay, property.clone(), value.clone());
            }
        }
    }
    if body == Body::Absent && is_message {
        signed(call, ix, &mut overlay);
    }
    if item.class == ItemClass::CalendarItem {
        let next = call.store.mailbox(ix).map_or(0, |it| it.next().0);
        appointments::prepare(&mut overlay, home, call.now, (ix, next))?;
    }
    let message = Message { item: ItemId(0), arrived: call.now, body };
    Ok(Draft { message, octets, overlay })
}

/// What was given says nothing of an item of its class.
pub(super) fn no_content() -> Problem {
    let text = "The MIME content of the item is invalid.";
    Problem::new(ResponseCode::ErrorMimeContentInvalid, text)
}

/// What a message written property by property needs to be one.
fn signed(call: &mut Call<'_>, ix: MailboxIx, overlay: &mut Overlay) {
    if overlay.properties.field(Field::MessageInternetMessageId).is_none() {
        let next = call.store.mailbox(ix).map_or(0, |it| it.next().0);
        let seed = format!("{} {next} {}", ix.0, call.now);
        let id = format!("<{:016x}@{}>", xxh3_64(seed.as_bytes()), call.server.options.name);
        overlay.properties.set(Field::MessageInternetMessageId, id);
    }
    let Some(owner) = call.store.mailbox(ix).map(owner) else { return };
    for field in [Field::MessageFrom, Field::MessageSender] {
        if overlay.properties.field(field).is_none() {
            overlay.properties.set(field, owner.clone());
        }
    }
}

/// Puts a draft into a folder, if the mailbox has room for it.
pub(in crate::exchange) fn save(
    call: &mut Call<'_>,
    ix: MailboxIx,
    folder: FolderNo,
    draft: Draft,
) -> Outcome<Uid> {
    delivery::has_room(call, ix, draft.octets)?;
    let now = call.now;
    call.mailbox_mut(ix)?.add(folder, draft, now).ok_or_else(Problem::folder_not_found)
}

/// Attaches something and says how many octets it adds.
pub(in crate::exchange) fn attach(overlay: &mut Overlay, mut attachment: Attachment) -> u64 {
    // Numbers beyond those that the message's own parts have.
    const FIRST: u32 = 1_000;
    let size = match &attachment.content {
        AttachmentContent::File { content, .. } => content.as_ref().map_or(0, |it| it.len() as u64),
        AttachmentContent::Item(item) => {
            item.as_ref().map_or(0, |it| it.properties.iter().map(|(_, value)| weight(value)).sum())
        }
    };
    attachment.size = Some(u32::try_from(size).unwrap_or(u32::MAX));
    attachment.id = None;
    overlay.attachments.push((FIRST + overlay.attached, attachment));
    overlay.attached += 1;
    size
}

/// About how many octets a value takes.
pub(in crate::exchange) fn weight(value: &Value) -> u64 {
    match value {
        Value::Text(text) => text.len() as u64,
        Value::Body(body) => body.text.len() as u64,
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Mime(mime) => mime.content.len() as u64,
        Value::Mailboxes(list) => 64 * list.len() as u64,
        _ => 16,
    }
}

impl Call<'_> {
    /// An item's id and those of its attachments: what those that make and change items answer.
    pub(in crate::exchange) fn item_of(&self, ix: MailboxIx, uid: Uid) -> Outcome<Item> {
        let known = self.known(ix, uid)?;
        let mut item = Item::new(known.class()).with(Field::ItemId, known.id());
        let attached = known.overlay.map(|it| it.attachments.as_slice()).unwrap_or_default();
        if !attached.is_empty() {
            let ids = attached.iter().map(|(number, attachment)| Attachment {
                id: Some(AttachmentId::new(Id::Attachment(ix, uid, *number).write())),
                content: match attachment.content {
                    AttachmentContent::File { .. } => AttachmentContent::default(),
                    AttachmentContent::Item(_) => AttachmentContent::Item(None),
                },
                ..Attachment::default()
            });
            item.properties.set(Field::ItemAttachments, Value::Attachments(ids.collect()));
        }
        Ok(item)
    }
}
