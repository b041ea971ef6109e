//! Appointments, contacts and tasks as declared activity. Email protocols carry none, so until an
//! Exchange profile brings real ones, a scenario says how often something changes and how long an
//! exchange takes; the schedule, the queue and the workers around it are the engine's own.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::Rng;
use rand_pcg::Pcg64Mcg;
use sync_engine::{ActResult, ActSource, BoxFuture, CycleError, MailboxId};

use crate::run::stamp::Stamp;
use crate::time::SimTime;

/// The declared activity of one mailbox.
#[derive(Debug, Clone)]
pub struct Activity {
    /// The mean time between two changes; `None` when nothing ever changes.
    pub mean_gap: Option<Duration>,
    /// How long one cycle's exchange takes.
    pub takes: Duration,
    /// Where the changes' times are drawn from.
    pub random: Pcg64Mcg,
}

/// The declared activity of all mailboxes that have any.
pub struct Declared {
    /// By mailbox; `None` where the workload is off.
    mailboxes: Mutex<Vec<Option<Pending>>>,
    stamp: Stamp,
}

struct Pending {
    activity: Activity,
    /// When the next change happens; drawn when the one before has happened.
    next_change: Option<SimTime>,
}

impl Declared {
    /// One place per mailbox, in the order of the population.
    #[must_use]
    pub fn new(mailboxes: Vec<Option<Activity>>, stamp: Stamp) -> Self {
        let mailboxes = mailboxes
            .into_iter()
            .map(|activity| {
                activity.map(|mut activity| Pending {
                    next_change: activity.draw_after(SimTime::ZERO),
                    activity,
                })
            })
            .collect();
        Self { mailboxes: Mutex::new(mailboxes), stamp }
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
            pending.next_change = pending.activity.draw_after(at);
        }
        (items, pending.activity.takes)
    }
}

impl Activity {
    fn draw_after(&mut self, at: SimTime) -> Option<SimTime> {
        let gap = self.mean_gap?;
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
