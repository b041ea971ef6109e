//! The stream pair by itself: octets arrive unaltered and in order, memory is bounded, ends and
//! resets are told, and nothing is left behind.

use std::io::ErrorKind;
use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::pipe::WINDOW;
use super::{Fabric, VirtualStream};
use crate::log::HostIx;
use crate::world::test_kit::{link, ms};
use crate::world::{Direction, Jitter, Link, Loss, RunClock, SessionStream};

const SERVER: HostIx = HostIx(0);

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

/// A network with a courier, and one connection in it: the client's end, the server's end.
async fn pair(link: &Link) -> (Fabric, VirtualStream, VirtualStream) {
    let fabric = Fabric::new(7, std::iter::once(("server", link)));
    tokio::spawn(fabric.courier());
    let (client, server) = tokio::join!(fabric.connect(SERVER), fabric.accept(SERVER));
    (fabric, client.unwrap(), server)
}

async fn settle() {
    tokio::time::sleep(Duration::from_hours(1)).await;
}

fn any_link() -> impl Strategy<Value = Link> {
    let jitter = prop_oneof![Just(Jitter::None), Just(Jitter::Uniform(ms(40)))];
    let loss = prop_oneof![Just(Loss::None), Just(Loss::Delay { chance: 0.2 })];
    let bandwidth = prop_oneof![Just(None), Just(Some(20_000)), Just(Some(10_000_000))];
    (1_u64..50, jitter, loss, bandwidth).prop_map(|(latency, jitter, loss, bandwidth)| Link {
        jitter,
        bandwidth,
        loss,
        ..link(latency)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn octets_arrive_unaltered_and_in_order(
        link in any_link(),
        writes in prop::collection::vec((1_usize..100_000, 0_u64..50), 1..8),
        reads in prop::collection::vec((1_usize..70_000, 0_u64..50), 1..8),
        cut in prop::option::of((100_u64..2_000, 1_u64..5_000)),
    ) {
        let sent: Vec<u8> = (0..writes.iter().map(|(size, _)| size).sum::<usize>())
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        let expected = sent.clone();
        let received = block_on(async move {
            let (fabric, mut client, mut server) = pair(&link).await;
            tokio::spawn(async move {
                let mut rest = &sent[..];
                for (size, pause) in writes {
                    let (now, later) = rest.split_at(size);
                    client.write_all(now).await.unwrap();
                    rest = later;
                    tokio::time::sleep(ms(pause)).await;
                }
                client.shutdown().await.unwrap();
                settle().await;
            });
            if let Some((at, lasts)) = cut {
                tokio::spawn(async move {
                    tokio::time::sleep(ms(at)).await;
                    fabric.cut(SERVER, Direction::ToServer);
                    fabric.cut(SERVER, Direction::ToEngine);
                    tokio::time::sleep(ms(lasts)).await;
                    fabric.repair(SERVER);
                });
            }
            let mut received = Vec::new();
            for (size, pause) in reads.into_iter().cycle() {
                let mut some = vec![0; size];
                let read = server.read(&mut some).await.unwrap();
                if read == 0 {
                    break;
                }
                received.extend_from_slice(&some[..read]);
                tokio::time::sleep(ms(pause)).await;
            }
            received
        });
        prop_assert!(received == expected, "{} of {}", received.len(), expected.len());
    }
}

#[test]
fn a_writer_waits_for_its_reader() {
    block_on(async {
        let (fabric, mut client, mut server) = pair(&link(20)).await;
        let writer = tokio::spawn(async move {
            let mut written = 0;
            while let Ok(more) = client.write(&[0; 10_000]).await {
                written += more;
                if written >= 8 * WINDOW {
                    break;
                }
            }
            client
        });
        settle().await;
        assert!(!writer.is_finished());
        let before = fabric.sim_now();
        let mut read = 0;
        let mut some = vec![0; WINDOW * 2];
        read += server.read(&mut some).await.unwrap();
        assert_eq!(read, WINDOW, "exactly a window is under way");
        while read < 8 * WINDOW {
            read += server.read(&mut some).await.unwrap();
        }
        drop(writer.await.unwrap());
        // Every further window costs a round trip: room is told of, and filled.
        assert_eq!(fabric.sim_now().since(before), ms(7 * 40));
    });
}

#[test]
fn ends_and_resets_are_told_and_leave_nothing_behind() {
    block_on(async {
        let (fabric, mut client, mut server) = pair(&link(20)).await;
        client.write_all(b"last words").await.unwrap();
        drop(client);
        let mut heard = Vec::new();
        server.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"last words");
        server.write_all(b"to nobody").await.unwrap();
        settle().await;
        let error = server.write_all(b"again").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        drop(server);
        settle().await;
        assert_eq!(fabric.connections(), 0);
    });
}

#[test]
fn a_reset_lets_what_had_arrived_be_read_first() {
    block_on(async {
        let (fabric, mut client, mut server) = pair(&link(20)).await;
        server.write_all(b"half an ans").await.unwrap();
        server.reset();
        let mut heard = Vec::new();
        let error = client.read_to_end(&mut heard).await.unwrap_err();
        assert_eq!((&heard[..], error.kind()), (&b"half an ans"[..], ErrorKind::ConnectionReset));
        drop(client);
        settle().await;
        assert_eq!(fabric.connections(), 0);
    });
}

#[test]
fn leaving_something_unread_resets() {
    block_on(async {
        let (_fabric, client, mut server) = pair(&link(20)).await;
        server.write_all(b"unread").await.unwrap();
        settle().await;
        drop(client);
        settle().await;
        let error = server.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn every_way_to_end_gives_the_place_back() {
    block_on(async {
        let link = Link { jitter: Jitter::Uniform(ms(30)), ..link(5) };
        let fabric = Fabric::new(7, std::iter::once(("server", &link)));
        tokio::spawn(fabric.courier());
        let accepting = fabric.clone();
        let acceptor = tokio::spawn(async move {
            for n in 0.. {
                let mut stream = accepting.accept(SERVER).await;
                tokio::spawn(async move {
                    let _ = stream.write_all(b"hello").await;
                    match n % 3 {
                        0 => stream.reset(),
                        1 => drop(stream.read_u8().await),
                        _ => drop(stream),
                    }
                });
            }
        });
        for n in 0_u64..300 {
            let client = tokio::time::timeout(ms(n % 40), fabric.connect(SERVER)).await;
            if let Ok(Ok(mut client)) = client {
                let _ = tokio::time::timeout(ms(n % 7), client.read_u8()).await;
            }
            match n % 100 {
                40 => fabric.cut(SERVER, Direction::ToServer),
                60 => fabric.repair(SERVER),
                80 => fabric.crash(SERVER),
                90 => fabric.start(SERVER),
                99 => fabric.crash_engine(),
                _ => {}
            }
        }
        acceptor.abort();
        settle().await;
        assert_eq!(fabric.connections(), 0);
    });
}
