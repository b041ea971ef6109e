//! Exchange servers as a scenario means them.

use fake_servers::store::Quota;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{EwsOptions, ExchangePreset, ExchangeProfile, Face, Limit, Server, Ways};
use super::super::place::At;
use super::super::written::{
    self, CountLimit, Delay, Ews, EwsProfile, Names, Octets, Profile, Scheme, SpanLimit,
};
use super::names::Mailboxes;

/// What an entry says of a server, and the parts of it that all servers have.
pub(super) fn face(written: Ews) -> (Face, Option<Delay>, Profile) {
    let Ews { preset, service, options, profile } = written;
    let options = self::options(options);
    let exchange = exchange_profile(&profile, preset, &options);
    let common = Profile {
        max_concurrent_connections: profile.max_concurrent_connections,
        min_polling_interval: profile.min_polling_interval,
        request_timeout: profile.request_timeout,
        messages_per_connection: None,
    };
    (Face::Ews { preset, options: Box::new(options), profile: exchange }, service, common)
}

fn options(written: written::EwsOptions) -> EwsOptions {
    let count = |limit: Option<CountLimit>| {
        limit.map(|limit| match limit {
            CountLimit::AtMost(n) => Limit::AtMost(n),
            CountLimit::Unlimited(_) => Limit::Unlimited,
        })
    };
    let span = |limit: Option<SpanLimit>| {
        limit.map(|limit| match limit {
            SpanLimit::AtMost(span) => Limit::AtMost(span.0),
            SpanLimit::Unlimited(_) => Limit::Unlimited,
        })
    };
    let octets = |size: Option<Octets>| size.map(|size| size.0);
    EwsOptions {
        max_concurrency: count(written.max_concurrency),
        concurrent_sync_calls: count(written.concurrent_sync_calls),
        hanging_connections: count(written.hanging_connections),
        max_subscriptions: count(written.max_subscriptions),
        find_count: count(written.find_count),
        max_burst: span(written.max_burst),
        recharge_per_hour: span(written.recharge_rate),
        cutoff: span(written.cutoff_balance),
        messages_per_minute: count(written.message_rate),
        recipients_per_day: count(written.recipient_rate),
        quota: Quota {
            prohibit_send: octets(written.prohibit_send),
            prohibit_send_receive: octets(written.prohibit_send_receive),
        }
        .or(octets(written.mailbox_quota).map_or_else(Quota::default, Quota::both)),
        impersonation: written.impersonation,
        message_octets: written.max_message_size.map(|size| size.0),
        strict: written.strict.unwrap_or(false),
        allow_listed: written.allow_listed.unwrap_or(false),
        authentication: written.authentication.map(|schemes| Ways {
            basic: schemes.contains(&Scheme::Basic),
            bearer: schemes.contains(&Scheme::Bearer),
        }),
    }
}

fn exchange_profile(
    written: &EwsProfile,
    preset: ExchangePreset,
    options: &EwsOptions,
) -> ExchangeProfile {
    // Online has taken tokens only since 2022-10-01 (domain.md 4.5).
    let tokens_only = match options.authentication {
        Some(ways) => !ways.basic,
        None => preset == ExchangePreset::ExchangeOnline,
    };
    ExchangeProfile {
        token: written.authentication.map_or(tokens_only, |scheme| scheme == Scheme::Bearer),
        service_account: written.service_account.clone(),
        use_impersonation: written.use_impersonation.unwrap_or(true),
        move_undelivered_emails: written.move_undelivered_emails.unwrap_or(false),
    }
}

/// Accounts that stand for others, or may act for them, are those of mailboxes of the population.
pub(super) fn check_service_accounts(
    servers: &[Server],
    population: &Mailboxes<'_>,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) {
    for server in servers {
        let Face::Ews { profile, options, .. } = &server.face else { continue };
        let at = root.key("server").key(&server.name);
        if let Some(name) = &profile.service_account {
            let at = at.key("profile").key("service_account");
            account(name, "one account stands for all", population, &at, problems);
        }
        let at = at.key("options").key("ApplicationImpersonation");
        for (index, name) in options.impersonation.iter().flatten().enumerate() {
            let why = "the right belongs to single accounts";
            account(name, why, population, &at.index(index), problems);
        }
    }
}

fn account(
    name: &str,
    why: &str,
    population: &Mailboxes<'_>,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) {
    if name.contains(['*', '?']) {
        let problem = Problem::new(why).expecting("the name of one [[mailbox]]");
        problems.add(at.span(), problem);
        return;
    }
    population.choose(&Names::One(name.to_owned()), |_| true, "an account", at, problems);
}
