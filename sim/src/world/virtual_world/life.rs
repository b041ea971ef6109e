//! One life of a host's process: every task it has started, so that all of them can be killed at
//! once.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_engine::{BoxFuture, Spawner};
use tokio::task::AbortHandle;

/// The tasks of one life. Finished ones are forgotten, so its size follows the living. Cheap to
/// clone.
#[derive(Clone, Default)]
pub struct Life(Arc<Mutex<Tasks>>);

#[derive(Default)]
struct Tasks {
    killed: bool,
    living: usize,
    places: Vec<Option<AbortHandle>>,
    free: Vec<usize>,
}

impl Life {
    /// Starts a task. It must keep its ticket until its end, and is dropped at once after a kill.
    pub(super) fn run<F, T>(&self, make: F)
    where
        F: FnOnce(Ticket) -> T,
        T: Future<Output = ()> + Send + 'static,
    {
        let Some(ticket) = self.ticket() else { return };
        let place = ticket.place;
        let handle = tokio::spawn(make(ticket)).abort_handle();
        if let Some(kept) = self.lock().places.get_mut(place) {
            *kept = Some(handle);
        }
    }

    fn ticket(&self) -> Option<Ticket> {
        let mut tasks = self.lock();
        if tasks.killed {
            return None;
        }
        let place = tasks.free.pop().unwrap_or_else(|| {
            tasks.places.push(None);
            tasks.places.len() - 1
        });
        tasks.living += 1;
        Some(Ticket { life: self.clone(), place })
    }

    /// Kills every task. They are dropped by the runtime before time goes on: see
    /// [`Self::is_over`].
    pub fn kill(&self) {
        let mut tasks = self.lock();
        tasks.killed = true;
        let handles = std::mem::take(&mut tasks.places);
        drop(tasks);
        handles.into_iter().flatten().for_each(|task| task.abort());
    }

    /// Whether no task is left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.lock().living == 0
    }

    /// Waits until the killed tasks are dropped; takes no virtual time.
    pub async fn over(&self) {
        while !self.is_over() {
            tokio::task::yield_now().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spawner for Life {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.run(|ticket| async move {
            let _ticket = ticket;
            task.await;
        });
    }
}

/// Gives a task's place back when it ends, in whichever way.
pub(super) struct Ticket {
    life: Life,
    place: usize,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut tasks = self.life.lock();
        tasks.living -= 1;
        if !tasks.killed {
            let handle = tasks.places[self.place].take();
            tasks.free.push(self.place);
            drop(tasks);
            drop(handle);
        }
    }
}
