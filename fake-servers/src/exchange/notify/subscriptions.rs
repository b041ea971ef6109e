//! Who watches what. A subscription dies when nobody uses it: one that is pulled after the minutes
//! its client gave, one that streams half an hour after its last connection, as the real ones do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use wire::ews::events::EventKind;

use crate::MailboxIx;
use crate::store::FolderNo;

/// How long a subscription that streams outlives its last connection.
const AFTER_STREAM: SignedDuration = SignedDuration::from_mins(30);
/// How many that died of age are remembered, to tell them from those that never were.
const REMEMBERED: usize = 10_000;

/// All subscriptions of a server.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Subscriptions {
    living: BTreeMap<u64, Subscription>,
    /// When each dies if nobody uses it; those with a connection are not in here.
    deaths: BTreeSet<(Timestamp, u64)>,
    expired: BTreeSet<u64>,
    last: u64,
    streams: u64,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) mailbox: MailboxIx,
    pub(super) interest: Interest,
    pub(super) way: Way,
    /// How far its client was told of the mailbox.
    pub(super) seen: u64,
    dies: Option<Timestamp>,
}

/// What somebody wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interest {
    pub(super) kinds: Vec<EventKind>,
    /// In which folders; in all without.
    pub(super) folders: Option<Vec<FolderNo>>,
}

/// How its client hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It asks, at least so often.
    Pull(SignedDuration),
    /// On so many connections.
    Stream(u32),
}

/// There is no such subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// There was one, and nobody used it for too long.
    Expired,
    /// It was ended, lost, or never made.
    Unknown,
}

impl Subscriptions {
    /// Makes a subscription; its number.
    pub(super) fn add(
        &mut self,
        mailbox: MailboxIx,
        interest: Interest,
        way: Way,
        seen: u64,
        now: Timestamp,
    ) -> u64 {
        self.last += 1;
        let dies = Some(later(now, way.patience()));
        self.living.insert(self.last, Subscription { mailbox, interest, way, seen, dies });
        self.deaths.extend(dies.map(|at| (at, self.last)));
        self.last
    }

    /// A number for a new stream.
    pub(super) fn next_stream(&mut self) -> u64 {
        self.streams += 1;
        self.streams
    }

    /// Buries those that nobody has used for too long; whose they were.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<MailboxIx> {
        let mut whose = Vec::new();
        while let Some(&(at, number)) = self.deaths.first()
            && at <= now
        {
            self.deaths.pop_first();
            whose.extend(self.living.remove(&number).map(|it| it.mailbox));
            self.expired.insert(number);
            if self.expired.len() > REMEMBERED {
                self.expired.pop_first();
            }
        }
        whose
    }

    /// A subscription.
    pub(super) fn get(&mut self, number: u64) -> Result<&mut Subscription, Gone> {
        let gone = if self.expired.contains(&number) { Gone::Expired } else { Gone::Unknown };
        self.living.get_mut(&number).ok_or(gone)
    }

    /// Its client has asked for events.
    pub(super) fn used(&mut self, number: u64, now: Timestamp) {
        self.change(number, now, |_| ());
    }

    /// A connection begins to carry its events.
    pub(super) fn attach(&mut self, number: u64, now: Timestamp) {
        self.change(number, now, |way| {
            if let Way::Stream(connections) = way {
                *connections += 1;
            }
        });
    }

    /// A connection no longer carries its events.
    pub(super) fn detach(&mut self, number: u64, now: Timestamp) {
        self.change(number, now, |way| {
            if let Way::Stream(connections) = way {
                *connections = connections.saturating_sub(1);
            }
        });
    }

    /// Ends a subscription; whose it was.
    pub(super) fn remove(&mut self, number: u64) -> Result<MailboxIx, Gone> {
        let mailbox = self.get(number)?.mailbox;
        let removed = self.living.remove(&number);
        if let Some(dies) = removed.and_then(|it| it.dies) {
            self.deaths.remove(&(dies, number));
        }
        Ok(mailbox)
    }

    /// Forgets all subscriptions to a mailbox, as a server does to which it was moved; how many.
    pub(in crate::exchange) fn lose(&mut self, mailbox: MailboxIx) -> usize {
        let of = |(number, it): (&u64, &Subscription)| (it.mailbox == mailbox).then_some(*number);
        let lost: Vec<u64> = self.living.iter().filter_map(of).collect();
        lost.into_iter().filter(|number| self.remove(*number).is_ok()).count()
    }

    /// Forgets all of them, the dead ones too; whose they were.
    pub(in crate::exchange) fn lose_all(&mut self) -> Vec<MailboxIx> {
        self.deaths.clear();
        self.expired.clear();
        std::mem::take(&mut self.living).into_values().map(|it| it.mailbox).collect()
    }

    fn change(&mut self, number: u64, now: Timestamp, change: impl FnOnce(&mut Way)) {
        let Some(it) = self.living.get_mut(&number) else { return };
        if let Some(dies) = it.dies {
            self.deaths.remove(&(dies, number));
        }
        change(&mut it.way);
        let streaming = matches!(it.way, Way::Stream(connections) if connections > 0);
        it.dies = (!streaming).then(|| later(now, it.way.patience()));
        self.deaths.extend(it.dies.map(|at| (at, number)));
    }
}

impl Way {
    const fn patience(self) -> SignedDuration {
        match self {
            Self::Pull(timeout) => timeout,
            Self::Stream(_) => AFTER_STREAM,
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: MailboxIx = MailboxIx(0);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn add(all: &mut Subscriptions, way: Way) -> u64 {
        all.add(ANN, Interest { kinds: Vec::new(), folders: None }, way, 0, at(0))
    }

    #[test]
    fn one_that_is_pulled_lives_as_long_as_it_is() {
        let mut all = Subscriptions::default();
        let number = add(&mut all, Way::Pull(SignedDuration::from_mins(10)));
        assert_eq!(all.expire(at(9)), []);
        all.used(number, at(9));
        assert_eq!(all.expire(at(18)), []);
        assert!(all.get(number).is_ok());
        assert_eq!(all.expire(at(19)), [ANN]);
        assert_eq!(all.get(number), Err(Gone::Expired));
        assert_eq!(all.get(number + 1), Err(Gone::Unknown));
        assert_eq!(all.expire(at(100)), []);
    }

    #[test]
    fn one_that_streams_outlives_its_last_connection_by_half_an_hour() {
        let mut all = Subscriptions::default();
        let number = add(&mut all, Way::Stream(0));
        all.attach(number, at(10));
        all.attach(number, at(20));
        all.detach(number, at(25));
        assert_eq!(all.expire(at(500)), [], "one connection is left");
        all.detach(number, at(500));
        assert_eq!(all.expire(at(529)), []);
        assert_eq!(all.expire(at(530)), [ANN]);
    }

    #[test]
    fn what_is_ended_or_lost_is_unknown() {
        let mut all = Subscriptions::default();
        let number = add(&mut all, Way::Pull(SignedDuration::from_mins(1)));
        assert_eq!(all.remove(number), Ok(ANN));
        assert_eq!(all.remove(number), Err(Gone::Unknown));
        let number = add(&mut all, Way::Stream(0));
        assert_eq!((all.lose(MailboxIx(9)), all.lose(ANN)), (0, 1));
        assert_eq!(all.get(number), Err(Gone::Unknown));
        assert_eq!(all.expire(at(1000)), [], "nothing is left to expire");
        let [first, second] = [0, 1].map(|_| add(&mut all, Way::Stream(0)));
        assert_eq!(all.lose_all(), [ANN, ANN]);
        assert_eq!(all.expire(at(1000)), [], "forgotten, not expired");
        for number in [first, second] {
            assert_eq!(all.get(number), Err(Gone::Unknown));
        }
        assert!(add(&mut all, Way::Stream(0)) > second, "no number is given out twice");
    }
}
