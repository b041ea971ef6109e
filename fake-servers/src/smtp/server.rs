//! What all connections of one submission server share: its options, its mailboxes, its budgets and
//! its faults.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use rand_pcg::Pcg64Mcg;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::greylist::Greylist;
use super::handler::Dialogue;
use super::replies::{CONNECTIONS, Denial, MESSAGE_RATE, RECIPIENT_QUOTA};
use super::{Budget, SmtpHandler, SmtpOptions, SmtpSession};
use crate::limits::{Concurrency, RatePerWindow};
use crate::store::SharedStore;
use crate::{Channel, Delay, Effect, FaultPlan, ItemIds, MailboxIx, Operation};

/// A submission server. It makes a [`SmtpSession`] for each connection; they share its budgets.
#[derive(Clone)]
pub struct SmtpServer {
    shared: Arc<Shared>,
}

/// The part of a server that its connections hold on to.
pub(super) struct Shared {
    pub(super) options: SmtpOptions,
    pub(super) store: SharedStore,
    pub(super) ids: ItemIds,
    state: Mutex<State>,
}

struct State {
    faults: FaultPlan,
    budgets: IndexMap<MailboxIx, Budgets>,
    greylist: Option<Greylist>,
    service: Pcg64Mcg,
}

/// What one mailbox has used of its limits.
struct Budgets {
    messages: Option<RatePerWindow>,
    recipients: Option<RatePerWindow>,
    connections: Option<Concurrency>,
}

/// What a mailbox has left of its limits; nothing where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SmtpBudgetsLeft {
    /// Messages that could be begun now.
    pub messages: Option<u64>,
    /// Recipients that could be sent to now.
    pub recipients: Option<u64>,
    /// Connections that could still be opened.
    pub connections: Option<u32>,
}

impl SmtpServer {
    /// A server over these mailboxes. Copies it delivers take their ids from `ids`; service times
    /// are drawn from their own stream, derived from `seed`.
    #[must_use]
    pub fn new(
        options: SmtpOptions,
        store: SharedStore,
        ids: ItemIds,
        faults: FaultPlan,
        seed: u64,
    ) -> Self {
        let state = State {
            faults,
            budgets: IndexMap::new(),
            greylist: options.greylist.map(Greylist::new),
            service: Pcg64Mcg::new(xxh3_128_with_seed(b"smtp/service", seed)),
        };
        Self { shared: Arc::new(Shared { options, store, ids, state: Mutex::new(state) }) }
    }

    /// The server's side of a new connection.
    #[must_use]
    pub fn session(&self) -> SmtpSession {
        self.session_on(Channel::Plain)
    }

    /// The server's side of a new connection of this kind.
    #[must_use]
    pub fn session_on(&self, channel: Channel) -> SmtpSession {
        SmtpSession::new(Arc::clone(&self.shared), channel)
    }

    /// Changes which faults there are.
    pub fn change_faults<T>(&self, change: impl FnOnce(&mut FaultPlan) -> T) -> T {
        change(&mut self.shared.state().faults)
    }

    /// What everybody who has used anything has left: messages, recipients, connections.
    #[must_use]
    pub fn budgets(&self, now: Timestamp) -> Vec<(MailboxIx, SmtpBudgetsLeft)> {
        let mut state = self.shared.state();
        let left = |budget: &mut Option<RatePerWindow>| budget.as_mut().map(|rate| rate.left(now));
        let of = |(mailbox, budgets): (&MailboxIx, &mut Budgets)| {
            let most = self.shared.options.connections;
            let held = budgets.connections.as_ref().map(Concurrency::held);
            let budgets = SmtpBudgetsLeft {
                messages: left(&mut budgets.messages),
                recipients: left(&mut budgets.recipients),
                connections: most.zip(held).map(|(most, held)| most.saturating_sub(held)),
            };
            (*mailbox, budgets)
        };
        state.budgets.iter_mut().map(of).collect()
    }

    /// The bare handler for a client that counts as logged in to `mailbox`, with the clock stopped
    /// at `now`: what `mailin-embedded` can run on a socket, where it offers no AUTH without TLS.
    /// One connection at a time; faults, EHLO keywords and service times are the session's, not
    /// the handler's.
    #[must_use]
    pub fn handler_for(&self, mailbox: MailboxIx, now: Timestamp) -> SmtpHandler {
        SmtpHandler::new(Arc::clone(&self.shared), Dialogue::logged_in(mailbox, now))
    }
}

impl Shared {
    /// `mailin`'s machine with our handler. No AUTH in it (`auth` says why), and one address
    /// for all clients: nothing here depends on it.
    pub(super) fn core(&self, handler: SmtpHandler) -> mailin::Session<SmtpHandler> {
        mailin::SessionBuilder::new(self.options.name.as_str())
            .build(IpAddr::V4(Ipv4Addr::LOCALHOST), handler)
    }

    pub(super) fn strike(
        &self,
        operation: Operation,
        mailbox: Option<MailboxIx>,
        now: Timestamp,
    ) -> Option<(u16, Effect)> {
        self.state().faults.strike(operation, mailbox, now)
    }

    /// How long the server takes over this operation.
    pub(super) fn service_time(&self, operation: Operation) -> Duration {
        let times = &self.options.service;
        let delay = match operation {
            Operation::Connect => times.greeting,
            Operation::FinalDot => times.message,
            _ => times.command,
        };
        match delay {
            Delay::Fixed(fixed) => fixed,
            drawn => drawn.draw(&mut self.state().service),
        }
    }

    /// A mailbox wants to log in on one more connection.
    pub(super) fn enter(&self, mailbox: MailboxIx) -> Result<(), Denial> {
        match &mut self.budgets(&mut self.state(), mailbox).connections {
            Some(places) => places.enter().then_some(()).ok_or(CONNECTIONS),
            None => Ok(()),
        }
    }

    /// A connection that [`Self::enter`] let in has ended.
    pub(super) fn leave(&self, mailbox: MailboxIx) {
        if let Some(places) = &mut self.budgets(&mut self.state(), mailbox).connections {
            places.leave();
        }
    }

    /// A mailbox begins a message. It counts whatever becomes of it, so that several connections
    /// together cannot begin more than are granted.
    pub(super) fn begin_message(&self, mailbox: MailboxIx, now: Timestamp) -> Result<(), Denial> {
        match &mut self.budgets(&mut self.state(), mailbox).messages {
            Some(budget) => budget.take(now, 1).map_err(|_| MESSAGE_RATE),
            None => Ok(()),
        }
    }

    /// A mailbox's message to so many recipients is about to be accepted.
    pub(super) fn charge_recipients(
        &self,
        mailbox: MailboxIx,
        recipients: usize,
        now: Timestamp,
    ) -> Result<(), Denial> {
        match &mut self.budgets(&mut self.state(), mailbox).recipients {
            Some(budget) => budget.take(now, recipients as u64).map_err(|_| RECIPIENT_QUOTA),
            None => Ok(()),
        }
    }

    /// Whether greylisting, if there is any, lets this pair of addresses pass.
    pub(super) fn knows_pair(
        &self,
        mailbox: MailboxIx,
        sender: &str,
        recipient: &str,
        now: Timestamp,
    ) -> bool {
        let mut state = self.state();
        state.greylist.as_mut().is_none_or(|list| list.admits(mailbox, sender, recipient, now))
    }

    fn budgets<'a>(&self, state: &'a mut State, mailbox: MailboxIx) -> &'a mut Budgets {
        let rate = |budget: Budget| RatePerWindow::new(budget.limit, budget.window);
        state.budgets.entry(mailbox).or_insert_with(|| Budgets {
            messages: self.options.messages.map(rate),
            recipients: self.options.recipients.map(rate),
            connections: self.options.connections.map(Concurrency::new),
        })
    }

    /// The lock is held for one decision at a time, and never while another is waited for.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
