//! Quantities as a file writes them: a number and its unit in one string, so that no reader ever
//! has to guess whether 300 were seconds. Each kind says what it expects, once, for the schema and
//! for the messages.

mod parse;

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use sync_engine::ApplicationVersion;

use crate::time::SimTime;

/// The keyword under which the schema names a quantity, for our own validator.
pub(in crate::scenario) const KEYWORD: &str = "x-quantity";

/// What a malformed quantity is told, in addition to what was expected.
pub(in crate::scenario) type Malformed = Cow<'static, str>;

/// A kind of quantity.
pub(in crate::scenario) struct Kind {
    /// The name under [`KEYWORD`].
    pub name: &'static str,
    /// What is expected, for "expected …".
    pub expected: &'static str,
    /// A regular expression for editors; it may let more through than the parser does.
    pattern: &'static str,
    examples: &'static [&'static str],
    /// Whether a string is one, and what is wrong if not.
    pub check: fn(&str) -> Result<(), Malformed>,
}

/// All kinds.
pub(in crate::scenario) const KINDS: [&Kind; 9] = [
    &Span::KIND,
    &Cost::KIND,
    &Moment::KIND,
    &Octets::KIND,
    &Rate::KIND,
    &Bandwidth::KIND,
    &Steps::KIND,
    &Hex::KIND,
    &Version::KIND,
];

macro_rules! quantities {
    ($($(#[$doc:meta])* $type:ident($inner:ty) {
        name: $name:literal, expected: $expected:literal, pattern: $pattern:literal,
        examples: $examples:expr, parse: $parse:path,
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub(in crate::scenario) struct $type(pub $inner);

        impl $type {
            /// What the schema and the messages say of it.
            pub(in crate::scenario) const KIND: Kind = Kind {
                name: $name,
                expected: $expected,
                pattern: $pattern,
                examples: &$examples,
                check: |text| $parse(text).map(drop),
            };
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(from)?;
                $parse(&text).map($type).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let kind = Self::KIND;
                json_schema!({
                    "type": "string",
                    "pattern": kind.pattern,
                    "description": kind.expected,
                    "examples": kind.examples,
                    KEYWORD: kind.name,
                })
            }
        }
    )*};
}

quantities! {
    /// A length of time, in whole milliseconds: the resolution of virtual time.
    Span(Duration) {
        name: "duration",
        expected: "a duration with its unit, such as \"300ms\", \"5s\", \"1h30m\" or \"2d\"",
        pattern: r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$",
        examples: ["300ms", "5s", "5m", "1h30m", "2d"],
        parse: parse::span,
    }
    /// Processor time, which adds up below the millisecond.
    Cost(Duration) {
        name: "cost",
        expected: "processor time with its unit, such as \"250us\" or \"4ms\"",
        pattern: r"^([0-9]+(\.[0-9]+)?(us|ms|s|m|h|d))+$",
        examples: ["250us", "4ms"],
        parse: parse::cost,
    }
    /// A moment on the run's clock, which starts at 00:00.
    Moment(SimTime) {
        name: "clock time",
        expected: "a time on the run's clock, such as \"01:00\", \"01:00:30\" or \"2d 01:00\"",
        pattern: r"^([0-9]+d )?[0-9]{2,}:[0-5][0-9](:[0-5][0-9](\.[0-9]{3})?)?$",
        examples: ["00:30", "01:00:30", "2d 01:00"],
        parse: parse::moment,
    }
    /// A number of octets.
    Octets(u64) {
        name: "size",
        expected: "a size with its unit, such as \"512B\", \"8KiB\", \"2MiB\" or \"10MB\"",
        pattern: r"^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$",
        examples: ["512B", "8KiB", "2MiB", "10MB"],
        parse: parse::octets,
    }
    /// How often, kept as the mean time between two.
    Rate(Duration) {
        name: "rate",
        expected: "a rate per unit of time, such as \"6/h\", \"30/m\" or \"1/s\"",
        pattern: r"^[0-9]+(\.[0-9]+)?/(s|m|h|d)$",
        examples: ["6/h", "30/m", "1/s"],
        parse: parse::rate,
    }
    /// Octets per second.
    Bandwidth(u64) {
        name: "bandwidth",
        expected: "a bandwidth, such as \"10MiB/s\" or \"64KB/s\"",
        pattern: r"^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)/s$",
        examples: ["10MiB/s", "64KB/s"],
        parse: parse::bandwidth,
    }
    /// A range of steps, both ends included.
    Steps(std::ops::RangeInclusive<u64>) {
        name: "steps",
        expected: "a range of steps counted from 1, such as \"1..120\"",
        pattern: r"^[0-9]+\.\.[0-9]+$",
        examples: ["1..120"],
        parse: parse::steps,
    }
    /// Octets in hexadecimal.
    Hex(Vec<u8>) {
        name: "hex",
        expected: "octets in hexadecimal, such as \"2b 4f 4b 0d 0a\"",
        pattern: r"^([0-9a-fA-F]{2} ?)+$",
        examples: ["c3 28 0d 0a"],
        parse: parse::hex,
    }
    /// A version of the application: major, minor, build and revision.
    Version(ApplicationVersion) {
        name: "version",
        expected: "a version of four numbers, such as \"9.1.0.16819\"",
        pattern: r"^[0-9]+(\.[0-9]+){3}$",
        examples: ["9.1.0.16819", "9.2.0.0"],
        parse: parse::version,
    }
}

/// What a quantity of one kind looks like that was written as if it were of another, or as a bare
/// number.
pub(in crate::scenario) fn instead(kind: &Kind, text: &str, bare: BareUnit) -> Option<String> {
    let is = |other: &Kind| kind.name == other.name;
    if is(&Moment::KIND) {
        let at = SimTime::from_duration(parse::span(text).ok()?).to_string();
        let short = at.strip_suffix(".000").unwrap_or(&at);
        let short = short.strip_suffix(":00").unwrap_or(short);
        return Some(format!("did you mean \"{short}\"?"));
    }
    let is_duration = is(&Span::KIND) || is(&Cost::KIND);
    if is_duration && let Ok(at) = parse::moment(text) {
        return Some(format!("did you mean \"{}\"?", in_units(at.since_start())));
    }
    let (unit, name) = match () {
        () if is_duration => bare,
        () if is(&Octets::KIND) => ("B", "octets"),
        () => return None,
    };
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    is_number.then(|| format!("write \"{text}{unit}\" if these are {name}"))
}

/// A unit, and what it is called.
pub(in crate::scenario) type BareUnit = (&'static str, &'static str);

/// What a duration without a unit is most likely meant in. Microsoft's own settings count seconds,
/// but for these (domain.md 1.3 and 3).
pub(in crate::scenario) fn bare_unit(key: &str) -> BareUnit {
    match key {
        "PendingEmailsRetryInterval" | "SendingEmailsRetryInterval" | "MinPollingInterval" => {
            ("m", "minutes")
        }
        _ => ("s", "seconds"),
    }
}

/// A duration as a file would say it: `1h30m`, whole milliseconds.
pub(in crate::scenario) fn in_units(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, millis) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    {
        if rest >= millis {
            text.push_str(&(rest / millis).to_string());
            text.push_str(unit);
            rest %= millis;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_in_the_wrong_clothes_is_recognised() {
        let seconds = bare_unit("MailboxBackoffOnTransientError");
        assert_eq!(instead(&Moment::KIND, "3h", seconds).unwrap(), "did you mean \"03:00\"?");
        assert_eq!(instead(&Moment::KIND, "90s", seconds).unwrap(), "did you mean \"00:01:30\"?");
        assert_eq!(instead(&Span::KIND, "01:30", seconds).unwrap(), "did you mean \"1h30m\"?");
        assert_eq!(
            instead(&Span::KIND, "300", seconds).unwrap(),
            "write \"300s\" if these are seconds"
        );
        assert_eq!(
            instead(&Octets::KIND, "300", seconds).unwrap(),
            "write \"300B\" if these are octets"
        );
        assert_eq!(instead(&Octets::KIND, "much", seconds), None);
    }

    #[test]
    fn examples_are_what_the_parser_takes() {
        for kind in KINDS {
            for example in kind.examples {
                assert_eq!((kind.check)(example), Ok(()), "{example}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,20}|[0-9./:dhms ]{0,40}") {
            for kind in KINDS {
                let _ = (kind.check)(&text);
                let _ = instead(kind, &text, bare_unit(""));
            }
        }

        #[test]
        fn a_duration_in_units_reads_back(millis in 0_u64..400_000_000_000) {
            let duration = Duration::from_millis(millis).min(parse::LONGEST);
            prop_assert_eq!(parse::span(&in_units(duration)), Ok(duration));
        }
    }
}
