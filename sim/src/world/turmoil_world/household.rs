//! The tasks of one process on a turmoil host. A runtime that is dropped drops its tasks in an order
//! that follows from their numbers, which are counted over the whole program; what connections say
//! when they go would then differ from run to run. So the first task of a dying process takes all
//! others with it, in the order in which they began.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use sync_engine::BoxFuture;
use tokio::runtime::Handle;

/// The living tasks of a host's process, by number. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Household(Arc<Mutex<Tasks>>);

#[derive(Default)]
struct Tasks {
    last: u64,
    living: BTreeMap<u64, Option<BoxFuture<'static, ()>>>,
}

impl Household {
    /// Starts a task on the host of the caller.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Without a runtime the host is just being torn down, and so is its task.
        let Ok(host) = Handle::try_current() else { return };
        let number = {
            let mut tasks = self.lock();
            tasks.last += 1;
            let number = tasks.last;
            tasks.living.insert(number, Some(Box::pin(task)));
            number
        };
        host.spawn(Member { household: self.clone(), number });
    }

    /// Drops all tasks in their order. One of them may start another; that is dropped as well.
    fn end(&self) {
        loop {
            let Some((_, task)) = self.lock().living.pop_first() else { return };
            drop(task);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the runtime holds of a task.
struct Member {
    household: Household,
    number: u64,
}

impl Future for Member {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let task = self.household.lock().living.get_mut(&self.number).and_then(Option::take);
        let Some(mut task) = task else { return Poll::Ready(()) };
        if task.as_mut().poll(cx).is_ready() {
            self.household.lock().living.remove(&self.number);
            return Poll::Ready(());
        }
        if let Some(place) = self.household.lock().living.get_mut(&self.number) {
            *place = Some(task);
        }
        Poll::Pending
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Nobody ends a single task: one that is dropped while it lives dies with its process.
        let lives = self.household.lock().living.contains_key(&self.number);
        if lives {
            self.household.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Last(u32, Arc<Mutex<Vec<u32>>>);

    impl Drop for Last {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    #[test]
    fn a_process_dies_in_the_order_in_which_its_tasks_began() {
        for shift in 0..8 {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (household, ends) = (Household::default(), Arc::default());
            runtime.block_on(async {
                for _ in 0..shift {
                    tokio::spawn(async {}).await.unwrap();
                }
                for n in 0..10 {
                    let last = Last(n, Arc::clone(&ends));
                    household.spawn(async move {
                        if n % 5 != 0 {
                            std::future::pending::<()>().await;
                        }
                        drop(last);
                    });
                }
                tokio::task::yield_now().await;
            });
            assert_eq!(*ends.lock().unwrap(), [0, 5], "these were over");
            drop(runtime);
            assert_eq!(*ends.lock().unwrap(), [0, 5, 1, 2, 3, 4, 6, 7, 8, 9]);
        }
    }
}
