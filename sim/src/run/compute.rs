//! The engine's declared cost, spent on a bounded number of processors. Without it work would take
//! no virtual time and every throughput would be fiction.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sync_engine::{BoxFuture, Compute, Step};
use tokio::time::Instant;

use crate::scenario::Costs;

/// A number of processors and the price of each step on them.
///
/// Each processor is only the moment at which it becomes free: whoever asks first gets the one
/// that is free first. Moments are kept to the nanosecond, so that costs below the timers'
/// millisecond add up exactly; a wait ends at the next whole millisecond.
#[derive(Debug)]
pub(super) struct Processors {
    costs: Costs,
    free_at: Mutex<Vec<Instant>>,
}

impl Processors {
    /// `count` processors, all free now.
    #[must_use]
    pub(super) fn new(count: usize, costs: Costs) -> Self {
        Self { costs, free_at: Mutex::new(vec![Instant::now(); count.max(1)]) }
    }

    fn book(&self, cost: Duration) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some(first) = free_at.iter_mut().min() else { unreachable!("at least one processor") };
        *first = (*first).max(now) + cost;
        *first
    }
}

impl Compute for Processors {
    fn cost(&self, step: Step) -> Duration {
        match step {
            Step::Connect => self.costs.connect,
            Step::Receive => self.costs.receive,
            Step::Send => self.costs.send,
            Step::SyncItem => self.costs.sync_item,
        }
    }

    fn spend(&self, cost: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep_until(self.book(cost)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[tokio::test(start_paused = true)]
    async fn two_processors_do_three_jobs_in_the_time_of_two() {
        let processors = Processors::new(2, Costs { send: ms(4), ..Costs::default() });
        let start = Instant::now();
        let cost = processors.cost(Step::Send);
        tokio::join!(processors.spend(cost), processors.spend(cost), processors.spend(cost));
        assert_eq!(start.elapsed(), ms(8));
    }

    #[tokio::test(start_paused = true)]
    async fn costs_below_a_millisecond_add_up() {
        let processors = Processors::new(1, Costs::default());
        let start = Instant::now();
        for _ in 0..10 {
            let booked = processors.book(Duration::from_micros(300));
            assert!(booked > start);
        }
        processors.spend(Duration::ZERO).await;
        assert_eq!(start.elapsed(), ms(3));
    }
}
