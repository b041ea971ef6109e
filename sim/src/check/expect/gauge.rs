//! Statistics of levels. A level is known at every moment of the run from its changes, so it has a
//! value even where nothing happens.

use super::held_against;
use crate::check::expectation::{Bound, Period, Quantity, Statistic};
use crate::check::findings::Observed;
use crate::check::verdict::Verdict;
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Gauge {
    period: Period,
    level: u64,
    since: SimTime,
    changes: u64,
    peak: u64,
    lowest: u64,
    last: u64,
    /// Level times milliseconds, in the period.
    area: u128,
    drain: Drain,
    /// By bound: the level at the moment the bound names, once it has passed.
    at: Vec<Option<u64>>,
    moments: Vec<Option<SimTime>>,
}

/// How far the level has come on its way up and back to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drain {
    /// It was zero since the beginning of the period.
    NotRisen,
    /// It is above zero.
    Risen,
    /// It has been zero since then, but may rise again before the end of the period.
    Zero(SimTime),
    /// The end of the period is past, and it was zero then or has been since: this stands.
    Drained(SimTime),
}

impl Gauge {
    pub(super) fn new(bounds: &[Bound], period: Period) -> Self {
        let moment = |bound: &Bound| match bound.statistic {
            Statistic::At(at) => Some(at),
            _ => None,
        };
        Self {
            period,
            level: 0,
            since: SimTime::ZERO,
            changes: 0,
            peak: 0,
            lowest: u64::MAX,
            last: 0,
            area: 0,
            drain: Drain::NotRisen,
            at: vec![None; bounds.len()],
            moments: bounds.iter().map(moment).collect(),
        }
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn change(&mut self, at: SimTime, by: i8) {
        self.hold(at);
        self.since = at;
        self.level = self.level.saturating_add_signed(i64::from(by));
        if self.period.contains(at) {
            self.changes += 1;
        }
        if at >= self.period.from {
            self.drain = match (self.drain, self.level) {
                (Drain::Drained(when), _) => Drain::Drained(when),
                (Drain::NotRisen, 0) => Drain::NotRisen,
                (_, 0) if self.is_past(at) => Drain::Drained(at),
                (_, 0) => Drain::Zero(at),
                (_, _) => Drain::Risen,
            };
        }
    }

    fn is_past(&self, at: SimTime) -> bool {
        self.period.until.is_some_and(|until| at >= until)
    }

    /// The level has been what it is from its last change until now.
    fn hold(&mut self, at: SimTime) {
        for (value, moment) in self.at.iter_mut().zip(&self.moments) {
            if moment.is_some_and(|moment| self.since <= moment && moment < at) {
                *value = Some(self.level);
            }
        }
        let from = self.since.max(self.period.from);
        let to = self.period.until.map_or(at, |until| until.min(at));
        if from <= to && !self.is_past(self.since) {
            self.peak = self.peak.max(self.level);
            self.lowest = self.lowest.min(self.level);
            self.last = self.level;
            self.area += u128::from(self.level) * u128::from(to.0 - from.0);
            if self.level > 0 && self.drain == Drain::NotRisen {
                self.drain = Drain::Risen;
            }
        }
        if let (Drain::Zero(when), true) = (self.drain, self.is_past(at)) {
            self.drain = Drain::Drained(when);
        }
    }

    pub(super) fn judge(
        &mut self,
        place: usize,
        bound: &Bound,
        end: SimTime,
    ) -> (Observed, Verdict) {
        self.hold(end);
        self.since = end;
        let level = |level: u64| {
            let verdict = held_against(bound, u128::from(level), 1);
            (Observed::Value(Quantity::Count(level)), verdict)
        };
        match bound.statistic {
            Statistic::Peak => level(self.peak),
            Statistic::Min => level(self.lowest),
            Statistic::Last => level(self.last),
            Statistic::At(moment) if moment == end => level(self.level),
            Statistic::At(_) => self.at[place].map_or((Observed::Nothing, Verdict::Vacuous), level),
            Statistic::Mean => self.judge_mean(bound, end),
            Statistic::Drained => self.judge_drained(bound, end),
            _ => unreachable!("statistics of samples are not taken of a level"),
        }
    }

    fn judge_mean(&self, bound: &Bound, end: SimTime) -> (Observed, Verdict) {
        let until = self.period.until.map_or(end, |until| until.min(end));
        let length = u128::from(until.0.saturating_sub(self.period.from.0));
        let (area, length) =
            if length == 0 { (u128::from(self.last), 1) } else { (self.area, length) };
        let mean = u64::try_from(area * 1000 / length).unwrap_or(u64::MAX);
        let observed = Observed::Value(Quantity::Thousandths(mean));
        (observed, held_against(bound, area * 1000, length))
    }

    /// A level that is not back yet when the run ends has failed an upper bound that is past, and
    /// says nothing about one that is not.
    fn judge_drained(&self, bound: &Bound, end: SimTime) -> (Observed, Verdict) {
        let since = |at: SimTime| at.0.saturating_sub(self.period.from.0);
        match self.drain {
            Drain::NotRisen => (Observed::Nothing, Verdict::Vacuous),
            Drain::Zero(when) | Drain::Drained(when) => {
                let took = since(when);
                let verdict = held_against(bound, u128::from(took), 1);
                (Observed::Value(Quantity::Millis(took)), verdict)
            }
            Drain::Risen => {
                let so_far = since(end);
                let late = bound.max.is_some_and(|max| so_far > max.number());
                let verdict = if late { Verdict::Fail } else { Verdict::Vacuous };
                (Observed::NotDrained(Quantity::Millis(so_far)), verdict)
            }
        }
    }
}
