//! Turns entries, and what was concluded from them, into occurrences of metrics. Only for metrics
//! that somebody asked for: the others cost one look into an empty list.

use fake_servers::{MailboxIx, ServerEvent};
use sync_engine::{Event, MailboxId, TrackedBy, Workload};

use super::expect::{Expecting, Occurrence};
use super::expectation::{Expectation, millis};
use super::fact::{Fact, Fate, Wrong};
use super::filter::Labels;
use super::findings::Judgement;
use super::metric::Metric;
use super::roster::{Lookout, Roster, mailbox_ix};
use crate::log::{Entry, HostIx, WatcherEvent, WorldEvent};
use crate::time::SimTime;

use Occurrence::{Down, Happened, Lasted, Up};

#[derive(Debug)]
pub(super) struct Metrics {
    expectations: Vec<Expecting>,
    /// By metric: who asked for it.
    asked: Vec<Vec<usize>>,
}

impl Metrics {
    pub(super) fn new(expectations: Vec<Expectation>) -> Self {
        let mut asked = vec![Vec::new(); Metric::ALL.len()];
        for (place, expectation) in expectations.iter().enumerate() {
            asked[expectation.metric as usize].push(place);
        }
        Self { expectations: expectations.into_iter().map(Expecting::new).collect(), asked }
    }

    pub(super) fn judge(&mut self, end: SimTime) -> Vec<Judgement> {
        self.expectations.iter_mut().map(|expecting| expecting.judge(end)).collect()
    }

    pub(super) fn see(&mut self, at: SimTime, entry: &Entry, facts: &[Fact], roster: &Roster) {
        if self.expectations.is_empty() {
            return;
        }
        let mut scene = Scene { at, roster, metrics: self };
        match entry {
            Entry::Engine { event } => scene.engine(event),
            Entry::Server { host, event } => scene.server(*host, event),
            Entry::World { event: WorldEvent::AsynchronousQueued { mailbox, waits, .. } } => {
                let labels = Labels { mailbox: Some(*mailbox), ..Labels::default() };
                scene.show(Metric::AsynchronousWait, Lasted(millis(*waits)), || labels);
            }
            Entry::World { event: WorldEvent::TakenBack { mailbox, .. } } => {
                scene.show_of(Metric::MailTakenBack, Happened(1), *mailbox, Workload::Outgoing);
            }
            Entry::World { event: WorldEvent::TrackingRefused { mailbox } } => {
                scene.show_of(Metric::TrackingRefused, Happened(1), *mailbox, Workload::Incoming);
            }
            Entry::Watcher { watcher, event, .. } => scene.watcher(roster.lookout(*watcher), event),
            Entry::World { .. } => {}
        }
        for fact in facts {
            scene.fact(fact);
        }
    }
}

/// One entry's moment.
struct Scene<'a> {
    at: SimTime,
    roster: &'a Roster,
    metrics: &'a mut Metrics,
}

impl Scene<'_> {
    fn show(&mut self, metric: Metric, occurrence: Occurrence, labels: impl FnOnce() -> Labels) {
        let asked = &self.metrics.asked[metric as usize];
        if asked.is_empty() {
            return;
        }
        let labels = labels();
        for place in asked {
            self.metrics.expectations[*place].see(self.at, &labels, occurrence, self.roster);
        }
    }

    fn show_of(
        &mut self,
        metric: Metric,
        occurrence: Occurrence,
        mailbox: MailboxIx,
        workload: Workload,
    ) {
        let roster = self.roster;
        self.show(metric, occurrence, || Labels::of(roster, mailbox, workload));
    }

    fn engine(&mut self, event: &Event) {
        use Workload::{Incoming, Outgoing};
        match event {
            Event::EmailStored { mailbox, .. } => {
                self.show_of(Metric::MailReceived, Happened(1), mailbox_ix(*mailbox), Incoming);
            }
            Event::EmailSent { mailbox, .. } => {
                self.show_of(Metric::MailSent, Happened(1), mailbox_ix(*mailbox), Outgoing);
            }
            Event::DeletedOnServer { mailbox, count, .. } => {
                let times = Happened(u64::from(*count));
                self.show_of(Metric::DeletedOnServer, times, mailbox_ix(*mailbox), Incoming);
            }
            Event::EmailTracked { mailbox, .. } => {
                self.show_of(Metric::TrackingBegan, Happened(1), mailbox_ix(*mailbox), Incoming);
            }
            Event::EmailUntracked { mailbox, .. } => {
                self.show_of(Metric::TrackingEnded, Happened(1), mailbox_ix(*mailbox), Incoming);
            }
            Event::CategoryMade { mailbox, .. } => {
                self.show_of(Metric::CategoryMade, Happened(1), mailbox_ix(*mailbox), Incoming);
            }
            Event::CategoryRemoved { mailbox, .. } => {
                self.show_of(Metric::CategoryRemoved, Happened(1), mailbox_ix(*mailbox), Incoming);
            }
            Event::SendOutcomeUnknown { mailbox, .. } => {
                self.show_of(Metric::OutcomeUnknown, Happened(1), mailbox_ix(*mailbox), Outgoing);
            }
            Event::ItemFailed { mailbox, .. } => {
                self.because(Metric::Retries, *mailbox, Incoming, event);
            }
            Event::SendDeferred { mailbox, .. } => {
                self.because(Metric::Retries, *mailbox, Outgoing, event);
            }
            Event::ItemSetAside { mailbox, .. } => {
                self.because(Metric::SetAside, *mailbox, Incoming, event);
            }
            Event::EmailFailed { mailbox, .. } => {
                self.because(Metric::EmailFailed, *mailbox, Outgoing, event);
            }
            Event::MailboxDisabled { mailbox, workload, .. } => {
                self.because(Metric::Disabled, *mailbox, *workload, event);
            }
            _ => {}
        }
    }

    fn watcher(&mut self, lookout: Lookout, event: &WatcherEvent) {
        let (metric, occurrence) = match event {
            WatcherEvent::Subscribed => (Metric::WatcherSubscribed, Happened(1)),
            WatcherEvent::Notified { .. } => (Metric::WatcherNotified, Happened(1)),
            WatcherEvent::CaughtUp { items } => {
                (Metric::WatcherCaughtUp, Happened(items.len() as u64))
            }
            WatcherEvent::Lost { .. } => (Metric::WatcherLost, Happened(1)),
            WatcherEvent::PutOff { pause, .. } => (Metric::WatcherPutOff, Lasted(millis(*pause))),
            WatcherEvent::Streaming | WatcherEvent::Left => return,
        };
        self.show(metric, occurrence, || Labels::beside(lookout));
    }

    fn server(&mut self, host: HostIx, event: &ServerEvent) {
        use Workload::{Incoming, Outgoing};
        let roster = self.roster;
        let of = |mailbox, workload| {
            move || Labels {
                mailbox: Some(mailbox),
                workload: Some(workload),
                host: Some(host),
                ..Labels::default()
            }
        };
        match event {
            ServerEvent::Refused { mailbox, refusal } => {
                let labels = || Labels {
                    mailbox: *mailbox,
                    workload: mailbox.and_then(|mailbox| roster.workload_at(mailbox, host)),
                    host: Some(host),
                    refusal: Some(*refusal),
                    ..Labels::default()
                };
                self.show(Metric::Refusals, Happened(1), labels);
            }
            ServerEvent::Delivered { mailbox, .. } => {
                self.show(Metric::MailDelivered, Happened(1), of(*mailbox, Incoming));
            }
            ServerEvent::MovedOut { mailbox, .. } => {
                self.show(Metric::MovedOut, Happened(1), of(*mailbox, Incoming));
            }
            ServerEvent::CopyKept { mailbox } => {
                self.show(Metric::KeptInSentItems, Happened(1), of(*mailbox, Outgoing));
            }
            ServerEvent::HeldBack { mailbox } => {
                self.show(Metric::BacklogOutbox, Up, of(*mailbox, Outgoing));
            }
            ServerEvent::Departed { mailbox } => {
                self.show(Metric::BacklogOutbox, Down, of(*mailbox, Outgoing));
            }
            _ => {}
        }
    }

    fn because(&mut self, metric: Metric, mailbox: MailboxId, workload: Workload, event: &Event) {
        let roster = self.roster;
        self.show(metric, Happened(1), || Labels {
            reason: super::sighting::reason_of(event),
            ..Labels::of(roster, mailbox_ix(mailbox), workload)
        });
    }

    fn fact(&mut self, fact: &Fact) {
        let roster = self.roster;
        match *fact {
            Fact::CycleStarted(start) => {
                let (mailbox, workload) = (start.mailbox, start.workload);
                if let Some(gap) = start.gap {
                    self.show_of(Metric::ScheduleGap, Lasted(gap), mailbox, workload);
                }
                for (metric, lasted) in [
                    (Metric::ScheduleLateness, start.lateness),
                    (Metric::WaitWorker, start.for_worker),
                    (Metric::WaitConnection, start.for_connection),
                ] {
                    self.show_of(metric, Lasted(lasted), mailbox, workload);
                }
            }
            Fact::CycleEnded { mailbox, workload, outcome, reason, lasted, postponed } => {
                let labels = || Labels {
                    outcome: Some(outcome),
                    reason,
                    ..Labels::of(roster, mailbox, workload)
                };
                self.show(Metric::Cycles, Happened(1), labels);
                if let Some(lasted) = lasted {
                    self.show(Metric::CycleDuration, Lasted(lasted), labels);
                }
                if let Some(postponed) = postponed {
                    self.show(Metric::BackOff, Lasted(postponed), labels);
                }
            }
            Fact::BackOff { mailbox, workload, host, lasts, reason } => {
                self.show(Metric::BackOff, Lasted(lasts), || Labels {
                    host: Some(host),
                    reason: Some(reason),
                    ..Labels::of(roster, mailbox, workload)
                });
            }
            Fact::Opened { mailbox, workload, host, .. } => {
                self.connection(
                    Up,
                    Labels {
                        mailbox: Some(mailbox),
                        workload,
                        host: Some(host),
                        ..Labels::default()
                    },
                );
            }
            Fact::Closed { mailbox, workload, host } => {
                self.connection(
                    Down,
                    Labels {
                        mailbox: Some(mailbox),
                        workload,
                        host: Some(host),
                        ..Labels::default()
                    },
                );
            }
            Fact::Waits { mailbox, workload } => {
                self.show_of(backlog(workload), Up, mailbox, workload);
            }
            Fact::WaitsNoMore { mailbox, workload } => {
                self.show_of(backlog(workload), Down, mailbox, workload);
            }
            Fact::Born { mailbox, workload } => {
                self.show_of(Metric::Pending, Up, mailbox, workload);
            }
            Fact::Settled(settled) => self.settled(settled),
            Fact::Wrong { mailbox, workload, wrong: Wrong::Duplicated, .. } => {
                self.show_of(Metric::Duplicated, Up, mailbox, workload);
            }
            Fact::Owed { lookout } => {
                self.show(Metric::WatcherPending, Up, || Labels::beside(lookout));
            }
            Fact::OwedNoMore { lookout } => {
                self.show(Metric::WatcherPending, Down, || Labels::beside(lookout));
            }
            Fact::Told { lookout, took } => {
                self.show(Metric::WatcherDelay, Lasted(took), || Labels::beside(lookout));
            }
            Fact::StreamOpened { mailbox, host, .. } => self.stream(Up, mailbox, host),
            Fact::StreamClosed { mailbox, host } => self.stream(Down, mailbox, host),
            Fact::Drafts { .. }
            | Fact::Mistracked { .. }
            | Fact::Linked { .. }
            | Fact::Rules { .. }
            | Fact::Tracked { .. }
            | Fact::TrackingOwed { .. }
            | Fact::Unwarranted { .. } => self.on_exchange(fact),
            Fact::Wrong { .. }
            | Fact::Missed { .. }
            | Fact::DraftsLeft { .. }
            | Fact::Early { .. } => {}
        }
    }

    fn on_exchange(&mut self, fact: &Fact) {
        match *fact {
            Fact::Drafts { mailbox, before, now } => {
                self.step(Metric::BacklogDrafts, (before, now), mailbox, Workload::Outgoing);
            }
            Fact::Rules { mailbox, before, now } => {
                self.step(Metric::TrackingRules, (before, now), mailbox, Workload::Incoming);
            }
            Fact::Linked { mailbox, regarding, is } => {
                let roster = self.roster;
                self.show(Metric::MailLinked, if is { Up } else { Down }, || Labels {
                    regarding: Some(regarding),
                    ..Labels::of(roster, mailbox, Workload::Incoming)
                });
            }
            Fact::Mistracked { mailbox } => {
                self.show_of(Metric::TrackingWrong, Happened(1), mailbox, Workload::Incoming);
            }
            Fact::Tracked { mailbox, by, is } => {
                self.tracking(Metric::MailTracked, mailbox, by, if is { Up } else { Down });
            }
            Fact::TrackingOwed { mailbox, by, is } => {
                self.tracking(Metric::TrackingOwed, mailbox, by, if is { Up } else { Down });
            }
            Fact::Unwarranted { mailbox } => {
                let incoming = Workload::Incoming;
                self.show_of(Metric::TrackingUnwarranted, Happened(1), mailbox, incoming);
            }
            _ => {}
        }
    }

    /// A level goes from one number to another.
    fn step(
        &mut self,
        metric: Metric,
        (before, now): (u32, u32),
        mailbox: MailboxIx,
        workload: Workload,
    ) {
        let way = if now > before { Up } else { Down };
        for _ in 0..now.abs_diff(before) {
            self.show_of(metric, way, mailbox, workload);
        }
    }

    fn tracking(&mut self, metric: Metric, mailbox: MailboxIx, by: TrackedBy, way: Occurrence) {
        let roster = self.roster;
        self.show(metric, way, || Labels {
            tracked_by: Some(by),
            ..Labels::of(roster, mailbox, Workload::Incoming)
        });
    }

    fn connection(&mut self, occurrence: Occurrence, labels: Labels) {
        self.show(Metric::ConnectionsOpen, occurrence, || labels);
    }

    fn stream(&mut self, occurrence: Occurrence, mailbox: MailboxIx, host: HostIx) {
        let (mailbox, host) = (Some(mailbox), Some(host));
        self.show(Metric::StreamsOpen, occurrence, || Labels {
            mailbox,
            host,
            ..Labels::default()
        });
    }

    fn settled(&mut self, settled: super::fact::Settled) {
        let (mailbox, workload) = (settled.mailbox, settled.workload);
        self.show_of(Metric::Pending, Down, mailbox, workload);
        match settled.fate {
            Fate::Lost => self.show_of(Metric::Lost, Up, mailbox, workload),
            Fate::Transferred => {
                let metric = match workload {
                    Workload::Outgoing => Metric::DelayOutgoing,
                    Workload::Incoming | Workload::Act => Metric::DelayIncoming,
                };
                self.show_of(metric, Lasted(settled.took), mailbox, workload);
            }
            Fate::There | Fate::Failed | Fate::SetAside | Fate::TakenAway => {}
        }
    }
}

const fn backlog(workload: Workload) -> Metric {
    match workload {
        Workload::Outgoing => Metric::BacklogPendingSend,
        Workload::Incoming | Workload::Act => Metric::BacklogOnServer,
    }
}
