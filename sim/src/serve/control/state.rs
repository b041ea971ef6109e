//! Calls that only look: servers, mailboxes, budgets.

use fake_servers::MailboxIx;
use fake_servers::store::lock_store;

use super::answer::{Answer, Refusal};
use super::deck::Deck;
use super::model::{Address, Budget, Budgets, MailboxState, Mailboxes, ServerState, State};
use super::query::Query;
use crate::log::HostIx;
use crate::serve::endpoint::Login;
use crate::serve::left_out;

/// Mailboxes in one answer, unless asked for fewer or more.
const USUAL: u64 = 100;
/// Mailboxes in one answer at most.
const MOST: u64 = 10_000;

impl Deck {
    pub(super) fn state(&self) -> Answer {
        let now = self.now();
        let server = |(host, server): (u16, &crate::scenario::Server)| {
            let own = self.endpoints.iter().filter(|endpoint| endpoint.server == server.name);
            let protocol = own.clone().next().map_or("", |endpoint| endpoint.protocol);
            let endpoints = own.map(|endpoint| Address {
                address: endpoint.address,
                tls: endpoint.tls,
                url: endpoint.url.clone(),
            });
            ServerState {
                name: server.name.clone(),
                protocol: protocol.to_owned(),
                up: self.is_up(HostIx(host)),
                endpoints: endpoints.collect(),
            }
        };
        Answer::ok(&State {
            title: self.scenario.title.clone(),
            seed: self.seed,
            speed: self.speed,
            at_ms: now.0,
            time: self.calendar(now).to_string(),
            servers: (0..).zip(&self.scenario.servers).map(server).collect(),
            mailboxes: self.scenario.mailboxes.len(),
            left_out: left_out(&self.scenario),
        })
    }

    pub(super) fn ledger(&self) -> Answer {
        Answer::ok(&self.record.ledger().view(&self.record.names))
    }

    pub(super) fn events(&self, query: &Query) -> Result<Answer, Refusal> {
        match query.text("from") {
            None | Some("now") => Ok(Answer::Events(self.record.hub.next_number())),
            Some("start") => Ok(Answer::Events(0)),
            Some(other) => Err(Refusal::bad(format!("`from` is `now` or `start`, not {other}"))),
        }
    }

    pub(super) fn mailboxes(&self, query: &Query) -> Result<Answer, Refusal> {
        let limit = query.number("limit")?.unwrap_or(USUAL);
        if limit > MOST {
            return Err(Refusal::bad(format!("`limit` is at most {MOST}")));
        }
        let offset = query.number("offset")?.unwrap_or(0);
        let in_memory = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let total = self.scenario.mailboxes.len();
        let places = (0..total).skip(in_memory(offset)).take(in_memory(limit));
        let mailboxes = places.filter_map(|place| u32::try_from(place).ok());
        let mailboxes = mailboxes.map(|ix| self.mailbox_state(MailboxIx(ix))).collect();
        Ok(Answer::ok(&Mailboxes { total, mailboxes }))
    }

    pub(super) fn one_mailbox(&self, address: &str) -> Result<Answer, Refusal> {
        Ok(Answer::ok(&self.mailbox_state(self.mailbox(address)?)))
    }

    fn mailbox_state(&self, mailbox: MailboxIx) -> MailboxState {
        let own = &self.scenario.mailboxes[mailbox.0 as usize];
        let exchange = [own.incoming, own.outgoing]
            .into_iter()
            .flatten()
            .find(|host| self.servers.exchange(*host).is_some());
        let server = |host: Option<HostIx>| Some(self.record.names.server(host?).to_owned());
        let messages = lock_store(&self.mail).mailbox(mailbox).map_or(0, |m| m.messages().len());
        MailboxState {
            login: Login::new(&self.scenario, &self.servers, mailbox, exchange),
            incoming: server(own.incoming),
            outgoing: server(own.outgoing),
            messages,
            counts: self.record.ledger().of(mailbox),
        }
    }

    pub(super) fn budgets(&self, query: &Query) -> Result<Answer, Refusal> {
        let only = query.text("mailbox").map(|address| self.mailbox(address)).transpose()?;
        let at = match query.text("server") {
            None => None,
            Some(name) => Some(
                self.record
                    .names
                    .host(name)
                    .ok_or_else(|| Refusal::not_found(format!("there is no server {name}")))?,
            ),
        };
        let now = self.calendar(self.now());
        let mut budgets = Vec::new();
        for (host, server) in (0..).map(HostIx).zip(&self.scenario.servers) {
            if at.is_some_and(|at| at != host) {
                continue;
            }
            for (charged, left) in self.servers.budgets(host, now) {
                if only.is_none_or(|only| only == charged.mailbox) {
                    let name = |mailbox| self.record.names.mailbox(mailbox).to_owned();
                    budgets.push(Budget {
                        server: server.name.clone(),
                        mailbox: name(charged.mailbox),
                        by: charged.by.map(name),
                        left,
                    });
                }
            }
        }
        Ok(Answer::ok(&Budgets { budgets }))
    }
}
