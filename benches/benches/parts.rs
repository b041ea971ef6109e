//! What single parts cost, with criterion: where to look when a ratio has moved.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fake_servers::ItemId;
use fake_servers::store::{Body, BodyKind, Message};
use sync_engine::{CycleId, Event, MailboxId, Outcome, Workload};
use syncsim::log::{Digester, Entry};
use syncsim::time::SimTime;
use syncsim_benches::sync_answer;
use wire::ews::ResponseEnvelope;
use wire::pop3::{BodyLimits, ReplyReader, write_body};

const EIGHT_MIB: u32 = 8 * 1024 * 1024;

fn message(octets: u32, kind: BodyKind) -> Vec<u8> {
    let message = Message {
        item: ItemId(1),
        arrived: epoch(),
        body: Body::Generated { seed: 1, octets, kind },
    };
    message.render("pop-1@example.com", "example.com")
}

fn epoch() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// RETR of a large message, read as it comes off a socket.
fn pop3_reader(criterion: &mut Criterion) {
    let mut answer = b"+OK\r\n".to_vec();
    write_body(&message(EIGHT_MIB, BodyKind::DotHeavy), &mut answer);
    let mut group = criterion.benchmark_group("pop3 reader");
    group.throughput(Throughput::Bytes(answer.len() as u64));
    group.bench_function("8 MiB with many dots, in pieces of 8 KiB", |bencher| {
        bencher.iter(|| {
            let mut reader = ReplyReader::default();
            let limits = BodyLimits::octets(EIGHT_MIB as usize * 2);
            let mut read = None;
            for (place, piece) in answer.chunks(8 * 1024).enumerate() {
                reader.feed(piece);
                if place == 0 {
                    assert!(matches!(reader.status(), Ok(Some(_))), "a status line");
                }
                read = reader.body(limits).unwrap_or_default();
            }
            assert!(black_box(read).is_some(), "a body");
        });
    });
    group.finish();
}

/// The largest answer of `SyncFolderItems`, in both directions.
fn ews_codec(criterion: &mut Criterion) {
    let envelope = sync_answer();
    let document = envelope.write();
    let mut group = criterion.benchmark_group("EWS codec");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("512 changes written", |bencher| {
        bencher.iter(|| black_box(black_box(&envelope).write()));
    });
    group.bench_function("512 changes read", |bencher| {
        bencher.iter(|| black_box(ResponseEnvelope::read(black_box(&document)).is_ok()));
    });
    group.finish();
}

fn generator(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message generator");
    group.throughput(Throughput::Bytes(8 * 1024));
    group.bench_function("8 KiB of text", |bencher| {
        bencher.iter(|| black_box(message(8 * 1024, BodyKind::Plain)));
    });
    group.finish();
}

fn digest(criterion: &mut Criterion) {
    let entry = Entry::Engine {
        event: Event::CycleEnded {
            cycle: CycleId(7),
            mailbox: MailboxId(3),
            workload: Workload::Incoming,
            outcome: Outcome::Completed,
            reason: None,
            items: 0,
            next_run: Some(epoch()),
        },
    };
    let mut digester = Digester::default();
    criterion.bench_function("digest of one entry", |bencher| {
        bencher.iter(|| digester.see(SimTime(1), black_box(&entry)));
    });
}

criterion_group!(parts, ews_codec, pop3_reader, generator, digest);
criterion_main!(parts);
