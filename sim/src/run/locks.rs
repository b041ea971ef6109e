//! The other client: somebody's phone that holds a maildrop's lock for a while, so that the engine
//! meets `[IN-USE]`.

use std::sync::Arc;

use fake_servers::MailboxIx;
use fake_servers::pop3::Pop3Server;

use crate::log::HostIx;
use crate::scenario::{Scenario, Strike};
use crate::time::SimTime;
use crate::world::Load;

/// Takes and gives back maildrop locks at the times a scenario says.
pub(super) struct Locks {
    /// In order of time, the last first.
    upcoming: Vec<Turn>,
}

struct Turn {
    at: SimTime,
    server: Arc<Pop3Server>,
    mailboxes: Vec<MailboxIx>,
    hold: bool,
}

impl Locks {
    /// All locks of a scenario. `server` finds the machine behind a host.
    #[must_use]
    pub(super) fn new(
        scenario: &Scenario,
        server: impl Fn(HostIx) -> Option<Arc<Pop3Server>>,
    ) -> Self {
        let mut upcoming = Vec::new();
        for fault in &scenario.faults {
            let Strike::Lock { server: host, mailboxes } = &fault.strike else { continue };
            let Some(server) = server(*host) else { continue };
            let period = scenario.windows[usize::from(fault.window.0)].period;
            let turn = |at, hold| Turn {
                at,
                server: Arc::clone(&server),
                mailboxes: mailboxes.clone(),
                hold,
            };
            upcoming.push(turn(period.from, true));
            upcoming.extend(period.until.map(|until| turn(until, false)));
        }
        upcoming.sort_by_key(|turn| std::cmp::Reverse((turn.at, turn.hold)));
        Self { upcoming }
    }
}

impl Load for Locks {
    fn next(&self) -> Option<SimTime> {
        self.upcoming.last().map(|turn| turn.at)
    }

    fn act(&mut self, now: SimTime) {
        while let Some(turn) = self.upcoming.pop_if(|turn| turn.at <= now) {
            for &mailbox in &turn.mailboxes {
                if turn.hold {
                    turn.server.hold_lock(mailbox);
                } else {
                    turn.server.release_lock(mailbox);
                }
            }
        }
    }
}

/// Two loads as one: whichever comes first acts first, the first of the two at equal times.
pub(super) struct Both<A, B>(pub(super) A, pub(super) B);

impl<A: Load, B: Load> Load for Both<A, B> {
    fn next(&self) -> Option<SimTime> {
        [self.0.next(), self.1.next()].into_iter().flatten().min()
    }

    fn act(&mut self, now: SimTime) {
        self.0.act(now);
        self.1.act(now);
    }
}
