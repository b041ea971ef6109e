//! Scenarios and findings for the command's own tests: as little as there can be in one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use jiff::Timestamp;

use super::args::{Cli, RunArgs, Verb};
use super::load::Found;
use super::plan::Planned;
use crate::check::{Findings, Summary, Totals, Verdict};
use crate::log::Digest;
use crate::scenario::{
    Always, Costs, Engine, Meant, Restarted, Run, Scenario, Seeds, Stop, WorldKind,
};
use crate::time::SimTime;

/// The arguments of `syncsim run x`, and more words after that.
pub(super) fn run_args(more: &[&str]) -> RunArgs {
    let words = ["syncsim", "run", "x"].iter().chain(more);
    let Verb::Run(args) = Cli::try_parse_from(words).unwrap().verb else { panic!("not a run") };
    args
}

/// A scenario without anybody in it.
pub(super) fn scenario(meant: Meant, seeds: &[u64]) -> Scenario {
    Scenario {
        title: "nothing".to_owned(),
        why: "it is the least there can be".to_owned(),
        tags: vec![],
        run: Run {
            start: Timestamp::UNIX_EPOCH,
            stop: Stop::After(SimTime(1000)),
            deadline: SimTime(2000),
            seeds: Seeds { pinned: seeds.to_vec(), sweep: 0 },
            worlds: vec![WorldKind::Virtual],
            tick: Duration::from_millis(1),
            meant,
        },
        engine: Engine {
            settings: sync_engine::Settings::default(),
            restarted: Restarted { settings: sync_engine::Settings::default(), enabled: vec![] },
            processors: 1,
            asynchronous_workers: 1,
            cost: Costs::default(),
        },
        servers: vec![],
        mailboxes: vec![],
        groups: vec![],
        arrivals: vec![],
        sends: vec![],
        users: vec![],
        watchers: vec![],
        customizations: vec![],
        windows: vec![],
        faults: vec![],
        always: Always::default(),
        sometimes: vec![],
        expectations: vec![],
    }
}

/// The same as if it had been found in a file.
pub(super) fn planned(name: &str, meant: Meant, seeds: &[u64]) -> Planned {
    Planned {
        found: Found {
            path: PathBuf::from(format!("{name}.toml")),
            name: name.to_owned(),
            source: 7,
        },
        scenario: Arc::new(scenario(meant, seeds)),
        world: WorldKind::Virtual,
        seeds: seeds.to_vec(),
        variants: vec![],
    }
}

/// What a jury finds when there is nothing but a verdict and a digest.
pub(super) fn findings(verdict: Verdict, digest: u64) -> Findings {
    Findings {
        verdict,
        digest: Digest(digest),
        events: 3,
        ended: SimTime(1000),
        cycles: [1, 0, 0],
        ledger: Totals::default(),
        blame: vec![],
        slowest: vec![],
        breaches: vec![],
        expectations: vec![],
        sometimes: vec![],
        crashes_missed: 0,
        summary: Summary::default(),
    }
}
