//! The customer's plug-ins and workflows, declared by how long they take: a synchronous one holds
//! its worker and its connection, an asynchronous one goes to its own queue.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fake_servers::MailboxIx;
use rand_pcg::Pcg64Mcg;
use sync_engine::{BoxFuture, CustomizationError, Customizations, MailboxId, Workload};
use tokio::time::Instant;

use crate::log::{Entry, WorldEvent};
use crate::run::stamp::Stamp;
use crate::scenario::{Customization, Throws};

/// All customizations of an organisation and the queue of the asynchronous ones.
pub(super) struct Registered {
    all: Vec<Customization>,
    state: Mutex<State>,
    stamp: Stamp,
}

struct State {
    random: Pcg64Mcg,
    runs: Vec<u64>,
    /// When each worker of the asynchronous queue is free again.
    free_at: Vec<Instant>,
}

impl Registered {
    /// `workers` is the capacity of the asynchronous queue; durations are drawn from `random`.
    #[must_use]
    pub(super) fn new(
        all: Vec<Customization>,
        workers: usize,
        random: Pcg64Mcg,
        stamp: Stamp,
    ) -> Self {
        let state = State {
            random,
            runs: vec![0; all.len()],
            free_at: vec![Instant::now(); workers.max(1)],
        };
        Self { all, state: Mutex::new(state), stamp }
    }

    fn matching(
        &self,
        mailbox: MailboxId,
        workload: Workload,
        synchronous: bool,
    ) -> impl Iterator<Item = (usize, &Customization)> {
        self.all.iter().enumerate().filter(move |(_, c)| {
            c.synchronous == synchronous
                && c.workload == workload
                && c.mailboxes.binary_search(&MailboxIx(mailbox.0)).is_ok()
        })
    }

    /// How long the next run of customization `index` takes, and whether it throws at its end.
    fn draw(&self, index: usize, customization: &Customization) -> (Duration, bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.runs[index] += 1;
        let throws = match customization.throws {
            Throws::Never => false,
            Throws::Always => true,
            Throws::EveryNth(n) => state.runs[index].is_multiple_of(n.max(1)),
        };
        let mended = customization.mended.is_some_and(|mended| self.stamp.now() >= mended);
        (customization.takes.draw(&mut state.random), throws && !mended)
    }
}

impl Customizations for Registered {
    fn has_synchronous(&self, mailbox: MailboxId, workload: Workload) -> bool {
        !self.all.is_empty() && self.matching(mailbox, workload, true).next().is_some()
    }

    fn run_synchronous(
        &self,
        mailbox: MailboxId,
        workload: Workload,
    ) -> BoxFuture<'_, Result<(), CustomizationError>> {
        Box::pin(async move {
            for (index, customization) in self.matching(mailbox, workload, true) {
                let (takes, throws) = self.draw(index, customization);
                tokio::time::sleep(takes).await;
                if throws {
                    return Err(CustomizationError { name: customization.name.clone() });
                }
            }
            Ok(())
        })
    }

    fn queue_asynchronous(&self, mailbox: MailboxId, workload: Workload) {
        for (index, customization) in self.matching(mailbox, workload, false) {
            let (takes, _) = self.draw(index, customization);
            let now = Instant::now();
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(first) = state.free_at.iter_mut().min() else {
                unreachable!("the queue has at least one worker")
            };
            let begins = (*first).max(now);
            *first = begins + takes;
            drop(state);
            self.stamp.record(&Entry::World {
                event: WorldEvent::AsynchronousQueued {
                    mailbox: MailboxIx(mailbox.0),
                    waits: begins - now,
                    takes,
                },
            });
        }
    }
}
