//! A budget of units per rolling window: messages per minute, recipients per day.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How many moments a budget remembers before it starts to join neighbours.
const MOMENTS: u64 = 1_024;

/// At most `limit` units in any window of the given length, wherever the window begins.
///
/// What was taken at one moment comes free exactly one window later. Budgets above 1,024 units keep
/// no more than about that many moments: takings that lie within a 1,024th of the window count as
/// taken with the last of them, so units may come free up to that much late, never early.
#[derive(Debug, Clone)]
pub struct RatePerWindow {
    limit: u64,
    window: Duration,
    used: u64,
    /// Oldest first; each with at least one unit.
    takings: VecDeque<Taking>,
}

#[derive(Debug, Clone, Copy)]
struct Taking {
    first: Timestamp,
    last: Timestamp,
    units: u64,
}

/// The budget does not have that many units now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the budget is used up")]
pub struct Exhausted {
    /// When it will have them if nobody takes any before; `None` if it never will, because more
    /// were asked for than the whole budget, or because the calendar ends first.
    pub free_at: Option<Timestamp>,
}

impl RatePerWindow {
    /// A budget of `limit` units per rolling `window`. A window of no length limits only how much
    /// can be taken in one call.
    #[must_use]
    pub fn new(limit: u64, window: Duration) -> Self {
        Self { limit, window, used: 0, takings: VecDeque::new() }
    }

    /// Takes `units` of the budget, all or none.
    ///
    /// # Errors
    /// [`Exhausted`] when fewer are left; the attempt costs nothing.
    pub fn take(&mut self, now: Timestamp, units: u64) -> Result<(), Exhausted> {
        self.forget_before(now);
        if units > self.limit - self.used {
            return Err(Exhausted { free_at: self.free_at(units) });
        }
        if units > 0 {
            self.used += units;
            self.remember(now, units);
        }
        Ok(())
    }

    /// How many units could be taken now.
    pub fn left(&mut self, now: Timestamp) -> u64 {
        self.forget_before(now);
        self.limit - self.used
    }

    fn forget_before(&mut self, now: Timestamp) {
        while let Some(oldest) = self.takings.front()
            && self.expiry(oldest).is_some_and(|expiry| expiry <= now)
        {
            self.used -= oldest.units;
            self.takings.pop_front();
        }
    }

    fn remember(&mut self, now: Timestamp, units: u64) {
        let grain = self.grain();
        match self.takings.back_mut() {
            Some(newest) if now.duration_since(newest.first) <= grain => {
                newest.last = newest.last.max(now);
                newest.units += units;
            }
            _ => self.takings.push_back(Taking { first: now, last: now, units }),
        }
    }

    /// When `units` could be taken if nothing else is.
    fn free_at(&self, units: u64) -> Option<Timestamp> {
        if units > self.limit {
            return None;
        }
        let mut missing = units.saturating_sub(self.limit - self.used);
        for taking in &self.takings {
            missing = missing.saturating_sub(taking.units);
            if missing == 0 {
                return self.expiry(taking);
            }
        }
        unreachable!("all takings together are what is used")
    }

    fn expiry(&self, taking: &Taking) -> Option<Timestamp> {
        taking.last.checked_add(self.window).ok()
    }

    /// How far apart two takings may lie and still be joined.
    fn grain(&self) -> SignedDuration {
        if self.limit <= MOMENTS {
            return SignedDuration::ZERO;
        }
        // The divisor is small and the window positive, so neither step can fail.
        let grain = self.window / u32::try_from(MOMENTS).unwrap_or(u32::MAX);
        SignedDuration::try_from(grain).unwrap_or(SignedDuration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn a_unit_comes_free_one_window_after_it_was_taken() {
        let mut budget = RatePerWindow::new(2, MINUTE);
        assert_eq!(budget.take(at(0), 1), Ok(()));
        assert_eq!(budget.take(at(10_000), 1), Ok(()));
        assert_eq!(budget.take(at(59_999), 1), Err(Exhausted { free_at: Some(at(60_000)) }));
        assert_eq!(budget.take(at(59_999), 2), Err(Exhausted { free_at: Some(at(70_000)) }));
        assert_eq!(budget.take(at(60_000), 1), Ok(()));
        assert_eq!(budget.left(at(60_000)), 0);
        assert_eq!(budget.left(at(70_000)), 1);
    }

    #[test]
    fn more_than_the_whole_budget_is_never_free() {
        let mut budget = RatePerWindow::new(2, MINUTE);
        assert_eq!(budget.take(at(0), 3), Err(Exhausted { free_at: None }));
        assert_eq!(budget.take(at(0), 2), Ok(()), "the attempt cost nothing");
    }

    #[test]
    fn a_day_of_recipients_is_remembered_in_bounded_room() {
        let day = 24 * 60 * MINUTE;
        let mut budget = RatePerWindow::new(1_000_000, day);
        for millis in 0..200_000 {
            budget.take(at(millis * 500), 1).unwrap();
        }
        assert!(budget.takings.len() <= 1_026, "{} moments", budget.takings.len());
    }

    proptest! {
        /// Whatever is asked and whenever, also by a client that comes back the very moment it is
        /// told to, no window holds more than the limit; and one moment before would be too early.
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            limit in prop_oneof![1_u64..12, 1_025_u64..1_100],
            steps in prop::collection::vec(
                (prop_oneof![0_i64..15, 0_i64..9_000], 0_u64..400),
                1..200,
            ),
        ) {
            // A 1,024th of it is 19 ms, so that the shorter steps are joined.
            let mut budget = RatePerWindow::new(limit, Duration::from_secs(20));
            let mut now = 0;
            let mut granted: Vec<(i64, u64)> = Vec::new();
            for (step, units) in steps {
                now += step;
                match budget.take(at(now), units) {
                    Ok(()) => {}
                    Err(Exhausted { free_at: None }) => {
                        prop_assert!(units > limit);
                        continue;
                    }
                    Err(Exhausted { free_at: Some(free) }) => {
                        prop_assert!(free > at(now));
                        let nanosecond = SignedDuration::from_nanos(1);
                        prop_assert!(budget.take(free - nanosecond, units).is_err());
                        prop_assert_eq!(budget.take(free, units), Ok(()));
                        now = free.as_millisecond();
                    }
                }
                granted.push((now, units));
                let window = granted.iter().filter(|(t, _)| *t > now - 20_000);
                let held: u64 = window.map(|(_, units)| units).sum();
                prop_assert!(held <= limit, "{held} in the window that ends at {now}");
            }
        }

        /// Small budgets are exact: a refusal means the window really is full.
        #[test]
        fn a_small_budget_refuses_only_when_it_must(
            limit in 1_u64..12,
            steps in prop::collection::vec(0_i64..900, 1..200),
        ) {
            let mut budget = RatePerWindow::new(limit, Duration::from_secs(2));
            let mut now = 0;
            let mut granted: Vec<i64> = Vec::new();
            for step in steps {
                now += step;
                let held = granted.iter().filter(|t| **t > now - 2_000).count() as u64;
                let taken = budget.take(at(now), 1).is_ok();
                prop_assert_eq!(taken, held < limit);
                if taken {
                    granted.push(now);
                }
            }
        }
    }
}
