//! The figures the project promises, each beside its bound and held as a ratio in one run, so that
//! a slow or a busy machine changes nothing. `cargo bench --bench ratios -- --short` takes about a
//! minute, without `--short` several.

use std::error::Error;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use fake_servers::pop3::{Pop3Options, Pop3Server};
use fake_servers::store::MailStore;
use fake_servers::{Action, Actions, FaultPlan, Session};
use syncsim::scenario::WorldKind::{Turmoil, Virtual};
use syncsim::wall::Stopwatch;
use syncsim::world::WorldError;
use syncsim::world::virtual_world::{Dialogue, Floor, HttpFloor};
use syncsim_benches::{Bound, Figure, QuietCycles, Subject, Table, sync_answer};
use wire::ews::ResponseEnvelope;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Set for a child of this process that measures itself whole.
const CHILD: &str = "--child";
const HOUR: Duration = Duration::from_hours(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().position(|argument| argument == CHILD) {
        Some(place) => child(arguments.get(place + 1)),
        None => all(arguments.iter().any(|argument| argument == "--short")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("ratios: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all(short: bool) -> Result<bool> {
    let rounds = if short { 5 } else { 15 };
    let mut table = Table::default();
    cycle_against_floor(&mut table, rounds)?;
    exchange_cycle_against_floor(&mut table, rounds)?;
    ten_thousand_against_one_thousand(&mut table, if short { 3 } else { 7 })?;
    memory(&mut table)?;
    exchange_memory(&mut table)?;
    one_mailbox_day(&mut table, rounds)?;
    codec(&mut table, rounds)?;
    virtual_against_turmoil(&mut table, if short { HOUR } else { 24 * HOUR })?;
    println!("{table}");
    Ok(table.holds())
}

/// The whole engine, store, log and default checks against the same bytes over the same streams.
fn cycle_against_floor(table: &mut Table, rounds: usize) -> Result<()> {
    let subject = Subject::named("quiet-1000")?;
    let floor = Floor {
        mailboxes: 1000,
        pause: Duration::from_mins(5),
        lasts: HOUR,
        link: subject.scenario().servers[0].link.clone(),
        dialogue: quiet_session(&subject)?,
    };
    against_floor(table, "quiet POP3 cycle / its floor", &subject, rounds, || floor.run())
}

/// The same for Exchange, whose floor is the same requests through hyper and the codec. A floor's
/// exchanges are more than its cycles: every third one looks at the list of categories as well.
fn exchange_cycle_against_floor(table: &mut Table, rounds: usize) -> Result<()> {
    let subject = Subject::named("quiet-exchange-1000")?;
    let scenario = subject.scenario();
    let floor = HttpFloor {
        mailboxes: 1000,
        connections: 100,
        pause: Duration::from_mins(5),
        lasts: HOUR,
        link: scenario.servers[0].link.clone(),
        dialogue: Arc::new(QuietCycles::learn(scenario.run.start)?),
    };
    let cycles = || floor.run().map(QuietCycles::cycles);
    against_floor(table, "quiet Exchange cycle / its floor", &subject, rounds, cycles)
}

/// Measures a subject's cycles and its floor by turns, so that both meet the same machine.
fn against_floor(
    table: &mut Table,
    what: &'static str,
    subject: &Subject,
    rounds: usize,
    floor: impl Fn() -> std::result::Result<u64, WorldError>,
) -> Result<()> {
    let (mut ratios, mut cycles, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        let held = floor()?;
        let under = micros(watch.spent().cpu, held);
        let (spent, count) = subject.measure(Virtual)?;
        let over = micros(spent.cpu, count);
        ratios.push(over / under);
        cycles.push(over);
        floors.push(under);
    }
    table.push(Figure {
        what,
        value: median(&mut ratios),
        unit: "x",
        bound: Bound::AtMost(3.0),
        how: format!(
            "{:.1} us of CPU over {:.1} us, medians of {rounds}",
            median(&mut cycles),
            median(&mut floors)
        ),
    });
    Ok(())
}

fn ten_thousand_against_one_thousand(table: &mut Table, rounds: usize) -> Result<()> {
    let (small, large) = (Subject::named("quiet-1000")?, Subject::named("quiet-10000")?);
    let (mut ratios, mut each) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (spent, cycles) = small.measure(Virtual)?;
        let of_small = micros(spent.cpu, cycles);
        let (spent, cycles) = large.measure(Virtual)?;
        let of_large = micros(spent.cpu, cycles);
        ratios.push(of_large / of_small);
        each.push(of_large);
    }
    table.push(Figure {
        what: "cycle at 10,000 mailboxes / at 1,000",
        value: median(&mut ratios),
        unit: "x",
        bound: Bound::AtMost(1.3),
        how: format!("{:.1} us at 10,000, medians of {rounds}", median(&mut each)),
    });
    Ok(())
}

fn memory(table: &mut Table) -> Result<()> {
    let peak_kib: f64 = ask_child("quiet-10000")?;
    let beyond = (peak_kib - 60.0 * 1024.0) / 10_000.0;
    table.push(Figure {
        what: "memory per mailbox beyond 60 MiB",
        value: beyond.max(0.0),
        unit: "KiB",
        bound: Bound::AtMost(10.0),
        how: format!("{:.0} MiB at 10,000 mailboxes, peak of a whole process", peak_kib / 1024.0),
    });
    Ok(())
}

fn exchange_memory(table: &mut Table) -> Result<()> {
    let peak_kib: f64 = ask_child("exchange-10000")?;
    let beyond = (peak_kib - 60.0 * 1024.0) / 10_000.0;
    table.push(Figure {
        what: "memory per Exchange mailbox beyond 60 MiB",
        value: beyond.max(0.0),
        unit: "KiB",
        bound: Bound::AtMost(12.0),
        how: format!(
            "{:.0} MiB at 10,000 mailboxes, an hour of email both ways",
            peak_kib / 1024.0
        ),
    });
    Ok(())
}

fn one_mailbox_day(table: &mut Table, rounds: usize) -> Result<()> {
    let mut walls = Vec::new();
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        let _: f64 = ask_child("one-mailbox-day")?;
        walls.push(watch.spent().wall.as_secs_f64());
    }
    table.push(Figure {
        what: "one mailbox for 24 h, whole process",
        value: median(&mut walls),
        unit: "s",
        bound: Bound::AtMost(0.1),
        how: format!("wall time from start to exit, median of {rounds}"),
    });
    Ok(())
}

fn virtual_against_turmoil(table: &mut Table, simulated: Duration) -> Result<()> {
    let subject = Subject::named("hundred-mailboxes")?.lasting(simulated);
    let fast = subject.measure(Virtual)?.0.wall.as_secs_f64();
    let slow = subject.measure(Turmoil)?.0.wall.as_secs_f64();
    table.push(Figure {
        what: "virtual world / turmoil world, tick 1 ms",
        value: slow / fast,
        unit: "x",
        bound: Bound::AtLeast(100.0),
        how: format!(
            "100 mailboxes for {} h: {fast:.3} s against {slow:.1} s",
            simulated.as_secs() / 3600
        ),
    });
    Ok(())
}

/// The largest answer of `SyncFolderItems`, through the typed codec. An absolute figure, and so by
/// CPU time: what else runs on the machine matters less then.
#[expect(clippy::cast_precision_loss, reason = "lengths far below 2^53")]
fn codec(table: &mut Table, rounds: usize) -> Result<()> {
    let envelope = sync_answer();
    let document = envelope.write();
    if ResponseEnvelope::read(&document)? != envelope {
        return Err("the codec does not read what it writes".into());
    }
    let megabytes = |watch: &Stopwatch, times: u32| {
        f64::from(times) * document.len() as f64 / 1e6 / watch.spent().cpu.as_secs_f64()
    };
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        for _ in 0..100 {
            black_box(black_box(&envelope).write());
        }
        writes.push(megabytes(&watch, 100));
        let watch = Stopwatch::start();
        for _ in 0..100 {
            black_box(ResponseEnvelope::read(black_box(&document))?);
        }
        reads.push(megabytes(&watch, 100));
    }
    let kib = document.len() / 1024;
    for (what, values) in [
        ("SyncFolderItems, 512 changes, written", &mut writes),
        ("SyncFolderItems, 512 changes, read", &mut reads),
    ] {
        table.push(Figure {
            what,
            value: median(values),
            unit: "MB/s",
            bound: Bound::AtLeast(100.0),
            how: format!("a document of {kib} KiB, by CPU time, median of {rounds}"),
        });
    }
    Ok(())
}

/// Runs a subject in a process of its own and takes the number it prints: its peak memory in KiB.
fn ask_child(subject: &str) -> Result<f64> {
    let output = Command::new(std::env::current_exe()?).args([CHILD, subject]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn child(subject: Option<&String>) -> Result<bool> {
    Subject::named(subject.ok_or("a child needs a subject")?)?.measure(Virtual)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()).ok_or("no VmHWM here")?;
    println!("{kib}");
    Ok(true)
}

/// What a session that finds nothing says: the engine's requests, and the fake server's own answers
/// to them.
fn quiet_session(subject: &Subject) -> Result<Dialogue> {
    let mut mail = MailStore::new("example.com");
    let user = format!("{}@example.com", subject.scenario().mailboxes[0].name);
    mail.add_mailbox(&user, &user, "secret of a mailbox")?;
    let faults = FaultPlan::new(Vec::new(), 0);
    let server = Pop3Server::new(Pop3Options::generic(), mail.shared(), faults, 0);
    let mut session = server.session();
    let now = subject.scenario().run.start;
    let mut actions = Actions::default();
    session.open(now, &mut actions);
    let greeting = sent(&mut actions);
    let requests =
        [format!("USER {user}"), "PASS secret of a mailbox".into(), "UIDL".into(), "QUIT".into()];
    let exchanges = requests.map(|request| {
        let request = format!("{request}\r\n").into_bytes();
        session.receive(now, &request, &mut actions);
        (request, sent(&mut actions))
    });
    Ok(Dialogue { greeting, exchanges: exchanges.into() })
}

/// The bytes among a machine's actions.
fn sent(actions: &mut Actions) -> Vec<u8> {
    let bytes = |action| match action {
        Action::Send(bytes) => bytes,
        _ => Vec::new(),
    };
    actions.drain().flat_map(bytes).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn micros(cpu: Duration, count: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / count as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
