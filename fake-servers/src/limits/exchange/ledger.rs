//! All users of one Exchange server, and whom a request is charged to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Account, ExchangePolicy};
use crate::MailboxIx;

/// Whose budget a request draws on. Under impersonation that is the target mailbox, of which every
/// service account has a copy of its own; without it, the account's own, whichever mailbox it opens
/// (domain.md 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Charged {
    /// The mailbox whose budget it is.
    pub mailbox: MailboxIx,
    /// The account that impersonates it, if one does.
    pub by: Option<MailboxIx>,
}

impl Charged {
    /// The budget of a request that `account` makes, as `target` if it impersonates.
    #[must_use]
    pub fn of(account: MailboxIx, target: Option<MailboxIx>) -> Self {
        match target {
            Some(target) if target != account => Self { mailbox: target, by: Some(account) },
            _ => Self { mailbox: account, by: None },
        }
    }

    /// The budget of a subscription, which is the watched mailbox's whoever makes it.
    #[must_use]
    pub fn subscription(mailbox: MailboxIx) -> Self {
        Self { mailbox, by: None }
    }
}

/// The budgets of all users, made when they are first used.
#[derive(Debug, Clone)]
pub struct ExchangeLimits {
    policy: ExchangePolicy,
    accounts: BTreeMap<Charged, Account>,
}

impl ExchangeLimits {
    /// Nobody has used anything yet.
    #[must_use]
    pub fn new(policy: ExchangePolicy) -> Self {
        Self { policy, accounts: BTreeMap::new() }
    }

    /// The policy of every user.
    #[must_use]
    pub fn policy(&self) -> &ExchangePolicy {
        &self.policy
    }

    /// The budgets that a request is charged to.
    pub fn account(&mut self, charged: Charged, now: Timestamp) -> &mut Account {
        self.accounts.entry(charged).or_insert_with(|| Account::new(&self.policy, now))
    }

    /// Everybody who has used anything.
    pub fn accounts(&mut self) -> impl Iterator<Item = (Charged, &mut Account)> {
        self.accounts.iter_mut().map(|(charged, account)| (*charged, account))
    }
}
