//! A scenario as it is meant: patterns expanded, names resolved to places in lists, defaults
//! filled in, and nothing in it that contradicts itself. How it is written is another matter.

mod exchange;
mod expectation;
mod fault;
mod load;
mod server;
mod user;
mod watcher;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fake_servers::store::Quota;
use fake_servers::{Delay, MailboxIx};
use jiff::Timestamp;
use sync_engine::{Settings, Workload};

pub use exchange::{EwsOptions, ExchangePreset, ExchangeProfile, Limit, Ways};
pub use expectation::{Bound, Expectation, Filter, Range};
pub use fault::{EngineTrigger, Fault, Strike};
pub use load::{Arrivals, Content, LoadIx, Send, Size, Timing};
pub use server::{Face, Pop3Options, Pop3Preset, Profile, Server, SmtpOptions, SmtpPreset};
pub use user::{Deed, User};
pub use watcher::Watcher;

pub use crate::check::{Invariant, Period};
use crate::log::HostIx;
use crate::scenario::Probe;
use crate::time::SimTime;

/// One scenario, validated.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What happens in it, in a line.
    pub title: String,
    /// Why it exists, in a sentence.
    pub why: String,
    /// For choosing among scenarios.
    pub tags: Vec<String>,
    /// When it starts, when it stops, what it should end as.
    pub run: Run,
    /// The engine's machine and settings.
    pub engine: Engine,
    /// The servers; [`HostIx`] is the place in this list, which is sorted by name.
    pub servers: Vec<Server>,
    /// The population; [`MailboxIx`] is the place in this list, in the order of the file.
    pub mailboxes: Vec<Mailbox>,
    /// The groups of mailboxes, in the order of their first mailbox.
    pub groups: Vec<Group>,
    /// Mail from outside.
    pub arrivals: Vec<Arrivals>,
    /// Mail from the users.
    pub sends: Vec<Send>,
    /// What happens to Exchange mailboxes from elsewhere.
    pub users: Vec<User>,
    /// Clients beside the engine.
    pub watchers: Vec<Watcher>,
    /// The customer's plug-ins and workflows.
    pub customizations: Vec<Customization>,
    /// The named windows of faults and loads; [`WindowIx`] is the place in this list.
    pub windows: Vec<Window>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Which invariants are checked.
    pub always: Always,
    /// What must be seen at least once.
    pub sometimes: Vec<Seen>,
    /// What must hold of the metrics.
    pub expectations: Vec<Expectation>,
}

impl Scenario {
    /// All that its users link email to, each once.
    #[must_use]
    pub fn regardings(&self) -> Vec<String> {
        regardings(&self.users)
    }

    /// The steps of its crash sweep, if it has one: the scenario is then run once for each, the
    /// engine dying at its nth event.
    #[must_use]
    pub fn crash_steps(&self) -> Option<std::ops::RangeInclusive<u64>> {
        self.faults.iter().find_map(|fault| match &fault.strike {
            Strike::CrashSweep { steps, .. } => Some(steps.clone()),
            _ => None,
        })
    }
}

/// All that users link email to, each once, sorted.
pub(in crate::scenario) fn regardings(users: &[User]) -> Vec<String> {
    let all: BTreeSet<&str> = users.iter().filter_map(|user| user.deed.regarding()).collect();
    all.into_iter().map(str::to_owned).collect()
}

/// The frame of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Calendar time at the start.
    pub start: Timestamp,
    /// When it is over.
    pub stop: Stop,
    /// Not stopped by then: stuck.
    pub deadline: SimTime,
    /// The seeds it is run with.
    pub seeds: Seeds,
    /// Where it may run; at least one, the first is the default.
    pub worlds: Vec<WorldKind>,
    /// The tick of the turmoil world.
    pub tick: Duration,
    /// What it is meant to end as.
    pub meant: Meant,
}

/// What ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A moment.
    After(SimTime),
    /// All items of a load are settled, and some time has passed since.
    Drained {
        /// Which load.
        load: LoadIx,
        /// How much time.
        settle: Duration,
    },
    /// All items of all loads are settled, and some time has passed since.
    Settled {
        /// How much time.
        settle: Duration,
    },
}

/// The seeds of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeds {
    /// Run each time; at least one.
    pub pinned: Vec<u64>,
    /// How many more a nightly sweep tries.
    pub sweep: u64,
}

/// A world by name.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WorldKind {
    /// Our own network under tokio's paused clock.
    Virtual,
    /// turmoil's network, one host per server.
    Turmoil,
}

impl WorldKind {
    /// The name in scenario files, options and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Turmoil => "turmoil",
        }
    }
}

/// What a scenario is meant to end as. Anything but `Pass` is a negative scenario: it proves that
/// the harness can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meant {
    /// Everything holds.
    #[default]
    Pass,
    /// An invariant or an expectation is broken.
    Fail,
    /// Something that had to be seen was not.
    Vacuous,
    /// The deadline passes first.
    Stuck,
}

/// The engine's machine and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Limits, intervals and capacities.
    pub settings: Settings,
    /// What is different from its second start on.
    pub restarted: Restarted,
    /// Processors of its machine.
    pub processors: u32,
    /// Workers of the queue of asynchronous customizations.
    pub asynchronous_workers: u32,
    /// What each step costs on a processor.
    pub cost: Costs,
}

/// What an administrator has changed while the engine was down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restarted {
    /// Limits, intervals and capacities.
    pub settings: Settings,
    /// Mailboxes that are enabled again at each such start.
    pub enabled: Vec<MailboxIx>,
}

/// Declared processor time of each step of the engine's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// Open a connection and log in.
    pub connect: Duration,
    /// Take in one incoming message.
    pub receive: Duration,
    /// Put out one message.
    pub send: Duration,
    /// Synchronise one appointment, contact or task.
    pub sync_item: Duration,
}

/// One mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name, also the local part of its address.
    pub name: String,
    /// The user it belongs to; no two mailboxes have the same.
    pub user: String,
    /// The user name that the engine logs in with, when it is not its own.
    pub login: Option<String>,
    /// Its group's place in [`Scenario::groups`].
    pub group: u16,
    /// Where mail comes in from: a server that speaks POP3 or EWS.
    pub incoming: Option<HostIx>,
    /// Where mail goes out to: a server that speaks SMTP or EWS.
    pub outgoing: Option<HostIx>,
    /// Appointments, contacts and tasks, when they are synchronised.
    pub act: Option<Activity>,
    /// Whether it is a queue's and not a person's.
    pub queue: bool,
    /// When it is enabled, which is when its workloads are first due.
    pub enabled: SimTime,
    /// Its quota, where it differs from its server's.
    pub quota: Quota,
    /// Whether mail is deleted from the server once it is committed.
    pub process_and_delete: bool,
    /// Whether the engine knows its password.
    pub credentials: Credentials,
}

/// Whether the engine has the right password of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// It has.
    #[default]
    Right,
    /// The password has changed on the server and nobody told the engine.
    Wrong,
}

/// Declared activity in appointments, contacts and tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The mean time between two changes; none when nothing ever changes.
    pub mean_gap: Option<Duration>,
    /// How long one cycle's exchange takes.
    pub takes: Duration,
}

/// A named group of mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its members, ascending.
    pub members: Vec<MailboxIx>,
}

/// A plug-in or workflow in the flow of delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Customization {
    /// Its name, for the alert.
    pub name: String,
    /// The workload in whose delivery it runs.
    pub workload: Workload,
    /// Whose items it runs for, ascending.
    pub mailboxes: Vec<MailboxIx>,
    /// Inside the delivery, holding its worker and connection; else in the queue beside it.
    pub synchronous: bool,
    /// How long it takes.
    pub takes: Delay,
    /// When it throws.
    pub throws: Throws,
    /// From when on it throws no more.
    pub mended: Option<SimTime>,
}

/// When a customization throws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Throws {
    /// Never.
    #[default]
    Never,
    /// Whenever it runs.
    Always,
    /// Every nth time it runs.
    EveryNth(u64),
}

/// A named window's place in [`Scenario::windows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowIx(pub u16);

/// A stretch of the run with a name: while a fault may strike, or while a load makes items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The fault's or the load's name.
    pub name: String,
    /// From when to when.
    pub period: Period,
}

/// Which invariants are checked: all that are not switched off, each with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Always {
    /// The ones that are not, and why.
    pub except: BTreeMap<Invariant, String>,
}

impl Always {
    /// Whether an invariant is checked.
    #[must_use]
    pub fn checks(&self, invariant: Invariant) -> bool {
        !self.except.contains_key(&invariant)
    }
}

/// Something that must be seen at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen {
    /// Of the engine, of the world, or at any server.
    Anywhere(Probe),
    /// At this server.
    At(HostIx, Probe),
    /// The fault at this place in [`Scenario::faults`] took effect.
    Fault(u16),
}
