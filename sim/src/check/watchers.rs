//! The clients beside the engine: what each of them is owed, which is every message that comes into
//! its mailbox while it watches, and how many connections servers let hang. A stream tells of
//! messages in the order in which they came, so whoever is told of one before an earlier one will
//! never be told of that.

use std::collections::BTreeMap;

use fake_servers::{ItemId, MailboxIx, ServerEvent};

use super::fact::Fact;
use super::roster::{Lookout, Roster};
use crate::log::{Entry, HostIx, WatcherEvent, WatcherIx};
use crate::time::SimTime;

/// What is known of them.
#[derive(Debug)]
pub(super) struct Watchers {
    /// By number.
    clients: Vec<Client>,
    /// Who watches a mailbox.
    by_mailbox: BTreeMap<MailboxIx, Vec<WatcherIx>>,
    /// Answers that go on, by whose place they take.
    streams: BTreeMap<(HostIx, MailboxIx), u32>,
}

#[derive(Debug, Clone, Default)]
struct Client {
    /// It has had a subscription and has not left.
    watches: bool,
    /// What it does not know of yet, and since when it is there.
    owed: BTreeMap<ItemId, SimTime>,
}

impl Watchers {
    pub(super) fn new(roster: &Roster) -> Self {
        let mut by_mailbox: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (ix, lookout) in (0..).zip(&roster.watchers) {
            by_mailbox.entry(lookout.mailbox).or_default().push(WatcherIx(ix));
        }
        let clients = vec![Client::default(); roster.watchers.len()];
        Self { clients, by_mailbox, streams: BTreeMap::new() }
    }

    pub(super) fn see(
        &mut self,
        at: SimTime,
        entry: &Entry,
        roster: &Roster,
        facts: &mut Vec<Fact>,
    ) {
        match entry {
            Entry::Server { host, event } => self.see_server(at, *host, event, roster, facts),
            Entry::Watcher { watcher, event, .. } => {
                let lookout = roster.lookout(*watcher);
                let mut page = Page { at, watcher: *watcher, lookout, facts };
                self.clients[watcher.0 as usize].see(&mut page, event);
            }
            Entry::Engine { .. } | Entry::World { .. } => {}
        }
    }

    fn see_server(
        &mut self,
        at: SimTime,
        host: HostIx,
        event: &ServerEvent,
        roster: &Roster,
        facts: &mut Vec<Fact>,
    ) {
        match *event {
            ServerEvent::Delivered { item, mailbox, .. } => {
                self.each_of(mailbox, roster, |client, lookout| {
                    if client.watches && client.owed.insert(item, at).is_none() {
                        facts.push(Fact::Owed { lookout });
                    }
                });
            }
            ServerEvent::TakenAway { item, mailbox }
            | ServerEvent::MovedOut { item, mailbox }
            | ServerEvent::Deleted { item, mailbox } => {
                self.each_of(mailbox, roster, |client, lookout| {
                    if client.owed.remove(&item).is_some() {
                        facts.push(Fact::OwedNoMore { lookout });
                    }
                });
            }
            ServerEvent::StreamOpened { mailbox } => {
                let open = self.streams.entry((host, mailbox)).or_default();
                *open += 1;
                let limit = roster.streams_at(host);
                facts.push(Fact::StreamOpened { mailbox, host, open: *open, limit });
            }
            ServerEvent::StreamClosed { mailbox } => {
                if let Some(open) = self.streams.get_mut(&(host, mailbox)).filter(|open| **open > 0)
                {
                    *open -= 1;
                    facts.push(Fact::StreamClosed { mailbox, host });
                }
            }
            _ => {}
        }
    }

    fn each_of(
        &mut self,
        mailbox: MailboxIx,
        roster: &Roster,
        mut then: impl FnMut(&mut Client, Lookout),
    ) {
        for watcher in self.by_mailbox.get(&mailbox).into_iter().flatten() {
            then(&mut self.clients[watcher.0 as usize], roster.lookout(*watcher));
        }
    }
}

/// One entry of one client.
struct Page<'a> {
    at: SimTime,
    watcher: WatcherIx,
    lookout: Lookout,
    facts: &'a mut Vec<Fact>,
}

impl Client {
    fn see(&mut self, page: &mut Page<'_>, event: &WatcherEvent) {
        match event {
            WatcherEvent::Subscribed => self.watches = true,
            WatcherEvent::Notified { item } => {
                if let Some(since) = self.learn(*item, page) {
                    self.look_back(since, page);
                }
            }
            WatcherEvent::CaughtUp { items } => {
                for item in items {
                    self.learn(*item, page);
                }
            }
            WatcherEvent::Left => {
                self.watches = false;
                let lookout = page.lookout;
                let no_more = std::mem::take(&mut self.owed).into_keys();
                page.facts.extend(no_more.map(|_| Fact::OwedNoMore { lookout }));
            }
            WatcherEvent::Streaming | WatcherEvent::Lost { .. } | WatcherEvent::PutOff { .. } => {}
        }
    }

    /// It knows of an item now; since when that is there, if it was owed.
    fn learn(&mut self, item: ItemId, page: &mut Page<'_>) -> Option<SimTime> {
        let since = self.owed.remove(&item)?;
        let (lookout, took) = (page.lookout, page.at.0.saturating_sub(since.0));
        page.facts.extend([Fact::OwedNoMore { lookout }, Fact::Told { lookout, took }]);
        Some(since)
    }

    /// Whatever came before an item of which a stream told should be known by now.
    fn look_back(&self, since: SimTime, page: &mut Page<'_>) {
        let earlier = self.owed.iter().find(|(_, at)| **at < since);
        let (watcher, lookout) = (page.watcher, page.lookout);
        let missed = earlier.map(|(item, at)| Fact::Missed {
            watcher,
            lookout,
            item: *item,
            delivered: *at,
        });
        page.facts.extend(missed);
    }
}
