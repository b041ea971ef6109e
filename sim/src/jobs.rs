//! Many runs on all cores. Each run has a thread of its own and so shares nothing with the runs
//! before it or beside it; results are handed over in the order of the input, each as soon as all
//! before it are there, so that output does not depend on how many cores there are.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, Scope};

/// How many runs at once unless told otherwise: the cores this process may use, or one when the
/// system does not say.
#[must_use]
pub fn default_workers() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// What [`in_order`] tells its caller, on the caller's thread.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<R> {
    /// The item at this place was started.
    Started(usize),
    /// The item at this place is done and so are all before it.
    Done(usize, R),
}

/// Does `work` on every item, at most `workers` at once, started in order; `step` hears of every
/// start and of every result, results strictly in order. When it breaks off, nothing more is
/// started, what is running is waited for, and no further result is handed over.
///
/// # Errors
/// When the system refuses a thread. What was started is waited for, nothing more is started.
///
/// # Panics
/// When `work` panics: whoever has work that may panic catches that within it.
pub fn in_order<T, R, W, S>(
    items: &[T],
    workers: NonZeroUsize,
    work: W,
    mut step: S,
) -> io::Result<()>
where
    T: Sync,
    R: Send,
    W: Fn(&T) -> R + Sync,
    S: FnMut(Step<R>) -> ControlFlow<()>,
{
    thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        let mut waiting = items.iter().enumerate();
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (place, item) in waiting.by_ref().take(workers.get()) {
            if step(Step::Started(place)).is_break() {
                return Ok(());
            }
            start(scope, &work, item, place, done.clone())?;
        }
        while next < items.len() {
            let Ok((place, result)) = results.recv() else {
                unreachable!("a sender is held here, so the channel is open")
            };
            let Some(result) = result else { panic!("the work on item {place} panicked") };
            early.insert(place, result);
            while let Some(result) = early.remove(&next) {
                if step(Step::Done(next, result)).is_break() {
                    return Ok(());
                }
                next += 1;
            }
            if let Some((place, item)) = waiting.next() {
                if step(Step::Started(place)).is_break() {
                    return Ok(());
                }
                start(scope, &work, item, place, done.clone())?;
            }
        }
        Ok(())
    })
}

/// A result on its way back; reports `None` when dropped before there was one, because then the
/// thread is unwinding and nobody may wait for it for ever.
struct Reply<R> {
    place: usize,
    result: Option<R>,
    to: Sender<(usize, Option<R>)>,
}

impl<R> Drop for Reply<R> {
    fn drop(&mut self) {
        // Nobody listens any more when the caller broke off; then nobody cares.
        let _ = self.to.send((self.place, self.result.take()));
    }
}

fn start<'scope, T: Sync, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: &'scope (impl Fn(&T) -> R + Sync),
    item: &'scope T,
    place: usize,
    to: Sender<(usize, Option<R>)>,
) -> io::Result<()> {
    thread::Builder::new().name(format!("run {place}")).spawn_scoped(scope, move || {
        let mut reply = Reply { place, result: None, to };
        reply.result = Some(work(item));
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn workers(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_input_whatever_finishes_first() {
        // The first item can only finish after the second has.
        let (second_done, wait) = mpsc::channel();
        let wait = Mutex::new(wait);
        let mut seen = Vec::new();
        in_order(
            &["slow", "quick"],
            workers(2),
            |item| {
                match *item {
                    "slow" => wait.lock().unwrap().recv().unwrap(),
                    _ => second_done.send(()).unwrap(),
                }
                item.len()
            },
            |step| {
                seen.push(step);
                ControlFlow::Continue(())
            },
        )
        .unwrap();
        let expected = [Step::Started(0), Step::Started(1), Step::Done(0, 4), Step::Done(1, 5)];
        assert_eq!(seen, expected);
    }

    #[test]
    fn never_more_at_once_than_allowed_and_nothing_is_left_out() {
        let (running, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items: Vec<usize> = (0..50).collect();
        let mut done = Vec::new();
        in_order(
            &items,
            workers(3),
            |item| {
                peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
                *item
            },
            |step| {
                if let Step::Done(_, item) = step {
                    done.push(item);
                }
                ControlFlow::Continue(())
            },
        )
        .unwrap();
        assert_eq!(done, items);
        assert!(peak.load(Ordering::SeqCst) <= 3);
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        let work = |(): &()| ();
        in_order(&[], workers(4), work, |step| panic!("{step:?}")).unwrap();
    }

    #[test]
    fn nothing_is_started_after_breaking_off() {
        let worked = AtomicUsize::new(0);
        let work = |_: &u32| worked.fetch_add(1, Ordering::SeqCst);
        let items: Vec<u32> = (0..20).collect();
        // The second may end before the first, and then a third is rightly started.
        let (mut started, mut broken_off) = (0, false);
        in_order(&items, workers(2), work, |step| {
            assert!(!broken_off, "{step:?} after breaking off");
            match step {
                Step::Started(_) => started += 1,
                Step::Done(..) => broken_off = true,
            }
            if broken_off { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert!(broken_off && started < items.len());
        assert_eq!(worked.into_inner(), started, "what was announced is what was done");
    }

    #[test]
    #[should_panic(expected = "the work on item 1 panicked")]
    fn a_panic_in_the_work_ends_in_a_panic_here_and_not_in_a_hang() {
        let work = |item: &u32| assert!(*item != 7, "unlucky");
        let _ = in_order(&[1, 7, 3], workers(1), work, |_| ControlFlow::Continue(()));
    }
}
