//! What partitions and holds do to real connections: while a direction is shut, its bytes stay
//! where they are, in the buffers of both machines.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::world::Direction;

const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToEngine];

/// The way between clients and one server.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    cut: [bool; 2],
    held: bool,
    waiting: Vec<Waker>,
}

impl Gate {
    /// Nothing gets through in this direction until the repair.
    pub(super) fn cut(&self, direction: Direction) {
        self.state().cut[direction as usize] = true;
    }

    /// Ends a cut of either direction.
    pub(super) fn repair(&self) {
        self.change(|state| state.cut = [false; 2]);
    }

    /// Keeps everything back until the release.
    pub(super) fn hold(&self) {
        self.state().held = true;
    }

    /// Ends a hold.
    pub(super) fn release(&self) {
        self.change(|state| state.held = false);
    }

    /// Whether a connection may be opened: that takes both directions.
    pub(super) fn is_open(&self) -> bool {
        let state = self.state();
        BOTH.iter().all(|direction| state.lets_through(*direction))
    }

    /// Waits until a direction is open.
    pub(super) fn poll_pass(&self, direction: Direction, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.lets_through(direction) {
            return Poll::Ready(());
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Waits until both are.
    pub(super) async fn opened(&self) {
        std::future::poll_fn(|cx| {
            if self.is_open() {
                return Poll::Ready(());
            }
            let ways = BOTH.map(|direction| self.poll_pass(direction, cx));
            if ways.iter().all(Poll::is_ready) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lets_through(&self, direction: Direction) -> bool {
        !self.held && !self.cut[direction as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_goes_on_when_the_last_obstacle_is_gone() {
        let gate = Arc::new(Gate::default());
        gate.hold();
        gate.cut(Direction::ToEngine);
        let passed = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.opened().await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        gate.release();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!passed.is_finished(), "one direction is still cut");
        let mut to_server =
            std::pin::pin!(std::future::poll_fn(|cx| { gate.poll_pass(Direction::ToServer, cx) }));
        tokio::time::timeout(Duration::from_secs(1), &mut to_server).await.unwrap();
        gate.repair();
        passed.await.unwrap();
    }
}
