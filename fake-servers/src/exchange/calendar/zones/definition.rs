//! Zones as EWS defines them (types.xsd, `TimeZoneDefinitionType`). The ids of periods are those of
//! the real service: clients look for the year and the kind behind the last slash.

use jiff::SignedDuration;
use jiff::civil::Weekday;
use jiff::tz::Offset;
use wire::ews::{
    Period, TimeZoneDefinition, Transition, TransitionRule, TransitionTarget, TransitionsGroup,
};

use super::{Change, Rules, Zone};

impl Zone {
    /// The zone with all its rules, as they are from a year on.
    pub fn definition(self, year: i16) -> TimeZoneDefinition {
        let Rules { standard, daylight } = self.rules(year);
        let id = |kind: &str| format!("trule:Microsoft/Registry/{}/1-{kind}", self.id());
        let period = |kind: &str, offset: Offset| Period {
            bias: duration(-SignedDuration::from_secs(offset.seconds().into())),
            name: kind.to_owned(),
            id: id(kind),
        };
        let to = |kind: &str| TransitionTarget::Period(id(kind));
        let (mut periods, mut transitions) = (vec![period("Standard", standard)], Vec::new());
        if let Some((offset, begins, ends)) = daylight {
            periods.push(period("Daylight", offset));
            transitions.push(Transition { to: to("Daylight"), rule: begins.transition() });
            transitions.push(Transition { to: to("Standard"), rule: ends.transition() });
        } else {
            transitions.push(Transition { to: to("Standard"), rule: TransitionRule::Always });
        }
        let group = "0".to_owned();
        let to = TransitionTarget::Group(group.clone());
        TimeZoneDefinition {
            id: Some(self.id().to_owned()),
            name: Some(self.display_name(year)),
            periods,
            groups: vec![TransitionsGroup { id: group, transitions }],
            transitions: vec![Transition { to, rule: TransitionRule::Always }],
        }
    }

    /// The zone that a client means: which has an id even where it is spelt out.
    pub fn defined(definition: &TimeZoneDefinition) -> Option<Self> {
        definition.id.as_deref().and_then(Self::named)
    }
}

impl Change {
    fn transition(self) -> TransitionRule {
        TransitionRule::Day {
            offset: duration(self.time),
            month: self.month,
            day_of_week: word(self.weekday).to_owned(),
            occurrence: self.nth,
        }
    }
}

const fn word(day: Weekday) -> &'static str {
    wire::ews::recurrence::DayOfWeek::of(day).as_str()
}

/// `xs:duration` as the service writes it: `-PT1H`, `PT5H30M`, `PT0S`.
fn duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let mut text = String::from(if seconds < 0 { "-PT" } else { "PT" });
    let (hours, rest) = (seconds.unsigned_abs() / 3600, seconds.unsigned_abs() % 3600);
    for (number, unit) in [(hours, "H"), (rest / 60, "M"), (rest % 60, "S")] {
        if number > 0 {
            text.push_str(&number.to_string());
            text.push_str(unit);
        }
    }
    if seconds == 0 {
        text.push_str("0S");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_with_daylight_time() {
        let zone = Zone::named("W. Europe Standard Time").unwrap().definition(2026);
        let periods: Vec<_> = zone
            .periods
            .iter()
            .map(|period| (period.name.as_str(), period.bias.as_str()))
            .collect();
        assert_eq!(periods, [("Standard", "-PT1H"), ("Daylight", "-PT2H")]);
        assert_eq!(
            zone.groups[0].transitions[0].rule,
            TransitionRule::Day {
                offset: "PT2H".to_owned(),
                month: 3,
                day_of_week: "Sunday".to_owned(),
                occurrence: -1
            }
        );
        let TransitionTarget::Period(id) = &zone.groups[0].transitions[1].to else { panic!() };
        assert!(id.ends_with("/1-Standard"), "{id}");
        assert!(zone.periods.iter().any(|period| period.id == *id));
    }

    #[test]
    fn durations() {
        for (seconds, text) in
            [(0, "PT0S"), (19_800, "PT5H30M"), (-3600, "-PT1H"), (86_399, "PT23H59M59S")]
        {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), text);
        }
        let fixed = Zone::UTC.definition(2026);
        assert_eq!(fixed.periods.len(), 1);
        assert_eq!(fixed.groups[0].transitions[0].rule, TransitionRule::Always);
    }
}
