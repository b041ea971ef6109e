//! When cycles run while nothing is wrong, and who waits for whom.

use super::*;
use crate::testing::{network::Quiet, profile, quiet_act};
use crate::{Mailbox, Protocol, ServerId, Settings};

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

/// Two mailboxes, on one POP3 server each, with everything switched on that goes with POP3.
fn email_mailboxes(limits: [u16; 2], names: &[&str]) -> EngineConfig {
    let pop = |name, limit| crate::ServerProfile {
        max_concurrent_connections: limit,
        ..profile(name, Protocol::Pop3)
    };
    let servers =
        vec![pop("one", limits[0]), pop("two", limits[1]), profile("smtp", Protocol::Smtp)];
    let mailboxes = (0..).zip(names).map(|(place, name)| Mailbox {
        incoming: Some(ServerId(place % 2)),
        outgoing: Some(ServerId(2)),
        ..mailbox(name)
    });
    EngineConfig { mailboxes: mailboxes.collect(), servers, ..EngineConfig::default() }
}

#[tokio::test(start_paused = true)]
async fn each_workload_has_its_own_schedule_from_its_own_end() {
    let mut world = TestWorld::new(busy_act());
    world.services.connector = Arc::new(Quiet { answers_after: Duration::from_secs(20) });
    let mut config = email_mailboxes([9, 9], &["ann"]);
    config.settings.outgoing_scan_interval = Duration::from_mins(4);
    config.mailboxes.push(Mailbox { act: true, ..mailbox("bob") });
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_mins(13)).await;
    // A poll takes five answers of 20 s (greeting, USER, PASS, UIDL, QUIT), the first a sixth, to
    // CAPA; a scan that finds nothing takes no time.
    let first = 2 * MINUTE;
    assert_eq!(starts(&world, 0, Workload::Incoming), [0, first + 5 * MINUTE]);
    let scans = [0, 4, 8, 12].map(|minute| minute * MINUTE);
    assert_eq!(starts(&world, 0, Workload::Outgoing), scans);
    assert_eq!(starts(&world, 1, Workload::Act), [0, 5 * MINUTE, 10 * MINUTE]);
}

#[tokio::test(start_paused = true)]
async fn a_server_never_sees_more_connections_than_its_profile_allows() {
    let mut world = TestWorld::new(quiet_act());
    world.services.connector = Arc::new(Quiet { answers_after: Duration::from_millis(100) });
    let names: Vec<String> = (0..40).map(|number| format!("m{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let limits = [2, 3];
    let config = email_mailboxes(limits, &names);
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_mins(4)).await;
    let (mut open, mut peak, mut waits) = ([0_u16; 2], [0_u16; 2], 0);
    for (_, event) in world.events() {
        match event {
            Event::ConnectionOpened { server, .. } => {
                let server = usize::from(server.0);
                open[server] += 1;
                peak[server] = peak[server].max(open[server]);
            }
            Event::ConnectionClosed { server, .. } => open[usize::from(server.0)] -= 1,
            Event::WaitingForConnection { workload: Workload::Incoming, .. } => waits += 1,
            _ => {}
        }
    }
    assert_eq!((open, peak, waits), ([0, 0], limits, 40 - 5));
    let polled = (0..40).filter(|who| starts(&world, *who, Workload::Incoming).len() == 1);
    assert_eq!(polled.count(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_stopped_answering_leaves_workers_to_the_others() {
    let mut world = TestWorld::new(quiet_act());
    world.services.connector = Arc::new(Quiet { answers_after: Duration::MAX });
    let mut config = email_mailboxes([300, 300], &["a", "b", "c", "d", "e", "f"]);
    config.settings = Settings { incoming_workers: 2, ..Settings::default() };
    for place in [1, 3, 5] {
        config.mailboxes[place].enabled_at += Duration::from_secs(10);
    }
    run_for(&world, config, &Store::in_memory().unwrap(), Duration::from_secs(30)).await;
    // The first server's request times out after a minute; the second's first poll starts on time.
    assert_eq!(starts(&world, 0, Workload::Incoming), [0]);
    assert_eq!(starts(&world, 1, Workload::Incoming), [10_000]);
}
