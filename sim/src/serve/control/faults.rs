//! Calls about faults: which there are, starting one now, stopping one before its time.

use std::sync::{MutexGuard, PoisonError};

use fake_servers::{Fault as Armed, MailboxIx, Matcher};
use hyper::StatusCode;
use serde_json::Value;
use tokio::task::AbortHandle;

use super::answer::{Answer, Refusal};
use super::deck::Deck;
use super::model::{FaultState, Faults, Phase};
use crate::log::HostIx;
use crate::scenario::{Fault, Period, Scenario, Strike, read_fault};
use crate::time::SimTime;
use crate::world::{Change, Cue};

/// Faults remembered at most; more are refused until some are over.
const MOST: usize = 4_096;

/// All faults, in the order in which they came to be known.
#[derive(Debug, Default)]
pub(in crate::serve) struct FaultBook(Vec<Known>);

#[derive(Debug)]
struct Known {
    name: String,
    on: String,
    period: Period,
    how: How,
    stopped: bool,
}

/// What a fault consists in, and so how it is ended.
#[derive(Debug)]
enum How {
    /// A place in the plan of a server.
    Plan(HostIx, u16),
    /// The task that holds maildrops' locks, where it is ours; a scenario's own is not.
    Lock(HostIx, Vec<MailboxIx>, Option<AbortHandle>),
    /// Changes that undo it.
    World(Vec<Change>),
    /// The engine's, which does not run.
    Engine,
}

impl Known {
    fn phase(&self, now: SimTime) -> Phase {
        match (&self.how, self.stopped) {
            (How::Engine, _) => Phase::Never,
            (_, true) => Phase::Stopped,
            _ if now < self.period.from => Phase::Waiting,
            _ if self.period.until.is_some_and(|until| until <= now) => Phase::Over,
            _ => Phase::Open,
        }
    }

    fn is_alive(&self, now: SimTime) -> bool {
        matches!(self.phase(now), Phase::Open | Phase::Waiting)
    }
}

impl FaultBook {
    /// The faults of a scenario.
    pub(in crate::serve) fn new(scenario: &Scenario) -> Self {
        let mut places = vec![0_u16; scenario.servers.len()];
        let known = |fault: &Fault| {
            let how = match &fault.strike {
                Strike::Requests { server, .. } => {
                    let place = &mut places[usize::from(server.0)];
                    *place += 1;
                    How::Plan(*server, *place - 1)
                }
                Strike::Lock { server, mailboxes } => How::Lock(*server, mailboxes.clone(), None),
                other => in_world(other).map_or(How::Engine, |(_, end)| How::World(end)),
            };
            let period = scenario.windows[usize::from(fault.window.0)].period;
            let (name, on) = (fault.name.clone(), on(scenario, &fault.strike));
            Known { name, on, period, how, stopped: false }
        };
        Self(scenario.faults.iter().map(known).collect())
    }
}

/// Where a fault strikes, in a word.
fn on(scenario: &Scenario, strike: &Strike) -> String {
    let server = |host: &HostIx| scenario.servers[usize::from(host.0)].name.clone();
    match strike {
        Strike::Requests { server: host, .. }
        | Strike::Lock { server: host, .. }
        | Strike::CrashServer { server: host, .. } => server(host),
        Strike::Partition { servers, .. } | Strike::Hold { servers } => match servers.as_slice() {
            [host] => server(host),
            _ => "engine".to_owned(),
        },
        Strike::CrashEngine { .. } | Strike::CrashSweep { .. } => "engine".to_owned(),
    }
}

/// The changes that begin and end a strike on the network or on a server's process.
fn in_world(strike: &Strike) -> Option<(Vec<Change>, Vec<Change>)> {
    let each = |servers: &[HostIx], change: &dyn Fn(HostIx) -> Change| {
        servers.iter().map(|host| change(*host)).collect::<Vec<_>>()
    };
    match strike {
        Strike::Partition { servers, only } => {
            let begin = |host| match only {
                Some(way) => Change::PartitionOneWay(host, *way),
                None => Change::Partition(host),
            };
            Some((each(servers, &begin), each(servers, &Change::Repair)))
        }
        Strike::Hold { servers } => {
            Some((each(servers, &Change::Hold), each(servers, &Change::Release)))
        }
        Strike::CrashServer { server, .. } => {
            Some((vec![Change::CrashServer(*server)], vec![Change::StartServer(*server)]))
        }
        _ => None,
    }
}

impl Deck {
    pub(super) fn list_faults(&self) -> Answer {
        let faults = self.book().0.iter().map(|known| self.show(known)).collect();
        Answer::ok(&Faults { faults })
    }

    pub(super) fn start_fault(&self, fault: &Value) -> Result<Answer, Refusal> {
        let now = self.now();
        let (fault, period) = read_fault(&self.scenario, fault, now)?;
        let mut book = self.book();
        if book.0.iter().any(|known| known.name == fault.name && known.is_alive(now)) {
            let error = format!("there is a fault {} already", fault.name);
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        if book.0.len() >= MOST {
            self.forget_the_dead(&mut book, now);
        }
        if book.0.len() >= MOST {
            return Err(Refusal::new(StatusCode::CONFLICT, "there are too many faults already"));
        }
        let how = self.begin(&fault, period)?;
        book.0.retain(|known| known.name != fault.name);
        let (name, on) = (fault.name, on(&self.scenario, &fault.strike));
        let known = Known { name, on, period, how, stopped: false };
        let shown = self.show(&known);
        book.0.push(known);
        Ok(Answer::with(StatusCode::CREATED, &shown))
    }

    pub(super) fn stop_fault(&self, name: &str) -> Result<Answer, Refusal> {
        let now = self.now();
        let mut book = self.book();
        let fitting = book.0.iter_mut().find(|known| known.name == name);
        let known =
            fitting.ok_or_else(|| Refusal::not_found(format!("no fault is called {name}")))?;
        let conflict = |error: &str| Err(Refusal::new(StatusCode::CONFLICT, error));
        match known.phase(now) {
            Phase::Over | Phase::Stopped | Phase::Never => return conflict("it is over"),
            Phase::Waiting if !matches!(known.how, How::Plan(..)) => {
                return conflict("it has not begun");
            }
            Phase::Waiting | Phase::Open => {}
        }
        self.end(&known.how)?;
        known.stopped = true;
        Ok(Answer::Done)
    }

    fn show(&self, known: &Known) -> FaultState {
        FaultState {
            name: known.name.clone(),
            on: known.on.clone(),
            phase: known.phase(self.now()),
            from_ms: known.period.from.0,
            until_ms: known.period.until.map(|until| until.0),
            struck: self.record.ledger().struck(&known.name),
        }
    }

    fn begin(&self, fault: &Fault, period: Period) -> Result<How, Refusal> {
        match &fault.strike {
            Strike::Requests { server, operations, mailboxes, which, effect } => {
                let armed = Armed {
                    name: fault.name.clone(),
                    matcher: Matcher {
                        operations: operations.clone(),
                        mailboxes: mailboxes.clone(),
                        from: Some(self.calendar(period.from)),
                        until: period.until.map(|until| self.calendar(until)),
                        which: *which,
                    },
                    effect: effect.clone(),
                };
                let place = self.servers.change_faults(*server, |plan| plan.add(armed)).flatten();
                let Some(place) = place else {
                    let error = "the server has too many faults already";
                    return Err(Refusal::new(StatusCode::CONFLICT, error));
                };
                self.record.names.name_fault(*server, place, &fault.name);
                Ok(How::Plan(*server, place))
            }
            Strike::Lock { server, mailboxes } => Ok(self.lock(*server, mailboxes, period)),
            other => {
                let Some((begin, end)) = in_world(other) else {
                    let error = "the engine does not run here; only its links can have faults";
                    return Err(Refusal::bad(error));
                };
                self.order(period.from, begin)?;
                if let Some(until) = period.until {
                    self.order(until, end.clone())?;
                }
                Ok(How::World(end))
            }
        }
    }

    /// Holds maildrops' locks from and until the moments of a period.
    fn lock(&self, host: HostIx, mailboxes: &[MailboxIx], period: Period) -> How {
        let Some(server) = self.servers.pop3(host) else {
            unreachable!("the scenario layer lets only POP3 servers be locked")
        };
        let now = self.now();
        let wait = self.clock.timer(period.from.since(now));
        let keep = period.until.map(|until| self.clock.timer(until.since(period.from)));
        let locked = mailboxes.to_vec();
        let task = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            for mailbox in &locked {
                server.hold_lock(*mailbox);
            }
            let Some(keep) = keep else { return };
            tokio::time::sleep(keep).await;
            for mailbox in &locked {
                server.release_lock(*mailbox);
            }
        });
        How::Lock(host, mailboxes.to_vec(), Some(task.abort_handle()))
    }

    fn end(&self, how: &How) -> Result<(), Refusal> {
        match how {
            How::Plan(host, place) => {
                self.servers.change_faults(*host, |plan| plan.remove(*place));
            }
            How::Lock(host, mailboxes, task) => {
                if let Some(task) = task {
                    task.abort();
                }
                if let Some(server) = self.servers.pop3(*host) {
                    for mailbox in mailboxes {
                        server.release_lock(*mailbox);
                    }
                }
            }
            How::World(end) => self.order(self.now(), end.clone())?,
            How::Engine => {}
        }
        Ok(())
    }

    fn order(&self, at: SimTime, changes: Vec<Change>) -> Result<(), Refusal> {
        let mut cues = changes.into_iter().map(|change| Cue { at, change });
        cues.try_for_each(|cue| self.orders.try_send(cue)).map_err(|_| {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many orders at once; try again")
        })
    }

    fn forget_the_dead(&self, book: &mut FaultBook, now: SimTime) {
        book.0.retain(|known| {
            let alive = known.is_alive(now);
            if !alive && let How::Plan(host, place) = known.how {
                self.servers.change_faults(host, |plan| plan.remove(place));
            }
            alive
        });
    }

    fn book(&self) -> MutexGuard<'_, FaultBook> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
