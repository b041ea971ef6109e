//! Whole milliseconds since the epoch: what schedules are kept in, because timers resolve no
//! finer. What is promised is rounded up and what has passed is rounded down, so that nothing
//! ever starts early.

use std::time::Duration;

use jiff::Timestamp;

/// The last one a [`Timestamp`] is made of: its milliseconds end with a whole second.
const LAST: i64 = 253_402_207_200_000;

/// Milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Millis(i64);

impl Millis {
    /// The first whole millisecond not before `at`.
    pub(crate) fn not_before(at: Timestamp) -> Self {
        Self::after(at, Duration::ZERO)
    }

    /// The first whole millisecond not before the moment `wait` after `from`.
    pub(crate) fn after(from: Timestamp, wait: Duration) -> Self {
        let wait = i128::try_from(wait.as_nanos()).unwrap_or(i128::MAX);
        let nanos = from.as_nanosecond().saturating_add(wait);
        let whole = nanos.div_euclid(1_000_000) + i128::from(nanos.rem_euclid(1_000_000) != 0);
        Self(i64::try_from(whole).unwrap_or(i64::MAX).min(LAST))
    }

    /// The last whole millisecond that has begun at `now`.
    pub(crate) fn passed(now: Timestamp) -> Self {
        Self(i64::try_from(now.as_nanosecond().div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }

    /// As a row keeps it.
    pub(crate) fn to_row(self) -> i64 {
        self.0
    }

    /// As a row kept it; none when no calendar has such a time.
    pub(crate) fn from_row(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).is_ok().then_some(Self(millis))
    }

    /// As everybody else sees it.
    pub(crate) fn timestamp(self) -> Timestamp {
        let Ok(at) = Timestamp::from_millisecond(self.0) else {
            unreachable!("every constructor stays within the calendar")
        };
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: i128) -> Timestamp {
        Timestamp::from_nanosecond(nanos).unwrap()
    }

    #[test]
    fn promises_round_up_and_the_past_rounds_down() {
        assert_eq!(Millis::not_before(at(1_000_000)), Millis(1));
        assert_eq!(Millis::not_before(at(1_000_001)), Millis(2));
        assert_eq!(Millis::passed(at(1_999_999)), Millis(1));
        assert_eq!(Millis::not_before(at(-1_500_000)), Millis(-1));
        assert_eq!(Millis::passed(at(-1_500_000)), Millis(-2));
        // Two parts of a millisecond are rounded once, together.
        assert_eq!(Millis::after(at(600_000), Duration::from_micros(400)), Millis(1));
    }

    #[test]
    fn a_wait_without_end_stays_within_the_calendar() {
        assert_eq!(LAST, Timestamp::MAX.as_second() * 1000);
        let far = Millis::after(Timestamp::MAX, Duration::MAX);
        assert_eq!(far.timestamp(), Timestamp::from_millisecond(far.to_row()).unwrap());
        assert_eq!(Millis::passed(Timestamp::MIN).timestamp(), Timestamp::MIN);
        assert_eq!(Millis::from_row(i64::MAX), None);
    }
}
