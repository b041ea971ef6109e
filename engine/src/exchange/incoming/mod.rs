//! The incoming workload on Exchange. Folders are followed by their changes, and what is to be
//! fetched is a list in the store: a page of changes and the place it leads to are one commit, and
//! so are a message and its row in the list. A process that dies between any two steps goes on
//! from the list.

mod categories;
mod deliver;
mod fetch;
mod follow;
mod tidy;
mod tracking;

use super::session::Session;
use crate::store::exchange::FolderKey;
use crate::{CycleContext, CycleError, CycleReport, ServerId};

/// Runs one cycle.
pub(crate) async fn run(ctx: CycleContext, server: ServerId) -> CycleReport {
    let mut report = CycleReport::default();
    let mut session = Session::new(&ctx, server);
    if let Err(error) = cycle(&ctx, server, &mut session, &mut report).await {
        report.error = Some(error);
    }
    session.finish();
    report
}

async fn cycle(
    ctx: &CycleContext,
    server: ServerId,
    session: &mut Session<'_>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let mut known = categories::Categories::of(ctx, session).await?;
    let inbox = session.folder("inbox");
    report.more = follow::follow(ctx, session, &mut known, FolderKey::INBOX, &inbox).await?;
    let mut round = fetch::Round::new(ctx, server);
    round.take_all(session, FolderKey::INBOX, report).await?;
    tracking::folders(ctx, session, &mut known, &mut round, report).await?;
    tracking::requests(ctx, session, &mut round, report).await?;
    tidy::tidy(ctx, session, &known, round).await
}
