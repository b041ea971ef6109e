//! Reads and writes a value by its kind.

use super::lists::{self, read};
use super::{Attachment, Attendee, Body, Flag, Member, MimeContent, Tree, Value};
use crate::ews::folders::EffectiveRights;
use crate::ews::property::{Kind, PropertyType};
use crate::ews::record::Group;
use crate::ews::recurrence::{DeletedOccurrence, MeetingTimeZone, OccurrenceInfo, Recurrence};
use crate::ews::xml::{Element, ReadError, Reader, Writer, parse_local, parse_time, with_time};
use crate::ews::{FolderId, ItemId, Mailbox, TimeZoneDefinition};

/// `INF` and `NaN` are numbers to XML, but no property has any use for them.
fn read_double(r: &mut Reader) -> Result<f64, ReadError> {
    let at = r.position();
    let text = r.text()?;
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| ReadError::value(at, "double", &text))
}

fn read_time(r: &mut Reader) -> Result<Value, ReadError> {
    let at = r.position();
    let text = r.text()?;
    let local = || parse_local(&text).map(Value::Local);
    let value = local().or_else(|| parse_time(&text).map(Value::DateTime));
    value.ok_or_else(|| ReadError::value(at, "dateTime", &text))
}

impl Value {
    /// Reads the open element as a value of this kind. Dictionaries and extended properties are
    /// properties of their own and no values.
    pub(crate) fn read(
        r: &mut Reader,
        element: &Element,
        kind: Kind,
    ) -> Result<Option<Self>, ReadError> {
        Ok(Some(match kind {
            Kind::Text => Self::Text(r.string()?),
            Kind::Bool => Self::Bool(r.bool()?),
            Kind::Int => Self::Int(r.parse("int")?),
            Kind::Double => Self::Double(read_double(r)?),
            Kind::DateTime => read_time(r)?,
            Kind::Body => Body::read(r, element)?.into(),
            Kind::Bytes => Self::Bytes(r.base64()?),
            Kind::Mime => MimeContent::read(r, element)?.into(),
            Kind::Mailbox => match read(r, "Mailbox", |r, _| Mailbox::read(r))?.pop() {
                Some(mailbox) => mailbox.into(),
                None => return Ok(None),
            },
            Kind::Mailboxes => Self::Mailboxes(read(r, "Mailbox", |r, _| Mailbox::read(r))?),
            Kind::Attendees => Self::Attendees(read(r, "Attendee", |r, _| Attendee::read(r))?),
            Kind::Attachments => Self::Attachments(Attachment::read_list(r)?),
            Kind::Strings => Self::Strings(read(r, "String", |r, _| r.string())?),
            Kind::Headers => Self::Headers(lists::read_headers(r)?),
            Kind::ItemId => Self::ItemId(ItemId::read(element)?),
            Kind::FolderId => Self::FolderId(FolderId::read(element)?),
            Kind::Rights => Self::Rights(EffectiveRights::read_group(r, element)?),
            Kind::ResponseObjects => Self::ResponseObjects(lists::read_classes(r)?),
            Kind::Flag => Flag::read(r)?.into(),
            Kind::TimeZone => TimeZoneDefinition::read(r, element)?.into(),
            Kind::Members => Self::Members(read(r, "Member", Member::read)?),
            Kind::Recurrence => Recurrence::read(r)?.into(),
            Kind::Occurrence => OccurrenceInfo::read(r)?.into(),
            Kind::Occurrences => Self::Occurrences(OccurrenceInfo::read_list(r)?),
            Kind::Deleted => Self::Deleted(DeletedOccurrence::read_list(r)?),
            Kind::MeetingTimeZone => MeetingTimeZone::read(r, element)?.into(),
            Kind::Tree => Tree::read(r, element)?.into(),
            Kind::EmailAddresses
            | Kind::PhysicalAddresses
            | Kind::PhoneNumbers
            | Kind::ImAddresses
            | Kind::Extended
            | Kind::None => return Ok(None),
        }))
    }

    /// Writes it as the element `name` of the types' namespace.
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        const T: &str = "t:";
        let full = || format!("{T}{name}");
        match self {
            Self::Recurrence(recurrence) => return recurrence.write(w, &full()),
            Self::Occurrence(occurrence) => return occurrence.write(w, &full()),
            Self::Occurrences(list) => return OccurrenceInfo::write_list(list, w, &full()),
            Self::Deleted(list) => return DeletedOccurrence::write_list(list, w, &full()),
            Self::MeetingTimeZone(zone) => return zone.write(w, &full()),
            _ => {}
        }
        w.open_in(T, name);
        self.write_content(w);
        w.close_in(T, name);
    }

    fn write_content(&self, w: &mut Writer) {
        match self {
            Self::Body(body) => body.write(w),
            Self::Bytes(bytes) => w.base64(bytes),
            Self::Mime(mime) => mime.write(w),
            Self::Mailbox(mailbox) => mailbox.write(w, "t:Mailbox"),
            Self::Mailboxes(list) => lists::write_mailboxes(w, list),
            Self::Attendees(list) => list.iter().for_each(|attendee| attendee.write(w)),
            Self::Attachments(list) => list.iter().for_each(|attachment| attachment.write(w)),
            Self::Strings(list) => list.iter().for_each(|text| w.element("t:String", text)),
            Self::Headers(headers) => lists::write_headers(w, headers),
            Self::ItemId(ItemId { id, change_key })
            | Self::FolderId(FolderId { id, change_key }) => {
                w.attr("Id", id);
                w.attr_opt("ChangeKey", change_key.as_deref());
            }
            Self::Rights(rights) => rights.write_group(w),
            Self::ResponseObjects(list) => lists::write_classes(w, list),
            Self::Flag(flag) => flag.write(w),
            Self::TimeZone(zone) => zone.write_content(w),
            Self::Members(list) => list.iter().for_each(|member| member.write(w)),
            Self::Tree(tree) => tree.write_content(w),
            _ => self.with_text(|text| w.text(text)),
        }
    }

    /// Hands out a simple value as it is written; nothing for the others.
    pub fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
        match self {
            Self::Text(text) => with(text),
            Self::Bool(true) => with("true"),
            Self::Bool(false) => with("false"),
            Self::Int(number) => with(&number.to_string()),
            Self::Double(number) => with(&number.to_string()),
            Self::DateTime(time) => with_time(*time, with),
            Self::Local(time) => with(&time.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            _ => with(""),
        }
    }

    /// Reads the value of an extended property. What does not parse stays text: the store behind
    /// judges it, not the schema.
    pub fn of_type(kind: PropertyType, text: String) -> Self {
        let parsed = match kind {
            PropertyType::Boolean => match text.trim() {
                "true" | "1" => Some(Self::Bool(true)),
                "false" | "0" => Some(Self::Bool(false)),
                _ => None,
            },
            PropertyType::Integer | PropertyType::Short | PropertyType::Long => {
                text.trim().parse().ok().map(Self::Int)
            }
            PropertyType::SystemTime => parse_time(&text).map(Self::DateTime),
            _ => None,
        };
        parsed.unwrap_or(Self::Text(text))
    }
}
