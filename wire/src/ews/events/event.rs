//! What happened in a mailbox, event by event.

use jiff::Timestamp;

use crate::ews::record::{el, one_of};
use crate::ews::{FolderId, ItemId, SubscriptionId, Watermark};

words! {
    /// What a subscription may ask for.
    pub enum EventKind {
        /// Something was copied.
        Copied = "CopiedEvent",
        /// Something was made.
        Created = "CreatedEvent",
        /// Something was deleted.
        Deleted = "DeletedEvent",
        /// Something was changed.
        Modified = "ModifiedEvent",
        /// Something was moved.
        Moved = "MovedEvent",
        /// Mail has arrived.
        NewMail = "NewMailEvent",
        /// The times at which the owner is busy have changed.
        FreeBusyChanged = "FreeBusyChangedEvent",
    }
}

record! {
    /// Events of one subscription.
    pub struct Notification {
        /// Which one.
        one subscription: SubscriptionId = el("t:SubscriptionId"),
        /// After what these events come.
        maybe previous_watermark: Watermark = el("t:PreviousWatermark"),
        /// Whether there are more.
        maybe more_events: bool = el("t:MoreEvents"),
        /// The events, in order.
        each events: Event = one_of(),
    }
}

choice! {
    /// One event.
    pub enum Event {
        /// Something was copied.
        Copied(MovedOrCopied) = el("t:CopiedEvent"),
        /// Something was made.
        Created(Changed) = el("t:CreatedEvent"),
        /// Something was deleted.
        Deleted(Changed) = el("t:DeletedEvent"),
        /// Something was changed.
        Modified(Modified) = el("t:ModifiedEvent"),
        /// Something was moved.
        Moved(MovedOrCopied) = el("t:MovedEvent"),
        /// Mail has arrived.
        NewMail(Changed) = el("t:NewMailEvent"),
        /// Nothing has happened, and the subscription is alive.
        Status(Status) = el("t:StatusEvent"),
        /// The times at which the owner is busy have changed.
        FreeBusyChanged(Changed) = el("t:FreeBusyChangedEvent"),
    }
}

record! {
    /// A sign of life.
    #[derive(Eq, Default)]
    pub struct Status {
        /// How far the client has seen events now. Streams have none.
        maybe watermark: Watermark = el("t:Watermark"),
    }
}

record! {
    /// Something that happened to an item or to a folder.
    #[derive(Eq)]
    pub struct Changed {
        /// How far the client has seen events now. Streams have none.
        maybe watermark: Watermark = el("t:Watermark"),
        /// When.
        one at: Timestamp = el("t:TimeStamp"),
        /// To what.
        one object: Object = one_of(),
        /// In which folder.
        one parent: FolderId = el("t:ParentFolderId"),
    }
}

record! {
    /// A change of an item or of a folder.
    #[derive(Eq)]
    pub struct Modified {
        /// How far the client has seen events now. Streams have none.
        maybe watermark: Watermark = el("t:Watermark"),
        /// When.
        one at: Timestamp = el("t:TimeStamp"),
        /// Of what.
        one object: Object = one_of(),
        /// In which folder.
        one parent: FolderId = el("t:ParentFolderId"),
        /// How many items of the folder are unread now.
        maybe unread_count: i32 = el("t:UnreadCount"),
    }
}

record! {
    /// A move or a copy of an item or of a folder.
    #[derive(Eq)]
    pub struct MovedOrCopied {
        /// How far the client has seen events now. Streams have none.
        maybe watermark: Watermark = el("t:Watermark"),
        /// When.
        one at: Timestamp = el("t:TimeStamp"),
        /// What it is now.
        one object: Object = one_of(),
        /// Where it is now.
        one parent: FolderId = el("t:ParentFolderId"),
        /// What it was, or what it is a copy of.
        one old_object: OldObject = one_of(),
        /// Where that was.
        one old_parent: FolderId = el("t:OldParentFolderId"),
    }
}

choice! {
    /// What an event is about.
    #[derive(Eq)]
    pub enum Object {
        /// A folder.
        Folder(FolderId) = el("t:FolderId"),
        /// An item.
        Item(ItemId) = el("t:ItemId"),
    }
}

choice! {
    /// What an event is about, as it was before.
    #[derive(Eq)]
    pub enum OldObject {
        /// A folder.
        Folder(FolderId) = el("t:OldFolderId"),
        /// An item.
        Item(ItemId) = el("t:OldItemId"),
    }
}

impl Event {
    /// What a subscription asks for to get it; a sign of life needs no asking.
    pub const fn kind(&self) -> Option<EventKind> {
        Some(match self {
            Self::Copied(_) => EventKind::Copied,
            Self::Created(_) => EventKind::Created,
            Self::Deleted(_) => EventKind::Deleted,
            Self::Modified(_) => EventKind::Modified,
            Self::Moved(_) => EventKind::Moved,
            Self::NewMail(_) => EventKind::NewMail,
            Self::FreeBusyChanged(_) => EventKind::FreeBusyChanged,
            Self::Status(_) => return None,
        })
    }

    /// How far a client has seen events with this one.
    pub const fn watermark(&self) -> Option<&Watermark> {
        match self {
            Self::Copied(event) | Self::Moved(event) => event.watermark.as_ref(),
            Self::Created(event)
            | Self::Deleted(event)
            | Self::NewMail(event)
            | Self::FreeBusyChanged(event) => event.watermark.as_ref(),
            Self::Modified(event) => event.watermark.as_ref(),
            Self::Status(event) => event.watermark.as_ref(),
        }
    }
}
