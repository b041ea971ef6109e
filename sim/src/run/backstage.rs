//! A run without its engine: the servers over their mailboxes, and the mail that comes from outside. Somebody else's client is to take the engine's place.

use std::sync::Arc;

use fake_servers::store::SharedStore;
use fake_servers::{Bell, ItemId, ItemIds};

use super::departures::Departures;
use super::locks::Both;
use super::population;
use super::servers::Servers;
use super::traffic::{Outlets, Traffic};
use super::users::Users;
use crate::log::SharedLog;
use crate::scenario::Scenario;
use crate::world::Load;

/// Everything of a run but the engine and a world.
pub(crate) struct Backstage {
    /// All mailboxes.
    pub(crate) mail: SharedStore,
    /// Numbers of items.
    pub(crate) items: ItemIds,
    /// The servers; [`crate::log::HostIx`] is the place.
    pub(crate) servers: Servers,
    /// Mail that arrives, and what users do from elsewhere. What users of the application send
    /// needs the engine and is left out, which serve says; faults can be stopped, so they are served one by one.
    pub(crate) load: Box<dyn Load>,
    /// Ring when clients have given the load something to do, which may be before what was next.
    pub(crate) given: Vec<Bell>,
}

impl Backstage {
    /// The servers of a scenario with a seed.
    #[must_use]
    pub(crate) fn new(scenario: &Arc<Scenario>, seed: u64, log: &SharedLog) -> Self {
        let items = ItemIds::starting_at(ItemId(1));
        let mail = population(scenario).shared();
        let servers = Servers::new(scenario, seed, &mail, &items);
        let users = Users::new(scenario, &servers, &mail, log, &items, None);
        let outlets = Outlets {
            mail: Arc::clone(&mail),
            application: None,
            log: log.clone(),
            items: items.clone(),
        };
        let traffic = Traffic::new(scenario, seed, outlets);
        let departures = Departures::new(scenario, |host| servers.exchange(host), log);
        let load = Box::new(Both(departures, Both(users, traffic)));
        let exchange = servers.all_exchange();
        let given = exchange.values().map(|server| server.holds_back().clone()).collect();
        Self { mail, items, servers, load, given }
    }
}
