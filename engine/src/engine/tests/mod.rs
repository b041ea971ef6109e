//! The engine as a whole, over stand-ins for the seams, in paused time.

mod crash;
mod failures;
mod schedules;

use std::sync::Arc;
use std::time::Duration;

use crate::testing::{Act, TestWorld, mailbox};
use crate::{
    ActResult, ActSource, BackOff, CycleError, Engine, EngineConfig, ErrorClass, Event, MailboxId,
    Outcome, Reason, Store, Workload,
};

const MINUTE: u64 = 60_000;

fn act_mailboxes(names: &[&str]) -> EngineConfig {
    let mailboxes = names.iter().map(|name| crate::Mailbox { act: true, ..mailbox(name) });
    EngineConfig { mailboxes: mailboxes.collect(), ..EngineConfig::default() }
}

/// Runs an engine for a while, then stops it in order.
async fn run_for(world: &TestWorld, config: EngineConfig, store: &Store, time: Duration) {
    let engine = Engine::new(config, store.new_handle(), world.services.clone()).unwrap();
    let handle = engine.handle();
    let running = tokio::spawn(engine.run());
    tokio::time::sleep(time).await;
    handle.stop();
    running.await.unwrap().unwrap();
}

/// When cycles of a mailbox and workload started, in milliseconds.
fn starts(world: &TestWorld, whose: u32, of: Workload) -> Vec<u64> {
    let started = |(at, event): (u64, Event)| match event {
        Event::CycleStarted { mailbox, workload, .. }
            if mailbox == MailboxId(whose) && workload == of =>
        {
            Some(at)
        }
        _ => None,
    };
    world.events().into_iter().filter_map(started).collect()
}

/// How the cycles of a mailbox ended, and when.
fn ends(world: &TestWorld, whose: u32) -> Vec<(u64, Outcome, Option<Reason>)> {
    let ended = |(at, event): (u64, Event)| match event {
        Event::CycleEnded { mailbox: MailboxId(mailbox), outcome, reason, .. }
            if mailbox == whose =>
        {
            Some((at, outcome, reason))
        }
        _ => None,
    };
    world.events().into_iter().filter_map(ended).collect()
}

fn busy_act() -> Arc<dyn ActSource> {
    Arc::new(Act(|_| (Duration::ZERO, Ok(ActResult { items: 1 }))))
}

fn failure(class: ErrorClass, reason: Reason, back_off: Option<BackOff>) -> CycleError {
    CycleError { class, reason, detail: "in the server's words".into(), back_off }
}
