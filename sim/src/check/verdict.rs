//! What a run, or many runs together, amount to, and the exit code that says so.

use std::fmt;

use serde::Serialize;

/// A verdict. Ordered from good to bad, so that the worst of several is their maximum.
///
/// A failure is a proven fact about the engine and outweighs a run that did not end or that proved
/// nothing (Jepsen's order: fail, unknown, pass). A run that did not end outweighs one that proved
/// nothing, because something hangs. Above failure stand those that take away the ground under all
/// other verdicts: two runs of one seed that differ, a scenario that never ran, and our own bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All that was asked for was seen and held.
    Pass,
    /// Nothing broke, but something was never put to the test.
    Vacuous,
    /// The deadline passed before the run had come to its end.
    Stuck,
    /// An invariant or an expectation did not hold.
    Fail,
    /// Two runs of one seed were not the same.
    NotDeterministic,
    /// The scenario was refused, or the command was used wrongly; nothing ran.
    Invalid,
    /// The simulator itself broke.
    Bug,
}

impl Verdict {
    /// The exit code of the command.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Vacuous => 2,
            Self::Stuck => 3,
            Self::NotDeterministic => 4,
            Self::Invalid => 5,
            Self::Bug => 70,
        }
    }

    /// The name in reports, and in the scenarios that must not pass.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Vacuous => "vacuous",
            Self::Stuck => "stuck",
            Self::Fail => "fail",
            Self::NotDeterministic => "not_deterministic",
            Self::Invalid => "invalid",
            Self::Bug => "bug",
        }
    }

    /// The worst of several; [`Verdict::Pass`] of none.
    #[must_use]
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Pass)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins() {
        use Verdict::{Bug, Fail, Pass, Stuck, Vacuous};
        assert_eq!(Verdict::worst([Pass, Vacuous, Fail, Stuck]), Fail);
        assert_eq!(Verdict::worst([Pass, Vacuous, Stuck]), Stuck);
        assert_eq!(Verdict::worst([Pass, Vacuous]), Vacuous);
        assert_eq!(Verdict::worst([Fail, Bug]), Bug);
        assert_eq!(Verdict::worst([]), Pass);
    }
}
