//! One life of a host's process: every task it has started, so that all of them can be killed at
//! once.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_engine::{BoxFuture, Spawner};
use tokio::task::AbortHandle;

/// The tasks of one life. Finished ones are forgotten, so its size follows the living. Cheap to
/// clone.
#[derive(Clone, Default)]
pub(super) struct Life(Arc<Mutex<Tasks>>);

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
    pub(super) fn kill(&self) {
        let mut tasks = self.lock();
        tasks.killed = true;
        let handles = std::mem::take(&mut tasks.places);
        drop(tasks);
        handles.into_iter().flatten().for_each(|task| task.abort());
    }

    /// Whether no task is left.
    pub(super) fn is_over(&self) -> bool {
        self.lock().living == 0
    }

    /// Waits until the killed tasks are dropped; takes no virtual time.
    pub(super) async fn over(&self) {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn places(life: &Life) -> usize {
        life.lock().places.len()
    }

    #[tokio::test(start_paused = true)]
    async fn finished_tasks_leave_no_trace() {
        let life = Life::default();
        for _ in 0..1_000 {
            life.spawn(Box::pin(tokio::time::sleep(Duration::from_millis(5))));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(places(&life) < 10, "{}", places(&life));
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(life.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn a_kill_drops_every_task_before_time_goes_on() {
        let life = Life::default();
        let held = Arc::new(());
        for _ in 0..200 {
            let held = Arc::clone(&held);
            life.spawn(Box::pin(async move {
                std::future::pending::<()>().await;
                drop(held);
            }));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        let before = tokio::time::Instant::now();
        life.kill();
        life.over().await;
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(tokio::time::Instant::now(), before);
        let late = Arc::clone(&held);
        life.spawn(Box::pin(async move { drop(late) }));
        assert_eq!(Arc::strong_count(&held), 1, "a dead process starts nothing");
    }
}
