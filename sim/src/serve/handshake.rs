//! The TLS handshake that a connection begins with (HTTPS, POP3S, SMTPS), and the faults that strike
//! it. No machine hears of the connection before it is over, so its faults are asked here.

use std::io;

use fake_servers::{FirstHandshake, Handshake, ServerEvent};
use tokio::io::AsyncReadExt;

use super::socket::Socket;
use crate::run::Strike;
use crate::world::{Desk, SessionStream};

/// Begins a connection in TLS, as the server's faults want it.
///
/// # Errors
/// When it ends there.
pub(super) async fn first(socket: &mut Socket, strike: &Strike, desk: &Desk) -> io::Result<()> {
    let Some((fault, effect)) = strike(desk.timestamp()) else {
        return socket.start_tls(Handshake::Sound).await;
    };
    desk.report(ServerEvent::FaultApplied { fault, mailbox: None });
    match effect.first_handshake() {
        FirstHandshake::Goes(handshake) => socket.start_tls(handshake).await,
        FirstHandshake::Late(held) => {
            desk.report(ServerEvent::Held { mailbox: None, held });
            tokio::time::sleep(desk.timer(held)).await;
            socket.start_tls(Handshake::Sound).await
        }
        // Until the client has had enough.
        FirstHandshake::Never => {
            let mut unheard = [0; 1024];
            while socket.read(&mut unheard).await? > 0 {}
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::net::TcpStream;
    use tokio_rustls::rustls::pki_types::ServerName;

    use super::super::clock::{PacedClock, Speed};
    use super::super::names::Names;
    use super::super::record::Record;
    use super::super::stage::{Begin, Host, listen};
    use super::super::tls::{Tls, tests::connector};
    use super::*;
    use crate::log::{HostIx, SharedLog};
    use crate::run::Backstage;

    const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    /// A server of each kind, whose first handshake goes wrong.
    const SERVERS: &str = r#"
        schema = 1
        title = "Certificates run out"
        why = "for a test"
        [run]
        stop = { after = "1h" }
        [server.pop]
        speaks = "pop3"
        [server.smtp]
        speaks = "smtp"
        [server.exchange]
        speaks = "ews"
        [[mailbox]]
        name = "ann"
        incoming = "pop"
        outgoing = "smtp"
        [[mailbox]]
        name = "bob"
        incoming = "exchange"
        [[fault]]
        name = "old certificate"
        on = "pop"
        which = { first = 1 }
        effect = { tls = "expired" }
        [[fault]]
        name = "no certificate at all"
        on = "smtp"
        which = { first = 1 }
        effect = { refuse = "tls-unavailable" }
        [[fault]]
        name = "somebody else's certificate"
        on = "exchange"
        which = { first = 1 }
        effect = { tls = "wrong-name" }
        [[fault]]
        name = "none of the handshake's business"
        on = "exchange"
        effect = "reset"
    "#;

    /// How a handshake with a server goes, twice.
    async fn handshakes(
        host: HostIx,
        tls: &Tls,
        backstage: &Backstage,
        log: &SharedLog,
    ) -> [String; 2] {
        let servers = &backstage.servers;
        let ix = usize::from(host.0);
        let machine = (servers.acceptors().swap_remove(ix), servers.forgetters().swap_remove(ix));
        let machine = (machine, servers.strikers().swap_remove(ix));
        let clock = Arc::new(PacedClock::start(Speed::REAL));
        let start = "2026-03-02T08:00:00Z".parse().unwrap();
        let desk = Desk::without_engine(host, start, clock, log.clone());
        let mut server = Host::new(machine, desk, Some(tls.acceptors.clone()), None);
        let (listening, address) = listen(SocketAddr::new(LOCALHOST, 0)).await.unwrap();
        server.addresses = vec![(address, Begin::Tls)];
        server.run(vec![listening]);
        let mut heard = [String::new(), String::new()];
        for how in &mut heard {
            let tcp = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let result = connector(&tls.authority).connect(name, tcp).await;
            *how = result.map_or_else(|error| format!("{error:?}"), |_| "sound".to_owned());
        }
        heard
    }

    #[tokio::test]
    async fn faults_strike_the_handshake_of_every_protocol_and_are_told() {
        let scenario = Arc::new(crate::scenario::parse("tls", SERVERS).unwrap());
        let record = Record::new(Names::new(&scenario));
        let log = SharedLog::new(Box::new(record.clone()));
        let backstage = Backstage::new(&scenario, 1, &log);
        let tls = Tls::new(&[], LOCALHOST).unwrap();
        for (host, fails) in (0..).map(HostIx).zip(["elsewhere.example", "Expired", "reset"]) {
            let heard = handshakes(host, &tls, &backstage, &log).await;
            let first = heard[0].to_lowercase();
            assert!(first.contains(&fails.to_lowercase()), "{host:?}: {first}");
            assert_eq!(heard[1], "sound", "{host:?}");
        }
        let told = serde_json::to_value(record.ledger().view(&record.names)).unwrap();
        for fault in ["old certificate", "no certificate at all", "somebody else's certificate"] {
            assert_eq!(told["faults"][fault], 1, "{told}");
        }
    }

    #[tokio::test]
    async fn a_server_that_hangs_lets_go_of_a_client_that_leaves() {
        let log = {
            let scenario = Arc::new(crate::scenario::parse("tls", SERVERS).unwrap());
            SharedLog::new(Box::new(Record::new(Names::new(&scenario))))
        };
        let clock = Arc::new(PacedClock::start(Speed::REAL));
        let start = "2026-03-02T08:00:00Z".parse().unwrap();
        let desk = Desk::without_engine(HostIx(0), start, clock, log);
        let (listening, address) = listen(SocketAddr::new(LOCALHOST, 0)).await.unwrap();
        let super::super::stage::Listening::Already(listener) = listening else { panic!() };
        let client = tokio::spawn(TcpStream::connect(address));
        let (tcp, _) = listener.accept().await.unwrap();
        let alive = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let line = super::super::tcp::Line::new(tcp, Arc::default(), alive);
        let mut socket = Socket::new(line, None, Duration::ZERO);
        let strike: Strike = Arc::new(|_| Some((0, fake_servers::Effect::Hang)));
        drop(client.await.unwrap().unwrap());
        assert!(first(&mut socket, &strike, &desk).await.is_err());
    }
}
