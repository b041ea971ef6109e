//! A file that uses the whole format, and what is made of it.

use std::time::Duration;

use fake_servers::{Delay, Effect, MailboxIx, Operation, Refusal, Which};
use sync_engine::{Priority, Settings, Workload};

use super::super::diagnostic::Problems;
use super::super::*;
use super::super::{structure, written};
use crate::check::Statistic;
use crate::log::HostIx;
use crate::time::SimTime;
use crate::world::{Direction, Jitter, Loss};

const GOOD: &str = include_str!("good.toml");
const MINUTE: u64 = 60_000;

fn good() -> Scenario {
    parse("good.toml", GOOD).unwrap_or_else(|wrong| panic!("{}", render(&wrong, false)))
}

fn at(minutes: u64) -> SimTime {
    SimTime(minutes * MINUTE)
}

#[test]
fn the_schema_accepts_it_and_the_types_read_it() {
    let mut table = toml::de::DeTable::parse(GOOD).unwrap();
    let mut problems = Problems::new("good.toml", GOOD);
    assert!(structure::check(&mut table, &mut problems));
    assert!(problems.is_empty());
    toml::from_str::<written::File>(GOOD).unwrap();
}

#[test]
fn the_frame_and_the_engine() {
    let scenario = good();
    let run = scenario.run;
    assert_eq!(run.start.to_string(), "2026-03-02T07:00:00Z");
    let settle = Duration::from_mins(15);
    assert_eq!(run.stop, Stop::Drained { load: LoadIx::Send(0), settle });
    assert_eq!(run.deadline, at(720));
    assert_eq!(run.seeds, Seeds { pinned: vec![1, 2, 3], sweep: 200 });
    assert_eq!(run.tick, Duration::from_millis(2));
    let engine = scenario.engine;
    let expected = Settings {
        incoming_workers: 20,
        outgoing_scan_interval: Duration::from_mins(4),
        item_attempts: 6,
        mailbox_backoff_on_transient_error: Duration::from_mins(5),
        max_mailbox_transient_failures: 12,
        active_mailbox_maximum_backoff_for_act: Duration::from_mins(10),
        maximum_message_size: 10_000_000,
        ..Settings::default()
    };
    assert_eq!(engine.settings, expected);
    assert_eq!((engine.processors, engine.asynchronous_workers), (4, 3));
    let cost = Costs {
        connect: Duration::from_micros(250),
        receive: Duration::from_millis(6),
        ..Costs::default()
    };
    assert_eq!(engine.cost, cost);
}

#[test]
fn servers_with_their_links() {
    let servers = good().servers;
    let [pop, smtp] = servers.as_slice() else { panic!("{servers:?}") };
    let Face::Pop3 { preset: Pop3Preset::GmailPop, options } = &pop.face else { panic!("{pop:?}") };
    assert_eq!((options.uidl, options.capa, options.window), (Some(false), None, Some(100)));
    assert_eq!(pop.profile.max_concurrent_connections, 5);
    assert_eq!(pop.profile.messages_per_connection, Profile::default().messages_per_connection);
    let (p50, p99) = (Duration::from_millis(35), Duration::from_millis(400));
    assert_eq!(pop.service, Some(Delay::LogNormal { p50, p99 }));
    assert_eq!(pop.link.latency, Duration::from_millis(20));
    let (mean, max) = (Duration::from_millis(5), Duration::from_millis(100));
    assert_eq!(pop.link.jitter, Jitter::Exponential { mean, max });
    let Face::Smtp { options, .. } = &smtp.face else { panic!("{smtp:?}") };
    assert_eq!(options.max_message_size, Some(10 << 20));
    assert_eq!(smtp.link.latency, Duration::from_millis(40));
    assert_eq!(smtp.link.jitter, Jitter::None, "its own link, not a mixture of both");
    assert_eq!(smtp.link.bandwidth, Some(10 << 20));
    assert_eq!(smtp.link.loss, Loss::Reset { chance: 0.001 });
}

#[test]
fn mailboxes_with_their_groups() {
    let scenario = good();
    let names: Vec<_> = scenario.mailboxes.iter().map(|one| one.name.as_str()).collect();
    let expected = ["pop-08", "pop-09", "pop-10", "pop-11", "campaign", "calendar-1", "calendar-2"];
    assert_eq!(names, expected);
    let groups: Vec<_> =
        scenario.groups.iter().map(|group| (group.name.as_str(), group.members.len())).collect();
    assert_eq!(groups, [("readers", 4), ("campaign", 1), ("calendar-", 2)]);
    let enabled: Vec<_> = scenario.mailboxes[..4].iter().map(|one| one.enabled).collect();
    assert_eq!(enabled, [at(10), at(11), at(12), at(13)]);
    assert_eq!(scenario.mailboxes[1].login.as_deref(), Some("recent:pop-09"));
    assert_eq!(scenario.mailboxes[4].user, "marketing");
    assert_eq!(scenario.mailboxes[4].credentials, Credentials::Wrong);
    let activity = scenario.mailboxes[5].act.unwrap();
    assert_eq!(activity.mean_gap, Some(Duration::from_mins(30)));
}

#[test]
fn loads_and_customizations() {
    let scenario = good();
    let [poisson, burst, replay] = scenario.arrivals.as_slice() else { panic!() };
    let to: Vec<u32> = poisson.to.iter().map(|ix| ix.0).collect();
    assert_eq!(to, [0, 1, 2, 3], "each once, and nobody without incoming mail");
    let period = Period { from: at(30), until: Some(at(150)) };
    assert_eq!(poisson.timing, Timing::Poisson { mean_gap: Duration::from_mins(10), period });
    assert_eq!(poisson.size, Size::LogNormal { p50: 20 << 10, p99: 2 << 20 });
    let every = Duration::from_hours(1);
    let period = Period::WHOLE_RUN;
    assert_eq!(burst.timing, Timing::Regular { count: 50, every, period });
    assert_eq!(replay.timing, Timing::Times(vec![at(10), SimTime(750_000), at(1440)]));
    let [bulk, steady] = scenario.sends.as_slice() else { panic!() };
    assert_eq!(bulk.timing, Timing::Once { at: at(60), count: 2000 });
    assert_eq!((bulk.recipients, bulk.priority), (2, Priority::High));
    assert_eq!(steady.from.len(), 5);
    let [plug_in, workflow] = scenario.customizations.as_slice() else { panic!() };
    assert!(plug_in.synchronous && !workflow.synchronous);
    assert_eq!(plug_in.throws, Throws::EveryNth(5));
    assert_eq!(workflow.mailboxes.len(), 5);
    assert_eq!(workflow.workload, Workload::Outgoing);
}

#[test]
fn faults_and_their_windows() {
    let scenario = good();
    let fault = |name: &str| {
        let fault = scenario.faults.iter().find(|fault| fault.name == name).unwrap();
        let window = &scenario.windows[usize::from(fault.window.0)];
        assert_eq!(window.name, name);
        (window.period, fault.strike.clone())
    };
    let (pop, smtp) = (HostIx(0), HostIx(1));
    let (period, busy) = fault("busy");
    assert_eq!(period, Period { from: at(30), until: Some(at(75)) });
    let Strike::Requests { server, operations, mailboxes, which, effect } = busy else { panic!() };
    assert_eq!((server, which), (pop, Which::First(2)));
    assert_eq!(operations, [Operation::Login], "where a server says so");
    assert_eq!(mailboxes.unwrap(), [0, 1, 2, 3].map(MailboxIx));
    let Effect::Reply { line, refusal: Refusal::InUse, close: false } = effect else { panic!() };
    assert!(line.starts_with("-ERR [IN-USE]"), "{line}");

    let Strike::Requests { operations, .. } = fault("lost reply").1 else { panic!() };
    assert_eq!(operations, [Operation::Data, Operation::FinalDot]);
    let Strike::Requests { effect, .. } = fault("garbage").1 else { panic!() };
    assert_eq!(effect, Effect::Garbage(vec![0xc3, 0x28]));
    let mailboxes = [0, 1, 2, 3].map(MailboxIx).to_vec();
    assert_eq!(fault("held").1, Strike::Lock { server: pop, mailboxes });
    let servers = vec![pop, smtp];
    let only = Some(Direction::ToEngine);
    assert_eq!(fault("cut off").1, Strike::Partition { servers, only });
    let restart_after = Duration::from_secs(30);
    let trigger = EngineTrigger::WindowOpens;
    let (period, power) = fault("power");
    assert_eq!(period.until, Some(at(240).plus(restart_after)), "for as long as it is dead");
    assert_eq!(power, Strike::CrashEngine { trigger, restart_after });
    let trigger = EngineTrigger::Event { probe: Probe::EmailStored, nth: 3 };
    assert_eq!(fault("mid-cycle").1, Strike::CrashEngine { trigger, restart_after });
    assert_eq!(scenario.crash_steps(), Some(1..=120));
}

#[test]
fn what_must_hold() {
    let scenario = good();
    assert!(!scenario.always.checks(Invariant::NoReorder));
    assert!(scenario.always.checks(Invariant::NoLoss));
    let seen = [
        Seen::At(HostIx(0), Probe::InUse),
        Seen::Anywhere(Probe::Greylisted),
        Seen::Anywhere(Probe::BackOff),
        Seen::Anywhere(Probe::EngineRestarted),
        Seen::Fault(1),
    ];
    assert_eq!(scenario.sometimes, seen);
    let [gaps, backlog, rate] = scenario.expectations.as_slice() else { panic!() };
    assert_eq!(gaps.during, Period { from: at(30), until: Some(at(75)) });
    assert_eq!((gaps.filter.server, gaps.filter.group), (Some(HostIx(0)), Some(0)));
    assert_eq!(gaps.filter.workload, Some(Workload::Incoming));
    assert_eq!(gaps.bounds.len(), 3);
    let moment = Duration::from_millis(1);
    let after = Period { from: at(60).plus(moment), until: Some(at(240).plus(moment)) };
    assert_eq!(backlog.during, after, "after the last item");
    let range = Range::Duration { min: None, max: Some(Duration::from_hours(2)) };
    assert!(backlog.bounds.contains(&Bound { statistic: Statistic::Drained, range }));
    let range = Range::Number { min: None, max: Some(1500.0) };
    assert!(backlog.bounds.contains(&Bound { statistic: Statistic::At(at(75)), range }));
    assert_eq!(rate.bounds[0].statistic, Statistic::Rate { per: Duration::from_mins(1) });
}

#[test]
fn what_is_left_out_is_what_the_schema_says() {
    let text = "schema = 1\ntitle = \"t\"\nwhy = \"w\"\n[run]\nstop = { after = \"1h\" }\n";
    let scenario = parse("small.toml", text).unwrap();
    assert_eq!(scenario.run.start.to_string(), "2026-03-02T00:00:00Z");
    assert_eq!(scenario.run.deadline, at(120));
    assert_eq!(scenario.run.seeds, Seeds { pinned: vec![1], sweep: 0 });
    assert_eq!(scenario.run.worlds, [WorldKind::Virtual, WorldKind::Turmoil]);
    assert_eq!(scenario.run.meant, Meant::Pass);
    assert_eq!(scenario.engine.settings, Settings::default());
    assert_eq!(scenario.engine.cost, Costs::default());
    assert_eq!(scenario.engine.processors, 2);
    assert_eq!(scenario.engine.asynchronous_workers, 10);
}
