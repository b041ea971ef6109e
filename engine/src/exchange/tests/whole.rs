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

/// When cycles of a mailbox's workload started.
fn starts(bench: &Bench, whose: u32, of: Workload) -> Vec<u64> {
    let started = |(at, event): (u64, Event)| match event {
        Event::CycleStarted { mailbox, workload, .. }
            if mailbox == MailboxId(whose) && workload == of =>
        {
            Some(at)
        }
        _ => None,
    };
    bench.world.events().into_iter().filter_map(started).collect()
}

/// What a server has asked for, and when each workload heard of it.
fn pauses(bench: &Bench) -> Vec<(u64, Workload, Duration)> {
    let began = |(at, event): (u64, Event)| match event {
        Event::BackOffBegan { mailbox: MailboxId(0), workload, until, .. } => {
            Some((at, workload, until.duration_since(start()).unsigned_abs()))
        }
        _ => None,
    };
    bench.world.events().into_iter().filter_map(began).collect()
}

/// Two mailboxes; the first is told to wait for 12,345 ms at its first look.
fn told_to_wait() -> Bench {
    let (bench, office) = Bench::office(|config| {
        let exchange = Some(ServerId(0));
        let bob = Mailbox { incoming: exchange, outgoing: exchange, ..mailbox("bob") };
        config.mailboxes.push(bob);
        config.settings.outgoing_scan_interval = Duration::from_secs(5);
    });
    office.blow("SyncFolderItems", Blow::Message(0, "ErrorServerBusy"));
    bench
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_obeyed_to_the_millisecond_by_the_whole_mailbox_and_by_no_other() {
    let bench = told_to_wait();
    run_for(&bench, &Store::in_memory().unwrap(), Duration::from_secs(21)).await;
    let incoming = cycles(&bench, Workload::Incoming);
    assert_eq!(incoming[0], (0, Outcome::Throttled, Some(Reason::ServerBusy)));
    assert_eq!(starts(&bench, 0, Workload::Incoming), [0, 12_345]);
    assert_eq!(starts(&bench, 0, Workload::Outgoing), [0, 12_345, 17_345]);
    assert_eq!(starts(&bench, 1, Workload::Outgoing), [0, 5_000, 10_000, 15_000, 20_000]);
    let pause = Duration::from_millis(12_345);
    let told = [(0, Workload::Incoming, pause), (5_000, Workload::Outgoing, pause)];
    assert_eq!(pauses(&bench), told, "it holds the other back from when that was due");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_the_whole_mailbox_over_a_restart_too() {
    for before in [Duration::from_secs(2), Duration::from_secs(6)] {
        let bench = told_to_wait();
        let store = Store::in_memory().unwrap();
        run_for(&bench, &store, before).await;
        run_for(&bench, &store, Duration::from_secs(15)).await;
        assert_eq!(starts(&bench, 0, Workload::Incoming), [0, 12_345]);
        assert_eq!(starts(&bench, 0, Workload::Outgoing)[..2], [0, 12_345]);
        assert!(starts(&bench, 1, Workload::Outgoing).contains(&10_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cycle_under_way_asks_nothing_more_once_the_other_was_told_to_wait() {
    let (bench, office) = Bench::office(|_| {});
    for nth in 0..9 {
        bench.queue(&format!("m{nth}"), Priority::Normal);
    }
    office.blow("SyncFolderItems", Blow::Message(0, "ErrorServerBusy"));
    let run = |workload| CycleContext { workload, ..bench.ctx.clone() };
    let (incoming, outgoing) = tokio::join!(
        super::super::incoming::run(run(Workload::Incoming), ServerId(0)),
        super::super::outgoing::run(run(Workload::Outgoing), ServerId(0)),
    );
    assert_eq!(incoming.error.unwrap().reason, Reason::ServerBusy);
    let error = outgoing.error.unwrap();
    let until = crate::BackOff::Until(start() + Duration::from_millis(12_345));
    assert_eq!((error.reason, error.back_off), (Reason::ServerBusy, Some(until)));
    let asked = office.with(|mail| mail.asked.clone());
    let told = asked.iter().position(|name| name == "SyncFolderItems").unwrap();
    assert!(asked.len() <= told + 2, "one may have been on its way: {asked:?}");

    tokio::time::sleep(Duration::from_millis(12_345)).await;
    let again = super::super::outgoing::run(run(Workload::Outgoing), ServerId(0)).await;
    assert_eq!((again.error, office.with(|mail| mail.sent.len())), (None, 9));
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
