//! Where time goes. Every workload of a mailbox has a clock that always runs in exactly one phase;
//! an item reads it when it comes into being and again when it is settled, and the difference is
//! where its time went: constant work per item, however long it waits.

use std::fmt;
use std::ops::{AddAssign, Index, IndexMut, Sub};
use std::time::Duration;

use serde::Serialize;

use crate::check::expectation::millis;
use crate::time::SimTime;

/// What the time of a mailbox's workload is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Between cycles, waiting for the next run.
    Schedule,
    /// The same, put off by a server's back-off or after an error.
    BackOff,
    /// Due, but all workers of the workload are busy.
    WorkerWait,
    /// Due, but all connections to the server are in use.
    ConnectionWait,
    /// In a cycle and none of the following: bytes under way, time-outs, waiting for a processor.
    Link,
    /// In a cycle, while the server takes its time.
    Server,
    /// In a cycle, while a synchronous customization runs.
    Customization,
    /// In a cycle, while the engine's own work is done.
    Engine,
    /// The engine's process is dead.
    Down,
}

impl Phase {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Schedule,
        Self::BackOff,
        Self::WorkerWait,
        Self::ConnectionWait,
        Self::Link,
        Self::Server,
        Self::Customization,
        Self::Engine,
        Self::Down,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schedule => "schedule wait",
            Self::BackOff => "back-off",
            Self::WorkerWait => "worker wait",
            Self::ConnectionWait => "connection wait",
            Self::Link => "link",
            Self::Server => "server",
            Self::Customization => "customization",
            Self::Engine => "engine",
            Self::Down => "engine down",
        }
    }
}

/// Milliseconds by phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Split([u64; 9]);

impl Split {
    /// All phases together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every phase with its milliseconds, in the order of [`Phase::ALL`].
    pub fn parts(&self) -> impl Iterator<Item = (Phase, u64)> + '_ {
        Phase::ALL.into_iter().zip(self.0)
    }

    /// Says of up to so many milliseconds of one phase that they were another's.
    pub(crate) fn shift(&mut self, from: Phase, to: Phase, ms: u64) {
        let moved = ms.min(self[from]);
        self[from] -= moved;
        self[to] += moved;
    }
}

impl Index<Phase> for Split {
    type Output = u64;

    fn index(&self, phase: Phase) -> &u64 {
        &self.0[phase as usize]
    }
}

impl IndexMut<Phase> for Split {
    fn index_mut(&mut self, phase: Phase) -> &mut u64 {
        &mut self.0[phase as usize]
    }
}

impl AddAssign for Split {
    fn add_assign(&mut self, other: Self) {
        for (sum, part) in self.0.iter_mut().zip(other.0) {
            *sum += part;
        }
    }
}

impl Sub for Split {
    type Output = Self;

    /// What was spent since an earlier reading of the same clock.
    fn sub(mut self, earlier: Self) -> Self {
        for (now, then) in self.0.iter_mut().zip(earlier.0) {
            *now = now.saturating_sub(then);
        }
        self
    }
}

impl fmt::Display for Split {
    /// The parts that are not nothing, the largest first, in per cent: `back-off 83 %, link 2 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let mut parts: Vec<_> = self.parts().filter(|(_, ms)| *ms > 0).collect();
        parts.sort_by_key(|(_, ms)| std::cmp::Reverse(*ms));
        for (i, (phase, ms)) in parts.into_iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            let per_cent = (u128::from(ms) * 100 + u128::from(total) / 2) / u128::from(total);
            write!(f, "{comma}{} {per_cent} %", phase.name())?;
        }
        Ok(())
    }
}

/// The clock of one workload of one mailbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PhaseClock {
    spent: Split,
    phase: Phase,
    since: SimTime,
    /// While in [`Phase::Link`], the server keeps the client waiting until then.
    held_until: SimTime,
}

impl Default for PhaseClock {
    fn default() -> Self {
        Self {
            spent: Split::default(),
            phase: Phase::Schedule,
            since: SimTime::ZERO,
            held_until: SimTime::ZERO,
        }
    }
}

impl PhaseClock {
    /// From now on the time is this phase's.
    pub(crate) fn enter(&mut self, at: SimTime, phase: Phase) {
        self.spent = self.read(at);
        self.since = at;
        self.phase = phase;
        if phase != Phase::Link {
            self.held_until = SimTime::ZERO;
        }
    }

    /// The server will say nothing for so long. If the client gives up before, only the time it
    /// really waited counts.
    pub(crate) fn hold(&mut self, at: SimTime, held: Duration) {
        self.spent = self.read(at);
        self.since = at;
        self.held_until = at.plus(held);
    }

    /// So much of the time just past was the engine's own work.
    pub(crate) fn charge(&mut self, at: SimTime, cost: Duration) {
        self.spent = self.read(at);
        self.since = at;
        self.spent.shift(Phase::Link, Phase::Engine, millis(cost));
    }

    /// All that was ever spent, up to now.
    pub(crate) fn read(&self, at: SimTime) -> Split {
        let mut spent = self.spent;
        let mut from = self.since;
        if self.phase == Phase::Link && self.held_until > from {
            let held = self.held_until.min(at);
            spent[Phase::Server] += held.0.saturating_sub(from.0);
            from = held;
        }
        spent[self.phase] += at.0.saturating_sub(from.0);
        spent
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> SimTime {
        SimTime(ms)
    }

    #[test]
    fn every_millisecond_is_in_exactly_one_phase() {
        let mut clock = PhaseClock::default();
        clock.enter(at(100), Phase::WorkerWait);
        clock.enter(at(130), Phase::Link);
        clock.hold(at(150), Duration::from_millis(20));
        clock.charge(at(180), Duration::from_millis(4));
        clock.enter(at(200), Phase::Customization);
        clock.enter(at(260), Phase::BackOff);
        let read = clock.read(at(300));
        assert_eq!(read.total(), 300);
        let expected = [
            (Phase::Schedule, 100),
            (Phase::BackOff, 40),
            (Phase::WorkerWait, 30),
            (Phase::ConnectionWait, 0),
            (Phase::Link, 20 + 10 + 20 - 4),
            (Phase::Server, 20),
            (Phase::Customization, 60),
            (Phase::Engine, 4),
            (Phase::Down, 0),
        ];
        assert_eq!(read.parts().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_hold_that_outlives_the_clients_patience_counts_only_as_far_as_it_was_waited_for() {
        let mut clock = PhaseClock::default();
        clock.enter(at(0), Phase::Link);
        clock.hold(at(10), Duration::from_mins(10));
        clock.enter(at(60_010), Phase::BackOff);
        let read = clock.read(at(70_010));
        assert_eq!(read[Phase::Server], 60_000);
        assert_eq!(read[Phase::BackOff], 10_000);
        assert_eq!(read[Phase::Link], 10);
    }

    #[test]
    fn prints_shares_the_largest_first() {
        let mut split = Split::default();
        split[Phase::Link] = 17;
        split[Phase::BackOff] = 83;
        assert_eq!(split.to_string(), "back-off 83 %, link 17 %");
        assert_eq!(Split::default().to_string(), "");
    }
}
