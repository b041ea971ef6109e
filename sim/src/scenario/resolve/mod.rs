//! From a scenario as it is written to a scenario as it is meant: patterns expanded, names
//! resolved, defaults filled in, and whatever makes no sense reported with its place. A part that
//! is wrong is left out and the others are looked at all the same.

mod bound;
mod engine;
mod ews;
mod exchange;
mod expectation;
mod fault;
mod frame;
mod load;
mod names;
mod population;
mod refusal;
mod server;
mod sometimes;
mod totals;
mod user;
mod watcher;

use self::names::{Mailboxes, Windows};
use super::diagnostic::{Problem, Problems};
use super::model::{self, Scenario};
use super::place::At;
use super::written;
use super::written::quantity::in_units;

/// Makes a scenario of a file whose structure is sound; `None` when it has been found wanting.
pub(super) fn resolve(
    file: written::File,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<Scenario> {
    let before = problems.count();
    let servers = server::resolve(file.server, file.link, &file.run, root, problems);
    let before_mailboxes = problems.count();
    let (mailboxes, groups) = population::mailboxes(file.mailbox, &servers, root, problems);
    let is_complete = problems.count() == before_mailboxes;
    let population = Mailboxes::new(&mailboxes, &groups, is_complete);
    exchange::check_service_accounts(&servers, &population, root, problems);
    let mut windows = Windows::default();

    let arrivals = load::arrivals(file.arrivals, &population, &mut windows, root, problems);
    let sends = load::sends(file.send, &servers, &population, &mut windows, root, problems);
    let users = user::resolve(file.user, &servers, &population, &mut windows, root, problems);
    // Also those that turn out to be wrong: to name one of them is no second mistake.
    let fault_names: Vec<String> = file.fault.iter().map(|fault| fault.name.clone()).collect();
    let faults = fault::resolve(file.fault, &servers, &population, &mut windows, root, problems);
    let watchers =
        watcher::resolve(file.watcher, &servers, &population, &mut windows, root, problems);
    let customizations =
        population::customizations(file.customization, &population, root, problems);
    let regardings = model::regardings(&users);
    let cast = expectation::Cast { watchers: &watchers, regardings: &regardings };
    let expectations =
        expectation::resolve(file.expect, &servers, &population, &cast, &windows, root, problems);
    let sometimes = sometimes::resolve(&file.sometimes, &servers, &fault_names, root, problems);
    let run = frame::run(file.run, &arrivals, &sends, &windows, root, problems);
    let engine = engine::resolve(file.engine, &population, root, problems);
    let always = frame::always(file.always, root, problems);
    if let Some(run) = &run {
        totals::check(run, &arrivals, &sends, root, problems);
        totals::windows_begin_in_the_run(run, &windows, problems);
    }
    if problems.count() > before {
        return None;
    }
    Some(Scenario {
        title: file.title,
        why: file.why,
        tags: file.tags,
        run: run?,
        engine,
        servers,
        mailboxes,
        groups,
        arrivals,
        sends,
        users,
        watchers,
        customizations,
        windows: windows.into_list(),
        faults,
        always,
        sometimes,
        expectations,
    })
}

/// Makes a fault of a scenario that is already there of one that comes alone; also yields while it
/// may strike.
pub(super) fn resolve_fault(
    fault: written::Fault,
    scenario: &Scenario,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<(model::Fault, model::Period)> {
    let population = Mailboxes::new(&scenario.mailboxes, &scenario.groups, true);
    let (mut windows, servers) = (Windows::default(), &scenario.servers);
    let found = fault::resolve(vec![fault], servers, &population, &mut windows, root, problems);
    let found = found.into_iter().next()?;
    let period = windows.into_list().get(usize::from(found.window.0))?.period;
    Some((found, period))
}

impl From<written::Delay> for fake_servers::Delay {
    fn from(written: written::Delay) -> Self {
        match written {
            written::Delay::Fixed(always) => Self::Fixed(always.0),
            written::Delay::Quantiles(q) => Self::LogNormal { p50: q.p50.0, p99: q.p99.0 },
            written::Delay::Uniform(bounds) => Self::Uniform(bounds.min.0, bounds.max.0),
        }
    }
}

/// A distribution of durations whose two numbers are in order.
fn delay(written: written::Delay, at: &At<'_>, problems: &mut Problems<'_>) -> fake_servers::Delay {
    let delay = fake_servers::Delay::from(written);
    let (small, large, key) = match delay {
        fake_servers::Delay::Fixed(_) => return delay,
        fake_servers::Delay::LogNormal { p50, p99 } => (p50, p99, "p99"),
        fake_servers::Delay::Uniform(min, max) => (min, max, "max"),
    };
    if large < small {
        problems.add(
            at.key(key).span(),
            Problem::new(format!("`{key}` is less than what it must be above"))
                .expecting(format!("at least \"{}\"", in_units(small))),
        );
    }
    if matches!(delay, fake_servers::Delay::LogNormal { p50, .. } if p50.is_zero()) {
        let problem = Problem::new("a log-normal distribution has no median of zero");
        problems.add(at.key("p50").span(), problem.expecting("at least \"1ms\""));
    }
    delay
}

impl From<written::Priority> for sync_engine::Priority {
    fn from(written: written::Priority) -> Self {
        match written {
            written::Priority::Low => Self::Low,
            written::Priority::Normal => Self::Normal,
            written::Priority::High => Self::High,
        }
    }
}

/// From a moment, for a while or to the end of the run.
fn period(from: Option<written::Moment>, lasting: Option<&written::Span>) -> model::Period {
    let from = from.map_or(crate::time::SimTime::ZERO, |moment| moment.0);
    model::Period { from, until: lasting.map(|span| from.plus(span.0)) }
}
