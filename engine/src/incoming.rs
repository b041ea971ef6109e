//! The incoming workload.

use crate::{CycleContext, CycleReport};

/// Runs one cycle.
#[allow(clippy::unused_async, reason = "the POP3 cycle lands here next")]
pub(crate) async fn run(_ctx: CycleContext) -> CycleReport {
    CycleReport::default()
}
