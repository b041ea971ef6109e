//! Exchange Web Services as typed requests and responses, for a client and for a server.
//!
//! A client writes a [`RequestEnvelope`] and reads a [`ResponseEnvelope`]; a server does it the
//! other way round with the same types. Reading looks at namespaces and local names, takes
//! elements in any order and skips what it does not know; writing follows the order of the schema,
//! because Exchange refuses any other.

#[macro_use]
mod record;

mod code;
mod envelope;
pub mod events;
pub mod facets;
mod fault;
pub mod folders;
mod header;
mod ids;
pub mod item;
pub mod items;
mod mailbox;
mod message;
pub mod ops;
pub mod property;
pub mod recurrence;
pub mod search;
pub mod services;
mod shape;
pub mod strict;
mod time_zone;
pub mod value;
pub mod xml;

pub use code::ResponseCode;
pub use envelope::{RequestEnvelope, ResponseBody, ResponseEnvelope};
pub use fault::{Fault, Violation};
pub use header::{ConnectingSid, RequestHeader, ServerVersionInfo};
pub use ids::{
    AttachmentId, FolderId, FolderRef, ItemId, ItemRef, SubscriptionId, SyncState, Watermark,
};
pub use item::{Item, Properties};
pub use mailbox::Mailbox;
pub use message::{Content, ResponseClass, ResponseMessage};
pub use ops::{Request, Response};
pub use property::{Dictionary, ExtendedField, Field, ItemClass, Property, PropertyType};
pub use record::Base64;
pub use shape::ItemShape;
pub use time_zone::{
    Period, TimeZoneDefinition, Transition, TransitionRule, TransitionTarget, TransitionsGroup,
};
pub use value::Value;
pub use xml::{Limits, ReadError, ReadErrorKind};
