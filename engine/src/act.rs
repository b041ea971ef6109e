//! The workload of appointments, contacts and tasks. What travels is the source's business; the
//! engine gives it its turn, its cost and its customizations.

use crate::{CycleContext, CycleReport, Step};

/// Runs one cycle.
pub(crate) async fn run(ctx: CycleContext) -> CycleReport {
    let mut report = CycleReport::default();
    match ctx.services.act.synchronise(ctx.mailbox).await {
        Ok(exchanged) => {
            for _ in 0..exchanged.items {
                ctx.spend(Step::SyncItem).await;
                // An item whose customization throws is that item's failure: the others go on.
                if ctx.customize().await.is_ok() {
                    report.items += 1;
                    ctx.services.customizations.queue_asynchronous(ctx.mailbox, ctx.workload);
                }
            }
        }
        Err(error) => report.error = Some(error),
    }
    report
}
