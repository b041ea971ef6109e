//! What faults and windows do to a served scenario, each as one act with a beginning and an end, so
//! that it can be taken off the agenda whole at any time.

use std::sync::Arc;

use fake_servers::MailboxIx;
use fake_servers::pop3::Pop3Server;

use crate::run::{Servers, changes};
use crate::scenario::{Period, Scenario, Strike, WindowIx};
use crate::world::Change;

/// Which act; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ActNo(pub(super) u64);

/// Something that begins, and ends if it has an end.
#[derive(Clone)]
pub(super) struct Act {
    pub(super) period: Period,
    /// What begins it, each with what undoes that.
    pub(super) steps: Vec<(Step, Step)>,
}

/// A part of an act.
#[derive(Clone)]
pub(super) enum Step {
    /// The world changes.
    World(Change),
    /// Another client takes a maildrop's lock, or gives it back.
    Lock { server: Arc<Pop3Server>, mailbox: MailboxIx, hold: bool },
}

/// What the agenda is told while it goes on.
pub(super) enum Order {
    /// Another act.
    Add(ActNo, Act),
    /// An act ends now, or does not begin.
    Stop(ActNo),
}

impl Step {
    /// Whether both do the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::World(one), Self::World(other)) => one == other,
            (
                Self::Lock { server, mailbox, hold },
                Self::Lock { server: at, mailbox: of, hold: held },
            ) => Arc::ptr_eq(server, at) && mailbox == of && hold == held,
            _ => false,
        }
    }
}

impl Act {
    /// What a strike does beside what the server's own plan of faults does. Nothing happens to the
    /// engine, which does not run here.
    pub(super) fn of(strike: &Strike, period: Period, servers: &Servers) -> Self {
        let world = |(begin, end)| (Step::World(begin), Step::World(end));
        let mut steps: Vec<_> = changes(strike).into_iter().map(world).collect();
        if let Strike::Lock { server, mailboxes } = strike
            && let Some(server) = servers.pop3(*server)
        {
            let lock = |mailbox: &MailboxIx, hold| Step::Lock {
                server: Arc::clone(&server),
                mailbox: *mailbox,
                hold,
            };
            steps.extend(mailboxes.iter().map(|one| (lock(one, true), lock(one, false))));
        }
        Self { period, steps }
    }

    /// The acts of a scenario: those of its faults at their places, then its other windows. A
    /// window opens before what happens in it and closes after.
    pub(super) fn all(scenario: &Scenario, servers: &Servers) -> Vec<Self> {
        let period = |WindowIx(at)| scenario.windows[usize::from(at)].period;
        let window = |WindowIx(window)| {
            let change = |open| Step::World(Change::Window { window, open });
            (change(true), change(false))
        };
        let mut acts = Vec::new();
        for fault in &scenario.faults {
            let mut act = Self::of(&fault.strike, period(fault.window), servers);
            act.steps.insert(0, window(fault.window));
            acts.push(act);
        }
        let of_a_fault = |ix| scenario.faults.iter().any(|fault| fault.window == ix);
        let windows = (0..).map(WindowIx).take(scenario.windows.len());
        for ix in windows.filter(|ix| !of_a_fault(*ix)) {
            acts.push(Self { period: period(ix), steps: vec![window(ix)] });
        }
        acts
    }
}
