//! Appointments, contacts and tasks as declared activity. Email protocols carry none, so until an
//! Exchange profile brings real ones, a scenario says how often something changes and how long an
//! exchange takes; the schedule, the queue and the workers around it are the engine's own.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::Rng;
use rand_pcg::Pcg64Mcg;
use sync_engine::{ActResult, ActSource, BoxFuture, CycleError, MailboxId};

use crate::random::stream;
use crate::run::stamp::Stamp;
use crate::scenario::{Activity, Mailbox};
use crate::time::SimTime;

/// The declared activity of all mailboxes that have any.
pub(super) struct Declared {
    /// By mailbox; `None` where the workload is off.
    mailboxes: Mutex<Vec<Option<Pending>>>,
    stamp: Stamp,
}

struct Pending {
    activity: Activity,
    /// Where the changes' times are drawn from.
    random: Pcg64Mcg,
    /// When the next change happens; drawn when the one before has happened.
    next_change: Option<SimTime>,
}

impl Declared {
    /// The activity of this population; each mailbox's from a stream of its own.
    #[must_use]
    pub(super) fn new(mailboxes: &[Mailbox], seed: u64, stamp: Stamp) -> Self {
        let pending = |mailbox: &Mailbox| {
            let activity = mailbox.act?;
            let random = stream(seed, &format!("act/{}", mailbox.name));
            let mut pending = Pending { activity, random, next_change: None };
            pending.next_change = pending.draw_after(SimTime::ZERO);
            Some(pending)
        };
        Self { mailboxes: Mutex::new(mailboxes.iter().map(pending).collect()), stamp }
    }

    /// Takes the changes up to now, and says how long their exchange lasts.
    fn take(&self, mailbox: MailboxId) -> (u32, Duration) {
        let now = self.stamp.now();
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Some(pending)) = mailboxes.get_mut(mailbox.0 as usize) else {
            return (0, Duration::ZERO);
        };
        let mut items = 0;
        while let Some(at) = pending.next_change.filter(|at| *at <= now) {
            items += 1;
            pending.next_change = pending.draw_after(at);
        }
        (items, pending.activity.takes)
    }
}

impl Pending {
    fn draw_after(&mut self, at: SimTime) -> Option<SimTime> {
        let gap = self.activity.mean_gap?;
        let exponential: f64 = -(1.0 - self.random.random::<f64>()).ln();
        Some(at.plus(gap.mul_f64(exponential).max(Duration::from_millis(1))))
    }
}

impl ActSource for Declared {
    fn synchronise(&self, mailbox: MailboxId) -> BoxFuture<'_, Result<ActResult, CycleError>> {
        Box::pin(async move {
            let (items, takes) = self.take(mailbox);
            tokio::time::sleep(takes).await;
            Ok(ActResult { items })
        })
    }
}
