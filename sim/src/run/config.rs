//! The engine's configuration of a scenario: what an administrator would have typed in.

use sync_engine::{
    Authentication, ContentRetention, Credentials, Endpoint, EngineConfig, ExchangeProfile,
    Mailbox, RecipientKind, ServerId, ServerProfile, Settings,
};

use crate::scenario::{self, Scenario};

/// The domain of every mailbox of a scenario.
pub(crate) const DOMAIN: &str = "example.com";

/// The port every simulated server listens on; the host name tells them apart.
#[must_use]
pub(crate) fn port(server: &scenario::Server) -> u16 {
    match server.face {
        scenario::Face::Pop3 { .. } => 110,
        scenario::Face::Smtp { .. } => 587,
        // In the clear, as behind a proxy that ends TLS.
        scenario::Face::Ews { .. } => 80,
    }
}

/// The address of a mailbox.
#[must_use]
pub(crate) fn address(mailbox: &scenario::Mailbox) -> String {
    format!("{}@{DOMAIN}", mailbox.name)
}

/// The user name the engine logs in with.
fn login(mailbox: &scenario::Mailbox) -> String {
    match &mailbox.login {
        Some(name) if !name.contains('@') => format!("{name}@{DOMAIN}"),
        Some(name) => name.clone(),
        None => address(mailbox),
    }
}

/// The password that the servers know for a mailbox.
#[must_use]
pub(crate) fn password(mailbox: &scenario::Mailbox) -> String {
    format!("secret of {}", mailbox.name)
}

/// The engine's configuration: server `i` of the scenario is [`ServerId`] `i`, mailbox `i` is
/// [`sync_engine::MailboxId`] `i`.
#[must_use]
pub(super) fn engine_config(scenario: &Scenario) -> EngineConfig {
    // A run judges bytes by their hash as they pass; kept, they would grow with its length.
    let content_retention = ContentRetention::HashOnly;
    EngineConfig {
        settings: Settings { content_retention, ..scenario.engine.settings.clone() },
        servers: scenario.servers.iter().map(|server| profile(scenario, server)).collect(),
        mailboxes: scenario.mailboxes.iter().map(|mailbox| entry(scenario, mailbox)).collect(),
    }
}

fn profile(scenario: &Scenario, server: &scenario::Server) -> ServerProfile {
    ServerProfile {
        name: server.name.clone(),
        protocol: server.protocol(),
        endpoint: Endpoint { host: server.name.clone(), port: port(server) },
        max_concurrent_connections: server.profile.max_concurrent_connections,
        request_timeout: server.profile.request_timeout,
        min_polling_interval: server.profile.min_polling_interval,
        messages_per_connection: server.profile.messages_per_connection,
        exchange: match &server.face {
            scenario::Face::Ews { profile, .. } => exchange_profile(scenario, profile),
            _ => ExchangeProfile::default(),
        },
    }
}

fn exchange_profile(scenario: &Scenario, given: &scenario::ExchangeProfile) -> ExchangeProfile {
    let named = |name: &String| scenario.mailboxes.iter().find(|mailbox| mailbox.name == *name);
    let account = given.service_account.as_ref().and_then(named);
    ExchangeProfile {
        authentication: if given.token { Authentication::OAuth } else { Authentication::Basic },
        service_account: account
            .map(|mailbox| Credentials { user: login(mailbox), password: password(mailbox) }),
        use_impersonation: account.is_some() && given.use_impersonation,
        move_undelivered_emails: given.move_undelivered_emails,
        ..ExchangeProfile::default()
    }
}

fn entry(scenario: &Scenario, mailbox: &scenario::Mailbox) -> Mailbox {
    let password = match mailbox.credentials {
        scenario::Credentials::Right => password(mailbox),
        scenario::Credentials::Wrong => format!("old {}", password(mailbox)),
    };
    Mailbox {
        address: address(mailbox),
        user: mailbox.user.clone(),
        kind: if mailbox.queue { RecipientKind::Queue } else { RecipientKind::Mailbox },
        credentials: Credentials { user: login(mailbox), password },
        incoming: mailbox.incoming.map(|host| ServerId(host.0)),
        outgoing: mailbox.outgoing.map(|host| ServerId(host.0)),
        act: mailbox.act.is_some(),
        process_and_delete_emails: mailbox.process_and_delete,
        enabled_at: scenario.run.start + mailbox.enabled.since_start(),
    }
}
