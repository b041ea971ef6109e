//! The names of what must be seen at least once.

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Seen, Server};
use super::super::nearest::nearest;
use super::super::place::At;
use super::super::probe::{Probe, Source, names};
use super::super::written::{ProbeName, Sometimes};
use crate::log::HostIx;

pub(super) fn resolve(
    written: &Sometimes,
    servers: &[Server],
    faults: &[String],
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Seen> {
    let mut all = Vec::new();
    for (index, ProbeName(name)) in written.seen.iter().enumerate() {
        let place = || root.key("sometimes").key("seen").index(index);
        match read(name, servers, faults) {
            Some(seen) if all.contains(&seen) => {
                let problem = Problem::new(format!("`{name}` is there already"));
                problems.add(place().span(), problem.expecting("each name once"));
            }
            Some(seen) => all.push(seen),
            None => problems.add(place().span(), unknown(name, servers, faults)),
        }
    }
    all
}

fn read(name: &str, servers: &[Server], faults: &[String]) -> Option<Seen> {
    let (who, what) = name.split_once('.')?;
    match who {
        "engine" => Probe::find(Source::Engine, what).map(Seen::Anywhere),
        "world" => Probe::find(Source::World, what).map(Seen::Anywhere),
        "watcher" => Probe::find(Source::Watcher, what).map(Seen::Anywhere),
        "server" => Probe::find(Source::Server, what).map(Seen::Anywhere),
        "fault" => {
            let place = faults.iter().position(|fault| fault == what)?;
            u16::try_from(place).ok().map(Seen::Fault)
        }
        server => {
            let place = servers.iter().position(|other| other.name == server)?;
            let host = HostIx(u16::try_from(place).ok()?);
            Probe::find(Source::Server, what).map(|probe| Seen::At(host, probe))
        }
    }
}

fn unknown(name: &str, servers: &[Server], faults: &[String]) -> Problem {
    let mut known: Vec<String> = names().map(|(name, _)| name).collect();
    known.extend(faults.iter().map(|fault| format!("fault.{fault}")));
    for server in servers.iter().take(100) {
        let probes = Probe::ALL.iter().filter(|probe| probe.source() == Source::Server);
        known.extend(probes.map(|probe| format!("{}.{}", server.name, probe.name())));
    }
    Problem::new(format!("nothing is named `{name}` that could be seen"))
        .expecting("engine.NAME, world.NAME, watcher.NAME, server.NAME, SERVER.NAME or fault.NAME")
        .did_you_mean(nearest(name, known.iter().map(String::as_str)))
}
