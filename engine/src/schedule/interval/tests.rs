use proptest::prelude::*;

use super::*;
use crate::ServerId;
use crate::testing::{mailbox, profile, start};

const MINUTE: Duration = Duration::from_mins(1);
const QUIET: CycleReport =
    CycleReport { items: 0, error: None, more: false, next_due: None, not_before: None };
const BUSY: CycleReport =
    CycleReport { items: 3, error: None, more: false, next_due: None, not_before: None };

fn config() -> EngineConfig {
    let mut config = EngineConfig::default();
    config.servers.push(profile("pop", crate::Protocol::Pop3));
    config.mailboxes.push(crate::Mailbox { incoming: Some(ServerId(0)), ..mailbox("ann") });
    config
}

fn conclude_with(
    config: &EngineConfig,
    workload: Workload,
    history: History,
    report: &CycleReport,
) -> Conclusion {
    let pace = Pace::of(config, MailboxId(0), workload);
    conclude(&config.settings, pace, history, report, start())
}

/// From the end of the cycle to the next run; none when it is disabled.
fn gap(conclusion: &Conclusion) -> Option<Duration> {
    match conclusion.standing {
        Standing::Active { next_run } => {
            Some(next_run.timestamp().duration_since(start()).unsigned_abs())
        }
        Standing::Disabled { .. } => None,
    }
}

fn after(empty_cycles: u32) -> History {
    History { transient_failures: 0, empty_cycles }
}

fn failures(transient_failures: u32) -> History {
    History { transient_failures, empty_cycles: 0 }
}

fn error(class: ErrorClass, reason: Reason, back_off: Option<BackOff>) -> CycleReport {
    let error = CycleError { class, reason, detail: String::new(), back_off };
    CycleReport { error: Some(error), ..QUIET }
}

#[test]
fn what_is_regular() {
    let plain = config();
    let mut idle = config();
    idle.settings.idle_mailbox_maximum_backoff = Duration::from_hours(6);
    let mut polite = config();
    polite.servers[0].min_polling_interval = 20 * MINUTE;
    let mut act_only = config();
    act_only.mailboxes[0].incoming = None;

    let table = [
        // Five minutes, whatever happened, unless an idle bound is set.
        (&plain, Workload::Incoming, 0, BUSY, 5),
        (&plain, Workload::Incoming, 99, QUIET, 5),
        (&plain, Workload::Outgoing, 0, BUSY, 5),
        (&plain, Workload::Outgoing, 99, QUIET, 5),
        // Idle mailboxes: twice as long with each empty cycle, up to the bound, back at once.
        (&idle, Workload::Incoming, 0, QUIET, 10),
        (&idle, Workload::Incoming, 1, QUIET, 20),
        (&idle, Workload::Incoming, 5, QUIET, 320),
        (&idle, Workload::Incoming, 6, QUIET, 360),
        (&idle, Workload::Incoming, u32::MAX, QUIET, 360),
        (&idle, Workload::Incoming, 6, BUSY, 5),
        // The server's own minimum is a floor for polls, and for nothing else.
        (&polite, Workload::Incoming, 0, BUSY, 20),
        (&polite, Workload::Outgoing, 0, BUSY, 5),
        // A minute more with each empty cycle: up to 15 with incoming email, up to 12 without.
        (&plain, Workload::Act, 0, BUSY, 5),
        (&plain, Workload::Act, 0, QUIET, 6),
        (&plain, Workload::Act, 8, QUIET, 14),
        (&plain, Workload::Act, 9, QUIET, 15),
        (&plain, Workload::Act, 99, QUIET, 15),
        (&plain, Workload::Act, 99, BUSY, 5),
        (&act_only, Workload::Act, 6, QUIET, 12),
        (&act_only, Workload::Act, 99, QUIET, 12),
    ];
    for (config, workload, empty, report, minutes) in table {
        let conclusion = conclude_with(config, workload, after(empty), &report);
        let what = format!("{workload:?} after {empty} empty cycles, {} items", report.items);
        assert_eq!(gap(&conclusion), Some(minutes * MINUTE), "{what}");
        assert_eq!(conclusion.outcome, Outcome::Completed, "{what}");
        let expected = if report.items > 0 { 0 } else { empty.saturating_add(1) };
        assert_eq!(conclusion.history, after(expected), "{what}");
    }
}

#[test]
fn what_comes_early() {
    let plain = config();
    let mut polite = config();
    polite.servers[0].min_polling_interval = 2 * MINUTE;
    let due = |minutes: i64| Some(start() + jiff::SignedDuration::from_mins(minutes));
    let table = [
        ("more to fetch", &plain, CycleReport { more: true, ..BUSY }, 0),
        ("more, but polled no sooner", &polite, CycleReport { more: true, ..BUSY }, 2),
        ("more, but nothing got done", &plain, CycleReport { more: true, ..QUIET }, 5),
        ("something is due before", &plain, CycleReport { next_due: due(3), ..QUIET }, 3),
        ("no login before then", &plain, CycleReport { not_before: due(9), ..BUSY }, 9),
        ("more, and no login", &plain, CycleReport { more: true, not_before: due(9), ..BUSY }, 9),
        ("something is due after", &plain, CycleReport { next_due: due(30), ..QUIET }, 5),
        ("overdue, and moving", &plain, CycleReport { next_due: due(-3), ..BUSY }, 0),
        ("overdue, and stuck", &plain, CycleReport { next_due: due(-3), ..QUIET }, 5),
    ];
    for (what, config, report, minutes) in table {
        let conclusion = conclude_with(config, Workload::Incoming, History::default(), &report);
        // The wait that `next_due` of the past asks for is none, never a negative one.
        assert_eq!(gap(&conclusion), Some(minutes * MINUTE), "{what}");
    }
}

#[test]
fn what_a_server_asks_for_is_no_failure() {
    let plain = config();
    let exact = Duration::from_millis(90_123);
    let until = start() + exact;
    let table = [
        ("for so long", Reason::SystemTemporary, Some(BackOff::For(exact)), exact),
        ("until then", Reason::LoginDelay, Some(BackOff::Until(until)), exact),
        ("rate without a number", Reason::RateLimited, None, MINUTE),
        ("quota without a number", Reason::QuotaExceeded, None, 60 * MINUTE),
        ("login delay without a number", Reason::LoginDelay, None, 5 * MINUTE),
        ("over already", Reason::RateLimited, Some(BackOff::Until(start())), MINUTE),
        ("longer than regular", Reason::RateLimited, Some(BackOff::For(99 * MINUTE)), 99 * MINUTE),
    ];
    for (what, reason, back_off, expected) in table {
        let report = error(ErrorClass::Transient, reason, back_off);
        let conclusion = conclude_with(&plain, Workload::Incoming, failures(9), &report);
        assert_eq!(gap(&conclusion), Some(expected), "{what}");
        assert_eq!(conclusion.outcome, Outcome::Throttled, "{what}");
        assert_eq!(conclusion.history, failures(9), "{what}");
        let told = conclusion.back_off_until.map(Millis::timestamp);
        assert_eq!(told, Some(start() + expected), "{what}");
    }
}

#[test]
fn what_is_transient_becomes_permanent_with_the_tenth_in_a_row() {
    let mut config = config();
    config.settings.mailbox_backoff_on_timeout = 7 * MINUTE;
    let timeout = error(ErrorClass::Transient, Reason::RequestTimeout, None);
    let lost = error(ErrorClass::Transient, Reason::ConnectionLost, None);
    let in_use = error(ErrorClass::Transient, Reason::InUse, None);
    let progressed = CycleReport { items: 1, ..lost.clone() };
    let rejected = error(ErrorClass::Permanent, Reason::CredentialsRejected, None);
    let table = [
        (&timeout, 0, Outcome::Postponed, Some(7), 1),
        (&lost, 0, Outcome::Postponed, Some(5), 1),
        (&lost, 8, Outcome::Postponed, Some(5), 9),
        (&lost, 9, Outcome::Disabled, None, 10),
        // A locked maildrop is somebody reading their mail, however long they take.
        (&in_use, 9, Outcome::Postponed, Some(5), 9),
        // Something was stored before the connection was lost: a new row of failures.
        (&progressed, 9, Outcome::Postponed, Some(5), 1),
        (&rejected, 0, Outcome::Disabled, None, 0),
    ];
    for (report, before, outcome, minutes, after) in table {
        let conclusion = conclude_with(&config, Workload::Incoming, failures(before), report);
        let what = format!("{:?} after {before} failures", report.error);
        assert_eq!(conclusion.outcome, outcome, "{what}");
        assert_eq!(gap(&conclusion), minutes.map(|minutes: u32| minutes * MINUTE), "{what}");
        assert_eq!(conclusion.history.transient_failures, after, "{what}");
        assert_eq!(conclusion.back_off_until, None, "{what}");
    }
    let recovered = conclude_with(&config, Workload::Incoming, failures(9), &QUIET);
    assert_eq!(recovered.history.transient_failures, 0);
}

fn reports() -> impl Strategy<Value = CycleReport> {
    let back_off = prop_oneof![
        Just(None),
        any::<u64>().prop_map(|nanos| Some(BackOff::For(Duration::from_nanos(nanos)))),
        any::<u64>().prop_map(|seconds| Some(BackOff::For(Duration::from_secs(seconds)))),
        any::<i32>().prop_map(|seconds| {
            Some(BackOff::Until(start() + jiff::SignedDuration::from_secs(seconds.into())))
        }),
    ];
    let class = prop_oneof![Just(ErrorClass::Transient), Just(ErrorClass::Permanent)];
    let error = (class, proptest::sample::select(Reason::ALL), back_off).prop_map(
        |(class, reason, back_off)| CycleError { class, reason, detail: String::new(), back_off },
    );
    let due =
        any::<i32>().prop_map(|millis| start() + jiff::SignedDuration::from_millis(millis.into()));
    let due = || proptest::option::of(due.clone());
    (0..3_u32, proptest::option::of(error), any::<bool>(), due(), due()).prop_map(
        |(items, error, more, next_due, not_before)| CycleReport {
            items,
            error,
            more,
            next_due,
            not_before,
        },
    )
}

proptest! {
    /// Whatever a cycle reports and a server asks for: a run is never planned before the end of
    /// the pause or of the cycle, never sooner than the server wants to be polled, a cycle that
    /// got nowhere never follows itself at once, and no number overflows.
    #[test]
    fn nothing_is_ever_early(
        report in reports(),
        past in (0..20_u32, any::<u32>()),
        which in 0..3_usize,
        floor in 0..100_000_u64,
        ended_nanos in 0..1_000_000_i64,
    ) {
        let mut config = config();
        config.servers[0].min_polling_interval = Duration::from_millis(floor);
        let workload = Workload::ALL[which];
        let pace = Pace::of(&config, MailboxId(0), workload);
        let history = History { transient_failures: past.0, empty_cycles: past.1 };
        let ended = start() + jiff::SignedDuration::from_nanos(ended_nanos);
        let conclusion = conclude(&config.settings, pace, history, &report, ended);
        let Standing::Active { next_run } = conclusion.standing else {
            prop_assert_eq!(conclusion.outcome, Outcome::Disabled);
            return Ok(());
        };
        let next_run = next_run.timestamp();
        prop_assert!(next_run >= ended);
        if workload == Workload::Incoming {
            prop_assert!(next_run >= ended + Duration::from_millis(floor));
        }
        if let Some(not_before) = report.not_before {
            prop_assert!(next_run >= not_before);
        }
        if report.items == 0 {
            prop_assert!(next_run > ended);
        }
        if let Some(until) = conclusion.back_off_until {
            prop_assert!(next_run >= until.timestamp());
        }
        match report.error.and_then(|error| error.back_off) {
            Some(BackOff::Until(until)) => prop_assert!(next_run >= until),
            Some(BackOff::For(wait)) if wait < Duration::from_hours(1) => {
                prop_assert!(next_run >= ended + wait);
            }
            Some(BackOff::For(_)) => {
                prop_assert!(next_run >= ended + Duration::from_hours(1));
            }
            None => {}
        }
    }
}
