//! The process killed at any moment, and started again on the same store.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::testing::start;

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
