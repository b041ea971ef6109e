//! What a submission server can be set to, and presets with the sources of their numbers.

use std::time::Duration;

use crate::Delay;

/// So many units in any window of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Units.
    pub limit: u64,
    /// The length of the rolling window.
    pub window: Duration,
}

/// Greylisting (RFC 6647): the first attempt of a mailbox to send from one address to another is
/// put off, a later one is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GreylistOptions {
    /// How long after the first attempt another is refused as too soon.
    pub delay: Duration,
    /// How long after its last attempt a pair of addresses is still known.
    pub retention: Duration,
    /// How many pairs are known at a time; the one not seen for the longest is forgotten first.
    pub capacity: usize,
}

/// How long the server takes over its work, beyond what links and faults add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceTimes {
    /// Until the greeting.
    pub greeting: Delay,
    /// Over each command that is answered, DATA included.
    pub command: Delay,
    /// Over a message, from its final dot to the reply.
    pub message: Delay,
}

impl Default for ServiceTimes {
    fn default() -> Self {
        let none = Delay::Fixed(Duration::ZERO);
        Self { greeting: none, command: none, message: none }
    }
}

/// How a submission server behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct SmtpOptions {
    /// The name it greets with.
    pub name: String,
    /// The largest message in octets, announced as SIZE (RFC 1870). Also bounds what a connection
    /// can make the server hold.
    pub message_octets: u64,
    /// Recipients per message; more are refused one by one with 452 4.5.3. RFC 5321 section
    /// 4.5.3.1.8 asks for at least 100.
    pub recipients_per_message: usize,
    /// Messages begun with MAIL, per mailbox; 421 4.4.2 beyond.
    pub messages: Option<Budget>,
    /// Recipients of accepted messages, per mailbox; 554 5.2.0 beyond.
    pub recipients: Option<Budget>,
    /// Logged-in connections at once, per mailbox; 432 4.3.2 beyond.
    pub connections: Option<u32>,
    /// Octets a mailbox may hold and still send; 554 5.2.2 beyond.
    pub mailbox_octets: Option<u64>,
    /// Whether and how new pairs of addresses are put off.
    pub greylist: Option<GreylistOptions>,
    /// Domains, lower case, in which an address without a mailbox is refused with 550 5.1.1.
    /// Recipients elsewhere are taken and counted.
    pub local_domains: Vec<String>,
    /// Whether delivered copies begin with a Received field (RFC 5321 section 4.4).
    pub received_field: bool,
    /// Commands that cannot be understood or come out of turn before the connection is closed.
    pub protocol_errors: u32,
    /// Failed logins before the connection is closed.
    pub failed_logins: u32,
    /// How long its work takes.
    pub service: ServiceTimes,
}

/// The name is none of [`SmtpOptions::PRESETS`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no SMTP preset {0:?}")]
pub struct UnknownPreset(pub String);

impl SmtpOptions {
    /// The presets' names.
    pub const PRESETS: [&str; 2] = ["generic-pop3-smtp", "exchange-online-smtp"];

    /// The options of a preset.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn preset(name: &str) -> Result<Self, UnknownPreset> {
        match name {
            "generic-pop3-smtp" => Ok(Self::generic()),
            "exchange-online-smtp" => Ok(Self::exchange_online()),
            _ => Err(UnknownPreset(name.to_owned())),
        }
    }

    /// `generic-pop3-smtp`: a provider that gets in nobody's way. Messages of 50 MiB, 1,000
    /// recipients each, no budgets; its numbers are ours, chosen not to bind.
    #[must_use]
    pub fn generic() -> Self {
        Self {
            name: "mail.example".into(),
            message_octets: 50 * 1024 * 1024,
            recipients_per_message: 1_000,
            messages: None,
            recipients: None,
            connections: None,
            mailbox_octets: None,
            greylist: None,
            local_domains: Vec::new(),
            received_field: false,
            protocol_errors: 20,
            failed_logins: 3,
            service: ServiceTimes::default(),
        }
    }

    /// `exchange-online-smtp`: authenticated submission to Exchange Online. 30 messages a minute,
    /// 10,000 recipients per rolling day and 3 connections per mailbox; a message of 36 MB, 500
    /// recipients a message, 5 protocol errors and 3 failed logins are the documented defaults of
    /// Exchange's receive connectors (domain.md 4.5).
    #[must_use]
    pub fn exchange_online() -> Self {
        Self {
            name: "smtp.office365.com".into(),
            message_octets: 36 * 1024 * 1024,
            recipients_per_message: 500,
            messages: Some(Budget { limit: 30, window: Duration::from_mins(1) }),
            recipients: Some(Budget { limit: 10_000, window: Duration::from_hours(24) }),
            connections: Some(3),
            protocol_errors: 5,
            failed_logins: 3,
            ..Self::generic()
        }
    }
}

impl SmtpOptions {
    /// Whether every address in this one's domain is a mailbox here or unknown.
    pub(super) fn is_local(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.local_domains.iter().any(|local| local.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_named_exists_and_no_other() {
        for name in SmtpOptions::PRESETS {
            assert!(SmtpOptions::preset(name).is_ok(), "{name}");
        }
        let unknown = SmtpOptions::preset("gmail-smtp");
        assert_eq!(unknown, Err(UnknownPreset("gmail-smtp".into())));
    }
}
