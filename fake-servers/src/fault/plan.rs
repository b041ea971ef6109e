//! Decides which fault, if any, strikes a request.

use jiff::Timestamp;
use rand::Rng;
use rand_pcg::Pcg64Mcg;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::{Delay, Effect, Fault, Matcher, Operation, Which};
use crate::MailboxIx;

/// The faults of one server, with what each has counted and drawn so far.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    faults: Vec<Armed>,
    seed: u64,
}

/// A fault with its own count and its own stream of randomness.
#[derive(Debug, Clone)]
struct Armed {
    fault: Fault,
    /// One bit per [`Operation`]; all set when the fault names none.
    operations: u64,
    matched: u64,
    /// Removed: it is not even asked any more, and its place is free.
    gone: bool,
    rng: Pcg64Mcg,
}

impl FaultPlan {
    /// A plan of these faults. Each draws from its own stream, derived from `seed` and its name,
    /// so adding, removing or moving a fault changes nothing for the others.
    #[must_use]
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        Self { faults: faults.into_iter().map(|fault| Armed::new(fault, seed)).collect(), seed }
    }

    /// Adds a fault after all others, or at the place of one that was removed; yields its place,
    /// or nothing when there are too many.
    pub fn add(&mut self, fault: Fault) -> Option<u16> {
        let place = self.faults.iter().position(|armed| armed.gone).unwrap_or(self.faults.len());
        let number = u16::try_from(place).ok()?;
        let armed = Armed::new(fault, self.seed);
        match self.faults.get_mut(place) {
            Some(free) => *free = armed,
            None => self.faults.push(armed),
        }
        Some(number)
    }

    /// Removes the fault at a place: it never strikes again.
    pub fn remove(&mut self, place: u16) {
        if let Some(armed) = self.faults.get_mut(usize::from(place)) {
            armed.gone = true;
        }
    }

    /// Asks once per request: is it struck, by which fault (its place in the list), and how? When
    /// several would strike, the first of the list does.
    ///
    /// An [`Effect::Delay`] comes back already drawn, as [`Delay::Fixed`].
    pub fn strike(
        &mut self,
        operation: Operation,
        mailbox: Option<MailboxIx>,
        now: Timestamp,
    ) -> Option<(u16, Effect)> {
        let mut struck = None;
        for (ix, armed) in self.faults.iter_mut().enumerate() {
            // Every fault is asked, also after one has struck: see `Which`.
            if armed.strikes(operation, mailbox, now) && struck.is_none() {
                struck = Some((u16::try_from(ix).unwrap_or(u16::MAX), armed.drawn_effect()));
            }
        }
        struck
    }

    /// Asks once per connection that begins with TLS. Only faults that name the handshake are asked:
    /// those of every request are about what is said in it.
    pub fn strike_handshake(&mut self, now: Timestamp) -> Option<(u16, Effect)> {
        let mut struck = None;
        for (ix, armed) in (0..).zip(&mut self.faults) {
            let names_it = armed.operations != u64::MAX;
            if names_it && armed.strikes(Operation::StartTls, None, now) && struck.is_none() {
                struck = Some((ix, armed.drawn_effect()));
            }
        }
        struck
    }

    /// Whether there are no faults at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }
}

impl Armed {
    fn new(fault: Fault, seed: u64) -> Self {
        let named = fault.matcher.operations.iter().fold(0, |mask, op| mask | op.bit());
        let operations = if named == 0 { u64::MAX } else { named };
        let rng = Pcg64Mcg::new(xxh3_128_with_seed(fault.name.as_bytes(), seed));
        Self { fault, operations, matched: 0, gone: false, rng }
    }

    fn strikes(&mut self, op: Operation, mailbox: Option<MailboxIx>, now: Timestamp) -> bool {
        if self.gone || self.operations & op.bit() == 0 || !self.fault.matcher.admits(mailbox, now)
        {
            return false;
        }
        self.matched += 1;
        match self.fault.matcher.which {
            Which::Every => true,
            Which::Nth(n) => self.matched == n,
            Which::EveryNth(n) => n != 0 && self.matched.is_multiple_of(n),
            Which::First(n) => self.matched <= n,
            Which::Chance(p) => self.rng.random::<f64>() < p,
        }
    }

    fn drawn_effect(&mut self) -> Effect {
        match &self.fault.effect {
            Effect::Delay(delay) => Effect::Delay(Delay::Fixed(delay.draw(&mut self.rng))),
            other => other.clone(),
        }
    }
}

impl Matcher {
    /// Whether mailbox and time are right; the operation and the count are the plan's business.
    fn admits(&self, mailbox: Option<MailboxIx>, now: Timestamp) -> bool {
        let mailbox_fits = match (&self.mailboxes, mailbox) {
            (None, _) => true,
            (Some(list), Some(mailbox)) => list.binary_search(&mailbox).is_ok(),
            (Some(_), None) => false,
        };
        mailbox_fits
            && self.from.is_none_or(|from| from <= now)
            && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn fault(name: &str, which: Which) -> Fault {
        Fault {
            name: name.into(),
            matcher: Matcher {
                operations: vec![Operation::Login],
                mailboxes: None,
                from: None,
                until: None,
                which,
            },
            effect: Effect::Reset,
        }
    }

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    /// Which of the first `n` logins are struck, and by which fault.
    fn struck(faults: &[Fault], n: usize) -> Vec<Option<u16>> {
        let mut plan = FaultPlan::new(faults.to_vec(), 42);
        let mut strike = || plan.strike(Operation::Login, None, second(0));
        (0..n).map(|_| strike().map(|(ix, _)| ix)).collect()
    }

    #[test]
    fn counts_select_the_requests_they_say() {
        let places = |which| -> Vec<usize> {
            let struck = struck(&[fault("a", which)], 7);
            (1..).zip(struck).filter_map(|(place, hit)| hit.map(|_| place)).collect()
        };
        assert_eq!(places(Which::Every), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(places(Which::Nth(3)), [3]);
        assert_eq!(places(Which::EveryNth(3)), [3, 6]);
        assert_eq!(places(Which::First(2)), [1, 2]);
        assert_eq!(places(Which::EveryNth(0)), [0; 0]);
        assert_eq!(places(Which::Chance(0.0)), [0; 0]);
        assert_eq!(places(Which::Chance(1.0)).len(), 7);
    }

    #[test]
    fn a_handshake_is_struck_by_faults_that_name_it() {
        let of = |name: &str, operations| {
            let mut fault = fault(name, Which::Every);
            fault.matcher.operations = operations;
            fault
        };
        let faults = [of("all", vec![]), of("logins", vec![Operation::Login])];
        let mut plan = FaultPlan::new(faults.to_vec(), 42);
        assert_eq!(plan.strike_handshake(second(0)), None);
        plan.add(of("tls", vec![Operation::StartTls]));
        assert_eq!(plan.strike_handshake(second(0)), Some((2, Effect::Reset)));
    }

    #[test]
    fn the_first_of_the_list_wins_and_the_second_still_counts() {
        let faults = [fault("a", Which::First(3)), fault("b", Which::EveryNth(2))];
        assert_eq!(struck(&faults, 4), [Some(0), Some(0), Some(0), Some(1)]);
    }

    #[test]
    fn faults_come_and_go_while_the_server_runs() {
        let mut plan = FaultPlan::new(vec![fault("a", Which::Every)], 42);
        let strike = |plan: &mut FaultPlan| {
            plan.strike(Operation::Login, None, second(0)).map(|(place, _)| place)
        };
        assert_eq!(plan.add(fault("b", Which::Every)), Some(1));
        assert_eq!(strike(&mut plan), Some(0), "the first of the list strikes");
        plan.remove(0);
        assert_eq!(strike(&mut plan), Some(1));
        plan.remove(1);
        plan.remove(7);
        assert_eq!(strike(&mut plan), None);
        assert_eq!(plan.add(fault("c", Which::First(1))), Some(0), "a free place is taken again");
        assert_eq!([strike(&mut plan), strike(&mut plan)], [Some(0), None]);
    }

    #[test]
    fn chance_is_drawn_from_the_faults_own_stream() {
        let alone = struck(&[fault("b", Which::Chance(0.3))], 500);
        let hits = alone.iter().flatten().count();
        assert!((120..180).contains(&hits), "{hits} of 500 at 0.3");

        // A second fault that never strikes draws too, and must not disturb the first.
        let beside = [fault("a", Which::Chance(0.0)), fault("b", Which::Chance(0.3))];
        let beside: Vec<_> = struck(&beside, 500).iter().map(Option::is_some).collect();
        assert_eq!(beside, alone.iter().map(Option::is_some).collect::<Vec<_>>());
        // Another name is another stream.
        assert_ne!(struck(&[fault("c", Which::Chance(0.3))], 500), alone);
    }

    #[test]
    fn operation_mailbox_and_window_must_all_fit() {
        let mut only = fault("a", Which::Every);
        only.matcher.mailboxes = Some(vec![MailboxIx(2), MailboxIx(5)]);
        only.matcher.from = Some(second(10));
        only.matcher.until = Some(second(20));
        let mut plan = FaultPlan::new(vec![only], 1);
        let mut hit = |op, mailbox, at| plan.strike(op, mailbox, second(at)).is_some();
        assert!(hit(Operation::Login, Some(MailboxIx(5)), 10));
        assert!(!hit(Operation::Quit, Some(MailboxIx(5)), 10), "another operation");
        assert!(!hit(Operation::Login, Some(MailboxIx(3)), 10), "another mailbox");
        assert!(!hit(Operation::Login, None, 10), "a mailbox not yet known");
        assert!(!hit(Operation::Login, Some(MailboxIx(5)), 9), "before the window");
        assert!(!hit(Operation::Login, Some(MailboxIx(5)), 20), "the window's end is outside it");
    }

    #[test]
    fn a_delay_comes_back_drawn() {
        let mut slow = fault("slow", Which::Every);
        let (a, b) = (Duration::from_secs(1), Duration::from_secs(2));
        slow.effect = Effect::Delay(Delay::Uniform(a, b));
        let mut plan = FaultPlan::new(vec![slow], 1);
        let Some((0, Effect::Delay(Delay::Fixed(first)))) =
            plan.strike(Operation::Login, None, second(0))
        else {
            panic!("not drawn")
        };
        assert!((a..=b).contains(&first));
    }
}
