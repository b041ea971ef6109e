//! The clients beside the engine: who they are, how they get in, and what their reports become in
//! the log. Only here is it known which message stands behind an id that a server gave them.

use std::sync::Arc;

use fake_servers::MailboxIx;
use fake_servers::exchange::ExchangeServer;
use sync_engine::Endpoint;

use crate::check::Lookout;
use crate::log::{Entry, SharedLog, WatcherEvent, WatcherIx};
use crate::run::config::{address, password, port};
use crate::run::servers::Servers;
use crate::run::stamp::Stamp;
use crate::scenario::{ExchangePreset, Face, Scenario};
use crate::watcher::{Account, Report, Watch, Watched, Ways};
use crate::world::Bystander;

/// All clients of a scenario; [`WatcherIx`] is the place.
pub(super) fn all(scenario: &Scenario) -> impl Iterator<Item = Lookout> + '_ {
    (0..).zip(&scenario.watchers).flat_map(move |(kind, watcher)| {
        let hosted = move |mailbox: MailboxIx| {
            let owner = &scenario.mailboxes[mailbox.0 as usize];
            let host = owner.incoming.or(owner.outgoing)?;
            Some(Lookout { kind, mailbox, host })
        };
        let of_each = move |lookout| std::iter::repeat_n(lookout, watcher.clients as usize);
        watcher.mailboxes.iter().copied().filter_map(hosted).flat_map(of_each)
    })
}

/// The clients as a world starts them.
pub(super) fn bystanders(
    scenario: &Arc<Scenario>,
    servers: &Servers,
    log: &SharedLog,
) -> Vec<Bystander> {
    let client = |(ix, lookout): (u32, Lookout)| {
        let server = servers.exchange(lookout.host)?.clone();
        let kind = &scenario.watchers[usize::from(lookout.kind)];
        let watched = Watched {
            account: Arc::new(account(scenario, lookout, &server)),
            after: kind.period.from.since_start(),
            lasting: kind.period.until.map(|until| until.since(kind.period.from)),
            minutes: kind.minutes,
        };
        let (start, log) = (scenario.run.start, log.clone());
        let client: Bystander = Arc::new(move |seams| {
            let report = Reporter {
                watcher: WatcherIx(ix),
                mailbox: lookout.mailbox,
                server: server.clone(),
                stamp: Stamp::new(start, Arc::clone(&seams.clock), log.clone()),
            };
            Box::pin(Watch::new(watched.clone(), seams, Arc::new(report)).run())
        });
        Some(client)
    };
    (0..).zip(all(scenario)).filter_map(client).collect()
}

/// What a user types in once. Users know their passwords, whatever the engine was told.
fn account(scenario: &Scenario, lookout: Lookout, server: &ExchangeServer) -> Account {
    let mailbox = &scenario.mailboxes[lookout.mailbox.0 as usize];
    let host = &scenario.servers[usize::from(lookout.host.0)];
    let endpoint = Endpoint { host: host.name.clone(), port: port(host) };
    let takes_tokens_only = match &host.face {
        Face::Ews { preset, options, .. } => match options.authentication {
            Some(ways) => !ways.basic,
            // Online has taken tokens only since 2022-10-01 (domain.md 4.5).
            None => *preset == ExchangePreset::ExchangeOnline,
        },
        _ => false,
    };
    let token = server.bearer_token(lookout.mailbox).filter(|_| takes_tokens_only);
    match token {
        Some(token) => Account::new(endpoint, &address(mailbox), Ways::Bearer, &token),
        None => Account::new(endpoint, &address(mailbox), Ways::Basic, &password(mailbox)),
    }
}

/// Writes a client's reports to the log.
struct Reporter {
    watcher: WatcherIx,
    mailbox: MailboxIx,
    server: ExchangeServer,
    stamp: Stamp,
}

impl Report for Reporter {
    fn event(&self, event: WatcherEvent) {
        let (watcher, mailbox) = (self.watcher, self.mailbox);
        // A watcher is no part of the engine: what the log wishes of that, others see to.
        let _ = self.stamp.record(&Entry::Watcher { watcher, mailbox, event });
    }

    /// An item that is gone by now was taken away by somebody else, who has reported it.
    fn notified(&self, item: &str) {
        if let Some(item) = self.server.message_behind(item) {
            self.event(WatcherEvent::Notified { item });
        }
    }

    fn caught_up(&self, items: &[String]) {
        let items: Vec<_> =
            items.iter().filter_map(|item| self.server.message_behind(item)).collect();
        if !items.is_empty() {
            self.event(WatcherEvent::CaughtUp { items });
        }
    }
}
