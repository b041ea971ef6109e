//! Where clients find the servers: the addresses asked for, and the lines that announce them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use fake_servers::MailboxIx;
use schemars::JsonSchema;
use serde::Serialize;
use sync_engine::Protocol;

use super::stage::Begin;
use crate::log::HostIx;
use crate::run::{Servers, config};
use crate::scenario::{Scenario, Server};

/// Where to listen: an address, and the first of the ports, each server's endpoints taking the
/// next; 0 takes any that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(pub SocketAddr);

/// Not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an IP address, with or without a port, such as 127.0.0.1 or [::1]:11000")]
pub struct ListenError;

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        let text = text
            .strip_prefix("localhost")
            .map_or_else(|| text.to_owned(), |port| format!("{}{port}", Ipv4Addr::LOCALHOST));
        let whole = text.parse::<SocketAddr>().ok();
        let alone = || text.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 0));
        whole.or_else(alone).map(Self).ok_or(ListenError)
    }
}

impl Listen {
    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }

    /// The address of the nth endpoint.
    ///
    /// # Errors
    /// When the ports do not suffice.
    pub(super) fn nth(self, n: usize) -> io::Result<SocketAddr> {
        let port = match self.0.port() {
            0 => Some(0),
            first => u16::try_from(n).ok().and_then(|n| first.checked_add(n)),
        };
        port.map(|port| SocketAddr::new(self.0.ip(), port))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there are no more ports"))
    }
}

/// A place where clients find a server.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct Endpoint {
    /// Always `endpoint`.
    pub(super) kind: &'static str,
    /// The server's name in the scenario.
    pub(super) server: String,
    /// `pop3`, `smtp` or `ews`.
    pub(super) protocol: &'static str,
    /// IP address and port.
    pub(super) address: SocketAddr,
    /// How TLS is spoken there.
    pub(super) tls: TlsUse,
    /// Where a client that wants a URL must go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// The mailboxes that have anything to do with the server.
    pub(super) mailboxes: Vec<Login>,
}

/// How TLS is spoken at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum TlsUse {
    /// Not at all.
    None,
    /// When the client asks for it: STLS or STARTTLS.
    Upgrade,
    /// From the first byte on.
    Implicit,
}

/// What a client needs to log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Login {
    /// The mailbox's address.
    pub(super) address: String,
    /// The user name.
    pub(super) user: String,
    /// The password that the server knows.
    pub(super) password: String,
    /// The token that the server takes in its place, as `Authorization: Bearer`; absent where it
    /// takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
}

impl Login {
    /// Of a mailbox at a server.
    pub(super) fn new(
        scenario: &Scenario,
        servers: &Servers,
        ix: MailboxIx,
        host: Option<HostIx>,
    ) -> Self {
        let mailbox = &scenario.mailboxes[ix.0 as usize];
        let address = config::address(mailbox);
        let token = host.and_then(|host| servers.token(host, ix, scenario.run.start));
        Self { user: address.clone(), address, password: config::password(mailbox), token }
    }
}

impl Endpoint {
    /// Announces a server at an address.
    pub(super) fn new(
        (scenario, servers): (&Scenario, &Servers),
        host: HostIx,
        address: SocketAddr,
        begin: Begin,
        has_tls: bool,
    ) -> Self {
        let server = &scenario.servers[usize::from(host.0)];
        let (protocol, upgrades, path) = speaks(server);
        let tls = match begin {
            Begin::Tls => TlsUse::Implicit,
            Begin::Clear if has_tls && upgrades => TlsUse::Upgrade,
            Begin::Clear => TlsUse::None,
        };
        let scheme = if begin == Begin::Tls { "https" } else { "http" };
        let uses = (0..)
            .map(MailboxIx)
            .zip(&scenario.mailboxes)
            .filter(|(_, it)| it.incoming == Some(host) || it.outgoing == Some(host));
        let login = |(ix, _)| Login::new(scenario, servers, ix, Some(host));
        Self {
            kind: "endpoint",
            server: server.name.clone(),
            protocol,
            address,
            tls,
            url: path.map(|path| format!("{scheme}://{address}{path}")),
            mailboxes: uses.map(login).collect(),
        }
    }
}

/// The protocol's name, whether a connection can go on in TLS, and the path of its URL.
fn speaks(server: &Server) -> (&'static str, bool, Option<&'static str>) {
    match server.protocol() {
        Protocol::Pop3 => ("pop3", true, None),
        Protocol::Smtp => ("smtp", true, None),
        Protocol::Ews => ("ews", false, Some("/EWS/Exchange.asmx")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_with_and_without_a_port() {
        let read = |text: &str| text.parse::<Listen>().map(|listen| listen.0.to_string());
        assert_eq!(read("127.0.0.1"), Ok("127.0.0.1:0".to_owned()));
        assert_eq!(read("::1"), Ok("[::1]:0".to_owned()));
        assert_eq!(read("[::1]:11000"), Ok("[::1]:11000".to_owned()));
        assert_eq!(read("localhost:25"), Ok("127.0.0.1:25".to_owned()));
        for odd in ["", "11000", "example.com", "127.0.0.1:", "127.0.0.1:99999", "localhosts"] {
            assert_eq!(read(odd), Err(ListenError), "{odd}");
        }
    }

    #[test]
    fn loopback_is_known_in_all_its_forms() {
        let is = |text: &str| text.parse::<Listen>().unwrap().is_loopback();
        assert!(is("127.8.0.1") && is("::1") && is("::ffff:127.0.0.1"));
        assert!(!is("0.0.0.0") && !is("::") && !is("192.168.1.2:80"));
    }

    #[test]
    fn ports_are_taken_one_after_the_other() {
        let listen: Listen = "127.0.0.1:65534".parse().unwrap();
        assert_eq!(listen.nth(1).unwrap().port(), 65_535);
        assert!(listen.nth(2).is_err());
        assert_eq!(Listen::default().nth(70_000).unwrap().port(), 0);
    }
}
