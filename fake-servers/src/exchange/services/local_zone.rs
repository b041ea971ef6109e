//! The zone of an availability request: two biases, and on which weekday of which month they
//! switch (types.xsd, `SerializableTimeZone`).

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Timestamp, tz};
use wire::ews::recurrence::DayOfWeek;
use wire::ews::services::{AvailabilityTime, AvailabilityZone};

/// How moments become local times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalZone<'a> {
    /// They stay what they are.
    Utc,
    /// By these biases.
    Biased(&'a AvailabilityZone),
}

impl<'a> LocalZone<'a> {
    /// The zone that a client gave, if it did.
    pub(super) const fn of(zone: Option<&'a AvailabilityZone>) -> Self {
        match zone {
            Some(zone) => Self::Biased(zone),
            None => Self::Utc,
        }
    }

    /// A moment's local time.
    pub(super) fn local(self, at: Timestamp) -> DateTime {
        let utc = tz::Offset::UTC.to_datetime(at);
        let Self::Biased(zone) = self else { return utc };
        let less = |minutes: i32| utc.saturating_sub(SignedDuration::from_mins(minutes.into()));
        let standard = less(zone.bias.saturating_add(zone.standard.bias));
        if is_daylight(zone, standard) {
            less(zone.bias.saturating_add(zone.daylight.bias))
        } else {
            standard
        }
    }

    /// The moment of a local time.
    pub(super) fn moment(self, local: DateTime) -> Timestamp {
        let as_utc = |local: DateTime| {
            local.to_zoned(tz::TimeZone::UTC).map_or(Timestamp::MAX, |it| it.timestamp())
        };
        let Self::Biased(zone) = self else { return as_utc(local) };
        let plus =
            |minutes: i32| as_utc(local.saturating_add(SignedDuration::from_mins(minutes.into())));
        let daylight = plus(zone.bias.saturating_add(zone.daylight.bias));
        if self.local(daylight) == local {
            daylight
        } else {
            plus(zone.bias.saturating_add(zone.standard.bias))
        }
    }
}

/// Whether daylight saving time is in force at a time told in standard time.
fn is_daylight(zone: &AvailabilityZone, standard: DateTime) -> bool {
    let year = standard.year();
    let (Some(begins), Some(ends)) = (switch(&zone.daylight, year), switch(&zone.standard, year))
    else {
        return false;
    };
    // It ends at a time told in daylight saving time.
    let more = zone.standard.bias.saturating_sub(zone.daylight.bias);
    let ends = ends.saturating_sub(SignedDuration::from_mins(more.into()));
    if begins < ends {
        (begins..ends).contains(&standard)
    } else {
        !(ends..begins).contains(&standard)
    }
}

/// When a time begins in a year; `None` if it never does.
fn switch(time: &AvailabilityTime, year: i16) -> Option<DateTime> {
    let month = i8::try_from(time.month).ok().filter(|month| (1..=12).contains(month))?;
    let clock = time.time.parse().ok()?;
    let days = date(year, month, 1);
    let weekday = DayOfWeek::parse(&time.day_of_week)?.weekday()?;
    let day = match time.day_order {
        5 => days.nth_weekday_of_month(-1, weekday),
        nth => days.nth_weekday_of_month(i8::try_from(nth).ok()?, weekday),
    };
    Some(day.ok()?.to_datetime(clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> AvailabilityZone {
        let time = |bias, month, clock: &str| AvailabilityTime {
            bias,
            time: clock.to_owned(),
            day_order: 5,
            month,
            day_of_week: "Sunday".to_owned(),
            year: None,
        };
        AvailabilityZone {
            bias: -60,
            standard: time(0, 10, "03:00:00"),
            daylight: time(-60, 3, "02:00:00"),
        }
    }

    /// Against the tz database, around both switches of a year.
    #[test]
    fn berlin_is_berlin() {
        let zone = berlin();
        let zone = LocalZone::Biased(&zone);
        let truth = tz::TimeZone::get("Europe/Berlin").unwrap();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for half_hours in 0..2 * 24 * 365 {
            let at = start + SignedDuration::from_mins(30 * half_hours);
            let local = truth.to_datetime(at);
            assert_eq!(zone.local(at), local, "{at}");
            let ambiguous = truth.to_ambiguous_timestamp(local).is_ambiguous();
            assert!(ambiguous || zone.moment(local) == at, "{at}");
        }
    }

    #[test]
    fn without_a_zone_times_are_utc() {
        let at: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        assert_eq!(LocalZone::Utc.moment(LocalZone::Utc.local(at)), at);
    }

    #[test]
    fn a_zone_without_switches() {
        let mut zone = berlin();
        (zone.standard.month, zone.daylight.month) = (0, 0);
        let at: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        assert_eq!(LocalZone::Biased(&zone).local(at), date(2026, 7, 1).at(13, 0, 0, 0));
    }
}
