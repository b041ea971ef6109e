//! Which occurrences of a metric an expectation speaks of.

use fake_servers::{MailboxIx, Refusal};
use sync_engine::{Outcome, Reason, TrackedBy, Workload};

use super::roster::{Lookout, Roster};
use crate::log::HostIx;

/// What is known of one occurrence; `None` where it has no such property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Labels {
    /// Whose.
    pub mailbox: Option<MailboxIx>,
    /// Of which workload.
    pub workload: Option<Workload>,
    /// With which server.
    pub host: Option<HostIx>,
    /// How its cycle ended.
    pub outcome: Option<Outcome>,
    /// The engine's word for why.
    pub reason: Option<Reason>,
    /// The server's kind of refusal.
    pub refusal: Option<Refusal>,
    /// Of which kind of client beside the engine.
    pub watcher: Option<u16>,
    /// What tracks its email.
    pub tracked_by: Option<TrackedBy>,
    /// What its email is linked to: a place in [`Roster::regardings`], or beyond.
    pub regarding: Option<u16>,
}

impl Labels {
    /// Of a client beside the engine.
    pub(super) fn beside(lookout: Lookout) -> Self {
        let Lookout { kind, mailbox, host } = lookout;
        let (watcher, mailbox, host) = (Some(kind), Some(mailbox), Some(host));
        Self { mailbox, host, watcher, ..Self::default() }
    }

    /// Of a mailbox's workload, and the server it talks to.
    pub(super) fn of(roster: &Roster, mailbox: MailboxIx, workload: Workload) -> Self {
        Self {
            mailbox: Some(mailbox),
            workload: Some(workload),
            host: roster.host_of(mailbox, workload),
            ..Self::default()
        }
    }
}

/// A filter: every condition that is set must hold. An occurrence without the property that a
/// condition asks for does not match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of mailboxes in this group: a place in [`Roster::groups`].
    pub group: Option<u16>,
    /// With this server.
    pub server: Option<HostIx>,
    /// Of one of these mailboxes, ascending.
    pub mailboxes: Option<Vec<MailboxIx>>,
    /// Of this workload.
    pub workload: Option<Workload>,
    /// Of cycles that ended so.
    pub outcome: Option<Outcome>,
    /// For this reason, in the engine's words.
    pub reason: Option<Reason>,
    /// Of this kind, in the server's words.
    pub refusal: Option<Refusal>,
    /// Of clients beside the engine of this kind.
    pub watcher: Option<u16>,
    /// Of emails tracked by this.
    pub tracked_by: Option<TrackedBy>,
    /// Of emails linked to this: a place in [`Roster::regardings`].
    pub regarding: Option<u16>,
}

impl Filter {
    pub(super) fn matches(&self, labels: &Labels, roster: &Roster) -> bool {
        fn fits<T: Copy + PartialEq>(wanted: Option<T>, has: Option<T>) -> bool {
            wanted.is_none() || wanted == has
        }
        let group = |mailbox| roster.member(mailbox).group;
        fits(self.group, self.group.and_then(|_| labels.mailbox.map(group)))
            && fits(self.server, labels.host)
            && fits(self.workload, labels.workload)
            && fits(self.outcome, labels.outcome)
            && fits(self.reason, labels.reason)
            && fits(self.refusal, labels.refusal)
            && fits(self.watcher, labels.watcher)
            && fits(self.tracked_by, labels.tracked_by)
            && fits(self.regarding, labels.regarding)
            && self.mailboxes.as_ref().is_none_or(|wanted| {
                labels.mailbox.is_some_and(|mailbox| wanted.binary_search(&mailbox).is_ok())
            })
    }
}
