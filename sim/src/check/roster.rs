//! Who takes part in a run, as the checks need to know it: every number that an entry carries can
//! be looked up here, in a vector, without hashing a name.

use fake_servers::MailboxIx;
use jiff::Timestamp;
use sync_engine::{MailboxId, ServerId, Workload};

use crate::log::{HostIx, WatcherIx};
use crate::time::SimTime;

/// A mailbox of the population. Its place in [`Roster::mailboxes`] is both its [`MailboxIx`] and
/// its [`MailboxId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// For people.
    pub name: String,
    /// Its group: a place in [`Roster::groups`].
    pub group: u16,
    /// The server its email comes in from.
    pub incoming: Option<HostIx>,
    /// The server its email goes out to.
    pub outgoing: Option<HostIx>,
}

/// What the engine knows as one server. Its place in [`Roster::profiles`] is its [`ServerId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// The host it connects to.
    pub host: HostIx,
    /// How many connections the engine may have open to it at once.
    pub connections: u32,
    /// Whether a send can be looked up there before it is repeated, so that no lost answer and no
    /// crash excuses a second one.
    pub can_look_up_sends: bool,
}

/// A client beside the engine that watches a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookout {
    /// Its kind: the place in the scenario's list of watchers.
    pub kind: u16,
    /// Whose inbox it watches.
    pub mailbox: MailboxIx,
    /// On which server.
    pub host: HostIx,
}

/// All participants and limits of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// Calendar time at [`SimTime::ZERO`].
    pub start: Timestamp,
    /// The population.
    pub mailboxes: Vec<Member>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Names of the server hosts; [`HostIx`] is the place here.
    pub hosts: Vec<String>,
    /// The engine's server profiles.
    pub profiles: Vec<Profile>,
    /// Workers per workload, in the order of [`Workload::ALL`].
    pub workers: [u32; 3],
    /// The clients beside the engine; [`WatcherIx`] is the place here.
    pub watchers: Vec<Lookout>,
    /// By server host: how many streaming connections of one mailbox it lets hang; none where
    /// there is no limit.
    pub streams: Vec<Option<u32>>,
    /// Mailboxes that are enabled again whenever the engine starts anew.
    pub enabled_again: Vec<MailboxIx>,
    /// All that users link email to.
    pub regardings: Vec<String>,
}

impl Roster {
    /// A client beside the engine.
    ///
    /// # Panics
    /// When the number is not of this run.
    #[must_use]
    pub fn lookout(&self, watcher: WatcherIx) -> Lookout {
        self.watchers[watcher.0 as usize]
    }

    /// How many streaming connections of one mailbox a server lets hang, if it has a limit.
    #[must_use]
    pub fn streams_at(&self, HostIx(host): HostIx) -> Option<u32> {
        self.streams.get(usize::from(host)).copied().flatten()
    }

    /// Whether a send can be looked up at a host before it is repeated.
    #[must_use]
    pub fn can_look_up_sends(&self, host: HostIx) -> bool {
        self.profiles.iter().any(|profile| profile.host == host && profile.can_look_up_sends)
    }

    /// A calendar time on the run's own axis, to the millisecond; the start for anything earlier.
    #[must_use]
    pub fn sim_time(&self, calendar: Timestamp) -> SimTime {
        let ms = calendar.as_millisecond().saturating_sub(self.start.as_millisecond());
        SimTime(u64::try_from(ms).unwrap_or(0))
    }

    /// A mailbox.
    ///
    /// # Panics
    /// When the number is not of this run: whoever recorded it did not build it from the plan.
    #[must_use]
    pub fn member(&self, mailbox: MailboxIx) -> &Member {
        &self.mailboxes[mailbox.0 as usize]
    }

    /// The server that a workload of a mailbox talks to, if it has one.
    #[must_use]
    pub fn host_of(&self, mailbox: MailboxIx, workload: Workload) -> Option<HostIx> {
        let member = self.member(mailbox);
        match workload {
            Workload::Incoming => member.incoming,
            Workload::Outgoing => member.outgoing,
            Workload::Act => None,
        }
    }

    /// The workload in which a mailbox talks to a host. One host may serve both directions; then
    /// the incoming one is meant.
    #[must_use]
    pub fn workload_at(&self, mailbox: MailboxIx, host: HostIx) -> Option<Workload> {
        let member = self.member(mailbox);
        if member.incoming == Some(host) {
            Some(Workload::Incoming)
        } else if member.outgoing == Some(host) {
            Some(Workload::Outgoing)
        } else {
            None
        }
    }

    /// The profile behind an engine's server number.
    ///
    /// # Panics
    /// When the number is not of this run.
    #[must_use]
    pub fn profile(&self, server: ServerId) -> Profile {
        self.profiles[usize::from(server.0)]
    }
}

/// The simulated servers' number of an engine's mailbox: they are the same in a run.
#[must_use]
pub const fn mailbox_ix(id: MailboxId) -> MailboxIx {
    MailboxIx(id.0)
}

/// The place of a workload in arrays by workload, in the order of [`Workload::ALL`].
#[must_use]
pub const fn place(workload: Workload) -> usize {
    match workload {
        Workload::Incoming => 0,
        Workload::Outgoing => 1,
        Workload::Act => 2,
    }
}
