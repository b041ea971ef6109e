//! The one task that delivers: it sleeps until the first letter is due, delivers everything due,
//! and sleeps again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::fabric::Shared;

/// Delivers what is under way in one network; never ends.
pub struct Courier {
    shared: Arc<Shared>,
    /// Whom to wake after a delivery; kept for its room.
    wake: Vec<Waker>,
}

impl Courier {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, wake: Vec::new() }
    }
}

impl Future for Courier {
    type Output = std::convert::Infallible;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let mut net = this.shared.lock();
        loop {
            net.deliver(&mut this.wake);
            if net.post.poll_due(cx).is_pending() {
                break;
            }
        }
        drop(net);
        this.wake.drain(..).for_each(Waker::wake);
        Poll::Pending
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.shared.lock().post.close();
    }
}
