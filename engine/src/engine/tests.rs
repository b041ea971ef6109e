//! The engine as a whole, over stand-ins for the seams, in paused time.

use std::sync::Arc;
use std::time::Duration;

use crate::testing::{Act, TestWorld, mailbox, quiet_act};
use crate::{
    ActResult, ActSource, Engine, EngineConfig, Event, MailboxId, Settings, Store, Workload,
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

fn busy_act() -> Arc<dyn ActSource> {
    Arc::new(Act(|_| (Duration::ZERO, Ok(ActResult { items: 1 }))))
}

#[tokio::test(start_paused = true)]
async fn a_busy_mailbox_runs_every_5_minutes_and_a_quiet_one_ever_less_often() {
    let config = act_mailboxes(&["ann"]);
    let busy = TestWorld::new(busy_act());
    run_for(&busy, config.clone(), &Store::in_memory().unwrap(), Duration::from_mins(16)).await;
    assert_eq!(starts(&busy, 0, Workload::Act), [0, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE]);

    let quiet = TestWorld::new(quiet_act());
    run_for(&quiet, config, &Store::in_memory().unwrap(), Duration::from_mins(80)).await;
    let expected = [0, 6, 13, 21, 30, 40, 51, 63, 75].map(|minute| minute * MINUTE);
    assert_eq!(starts(&quiet, 0, Workload::Act), expected);
}

#[tokio::test(start_paused = true)]
async fn a_long_cycle_delays_only_itself() {
    let world = TestWorld::new(Arc::new(Act(|mailbox| {
        let minutes = if mailbox == MailboxId(0) { 7 } else { 0 };
        (Duration::from_mins(minutes), Ok(ActResult { items: 1 }))
    })));
    let config = act_mailboxes(&["slow", "fast"]);
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_mins(13)).await;
    assert_eq!(starts(&world, 0, Workload::Act), [0, 12 * MINUTE]);
    assert_eq!(starts(&world, 1, Workload::Act), [0, 5 * MINUTE, 10 * MINUTE]);
}

#[tokio::test(start_paused = true)]
async fn cycles_beyond_the_workers_wait_and_say_so_once() {
    let world =
        TestWorld::new(Arc::new(Act(|_| (Duration::from_secs(10), Ok(ActResult { items: 1 })))));
    let settings = Settings { act_workers: 2, ..Settings::default() };
    let config = EngineConfig { settings, ..act_mailboxes(&["a", "b", "c", "d", "e"]) };
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_secs(35)).await;
    let firsts: Vec<_> = (0..5).map(|who| starts(&world, who, Workload::Act)[0]).collect();
    assert_eq!(firsts, [0, 0, 10_000, 10_000, 20_000]);
    let waits = world.events().into_iter().filter_map(|(at, event)| match event {
        Event::WaitingForWorker { mailbox, .. } => Some((at, mailbox.0)),
        _ => None,
    });
    assert_eq!(waits.collect::<Vec<_>>(), [(0, 2), (0, 3), (0, 4)]);
}
