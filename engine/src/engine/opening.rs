//! What the engine knows before its first cycle: every workload's standing, from the store or,
//! when it is new, from the configuration.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::millis::Millis;
use crate::schedule::scheduler::Scheduler;
use crate::schedule::{History, Standing};
use crate::store::schedule::Schedule;
use crate::store::{Transaction, mailbox, schedule};
use crate::{EngineConfig, Mailbox, MailboxId, ServerId, Store, StoreError, Workload};

/// The state a running engine begins with.
pub(super) struct Opened {
    pub(super) scheduler: Scheduler,
    /// Three per mailbox, in the order of [`Workload::ALL`].
    pub(super) histories: Vec<History>,
}

/// Reads what the last process left behind and adds what is new, in one commit.
pub(super) fn open(
    config: &EngineConfig,
    store: &Store,
    now: Timestamp,
) -> Result<Opened, StoreError> {
    let limits = config.servers.iter().map(|server| server.max_concurrent_connections);
    let mut scheduler = Scheduler::new(&config.settings, config.mailboxes.len(), limits);
    let mut histories = vec![History::default(); config.mailboxes.len() * 3];
    store.transaction(|tx| {
        mailbox::register(tx, config.mailboxes.iter().map(|mailbox| mailbox.address.as_str()))?;
        let known: BTreeMap<_, _> =
            schedule::load(tx)?.into_iter().map(|row| ((row.mailbox, row.workload), row)).collect();
        for (id, mailbox) in (0..).map(MailboxId).zip(&config.mailboxes) {
            for workload in Workload::ALL {
                let Some(server) = uses(mailbox, workload) else { continue };
                let row = known.get(&(id, workload)).copied();
                let row = standing(tx, id, mailbox, workload, row, now)?;
                histories[id.0 as usize * 3 + workload as usize] = row.history;
                if let Standing::Active { next_run } = row.standing {
                    let due = next_run.max(row.back_off_until.unwrap_or(next_run));
                    scheduler.add(id, workload, server, due);
                }
            }
        }
        Ok(())
    })?;
    Ok(Opened { scheduler, histories })
}

/// Whether a mailbox has a workload, and which server profile it uses: none for appointments,
/// contacts and tasks, whose source brings its own.
#[allow(clippy::option_option, reason = "has it, and what for, are two questions")]
fn uses(mailbox: &Mailbox, workload: Workload) -> Option<Option<ServerId>> {
    match workload {
        Workload::Incoming => mailbox.incoming.map(Some),
        Workload::Outgoing => mailbox.outgoing.map(Some),
        Workload::Act => mailbox.act.then_some(None),
    }
}

/// The row to go on from. A workload without one is due when its mailbox is enabled; one that was
/// disabled is due again when the mailbox was tested and enabled since (domain.md 1.5,
/// "Re-enable": always by hand).
fn standing(
    tx: &Transaction<'_>,
    id: MailboxId,
    mailbox: &Mailbox,
    workload: Workload,
    row: Option<Schedule>,
    now: Timestamp,
) -> Result<Schedule, StoreError> {
    let enabled_at = Millis::not_before(mailbox.enabled_at);
    // Nobody's hand ends a pause that the mailbox was told of while the workload was disabled.
    let back_off_until = row.and_then(|row| row.back_off_until);
    if let Some(row) = row {
        match row.standing {
            Standing::Disabled { since, .. } if enabled_at > since => {}
            _ => return Ok(row),
        }
    }
    let fresh = Schedule {
        mailbox: id,
        workload,
        standing: Standing::Active { next_run: enabled_at.max(Millis::not_before(now)) },
        history: History::default(),
        back_off_until,
    };
    schedule::save(tx, &fresh)?;
    Ok(fresh)
}
