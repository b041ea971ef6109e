//! The outgoing workload.

use crate::{CycleContext, CycleReport, EngineConfig, Services, Store, StoreError};

/// Runs one cycle.
#[allow(clippy::unused_async, reason = "the SMTP cycle lands here next")]
pub(crate) async fn run(_ctx: CycleContext) -> CycleReport {
    CycleReport::default()
}

/// Before anything is scheduled: what was under way when the last process ended is found and put
/// right.
#[allow(clippy::unnecessary_wraps, reason = "the SMTP cycle lands here next")]
pub(crate) fn recover(
    _store: &Store,
    _config: &EngineConfig,
    _services: &Services,
) -> Result<(), StoreError> {
    Ok(())
}
