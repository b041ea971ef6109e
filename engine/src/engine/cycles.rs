//! Cycles from their start to their conclusion. A cycle's task reports how it ended and nothing
//! else; the conclusion is drawn, committed and told here, one after the other.

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::opening::Opened;
use crate::millis::Millis;
use crate::schedule::interval::{Conclusion, Pace, conclude};
use crate::schedule::scheduler::{PutOff, Scheduler, Start, Waiting, WaitingFor};
use crate::schedule::{History, Standing};
use crate::store::alerts::{AlertScope, Severity, raise};
use crate::store::schedule::{Schedule, hold_back, save};
use crate::{
    BoxFuture, CycleContext, CycleError, CycleId, CycleReport, EngineConfig, ErrorClass, Event,
    MailboxId, Outcome, Protocol, Reason, Services, Store, StoreError, Workload, act, exchange,
    incoming, outgoing,
};

/// All cycles of a running engine.
pub(super) struct Cycles {
    /// What every cycle is given; each gets a copy with its own name in it.
    context: CycleContext,
    scheduler: Scheduler,
    histories: Vec<History>,
    started: u64,
    ended: u64,
    /// Bounded by the workers: each running cycle reports once.
    reports: UnboundedReceiver<Ended>,
    report_to: UnboundedSender<Ended>,
}

/// A cycle that has ended.
struct Ended {
    cycle: CycleId,
    start: Start,
    report: CycleReport,
}

impl Cycles {
    pub(super) fn new(
        config: Arc<EngineConfig>,
        store: Store,
        services: Services,
        opened: Opened,
    ) -> Self {
        let Opened { scheduler, histories } = opened;
        let (report_to, reports) = unbounded_channel();
        let context = CycleContext {
            config,
            store,
            services,
            cycle: CycleId(0),
            mailbox: MailboxId(0),
            workload: Workload::Incoming,
            pop3: Arc::default(),
            http: Arc::default(),
            holds: scheduler.holds(),
        };
        Self { context, scheduler, histories, started: 0, ended: 0, reports, report_to }
    }

    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.scheduler.next_wake()
    }

    /// Nothing runs any more: lets go of what cycles leave to each other.
    pub(super) fn release(&self) {
        self.context.http.close_all();
    }

    pub(super) fn any_running(&self) -> bool {
        self.ended < self.started
    }

    /// Starts what is due and finds a worker and a connection; tells who has to wait, and why.
    pub(super) fn start_due(&mut self, now: Timestamp) {
        self.scheduler.due(now);
        while let Some(start) = self.scheduler.next_start() {
            self.start(start);
        }
        while let Some(PutOff { mailbox, workload, server, hold }) = self.scheduler.next_put_off() {
            let (until, reason) = (hold.until.timestamp(), hold.reason);
            let event = Event::BackOffBegan { mailbox, workload, server, until, reason };
            self.context.services.observer.event(event);
        }
        while let Some(Waiting { mailbox, workload, on }) = self.scheduler.next_waiting() {
            self.context.services.observer.event(match on {
                WaitingFor::Worker => Event::WaitingForWorker { mailbox, workload },
                WaitingFor::Connection(server) => {
                    Event::WaitingForConnection { mailbox, workload, server }
                }
            });
        }
    }

    fn start(&mut self, start: Start) {
        self.started += 1;
        let cycle = CycleId(self.started);
        let Start { mailbox, workload, due, server } = start;
        self.context.services.observer.event(Event::CycleStarted { cycle, mailbox, workload, due });
        let ctx = CycleContext { cycle, mailbox, workload, ..self.context.clone() };
        let reporter = Reporter { to: self.report_to.clone(), of: Some((cycle, start)) };
        let exchange =
            server.filter(|server| self.context.config.server(*server).protocol == Protocol::Ews);
        let task: BoxFuture<'static, ()> = match (workload, exchange) {
            (Workload::Incoming, Some(server)) => {
                Box::pin(reporter.report(exchange::incoming::run(ctx, server)))
            }
            (Workload::Outgoing, Some(server)) => {
                Box::pin(reporter.report(exchange::outgoing::run(ctx, server)))
            }
            (Workload::Incoming, None) => Box::pin(reporter.report(incoming::run(ctx))),
            (Workload::Outgoing, None) => Box::pin(reporter.report(outgoing::run(ctx))),
            (Workload::Act, _) => Box::pin(reporter.report(act::run(ctx))),
        };
        self.context.services.spawner.spawn(task);
    }

    /// Waits for a cycle to end, and concludes all that have. May be dropped at any await.
    pub(super) async fn conclude_ended(&mut self) -> Result<(), StoreError> {
        let mut next = self.reports.recv().await;
        while let Some(ended) = next {
            self.ended += 1;
            self.conclude(ended)?;
            next = self.reports.try_recv().ok();
        }
        Ok(())
    }

    /// Computes the next run and commits it before anybody hears of it, so that whoever kills the
    /// process at an event finds the store in agreement with all events before it.
    fn conclude(&mut self, Ended { cycle, start, report }: Ended) -> Result<(), StoreError> {
        let Start { mailbox, workload, server, .. } = start;
        let now = self.context.services.clock.now();
        let history = &mut self.histories[mailbox.0 as usize * 3 + workload as usize];
        let pace = Pace::of(&self.context.config, mailbox, workload);
        let conclusion = conclude(&self.context.config.settings, pace, *history, &report, now);
        let Conclusion { outcome, standing, back_off_until, .. } = conclusion;
        *history = conclusion.history;
        // What the mailbox was told is kept in the row of each workload that it holds back, so that
        // the next process knows it.
        let held = server.and_then(|server| self.context.holds.at(mailbox, server, || now));
        let back_off_until = back_off_until.max(held.map(|hold| hold.until));
        let row = Schedule { mailbox, workload, standing, history: *history, back_off_until };
        let beside = self.beside(mailbox, workload);
        self.context.store.transaction(|tx| {
            save(tx, &row)?;
            let Some(error) = &report.error else { return Ok(()) };
            if let Some(hold) = held {
                beside
                    .into_iter()
                    .try_for_each(|other| hold_back(tx, mailbox, other, hold.until))?;
            }
            let scope = AlertScope::Mailbox(mailbox, workload);
            raise(tx, now, severity(outcome), scope, error.reason, &error.detail)
        })?;
        let next_run = match standing {
            Standing::Active { next_run } => Some(next_run),
            Standing::Disabled { .. } => None,
        };
        self.scheduler.finished(mailbox, workload, next_run);
        self.tell(cycle, start, &report, &conclusion);
        Ok(())
    }

    /// The other workload that talks to the same server, if one does.
    fn beside(&self, mailbox: MailboxId, workload: Workload) -> Option<Workload> {
        let mailbox = self.context.config.mailbox(mailbox);
        let other = match workload {
            Workload::Incoming => Workload::Outgoing,
            Workload::Outgoing => Workload::Incoming,
            Workload::Act => return None,
        };
        (mailbox.incoming.is_some() && mailbox.incoming == mailbox.outgoing).then_some(other)
    }

    fn tell(&self, cycle: CycleId, start: Start, report: &CycleReport, conclusion: &Conclusion) {
        let Start { mailbox, workload, server, .. } = start;
        let observer = &self.context.services.observer;
        let reason = report.error.as_ref().map(|error| error.reason);
        let asked = conclusion.back_off_until.map(Millis::timestamp).zip(reason);
        // A pause that is always asked for needs no refusal (LOGIN-DELAY, RFC 2449, 6.5).
        let announced = report.not_before.map(|moment| (moment, Reason::LoginDelay));
        if let (Some((until, reason)), Some(server)) = (asked.or(announced), server) {
            observer.event(Event::BackOffBegan { mailbox, workload, server, until, reason });
        }
        let next_run = match conclusion.standing {
            Standing::Active { next_run } => Some(next_run.timestamp()),
            Standing::Disabled { reason, .. } => {
                observer.event(Event::MailboxDisabled { mailbox, workload, reason });
                None
            }
        };
        observer.event(Event::CycleEnded {
            cycle,
            mailbox,
            workload,
            outcome: conclusion.outcome,
            reason,
            items: report.items,
            next_run,
        });
    }
}

/// How grave the end of a cycle by an error is (domain.md 1.5, "Alert severities").
fn severity(outcome: Outcome) -> Severity {
    match outcome {
        Outcome::Disabled => Severity::Error,
        Outcome::Postponed => Severity::Warning,
        Outcome::Throttled | Outcome::Completed => Severity::Information,
    }
}

/// Reports a cycle's end whatever happens to its task, so that its worker and its connection
/// cannot be lost.
struct Reporter {
    to: UnboundedSender<Ended>,
    of: Option<(CycleId, Start)>,
}

impl Reporter {
    async fn report(mut self, cycle: impl Future<Output = CycleReport>) {
        let report = cycle.await;
        self.send(report);
    }

    fn send(&mut self, report: CycleReport) {
        if let Some((cycle, start)) = self.of.take() {
            // The engine may have stopped in the meantime; then nobody needs to know.
            let _ = self.to.send(Ended { cycle, start, report });
        }
    }
}

impl Drop for Reporter {
    /// The task panicked or was dropped. Tried again, the mailbox would do the same to its worker
    /// every few minutes, so it rests until somebody has looked; the others go on.
    fn drop(&mut self) {
        if self.of.is_some() {
            let error = CycleError {
                class: ErrorClass::Permanent,
                reason: Reason::Internal,
                detail: "the cycle ended without a report, which is the engine's own fault".into(),
                back_off: None,
            };
            self.send(CycleReport { error: Some(error), ..CycleReport::default() });
        }
    }
}
