//! A lane is one workload of one mailbox: the thing that is scheduled, put off, and run once at a
//! time. Its state is kept in one place, because most entries of a quiet run touch a lane and
//! nothing else, and every further place would be a further miss of the processor's cache.

use fake_servers::{MailboxIx, ServerEvent};
use jiff::Timestamp;
use sync_engine::{CycleId, Event, MailboxId, Outcome, Reason, ServerId, Workload};

use super::expectation::millis;
use super::fact::{CycleStart, Fact};
use super::ledger::{Phase, PhaseClock, Split};
use super::roster::{Roster, mailbox_ix, place};
use crate::log::{Entry, HostIx, WorldEvent};
use crate::time::SimTime;

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    clock: PhaseClock,
    running: Option<Running>,
    ended: Option<SimTime>,
    /// When the last cycle to end said it would be due again.
    next_run: SimTime,
    /// When the last back-off ends.
    back_off: SimTime,
    /// Since when it rests until its mailbox is enabled again.
    disabled: Option<SimTime>,
    /// What the clock had counted of the two waits when the last cycle started.
    waited: (u64, u64),
}

#[derive(Debug, Clone, Copy)]
struct Running {
    cycle: CycleId,
    started: SimTime,
}

/// A connection of the engine that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    cycle: CycleId,
    mailbox: MailboxIx,
    workload: Option<Workload>,
    server: ServerId,
}

/// All lanes of a run, and what they share: workers and connections.
#[derive(Debug)]
pub(super) struct Lanes {
    /// Three to a mailbox, in the order of [`Workload::ALL`].
    all: Vec<[Lane; 3]>,
    running: [u32; 3],
    /// Cycles that ended, by workload.
    pub(super) cycles: [u64; 3],
    connections: Vec<Open>,
    by_profile: Vec<u32>,
}

impl Lanes {
    pub(super) fn new(roster: &Roster) -> Self {
        Self {
            all: vec![Default::default(); roster.mailboxes.len()],
            running: [0; 3],
            cycles: [0; 3],
            connections: Vec::new(),
            by_profile: vec![0; roster.profiles.len()],
        }
    }

    /// What the time of a lane was spent on, up to now.
    pub(super) fn read(&self, at: SimTime, mailbox: MailboxIx, workload: Workload) -> Split {
        self.all[mailbox.0 as usize][place(workload)].clock.read(at)
    }

    /// The workloads of a mailbox that are at work at a host, and their cycles.
    pub(super) fn at_work(
        &self,
        mailbox: MailboxIx,
        host: HostIx,
        roster: &Roster,
    ) -> impl Iterator<Item = (Workload, CycleId)> {
        let lanes = &self.all[mailbox.0 as usize];
        let at_work = move |workload: Workload| {
            let run = lanes[place(workload)].running?;
            (roster.host_of(mailbox, workload) == Some(host)).then_some((workload, run.cycle))
        };
        Workload::ALL.into_iter().filter_map(at_work)
    }

    fn lane(&mut self, mailbox: MailboxId, workload: Workload) -> &mut Lane {
        &mut self.all[mailbox.0 as usize][place(workload)]
    }

    pub(super) fn see(
        &mut self,
        at: SimTime,
        entry: &Entry,
        roster: &Roster,
        facts: &mut Vec<Fact>,
    ) {
        match entry {
            Entry::Engine { event } => self.see_engine(at, event, roster, facts),
            Entry::Server { host, event: ServerEvent::Held { mailbox: Some(mailbox), held } } => {
                if let Some(workload) = roster.workload_at(*mailbox, *host) {
                    let lane = &mut self.all[mailbox.0 as usize][place(workload)];
                    if lane.running.is_some() {
                        lane.clock.hold(at, *held);
                    }
                }
            }
            Entry::Server { .. } | Entry::Watcher { .. } => {}
            Entry::World { event } => self.see_world(at, event, roster, facts),
        }
    }

    fn see_engine(&mut self, at: SimTime, event: &Event, roster: &Roster, facts: &mut Vec<Fact>) {
        match *event {
            Event::CycleStarted { cycle, mailbox, workload, due } => {
                let due = roster.sim_time(due);
                facts.push(self.start(at, cycle, mailbox, workload, due));
            }
            Event::CycleEnded { mailbox, workload, outcome, reason, next_run, .. } => {
                let next_run = next_run.map_or(at, |next| roster.sim_time(next));
                facts.push(self.end(at, (mailbox, workload), (outcome, reason), next_run));
            }
            Event::WaitingForWorker { mailbox, workload } => {
                self.lane(mailbox, workload).clock.enter(at, Phase::WorkerWait);
            }
            Event::WaitingForConnection { mailbox, workload, .. } => {
                self.lane(mailbox, workload).clock.enter(at, Phase::ConnectionWait);
            }
            Event::ConnectionOpened { cycle, mailbox, server } => {
                facts.push(self.open(cycle, mailbox_ix(mailbox), server, roster));
            }
            Event::ConnectionClosed { cycle, mailbox, server } => {
                facts.extend(self.close(cycle, mailbox_ix(mailbox), server, roster));
            }
            Event::BackOffBegan { mailbox, workload, server, until, reason } => {
                let lane = (mailbox, workload);
                facts.push(self.back_off(at, lane, until, (server, reason), roster));
            }
            Event::MailboxDisabled { mailbox, workload, .. } => {
                self.lane(mailbox, workload).disabled = Some(at);
            }
            Event::CustomizationStarted { mailbox, workload } => {
                self.lane(mailbox, workload).clock.enter(at, Phase::Customization);
            }
            Event::CustomizationEnded { mailbox, workload, .. } => {
                self.lane(mailbox, workload).clock.enter(at, Phase::Link);
            }
            Event::CostSpent { mailbox, workload, cost } => {
                self.lane(mailbox, workload).clock.charge(at, cost);
            }
            _ => {}
        }
    }

    fn see_world(
        &mut self,
        at: SimTime,
        event: &WorldEvent,
        roster: &Roster,
        facts: &mut Vec<Fact>,
    ) {
        match *event {
            WorldEvent::EngineCrashed => self.crash(at, roster, facts),
            WorldEvent::EngineStarted => {
                for lane in self.all.iter_mut().flatten() {
                    if lane.clock.phase() == Phase::Down {
                        lane.clock.enter(at, Phase::Schedule);
                    }
                }
                for mailbox in &roster.enabled_again {
                    for lane in &mut self.all[mailbox.0 as usize] {
                        lane.disabled = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn start(
        &mut self,
        at: SimTime,
        cycle: CycleId,
        mailbox: MailboxId,
        workload: Workload,
        due: SimTime,
    ) -> Fact {
        let running = &mut self.running[place(workload)];
        *running += 1;
        let running = *running;
        let lane = self.lane(mailbox, workload);
        lane.clock.enter(at, Phase::Link);
        let spent = lane.clock.read(at);
        let waited = (spent[Phase::WorkerWait], spent[Phase::ConnectionWait]);
        let before = std::mem::replace(&mut lane.waited, waited);
        let due = due.max(lane.next_run);
        Fact::CycleStarted(CycleStart {
            mailbox: mailbox_ix(mailbox),
            workload,
            cycle,
            due,
            gap: lane.ended.map(|ended| at.0.saturating_sub(ended.0)),
            lateness: at.0.saturating_sub(due.0),
            for_worker: waited.0 - before.0,
            for_connection: waited.1 - before.1,
            back_off: lane.back_off,
            disabled: lane.disabled,
            beside: lane.running.replace(Running { cycle, started: at }).map(|run| run.cycle),
            running,
        })
    }

    fn end(
        &mut self,
        at: SimTime,
        (mailbox, workload): (MailboxId, Workload),
        (outcome, reason): (Outcome, Option<Reason>),
        next_run: SimTime,
    ) -> Fact {
        self.cycles[place(workload)] += 1;
        let lane = self.lane(mailbox, workload);
        let put_off = matches!(outcome, Outcome::Throttled | Outcome::Postponed);
        let in_back_off = lane.back_off > at;
        let phase = if put_off || in_back_off { Phase::BackOff } else { Phase::Schedule };
        lane.clock.enter(at, phase);
        lane.ended = Some(at);
        lane.next_run = next_run;
        let run = lane.running.take();
        if run.is_some() {
            let running = &mut self.running[place(workload)];
            *running = running.saturating_sub(1);
        }
        Fact::CycleEnded {
            mailbox: mailbox_ix(mailbox),
            workload,
            outcome,
            reason,
            lasted: run.map(|run| at.0.saturating_sub(run.started.0)),
            postponed: (put_off && !in_back_off).then(|| next_run.0.saturating_sub(at.0)),
        }
    }

    fn back_off(
        &mut self,
        at: SimTime,
        (mailbox, workload): (MailboxId, Workload),
        until: Timestamp,
        (server, reason): (ServerId, Reason),
        roster: &Roster,
    ) -> Fact {
        let until = roster.sim_time(until);
        let lane = self.lane(mailbox, workload);
        // Each pause that was asked for holds, the shorter one behind the longer too.
        lane.back_off = lane.back_off.max(until);
        if lane.running.is_none() {
            lane.clock.enter(at, Phase::BackOff);
        }
        Fact::BackOff {
            mailbox: mailbox_ix(mailbox),
            workload,
            host: roster.profile(server).host,
            lasts: millis(until.since(at)),
            reason,
        }
    }

    fn open(
        &mut self,
        cycle: CycleId,
        mailbox: MailboxIx,
        server: ServerId,
        roster: &Roster,
    ) -> Fact {
        let lanes = &self.all[mailbox.0 as usize];
        let runs = |workload: &Workload| {
            lanes[place(*workload)].running.is_some_and(|run| run.cycle == cycle)
        };
        let workload = Workload::ALL.into_iter().find(runs);
        let back_off = workload.map_or(SimTime::ZERO, |workload| lanes[place(workload)].back_off);
        self.connections.push(Open { cycle, mailbox, workload, server });
        let open = &mut self.by_profile[usize::from(server.0)];
        *open += 1;
        let profile = roster.profile(server);
        Fact::Opened {
            mailbox,
            workload,
            host: profile.host,
            open: *open,
            limit: profile.connections,
            back_off,
        }
    }

    /// None when no such connection was open: then there is nothing to count.
    fn close(
        &mut self,
        cycle: CycleId,
        mailbox: MailboxIx,
        server: ServerId,
        roster: &Roster,
    ) -> Option<Fact> {
        let is_it =
            |open: &Open| (open.cycle, open.mailbox, open.server) == (cycle, mailbox, server);
        let found = self.connections.iter().rposition(is_it)?;
        let closed = self.connections.swap_remove(found);
        self.by_profile[usize::from(server.0)] -= 1;
        Some(closed.closed(roster))
    }

    /// The process is gone, and with it its cycles and connections. What it was told stays in
    /// force: it commits before it tells.
    fn crash(&mut self, at: SimTime, roster: &Roster, facts: &mut Vec<Fact>) {
        facts.extend(self.connections.drain(..).map(|open| open.closed(roster)));
        self.by_profile.fill(0);
        self.running = [0; 3];
        for lane in self.all.iter_mut().flatten() {
            lane.running = None;
            lane.clock.enter(at, Phase::Down);
        }
    }
}

impl Open {
    fn closed(self, roster: &Roster) -> Fact {
        Fact::Closed {
            mailbox: self.mailbox,
            workload: self.workload,
            host: roster.profile(self.server).host,
        }
    }
}
