//! What the turmoil world promises: the same things as the virtual one, to within a tick, and the
//! same events.

use std::sync::Arc;

use crate::log::{HostIx, WorldEvent};
use crate::world::test_kit::{Outcome, Setup, Toy, link, ms};
use crate::world::{Change, Direction, Ending, Jitter, Link, Loss, WorldError, virtual_world};

use super::clock::StepClock;
use super::connector::{Destination, open};
use super::household::Household;
use super::play;
use super::way::Way;

const SERVER: HostIx = HostIx(0);
const TICK: u64 = 10;

/// The same notes in the same order, none further apart than a few ticks.
fn assert_alike(turmoil: &Outcome, ours: &Outcome) {
    let names = |outcome: &Outcome| -> Vec<String> {
        outcome.notes.iter().map(|(_, note)| note.clone()).collect()
    };
    assert_eq!(names(turmoil), names(ours), "{:?}\n{:?}", turmoil.notes, ours.notes);
    for (theirs, ours) in turmoil.notes.iter().zip(&ours.notes) {
        assert!(theirs.0.abs_diff(ours.0) <= 4 * TICK, "{theirs:?} and {ours:?}");
    }
    let events = |outcome: &Outcome| -> Vec<WorldEvent> {
        outcome.world().into_iter().map(|(_, event)| event).collect()
    };
    assert_eq!(events(turmoil), events(ours));
    assert_eq!(turmoil.lost().len(), ours.lost().len());
    assert_eq!(turmoil.echoed().len(), ours.echoed().len());
    assert_eq!(turmoil.ending, ours.ending);
}

/// Plays the same in both worlds and compares.
fn both<F, T>(setup: impl Fn() -> Setup, script: F) -> Outcome
where
    F: Fn(Toy) -> T + Send + Sync + Copy + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let turmoil = setup().play(play, script);
    assert_alike(&turmoil, &setup().play(virtual_world::play, script));
    turmoil
}

fn scripted(script: &[(u64, Change)]) -> impl Fn() -> Setup + '_ {
    || Setup { script: script.to_vec(), ..Setup::default() }
}

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
    std::future::pending::<()>().await;
}

#[test]
fn a_connection_takes_the_same_time_in_both_worlds() {
    let outcome = both(Setup::default, |toy| async move { talk(toy, &[0, 500]).await });
    assert_eq!(outcome.ending, Ending::Deadline);
    assert_eq!(outcome.notes.len(), 4);
}

#[test]
fn the_log_stops_the_run_at_the_end_of_a_tick() {
    let outcome = Setup::default().play(play, |toy| async move {
        toy.until(1_234).await;
        toy.stop_here();
        toy.until(1_241).await;
        toy.note("after the tick");
    });
    assert_eq!(outcome.ending, Ending::Stopped);
    assert_eq!(outcome.entries.last().unwrap().0, 1_234);
    assert!(outcome.notes.is_empty());
}

#[test]
fn script_and_load_act_at_ticks() {
    let script = [
        (10, Change::Window { window: 3, open: true }),
        (25, Change::Window { window: 3, open: false }),
    ];
    let setup = Setup { script: script.to_vec(), load: vec![0, 7, 1_000], ..Setup::default() };
    let outcome = setup.play(play, |_| async {});
    assert_eq!(outcome.notes(), [(0, "load"), (10, "load"), (1_000, "load")]);
    assert_eq!(
        outcome.world()[1..],
        [
            (10, WorldEvent::WindowOpened { window: 3 }),
            (30, WorldEvent::WindowClosed { window: 3 })
        ]
    );
}

#[test]
fn a_partition_keeps_what_is_under_way_and_hangs_connects() {
    let script = [(1_000, Change::Partition(SERVER)), (5_000, Change::Repair(SERVER))];
    let outcome = scripted(&script)().play(play, |toy| async move {
        let late = toy.clone();
        toy.seams.spawner.spawn(Box::pin(async move {
            late.until(1_500).await;
            talk(late, &[]).await;
        }));
        // Under way when it begins.
        talk(toy, &[995]).await;
    });
    let at: Vec<_> = outcome.notes[2..].iter().map(|(at, _)| at / 100).collect();
    assert_eq!(at, [50, 50, 50], "{:?}", outcome.notes);
    assert_eq!(outcome.notes.len(), 5);
}

#[test]
fn a_one_way_partition_stops_one_way() {
    let cut = Change::PartitionOneWay(SERVER, Direction::ToEngine);
    let script = [(1_000, cut), (3_000, Change::Repair(SERVER))];
    let outcome = scripted(&script)().play(play, |toy| async move { talk(toy, &[2_000]).await });
    assert!((2_010..=2_020).contains(&outcome.echoed()[0]));
    assert!((3_010..=3_030).contains(&outcome.notes[2].0), "{:?}", outcome.notes);
}

#[test]
fn a_hold_lets_go_in_order() {
    let script = [(1_000, Change::Hold(SERVER)), (3_000, Change::Release(SERVER))];
    let outcome = both(scripted(&script), |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        toy.until(3_000 - 1_500).await;
        for line in ["one", "two", "three"] {
            toy.say(&mut stream, line).await;
        }
        while toy.hear(&mut stream).await {}
    });
    assert_eq!(outcome.echoed().len(), 3);
}

#[test]
fn a_crashed_server_resets_refuses_and_comes_back() {
    let script = [(1_000, Change::CrashServer(SERVER)), (2_000, Change::StartServer(SERVER))];
    let outcome = both(scripted(&script), |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        assert!(!toy.hear(&mut stream).await);
        toy.connect(0).await;
        toy.until(2_010).await;
        talk(toy, &[]).await;
    });
    assert_eq!(outcome.lost(), [1_000]);
    assert_eq!(outcome.notes[2].1, "ConnectionReset");
    assert_eq!(outcome.notes[3].1, "ConnectionRefused");
}

#[test]
fn a_crashed_engine_starts_again() {
    let script = [(1_000, Change::CrashEngine), (2_000, Change::StartEngine)];
    let outcome = both(scripted(&script), |toy| async move {
        toy.note(format!("life {}", toy.life));
        talk(toy, &[]).await;
    });
    assert!((1_010..=1_030).contains(&outcome.lost()[0]));
}

#[test]
fn no_byte_leaves_an_engine_killed_in_the_middle_of_a_poll() {
    let outcome = both(Setup::default, |toy| async move {
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
    assert_eq!(outcome.echoed().len(), 1);
    assert_eq!(outcome.lost().len(), 1);
    assert_eq!(outcome.world().last(), Some(&(1_510, WorldEvent::EngineStarted)));
}

#[test]
fn bandwidth_and_loss_shape_the_stream() {
    let slow = || {
        let links = vec![Link { bandwidth: Some(5_000), ..link(20) }];
        Setup { links, ..Setup::default() }
    };
    let outcome = slow().play(play, |toy| async move {
        let mut stream = toy.connect(0).await.unwrap();
        toy.hear(&mut stream).await;
        toy.until(1_000).await;
        toy.say(&mut stream, "flood 50000").await;
        let mut all = vec![0; 50_000];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut all).await.unwrap();
        assert!(all.chunks(10).all(|digits| digits == b"0123456789"));
        toy.note("all of it");
    });
    assert!((11_000..=11_100).contains(&outcome.notes[2].0), "{:?}", outcome.notes);
    let links = vec![Link { loss: Loss::Reset { chance: 0.2 }, ..link(20) }];
    let broken = Setup { links, ..Setup::default() }
        .play(play, |toy| async move { talk(toy, &[1_000; 40]).await });
    assert_eq!(broken.notes.last().unwrap().1, "ConnectionReset");
}

#[test]
fn one_seed_is_one_run() {
    let run = |seed| {
        let links = vec![Link { jitter: Jitter::Uniform(ms(90)), ..link(20) }, link(50)];
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
    assert_eq!(first.notes.len(), 40 * 7);
}

/// A way of its own: ten ports only, so that the third round would find none left.
#[test]
fn ports_of_ended_connections_are_used_again() {
    let clock = Arc::new(StepClock::default());
    clock.begin();
    let way = Arc::new(Way::new(1, "server", &link(20), clock));
    let mut sim = turmoil::Builder::new()
        .epoch(std::time::SystemTime::UNIX_EPOCH)
        .rng_seed(1)
        .tick_duration(ms(10))
        .simulation_duration(ms(60_000))
        .ephemeral_ports(1_024..=1_033)
        .build();
    sim.host("server", || async {
        let listener = turmoil::net::TcpListener::bind("0.0.0.0:110").await?;
        loop {
            drop(listener.accept().await?);
        }
    });
    sim.client("engine", async move {
        let server = Destination { name: "server".to_owned(), way };
        for _ in 0..10 {
            let mut streams = Vec::new();
            for _ in 0..5 {
                streams.push(open(&server, 110, &Household::default()).await?);
            }
            drop(streams);
            tokio::time::sleep(ms(100)).await;
        }
        Ok(())
    });
    sim.run().unwrap();
}

#[test]
fn a_latency_that_ticks_would_round_is_refused() {
    let error = Setup { links: vec![link(25)], ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::TickDoesNotDivide { .. }), "{error}");
    let error = Setup { tick: 0, links: vec![], ..Setup::default() }.refused(play);
    assert!(matches!(error, WorldError::TickTooShort { .. }), "{error}");
}
