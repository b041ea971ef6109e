//! What a configuration can get wrong about Exchange servers and the mailboxes on them.

use super::{ConfigError, a_wait, shown, usable};
use crate::{
    Authentication, Credentials, EngineConfig, Mailbox, Protocol, RecipientKind, ServerId,
    ServerProfile,
};

/// A profile of an Exchange server.
pub(super) fn server(server: &ServerProfile, place: &str, errors: &mut Vec<ConfigError>) {
    let exchange = &server.exchange;
    let account = exchange.service_account.as_ref();
    let sayable = |c: &Credentials| exchange.authentication.can_say(c);
    let path = exchange.path.as_str();
    let is_path = path.starts_with('/') && path.parse::<hyper::Uri>().is_ok();
    for (field, right) in
        [("the path", is_path), ("the service account", account.is_none_or(sayable))]
    {
        if !right {
            errors.push(ConfigError::UnusableText { place: place.to_owned(), field });
        }
    }
    if exchange.use_impersonation && account.is_none() {
        errors.push(ConfigError::ImpersonationWithoutAccount(server.name.clone()));
    }
    let idle = exchange.idle_connection_timeout;
    if !a_wait(idle) {
        errors.push(ConfigError::OutOfRange {
            place: place.to_owned(),
            setting: "the idle connection time-out",
            given: shown(idle),
            allowed: "a millisecond at least",
        });
    }
}

impl Authentication {
    /// Whether these credentials can be said: Basic parts the two at the first colon (RFC 7617,
    /// section 2).
    fn can_say(self, credentials: &Credentials) -> bool {
        usable(&credentials.user)
            && usable(&credentials.password)
            && match self {
                Self::Basic => !credentials.user.contains(':'),
                Self::OAuth => credentials.password.bytes().all(|byte| byte.is_ascii_graphic()),
            }
    }
}

/// What holds between the two directions of a mailbox and its Exchange server.
pub(super) fn mailbox(config: &EngineConfig, mailbox: &Mailbox, errors: &mut Vec<ConfigError>) {
    let address = || mailbox.address.clone();
    let profile = |server: Option<ServerId>| {
        server.and_then(|server| Some((server, config.servers.get(usize::from(server.0))?)))
    };
    let (incoming, outgoing) = (profile(mailbox.incoming), profile(mailbox.outgoing));
    let speaks_ews = |of: &Option<(ServerId, &ServerProfile)>| {
        of.is_some_and(|(_, profile)| profile.protocol == Protocol::Ews)
    };
    if let (Some((from, one)), Some((to, other))) = (incoming, outgoing)
        && (speaks_ews(&incoming) || speaks_ews(&outgoing))
        && from != to
    {
        let (incoming, outgoing) = (one.name.clone(), other.name.clone());
        errors.push(ConfigError::MixedServers { address: address(), incoming, outgoing });
    }
    // domain.md 1.13.
    if mailbox.act && mailbox.kind == RecipientKind::Queue {
        let why = "with a queue's mailbox; switch them off";
        errors.push(ConfigError::NoAct { address: address(), why });
    }
    let Some((_, exchange)) = [incoming, outgoing].into_iter().find(speaks_ews).flatten() else {
        return;
    };
    if !exchange.exchange.authentication.can_say(&mailbox.credentials)
        && exchange.exchange.service_account.is_none()
    {
        let place = format!("mailbox {:?}", mailbox.address);
        errors.push(ConfigError::UnusableText { place, field: "the credentials for Exchange" });
    }
    // domain.md 1.3.
    let delegated =
        exchange.exchange.service_account.is_some() && !exchange.exchange.use_impersonation;
    if mailbox.act && delegated {
        let why = "through delegate access; use impersonation";
        errors.push(ConfigError::NoAct { address: address(), why });
    }
}
