//! Predicates on single entries: what `[sometimes]` asks for and what a crash can wait for.

use fake_servers::{Refusal, ServerEvent};
use sync_engine::{Event, Outcome, Reason};

use crate::log::{Entry, Hindrance, HostIx, Loss, WatcherEvent, WorldEvent};

/// Something that can be seen in one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sighting {
    /// Any event of the engine.
    AnyEngineEvent,
    /// An event of the engine of this kind.
    Engine(EngineKind),
    /// A cycle that ended so.
    Ended(Outcome),
    /// The engine named this reason, whatever for.
    Because(Reason),
    /// A customization threw.
    CustomizationThrew,
    /// An event of a server of this kind.
    Server {
        /// At this server; `None` is at any.
        host: Option<HostIx>,
        /// Which kind.
        kind: ServerKind,
    },
    /// A server refused something.
    Refused {
        /// At this server; `None` is at any.
        host: Option<HostIx>,
        /// In these words.
        refusal: Refusal,
    },
    /// A fault took effect.
    Fault {
        /// At this server.
        host: HostIx,
        /// Its place in the server's list of faults.
        fault: u16,
    },
    /// A named window opened: a place in the plan's list.
    Window(u16),
    /// The engine's process was killed.
    EngineCrashed,
    /// The engine was started, at the beginning or after a crash.
    EngineStarted,
    /// The engine was started again after a crash.
    EngineRestarted,
    /// A server's process was killed.
    ServerCrashed(Option<HostIx>),
    /// A server was started again.
    ServerStarted(Option<HostIx>),
    /// A connection to a server was established.
    Connected(Option<HostIx>),
    /// A connection to a server was gone.
    Disconnected(Option<HostIx>),
    /// An asynchronous customization went to its own queue.
    AsynchronousQueued,
    /// A user pressed Send.
    Submitted,
    /// An event of a client beside the engine of this kind.
    Watcher(WatcherKind),
    /// A client beside the engine lost this.
    WatcherLost(Loss),
    /// A client beside the engine was put off by this.
    WatcherPutOff(Hindrance),
}

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident of $event:ident: $($variant:ident,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(
                #[doc = concat!("[`", stringify!($event), "::", stringify!($variant), "`].")]
                $variant,
            )*
        }

        impl $name {
            /// The kind of an event.
            #[must_use]
            pub const fn of(event: &$event) -> Self {
                match event { $($event::$variant { .. } => Self::$variant,)* }
            }
        }
    };
}

kinds! {
    /// What kind of event the engine reported.
    EngineKind of Event:
    EngineStarted,
    CycleStarted,
    WaitingForWorker,
    WaitingForConnection,
    ConnectionOpened,
    ConnectionClosed,
    EmailStored,
    AttachmentsDropped,
    EmailAlreadyStored,
    ItemFailed,
    ItemSetAside,
    DeletedOnServer,
    CustomizationStarted,
    CustomizationEnded,
    EmailQueued,
    SendStarted,
    RecipientRefused,
    EmailSent,
    SendDeferred,
    SendOutcomeUnknown,
    EmailFailed,
    BackOffBegan,
    MailboxDisabled,
    CycleEnded,
    CostSpent,
    SyncStateLost,
    MovedToUndeliverable,
    EmailTracked,
    EmailUntracked,
    CategoryMade,
    CategoryRemoved,
    CategoryListUnreadable,
    TrackingRuleEnded,
}

kinds! {
    /// What kind of event a server reported.
    ServerKind of ServerEvent:
    LoggedIn,
    LoggedOut,
    Delivered,
    Served,
    Deleted,
    TakenAway,
    MovedOut,
    CopyKept,
    Accepted,
    HeldBack,
    Departed,
    Drafts,
    PauseAsked,
    Early,
    Refused,
    Held,
    FaultApplied,
    StreamOpened,
    StreamClosed,
}

kinds! {
    /// What kind of event a client beside the engine reported.
    WatcherKind of WatcherEvent:
    Subscribed,
    Streaming,
    Notified,
    CaughtUp,
    Lost,
    PutOff,
    Left,
}

impl Sighting {
    /// Whether it is seen in this entry. `crashed_before` says whether the engine was ever killed.
    #[must_use]
    pub fn is_in(self, entry: &Entry, crashed_before: bool) -> bool {
        match entry {
            Entry::Engine { event } => self.is_in_engine(event),
            Entry::Server { host, event } => self.is_in_server(*host, event),
            Entry::World { event } => self.is_in_world(event, crashed_before),
            Entry::Watcher { event, .. } => self.is_in_watcher(event),
        }
    }

    fn is_in_watcher(self, event: &WatcherEvent) -> bool {
        match self {
            Self::Watcher(kind) => WatcherKind::of(event) == kind,
            Self::WatcherLost(wanted) => {
                matches!(event, WatcherEvent::Lost { what } if *what == wanted)
            }
            Self::WatcherPutOff(wanted) => {
                matches!(event, WatcherEvent::PutOff { why, .. } if *why == wanted)
            }
            _ => false,
        }
    }

    fn is_in_engine(self, event: &Event) -> bool {
        match self {
            Self::AnyEngineEvent => true,
            Self::Engine(kind) => EngineKind::of(event) == kind,
            Self::Ended(wanted) => {
                matches!(event, Event::CycleEnded { outcome, .. } if *outcome == wanted)
            }
            Self::Because(wanted) => reason_of(event) == Some(wanted),
            Self::CustomizationThrew => {
                matches!(event, Event::CustomizationEnded { succeeded: false, .. })
            }
            _ => false,
        }
    }

    fn is_in_server(self, at: HostIx, event: &ServerEvent) -> bool {
        match self {
            Self::Server { host, kind } => here(host, at) && ServerKind::of(event) == kind,
            Self::Refused { host, refusal: wanted } => {
                here(host, at)
                    && matches!(event, ServerEvent::Refused { refusal, .. } if *refusal == wanted)
            }
            Self::Fault { host, fault: wanted } => {
                host == at
                    && matches!(event, ServerEvent::FaultApplied { fault, .. } if *fault == wanted)
            }
            _ => false,
        }
    }

    fn is_in_world(self, event: &WorldEvent, crashed_before: bool) -> bool {
        match (self, event) {
            (Self::Window(wanted), WorldEvent::WindowOpened { window }) => wanted == *window,
            (Self::ServerCrashed(host), WorldEvent::ServerCrashed { host: at })
            | (Self::ServerStarted(host), WorldEvent::ServerStarted { host: at })
            | (Self::Connected(host), WorldEvent::Connected { host: at })
            | (Self::Disconnected(host), WorldEvent::Disconnected { host: at }) => here(host, *at),
            (Self::EngineRestarted, WorldEvent::EngineStarted) => crashed_before,
            (Self::EngineCrashed, WorldEvent::EngineCrashed)
            | (Self::EngineStarted, WorldEvent::EngineStarted)
            | (Self::AsynchronousQueued, WorldEvent::AsynchronousQueued { .. })
            | (Self::Submitted, WorldEvent::Submitted { .. }) => true,
            _ => false,
        }
    }
}

fn here(wanted: Option<HostIx>, at: HostIx) -> bool {
    wanted.is_none_or(|host| host == at)
}

/// The reason an engine event gives, if it gives one.
#[must_use]
pub fn reason_of(event: &Event) -> Option<Reason> {
    match event {
        Event::ItemFailed { reason, .. }
        | Event::ItemSetAside { reason, .. }
        | Event::RecipientRefused { reason, .. }
        | Event::SendDeferred { reason, .. }
        | Event::EmailFailed { reason, .. }
        | Event::BackOffBegan { reason, .. }
        | Event::MailboxDisabled { reason, .. } => Some(*reason),
        Event::CycleEnded { reason, .. } => *reason,
        _ => None,
    }
}
