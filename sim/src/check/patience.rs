//! Holds the engine to the pauses that servers ask for, by the servers' own word: what the engine
//! says of a pause may be wrong. A pause is about the mailbox (domain.md 4.2), so it holds for all
//! its workloads on that server, from the moment the engine must know of it. What was on its way by
//! then is excused: a cycle has one request under way at a time.

use std::collections::BTreeMap;

use fake_servers::{MailboxIx, ServerEvent};
use sync_engine::{CycleId, Event, Reason, Workload};
use xxhash_rust::xxh3::xxh3_64;

use super::fact::{Early, Fact};
use super::lanes::Lanes;
use super::roster::{Roster, mailbox_ix};
use crate::log::{Entry, HostIx, WorldEvent};
use crate::time::SimTime;

/// A mailbox on a server.
type Place = (MailboxIx, HostIx);

/// A pause that a server asked for, and that the engine need not know of yet.
#[derive(Debug)]
struct Asked {
    until: SimTime,
    /// The cycles that were at work there and have not ended since: one of them was told.
    told: Vec<CycleId>,
}

/// A pause that the engine knows of.
#[derive(Debug, Clone, Copy)]
struct Known {
    until: SimTime,
    /// Requests that may have been on their way when it got to know, and have not come yet.
    under_way: usize,
}

/// The pauses that the engine was asked for.
#[derive(Debug)]
pub(super) struct Patience {
    /// What the engine calls itself.
    engine: u64,
    asked: BTreeMap<Place, Vec<Asked>>,
    known: BTreeMap<Place, Known>,
}

impl Default for Patience {
    fn default() -> Self {
        let engine = xxh3_64(sync_engine::USER_AGENT.as_bytes());
        Self { engine, asked: BTreeMap::new(), known: BTreeMap::new() }
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
        let at_work = |(mailbox, host): Place| lanes.at_work(mailbox, host, roster);
        match entry {
            Entry::Server { host, event: ServerEvent::PauseAsked { mailbox, client, pause } }
                if *client == self.engine =>
            {
                let place = (*mailbox, *host);
                let told: Vec<_> = at_work(place).map(|(_, cycle)| cycle).collect();
                if !told.is_empty() {
                    let asked = Asked { until: at.plus(*pause), told };
                    self.asked.entry(place).or_default().push(asked);
                }
            }
            Entry::Server { host, event: ServerEvent::Early { mailbox, client, .. } }
                if *client == self.engine =>
            {
                let place = (*mailbox, *host);
                facts.extend(self.request(at, place, at_work(place).map(|(workload, _)| workload)));
            }
            Entry::Engine { event } => self.see_engine(at, event, roster, at_work, facts),
            // Whoever died before it had read the answer knows nothing of it.
            Entry::World { event: WorldEvent::EngineCrashed } => self.asked.clear(),
            _ => {}
        }
    }

    fn see_engine<I: Iterator<Item = (Workload, CycleId)>>(
        &mut self,
        at: SimTime,
        event: &Event,
        roster: &Roster,
        at_work: impl Fn(Place) -> I,
        facts: &mut Vec<Fact>,
    ) {
        match *event {
            Event::CycleStarted { mailbox, workload, .. } if !self.known.is_empty() => {
                let mailbox = mailbox_ix(mailbox);
                let host = roster.host_of(mailbox, workload);
                facts.extend(host.and_then(|host| self.cycle(at, (mailbox, host), workload)));
            }
            // It says itself that it knows of a pause as long as this.
            Event::BackOffBegan { mailbox, workload, server, until, .. } => {
                let place = (mailbox_ix(mailbox), roster.profile(server).host);
                let until = roster.sim_time(until);
                let others = at_work(place).filter(|(other, _)| *other != workload).count();
                self.conclude(place, others, |asked| Some(asked.until <= until));
            }
            Event::CycleEnded { cycle, mailbox, workload, reason, .. }
                if !self.asked.is_empty() =>
            {
                let mailbox = mailbox_ix(mailbox);
                let Some(host) = roster.host_of(mailbox, workload) else { return };
                let place = (mailbox, host);
                // The answer that asked may have been lost on its way.
                let lost = matches!(reason, Some(Reason::ConnectionLost | Reason::RequestTimeout));
                self.conclude(place, at_work(place).count(), |asked| {
                    let before = asked.told.len();
                    asked.told.retain(|told| *told != cycle);
                    let was_told = asked.told.len() < before;
                    (!(was_told && lost)).then_some(was_told && asked.told.is_empty())
                });
            }
            _ => {}
        }
    }

    /// Decides what becomes of each pause that was asked for: the engine knows of it, or not yet,
    /// or (none) nobody will ever know whether it does.
    fn conclude(
        &mut self,
        place: Place,
        under_way: usize,
        mut knows: impl FnMut(&mut Asked) -> Option<bool>,
    ) {
        let Some(all) = self.asked.get_mut(&place) else { return };
        let mut longest = None;
        all.retain_mut(|asked| match knows(asked) {
            Some(false) => true,
            Some(true) => {
                longest = longest.max(Some(asked.until));
                false
            }
            None => false,
        });
        if all.is_empty() {
            self.asked.remove(&place);
        }
        if let Some(until) = longest
            && self.known.get(&place).is_none_or(|before| before.until < until)
        {
            self.known.insert(place, Known { until, under_way });
        }
    }

    /// A request of the engine came before the server's time.
    fn request(
        &mut self,
        at: SimTime,
        place: Place,
        mut at_work: impl Iterator<Item = Workload>,
    ) -> Option<Fact> {
        let known = self.known.get_mut(&place).filter(|known| at < known.until)?;
        // What nobody is at work for any more was sent by somebody who has ended since.
        let first = at_work.next()?;
        let workload = at_work.next().is_none().then_some(first);
        if known.under_way > 0 {
            known.under_way -= 1;
            return None;
        }
        let (mailbox, host) = place;
        Some(Fact::Early { mailbox, workload, host, until: known.until, by: Early::Request })
    }

    fn cycle(&mut self, at: SimTime, place: Place, workload: Workload) -> Option<Fact> {
        let until = self.known.get(&place)?.until;
        if at >= until {
            self.known.remove(&place);
            return None;
        }
        let (mailbox, host) = place;
        let by = Early::Cycle;
        Some(Fact::Early { mailbox, workload: Some(workload), host, until, by })
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

    /// Everything goes over one server, and a pause of a minute is asked for in cycle 1.
    fn told() -> Run {
        let mut charge = charge();
        for member in &mut charge.roster.mailboxes {
            member.outgoing = Some(POP);
        }
        let mut run = Run::new(charge);
        run.engine(started(1, 0, Incoming, 0)).server(POP, asked("sync-engine"));
        run
    }

    /// Cycle 1 ends in this way at once, and half a minute later the engine does what is given.
    fn then(outcome: Outcome, again: impl FnOnce(&mut Run)) -> Vec<(Invariant, String)> {
        let mut run = told();
        run.engine(ended_with(1, 0, Incoming, 30_000, outcome)).at(30_000);
        again(&mut run);
        run.breaches()
    }

    fn breach(what: &str) -> [(Invariant, String); 1] {
        let what = format!("{what} 30s before the pause was over that the server had asked for");
        [(Invariant::NeverBeforeBackOff, what)]
    }

    #[test]
    fn a_cycle_before_the_servers_own_time_is_early_whatever_the_engine_says_and_does_in_it() {
        for workload in [Incoming, Outgoing] {
            let breaches = then(Outcome::Completed, |run| {
                run.engine(started(2, 0, workload, 30_000));
            });
            assert_eq!(breaches, breach(&format!("{}: a cycle started", workload.name())));
        }
        let punctual = then(Outcome::Completed, |run| {
            run.at(60_000).engine(started(2, 0, Outgoing, 30_000));
        });
        assert_eq!(punctual, []);
    }

    #[test]
    fn another_mailbox_another_server_and_another_client_were_not_asked() {
        let breaches = then(Outcome::Completed, |run| {
            run.engine(started(2, 1, Incoming, 0)).engine(started(3, 2, Outgoing, 0));
            run.server(POP, early("Outlook"));
        });
        assert_eq!(breaches, []);
        let mut run = Run::new(charge());
        run.engine(started(1, 0, Incoming, 0)).server(POP, asked("sync-engine"));
        run.engine(ended(1, 0, Incoming, 60_000)).engine(started(2, 0, Outgoing, 0));
        assert_eq!(run.breaches(), []);
    }

    #[test]
    fn a_cycle_under_way_may_have_one_request_on_its_way_and_asks_nothing_more() {
        let mut run = told();
        run.engine(started(2, 0, Outgoing, 0)).at(10);
        run.server(POP, early("sync-engine")).server(POP, early("sync-engine"));
        assert_eq!(run.breaches(), [], "the engine cannot know yet");
        run.at(30_000).engine(ended(1, 0, Incoming, 60_000));
        run.server(POP, early("sync-engine"));
        assert_eq!(run.breaches(), []);
        run.server(POP, early("sync-engine"));
        assert_eq!(run.breaches(), breach("outgoing: a request came"));
    }

    #[test]
    fn of_two_at_work_the_one_that_says_so_was_told() {
        let both = |says: &dyn Fn(&mut Run)| {
            let mut charge = charge();
            charge.roster.mailboxes[0].outgoing = Some(POP);
            let mut run = Run::new(charge);
            run.engine(started(1, 0, Incoming, 0)).engine(started(2, 0, Outgoing, 0));
            run.server(POP, asked("sync-engine")).at(30_000);
            says(&mut run);
            run.server(POP, early("sync-engine")).server(POP, early("sync-engine"));
            run.breaches()
        };
        let breaches = both(&|run| {
            run.engine(back_off(0, Incoming, 60_000)).engine(ended(1, 0, Incoming, 60_000));
        });
        assert_eq!(breaches, breach("outgoing: a request came"));
        // Of a shorter pause it says nothing of this one, and the other may have been told.
        let breaches = both(&|run| {
            run.engine(back_off(0, Incoming, 59_999)).engine(ended(1, 0, Incoming, 60_000));
        });
        assert_eq!(breaches, []);
        // When both have ended, one of them was.
        let breaches = both(&|run| {
            run.engine(ended(1, 0, Incoming, 60_000)).engine(ended(2, 0, Outgoing, 30_000));
            run.engine(started(3, 0, Outgoing, 30_000));
        });
        assert_eq!(breaches, breach("outgoing: a cycle started"));
    }

    #[test]
    fn an_answer_that_was_lost_asks_for_nothing() {
        let lost = then(Outcome::Postponed, |run| {
            run.engine(started(2, 0, Incoming, 30_000)).server(POP, early("sync-engine"));
        });
        assert_eq!(lost, [], "the cycle ended with a time-out");
        let mut run = told();
        run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
        run.engine(started(1, 0, Incoming, 0)).server(POP, early("sync-engine"));
        assert_eq!(run.breaches(), []);
    }

    #[test]
    fn a_pause_that_is_known_outlives_the_process() {
        let breaches = then(Outcome::Completed, |run| {
            run.world(WorldEvent::EngineCrashed).world(WorldEvent::EngineStarted);
            run.engine(started(1, 0, Outgoing, 30_000));
        });
        assert_eq!(breaches, breach("outgoing: a cycle started"));
    }
}
