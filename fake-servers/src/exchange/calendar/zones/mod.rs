//! Time zones by the names that Exchange and its clients use, with their rules both as EWS defines
//! zones and as iCalendar does. Moments are always reckoned with the tz database itself; the rules
//! are for those who ask.
//!
//! - `table`: Windows' names.
//! - `rules`: what happens in a year, found out from the transitions that jiff knows.
//! - `definition`: zones as `GetServerTimeZones` lists them.

mod definition;
mod rules;
mod table;

pub(super) use rules::PRESENT;
pub use rules::{Change, Rules};

use jiff::tz::TimeZone;

/// A time zone with a Windows name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(&'static (&'static str, &'static str, &'static str));

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(&("UTC", "Etc/UTC", "Coordinated Universal Time"));

    /// All zones, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        table::TABLE.iter().map(Self)
    }

    /// The zone of a Windows id or of a name of the tz database, in any case.
    pub fn named(name: &str) -> Option<Self> {
        // Exchange 2010 ended some ids with a line end, and clients give back what they got.
        let name = name.trim();
        let by_id = |id: &str| Self::all().find(|zone| zone.id().eq_ignore_ascii_case(id));
        let alias = || table::ALIASES.iter().find(|(iana, _)| iana.eq_ignore_ascii_case(name));
        by_id(name)
            .or_else(|| Self::all().find(|zone| zone.iana().eq_ignore_ascii_case(name)))
            .or_else(|| by_id(alias()?.1))
    }

    /// A zone that has these rules around a year; of several the first that is also asked for by
    /// many: Berlin before Algiers.
    pub fn with_rules(rules: &Rules, year: i16) -> Option<Self> {
        const FIRST: [&str; 8] = [
            "UTC",
            "W. Europe Standard Time",
            "GMT Standard Time",
            "Eastern Standard Time",
            "Central Standard Time",
            "Mountain Standard Time",
            "Pacific Standard Time",
            "FLE Standard Time",
        ];
        let first = FIRST.into_iter().filter_map(Self::named);
        first.chain(Self::all()).find(|zone| zone.rules(year) == *rules)
    }

    /// The Windows id.
    pub const fn id(self) -> &'static str {
        self.0.0
    }

    /// The name in the tz database.
    pub const fn iana(self) -> &'static str {
        self.0.1
    }

    /// What people read: `(UTC+01:00) Amsterdam, Berlin, ...`.
    pub fn display_name(self, year: i16) -> String {
        let minutes = self.rules(year).standard.seconds() / 60;
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let sign = if minutes < 0 { '-' } else { '+' };
        let places = self.0.2;
        if minutes == 0 {
            format!("(UTC) {places}")
        } else {
            format!("(UTC{sign}{hours:02}:{rest:02}) {places}")
        }
    }

    /// How moments are reckoned in it.
    pub fn time_zone(self) -> TimeZone {
        TimeZone::get(self.iana()).unwrap_or(TimeZone::UTC)
    }

    /// What happens in it in the years from this one on.
    pub fn rules(self, year: i16) -> Rules {
        Rules::of(&self.time_zone(), year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_is_in_the_database() {
        for zone in Zone::all() {
            assert!(TimeZone::get(zone.iana()).is_ok(), "{zone:?}");
            assert_eq!(Zone::named(zone.id()), Some(zone));
        }
        assert!(Zone::all().zip(Zone::all().skip(1)).all(|(a, b)| a.id() < b.id()));
        for (iana, id) in table::ALIASES {
            assert_eq!(Zone::named(iana).map(Zone::id), Some(*id));
        }
        assert_eq!(Zone::named("UTC"), Some(Zone::UTC));
        assert_eq!(Zone::named("Etc/GMT").map(Zone::id), Some("UTC"));
        assert_eq!(Zone::named("Customized Time Zone"), None);
    }

    #[test]
    fn names_are_found_as_clients_write_them() {
        for name in ["W. Europe Standard Time", "w. europe standard time\n", "Europe/berlin"] {
            assert_eq!(Zone::named(name).map(Zone::iana), Some("Europe/Berlin"), "{name}");
        }
        let berlin = Zone::named("Europe/Vienna").unwrap();
        assert!(berlin.display_name(2026).starts_with("(UTC+01:00) Amsterdam, Berlin"));
        assert_eq!(Zone::UTC.display_name(2026), "(UTC) Coordinated Universal Time");
        let newfoundland = Zone::named("Newfoundland Standard Time").unwrap();
        assert_eq!(newfoundland.display_name(2026), "(UTC-03:30) Newfoundland");
    }

    #[test]
    fn a_zone_is_found_by_its_rules() {
        for id in ["W. Europe Standard Time", "Eastern Standard Time", "UTC", "Iran Standard Time"]
        {
            let zone = Zone::named(id).unwrap();
            assert_eq!(Zone::with_rules(&zone.rules(2026), 2026), Some(zone), "{id}");
        }
    }
}
