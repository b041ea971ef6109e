//! Occurrences per stretch of time, the stretches laid end to end from the beginning of the
//! period: exact, and nothing is kept but the busiest, the quietest and the present one.

use std::time::Duration;

use crate::check::expectation::{Period, millis};
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Rates {
    per: u64,
    period: Period,
    /// The present stretch, counted from 0.
    present: u64,
    in_present: u64,
    busiest: u64,
    quietest: Option<u64>,
}

impl Rates {
    pub(super) fn new(per: Duration, period: Period) -> Self {
        let per = millis(per).max(1);
        Self { per, period, present: 0, in_present: 0, busiest: 0, quietest: None }
    }

    /// Only for moments in the period.
    pub(super) fn take(&mut self, at: SimTime, times: u64) {
        self.advance(at);
        self.in_present += times;
        self.busiest = self.busiest.max(self.in_present);
    }

    fn advance(&mut self, at: SimTime) {
        let stretch = at.0.saturating_sub(self.period.from.0) / self.per;
        if stretch > self.present {
            let skipped = stretch - self.present > 1;
            let least = if skipped { 0 } else { self.in_present };
            self.quietest = Some(self.quietest.map_or(least, |so_far| so_far.min(least)));
            self.present = stretch;
            self.in_present = 0;
        }
    }

    /// The quietest whole stretch, if there was a whole one, and the busiest.
    pub(super) fn finish(&mut self, end: SimTime) -> (Option<u64>, u64) {
        self.advance(self.period.until.map_or(end, |until| until.min(end)));
        (self.quietest, self.busiest)
    }
}
