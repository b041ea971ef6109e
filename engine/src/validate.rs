//! What can be wrong with a configuration, found all at once before anything runs. Each message
//! says what is wrong, where, and what to do.

mod exchange;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::{
    EngineConfig, Mailbox, MailboxId, Protocol, RecipientKind, ServerId, ServerProfile, Settings,
};

/// Which way email goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the server into the application.
    Incoming,
    /// From the application to the server.
    Outgoing,
}

impl Direction {
    const fn name(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }

    const fn speaks(self, protocol: Protocol) -> bool {
        match self {
            Self::Incoming => matches!(protocol, Protocol::Pop3 | Protocol::Ews),
            Self::Outgoing => matches!(protocol, Protocol::Smtp | Protocol::Ews),
        }
    }

    const fn protocols(self) -> &'static str {
        match self {
            Self::Incoming => "POP3 or Exchange Web Services",
            Self::Outgoing => "SMTP or Exchange Web Services",
        }
    }
}

const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pop3 => "POP3",
        Protocol::Smtp => "SMTP",
        Protocol::Ews => "Exchange Web Services",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two mailboxes have one address. A mailbox maps to one user only (server-side-
    /// synchronization, first note). Capitals make no difference.
    #[error(
        "mailboxes {} and {} both have the address {address}: a mailbox belongs to one user, so \
         remove one of them", .first.0, .second.0
    )]
    DuplicateAddress {
        /// The address.
        address: String,
        /// Who has it first.
        first: MailboxId,
        /// Who has it again.
        second: MailboxId,
    },
    /// A user is mapped to two mailboxes (same note).
    #[error(
        "user {user} is mapped to mailboxes {first} and {second}: a user maps to a single mailbox, \
         so break one of the mappings"
    )]
    UserMappedTwice {
        /// The user.
        user: String,
        /// The address of the first.
        first: String,
        /// The address of the second.
        second: String,
    },
    /// An address that is an alias or a distribution list (second note).
    #[error(
        "{address} is {}: it stores no email and cannot be synchronised; use the address of the \
         mailbox behind it", kind_name(*.kind)
    )]
    NotAMailbox {
        /// The address.
        address: String,
        /// What it is instead.
        kind: RecipientKind,
    },
    /// Appointments, contacts and tasks over POP3.
    #[error(
        "mailbox {address}: appointments, contacts and tasks cannot be synchronised with the \
         profile {profile}, because POP3 is email only; switch them off"
    )]
    ActOverPop3 {
        /// Whose.
        address: String,
        /// The name of its incoming profile.
        profile: String,
    },
    /// A mailbox names a server profile that does not exist.
    #[error(
        "mailbox {address}: its {} server is profile {}, and there are only {profiles} (counted \
         from 0)", .direction.name(), .server.0
    )]
    UnknownServer {
        /// Whose.
        address: String,
        /// For which direction.
        direction: Direction,
        /// The profile named.
        server: ServerId,
        /// How many there are.
        profiles: usize,
    },
    /// A mailbox uses a profile of the wrong protocol.
    #[error(
        "mailbox {address}: profile {profile} speaks {} and cannot serve {} email; use one that \
         speaks {}", protocol_name(*.protocol), .direction.name(), .direction.protocols()
    )]
    WrongProtocol {
        /// Whose.
        address: String,
        /// The profile's name.
        profile: String,
        /// What it speaks.
        protocol: Protocol,
        /// What it was to be used for.
        direction: Direction,
    },
    /// One direction through Exchange and the other through something else (domain.md 1.15), or
    /// through two Exchange servers.
    #[error(
        "mailbox {address}: email comes in through {incoming} and goes out through {outgoing}; a \
         mailbox uses one Exchange server for both, or POP3 and SMTP"
    )]
    MixedServers {
        /// Whose.
        address: String,
        /// The incoming profile.
        incoming: String,
        /// The outgoing profile.
        outgoing: String,
    },
    /// Appointments, contacts and tasks where the real service has none.
    #[error("mailbox {address}: appointments, contacts and tasks cannot be synchronised {}", .why)]
    NoAct {
        /// Whose.
        address: String,
        /// Where not, and what to do.
        why: &'static str,
    },
    /// Impersonation without anybody to impersonate with.
    #[error(
        "profile {0} uses impersonation and has no service account: give it one, or switch \
         impersonation off"
    )]
    ImpersonationWithoutAccount(String),
    /// A text that goes onto a protocol's line, and is empty or has control characters in it.
    #[error(
        "{place}: {field} is empty or has characters in it that cannot be sent (control characters, or \
         a colon in a user name for Exchange)"
    )]
    UnusableText {
        /// Where.
        place: String,
        /// Which field.
        field: &'static str,
    },
    /// Two profiles have one name.
    #[error("two server profiles are named {0}: rename one, or reports could not tell them apart")]
    DuplicateProfile(String),
    /// More profiles than a [`ServerId`] can name.
    #[error("{0} server profiles are more than the 65,535 an engine can hold")]
    TooManyProfiles(usize),
    /// A number outside of the range that makes sense.
    #[error("{place}: {setting} is {given}, and must be {allowed}")]
    OutOfRange {
        /// The profile, or the settings.
        place: String,
        /// Which setting.
        setting: &'static str,
        /// What was given.
        given: String,
        /// What would do.
        allowed: &'static str,
    },
}

fn kind_name(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::Mailbox => "a mailbox",
        RecipientKind::Queue => "a queue's mailbox",
        RecipientKind::Alias => "an alias",
        RecipientKind::DistributionList => "a distribution list",
    }
}

/// Everything that is wrong with a configuration, in its order: settings, servers, mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// One by one; there is at least one.
    #[must_use]
    pub fn errors(&self) -> &[ConfigError] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    /// One line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Checks everything.
pub(crate) fn validate(config: &EngineConfig) -> Result<(), ConfigErrors> {
    let mut errors = Vec::new();
    settings(&config.settings, &mut errors);
    servers(&config.servers, &mut errors);
    mailboxes(config, &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(ConfigErrors(errors)) }
}

fn settings(settings: &Settings, errors: &mut Vec<ConfigError>) {
    let mut check = |setting, given: String, right: bool, allowed| {
        if !right {
            let place = "settings".to_owned();
            errors.push(ConfigError::OutOfRange { place, setting, given, allowed });
        }
    };
    for (setting, wait) in [
        ("ActiveMailboxMinimumBackoff", settings.active_mailbox_minimum_backoff),
        ("IdleMailboxMaximumBackoff", settings.idle_mailbox_maximum_backoff),
        ("OutgoingScanInterval", settings.outgoing_scan_interval),
        ("ActiveMailboxMinimumBackoffForACT", settings.active_mailbox_minimum_backoff_for_act),
        ("MailboxBackoffOnTimeout", settings.mailbox_backoff_on_timeout),
        ("MailboxBackoffOnTransientError", settings.mailbox_backoff_on_transient_error),
        ("RateLimitBackoff", settings.rate_limit_backoff),
        ("QuotaBackoff", settings.quota_backoff),
        ("PendingEmailsRetryInterval", settings.pending_emails_retry_interval),
        ("SendingEmailsRetryInterval", settings.sending_emails_retry_interval),
        ("FinalReplyTimeout", settings.final_reply_timeout),
    ] {
        check(setting, shown(wait), a_wait(wait), "a millisecond at least");
    }
    for (setting, longest, shortest) in [
        (
            "IdleMailboxMaximumBackoff",
            settings.idle_mailbox_maximum_backoff,
            settings.active_mailbox_minimum_backoff,
        ),
        (
            "ActiveMailboxMaximumBackoffForACT",
            settings.active_mailbox_maximum_backoff_for_act,
            settings.active_mailbox_minimum_backoff_for_act,
        ),
        (
            "ActiveMailboxMaximumBackoffForACT with incoming email",
            settings.active_mailbox_maximum_backoff_for_act_with_incoming,
            settings.active_mailbox_minimum_backoff_for_act,
        ),
    ] {
        let given = format!("{}, the minimum {}", shown(longest), shown(shortest));
        check(setting, given, longest >= shortest, "no less than the minimum");
    }
    for (setting, count) in [
        ("MaxMailboxTransientFailures", settings.max_mailbox_transient_failures),
        ("IncomingMaximumEmailsPerCycle", settings.incoming_maximum_emails_per_cycle),
        ("ItemAttempts", settings.item_attempts),
        ("MaximumEmailDeliveryAttempts", settings.maximum_email_delivery_attempts),
        ("IncomingWorkers", settings.incoming_workers),
        ("OutgoingWorkers", settings.outgoing_workers),
        ("ActWorkers", settings.act_workers),
    ] {
        check(setting, count.to_string(), count > 0, "1 at least");
    }
    let largest = settings.maximum_message_size;
    check("MaximumMessageSize", format!("{largest} octets"), largest > 0, "1 octet at least");
    // 131,072 KB is the ceiling of domain.md 1.15.
    let attachment = settings.maximum_attachment_size;
    let right = attachment <= 131_072 * 1024;
    check("MaximumAttachmentSize", format!("{attachment} octets"), right, "131,072 KB at most");
}

/// Schedules are kept in whole milliseconds, and a wait of none would make a cycle follow itself
/// without end.
fn a_wait(wait: Duration) -> bool {
    wait >= Duration::from_millis(1)
}

fn shown(wait: Duration) -> String {
    format!("{wait:?}")
}

/// Whether a text can be an argument of a protocol line.
fn usable(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}

fn servers(servers: &[ServerProfile], errors: &mut Vec<ConfigError>) {
    if servers.len() > usize::from(u16::MAX) {
        errors.push(ConfigError::TooManyProfiles(servers.len()));
    }
    let mut names = BTreeSet::new();
    for server in servers {
        if !names.insert(&server.name) {
            errors.push(ConfigError::DuplicateProfile(server.name.clone()));
        }
        self::server(server, errors);
    }
}

fn server(server: &ServerProfile, errors: &mut Vec<ConfigError>) {
    let place = format!("profile {}", server.name);
    if !usable(&server.endpoint.host) {
        errors.push(ConfigError::UnusableText { place: place.clone(), field: "the host" });
    }
    let connections = server.max_concurrent_connections;
    let polling = server.min_polling_interval;
    for (setting, given, right, allowed) in [
        ("the port", server.endpoint.port.to_string(), server.endpoint.port > 0, "1 to 65535"),
        // domain.md 1.3 has both ranges.
        (
            "MaxConcurrentConnections",
            connections.to_string(),
            (1..=300).contains(&connections),
            "1 to 300",
        ),
        (
            "MinPollingIntervalInMinutes",
            shown(polling),
            polling <= Duration::from_hours(24),
            "1,440 minutes at most",
        ),
        (
            "the request time-out",
            shown(server.request_timeout),
            a_wait(server.request_timeout),
            "a millisecond at least",
        ),
        (
            "messages per connection",
            server.messages_per_connection.to_string(),
            server.messages_per_connection > 0,
            "1 at least",
        ),
    ] {
        if !right {
            let place = place.clone();
            errors.push(ConfigError::OutOfRange { place, setting, given, allowed });
        }
    }
    if server.protocol == Protocol::Ews {
        exchange::server(server, &place, errors);
    }
}

fn mailboxes(config: &EngineConfig, errors: &mut Vec<ConfigError>) {
    let mut addresses = BTreeMap::new();
    let mut users = BTreeMap::new();
    for (id, mailbox) in (0..).map(MailboxId).zip(&config.mailboxes) {
        match addresses.entry(mailbox.address.to_lowercase()) {
            Entry::Vacant(free) => drop(free.insert(id)),
            Entry::Occupied(taken) => errors.push(ConfigError::DuplicateAddress {
                address: mailbox.address.clone(),
                first: *taken.get(),
                second: id,
            }),
        }
        match users.entry(mailbox.user.as_str()) {
            Entry::Vacant(free) => drop(free.insert(mailbox.address.as_str())),
            Entry::Occupied(taken) => errors.push(ConfigError::UserMappedTwice {
                user: mailbox.user.clone(),
                first: (*taken.get()).to_owned(),
                second: mailbox.address.clone(),
            }),
        }
        self::mailbox(config, mailbox, errors);
    }
}

fn mailbox(config: &EngineConfig, mailbox: &Mailbox, errors: &mut Vec<ConfigError>) {
    let address = || mailbox.address.clone();
    for (field, text) in [
        ("the address", &mailbox.address),
        ("the user", &mailbox.user),
        ("the credentials' user name", &mailbox.credentials.user),
        ("the password", &mailbox.credentials.password),
    ] {
        if !usable(text) {
            let place = format!("mailbox {:?}", mailbox.address);
            errors.push(ConfigError::UnusableText { place, field });
        }
    }
    if !matches!(mailbox.kind, RecipientKind::Mailbox | RecipientKind::Queue) {
        errors.push(ConfigError::NotAMailbox { address: address(), kind: mailbox.kind });
    }
    for (direction, server) in
        [(Direction::Incoming, mailbox.incoming), (Direction::Outgoing, mailbox.outgoing)]
    {
        let Some(server) = server else { continue };
        let Some(profile) = config.servers.get(usize::from(server.0)) else {
            let (address, profiles) = (address(), config.servers.len());
            errors.push(ConfigError::UnknownServer { address, direction, server, profiles });
            continue;
        };
        let (address, protocol) = (address(), profile.protocol);
        let profile = profile.name.clone();
        if !direction.speaks(protocol) {
            errors.push(ConfigError::WrongProtocol { address, profile, protocol, direction });
        } else if mailbox.act && protocol == Protocol::Pop3 {
            errors.push(ConfigError::ActOverPop3 { address, profile });
        }
    }
    exchange::mailbox(config, mailbox, errors);
}

#[cfg(test)]
mod tests;
