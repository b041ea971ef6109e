//! What an Exchange server can be set to.

use std::time::Duration;

use jiff::Timestamp;
use wire::ews::ServerVersionInfo;

use super::versions::{Authentication, ExchangeVersion};
use crate::limits::exchange::ExchangePolicy;
use crate::store::Quota;
use crate::{Delay, MailboxIx};

/// How an Exchange server behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeOptions {
    /// Its host name: the realm of its challenge.
    pub name: String,
    /// Where autodiscover says EWS is: a URL. Without it, where the client has found autodiscover.
    pub url: Option<String>,
    /// Which version it is.
    pub version: ExchangeVersion,
    /// Its limits.
    pub policy: ExchangePolicy,
    /// How clients may authenticate; the version's ways without.
    pub authentication: Option<Authentication>,
    /// Whether the tenant is on the list of those that may use EWS online.
    pub allow_listed: bool,
    /// Who may act for other mailboxes and open them.
    pub impersonation: Impersonation,
    /// Whether a request that violates the schema is refused, as the real one does, or read as well
    /// as it can be.
    pub strict: bool,
    /// Octets of a request's body. Larger ones get 413 and are not kept.
    pub request_octets: u64,
    /// Octets of a message to be sent.
    pub message_octets: u64,
    /// The quota of mailboxes that have none of their own.
    pub quota: Quota,
    /// Domains whose addresses are all here: an unknown one gets a report back.
    pub local_domains: Vec<String>,
    /// How long the server takes over each thing that a request asks for.
    pub service: Delay,
}

/// To whom the role `ApplicationImpersonation` is assigned. Here it opens mailboxes to delegates as
/// well, who name one beside a folder in place of impersonating its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Impersonation {
    /// To all accounts.
    Everybody,
    /// To these; everybody else has the own mailbox.
    Accounts(Vec<MailboxIx>),
}

impl Impersonation {
    /// To nobody.
    pub const NOBODY: Self = Self::Accounts(Vec::new());

    /// Whether an account has it.
    #[must_use]
    pub fn allows(&self, account: MailboxIx) -> bool {
        match self {
            Self::Everybody => true,
            Self::Accounts(accounts) => accounts.contains(&account),
        }
    }
}

impl ExchangeOptions {
    /// A server of a version as it is out of the box: messages of 36 MB (domain.md 4.5), which in
    /// base64 make requests of a third more.
    #[must_use]
    pub fn new(name: impl Into<String>, version: ExchangeVersion) -> Self {
        Self {
            name: name.into(),
            url: None,
            version,
            policy: version.policy(),
            authentication: None,
            allow_listed: false,
            impersonation: Impersonation::Everybody,
            strict: false,
            request_octets: 50 * 1024 * 1024,
            message_octets: 36 * 1024 * 1024,
            quota: Quota::default(),
            local_domains: Vec::new(),
            service: Delay::Fixed(Duration::ZERO),
        }
    }

    pub(super) fn authentication(&self, now: Timestamp) -> Authentication {
        self.authentication.unwrap_or_else(|| self.version.authentication(now))
    }

    /// What every answer says the server is.
    pub(super) fn server_version(&self) -> ServerVersionInfo {
        let numbers = self.version.numbers();
        ServerVersionInfo {
            major_version: numbers.major,
            minor_version: numbers.minor,
            major_build_number: numbers.major_build,
            minor_build_number: numbers.minor_build,
            version: numbers.schema.to_owned(),
        }
    }

    /// The challenges of a 401. exchangelib knows an Exchange server by them (ews-clients.md).
    pub(super) fn challenges(&self, now: Timestamp) -> Vec<String> {
        let ways = self.authentication(now);
        let basic = ways.basic.then(|| format!("Basic realm=\"{}\"", self.name));
        let bearer = ways.bearer.then(|| {
            format!("Bearer realm=\"{}\", token_types=\"app_asserted_user_v1\"", self.name)
        });
        basic.into_iter().chain(bearer).collect()
    }
}
