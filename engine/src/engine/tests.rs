//! The engine as a whole, over stand-ins for the seams, in paused time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::testing::{Act, Plugin, TestWorld, mailbox, quiet_act, start};
use crate::{
    ActResult, ActSource, AlertScope, BackOff, CycleError, Engine, EngineConfig, ErrorClass, Event,
    MailboxId, Outcome, Reason, Settings, Severity, Store, StoreError, Workload,
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

fn failure(class: ErrorClass, reason: Reason, back_off: Option<BackOff>) -> CycleError {
    CycleError { class, reason, detail: "in the server's words".into(), back_off }
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

#[tokio::test(start_paused = true)]
async fn a_back_off_is_obeyed_to_the_millisecond_over_a_restart_too() {
    let pause = Duration::from_millis(1_234_567);
    let error = failure(ErrorClass::Transient, Reason::RateLimited, Some(BackOff::For(pause)));
    let world = TestWorld::new(Arc::new(Act(move |_| (Duration::ZERO, Err(error.clone())))));
    let (config, store) = (act_mailboxes(&["ann"]), Store::in_memory().unwrap());
    run_for(&world, config.clone(), &store, Duration::from_mins(2)).await;
    assert_eq!(ends(&world, 0), [(0, Outcome::Throttled, Some(Reason::RateLimited))]);
    run_for(&world, config, &store, Duration::from_mins(20)).await;
    assert_eq!(starts(&world, 0, Workload::Act), [0, 1_234_567]);
}

#[tokio::test(start_paused = true)]
async fn the_tenth_transient_failure_in_a_row_disables_with_an_alert_and_others_go_on() {
    let world = TestWorld::new(Arc::new(Act(|mailbox| {
        let lost = failure(ErrorClass::Transient, Reason::ConnectionLost, None);
        let answer = if mailbox == MailboxId(0) { Err(lost) } else { Ok(ActResult { items: 1 }) };
        (Duration::ZERO, answer)
    })));
    let store = Store::in_memory().unwrap();
    let config = act_mailboxes(&["ann", "bob"]);
    run_for(&world, config.clone(), &store, Duration::from_mins(90)).await;
    let tenth = (45 * MINUTE, Outcome::Disabled, Some(Reason::ConnectionLost));
    assert_eq!(ends(&world, 0).len(), 10);
    assert_eq!(ends(&world, 0)[9], tenth);
    assert_eq!(ends(&world, 1).len(), 18);
    let disabled = Event::MailboxDisabled {
        mailbox: MailboxId(0),
        workload: Workload::Act,
        reason: Reason::ConnectionLost,
    };
    assert!(world.events().contains(&(45 * MINUTE, disabled)));

    let alerts = store.alerts().unwrap();
    assert_eq!(alerts.len(), 1);
    let alert = &alerts[0];
    assert_eq!(alert.scope, AlertScope::Mailbox(MailboxId(0), Workload::Act));
    assert_eq!((alert.severity, alert.count), (Severity::Error, 10));
    assert_eq!(alert.text, "in the server's words");

    // It stays disabled over a restart, until somebody tests and enables it again.
    let rested = TestWorld::new(quiet_act());
    run_for(&rested, config.clone(), &store, Duration::from_mins(30)).await;
    assert_eq!(starts(&rested, 0, Workload::Act), []);
    let enabled = TestWorld::new(quiet_act());
    let mut config = config;
    config.mailboxes[0].enabled_at = start() + Duration::from_mins(46);
    run_for(&enabled, config, &store, Duration::from_mins(47)).await;
    assert_eq!(starts(&enabled, 0, Workload::Act)[0], 46 * MINUTE);
}

#[tokio::test(start_paused = true)]
async fn a_cycle_that_panics_disables_its_mailbox_and_frees_its_worker() {
    let world = TestWorld::new(Arc::new(Act(|mailbox| {
        assert_ne!(mailbox, MailboxId(0), "for the test");
        (Duration::ZERO, Ok(ActResult::default()))
    })));
    let settings = Settings { act_workers: 1, ..Settings::default() };
    let config = EngineConfig { settings, ..act_mailboxes(&["ann", "bob"]) };
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_mins(1)).await;
    assert_eq!(ends(&world, 0), [(0, Outcome::Disabled, Some(Reason::Internal))]);
    assert_eq!(ends(&world, 1), [(0, Outcome::Completed, None)]);
}

#[tokio::test(start_paused = true)]
async fn stopping_lets_running_cycles_end_and_closes_the_store() {
    let world =
        TestWorld::new(Arc::new(Act(|_| (Duration::from_mins(3), Ok(ActResult::default())))));
    let store = Store::in_memory().unwrap();
    let handle = store.new_handle();
    let engine =
        Engine::new(act_mailboxes(&["ann"]), handle.clone(), world.services.clone()).unwrap();
    let stopper = engine.handle();
    let running = tokio::spawn(engine.run());
    tokio::time::sleep(Duration::from_mins(1)).await;
    stopper.stop();
    running.await.unwrap().unwrap();
    assert_eq!(ends(&world, 0), [(3 * MINUTE, Outcome::Completed, None)]);
    assert!(handle.is_closed() && !store.is_closed());
}

#[tokio::test(start_paused = true)]
async fn an_engine_whose_store_is_closed_ends() {
    let world = TestWorld::new(quiet_act());
    let handle = Store::in_memory().unwrap();
    let engine =
        Engine::new(act_mailboxes(&["ann"]), handle.clone(), world.services.clone()).unwrap();
    let running = tokio::spawn(engine.run());
    tokio::time::sleep(Duration::from_mins(1)).await;
    handle.close();
    assert!(matches!(running.await.unwrap(), Err(StoreError::Closed)));
}

#[tokio::test(start_paused = true)]
async fn an_item_whose_customization_throws_is_its_own_failure() {
    let mut world = TestWorld::new(busy_act());
    let plugin = Arc::new(Plugin {
        takes: Duration::from_secs(2),
        throws_for: [MailboxId(0)].into(),
        ..Plugin::default()
    });
    world.services.customizations = Arc::clone(&plugin) as _;
    let store = Store::in_memory().unwrap();
    run_for(&world, act_mailboxes(&["ann", "bob"]), &store, Duration::from_mins(1)).await;
    for mailbox in [0, 1] {
        assert_eq!(ends(&world, mailbox), [(2_000, Outcome::Completed, None)]);
    }
    assert_eq!(*plugin.queued.lock().unwrap(), [MailboxId(1)]);
}

/// Three mailboxes that do all there is to do: work, fail for a while, are throttled.
fn eventful() -> TestWorld {
    let calls = AtomicU32::new(0);
    TestWorld::new(Arc::new(Act(move |mailbox: MailboxId| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        let wait = Some(BackOff::For(Duration::from_millis(333_333)));
        let answer = match mailbox.0 {
            0 => Ok(ActResult { items: call % 2 }),
            1 => Err(failure(ErrorClass::Transient, Reason::RequestTimeout, None)),
            _ => Err(failure(ErrorClass::Transient, Reason::RateLimited, wait)),
        };
        (Duration::from_secs(3), answer)
    })))
}

/// Kills the engine at every event in turn, restarts it on the same store after a minute, and
/// looks at both lives: what was promised before the crash is kept after it.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_event_loses_nothing_and_breaks_no_promise() {
    let config = act_mailboxes(&["ann", "bob", "cyd"]);
    for nth in 1..=24 {
        let world = eventful();
        let store = Store::in_memory().unwrap();
        let first_life = store.new_handle();
        world.recorder.kill_after(nth, first_life.clone());
        let engine = Engine::new(config.clone(), first_life.clone(), world.services.clone());
        let running = tokio::spawn(engine.unwrap().run());
        while !first_life.is_closed() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        running.abort();
        world.spawner.kill_all();
        assert_eq!(world.events().len(), nth);
        tokio::time::sleep(Duration::from_mins(1)).await;

        world.recorder.restart();
        run_for(&world, config.clone(), &store, Duration::from_mins(20)).await;
        let mut promised = BTreeMap::new();
        let mut failures = 0;
        for (at, event) in world.events() {
            let moment = start() + Duration::from_millis(at);
            match event {
                Event::CycleStarted { mailbox, due, .. } => {
                    assert!(moment >= due, "crash at event {nth}: early");
                    let before: Option<jiff::Timestamp> = promised.get(&mailbox).copied();
                    let kept = before.is_none_or(|promise| promise == due && moment >= promise);
                    assert!(kept, "crash at event {nth}: {mailbox:?} promised {before:?}");
                }
                Event::CycleEnded { mailbox, next_run, .. } => {
                    failures += u32::from(mailbox == MailboxId(1));
                    promised.insert(mailbox, next_run.unwrap());
                }
                _ => {}
            }
        }
        for mailbox in 0..3 {
            assert!(starts(&world, mailbox, Workload::Act).len() >= 3, "crash at event {nth}");
        }
        // What the store counted is what was told: no failure counted twice, none forgotten.
        let counted: u32 = store
            .read(|reader| {
                let sql = "SELECT transient_failures FROM schedule WHERE mailbox = 1";
                reader.first(sql, [], |row| row.get(0))
            })
            .unwrap()
            .unwrap();
        assert_eq!(counted, failures, "crash at event {nth}");
    }
}
