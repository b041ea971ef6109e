//! Where a workload of a mailbox stands between two cycles: what one row of the store keeps.

use crate::Reason;
use crate::millis::Millis;

/// Whether a workload runs again, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is due again.
    Active {
        /// Not before this.
        next_run: Millis,
    },
    /// It rests until a person acts (domain.md 1.5, "Re-enable").
    Disabled {
        /// Since when.
        since: Millis,
        /// Why.
        reason: Reason,
    },
}

/// What earlier cycles have left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct History {
    /// `transientfailurecount`: failures in a row that count against the mailbox.
    pub(crate) transient_failures: u32,
    /// `noemailcount`, `noactcount`: cycles in a row that found nothing to do (domain.md 1.1).
    pub(crate) empty_cycles: u32,
}
