//! Holds the engine to the pauses that servers ask for, by the servers' own word: what the engine
//! says of a pause may be wrong. A server knows a mailbox and not what its request is for, so a
//! pause is laid at a workload's door only when no other workload of the mailbox was at work there.

use std::collections::BTreeMap;

use fake_servers::{MailboxIx, ServerEvent};
use sync_engine::{CycleId, Event, Reason, Workload};
use xxhash_rust::xxh3::xxh3_64;

use super::fact::Fact;
use super::lanes::Lanes;
use super::roster::{Roster, mailbox_ix, place};
use crate::log::{Entry, HostIx, WorldEvent};
use crate::time::SimTime;

/// A pause that a server asked the engine for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    until: SimTime,
    /// In this cycle.
    cycle: CycleId,
    /// The cycle has ended, and with an answer: the engine knows of it.
    known: bool,
}

/// The pauses that the engine was asked for.
#[derive(Debug)]
pub(super) struct Patience {
    /// What the engine calls itself.
    engine: u64,
    asked: BTreeMap<(MailboxIx, usize), Asked>,
}

impl Default for Patience {
    fn default() -> Self {
        let engine = xxh3_64(sync_engine::USER_AGENT.as_bytes());
        Self { engine, asked: BTreeMap::new() }
    }
}

impl Patience {
    /// Takes an entry into account that the lanes have already seen.
    pub(super) fn see(
        &mut self,
        at: SimTime,
        entry: &Entry,
        roster: &Roster,
        lanes: &Lanes,
        facts: &mut Vec<Fact>,
    ) {
        match entry {
            Entry::Server { host, event: ServerEvent::PauseAsked { mailbox, client, pause } }
                if *client == self.engine =>
            {
                if let Some((workload, cycle)) = lanes.only_one_at(*mailbox, *host, roster) {
                    self.ask((*mailbox, place(workload)), at.plus(*pause), cycle);
                }
            }
            Entry::Server { host, event: ServerEvent::Early { mailbox, client, .. } }
                if *client == self.engine =>
            {
                if let Some((workload, _)) = lanes.only_one_at(*mailbox, *host, roster) {
                    facts.extend(self.early(at, *mailbox, workload, *host));
                }
            }
            Entry::Engine { event: Event::CycleEnded { cycle, mailbox, workload, reason, .. } } => {
                self.end((mailbox_ix(*mailbox), place(*workload)), *cycle, *reason);
            }
            // Whoever died before it had read the answer knows nothing of it.
            Entry::World { event: WorldEvent::EngineCrashed } => {
                self.asked.retain(|_, asked| asked.known);
            }
            _ => {}
        }
    }

    fn ask(&mut self, lane: (MailboxIx, usize), until: SimTime, cycle: CycleId) {
        let asked = self.asked.entry(lane).or_insert(Asked { until, cycle, known: false });
        if until >= asked.until {
            *asked = Asked { until, cycle, known: false };
        }
    }

    fn early(
        &self,
        at: SimTime,
        mailbox: MailboxIx,
        workload: Workload,
        host: HostIx,
    ) -> Option<Fact> {
        let asked = self.asked.get(&(mailbox, place(workload)))?;
        let until = asked.until;
        (at < until).then_some(Fact::Early { mailbox, workload, host, until })
    }

    /// The answer that asked may have been lost on its way.
    fn end(&mut self, lane: (MailboxIx, usize), cycle: CycleId, reason: Option<Reason>) {
        let Some(asked) = self.asked.get_mut(&lane).filter(|asked| asked.cycle == cycle) else {
            return;
        };
        asked.known = true;
        if matches!(reason, Some(Reason::ConnectionLost | Reason::RequestTimeout)) {
            self.asked.remove(&lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sync_engine::Outcome;
    use sync_engine::Workload::{Incoming, Outgoing};

    use super::*;
    use crate::check::charge::Invariant;
    use crate::check::testing::*;

    const MAILBOX: MailboxIx = MailboxIx(0);

    fn client(name: &str) -> u64 {
        xxh3_64(name.as_bytes())
    }

    fn asked(name: &str) -> ServerEvent {
        let pause = Duration::from_mins(1);
        ServerEvent::PauseAsked { mailbox: MAILBOX, client: client(name), pause }
    }

    fn early(name: &str) -> ServerEvent {
        let by = Duration::from_secs(30);
        ServerEvent::Early { mailbox: MAILBOX, client: client(name), by }
    }

    /// A pause of a minute is asked for; half a minute later, the engine does what is given.
    fn then(outcome: Outcome, again: impl FnOnce(&mut Run)) -> Vec<(Invariant, String)> {
        let mut run = Run::new(charge());
        run.engine(started(1, 0, Incoming, 0)).server(POP, asked("sync-engine"));
        run.engine(ended_with(1, 0, Incoming, 30_000, outcome)).at(30_000);
        again(&mut run);
        run.breaches()
    }

    #[test]
    fn a_request_before_the_servers_own_time_is_early_whatever_the_engine_says() {
        let breaches = then(Outcome::Completed, |run| {
            run.engine(started(2, 0, Incoming, 30_000)).server(POP, early("sync-engine"));
        });
        insta::assert_debug_snapshot!(breaches, @r#"
        [
            (
                NeverBeforeBackOff,
                "incoming: a request came 30s before the pause was over that the server had asked for",
            ),
        ]
        "#);
    }

    #[test]
    fn neither_another_workload_nor_another_client_was_asked() {
        let other = then(Outcome::Completed, |run| {
            run.engine(started(2, 0, Outgoing, 30_000)).server(POP, early("sync-engine"));
        });
        assert_eq!(other, []);
        let stranger = then(Outcome::Completed, |run| {
            run.engine(started(2, 0, Incoming, 30_000)).server(POP, early("Outlook"));
        });
        assert_eq!(stranger, []);
    }

    #[test]
    fn an_answer_that_was_lost_asks_for_nothing() {
        let lost = then(Outcome::Postponed, |run| {
            run.engine(started(2, 0, Incoming, 30_000)).server(POP, early("sync-engine"));
        });
        assert_eq!(lost, [], "the cycle ended with a time-out");
        let mut run = Run::new(charge());
        run.engine(started(1, 0, Incoming, 0)).server(POP, asked("sync-engine"));
        run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
        run.engine(started(1, 0, Incoming, 0)).server(POP, early("sync-engine"));
        assert_eq!(run.breaches(), []);
    }
}
