//! Exchange servers of a run: presets with the scenario's options over them, and the tokens with
//! which the engine asks.

use fake_servers::exchange::versions::Authentication;
use fake_servers::exchange::{ExchangeOptions, Impersonation};
use fake_servers::limits::exchange::FindCount;
use fake_servers::store::Quota;
use fake_servers::{Delay, MailboxIx};
use sync_engine::EngineConfig;

use crate::log::HostIx;
use crate::run::config::DOMAIN;
use crate::run::servers::Servers;
use crate::scenario::{EwsOptions, ExchangePreset, Face, Limit, Mailbox, Scenario};

/// A server's options.
pub(super) fn exchange_options(
    name: &str,
    preset: ExchangePreset,
    given: &EwsOptions,
    service: Option<Delay>,
    scenario: &Scenario,
) -> ExchangeOptions {
    let mut options = ExchangeOptions::new(name, preset.into());
    let policy = &mut options.policy;
    set(&mut policy.max_concurrency, given.max_concurrency);
    set(&mut policy.concurrent_sync_calls, given.concurrent_sync_calls);
    set(&mut policy.hanging_connections, given.hanging_connections);
    set(&mut policy.max_subscriptions, given.max_subscriptions);
    set(&mut policy.messages_per_minute, given.messages_per_minute);
    set(&mut policy.recipients_per_day, given.recipients_per_day);
    set(&mut policy.server_time.max_burst, given.max_burst);
    set(&mut policy.server_time.recharge_per_hour, given.recharge_per_hour);
    set(&mut policy.server_time.cutoff, given.cutoff);
    match given.find_count {
        Some(Limit::AtMost(n)) => policy.find_count = Some(FindCount { plain: n, restricted: n }),
        Some(Limit::Unlimited) => policy.find_count = None,
        None => {}
    }
    options.quota = given.quota;
    if let Some(accounts) = &given.impersonation {
        let accounts = accounts.iter().filter_map(|name| account(scenario, name));
        options.impersonation = Impersonation::Accounts(accounts.collect());
    }
    options.message_octets = given.message_octets.unwrap_or(options.message_octets);
    options.strict = given.strict;
    options.allow_listed = given.allow_listed;
    let ways = given.authentication;
    options.authentication =
        ways.map(|ways| Authentication { basic: ways.basic, bearer: ways.bearer });
    options.local_domains = vec![DOMAIN.to_owned()];
    options.service = service.unwrap_or(options.service);
    options
}

fn set<T: Copy>(limit: &mut Option<T>, given: Option<Limit<T>>) {
    match given {
        Some(Limit::AtMost(value)) => *limit = Some(value),
        Some(Limit::Unlimited) => *limit = None,
        None => {}
    }
}

/// The mailbox of this name.
fn account(scenario: &Scenario, name: &str) -> Option<MailboxIx> {
    let place = scenario.mailboxes.iter().position(|one| one.name == name)?;
    u32::try_from(place).ok().map(MailboxIx)
}

/// How large a mailbox may become: its own quota, or that of the Exchange server it lies on.
pub(super) fn quota(scenario: &Scenario, mailbox: &Mailbox) -> Quota {
    let mut hosts = [mailbox.incoming, mailbox.outgoing].into_iter().flatten();
    let of_server = |host: HostIx| match &scenario.servers[usize::from(host.0)].face {
        Face::Ews { options, .. } => Some(options.quota),
        _ => None,
    };
    mailbox.quota.or(hosts.find_map(of_server).unwrap_or_default())
}

/// Puts tokens in the place of passwords where the engine asks with tokens. A wrong password has no
/// token either.
pub(super) fn give_tokens(scenario: &Scenario, servers: &Servers, config: &mut EngineConfig) {
    for (ix, mailbox) in (0..).zip(&scenario.mailboxes) {
        let Some(host) = mailbox.incoming.or(mailbox.outgoing) else { continue };
        let Face::Ews { profile, .. } = &scenario.servers[usize::from(host.0)].face else {
            continue;
        };
        if !profile.token {
            continue;
        }
        let token = servers.exchange(host).and_then(|server| server.bearer_token(MailboxIx(ix)));
        let entry = &mut config.mailboxes[ix as usize];
        if let Some(token) = token
            && mailbox.credentials == crate::scenario::Credentials::Right
        {
            entry.credentials.password = token;
        }
    }
    for (host, server) in config.servers.iter_mut().enumerate() {
        let Some(account) = &mut server.exchange.service_account else { continue };
        let Face::Ews { profile, .. } = &scenario.servers[host].face else { continue };
        let ix = profile.service_account.as_deref().and_then(|name| self::account(scenario, name));
        let host = HostIx(u16::try_from(host).unwrap_or(u16::MAX));
        let token = servers.exchange(host).zip(ix).and_then(|(server, ix)| server.bearer_token(ix));
        if let Some(token) = token.filter(|_| profile.token) {
            account.password = token;
        }
    }
}
