//! Wakes whoever waits for something to change on a server: a streaming connection sleeps until its
//! mailbox has news, and nobody polls.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Counts how often it was rung and wakes its listeners, first come, first served. Clones are the
/// same bell.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    rings: u64,
    /// Places of listeners so far; the order in which they are woken.
    places: u64,
    listeners: BTreeMap<u64, Waker>,
}

impl Bell {
    /// A bell that nobody has rung yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes everybody who listens now.
    pub fn ring(&self) {
        let listeners = {
            let mut state = self.lock();
            state.rings += 1;
            std::mem::take(&mut state.listeners)
        };
        for listener in listeners.into_values() {
            listener.wake();
        }
    }

    /// How often it was rung so far. Whoever keeps this number and later listens from it on misses
    /// no ring in between.
    #[must_use]
    pub fn rings(&self) -> u64 {
        self.lock().rings
    }

    /// Ready once it was rung more often than `heard`.
    pub fn rung_since(&self, heard: u64) -> Listening {
        Listening { bell: self.clone(), heard, place: None }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a ring; see [`Bell::rung_since`].
#[derive(Debug)]
#[must_use = "nobody listens until it is awaited"]
pub struct Listening {
    bell: Bell,
    heard: u64,
    place: Option<u64>,
}

impl Future for Listening {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (heard, place) = (self.heard, self.place);
        let place = {
            let mut state = self.bell.lock();
            if state.rings > heard {
                return Poll::Ready(());
            }
            let place = place.unwrap_or_else(|| {
                state.places += 1;
                state.places
            });
            state.listeners.insert(place, cx.waker().clone());
            place
        };
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.bell.lock().listeners.remove(&place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_ring_wakes_and_none_is_missed() {
        let bell = Bell::new();
        let count = Arc::<Count>::default();
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let heard = bell.rings();
        let mut listening = Box::pin(bell.rung_since(heard));
        assert!(listening.as_mut().poll(&mut cx).is_pending());
        assert!(
            listening.as_mut().poll(&mut cx).is_pending(),
            "asked again, it takes no 2nd place"
        );
        bell.ring();
        bell.ring();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(listening.as_mut().poll(&mut cx).is_ready());
        let mut late = Box::pin(bell.rung_since(heard));
        assert!(late.as_mut().poll(&mut cx).is_ready(), "rung before anybody listened");
        let mut next = Box::pin(bell.rung_since(bell.rings()));
        assert!(next.as_mut().poll(&mut cx).is_pending());
    }

    #[test]
    fn who_no_longer_listens_leaves_nothing_behind() {
        let bell = Bell::new();
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let mut listening = Box::pin(bell.rung_since(0));
            assert!(listening.as_mut().poll(&mut cx).is_pending());
        }
        assert!(bell.lock().listeners.is_empty());
    }
}
