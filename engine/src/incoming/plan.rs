//! What a cycle has to do, decided from two lists: what the server says it has, and what the
//! store knows. Both are walked once, side by side, so a large maildrop costs in proportion.

use wire::pop3::{ListingError, UidEntry};

use crate::ContentHash;
use crate::store::incoming::ItemState;

/// What a message is known by, from one cycle to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity<'a> {
    /// By its UIDL, unique in this listing.
    Uid(&'a str),
    /// By its content only: the server has no UIDL, or gave this one no usable UIDL or the same
    /// as another. It has to be fetched in every cycle to be recognised.
    Content,
}

/// A message to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work<'a> {
    /// Its number in this session.
    pub(super) number: u32,
    pub(super) identity: Identity<'a>,
    /// How often it has failed so far, as far as its identity tells.
    pub(super) failed: u32,
}

/// What a cycle has to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan<'a> {
    /// To fetch first, in the order of the maildrop: what is new, and what was interrupted once.
    pub(super) fresh: Vec<Work<'a>>,
    /// To fetch after those, the least often failed first.
    pub(super) retry: Vec<Work<'a>>,
    /// Stored already and still on the server.
    pub(super) stored: Vec<(u32, &'a str)>,
    /// Known UIDLs that the server has no longer.
    pub(super) gone: Vec<String>,
    /// Items known by something else than a UIDL.
    pub(super) unlisted: Vec<(String, ItemState)>,
    /// A line of the listing that named no message at all.
    pub(super) nonsense: bool,
}

/// The items of the store as the plan wants them: in ascending order of their bytes, each given
/// to the function.
pub(super) type EachItem<'f> = dyn FnMut(&str, ItemState) + 'f;

/// The key under which the store knows a message by its content.
pub(super) fn content_key(content: ContentHash) -> String {
    format!(" {:016x}", content.0)
}

/// The key of a message that never arrived in full and has no UIDL: only its place is left. A
/// place may be another message's tomorrow, so this key only counts and orders; it never sets
/// anything aside.
pub(super) fn place_key(number: u32) -> String {
    format!(" #{number}")
}

/// The messages of a UIDL listing, by their UIDL.
pub(super) struct Listing<'a> {
    /// Ascending by UIDL.
    unique: Vec<(&'a str, u32)>,
    /// Known by their content only.
    others: Vec<u32>,
    nonsense: bool,
}

impl<'a> Listing<'a> {
    /// Reads the lines of UIDL. A number that comes twice counts once.
    pub(super) fn of_uids(lines: impl Iterator<Item = Result<UidEntry<'a>, ListingError>>) -> Self {
        let mut listing = Self { unique: Vec::new(), others: Vec::new(), nonsense: false };
        let mut last = 0;
        let mut ordered = true;
        for line in lines {
            let number = match line {
                Ok(entry) => {
                    listing.unique.push((entry.uid, entry.number));
                    entry.number
                }
                Err(error) => {
                    let Some(number) = numbered(error) else {
                        listing.nonsense = true;
                        continue;
                    };
                    listing.others.push(number);
                    number
                }
            };
            ordered &= number > last;
            last = number;
        }
        if !ordered {
            listing.drop_repeated_numbers();
        }
        listing.part_repeated_uids();
        listing
    }

    /// Messages of a server without UIDL.
    pub(super) fn of_numbers(mut numbers: Vec<u32>, nonsense: bool) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        Self { unique: Vec::new(), others: numbers, nonsense }
    }

    fn drop_repeated_numbers(&mut self) {
        self.unique.sort_by_key(|&(_, number)| number);
        self.unique.dedup_by_key(|&mut (_, number)| number);
        self.others.sort_unstable();
        self.others.dedup();
        let unique = &self.unique;
        self.others.retain(|number| unique.binary_search_by_key(number, |&(_, n)| n).is_err());
    }

    /// A UIDL that two messages share identifies neither.
    fn part_repeated_uids(&mut self) {
        self.unique.sort_unstable();
        let unique = &self.unique;
        let repeats = |at: usize| {
            let same = |other: usize| unique.get(other).is_some_and(|o| o.0 == unique[at].0);
            same(at + 1) || (at > 0 && same(at - 1))
        };
        if !(0..unique.len()).any(repeats) {
            return;
        }
        let (mut alone, mut shared) = (Vec::with_capacity(unique.len()), Vec::new());
        for (at, entry) in unique.iter().enumerate() {
            if repeats(at) { shared.push(entry.1) } else { alone.push(*entry) }
        }
        self.unique = alone;
        self.others.append(&mut shared);
        self.others.sort_unstable();
    }

    /// Compares the listing with what is known, which `known` tells in ascending order.
    ///
    /// # Errors
    /// Those of `known`.
    pub(super) fn plan<E>(
        self,
        known: impl FnOnce(&mut EachItem<'_>) -> Result<(), E>,
    ) -> Result<Plan<'a>, E> {
        let mut plan = Plan { nonsense: self.nonsense, ..Plan::default() };
        let mut unique = self.unique.into_iter().peekable();
        let fresh = |(uid, number)| Work { number, identity: Identity::Uid(uid), failed: 0 };
        known(&mut |item, state| {
            if item.starts_with(' ') {
                plan.unlisted.push((item.to_owned(), state));
                return;
            }
            while let Some(entry) = unique.next_if(|entry| entry.0 < item) {
                plan.fresh.push(fresh(entry));
            }
            let Some((uid, number)) = unique.next_if(|entry| entry.0 == item) else {
                plan.gone.push(item.to_owned());
                return;
            };
            match state {
                ItemState::Stored(_) => plan.stored.push((number, uid)),
                ItemState::Interrupted => {
                    plan.fresh.push(Work { failed: 1, ..fresh((uid, number)) });
                }
                ItemState::Failing(failed) => {
                    plan.retry.push(Work { failed, ..fresh((uid, number)) });
                }
                ItemState::SetAside(_) => {}
            }
        })?;
        plan.fresh.extend(unique.map(fresh));
        plan.add_unlisted(&self.others);
        plan.fresh.sort_unstable_by_key(|work| work.number);
        plan.retry.sort_unstable_by_key(|work| (work.failed, work.number));
        plan.stored.sort_unstable();
        Ok(plan)
    }
}

impl Plan<'_> {
    /// Messages known by their content, of which only those that never arrived are known to fail
    /// before they are fetched.
    fn add_unlisted(&mut self, numbers: &[u32]) {
        for &number in numbers {
            let identity = Identity::Content;
            match self.known_unlisted(&place_key(number)) {
                Some(ItemState::Failing(failed)) => {
                    self.retry.push(Work { number, identity, failed });
                }
                state => {
                    let failed = state.map_or(0, ItemState::failures);
                    self.fresh.push(Work { number, identity, failed });
                }
            }
        }
    }

    /// The place keys of the messages listed without a UIDL.
    pub(super) fn places(&self) -> Vec<String> {
        let listed = self.fresh.iter().chain(&self.retry);
        let by_content = listed.filter(|work| work.identity == Identity::Content);
        by_content.map(|work| place_key(work.number)).collect()
    }

    /// What is known of an item that has no UIDL.
    pub(super) fn known_unlisted(&self, key: &str) -> Option<ItemState> {
        self.unlisted.iter().find(|(item, _)| item == key).map(|&(_, state)| state)
    }
}

fn numbered(error: ListingError) -> Option<u32> {
    match error {
        ListingError::NoNumber => None,
        ListingError::NoSize { number }
        | ListingError::NoUid { number }
        | ListingError::UidTooLong { number }
        | ListingError::UidCharacters { number } => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailId;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use wire::pop3::uid_listing;

    const STORED: ItemState = ItemState::Stored(EmailId(1));

    fn plan<'a>(listing: &'a str, known: &[(&str, ItemState)]) -> Plan<'a> {
        let known: BTreeMap<_, _> = known.iter().copied().collect();
        let result: Result<_, Infallible> =
            Listing::of_uids(uid_listing(listing.as_bytes())).plan(|each| {
                for (item, state) in &known {
                    each(item, *state);
                }
                Ok(())
            });
        result.unwrap()
    }

    fn numbers(work: &[Work<'_>]) -> Vec<u32> {
        work.iter().map(|work| work.number).collect()
    }

    #[test]
    fn only_what_is_new_is_fetched_and_in_its_order() {
        let plan = plan("1 b\r\n2 z\r\n3 a\r\n4 c\r\n", &[("b", STORED), ("gone", STORED)]);
        assert_eq!(numbers(&plan.fresh), [2, 3, 4]);
        assert_eq!(plan.stored, [(1, "b")]);
        assert_eq!(plan.gone, ["gone"]);
        assert!(plan.retry.is_empty() && !plan.nonsense);
    }

    #[test]
    fn what_failed_comes_last_and_what_is_set_aside_not_at_all() {
        let known = [
            ("a", ItemState::Failing(3)),
            ("b", ItemState::Failing(1)),
            ("c", ItemState::SetAside(5)),
        ];
        let plan = plan("1 a\r\n2 b\r\n3 c\r\n4 d\r\n", &known);
        assert_eq!(numbers(&plan.fresh), [4]);
        assert_eq!(numbers(&plan.retry), [2, 1]);
        assert!(plan.gone.is_empty());
    }

    #[test]
    fn a_uidl_shared_by_two_identifies_neither() {
        let plan = plan("1 x\r\n2 y\r\n3 x\r\n", &[("x", STORED), ("y", STORED)]);
        let by_content = |number| Work { number, identity: Identity::Content, failed: 0 };
        assert_eq!(plan.fresh, [by_content(1), by_content(3)]);
        assert_eq!(plan.stored, [(2, "y")]);
        assert_eq!(plan.gone, ["x"]);
    }

    #[test]
    fn broken_lines_cost_only_themselves() {
        let plan = plan("1 a\r\nnonsense\r\n-2 b\r\n3\r\n1 c\r\n4 \u{1}\r\n", &[]);
        assert!(plan.nonsense);
        assert_eq!(numbers(&plan.fresh), [1, 3, 4]);
        assert_eq!(plan.fresh[0].identity, Identity::Uid("a"));
        assert_eq!(plan.fresh[1].identity, Identity::Content);
    }

    #[test]
    fn a_message_that_never_arrived_is_ordered_by_its_place() {
        let plan = plan("1\r\n2\r\n", &[(&place_key(1), ItemState::Failing(9))]);
        assert_eq!((numbers(&plan.fresh), numbers(&plan.retry)), (vec![2], vec![1]));
    }

    proptest! {
        /// Every listed message is in exactly one place, and every known item is accounted for.
        #[test]
        fn nothing_is_forgotten(
            listed in proptest::collection::vec((1u32..20, "[a-d]{1,2}"), 0..20),
            known in proptest::collection::btree_map("[a-d]{1,2}", 0u32..4, 0..12),
        ) {
            use std::fmt::Write;
            let mut text = String::new();
            for (number, uid) in &listed {
                write!(text, "{number} {uid}\r\n").unwrap();
            }
            let state = |n: u32| match n {
                0 => STORED,
                1 => ItemState::Failing(1),
                2 => ItemState::SetAside(2),
                _ => ItemState::Interrupted,
            };
            let known: Vec<_> = known.iter().map(|(uid, n)| (uid.as_str(), state(*n))).collect();
            let plan = plan(&text, &known);
            let mut placed = [numbers(&plan.fresh), numbers(&plan.retry)].concat();
            placed.extend(plan.stored.iter().map(|(number, _)| number));
            let count = placed.len();
            placed.sort_unstable();
            placed.dedup();
            prop_assert_eq!(placed.len(), count, "a message is in two places");
            for (number, _) in &listed {
                let aside = known.iter().any(|(uid, state)| {
                    *state == ItemState::SetAside(2)
                        && listed.iter().any(|(n, u)| n == number && u == uid)
                });
                prop_assert!(aside || placed.contains(number), "{} is lost", number);
            }
            for (uid, _) in &known {
                let kept = listed.iter().any(|(_, listed)| listed == uid);
                prop_assert!(kept || plan.gone.iter().any(|gone| gone == uid));
            }
        }
    }
}
