//! The simulated servers of a run: presets with the scenario's options over them, each with its
//! own faults, all over the same mailboxes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fake_servers::exchange::ExchangeServer;
use fake_servers::limits::exchange::Charged;
use fake_servers::pop3::{Pop3Options, Pop3Server};
use fake_servers::smtp::{Budget, GreylistOptions, SmtpOptions, SmtpServer};
use fake_servers::store::SharedStore;
use fake_servers::{Channel, Delay, Effect, FaultPlan, ItemIds, MailboxIx, Session};
use jiff::Timestamp;
use rand::RngCore;
use serde::Serialize;

use crate::log::HostIx;
use crate::random::stream;
use crate::run::config::{DOMAIN, port};
use crate::run::exchange::exchange_options;
use crate::run::faults::faults_of;
use crate::scenario::{self, Face, Pop3Preset, Scenario, SmtpPreset};
use crate::world::ServerHost;

/// All servers of a run; [`HostIx`] is the place.
pub(crate) struct Servers(Vec<Machine>);

/// Makes the machine behind a new connection of some kind.
pub(crate) type Accept = Arc<dyn Fn(Channel) -> Box<dyn Session> + Send + Sync>;

/// Forgets what a process that has died at this time had in memory only.
pub(crate) type Forget = Arc<dyn Fn(Timestamp) + Send + Sync>;

/// Asks the faults once for a connection that begins with TLS.
pub(crate) type Strike = Arc<dyn Fn(Timestamp) -> Option<(u16, Effect)> + Send + Sync>;

enum Machine {
    Pop3(Arc<Pop3Server>),
    Smtp(Arc<SmtpServer>),
    Exchange(Box<ExchangeServer>),
}

impl Servers {
    /// The servers of a scenario over these mailboxes. Each draws from streams of its own.
    #[must_use]
    pub(super) fn new(scenario: &Scenario, seed: u64, mail: &SharedStore, items: &ItemIds) -> Self {
        let machine = |(host, server): (u16, &scenario::Server)| {
            let seed = stream(seed, &format!("server/{}", server.name)).next_u64();
            let faults = FaultPlan::new(faults_of(scenario, HostIx(host)), seed);
            let mail = Arc::clone(mail);
            match &server.face {
                Face::Pop3 { preset, options } => {
                    let options = pop3_options(*preset, options, server.service);
                    Machine::Pop3(Arc::new(Pop3Server::new(options, mail, faults, seed)))
                }
                Face::Smtp { preset, options } => {
                    let options = smtp_options(*preset, options, server.service);
                    let server = SmtpServer::new(options, mail, items.clone(), faults, seed);
                    Machine::Smtp(Arc::new(server))
                }
                Face::Ews { preset, options, .. } => {
                    let options =
                        exchange_options(&server.name, *preset, options, server.service, scenario);
                    let server = ExchangeServer::new(options, mail, items.clone(), faults, seed);
                    Machine::Exchange(Box::new(server))
                }
            }
        };
        Self((0..).zip(&scenario.servers).map(machine).collect())
    }

    /// The POP3 server on a host, if that is what it speaks.
    #[must_use]
    pub(crate) fn pop3(&self, host: HostIx) -> Option<Arc<Pop3Server>> {
        match self.0.get(usize::from(host.0))? {
            Machine::Pop3(server) => Some(Arc::clone(server)),
            Machine::Smtp(_) | Machine::Exchange(_) => None,
        }
    }

    /// The Exchange server on a host, if that is what it speaks.
    #[must_use]
    pub(crate) fn exchange(&self, host: HostIx) -> Option<&ExchangeServer> {
        match self.0.get(usize::from(host.0))? {
            Machine::Exchange(server) => Some(server),
            Machine::Pop3(_) | Machine::Smtp(_) => None,
        }
    }

    /// The token that opens a mailbox on a host, if tokens are taken there.
    #[must_use]
    pub(crate) fn token(&self, host: HostIx, mailbox: MailboxIx, now: Timestamp) -> Option<String> {
        let server = self.exchange(host).filter(|server| server.takes_bearer(now))?;
        server.bearer_token(mailbox)
    }

    /// All Exchange servers.
    #[must_use]
    pub(super) fn all_exchange(&self) -> BTreeMap<HostIx, ExchangeServer> {
        let hosts = (0..self.0.len()).filter_map(|host| u16::try_from(host).ok()).map(HostIx);
        hosts.filter_map(|host| Some((host, self.exchange(host)?.clone()))).collect()
    }

    /// What makes the machines behind the connections of each server.
    #[must_use]
    pub(crate) fn acceptors(&self) -> Vec<Accept> {
        self.0.iter().map(Machine::accept).collect()
    }

    /// What makes each server forget what its process had in memory only.
    #[must_use]
    pub(crate) fn forgetters(&self) -> Vec<Forget> {
        self.0.iter().map(Machine::forget).collect()
    }

    /// What asks the faults of each server for a connection that begins with TLS.
    #[must_use]
    pub(crate) fn strikers(&self) -> Vec<Strike> {
        self.0.iter().map(Machine::strike).collect()
    }

    /// Changes which faults a server has.
    pub(crate) fn change_faults<T>(
        &self,
        HostIx(host): HostIx,
        change: impl FnOnce(&mut FaultPlan) -> T,
    ) -> Option<T> {
        Some(match self.0.get(usize::from(host))? {
            Machine::Pop3(server) => server.change_faults(change),
            Machine::Smtp(server) => server.change_faults(change),
            Machine::Exchange(server) => server.change_faults(change),
        })
    }

    /// What mailboxes have left of a server's limits, those that have used anything, and whoever
    /// acts for them. What has no limit is not in it.
    #[must_use]
    pub(crate) fn budgets(
        &self,
        HostIx(host): HostIx,
        now: Timestamp,
    ) -> Vec<(Charged, BTreeMap<String, i64>)> {
        let own = |mailbox| Charged { mailbox, by: None };
        match self.0.get(usize::from(host)) {
            None => Vec::new(),
            Some(Machine::Pop3(server)) => {
                let all = server.budgets(now).into_iter();
                all.map(|(mailbox, left)| (own(mailbox), numbers(&left))).collect()
            }
            Some(Machine::Smtp(server)) => {
                let all = server.budgets(now).into_iter();
                all.map(|(mailbox, left)| (own(mailbox), numbers(&left))).collect()
            }
            Some(Machine::Exchange(server)) => {
                let all = server.budgets(now).into_iter();
                all.map(|(charged, left)| (charged, numbers(&left))).collect()
            }
        }
    }

    /// The servers as hosts of a world.
    #[must_use]
    pub(super) fn hosts(&self, scenario: &Scenario) -> Vec<ServerHost> {
        let host = |(machine, server): (&Machine, &scenario::Server)| ServerHost {
            name: server.name.clone(),
            port: port(server),
            link: server.link.clone(),
            accept: {
                let accept = machine.accept();
                Arc::new(move || accept(Channel::Plain))
            },
            forget: machine.forget(),
        };
        self.0.iter().zip(&scenario.servers).map(host).collect()
    }
}

impl Machine {
    /// Mailboxes and budgets stay. Of subscriptions, only their clients know after that.
    fn forget(&self) -> Forget {
        match self {
            Self::Pop3(_) | Self::Smtp(_) => Arc::new(|_| {}),
            Self::Exchange(server) => {
                let server = server.clone();
                Arc::new(move |now| server.forget(now))
            }
        }
    }

    fn strike(&self) -> Strike {
        match self {
            Self::Pop3(server) => {
                let server = Arc::clone(server);
                Arc::new(move |now| server.change_faults(|plan| plan.strike_handshake(now)))
            }
            Self::Smtp(server) => {
                let server = Arc::clone(server);
                Arc::new(move |now| server.change_faults(|plan| plan.strike_handshake(now)))
            }
            Self::Exchange(server) => {
                let server = server.clone();
                Arc::new(move |now| server.change_faults(|plan| plan.strike_handshake(now)))
            }
        }
    }

    fn accept(&self) -> Accept {
        match self {
            Self::Pop3(server) => {
                let server = Arc::clone(server);
                Arc::new(move |channel| Box::new(server.session_on(channel)))
            }
            Self::Smtp(server) => {
                let server = Arc::clone(server);
                Arc::new(move |channel| Box::new(server.session_on(channel)))
            }
            Self::Exchange(server) => {
                let server = server.clone();
                Arc::new(move |channel| Box::new(server.session_on(channel)))
            }
        }
    }
}

/// The numbers among the fields.
fn numbers(left: &impl Serialize) -> BTreeMap<String, i64> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(left) else {
        return BTreeMap::new();
    };
    fields.into_iter().filter_map(|(name, left)| Some((name, left.as_i64()?))).collect()
}

fn pop3_options(
    preset: Pop3Preset,
    given: &scenario::Pop3Options,
    service: Option<Delay>,
) -> Pop3Options {
    let mut options = match preset {
        Pop3Preset::GenericPop3Smtp => Pop3Options::generic(),
        Pop3Preset::GmailPop => Pop3Options::gmail(),
    };
    let scenario::Pop3Options { capa, uidl, top, pipelining, login_delay, window, hide_fetched } =
        given;
    set(&mut options.capa, *capa);
    set(&mut options.uidl, *uidl);
    set(&mut options.top, *top);
    set(&mut options.pipelining, *pipelining);
    set(&mut options.hide_fetched, *hide_fetched);
    options.login_delay = login_delay.or(options.login_delay);
    options.window = window.or(options.window);
    set(&mut options.service.command, service);
    options
}

fn smtp_options(
    preset: SmtpPreset,
    given: &scenario::SmtpOptions,
    service: Option<Delay>,
) -> SmtpOptions {
    /// Long enough for any engine to come back (RFC 6647 section 5 has days to weeks).
    const GREYLIST_RETENTION: Duration = Duration::from_hours(24);
    /// More pairs of addresses than any scenario has at a time.
    const GREYLIST_CAPACITY: usize = 100_000;
    let mut options = match preset {
        SmtpPreset::GenericPop3Smtp => SmtpOptions::generic(),
        SmtpPreset::ExchangeOnlineSmtp => SmtpOptions::exchange_online(),
    };
    let budget = |limit: u32, window| Budget { limit: u64::from(limit), window };
    let minute = |limit| budget(limit, Duration::from_mins(1));
    let day = |limit| budget(limit, Duration::from_hours(24));
    options.messages = given.messages_per_minute.map(minute).or(options.messages);
    options.recipients = given.recipients_per_day.map(day).or(options.recipients);
    options.connections = given.connections_per_mailbox.or(options.connections);
    set(&mut options.recipients_per_message, given.recipients_per_message.map(|n| n as usize));
    set(&mut options.message_octets, given.max_message_size);
    options.greylist = given.greylist.filter(|delay| !delay.is_zero()).map(|delay| {
        GreylistOptions { delay, retention: GREYLIST_RETENTION, capacity: GREYLIST_CAPACITY }
    });
    options.local_domains = vec![DOMAIN.to_owned()];
    set(&mut options.service.command, service);
    set(&mut options.service.message, service);
    options
}

fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}
