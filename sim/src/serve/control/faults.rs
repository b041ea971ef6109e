//! Calls about faults: which there are, starting one now, stopping one before its time.

use std::sync::{MutexGuard, PoisonError};

use fake_servers::{Fault as Armed, Matcher};
use hyper::StatusCode;
use serde_json::Value;

use super::answer::{Answer, Refusal};
use super::deck::Deck;
use super::model::{FaultState, Faults, Phase};
use crate::log::HostIx;
use crate::scenario::{Fault, Period, Scenario, Strike, read_fault};
use crate::serve::act::{Act, ActNo, Order};
use crate::serve::left_out::is_engines;
use crate::time::SimTime;

/// Faults remembered at most; more are refused until some are over.
const MOST: usize = 4_096;
/// Why the engine's process cannot be struck: somebody else's client is in its place, and that is
/// no process of ours.
const NO_ENGINE: &str = "the engine does not run here; only its links can have faults";

/// All faults, in the order in which they came to be known.
#[derive(Debug)]
pub(in crate::serve) struct FaultBook {
    known: Vec<Known>,
    /// The act that comes next.
    next: u64,
}

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
    /// An act, and for what strikes requests a place in the plan of a server.
    Here(ActNo, Option<(HostIx, u16)>),
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
    /// The faults of a scenario, whose acts have the numbers of their places; `acts` is how many
    /// acts there are in all.
    pub(in crate::serve) fn new(scenario: &Scenario, acts: usize) -> Self {
        let mut places = vec![0_u16; scenario.servers.len()];
        let known = |(no, fault): (u64, &Fault)| {
            let place = if let Strike::Requests { server, .. } = &fault.strike {
                let next = &mut places[usize::from(server.0)];
                *next += 1;
                Some((*server, *next - 1))
            } else {
                None
            };
            let how = match &fault.strike {
                strike if is_engines(strike) => How::Engine,
                _ => How::Here(ActNo(no), place),
            };
            let period = scenario.windows[usize::from(fault.window.0)].period;
            let (name, on) = (fault.name.clone(), on(scenario, &fault.strike));
            Known { name, on, period, how, stopped: false }
        };
        Self { known: (0..).zip(&scenario.faults).map(known).collect(), next: acts as u64 }
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

impl Deck {
    pub(super) fn list_faults(&self) -> Answer {
        let faults = self.book().known.iter().map(|known| self.show(known)).collect();
        Answer::ok(&Faults { faults })
    }

    pub(super) fn start_fault(&self, fault: &Value) -> Result<Answer, Refusal> {
        let now = self.now();
        let (fault, period) = read_fault(&self.scenario, fault, now)?;
        let mut book = self.book();
        if book.known.iter().any(|known| known.name == fault.name && known.is_alive(now)) {
            let error = format!("there is a fault {} already", fault.name);
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        if book.known.len() >= MOST {
            self.forget_the_dead(&mut book, now);
        }
        if book.known.len() >= MOST {
            return Err(Refusal::new(StatusCode::CONFLICT, "there are too many faults already"));
        }
        let no = ActNo(book.next);
        let how = self.begin(no, &fault, period)?;
        book.next += 1;
        book.known.retain(|known| known.name != fault.name);
        let (name, on) = (fault.name, on(&self.scenario, &fault.strike));
        let known = Known { name, on, period, how, stopped: false };
        let shown = self.show(&known);
        book.known.push(known);
        Ok(Answer::with(StatusCode::CREATED, &shown))
    }

    pub(super) fn stop_fault(&self, name: &str) -> Result<Answer, Refusal> {
        let now = self.now();
        let mut book = self.book();
        let fitting = book.known.iter_mut().find(|known| known.name == name);
        let known =
            fitting.ok_or_else(|| Refusal::not_found(format!("no fault is called {name}")))?;
        let conflict = |error: &str| Err(Refusal::new(StatusCode::CONFLICT, error));
        match (known.phase(now), &known.how) {
            (Phase::Waiting | Phase::Open, How::Here(no, place)) => {
                self.order(Order::Stop(*no))?;
                if let Some((host, place)) = place {
                    self.servers.change_faults(*host, |plan| plan.remove(*place));
                }
            }
            (_, How::Engine) => return conflict(NO_ENGINE),
            _ => return conflict("it is over"),
        }
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

    fn begin(&self, no: ActNo, fault: &Fault, period: Period) -> Result<How, Refusal> {
        if is_engines(&fault.strike) {
            return Err(Refusal::bad(NO_ENGINE));
        }
        let Strike::Requests { server, operations, mailboxes, which, effect } = &fault.strike
        else {
            self.order(Order::Add(no, Act::of(&fault.strike, period, &self.servers)))?;
            return Ok(How::Here(no, None));
        };
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
        Ok(How::Here(no, Some((*server, place))))
    }

    fn order(&self, order: Order) -> Result<(), Refusal> {
        self.orders.try_send(order).map_err(|_| {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many orders at once; try again")
        })
    }

    fn forget_the_dead(&self, book: &mut FaultBook, now: SimTime) {
        book.known.retain(|known| {
            let alive = known.is_alive(now);
            if !alive && let How::Here(_, Some((host, place))) = known.how {
                self.servers.change_faults(host, |plan| plan.remove(place));
            }
            alive
        });
    }

    fn book(&self) -> MutexGuard<'_, FaultBook> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
