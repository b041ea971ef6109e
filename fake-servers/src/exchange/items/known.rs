//! Everything that is known of an item: what its bytes say, what was set on it, and what follows
//! from where it lies. Read only when somebody asks for more than its id.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::ews::folders::EffectiveRights;
use wire::ews::value::{Attachment, Body, BodyType, Flag};
use wire::ews::{AttachmentId, Field, ItemClass, ItemId, Mailbox as Address, Properties, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::{compose, defaults, parse};
use crate::MailboxIx;
use crate::exchange::appointments;
use crate::exchange::call::folder_id;
use crate::exchange::contacts;
use crate::exchange::ids::{Id, change_key};
use crate::exchange::problem::Outcome;
use crate::store::{
    Body as Bytes, FolderNo, MailStore, Mailbox, Occurrences, Overlay, Stored, Uid,
};

/// An item where it lies.
#[derive(Clone, Copy)]
pub(in crate::exchange) struct Known<'a> {
    pub(in crate::exchange) ix: MailboxIx,
    pub(in crate::exchange) mailbox: &'a Mailbox,
    pub(in crate::exchange) folder: FolderNo,
    pub(in crate::exchange) stored: &'a Stored,
    pub(in crate::exchange) overlay: Option<&'a Overlay>,
    /// The occurrence of a series that is meant, counted from 1.
    pub(in crate::exchange) occurrence: Option<u32>,
    pub(super) host: &'a str,
}

impl<'a> Known<'a> {
    /// The item with this number, if it is still there.
    pub(in crate::exchange) fn find(store: &'a MailStore, ix: MailboxIx, uid: Uid) -> Option<Self> {
        let mailbox = store.mailbox(ix)?;
        let (folder, stored) = mailbox.item(uid)?;
        let overlay = mailbox.overlay(uid);
        Some(Self { ix, mailbox, folder, stored, overlay, occurrence: None, host: store.host() })
    }

    /// One occurrence of a series, or the item itself.
    pub(in crate::exchange) fn at(self, occurrence: Option<u32>) -> Outcome<Self> {
        if let Some(number) = occurrence {
            appointments::exists(&self.kept(), self.occurrences(), number)?;
        }
        Ok(Self { occurrence, ..self })
    }

    /// What became of its occurrences.
    pub(in crate::exchange) fn occurrences(&self) -> &'a Occurrences {
        static NONE: Occurrences = Occurrences::new();
        self.overlay.map_or(&NONE, |it| &it.occurrences)
    }

    pub(in crate::exchange) fn class(&self) -> ItemClass {
        self.overlay.and_then(|it| it.class).unwrap_or(ItemClass::Message)
    }

    pub(in crate::exchange) fn version(&self) -> u64 {
        self.overlay.map_or(0, Overlay::version)
    }

    pub(in crate::exchange) fn id(&self) -> ItemId {
        match self.occurrence {
            None => item_id(self.ix, self.stored.uid, self.version()),
            Some(number) => self.occurrence_id(number),
        }
    }

    /// The id of an occurrence, if it is a series.
    fn occurrence_id(&self, number: u32) -> ItemId {
        let id = Id::Occurrence(self.ix, self.stored.uid, number).write();
        ItemId::versioned(id, change_key(self.version()))
    }

    /// The bytes it came with; none if it was made of properties.
    pub(in crate::exchange) fn own_bytes(&self) -> Option<Vec<u8>> {
        let message = &self.stored.message;
        if message.body == Bytes::Absent {
            return None;
        }
        Some(message.render(&self.mailbox.account().address, self.host))
    }

    /// The message as it travels: as it came, unless something in it was changed since.
    pub(in crate::exchange) fn mime(&self) -> Vec<u8> {
        if self.class() == ItemClass::CalendarItem {
            return appointments::write(&self.properties(), self.occurrences());
        }
        if self.class() == ItemClass::Contact {
            return contacts::write(&self.properties());
        }
        let changed = self.overlay.is_some_and(|it| {
            !it.attachments.is_empty()
                || it.properties.iter().any(|(property, _)| compose::shows(property))
        });
        match self.own_bytes() {
            Some(bytes) if !changed => bytes,
            bytes => {
                let properties = self.said(bytes.as_deref());
                let attachments = self.attachments_of(bytes.as_deref());
                let list = attachments.iter().map(|(_, attachment)| attachment);
                compose::message(&properties, list, self.stored.message.arrived)
            }
        }
    }

    /// What was set on it: all that there is of anything but messages.
    pub(in crate::exchange) fn kept(&self) -> Properties {
        self.said(None)
    }

    /// What its bytes say and what was set on it.
    fn said(&self, bytes: Option<&[u8]>) -> Properties {
        let mut said = bytes.map(parse::properties).unwrap_or_default();
        for (property, value) in self.overlay.into_iter().flat_map(|it| &it.properties) {
            said.set(property.clone(), value.clone());
        }
        said
    }

    /// What its own bytes say.
    pub(in crate::exchange) fn said_by_bytes(&self) -> Properties {
        self.own_bytes().as_deref().map(parse::properties).unwrap_or_default()
    }

    /// To whom it goes: lower case is the caller's affair, order is that of the fields.
    pub(in crate::exchange) fn recipients(&self) -> Vec<String> {
        recipients(&self.said(self.own_bytes().as_deref()))
    }

    /// Everything but its bytes as a message.
    pub(in crate::exchange) fn properties(&self) -> Properties {
        let bytes = self.own_bytes();
        let mut all = self.said(bytes.as_deref());
        if self.class() == ItemClass::CalendarItem {
            self.as_appointment(&mut all);
        }
        let attachments = self.attachments_of(bytes.as_deref());
        self.place(&mut all);
        self.times(&mut all);
        self.state(&mut all, &attachments);
        derive(&mut all);
        if matches!(self.class(), ItemClass::Message) {
            self.as_message(&mut all);
        }
        if matches!(self.class(), ItemClass::Contact) {
            contacts::complete(&mut all);
        }
        if matches!(self.class(), ItemClass::Task) {
            defaults::finish_task(&mut all);
        }
        defaults::fill(self.class(), self.owner(), &mut all);
        all
    }

    fn place(&self, all: &mut Properties) {
        all.set(Field::ItemId, self.id());
        if let Some(folder) = self.mailbox.folder(self.folder) {
            all.set(Field::ItemParentFolderId, folder_id(self.ix, &folder));
        }
        all.set(Field::ItemSize, i64::try_from(self.stored.octets).unwrap_or(i64::MAX));
        let read = self.overlay.is_some_and(|it| it.read);
        all.set(Field::MessageIsRead, read);
    }

    fn times(&self, all: &mut Properties) {
        let arrived = self.stored.message.arrived;
        let modified = self.overlay.and_then(|it| it.modified).unwrap_or(arrived);
        all.set(Field::ItemDateTimeReceived, arrived);
        all.set(Field::ItemDateTimeCreated, arrived);
        all.set(Field::ItemLastModifiedTime, modified);
        let owner = self.owner();
        all.set(Field::ItemLastModifiedName, owner.name.unwrap_or_default());
    }

    fn state(&self, all: &mut Properties, attachments: &[(u32, Attachment)]) {
        let draft = self.overlay.is_some_and(|it| it.draft);
        all.set(Field::ItemIsDraft, draft);
        all.set(Field::ItemIsSubmitted, self.folder == FolderNo::OUTBOX);
        all.set(Field::ItemIsUnmodified, !draft && self.overlay.is_none_or(|it| it.changed == 0));
        all.set(Field::ItemEffectiveRights, Value::Rights(EffectiveRights::OWNER));
        all.set(Field::ItemHasAttachments, !attachments.is_empty());
        if !attachments.is_empty() {
            let told = attachments.iter().map(|(number, it)| self.tell(*number, it)).collect();
            all.set(Field::ItemAttachments, Value::Attachments(told));
        }
    }

    fn as_message(&self, all: &mut Properties) {
        let own = self.mailbox.account().address.to_lowercase();
        let from = match all.field(Field::MessageFrom) {
            Some(Value::Mailbox(from)) => from.address.as_deref().map(str::to_lowercase),
            _ => None,
        };
        all.set(Field::ItemIsFromMe, from.is_some_and(|from| from == own));
        if !self.overlay.is_some_and(|it| it.draft) {
            all.set(Field::MessageReceivedBy, self.owner());
            all.set(Field::MessageReceivedRepresenting, self.owner());
        }
        let topic = all.text(Field::MessageConversationTopic).unwrap_or_default();
        let hash = xxh3_128(topic.to_lowercase().as_bytes()).to_be_bytes();
        all.set(Field::ItemConversationId, ItemId::new(STANDARD.encode(hash)));
        let mut index = vec![1];
        index.extend(&hash);
        index.extend([0; 5]);
        all.set(Field::MessageConversationIndex, index);
    }

    fn as_appointment(&self, all: &mut Properties) {
        let kept = self.occurrences();
        match self.occurrence {
            None => appointments::complete(all, kept, &|number| self.occurrence_id(number)),
            // Whether it is there was asked when it was named.
            Some(number) => {
                let _ = appointments::occurrence(all, kept, number);
            }
        }
    }

    /// Its attachments with their bytes, each with its number: first those of its bytes, then those
    /// that were attached later.
    pub(in crate::exchange) fn attachments(&self) -> Vec<(u32, Attachment)> {
        self.attachments_of(self.own_bytes().as_deref())
    }

    fn attachments_of(&self, bytes: Option<&[u8]>) -> Vec<(u32, Attachment)> {
        let own = bytes.map(parse::attachments).unwrap_or_default();
        let mut all: Vec<_> = (1..).zip(own).collect();
        all.extend(self.overlay.into_iter().flat_map(|it| it.attachments.iter().cloned()));
        all
    }

    /// What is told of an attachment: all but its content.
    fn tell(&self, number: u32, attachment: &Attachment) -> Attachment {
        use wire::ews::value::AttachmentContent;
        let content = match &attachment.content {
            AttachmentContent::File { is_contact_photo, .. } => {
                let is_contact_photo = Some(is_contact_photo.unwrap_or(false));
                AttachmentContent::File { is_contact_photo, content: None }
            }
            AttachmentContent::Item(_) => AttachmentContent::Item(None),
        };
        let id = AttachmentId::new(Id::Attachment(self.ix, self.stored.uid, number).write());
        let modified = self.overlay.and_then(|it| it.modified);
        Attachment {
            id: Some(id),
            content,
            last_modified: Some(modified.unwrap_or(self.stored.message.arrived)),
            is_inline: Some(attachment.is_inline.unwrap_or(false)),
            ..attachment.clone()
        }
    }

    fn owner(&self) -> Address {
        owner(self.mailbox)
    }
}

/// The addresses that a message goes to.
pub(in crate::exchange) fn recipients(said: &Properties) -> Vec<String> {
    [Field::MessageToRecipients, Field::MessageCcRecipients, Field::MessageBccRecipients]
        .into_iter()
        .filter_map(|field| match said.field(field) {
            Some(Value::Mailboxes(list)) => Some(list),
            _ => None,
        })
        .flatten()
        .filter_map(|it| it.address.clone())
        .collect()
}

/// What follows from other properties, in whatever way those came.
fn derive(all: &mut Properties) {
    if all.field(Field::MessageConversationTopic).is_none() {
        let topic = parse::topic(all.text(Field::ItemSubject).unwrap_or_default()).to_owned();
        all.set(Field::MessageConversationTopic, topic);
    }
    for (list, display) in [
        (Field::MessageToRecipients, Field::ItemDisplayTo),
        (Field::MessageCcRecipients, Field::ItemDisplayCc),
        (Field::MessageBccRecipients, Field::ItemDisplayBcc),
    ] {
        let names = match all.field(list) {
            Some(Value::Mailboxes(list)) => parse::display_names(list),
            _ => String::new(),
        };
        all.set(display, names);
    }
    if all.field(Field::ItemBody).is_none() {
        all.set(Field::ItemBody, Body::text(""));
    }
    let text = match all.field(Field::ItemBody) {
        Some(Value::Body(body)) => match body.kind {
            BodyType::Html => mail_parser::decoders::html::html_to_text(&body.text),
            _ => body.text.clone(),
        },
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    all.set(Field::ItemPreview, parse::preview(&text));
    all.set(Field::ItemTextBody, Body::text(text));
    if all.field(Field::ItemFlag).is_none() {
        all.set(Field::ItemFlag, Flag::new("NotFlagged"));
    }
}

/// A mailbox's owner.
pub(in crate::exchange) fn owner(mailbox: &Mailbox) -> Address {
    let address = mailbox.account().address.to_string();
    let name = address.split('@').next().unwrap_or(&address).to_owned();
    Address {
        name: Some(name),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        ..Address::new(address)
    }
}

/// An item's id with its version.
pub(in crate::exchange) fn item_id(ix: MailboxIx, uid: Uid, version: u64) -> ItemId {
    ItemId::versioned(Id::Item(ix, uid).write(), change_key(version))
}
