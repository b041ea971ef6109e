//! What all connections of one POP3 server share: its options, its mailboxes, the maildrops' locks
//! and its faults.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand_pcg::Pcg64Mcg;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::login::View;
use super::maildrop::shown;
use super::{Pop3BudgetsLeft, Pop3Options, Pop3Session};
use crate::store::{Mailbox, SharedStore, lock_store};
use crate::{Channel, Delay, Effect, FaultPlan, MailboxIx, Operation, Refusal};

/// A POP3 server. It makes a [`Pop3Session`] for each connection; no two of them have one maildrop
/// at a time.
#[derive(Clone)]
pub struct Pop3Server {
    shared: Arc<Shared>,
}

/// The part of a server that its connections hold on to.
pub(super) struct Shared {
    pub(super) options: Pop3Options,
    pub(super) store: SharedStore,
    /// The lines of CAPA, which are the same for everybody.
    pub(super) capabilities: Vec<u8>,
    /// Without faults, no request need ask.
    has_faults: AtomicBool,
    state: Mutex<State>,
}

struct State {
    faults: FaultPlan,
    sessions: u64,
    /// Maildrops that a session has.
    locked: BTreeSet<MailboxIx>,
    /// Maildrops that somebody has who is not simulated.
    held: BTreeSet<MailboxIx>,
    /// Kept only if there is a login delay.
    last_login: BTreeMap<MailboxIx, Timestamp>,
    service: Pcg64Mcg,
}

impl Pop3Server {
    /// A server over these mailboxes. Service times are drawn from their own stream, derived from
    /// `seed`.
    #[must_use]
    pub fn new(options: Pop3Options, store: SharedStore, faults: FaultPlan, seed: u64) -> Self {
        let has_faults = AtomicBool::new(!faults.is_empty());
        let state = State {
            faults,
            sessions: 0,
            locked: BTreeSet::new(),
            held: BTreeSet::new(),
            last_login: BTreeMap::new(),
            service: Pcg64Mcg::new(xxh3_128_with_seed(b"pop3/service", seed)),
        };
        let mut capabilities = Vec::new();
        options.capabilities().write(&mut capabilities);
        let state = Mutex::new(state);
        Self { shared: Arc::new(Shared { options, store, capabilities, has_faults, state }) }
    }

    /// The server's side of a new connection.
    #[must_use]
    pub fn session(&self) -> Pop3Session {
        self.session_on(Channel::Plain)
    }

    /// The server's side of a new connection of this kind.
    #[must_use]
    pub fn session_on(&self, channel: Channel) -> Pop3Session {
        let mut state = self.shared.state();
        state.sessions += 1;
        Pop3Session::new(Arc::clone(&self.shared), state.sessions, channel)
    }

    /// Changes which faults there are.
    pub fn change_faults<T>(&self, change: impl FnOnce(&mut FaultPlan) -> T) -> T {
        self.shared.has_faults.store(true, Ordering::Relaxed);
        change(&mut self.shared.state().faults)
    }

    /// What everybody has left who is logged in, was not long ago, or has mail in a window.
    #[must_use]
    pub fn budgets(&self, now: Timestamp) -> Vec<(MailboxIx, Pop3BudgetsLeft)> {
        let Shared { options, store, .. } = &*self.shared;
        let (taken, waits) = {
            let state = self.shared.state();
            let taken: BTreeSet<_> = state.locked.union(&state.held).copied().collect();
            let wait = |(mailbox, last): (&MailboxIx, &Timestamp)| {
                let since = Duration::try_from(now.duration_since(*last)).unwrap_or_default();
                (*mailbox, options.login_delay.unwrap_or_default().saturating_sub(since))
            };
            (taken, state.last_login.iter().map(wait).collect::<BTreeMap<_, _>>())
        };
        let left = |(mailbox, messages): (MailboxIx, &Mailbox)| {
            let window = options.window.map(|window| {
                let shown = shown(messages, options, View::Normal, now).count();
                i64::from(window) - i64::try_from(shown).unwrap_or(i64::MAX)
            });
            let (is_taken, wait) = (taken.contains(&mailbox), waits.get(&mailbox));
            let untouched = window.is_none_or(|left| Some(left) == options.window.map(i64::from));
            let left = Pop3BudgetsLeft {
                sessions: u32::from(!is_taken),
                login_delay_ms: options.login_delay.map(|_| {
                    let wait = wait.copied().unwrap_or_default();
                    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
                }),
                window,
            };
            (is_taken || wait.is_some() || !untouched).then_some((mailbox, left))
        };
        lock_store(store).mailboxes().filter_map(left).collect()
    }

    /// Another client takes a maildrop's lock: logins are refused with `[IN-USE]` until
    /// [`Self::release_lock`]. A session that has the maildrop keeps it; the other client has it
    /// next.
    pub fn hold_lock(&self, mailbox: MailboxIx) {
        self.shared.state().held.insert(mailbox);
    }

    /// The other client is done.
    pub fn release_lock(&self, mailbox: MailboxIx) {
        self.shared.state().held.remove(&mailbox);
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

    /// How long the server takes over a command that lists so many messages.
    pub(super) fn service_time(&self, listed: u32) -> Duration {
        let times = &self.options.service;
        let command = match times.command {
            Delay::Fixed(fixed) => fixed,
            drawn => drawn.draw(&mut self.state().service),
        };
        command.saturating_add(times.listed_message.saturating_mul(listed))
    }

    /// Gives the maildrop's lock to a client whose password fits. Who comes too soon is told so
    /// before who comes beside another, and neither puts off the next time.
    pub(super) fn lock(&self, mailbox: MailboxIx, now: Timestamp) -> Result<(), Refusal> {
        let mut state = self.state();
        if let Some(delay) = self.options.login_delay {
            let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX);
            let last = state.last_login.get(&mailbox);
            if last.is_some_and(|last| now.duration_since(*last) < delay) {
                return Err(Refusal::LoginDelay);
            }
        }
        if state.held.contains(&mailbox) || !state.locked.insert(mailbox) {
            return Err(Refusal::InUse);
        }
        if self.options.login_delay.is_some() {
            state.last_login.insert(mailbox, now);
        }
        Ok(())
    }

    /// The session that had the lock is over.
    pub(super) fn unlock(&self, mailbox: MailboxIx) {
        self.state().locked.remove(&mailbox);
    }

    /// Held for one decision at a time, and never while another lock is waited for.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
