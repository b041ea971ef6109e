//! The next run of a workload, computed from how its cycle ended, how earlier ones did, and the
//! settings. Pure functions: these are the rules a support engineer reads first.

use std::time::Duration;

use jiff::Timestamp;

use super::{History, Standing};
use crate::millis::Millis;
use crate::{
    BackOff, CycleError, CycleReport, EngineConfig, ErrorClass, MailboxId, Outcome, Reason,
    Settings, Workload,
};

/// How often a workload of a mailbox runs while nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// After a cycle that had something to do.
    shortest: Duration,
    /// Empty cycles never stretch the gap beyond this.
    longest: Duration,
    /// How they stretch it.
    growth: Growth,
    /// `minpollingintervalinminutes` of the server: no gap is ever shorter.
    floor: Duration,
}

/// How the gap grows over empty cycles in a row. Microsoft publishes that it grows and its bounds,
/// not the curve (domain.md 1.1, "Counter driving it"); the curves are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    /// Twice as long with each: an idle mailbox reaches its bound of hours within half a day.
    Doubling,
    /// One minute more with each: from 5 to 12 minutes in seven cycles.
    Minutes,
}

impl Pace {
    /// The pace of a configured workload.
    ///
    /// - Incoming: 5 min after the end (server-side-synchronization, "Incoming sync frequency"),
    ///   growing towards `IdleMailboxMaximumBackoff` when that is longer (domain.md 1.1, "Idle
    ///   mailbox"), never below the server's `minpollingintervalinminutes`.
    /// - Outgoing: 5 min ("Outgoing sync frequency"). A scan polls no server, so it has no floor.
    /// - Appointments, contacts and tasks: 5 to 12 min by recent activity, 5 to 15 with incoming
    ///   email ("Appointments, contacts, and tasks sync frequency").
    pub(crate) fn of(config: &EngineConfig, mailbox: MailboxId, workload: Workload) -> Self {
        let settings = &config.settings;
        let incoming = config.mailbox(mailbox).incoming;
        match workload {
            Workload::Incoming => Self {
                shortest: settings.active_mailbox_minimum_backoff,
                longest: settings.idle_mailbox_maximum_backoff,
                growth: Growth::Doubling,
                floor: incoming
                    .map_or(Duration::ZERO, |server| config.server(server).min_polling_interval),
            },
            Workload::Outgoing => Self {
                shortest: settings.outgoing_scan_interval,
                longest: settings.outgoing_scan_interval,
                growth: Growth::Minutes,
                floor: Duration::ZERO,
            },
            Workload::Act => Self {
                shortest: settings.active_mailbox_minimum_backoff_for_act,
                longest: if incoming.is_some() {
                    settings.active_mailbox_maximum_backoff_for_act_with_incoming
                } else {
                    settings.active_mailbox_maximum_backoff_for_act
                },
                growth: Growth::Minutes,
                floor: Duration::ZERO,
            },
        }
    }

    /// The gap after `empty_cycles` in a row.
    fn gap(self, empty_cycles: u32) -> Duration {
        let stretched = match self.growth {
            Growth::Doubling => {
                self.shortest.saturating_mul(2_u32.saturating_pow(empty_cycles.min(31)))
            }
            Growth::Minutes => {
                self.shortest.saturating_add(Duration::from_mins(1).saturating_mul(empty_cycles))
            }
        };
        stretched.min(self.longest).max(self.shortest)
    }
}

/// What follows from a cycle's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conclusion {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// Whether and when it runs again.
    pub(crate) standing: Standing,
    /// The history including this cycle.
    pub(crate) history: History,
    /// When the pause ends that the server asked for, if it did.
    pub(crate) back_off_until: Option<Millis>,
}

/// Concludes a cycle that ended at `ended`.
pub(crate) fn conclude(
    settings: &Settings,
    pace: Pace,
    history: History,
    report: &CycleReport,
    ended: Timestamp,
) -> Conclusion {
    // What holds however the cycle ended: the server's polling interval and login delay.
    let regular = Millis::after(ended, pace.floor);
    let earliest = report.not_before.map_or(regular, |at| Millis::not_before(at).max(regular));
    match &report.error {
        None => completed(pace, history, report, ended, earliest),
        Some(error) => {
            // Failures count in a row, and a cycle that got something done begins a new row.
            let history = if report.items > 0 { History::default() } else { history };
            failed(settings, pace, history, error, ended, earliest)
        }
    }
}

fn completed(
    pace: Pace,
    before: History,
    report: &CycleReport,
    ended: Timestamp,
    earliest: Millis,
) -> Conclusion {
    let progress = report.items > 0;
    let empty_cycles = if progress { 0 } else { before.empty_cycles.saturating_add(1) };
    let regular = Millis::after(ended, pace.gap(empty_cycles));
    // Coming back at once is for cycles that get somewhere: one that does not would spin.
    let asked = if report.more && progress {
        Some(ended)
    } else {
        report.next_due.filter(|due| progress || *due > ended)
    };
    let next_run = asked.map_or(regular, |at| Millis::not_before(at).min(regular));
    Conclusion {
        outcome: Outcome::Completed,
        standing: Standing::Active { next_run: next_run.max(earliest) },
        history: History { transient_failures: 0, empty_cycles },
        back_off_until: None,
    }
}

/// The error rules of domain.md 1.5, in the order in which they apply.
///
/// - A permanent error disables at once.
/// - A pause the server asks for is obeyed to the millisecond and is no failure of the mailbox:
///   the server works, and has said when to come back.
/// - `[IN-USE]` is postponed like any transient error and does not count towards disabling: the
///   credentials were right (RFC 2449, 8.1.2), and it lasts as long as somebody else reads their
///   mail.
/// - Everything else counts, and the tenth in a row becomes permanent ("10 attempts, 5 min apart").
fn failed(
    settings: &Settings,
    pace: Pace,
    mut history: History,
    error: &CycleError,
    ended: Timestamp,
    earliest: Millis,
) -> Conclusion {
    let disabled = Standing::Disabled { since: Millis::not_before(ended), reason: error.reason };
    let back_off_until = match error.class {
        ErrorClass::Permanent => None,
        ErrorClass::Transient | ErrorClass::Item => pause(settings, pace, error, ended),
    };
    let (outcome, standing) = if error.class == ErrorClass::Permanent {
        (Outcome::Disabled, disabled)
    } else if let Some(until) = back_off_until {
        let next_run = until.max(earliest);
        (Outcome::Throttled, Standing::Active { next_run })
    } else {
        history.transient_failures =
            history.transient_failures.saturating_add(u32::from(error.reason != Reason::InUse));
        if history.transient_failures >= settings.max_mailbox_transient_failures {
            (Outcome::Disabled, disabled)
        } else {
            let next_run = Millis::after(ended, postponement(settings, error.reason));
            (Outcome::Postponed, Standing::Active { next_run: next_run.max(earliest) })
        }
    };
    Conclusion { outcome, standing, history, back_off_until }
}

/// When the pause ends that the server asked for. Its own number goes first; without one, the
/// reason's own setting stands in, and for `[LOGIN-DELAY]`, whose number is in CAPA at best
/// (RFC 2449, 6.5), the workload's regular gap.
fn pause(settings: &Settings, pace: Pace, error: &CycleError, ended: Timestamp) -> Option<Millis> {
    let given = match error.back_off {
        Some(BackOff::For(wait)) => Some(Millis::after(ended, wait)),
        Some(BackOff::Until(until)) => Some(Millis::not_before(until)),
        None => None,
    };
    // A pause that is over already asks for nothing.
    given.filter(|until| *until > Millis::not_before(ended)).or_else(|| {
        let wait = match error.reason {
            Reason::RateLimited | Reason::ServerBusy => settings.rate_limit_backoff,
            Reason::QuotaExceeded => settings.quota_backoff,
            Reason::LoginDelay => pace.shortest,
            _ => return None,
        };
        Some(Millis::after(ended, wait))
    })
}

/// `MailboxBackoffOnTimeout` and `MailboxBackoffOnTransientError` (domain.md 3).
fn postponement(settings: &Settings, reason: Reason) -> Duration {
    match reason {
        Reason::ConnectTimeout | Reason::RequestTimeout => settings.mailbox_backoff_on_timeout,
        _ => settings.mailbox_backoff_on_transient_error,
    }
}

#[cfg(test)]
mod tests;
