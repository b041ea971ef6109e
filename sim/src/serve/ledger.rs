//! What has become of the mail while clients were served: counted as events flow, per mailbox.

use std::collections::{BTreeMap, BTreeSet};

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use schemars::JsonSchema;
use serde::Serialize;

use super::names::Names;
use crate::log::{Entry, WorldEvent};

/// The counts so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    mailboxes: BTreeMap<MailboxIx, Account>,
    refused: BTreeMap<String, u64>,
    faults: BTreeMap<String, u64>,
    connections: u64,
}

#[derive(Debug, Default)]
struct Account {
    counts: Counts,
    /// Delivered, and neither served nor deleted yet.
    waiting: BTreeSet<ItemId>,
}

/// What has become of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub(super) struct Counts {
    /// Messages that came to be in a mailbox on a server.
    pub(super) delivered: u64,
    /// Those of them that a client was given in full.
    pub(super) served: u64,
    /// Times a client was given one that had been served before.
    pub(super) served_again: u64,
    /// Messages that a client removed for good.
    pub(super) deleted: u64,
    /// Messages that a server took from a client for sending.
    pub(super) accepted: u64,
    /// Messages delivered that no client was given and none has removed.
    pub(super) pending: u64,
}

/// The ledger as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct LedgerView {
    /// All mailboxes together.
    #[serde(flatten)]
    pub(super) all: Counts,
    /// TCP connections that were accepted.
    pub(super) connections: u64,
    /// What servers refused, by kind.
    pub(super) refused: BTreeMap<String, u64>,
    /// How often each fault took effect.
    pub(super) faults: BTreeMap<String, u64>,
    /// The mailboxes in which anything happened, by address.
    pub(super) mailboxes: BTreeMap<String, Counts>,
}

impl Ledger {
    /// Takes an entry of the log into account.
    pub(super) fn see(&mut self, entry: &Entry, names: &Names) {
        match entry {
            Entry::World { event: WorldEvent::Connected { .. } } => self.connections += 1,
            Entry::Server { host, event } => match event {
                ServerEvent::Refused { refusal, .. } => {
                    *self.refused.entry(in_words(refusal)).or_default() += 1;
                }
                ServerEvent::FaultApplied { fault, .. } => {
                    *self.faults.entry(names.fault(*host, *fault)).or_default() += 1;
                }
                event => self.mail(event),
            },
            _ => {}
        }
    }

    fn mail(&mut self, event: &ServerEvent) {
        match event {
            ServerEvent::Delivered { item, mailbox, .. } => {
                let account = self.account(*mailbox);
                account.counts.delivered += 1;
                account.waiting.insert(*item);
            }
            ServerEvent::Served { item, mailbox, .. } => {
                let account = self.account(*mailbox);
                if account.waiting.remove(item) {
                    account.counts.served += 1;
                } else {
                    account.counts.served_again += 1;
                }
            }
            ServerEvent::Deleted { item, mailbox } => {
                let account = self.account(*mailbox);
                account.counts.deleted += 1;
                account.waiting.remove(item);
            }
            ServerEvent::Accepted { mailbox, .. } => self.account(*mailbox).counts.accepted += 1,
            _ => {}
        }
    }

    fn account(&mut self, mailbox: MailboxIx) -> &mut Account {
        self.mailboxes.entry(mailbox).or_default()
    }

    /// What has become of one mailbox's mail.
    pub(super) fn of(&self, mailbox: MailboxIx) -> Counts {
        self.mailboxes.get(&mailbox).map(Account::counts).unwrap_or_default()
    }

    /// How often a fault took effect.
    pub(super) fn struck(&self, fault: &str) -> u64 {
        self.faults.get(fault).copied().unwrap_or(0)
    }

    /// The whole ledger.
    pub(super) fn view(&self, names: &Names) -> LedgerView {
        let mut all = Counts::default();
        let mut mailboxes = BTreeMap::new();
        for (mailbox, account) in &self.mailboxes {
            let counts = account.counts();
            all.add(counts);
            mailboxes.insert(names.mailbox(*mailbox).to_owned(), counts);
        }
        LedgerView {
            all,
            connections: self.connections,
            refused: self.refused.clone(),
            faults: self.faults.clone(),
            mailboxes,
        }
    }
}

impl Account {
    fn counts(&self) -> Counts {
        Counts { pending: self.waiting.len() as u64, ..self.counts }
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.served += other.served;
        self.served_again += other.served_again;
        self.deleted += other.deleted;
        self.accepted += other.accepted;
        self.pending += other.pending;
    }
}

/// A word of an enumeration as JSON has it.
fn in_words(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::HostIx;

    #[test]
    fn every_message_is_in_one_place() {
        let names = Names::of_one_mailbox("ann@example.com");
        let mailbox = MailboxIx(0);
        let mut ledger = Ledger::default();
        let mut see = |event| ledger.see(&Entry::Server { host: HostIx(0), event }, &names);
        for item in 1..=4 {
            see(ServerEvent::Delivered { item: ItemId(item), mailbox, bytes: 9 });
        }
        let served = |item| ServerEvent::Served { item: ItemId(item), mailbox, content: 0 };
        see(served(1));
        see(served(1));
        see(served(2));
        see(ServerEvent::Deleted { item: ItemId(1), mailbox });
        see(ServerEvent::Deleted { item: ItemId(3), mailbox });
        let counts = Counts {
            delivered: 4,
            served: 2,
            served_again: 1,
            deleted: 2,
            accepted: 0,
            pending: 1,
        };
        assert_eq!(ledger.of(mailbox), counts);
        assert_eq!(ledger.view(&names).mailboxes["ann@example.com"], counts);
    }
}
