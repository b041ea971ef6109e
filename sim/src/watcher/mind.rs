//! What a client with a streaming subscription knows, and what it does next. A subscription tells
//! only of what happens while it is carried, so whoever wants to miss nothing lists what has
//! changed, by the state it kept, before every stream: after a lost subscription a fresh one is
//! made first, without the old watermark, and then the list closes the gap (domain.md 4.4).

use std::collections::BTreeSet;
use std::time::Duration;

use wire::ews::items::{ItemChange, SyncedItems};
use wire::ews::{SubscriptionId, SyncState};

use super::trouble::Trouble;
use crate::log::{Loss, WatcherEvent};

/// The first pause after something went wrong; each further one is twice as long. Ours: no source
/// says what these clients do, but all of them slow down.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Make a subscription.
    Subscribe,
    /// List what has changed since this state.
    CatchUp(Option<SyncState>),
    /// Hold a connection open for the events of this subscription.
    Stream(SubscriptionId),
    /// Wait for so long.
    Pause(Duration),
}

/// What comes next, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Subscribe,
    CatchUp,
    Stream,
    Pause(Duration),
}

/// The client's memory.
#[derive(Debug)]
pub(super) struct Mind {
    next: Next,
    subscription: Option<SubscriptionId>,
    state: Option<SyncState>,
    /// Items it was told of since that state.
    told: BTreeSet<String>,
    /// What went wrong since a stream last came about.
    failures: u32,
}

impl Mind {
    /// Somebody who has just been switched on.
    pub(super) const fn new() -> Self {
        Self {
            next: Next::Subscribe,
            subscription: None,
            state: None,
            told: BTreeSet::new(),
            failures: 0,
        }
    }

    /// What to do now.
    pub(super) fn step(&self) -> Step {
        match (self.next, &self.subscription) {
            (Next::Pause(how_long), _) => Step::Pause(how_long),
            (Next::CatchUp, _) => Step::CatchUp(self.state.clone()),
            (Next::Stream, Some(subscription)) => Step::Stream(subscription.clone()),
            (Next::Stream | Next::Subscribe, _) => Step::Subscribe,
        }
    }

    /// The subscription it holds.
    pub(super) fn subscription(&self) -> Option<&SubscriptionId> {
        self.subscription.as_ref()
    }

    /// The pause is over.
    pub(super) fn rested(&mut self) {
        self.next = if self.subscription.is_some() { Next::CatchUp } else { Next::Subscribe };
    }

    /// A subscription was made.
    pub(super) fn subscribed(&mut self, subscription: SubscriptionId) {
        self.subscription = Some(subscription);
        self.next = Next::CatchUp;
    }

    /// A page of changes has come; the new items on it that nobody had told of.
    pub(super) fn listed(&mut self, page: SyncedItems) -> Vec<String> {
        let is_new = |change: ItemChange| match change {
            ItemChange::Create(item) => item.id().map(|id| id.id.clone()),
            ItemChange::Update(_) | ItemChange::Delete(_) | ItemChange::ReadFlagChange(..) => None,
        };
        let created = page.changes.unwrap_or_default().into_iter().filter_map(is_new);
        let untold = created.filter(|id| !self.told.remove(id)).collect();
        self.state = Some(page.state);
        if page.is_last {
            self.told.clear();
            self.next = match self.subscription {
                Some(_) => Next::Stream,
                // It may not have one: it lists what there is and asks again later.
                None => Next::Pause(self.pause(None)),
            };
        }
        untold
    }

    /// The stream carries something.
    pub(super) const fn streaming(&mut self) {
        self.failures = 0;
    }

    /// It was told of an item.
    pub(super) fn notified(&mut self, item: &str) {
        self.told.insert(item.to_owned());
    }

    /// The stream has ended in order; the subscription goes on.
    pub(super) const fn closed(&mut self) {
        self.next = Next::CatchUp;
    }

    /// A step came to nothing. What is to be told of it.
    pub(super) fn failed(&mut self, trouble: &Trouble) -> WatcherEvent {
        self.failures += 1;
        let pause = self.pause(trouble.back_off());
        let put_off = WatcherEvent::PutOff { why: trouble.hindrance(), pause };
        match self.next {
            Next::Stream if trouble.loses_subscription() => {
                self.subscription = None;
                // The first time at once; a server that loses each is not asked without end.
                self.next = if self.failures == 1 { Next::Subscribe } else { Next::Pause(pause) };
                return WatcherEvent::Lost { what: Loss::Subscription };
            }
            Next::Stream if matches!(trouble, Trouble::Cut | Trouble::Garbled(_)) => {
                self.next = Next::Pause(pause);
                return WatcherEvent::Lost { what: Loss::Connection };
            }
            Next::Subscribe if trouble.is_of_subscriptions() => self.next = Next::CatchUp,
            // A list from the beginning needs no state that could be invalid.
            Next::CatchUp if trouble.loses_state() && self.state.is_some() => self.state = None,
            _ => self.next = Next::Pause(pause),
        }
        put_off
    }

    /// How long to wait: what was asked for, or ever longer.
    fn pause(&self, asked: Option<Duration>) -> Duration {
        let doublings = self.failures.saturating_sub(1).min(16);
        let own = (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE);
        asked.filter(|asked| !asked.is_zero()).unwrap_or(own)
    }
}

#[cfg(test)]
mod tests;
