//! One run: a scenario with a seed in a world, from the plan to the findings.
//!
//! - [`config`], [`servers`], [`exchange`], [`faults`], [`script`], [`charge`], [`sightings`]: what the scenario
//!   means to the engine, to the servers, to the world and to the jury.
//! - [`host`]: the engine's machine, with [`compute`], [`customizations`] and [`act`] as its seams.
//! - [`traffic`], [`users`], [`moments`], [`application`], [`locks`], [`departures`], [`bell`]: what comes from outside.
//! - [`watchers`]: clients beside the engine that hold streaming subscriptions.
//! - [`backstage`]: all of it but the engine, for a world that has none.

mod act;
mod application;
mod backstage;
mod bell;
mod charge;
mod compute;
pub(crate) mod config;
mod customizations;
mod departures;
mod exchange;
mod faults;
mod host;
mod locks;
mod moments;
mod script;
mod servers;
mod sightings;
mod stamp;
mod traffic;
mod users;
mod watchers;

use std::sync::Arc;

use fake_servers::store::MailStore;
use fake_servers::{ItemId, ItemIds};
use sync_engine::{Store, StoreError, Tracking};

use crate::check::{Findings, Jury};
use crate::log::{Fold, SharedLog};
use crate::scenario::{Deed, Scenario, WorldKind};
use crate::time::SimTime;
use crate::world::{Ending, Play, WorldError, turmoil_world, virtual_world};

use self::application::Application;
pub(crate) use self::backstage::Backstage;
use self::bell::Bell;
use self::departures::Departures;
use self::host::{Host, Setup};
use self::locks::{Both, Locks};
pub(crate) use self::script::changes;
pub(crate) use self::servers::{Accept, Forget, Servers, Strike};
use self::traffic::{Outlets, Traffic};
use self::users::{Desk, Users};

/// What to run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The seed everything left to chance is drawn from.
    pub seed: u64,
    /// In which world.
    pub world: WorldKind,
    /// For a scenario with a crash sweep, the step at which the engine is killed.
    pub variant: Option<u64>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// Everything the jury found; its verdict is the run's.
    pub findings: Findings,
    /// Whether the run stopped by itself or at its deadline.
    pub ending: Ending,
}

/// Why a run could not be performed at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The world refused the play.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The organisation's database could not be made.
    #[error("the store of the run could not be opened: {0}")]
    Store(#[from] StoreError),
}

/// Performs a run on this thread.
///
/// # Errors
/// When the world or the store cannot be set up; everything after that is a finding.
pub fn run(request: &RunRequest) -> Result<RunOutcome, RunError> {
    let jury = Jury::new(charge::charge(&request.scenario, request.variant));
    perform(request, &jury, Box::new(jury.clone()))
}

/// Performs a run on this thread and shows every entry of its log to `witness` as well.
///
/// # Errors
/// As [`run`].
pub fn run_before(request: &RunRequest, witness: Box<dyn Fold>) -> Result<RunOutcome, RunError> {
    let jury = Jury::new(charge::charge(&request.scenario, request.variant));
    perform(request, &jury, Box::new(Witnessed { jury: jury.clone(), witness }))
}

struct Witnessed {
    jury: Jury,
    witness: Box<dyn Fold>,
}

impl Fold for Witnessed {
    fn see(&mut self, at: SimTime, entry: &crate::log::Entry) -> crate::log::Wish {
        self.witness.see(at, entry);
        self.jury.see(at, entry)
    }
}

fn perform(request: &RunRequest, jury: &Jury, fold: Box<dyn Fold>) -> Result<RunOutcome, RunError> {
    let log = SharedLog::new(fold);
    let play = stage(request, jury, &log)?;
    let deadline = play.deadline;
    let ending = match request.world {
        WorldKind::Virtual => virtual_world::play(play)?,
        WorldKind::Turmoil => turmoil_world::play(play)?,
    };
    let ended = match ending {
        Ending::Stopped => log.last(),
        Ending::Deadline => deadline,
    };
    Ok(RunOutcome { findings: jury.finish(ended, ending), ending })
}

/// Everything a world needs, made from the scenario.
fn stage(request: &RunRequest, jury: &Jury, log: &SharedLog) -> Result<Play, StoreError> {
    let RunRequest { scenario, seed, .. } = request;
    let (start, seed) = (scenario.run.start, *seed);
    let mut config = config::engine_config(scenario);
    let store = Store::in_memory()?;
    let items = ItemIds::starting_at(ItemId(1));
    let mail = population(scenario).shared();
    let servers = Servers::new(scenario, seed, &mail, &items);
    exchange::give_tokens(scenario, &servers, &mut config);
    let application =
        Application::new(Arc::new(config.clone()), store.new_handle(), start, seed, log.clone());
    let is_taken_back = scenario.users.iter().any(|it| matches!(it.deed, Deed::TakeBack { .. }));
    let application = Arc::new(if is_taken_back { application.with_memory() } else { application });
    let tracking = Tracking::new(Arc::new(config.clone()), store.new_handle());
    let desk = Desk { application: Arc::clone(&application), tracking };
    let users = Users::new(scenario, &servers, &mail, log, &items, Some(desk));
    let outlets = Outlets { mail, application: Some(application), log: log.clone(), items };
    let traffic = Traffic::new(scenario, seed, outlets);
    let locks = Locks::new(scenario, |host| servers.pop3(host));
    let departures = Departures::new(scenario, |host| servers.exchange(host), log);
    let bell = Bell::new(jury.stop_at(), log.clone());
    Ok(Play {
        start,
        seed,
        engine: Arc::new(Host::new(Setup {
            config,
            store,
            seed,
            log: log.clone(),
            scenario: Arc::clone(scenario),
        })),
        servers: servers.hosts(scenario),
        bystanders: watchers::bystanders(scenario, &servers, log),
        script: script::script(scenario),
        load: Box::new(Both(locks, Both(departures, Both(users, Both(traffic, bell))))),
        deadline: scenario.run.deadline,
        log: log.clone(),
        tick: scenario.run.tick,
    })
}

fn population(scenario: &Scenario) -> MailStore {
    let mut mail = MailStore::new(config::DOMAIN);
    for mailbox in &scenario.mailboxes {
        let address = config::address(mailbox);
        let added = mail.add_mailbox(&address, &address, &config::password(mailbox));
        let quota = exchange::quota(scenario, mailbox);
        match added.map(|ix| mail.mailbox_mut(ix)) {
            Ok(Ok(added)) => added.set_quota(quota),
            Ok(Err(error)) => unreachable!("it was added just now: {error}"),
            Err(error) => {
                unreachable!("the scenario layer lets no such mailbox through: {error}")
            }
        }
    }
    mail
}
