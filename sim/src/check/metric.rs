//! The metrics that expectations can be stated on: their names, units and kinds, in one list, from
//! which the schema, the messages and the reference are made.

use serde::{Deserialize, Serialize};

/// How a metric comes about, which decides the statistics that make sense on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One duration per occurrence: count, min, max, mean, quantiles, sum.
    Duration,
    /// Occurrences: count, and rates per window.
    Count,
    /// A level that goes up and down: peak, last, at a time, time to drain.
    Level,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident $name:literal $kind:ident,)*) => {
        /// A metric.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            schemars::JsonSchema,
        )]
        pub enum Metric {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Metric {
            /// All of them, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in scenario files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How it comes about.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }
        }
    };
}

metrics! {
    /// From the end of a cycle to the start of the next of the same mailbox and workload.
    ScheduleGap "schedule.gap" Duration,
    /// From when a cycle was due to when it started.
    ScheduleLateness "schedule.lateness" Duration,
    /// From the start of a cycle to its end.
    CycleDuration "cycle.duration" Duration,
    /// Cycles that ended.
    Cycles "cycle.ended" Count,
    /// Part of the lateness spent waiting for a worker.
    WaitWorker "wait.worker" Duration,
    /// Part of the lateness spent waiting for one of the server's connections.
    WaitConnection "wait.connection" Duration,
    /// Emails stored.
    MailReceived "mail.received" Count,
    /// Messages that came to be in a mailbox on a server, from wherever.
    MailDelivered "mail.delivered" Count,
    /// Emails the server took and the record says so.
    MailSent "mail.sent" Count,
    /// Copies of sent messages in the senders' Sent Items.
    KeptInSentItems "mail.kept_in_sent_items" Count,
    /// Messages that clients, the engine among them, moved out of their inbox.
    MovedOut "mail.moved_out" Count,
    /// Emails that users took back before they were sent.
    MailTakenBack "mail.taken_back" Count,
    /// From arrival in the server's mailbox to the commit in the store.
    DelayIncoming "delay.incoming" Duration,
    /// From Pending Send to Sent.
    DelayOutgoing "delay.outgoing" Duration,
    /// Emails in Pending Send or Sending.
    BacklogPendingSend "backlog.pending_send" Level,
    /// Emails on the server that the store does not have yet.
    BacklogOnServer "backlog.on_server" Level,
    /// Emails that are tracked.
    MailTracked "mail.tracked" Level,
    /// Emails that users' folders and categories track and the engine does not, yet.
    TrackingOwed "tracking.owed" Level,
    /// Emails that the engine tracked, or untracked, for no reason a user gave.
    TrackingUnwarranted "tracking.unwarranted" Count,
    /// What the application shows of tracking otherwise than users have asked for: emails, and
    /// mailboxes with more or fewer rules.
    TrackingWrong "tracking.wrong" Count,
    /// Folders with a rule that acts, as the application shows it.
    TrackingRules "tracking.rules" Level,
    /// Rules that the application refused.
    TrackingRefused "tracking.refused" Count,
    /// Emails that are linked to something, as the application shows it.
    MailLinked "mail.linked" Level,
    /// Messages that a server accepted and holds back in the sender's outbox.
    BacklogOutbox "backlog.outbox" Level,
    /// Drafts in mailboxes on Exchange.
    BacklogDrafts "backlog.drafts" Level,
    /// The engine's open connections.
    ConnectionsOpen "connections.open" Level,
    /// Sends put off and incoming items that failed and will be tried again.
    Retries "retries" Count,
    /// Back-offs and postponements, each with its length.
    BackOff "backoff" Duration,
    /// Refusals by servers.
    Refusals "refusals" Count,
    /// Workloads of mailboxes disabled.
    Disabled "mailbox.disabled" Count,
    /// Incoming items set aside after their last try.
    SetAside "item.set_aside" Count,
    /// Outgoing emails that failed for good.
    EmailFailed "email.failed" Count,
    /// Emails tracked, or linked to something else than before.
    TrackingBegan "tracking.began" Count,
    /// Emails not tracked any more.
    TrackingEnded "tracking.ended" Count,
    /// Mailboxes whose list got the categories that track.
    CategoryMade "category.made" Count,
    /// Mailboxes whose list lost them, because the feature is off.
    CategoryRemoved "category.removed" Count,
    /// Messages deleted on the server after processing.
    DeletedOnServer "mail.deleted_on_server" Count,
    /// Sends whose outcome nobody can know.
    OutcomeUnknown "send.outcome_unknown" Count,
    /// How long asynchronous customizations waited in their own queue.
    AsynchronousWait "customization.asynchronous_wait" Duration,
    /// Items that were lost.
    Lost "ledger.lost" Level,
    /// Items that were duplicated without being declared unknowable.
    Duplicated "ledger.duplicated" Level,
    /// Items not settled yet.
    Pending "ledger.pending" Level,
    /// Subscriptions made by clients beside the engine.
    WatcherSubscribed "watcher.subscribed" Count,
    /// Messages that a client beside the engine was told of.
    WatcherNotified "watcher.notified" Count,
    /// Messages that a client beside the engine found by listing what had changed.
    WatcherCaughtUp "watcher.caught_up" Count,
    /// Subscriptions and connections lost by clients beside the engine.
    WatcherLost "watcher.lost" Count,
    /// Pauses that a client beside the engine had to make, each with its length.
    WatcherPutOff "watcher.put_off" Duration,
    /// From a message's arrival to when a client beside the engine knew of it.
    WatcherDelay "watcher.delay" Duration,
    /// Messages that a client beside the engine does not know of yet.
    WatcherPending "watcher.pending" Level,
    /// Streaming connections that servers have open.
    StreamsOpen "streams.open" Level,
}
