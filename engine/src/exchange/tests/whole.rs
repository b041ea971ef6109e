//! The engine as a whole on Exchange: schedules, pauses, permits.

use super::*;
use crate::{Engine, Outcome, Reason};

/// Runs an engine over an office for a while.
async fn run_for(bench: &Bench, store: &Store, time: Duration) {
    let config = (*bench.ctx.config).clone();
    let engine = Engine::new(config, store.new_handle(), bench.world.services.clone()).unwrap();
    let handle = engine.handle();
    let running = tokio::spawn(engine.run());
    tokio::time::sleep(time).await;
    handle.stop();
    running.await.unwrap().unwrap();
}

/// When cycles of a workload started and how they ended, with what the server asked for.
fn cycles(bench: &Bench, of: Workload) -> Vec<(u64, Outcome, Option<Reason>)> {
    let ended = |(at, event): (u64, Event)| match event {
        Event::CycleEnded { workload, outcome, reason, .. } if workload == of => {
            Some((at, outcome, reason))
        }
        _ => None,
    };
    bench.world.events().into_iter().filter_map(ended).collect()
}

#[tokio::test(start_paused = true)]
async fn mail_flows_both_ways_on_schedule_and_connections_are_closed_at_the_end() {
    let (bench, office) = Bench::office(|_| {});
    let store = Store::in_memory().unwrap();
    office.deliver("inbox", "one");
    run_for(&bench, &store, Duration::from_mins(11)).await;
    let incoming: Vec<u64> =
        cycles(&bench, Workload::Incoming).into_iter().map(|(at, ..)| at).collect();
    assert_eq!(incoming, [0, 300_000, 600_000]);
    assert!(bench.told_since(0).contains(&"1 stored".to_owned()));
    let mut open = 0;
    for (_, event) in bench.world.events() {
        match event {
            Event::ConnectionOpened { .. } => open += 1,
            Event::ConnectionClosed { .. } => open -= 1,
            _ => {}
        }
    }
    assert_eq!(open, 0);
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_obeyed_to_the_millisecond_and_by_its_workload_only() {
    let (bench, office) = Bench::office(|_| {});
    let store = Store::in_memory().unwrap();
    office.blow("SyncFolderItems", Blow::Message(0, "ErrorServerBusy"));
    run_for(&bench, &store, Duration::from_secs(30)).await;
    let incoming = cycles(&bench, Workload::Incoming);
    assert_eq!(incoming[0], (0, Outcome::Throttled, Some(Reason::ServerBusy)));
    assert_eq!(incoming[1], (12_345, Outcome::Completed, None));
    let asked = bench.world.events().into_iter().find_map(|(_, event)| match event {
        Event::BackOffBegan { until, .. } => Some(until),
        _ => None,
    });
    assert_eq!(asked, Some(start() + Duration::from_millis(12_345)));
    assert_eq!(cycles(&bench, Workload::Outgoing)[0].0, 0);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_no_length_is_a_minute() {
    let (bench, office) = Bench::office(|_| {});
    let store = Store::in_memory().unwrap();
    let busy = fault("ErrorServerBusy", "busy", &[]);
    office.blow("SyncFolderItems", Blow::Refuse(busy));
    run_for(&bench, &store, Duration::from_mins(2)).await;
    let times: Vec<u64> =
        cycles(&bench, Workload::Incoming).into_iter().map(|(at, ..)| at).collect();
    assert_eq!(times, [0, 60_000]);
}

#[tokio::test(start_paused = true)]
async fn connections_never_outnumber_the_permits() {
    let (bench, office) = Bench::office(|config| {
        config.servers[0].max_concurrent_connections = 3;
        config.servers[0].exchange.idle_connection_timeout = Duration::from_secs(7);
        let incoming = Some(ServerId(0));
        let names = (0..20).map(|number| format!("m{number}"));
        let more = names.map(|name| Mailbox { incoming, outgoing: incoming, ..mailbox(&name) });
        config.mailboxes.extend(more);
        config.settings.active_mailbox_minimum_backoff = Duration::from_secs(5);
        config.settings.idle_mailbox_maximum_backoff = Duration::from_secs(5);
        config.settings.mailbox_backoff_on_transient_error = Duration::from_secs(3);
    });
    for nth in 0..60 {
        office.deliver("inbox", &format!("m{nth}"));
        let blow = [Blow::LostBefore, Blow::LostAfter, Blow::SilentBefore][nth % 3].clone();
        office.blow(if nth % 2 == 0 { "SyncFolderItems" } else { "GetItem" }, blow);
    }
    let store = Store::in_memory().unwrap();
    run_for(&bench, &store, Duration::from_mins(30)).await;
    let (mut open, mut peak) = (0, 0);
    for (_, event) in bench.world.events() {
        match event {
            Event::ConnectionOpened { .. } => open += 1,
            Event::ConnectionClosed { .. } => open -= 1,
            _ => {}
        }
        peak = peak.max(open);
        assert!((0..=3).contains(&open));
    }
    assert_eq!((open, peak), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_disables_at_once() {
    let server = HttpServer::new(|_| {
        status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "")
    });
    let bench = Bench::new(server);
    let store = Store::in_memory().unwrap();
    run_for(&bench, &store, Duration::from_mins(1)).await;
    let expected = (0, Outcome::Disabled, Some(Reason::CredentialsRejected));
    assert_eq!(cycles(&bench, Workload::Incoming), [expected]);
    assert_eq!(store.alerts().unwrap()[0].text, "GetUserConfiguration: HTTP 401");
}
