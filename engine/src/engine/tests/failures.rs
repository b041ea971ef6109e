//! What follows from errors, and how far they reach.

use super::*;
use crate::testing::network::Scripts;
use crate::testing::{Plugin, profile, quiet_act, start};
use crate::{AlertScope, Mailbox, Protocol, ServerId, Settings, Severity, StoreError};

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

#[tokio::test(start_paused = true)]
async fn a_pause_is_told_with_the_server_that_asked_for_it() {
    let network = Scripts::new(&["S -ERR [LOGIN-DELAY] too soon"]);
    let mut world = TestWorld::new(quiet_act());
    world.services.connector = network;
    let config = EngineConfig {
        servers: vec![profile("pop", Protocol::Pop3)],
        mailboxes: vec![Mailbox { incoming: Some(ServerId(0)), ..mailbox("ann") }],
        ..EngineConfig::default()
    };
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_mins(1)).await;
    let told: Vec<_> = world
        .events()
        .into_iter()
        .filter(|(_, event)| matches!(event, Event::BackOffBegan { .. }))
        .collect();
    let expected = Event::BackOffBegan {
        mailbox: MailboxId(0),
        workload: Workload::Incoming,
        server: ServerId(0),
        until: start() + Duration::from_mins(5),
        reason: Reason::LoginDelay,
    };
    assert_eq!(told, [(0, expected)]);
    assert_eq!(ends(&world, 0), [(0, Outcome::Throttled, Some(Reason::LoginDelay))]);
}
