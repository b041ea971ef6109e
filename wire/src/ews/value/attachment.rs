//! Attachments: files, and items within items.

use jiff::Timestamp;

use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{AttachmentId, Item, ItemClass};

/// An attachment, or what is told of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attachment {
    /// Its id, once it has one.
    pub id: Option<AttachmentId>,
    /// Its name.
    pub name: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// How HTML refers to it.
    pub content_id: Option<String>,
    /// How HTML refers to it, the other way.
    pub content_location: Option<String>,
    /// Its size in bytes.
    pub size: Option<u32>,
    /// When it was changed last.
    pub last_modified: Option<Timestamp>,
    /// Whether the body shows it.
    pub is_inline: Option<bool>,
    /// What it is.
    pub content: AttachmentContent,
}

/// What an attachment is. Contents come with `GetAttachment` only.
#[derive(Debug, Clone, PartialEq)]
pub enum AttachmentContent {
    /// A file.
    File {
        /// Whether it is a contact's picture.
        is_contact_photo: Option<bool>,
        /// Its bytes.
        content: Option<Vec<u8>>,
    },
    /// An item.
    Item(Option<Box<Item>>),
}

impl Default for AttachmentContent {
    fn default() -> Self {
        Self::File { is_contact_photo: None, content: None }
    }
}

impl Attachment {
    /// A file to be attached.
    pub fn file(name: impl Into<String>, content: Vec<u8>) -> Self {
        Self {
            name: Some(name.into()),
            content: AttachmentContent::File { is_contact_photo: None, content: Some(content) },
            ..Self::default()
        }
    }

    /// An item to be attached.
    pub fn item(name: impl Into<String>, item: Item) -> Self {
        Self {
            name: Some(name.into()),
            content: AttachmentContent::Item(Some(Box::new(item))),
            ..Self::default()
        }
    }

    /// Reads it, if this element is one.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Option<Self>, ReadError> {
        let content = match (element.ns, element.name) {
            (Ns::Types, "FileAttachment") => AttachmentContent::default(),
            (Ns::Types, "ItemAttachment") => AttachmentContent::Item(None),
            _ => return Ok(None),
        };
        let mut it = Self { content, ..Self::default() };
        r.children(|r, el| if el.ns == Ns::Types { it.read_child(r, &el) } else { Ok(()) })?;
        Ok(Some(it))
    }

    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        match element.name {
            "AttachmentId" => self.id = Some(AttachmentId::read(element)?),
            "Name" => self.name = Some(r.string()?),
            "ContentType" => self.content_type = Some(r.string()?),
            "ContentId" => self.content_id = Some(r.string()?),
            "ContentLocation" => self.content_location = Some(r.string()?),
            "Size" => self.size = Some(r.parse("int")?),
            "LastModifiedTime" => self.last_modified = Some(r.date_time()?),
            "IsInline" => self.is_inline = Some(r.bool()?),
            name => match &mut self.content {
                AttachmentContent::File { is_contact_photo, content } => match name {
                    "IsContactPhoto" => *is_contact_photo = Some(r.bool()?),
                    "Content" => *content = Some(r.base64()?),
                    _ => {}
                },
                AttachmentContent::Item(item) => {
                    if let Some(class) = ItemClass::from_element(name) {
                        *item = Some(Box::new(Item::read(r, class)?));
                    }
                }
            },
        }
        Ok(())
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        let name = match self.content {
            AttachmentContent::File { .. } => "t:FileAttachment",
            AttachmentContent::Item(_) => "t:ItemAttachment",
        };
        w.open(name);
        if let Some(id) = &self.id {
            id.write(w);
        }
        w.element_opt("t:Name", self.name.as_deref());
        w.element_opt("t:ContentType", self.content_type.as_deref());
        w.element_opt("t:ContentId", self.content_id.as_deref());
        w.element_opt("t:ContentLocation", self.content_location.as_deref());
        if let Some(size) = self.size {
            w.display("t:Size", size);
        }
        w.date_time_opt("t:LastModifiedTime", self.last_modified);
        w.bool_opt("t:IsInline", self.is_inline);
        match &self.content {
            AttachmentContent::File { is_contact_photo, content } => {
                w.bool_opt("t:IsContactPhoto", *is_contact_photo);
                if let Some(content) = content {
                    w.open("t:Content");
                    w.base64(content);
                    w.close("t:Content");
                }
            }
            AttachmentContent::Item(Some(item)) => item.write(w),
            AttachmentContent::Item(None) => {}
        }
        w.close(name);
    }

    /// Reads the list in the open element.
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            list.extend(Self::read(r, &el)?);
            Ok(())
        })?;
        Ok(list)
    }
}
