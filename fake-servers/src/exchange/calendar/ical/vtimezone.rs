//! Zones as VTIMEZONE (RFC 5545 section 3.6.5). Ours are written as Exchange writes them: Windows'
//! name, and one rule each for standard and daylight time, from 1601 on.

use jiff::SignedDuration;
use jiff::tz::Offset;

use super::component::Component;
use super::time::{self, TimeValue};
use super::{lines, rrule};
use crate::exchange::calendar::Zone;
use crate::exchange::calendar::zones::{Change, PRESENT, Rules};

/// The zones that a calendar defines, by the names it gives them.
#[derive(Debug, Default)]
pub(super) struct Zones(Vec<(String, Zone)>);

impl Zones {
    /// All of a calendar's zones that can be told.
    pub(super) fn of(calendar: &Component) -> Self {
        let zones = calendar.named("VTIMEZONE").filter_map(|component| {
            let id = component.text("TZID")?;
            let zone = named(&id).or_else(|| Zone::with_rules(&read_rules(component)?, PRESENT));
            Some((id, zone?))
        });
        // One search by rules may take milliseconds, and nobody needs many.
        Self(zones.take(10).collect())
    }

    /// The zone of a TZID.
    pub(super) fn named(&self, id: &str) -> Option<Zone> {
        let defined = self.0.iter().find(|(known, _)| known == id.trim());
        defined.map(|&(_, zone)| zone).or_else(|| named(id))
    }

    /// The zone defined first: whose clocks are meant where nothing is said.
    pub(super) fn first(&self) -> Option<Zone> {
        self.0.first().map(|&(_, zone)| zone)
    }
}

/// A zone by a name that is known, alone or at the end of a path (`/citadel.org/Europe/Berlin`).
fn named(id: &str) -> Option<Zone> {
    Zone::named(id).or_else(|| {
        let mut parts = id.rsplitn(3, '/');
        let (city, region) = (parts.next()?, parts.next()?);
        Zone::named(&format!("{region}/{city}"))
    })
}

fn read_rules(component: &Component) -> Option<Rules> {
    let standard = latest(component, "STANDARD")?;
    let offset = read_offset(&standard.text("TZOFFSETTO")?)?;
    let changes = latest(component, "DAYLIGHT").and_then(|daylight| {
        let offset = read_offset(&daylight.text("TZOFFSETTO")?)?;
        Some((offset, read_change(daylight)?, read_change(standard)?))
    });
    Some(Rules { standard: offset, daylight: changes })
}

/// The one that began last: the others are history.
fn latest<'a>(zone: &'a Component, name: &'a str) -> Option<&'a Component> {
    zone.named(name).max_by_key(|observance| observance.text("DTSTART"))
}

fn read_change(observance: &Component) -> Option<Change> {
    let Some(TimeValue::Local(begins, _)) = time::read(&observance.text("DTSTART")?, None) else {
        return None;
    };
    let rule = observance.line("RRULE")?;
    let (month, nth, weekday) = rrule::yearly_day(rule.value, begins.date())?;
    let time = begins.time().duration_since(jiff::civil::Time::midnight());
    Some(Change { month, weekday, nth, time })
}

/// `+0100`, `-033000`.
fn read_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let pair = |at: usize| digits.get(at..at + 2).map_or(Some(0), |pair| pair.parse::<i32>().ok());
    let seconds = pair(0)? * 3600 + pair(2)? * 60 + pair(4)?;
    Offset::from_seconds(sign * seconds).ok()
}

fn write_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// Appends a zone as it is in a year.
pub(super) fn write(out: &mut String, zone: Zone, year: i16) {
    let Rules { standard, daylight } = zone.rules(year);
    let mut line = |text: &str| lines::write(out, text);
    line("BEGIN:VTIMEZONE");
    line(&format!("TZID:{}", lines::escape(zone.id())));
    let mut observance = |name: &str, from: Offset, to: Offset, change: Option<Change>| {
        line(&format!("BEGIN:{name}"));
        let time = change.map_or(SignedDuration::ZERO, |change| change.time);
        let (minutes, seconds) = (time.as_mins(), time.as_secs() % 60);
        line(&format!("DTSTART:16010101T{:02}{:02}{seconds:02}", minutes / 60, minutes % 60));
        line(&format!("TZOFFSETFROM:{}", write_offset(from)));
        line(&format!("TZOFFSETTO:{}", write_offset(to)));
        if let Some(Change { month, weekday, nth, .. }) = change {
            let day = rrule::letters(weekday);
            line(&format!("RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY={nth}{day};BYMONTH={month}"));
        }
        line(&format!("END:{name}"));
    };
    if let Some((daylight, begins, ends)) = daylight {
        observance("STANDARD", daylight, standard, Some(ends));
        observance("DAYLIGHT", standard, daylight, Some(begins));
    } else {
        // Some readers want both, whether or not clocks change; Exchange writes both.
        observance("STANDARD", standard, standard, None);
        observance("DAYLIGHT", standard, standard, None);
    }
    line("END:VTIMEZONE");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(text: &str) -> Zones {
        Zones::of(&Component::read(&format!("BEGIN:VCALENDAR\n{text}END:VCALENDAR")).unwrap())
    }

    #[test]
    fn every_zone_is_read_as_written() {
        for zone in Zone::all() {
            let mut text = String::new();
            write(&mut text, zone, PRESENT);
            assert_eq!(zones(&text).named(zone.id()), Some(zone));
            assert_eq!(zones(&text).first(), Some(zone));
            // Under another name its rules must do; several zones share some.
            let renamed = text.replace(&format!("TZID:{}", lines::escape(zone.id())), "TZID:Mine");
            let found = zones(&renamed).named("Mine").unwrap();
            assert_eq!(found.rules(PRESENT), zone.rules(PRESENT), "{zone:?} {found:?}\n{text}");
        }
    }

    #[test]
    fn zones_as_others_write_them() {
        // macOS: history first, and BYDAY as RFC 5545 would have it.
        let text = "BEGIN:VTIMEZONE\nTZID:Home\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\n\
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nDTSTART:19810329T020000\nTZNAME:CEST\n\
            TZOFFSETTO:+0200\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\n\
            RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=-1SU;UNTIL=19950924T010000Z\nDTSTART:19800928T030000\n\
            TZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\n\
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nDTSTART:19961027T030000\n\
            TZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n";
        assert_eq!(zones(text).named("Home").map(Zone::iana), Some("Europe/Berlin"));
        let path = "/freeassociation.sourceforge.net/America/New_York";
        assert_eq!(zones("").named(path).map(Zone::id), Some("Eastern Standard Time"));
        for nonsense in ["TZOFFSETTO:1", "TZOFFSETTO:+9999", "TZOFFSETTO:+ü00", "TZOFFSETTO:"] {
            let text = format!(
                "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\n{nonsense}\nEND:STANDARD\nEND:VTIMEZONE\n"
            );
            assert_eq!(zones(&text).named("X"), None, "{nonsense}");
        }
    }
}
