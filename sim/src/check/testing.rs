//! What the tests of the checks share: a small cast, short words for events, and a run that can be
//! told entry by entry.

use std::time::Duration;

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use jiff::Timestamp;
use sync_engine::{
    ContentHash, CycleId, EmailId, Event, MailboxId, MessageKey, Outcome, Priority, Reason,
    ServerId, Workload,
};

use super::charge::{Charge, Invariant, Stop};
use super::expectation::{Bound, Expectation, Period, Quantity, Statistic};
use super::filter::Filter;
use super::findings::Findings;
use super::jury::Jury;
use super::metric::Metric;
use super::roster::{Lookout, Member, Profile, Roster};
use crate::log::{Entry, Fold, HostIx, WatcherEvent, WatcherIx, Wish, WorldEvent};
use crate::time::SimTime;
use crate::world::Ending;

/// Calendar time at the start, in milliseconds.
const START: i64 = 1_772_409_600_000;

pub(super) const POP: HostIx = HostIx(0);
pub(super) const SMTP: HostIx = HostIx(1);

/// Three mailboxes in two groups, one server for each direction, two connections to each, two
/// workers in each queue.
pub(super) fn roster() -> Roster {
    let member = |name: &str, group| Member {
        name: name.into(),
        group,
        incoming: Some(POP),
        outgoing: Some(SMTP),
    };
    Roster {
        start: Timestamp::from_millisecond(START).unwrap(),
        mailboxes: vec![member("ann", 0), member("ben", 0), member("cleo", 1)],
        groups: vec!["clerks".into(), "bosses".into()],
        hosts: vec!["pop".into(), "smtp".into()],
        profiles: [POP, SMTP]
            .map(|host| Profile { host, connections: 2, can_look_up_sends: false })
            .into(),
        workers: [2; 3],
        watchers: vec![Lookout { kind: 0, mailbox: MailboxIx(0), host: POP }],
        streams: vec![Some(1), None],
        enabled_again: Vec::new(),
        regardings: vec!["one".into(), "two".into()],
    }
}

pub(super) fn charge() -> Charge {
    Charge {
        roster: roster(),
        always: Invariant::ALL.into(),
        sometimes: Vec::new(),
        expectations: Vec::new(),
        stop: Stop::At(SimTime(u64::MAX)),
        crashes: Vec::new(),
        tracking: false,
    }
}

pub(super) fn expect(
    metric: Metric,
    filter: Filter,
    period: Period,
    (statistic, min, max): (Statistic, Option<u64>, Option<u64>),
) -> Expectation {
    let unit = statistic.unit(metric.kind());
    let bound = |number: u64| Quantity::of(unit, number);
    let bounds = vec![Bound { statistic, min: min.map(bound), max: max.map(bound) }];
    Expectation::new("it", metric, filter, period, bounds).unwrap()
}

/// A run as it is told.
pub(super) struct Run {
    jury: Jury,
    now: u64,
    pub(super) wish: Wish,
}

impl Run {
    pub(super) fn new(charge: Charge) -> Self {
        Self { jury: Jury::new(charge), now: 0, wish: Wish::GoOn }
    }

    pub(super) fn at(&mut self, now: u64) -> &mut Self {
        assert!(now >= self.now, "time goes on");
        self.now = now;
        self
    }

    fn see(&mut self, entry: &Entry) -> &mut Self {
        self.wish = self.jury.see(SimTime(self.now), entry);
        self
    }

    pub(super) fn engine(&mut self, event: Event) -> &mut Self {
        self.see(&Entry::Engine { event })
    }

    pub(super) fn server(&mut self, host: HostIx, event: ServerEvent) -> &mut Self {
        self.see(&Entry::Server { host, event })
    }

    pub(super) fn world(&mut self, event: WorldEvent) -> &mut Self {
        self.see(&Entry::World { event })
    }

    /// Ann's other client reports.
    pub(super) fn watcher(&mut self, event: WatcherEvent) -> &mut Self {
        self.see(&Entry::Watcher { watcher: WatcherIx(0), mailbox: MailboxIx(0), event })
    }

    pub(super) fn findings(&self) -> Findings {
        self.jury.finish(SimTime(self.now), Ending::Stopped)
    }

    pub(super) fn stuck(&self) -> Findings {
        self.jury.finish(SimTime(self.now), Ending::Deadline)
    }

    pub(super) fn stop_at(&self) -> Option<SimTime> {
        self.jury.stop_at()
    }

    /// Which invariants were broken, and how.
    pub(super) fn breaches(&self) -> Vec<(Invariant, String)> {
        let breaches = self.findings().breaches;
        breaches.into_iter().map(|breach| (breach.invariant, breach.what)).collect()
    }
}

fn calendar(ms: u64) -> Timestamp {
    Timestamp::from_millisecond(START + i64::try_from(ms).unwrap()).unwrap()
}

pub(super) fn started(cycle: u64, mailbox: u32, workload: Workload, due: u64) -> Event {
    let (cycle, mailbox) = (CycleId(cycle), MailboxId(mailbox));
    Event::CycleStarted { cycle, mailbox, workload, due: calendar(due) }
}

pub(super) fn ended(cycle: u64, mailbox: u32, workload: Workload, next_run: u64) -> Event {
    ended_with(cycle, mailbox, workload, next_run, Outcome::Completed)
}

pub(super) fn ended_with(
    cycle: u64,
    mailbox: u32,
    workload: Workload,
    next_run: u64,
    outcome: Outcome,
) -> Event {
    Event::CycleEnded {
        cycle: CycleId(cycle),
        mailbox: MailboxId(mailbox),
        workload,
        outcome,
        reason: (outcome != Outcome::Completed).then_some(Reason::RequestTimeout),
        items: 0,
        next_run: Some(calendar(next_run)),
    }
}

pub(super) fn disabled(mailbox: u32, workload: Workload) -> Event {
    let (mailbox, reason) = (MailboxId(mailbox), Reason::CredentialsRejected);
    Event::MailboxDisabled { mailbox, workload, reason }
}

pub(super) fn opened(cycle: u64, mailbox: u32, server: u16) -> Event {
    let (cycle, mailbox) = (CycleId(cycle), MailboxId(mailbox));
    Event::ConnectionOpened { cycle, mailbox, server: ServerId(server) }
}

pub(super) fn closed(cycle: u64, mailbox: u32, server: u16) -> Event {
    let (cycle, mailbox) = (CycleId(cycle), MailboxId(mailbox));
    Event::ConnectionClosed { cycle, mailbox, server: ServerId(server) }
}

pub(super) fn back_off(mailbox: u32, workload: Workload, until: u64) -> Event {
    Event::BackOffBegan {
        mailbox: MailboxId(mailbox),
        workload,
        server: ServerId(0),
        until: calendar(until),
        reason: Reason::LoginDelay,
    }
}

pub(super) fn delivered(item: u64, mailbox: u32) -> ServerEvent {
    ServerEvent::Delivered { item: ItemId(item), mailbox: MailboxIx(mailbox), bytes: 1000 }
}

pub(super) fn served(item: u64, mailbox: u32, content: u64) -> ServerEvent {
    ServerEvent::Served { item: ItemId(item), mailbox: MailboxIx(mailbox), content }
}

pub(super) fn deleted(item: u64, mailbox: u32) -> ServerEvent {
    ServerEvent::Deleted { item: ItemId(item), mailbox: MailboxIx(mailbox) }
}

pub(super) fn taken_away(item: u64, mailbox: u32) -> ServerEvent {
    ServerEvent::TakenAway { item: ItemId(item), mailbox: MailboxIx(mailbox) }
}

pub(super) fn stored(mailbox: u32, content: u64) -> Event {
    Event::EmailStored {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(1),
        content: ContentHash(content),
        bytes: 1000,
    }
}

pub(super) fn already_stored(mailbox: u32, content: u64) -> Event {
    Event::EmailAlreadyStored {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(1),
        content: ContentHash(content),
    }
}

pub(super) fn item_failed(mailbox: u32, content: Option<u64>) -> Event {
    Event::ItemFailed {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        content: content.map(ContentHash),
        attempt: 1,
        reason: Reason::Unparsable,
    }
}

pub(super) fn set_aside(mailbox: u32, content: Option<u64>) -> Event {
    Event::ItemSetAside {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        content: content.map(ContentHash),
        reason: Reason::Unparsable,
    }
}

/// An email whose message is `100 + email` and whose content is `200 + email`, to two recipients.
pub(super) fn queued(email: u64, mailbox: u32, priority: Priority) -> Event {
    Event::EmailQueued {
        email: EmailId(email.cast_signed()),
        mailbox: MailboxId(mailbox),
        message: MessageKey(100 + email),
        content: ContentHash(200 + email),
        priority,
        recipients: 2,
    }
}

pub(super) fn submitted(email: u64, mailbox: u32) -> WorldEvent {
    WorldEvent::Submitted {
        item: ItemId(1000 + email),
        mailbox: MailboxIx(mailbox),
        email: EmailId(email.cast_signed()),
    }
}

pub(super) fn send_started(email: u64, mailbox: u32, attempt: u32) -> Event {
    Event::SendStarted {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        attempt,
    }
}

pub(super) fn accepted(email: u64, mailbox: u32, recipients: &[u64]) -> ServerEvent {
    ServerEvent::Accepted {
        mailbox: MailboxIx(mailbox),
        message: 100 + email,
        content: 200 + email,
        recipients: recipients.into(),
    }
}

pub(super) fn sent(email: u64, mailbox: u32) -> Event {
    Event::EmailSent {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        message: MessageKey(100 + email),
        recipients: 2,
    }
}

pub(super) fn deferred(email: u64, mailbox: u32, until: u64) -> Event {
    Event::SendDeferred {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        until: calendar(until),
        reason: Reason::Greylisted,
    }
}

pub(super) fn unknown(email: u64, mailbox: u32) -> Event {
    Event::SendOutcomeUnknown {
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        message: MessageKey(100 + email),
    }
}

pub(super) fn failed(email: u64, mailbox: u32) -> Event {
    Event::EmailFailed {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        message: MessageKey(100 + email),
        reason: Reason::AttemptsExhausted,
    }
}

pub(super) fn refused(email: u64, mailbox: u32) -> Event {
    Event::RecipientRefused {
        cycle: CycleId(1),
        mailbox: MailboxId(mailbox),
        email: EmailId(email.cast_signed()),
        reason: Reason::RecipientRefused,
    }
}

pub(super) fn held(mailbox: u32, ms: u64) -> ServerEvent {
    ServerEvent::Held { mailbox: Some(MailboxIx(mailbox)), held: Duration::from_millis(ms) }
}
