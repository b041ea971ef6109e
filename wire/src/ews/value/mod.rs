//! What a property can be: text, numbers and times, and the structures that EWS has for bodies,
//! attachments, attendees and the like.

mod attachment;
mod attendee;
mod body;
mod flag;
mod lists;
mod tree;
mod xml;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

pub use attachment::{Attachment, AttachmentContent};
pub use attendee::{Attendee, Member};
pub use body::{Body, BodyType, MimeContent};
pub use flag::Flag;
pub use tree::Tree;

use super::folders::EffectiveRights;
use super::recurrence::{DeletedOccurrence, MeetingTimeZone, OccurrenceInfo, Recurrence};
use super::{FolderId, ItemClass, ItemId, Mailbox, TimeZoneDefinition};

/// A property's value. What is large and rare is boxed, because mailboxes hold many small ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, words from a list included.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// A point in time.
    DateTime(Timestamp),
    /// A time that says no zone: whose clock is meant, the request says elsewhere.
    Local(DateTime),
    /// Text or HTML.
    Body(Box<Body>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A whole message.
    Mime(Box<MimeContent>),
    /// One address.
    Mailbox(Box<Mailbox>),
    /// Several addresses.
    Mailboxes(Vec<Mailbox>),
    /// Addresses with answers.
    Attendees(Vec<Attendee>),
    /// Attachments, or what is told of them.
    Attachments(Vec<Attachment>),
    /// Several texts: categories, companies, an extended property that is an array.
    Strings(Vec<String>),
    /// Header fields of a message, names and values.
    Headers(Vec<(String, String)>),
    /// An item.
    ItemId(ItemId),
    /// A folder.
    FolderId(FolderId),
    /// What the caller may do.
    Rights(EffectiveRights),
    /// Which replies are possible.
    ResponseObjects(Vec<ItemClass>),
    /// A follow-up flag.
    Flag(Box<Flag>),
    /// How something recurs.
    Recurrence(Box<Recurrence>),
    /// One occurrence of a series.
    Occurrence(Box<OccurrenceInfo>),
    /// Changed occurrences of a series.
    Occurrences(Vec<OccurrenceInfo>),
    /// Deleted occurrences of a series.
    Deleted(Vec<DeletedOccurrence>),
    /// A time zone in its older form.
    MeetingTimeZone(Box<MeetingTimeZone>),
    /// A time zone.
    TimeZone(Box<TimeZoneDefinition>),
    /// The members of a distribution list.
    Members(Vec<Member>),
    /// Something kept as it came.
    Tree(Box<Tree>),
}

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Body(body) => Some(&body.text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The point in time, if it is one. A time without a zone counts as UTC.
    pub fn as_date_time(&self) -> Option<Timestamp> {
        match self {
            Self::DateTime(value) => Some(*value),
            Self::Local(value) => Offset::UTC.to_timestamp(*value).ok(),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    &str => Text;
    String => Text;
    bool => Bool;
    i64 => Int;
    i32 => Int;
    u32 => Int;
    f64 => Double;
    Timestamp => DateTime;
    Body => Body;
    Vec<u8> => Bytes;
    MimeContent => Mime;
    Mailbox => Mailbox;
    Vec<Mailbox> => Mailboxes;
    Vec<Attendee> => Attendees;
    Vec<Attachment> => Attachments;
    Vec<String> => Strings;
    ItemId => ItemId;
    FolderId => FolderId;
    EffectiveRights => Rights;
    Flag => Flag;
    Recurrence => Recurrence;
    OccurrenceInfo => Occurrence;
    Vec<OccurrenceInfo> => Occurrences;
    Vec<DeletedOccurrence> => Deleted;
    MeetingTimeZone => MeetingTimeZone;
    TimeZoneDefinition => TimeZone;
    Vec<Member> => Members;
    Tree => Tree;
}
