//! What all connections of one Exchange server share: its options, its mailboxes, its budgets and
//! its faults.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rand_pcg::Pcg64Mcg;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::delivery::Held;
use super::ids::Id;
use super::notify::Subscriptions;
use super::patience::Patience;
use super::{ExchangeOptions, ExchangeSession, delivery, login, meetings};
use crate::limits::exchange::{Account, Admission, BudgetsLeft, Charged, ExchangeLimits, Kind};
use crate::limits::exchange::{LimitRefusal, Request};
use crate::store::{SharedStore, Uid, lock_store};
use crate::{
    Bell, Channel, Delay, Effect, FaultPlan, ItemId, ItemIds, MailboxIx, Operation, ServerEvent,
};

/// An Exchange server. It makes an [`ExchangeSession`] for each connection; they share its budgets.
#[derive(Clone)]
pub struct ExchangeServer {
    shared: Arc<Shared>,
}

/// The part of a server that its connections hold on to.
pub(super) struct Shared {
    pub(super) options: ExchangeOptions,
    pub(super) store: SharedStore,
    pub(super) ids: ItemIds,
    /// Without faults, no request need ask.
    has_faults: AtomicBool,
    subscriptions: Mutex<Subscriptions>,
    patience: Mutex<Patience>,
    /// Rung when mail is held back.
    pub(super) holds_back: Bell,
    state: Mutex<State>,
}

struct State {
    faults: FaultPlan,
    limits: ExchangeLimits,
    service: Pcg64Mcg,
    held: Held,
}

impl ExchangeServer {
    /// A server over these mailboxes. Messages it makes take their ids from `ids`; service times
    /// are drawn from their own stream, derived from `seed`.
    #[must_use]
    pub fn new(
        options: ExchangeOptions,
        store: SharedStore,
        ids: ItemIds,
        faults: FaultPlan,
        seed: u64,
    ) -> Self {
        // Invitations are processed however they come.
        lock_store(&store).attend(meetings::arrived);
        let has_faults = AtomicBool::new(!faults.is_empty());
        let state = State {
            faults,
            limits: ExchangeLimits::new(options.policy.clone()),
            service: Pcg64Mcg::new(xxh3_128_with_seed(b"exchange/service", seed)),
            held: Held::default(),
        };
        let state = Mutex::new(state);
        let (subscriptions, patience, holds_back) = Default::default();
        Self {
            shared: Arc::new(Shared {
                options,
                store,
                ids,
                has_faults,
                subscriptions,
                patience,
                holds_back,
                state,
            }),
        }
    }

    /// The server's side of a new connection in the clear.
    #[must_use]
    pub fn session(&self) -> ExchangeSession {
        self.session_on(Channel::Plain)
    }

    /// The server's side of a new connection of some kind. TLS, if there is any, begins before the
    /// first octet of HTTP.
    #[must_use]
    pub fn session_on(&self, channel: Channel) -> ExchangeSession {
        ExchangeSession::new(Arc::clone(&self.shared), channel)
    }

    /// Changes which faults there are.
    pub fn change_faults<T>(&self, change: impl FnOnce(&mut FaultPlan) -> T) -> T {
        self.shared.has_faults.store(true, Ordering::Relaxed);
        change(&mut self.shared.state().faults)
    }

    /// The token that opens a mailbox where tokens are taken; good as long as its password is.
    #[must_use]
    pub fn bearer_token(&self, mailbox: MailboxIx) -> Option<String> {
        login::bearer_token(&lock_store(&self.shared.store), mailbox)
    }

    /// Whether tokens are taken.
    #[must_use]
    pub fn takes_bearer(&self, now: Timestamp) -> bool {
        self.shared.options.authentication(now).bearer
    }

    /// Forgets all subscriptions to a mailbox, as a server does to which it was moved; how many.
    pub fn lose_subscriptions(&self, mailbox: MailboxIx, now: Timestamp) -> usize {
        let mut store = lock_store(&self.shared.store);
        let lost = self.shared.subscriptions().lose(mailbox);
        for _ in 0..lost {
            let charged = Charged::subscription(mailbox);
            self.shared.account(charged, now, Account::unsubscribe);
        }
        if let Ok(mailbox) = store.mailbox_mut(mailbox) {
            mailbox.ring();
        }
        lost
    }

    /// Forgets what a process keeps in memory only, when it dies: all subscriptions (domain.md
    /// 4.4). Ids are not given out twice.
    pub fn forget(&self, now: Timestamp) {
        let whose = self.shared.subscriptions().lose_all();
        for mailbox in whose {
            let charged = Charged::subscription(mailbox);
            self.shared.account(charged, now, Account::unsubscribe);
        }
    }

    /// The id under which clients know an item, for whoever stands beside a client.
    #[must_use]
    pub fn item_id(mailbox: MailboxIx, uid: Uid) -> String {
        Id::Item(mailbox, uid).write()
    }

    /// The message behind an item's id, for whoever watches what clients are told; none when it is
    /// not there any more.
    #[must_use]
    pub fn message_behind(&self, id: &str) -> Option<ItemId> {
        let Ok(Id::Item(mailbox, uid)) = Id::read(id) else { return None };
        let store = lock_store(&self.shared.store);
        store.mailbox(mailbox)?.item(uid).map(|(_, stored)| stored.message.item)
    }

    /// When the next message that is held back leaves.
    #[must_use]
    pub fn next_departure(&self) -> Option<Timestamp> {
        delivery::next_due(&self.shared)
    }

    /// Rings when a message is held back, for whoever sleeps until the next departure: this one
    /// may be before it.
    #[must_use]
    pub fn holds_back(&self) -> &Bell {
        &self.shared.holds_back
    }

    /// Lets messages leave that were held back until now, and tells what comes of it. While a
    /// client is connected, they leave by themselves.
    pub fn depart(&self, now: Timestamp, tell: impl FnMut(ServerEvent)) {
        delivery::deliver_due(&self.shared, now, tell);
    }

    /// What everybody who has used anything has left.
    #[must_use]
    pub fn budgets(&self, now: Timestamp) -> Vec<(Charged, BudgetsLeft)> {
        let mut state = self.shared.state();
        state.limits.accounts().map(|(charged, account)| (charged, account.left(now))).collect()
    }
}

impl Shared {
    pub(super) fn strike(
        &self,
        operation: Operation,
        mailbox: Option<MailboxIx>,
        now: Timestamp,
    ) -> Option<(u16, Effect)> {
        let asks = self.has_faults.load(Ordering::Relaxed);
        asks.then(|| self.state().faults.strike(operation, mailbox, now)).flatten()
    }

    /// Asks the budgets for a request of so many parts, each at a price drawn now.
    pub(super) fn admit(
        &self,
        charged: Charged,
        kind: Kind,
        parts: usize,
        now: Timestamp,
    ) -> Admission {
        let mut state = self.state();
        let state = &mut *state;
        let costs: Vec<Duration> = (0..parts.max(1))
            .map(|_| match self.options.service {
                Delay::Fixed(fixed) => fixed,
                drawn => drawn.draw(&mut state.service),
            })
            .collect();
        state.limits.account(charged, now).admit(now, Request { kind, costs: &costs })
    }

    /// Does something with a user's budgets.
    pub(super) fn account<T>(
        &self,
        charged: Charged,
        now: Timestamp,
        then: impl FnOnce(&mut Account) -> T,
    ) -> T {
        then(self.state().limits.account(charged, now))
    }

    /// A message to so many recipients is submitted; when it is delivered.
    pub(super) fn submit(
        &self,
        charged: Charged,
        recipients: usize,
        now: Timestamp,
    ) -> Result<Timestamp, LimitRefusal> {
        self.account(charged, now, |account| account.submit(now, recipients as u64))
    }

    /// Who watches what. Held for one look or change, after the store if both are.
    pub(super) fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the pauses that were asked for.
    pub(super) fn patience<T>(&self, then: impl FnOnce(&mut Patience) -> T) -> T {
        then(&mut self.patience.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something with the messages that are held back.
    pub(super) fn held<T>(&self, then: impl FnOnce(&mut Held) -> T) -> T {
        then(&mut self.state().held)
    }

    /// Held for one decision at a time. Who holds the store may wait for it, never the other way
    /// round.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
