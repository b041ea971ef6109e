//! Checks: pure functions over the event log.

mod charge;
mod distribution;
mod drafts;
mod expect;
mod expectation;
mod fact;
mod filter;
mod findings;
mod invariants;
mod jury;
mod lanes;
mod ledger;
mod metric;
mod metrics;
mod patience;
mod roster;
mod sighting;
mod sometimes;
mod stop;
mod summary;
#[cfg(test)]
mod testing;
mod tracking;
mod verdict;
mod watchers;

pub use charge::{Charge, Cohort, CrashOrder, Invariant, Probe, Stop};
pub use expectation::{Bound, Expectation, ExpectationError, Period, Quantity, Statistic, Unit};
pub use filter::{Filter, Labels};
pub use findings::{Blame, Breach, Findings, Judgement, Measured, Observed, Seen, Story};
pub use jury::Jury;
pub use ledger::{Phase, Split, Totals};
pub use metric::{Kind, Metric};
pub use roster::{Lookout, Member, Profile, Roster, mailbox_ix, place};
pub use sighting::{EngineKind, ServerKind, Sighting, WatcherKind, reason_of};
pub use summary::{Beside, Schedule, Spread, Summary};
pub use verdict::Verdict;
