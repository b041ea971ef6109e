//! What the virtual world promises, to the millisecond.

use crate::log::{HostIx, WorldEvent};
use crate::world::test_kit::{Setup, Toy, link, ms};
use crate::world::{Change, Direction, Ending, Jitter, Link, Loss, WorldError};

use super::play;

const SERVER: HostIx = HostIx(0);

/// Connects, hears the greeting, and exchanges one line at each of the given times.
async fn talk(toy: Toy, at: &[u64]) {
    let Some(mut stream) = toy.connect(0).await else { return };
    toy.hear(&mut stream).await;
    for (n, at) in at.iter().enumerate() {
        toy.until(*at).await;
        toy.say(&mut stream, &format!("line {n}")).await;
        if !toy.hear(&mut stream).await {
            return;
        }
    }
    toy.until(1_000_000).await;
}

#[test]
fn every_step_of_a_connection_takes_its_time() {
    let outcome = Setup::default().play(play, |toy| async move { talk(toy, &[0, 500]).await });
    // SYN 20, SYN-ACK 40; ACK 60, greeting 80 (RFC 9293, 3.5); a line and its echo.
    assert_eq!(
        outcome.notes(),
        [(40, "connected"), (80, "hello"), (120, "line 0"), (540, "line 1")]
    );
    assert_eq!(outcome.echoed(), [100, 520]);
    assert_eq!(outcome.ending, Ending::Deadline);
    assert_eq!(
        outcome.world(),
        [(0, WorldEvent::EngineStarted), (60, WorldEvent::Connected { host: SERVER })]
    );
}

#[test]
fn the_log_can_stop_the_run() {
    let outcome = Setup::default().play(play, |toy| async move {
        toy.until(1_234).await;
        toy.stop_here();
    });
    assert_eq!(outcome.ending, Ending::Stopped);
    assert_eq!(outcome.entries.last().unwrap().0, 1_234);
}

#[test]
fn the_load_acts_when_it_is_due() {
    let setup = Setup { load: vec![0, 7, 7, 1_000], ..Setup::default() };
    let outcome = setup.play(play, |_| async {});
    assert_eq!(outcome.notes(), [(0, "load"), (7, "load"), (1_000, "load")]);
}

#[test]
fn windows_are_reported() {
    let script = vec![
        (10, Change::Window { window: 3, open: true }),
        (20, Change::Window { window: 3, open: false }),
    ];
    let outcome = Setup { script, ..Setup::default() }.play(play, |_| async {});
    assert_eq!(
        outcome.world()[1..],
        [
            (10, WorldEvent::WindowOpened { window: 3 }),
            (20, WorldEvent::WindowClosed { window: 3 })
        ]
    );
}

#[test]
fn a_partition_is_overcome_by_repetition() {
    let script = vec![(1_000, Change::Partition(SERVER)), (5_000, Change::Repair(SERVER))];
    let outcome = Setup { script, ..Setup::default() }
        .play(play, |toy| async move { talk(toy, &[1_100, 9_000]).await });
    // Said at 1,100; repeated at 2,100, 4,100 and 8,100, which gets through.
    assert_eq!(outcome.notes()[2..], [(8_140, "line 0"), (9_040, "line 1")]);
}

#[test]
fn a_connect_during_a_partition_hangs_and_then_succeeds() {
    let script = vec![(1_000, Change::Partition(SERVER)), (5_000, Change::Repair(SERVER))];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        toy.until(1_500).await;
        talk(toy, &[]).await;
    });
    // SYN at 1,500, repeated at 2,500, 4,500 and 8,500.
    assert_eq!(outcome.notes(), [(8_540, "connected"), (8_580, "hello")]);
}

#[test]
fn a_connect_given_up_in_a_partition_reaches_nobody() {
    let script = vec![(1_000, Change::Partition(SERVER)), (5_000, Change::Repair(SERVER))];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        toy.until(1_500).await;
        let _ = tokio::time::timeout(ms(500), toy.connect(0)).await;
        toy.note("gave up");
    });
    assert_eq!(outcome.notes(), [(2_000, "gave up")]);
    assert_eq!(outcome.world(), [(0, WorldEvent::EngineStarted)]);
}

#[test]
fn a_one_way_partition_stops_one_way() {
    let cut = Change::PartitionOneWay(SERVER, Direction::ToEngine);
    let script = vec![(1_000, cut), (3_000, Change::Repair(SERVER))];
    let outcome = Setup { script, ..Setup::default() }
        .play(play, |toy| async move { talk(toy, &[2_000]).await });
    assert_eq!(outcome.echoed(), [2_020]);
    // The echo left at 2,020 and is repeated at 3,020.
    assert_eq!(outcome.notes()[2..], [(3_040, "line 0")]);
}

#[test]
fn a_hold_lets_go_in_order_and_at_once() {
    let script = vec![(1_000, Change::Hold(SERVER)), (3_000, Change::Release(SERVER))];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        toy.until(1_500).await;
        for line in ["one", "two", "three"] {
            toy.say(&mut stream, line).await;
        }
        while toy.hear(&mut stream).await {}
    });
    assert_eq!(outcome.echoed(), [3_000, 3_000, 3_000]);
    assert_eq!(outcome.notes()[2..], [(3_020, "one"), (3_020, "two"), (3_020, "three")]);
}

#[test]
fn nothing_overtakes_what_a_partition_delayed() {
    let script = vec![(1_000, Change::Partition(SERVER)), (2_005, Change::Repair(SERVER))];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        // Stopped; under way at the repair; sent after it; and the end.
        for (at, line) in [(1_001, "one"), (1_990, "two"), (2_010, "three")] {
            toy.until(at).await;
            toy.say(&mut stream, line).await;
        }
        drop(stream);
    });
    // Said at 1,001; repeated at 2,001 and 4,001.
    assert_eq!(outcome.echoed(), [4_021, 4_021, 4_021]);
    assert_eq!(outcome.lost(), [4_021]);
}

#[test]
fn a_crashed_server_resets_refuses_and_comes_back() {
    let script = vec![(1_000, Change::CrashServer(SERVER)), (2_000, Change::StartServer(SERVER))];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        assert!(!toy.hear(&mut stream).await);
        toy.connect(0).await;
        toy.until(2_000).await;
        talk(toy, &[]).await;
    });
    assert_eq!(
        outcome.notes()[2..],
        [
            (1_020, "ConnectionReset"),
            (1_060, "ConnectionRefused"),
            (2_040, "connected"),
            (2_080, "hello")
        ]
    );
    assert_eq!(outcome.lost(), [1_000]);
    assert_eq!(
        outcome.world()[2..],
        [
            (1_000, WorldEvent::ServerCrashed { host: SERVER }),
            (1_000, WorldEvent::Disconnected { host: SERVER }),
            (2_000, WorldEvent::ServerStarted { host: SERVER }),
            (2_060, WorldEvent::Connected { host: SERVER }),
        ]
    );
}

#[test]
fn a_crashed_engine_is_missed_after_the_latency_and_starts_again() {
    let script = vec![(1_000, Change::CrashEngine), (2_000, Change::StartEngine)];
    let outcome = Setup { script, ..Setup::default() }.play(play, |toy| async move {
        toy.note(format!("life {}", toy.life));
        talk(toy, &[]).await;
    });
    assert_eq!(
        outcome.notes(),
        [
            (0, "life 0"),
            (40, "connected"),
            (80, "hello"),
            (2_000, "life 1"),
            (2_040, "connected"),
            (2_080, "hello"),
        ]
    );
    assert_eq!(outcome.lost(), [1_020]);
}

#[test]
fn no_byte_leaves_an_engine_killed_in_the_middle_of_a_poll() {
    let outcome = Setup::default().play(play, |toy| async move {
        if toy.life > 0 {
            return;
        }
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        let spawned = toy.clone();
        toy.seams.spawner.spawn(Box::pin(async move {
            spawned.until(1_000).await;
            spawned.note("a task outlived its process");
        }));
        toy.until(500).await;
        toy.say(&mut stream, "alive").await;
        toy.die_here();
        toy.say(&mut stream, "dead").await;
        assert!(toy.connect(0).await.is_none());
        std::future::pending::<()>().await;
    });
    assert_eq!(outcome.echoed(), [520]);
    assert_eq!(outcome.lost(), [520]);
    assert_eq!(outcome.notes()[2..], [(500, "ConnectionAborted"), (500, "ConnectionAborted")]);
    let world = outcome.world();
    assert!(world.contains(&(500, WorldEvent::EngineCrashed)));
    assert_eq!(world.last(), Some(&(1_500, WorldEvent::EngineStarted)));
}

#[test]
fn an_event_of_a_server_can_kill_the_engine() {
    let outcome = Setup::default().play(play, |toy| async move {
        if toy.life > 0 {
            return;
        }
        let mut stream = toy.connect(0).await.unwrap();
        toy.say(&mut stream, "kill").await;
        toy.until(61_000).await;
    });
    let world = outcome.world();
    assert!(world.contains(&(60, WorldEvent::EngineCrashed)), "{world:?}");
    assert!(world.contains(&(1_060, WorldEvent::EngineStarted)), "{world:?}");
}

#[test]
fn bandwidth_delivers_little_by_little() {
    // 1,460 octets are the smallest chunk: 292 ms each at 5,000 octets a second.
    let links = vec![Link { bandwidth: Some(5_000), ..link(20) }];
    let outcome = Setup { links, ..Setup::default() }.play(play, |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        toy.until(1_000).await;
        toy.say(&mut stream, "flood 5000").await;
        let mut read = 0;
        while read < 5_000 {
            let mut some = [0; 8_192];
            read += tokio::io::AsyncReadExt::read(&mut stream, &mut some).await.unwrap();
            toy.note(read.to_string());
        }
    });
    // The command takes 2.2 ms of line and arrives at 1,023; the answer starts then.
    assert_eq!(
        outcome.notes()[2..],
        [(1_335, "1460"), (1_627, "2920"), (1_919, "4380"), (2_043, "5000")]
    );
}

#[test]
fn loss_delays_or_breaks() {
    let run = |loss| {
        let links = vec![Link { loss, ..link(20) }];
        Setup { links, deadline: 600_000, ..Setup::default() }
            .play(play, |toy| async move { talk(toy, &[60_000; 20]).await })
    };
    let delayed = run(Loss::Delay { chance: 0.2 });
    assert_eq!(delayed.notes.len(), 22, "every line comes through");
    assert!(delayed.notes.last().unwrap().0 > 61_000, "but later: {:?}", delayed.notes);
    let broken = run(Loss::Reset { chance: 0.2 });
    assert_eq!(broken.notes.last().unwrap().1, "ConnectionReset");
}

#[test]
fn one_seed_is_one_run() {
    let run = |seed| {
        let links = vec![
            Link { jitter: Jitter::Uniform(ms(30)), ..link(5) },
            Link { jitter: Jitter::Exponential { mean: ms(10), max: ms(100) }, ..link(7) },
        ];
        Setup { links, seed, ..Setup::default() }.play(play, |toy| async move {
            for n in 0..40 {
                let toy = toy.clone();
                toy.clone().seams.spawner.spawn(Box::pin(async move {
                    let mut stream = toy.connect(n % 2).await.unwrap();
                    toy.hear(&mut stream).await;
                    for word in 0..5 {
                        toy.say(&mut stream, &format!("{n} {word}")).await;
                    }
                    for _ in 0..5 {
                        toy.hear(&mut stream).await;
                    }
                }));
            }
            std::future::pending::<()>().await;
        })
    };
    let first = run(1);
    assert_eq!(first, run(1));
    assert_ne!(first.entries, run(2).entries);
    for n in 0..40 {
        let prefix = format!("{n} ");
        let heard: Vec<_> =
            first.notes.iter().filter_map(|(_, note)| note.strip_prefix(&prefix)).collect();
        assert_eq!(heard, ["0", "1", "2", "3", "4"], "jitter keeps the order of a connection");
    }
}

#[test]
fn what_cannot_be_played_is_refused() {
    let links = vec![Link { latency: std::time::Duration::from_micros(300), ..link(1) }];
    let error = Setup { links, ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::LatencyTooShort { .. }), "{error}");
    let links = vec![Link { bandwidth: Some(0), ..link(1) }];
    let error = Setup { links, ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::NoBandwidth { .. }), "{error}");
    let links = vec![Link { loss: Loss::Delay { chance: f64::NAN }, ..link(1) }];
    let error = Setup { links, ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::ChanceOutOfRange { .. }), "{error}");
    let script = vec![(1, Change::Hold(HostIx(1)))];
    let error = Setup { script, ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::UnknownServer { host: 1, servers: 1 }), "{error}");
}
