//! Faults: what each does to links, to processes and to requests.

mod answer;
mod overlap;

use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{EngineTrigger, Fault, Period, Server, Strike};
use super::super::nearest::{list, nearest};
use super::super::place::At;
use super::super::probe::{Probe, Source};
use super::super::written::{self, Effect, OneWay};
use super::names::{Mailboxes, Windows};
use super::{period, server};
use crate::log::HostIx;
use crate::report::units::count;
use crate::world::Direction;

/// The most steps of a crash sweep: each is a run of its own.
const MOST_STEPS: u64 = 10_000;

pub(super) fn resolve(
    written: Vec<written::Fault>,
    servers: &[Server],
    population: &Mailboxes<'_>,
    windows: &mut Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Fault> {
    let mut all = Vec::new();
    let mut places = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("fault").index(index);
        let open = open(&entry, &at, problems);
        let window = windows.add(&entry.name, open, &at, problems);
        let name = entry.name.clone();
        let mut reader = Reader { servers, population, at: &at, problems };
        if let Some(strike) = reader.strike(entry) {
            all.push(Fault { name, window, strike });
            places.push(at);
        }
    }
    overlap::check(&all, &places, windows, problems);
    all
}

/// While the fault may strike. A crash lasts as long as the process stays dead.
fn open(entry: &written::Fault, at: &At<'_>, problems: &mut Problems<'_>) -> Period {
    let Effect::Crash(crash) = &entry.effect else {
        return period(entry.from.clone(), entry.lasting.as_ref());
    };
    if entry.lasting.is_some() {
        let problem = Problem::new("`for` means nothing with `crash`");
        problems.add(at.key("for").span(), problem.expecting("`restart_after` alone to say it"));
    }
    period(entry.from.clone(), Some(&crash.restart_after))
}

struct Reader<'r, 'p, 's> {
    servers: &'r [Server],
    population: &'r Mailboxes<'r>,
    at: &'r At<'r>,
    problems: &'p mut Problems<'s>,
}

impl Reader<'_, '_, '_> {
    fn wrong(&mut self, key: &str, message: impl Into<String>, expected: impl Into<String>) {
        self.problems.add(self.at.key(key).span(), Problem::new(message).expecting(expected));
    }

    fn strike(&mut self, entry: written::Fault) -> Option<Strike> {
        let what = match &entry.effect {
            Effect::Partition => "partition",
            Effect::OneWay(_) => "one_way",
            Effect::Hold => "hold",
            Effect::Crash(_) => "crash",
            Effect::CrashAt(_) => "crash_at",
            Effect::CrashSweep(_) => "crash_sweep",
            _ => return self.requests(entry),
        };
        self.without("mailboxes", entry.mailboxes.is_some(), what);
        self.without("operation", entry.operation.is_some(), what);
        self.without("which", entry.which.is_some(), what);
        if entry.on == "engine" {
            return self.network(&entry.effect, None);
        }
        let server = server::find(&entry.on, self.servers, &self.at.key("on"), self.problems)?;
        if matches!(entry.effect, Effect::CrashAt(_) | Effect::CrashSweep(_)) {
            self.wrong("on", format!("`{what}` counts the engine's events"), "\"engine\"");
            return None;
        }
        self.network(&entry.effect, Some(server))
    }

    /// Without a server, the engine is struck: all its links, or its process.
    fn network(&mut self, effect: &Effect, server: Option<HostIx>) -> Option<Strike> {
        let every = || (0..).map_while(|ix| self.servers.get(usize::from(ix)).map(|_| HostIx(ix)));
        let servers = || server.map_or_else(|| every().collect(), |server| vec![server]);
        Some(match effect {
            Effect::Partition => Strike::Partition { servers: servers(), only: None },
            Effect::OneWay(way) => {
                let only = match way {
                    OneWay::ToServer => Direction::ToServer,
                    OneWay::ToEngine => Direction::ToEngine,
                };
                Strike::Partition { servers: servers(), only: Some(only) }
            }
            Effect::Hold => Strike::Hold { servers: servers() },
            Effect::Crash(crash) => {
                let restart_after = crash.restart_after.0;
                self.is_some_time(restart_after, &["effect", "crash", "restart_after"]);
                match server {
                    Some(server) => Strike::CrashServer { server, restart_after },
                    None => {
                        Strike::CrashEngine { trigger: EngineTrigger::WindowOpens, restart_after }
                    }
                }
            }
            Effect::CrashAt(crash) => {
                let restart_after = crash.restart_after.0;
                self.is_some_time(restart_after, &["effect", "crash_at", "restart_after"]);
                let probe = self.engine_event(&crash.event)?;
                let trigger = EngineTrigger::Event { probe, nth: crash.nth.unwrap_or(1) };
                Strike::CrashEngine { trigger, restart_after }
            }
            Effect::CrashSweep(sweep) => {
                let restart_after = sweep.restart_after.0;
                self.is_some_time(restart_after, &["effect", "crash_sweep", "restart_after"]);
                let steps = sweep.steps.0.clone();
                if steps.end() - steps.start() >= MOST_STEPS {
                    let at = self.at.key("effect").key("crash_sweep").key("steps");
                    let problem = Problem::new("each step is a run of its own");
                    let expected = format!("at most {} steps", count(MOST_STEPS));
                    self.problems.add(at.span(), problem.expecting(expected));
                }
                Strike::CrashSweep { steps, restart_after }
            }
            _ => unreachable!("the caller has looked"),
        })
    }

    fn is_some_time(&mut self, time: Duration, path: &[&str]) {
        if time.is_zero() {
            let at = path.iter().fold(self.at.clone(), |at, key| at.key(key));
            let problem = Problem::new("a process that dies is gone for a while");
            self.problems.add(at.span(), problem.expecting("at least \"1ms\""));
        }
    }

    fn engine_event(&mut self, name: &str) -> Option<Probe> {
        let bare = name.strip_prefix("engine.").unwrap_or(name);
        let found = Probe::find(Source::Engine, bare);
        if found.is_none() {
            let known = || {
                let engine = Probe::ALL.iter().filter(|probe| probe.source() == Source::Engine);
                engine.map(|probe| probe.name())
            };
            let problem = Problem::new(format!("the engine has no event `{bare}`"))
                .expecting(format!("one of {}", list(known())))
                .did_you_mean(nearest(bare, known()));
            let at = self.at.key("effect").key("crash_at").key("event");
            self.problems.add(at.span(), problem);
        }
        found
    }

    fn without(&mut self, key: &str, given: bool, with: &str) {
        if given {
            let message = format!("`{key}` means nothing with `{with}`");
            self.wrong(key, message, format!("`{with}` without it"));
        }
    }
}
