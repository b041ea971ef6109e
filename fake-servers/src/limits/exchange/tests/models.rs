//! Each machine beside a model that remembers everything and counts again each time.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{at, ms};
use crate::limits::exchange::*;

/// The budget of server time, stepped millisecond by millisecond in whole 3,600,000ths.
struct SlowBudget {
    policy: (i128, i128, i128),
    balance: i128,
    now: i64,
    blocked: bool,
}

impl SlowBudget {
    const HOUR: i128 = 3_600_000;

    fn tick(&mut self) {
        let (burst, rate, _) = self.policy;
        self.balance = (self.balance + rate).min(burst * Self::HOUR);
        self.now += 1;
    }

    fn spend(&mut self, now: i64, cost: u64) -> Verdict {
        while self.now < now {
            self.tick();
        }
        let (.., cutoff) = self.policy;
        if self.balance > 0 {
            self.blocked = false;
        }
        self.blocked |= self.balance <= -cutoff * Self::HOUR;
        let (mut wait, mut balance) = (0, self.balance);
        while balance <= 0 {
            balance += self.policy.1;
            wait += 1;
        }
        if self.blocked {
            return Verdict::Blocked(Some(ms(wait)));
        }
        self.balance -= i128::from(cost) * Self::HOUR;
        Verdict::After(ms(wait.min(60_000)))
    }
}

proptest! {
    #[test]
    fn server_time_is_what_counting_milliseconds_says(
        burst in 0_u32..2_000,
        rate in 200_000_u32..4_000_000,
        cutoff in 1_u32..3_000,
        steps in prop::collection::vec((0_i64..1_500, 0_u64..1_200), 1..40),
    ) {
        let policy = ServerTimePolicy {
            max_burst: Some(ms(burst.into())),
            recharge_per_hour: Some(ms(rate.into())),
            cutoff: Some(ms(cutoff.into())),
        };
        let mut budget = ServerTime::new(policy, at(0));
        let numbers = (burst.into(), rate.into(), cutoff.into());
        let full = i128::from(burst) * SlowBudget::HOUR;
        let mut slow = SlowBudget { policy: numbers, balance: full, now: 0, blocked: false };
        let mut now = 0;
        for (gap, cost) in steps {
            now += gap;
            prop_assert_eq!(budget.spend(at(now), ms(cost)), slow.spend(now, cost));
        }
    }

    #[test]
    fn never_more_at_once_than_may_be(
        limit in 1_u32..5,
        sync_limit in 1_u32..4,
        steps in prop::collection::vec((0_i64..40, 0_u64..100, any::<bool>()), 1..80),
    ) {
        let policy = ExchangePolicy {
            max_concurrency: Some(limit),
            concurrent_sync_calls: Some(sync_limit),
            ..ExchangePolicy::unlimited()
        };
        let mut user = Account::new(&policy, at(0));
        let mut all: Vec<(i64, i64, bool)> = Vec::new();
        let mut now = 0;
        for (gap, cost, is_sync) in steps {
            now += gap;
            let under_way = |sync_only: bool| {
                let mine = all.iter().filter(|(_, end, s)| *end > now && (!sync_only || *s));
                u32::try_from(mine.count()).unwrap()
            };
            let fits = under_way(false) < limit && !(is_sync && under_way(true) >= sync_limit);
            let kind = if is_sync { Kind::Sync } else { Kind::Other };
            let admission = user.admit(at(now), Request { kind, costs: &[ms(cost)] });
            prop_assert_eq!(matches!(admission, Admission::Admit { .. }), fits);
            if fits {
                all.push((now, now + i64::try_from(cost).unwrap(), is_sync));
            }
        }
    }

    #[test]
    fn messages_leave_as_early_as_the_rate_allows_and_in_order(
        limit in 1_u32..6,
        gaps in prop::collection::vec(0_i64..30_000, 1..60),
    ) {
        let mut outbox = Outbox::new(Some(limit));
        let mut left: Vec<Timestamp> = Vec::new();
        let mut now = 0;
        for gap in gaps {
            now += gap;
            // The earliest moment, not before the last, with fewer than `limit` in its minute.
            let mut earliest = left.last().map_or(at(now), |last| at(now).max(*last));
            while left.iter().filter(|t| **t + ms(60_000) > earliest).count() >= limit as usize {
                let busy = left.iter().filter(|t| **t + ms(60_000) > earliest);
                earliest = busy.map(|t| *t + ms(60_000)).min().unwrap();
            }
            let leaves = outbox.accept(at(now));
            prop_assert_eq!(leaves, earliest);
            left.push(leaves);
        }
    }
}
