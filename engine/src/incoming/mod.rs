//! The incoming workload: new messages come in from a POP3 server, each stored in one commit with
//! the cursor that says so.

mod known;

use crate::{CycleContext, CycleReport};

pub(crate) use known::KnownServers;

/// Runs one cycle.
#[allow(clippy::unused_async, reason = "the POP3 cycle lands here next")]
pub(crate) async fn run(_ctx: CycleContext) -> CycleReport {
    CycleReport::default()
}
