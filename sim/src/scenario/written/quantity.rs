//! Quantities as a file writes them: a number and its unit in one string, so that no reader ever
//! has to guess whether 300 were seconds. Each kind says what it expects, once, for the schema and
//! for the messages.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::time::SimTime;

/// The keyword under which the schema names a quantity, for our own validator.
pub(in crate::scenario) const KEYWORD: &str = "x-quantity";

/// The longest time anything may take: ten years.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

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
pub(in crate::scenario) const KINDS: [&Kind; 8] = [
    &Span::KIND,
    &Cost::KIND,
    &Moment::KIND,
    &Octets::KIND,
    &Rate::KIND,
    &Bandwidth::KIND,
    &Steps::KIND,
    &Hex::KIND,
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
        parse: span,
    }
    /// Processor time, which adds up below the millisecond.
    Cost(Duration) {
        name: "cost",
        expected: "processor time with its unit, such as \"250us\" or \"4ms\"",
        pattern: r"^([0-9]+(\.[0-9]+)?(us|ms|s|m|h|d))+$",
        examples: ["250us", "4ms"],
        parse: cost,
    }
    /// A moment on the run's clock, which starts at 00:00.
    Moment(SimTime) {
        name: "clock time",
        expected: "a time on the run's clock, such as \"01:00\", \"01:00:30\" or \"2d 01:00\"",
        pattern: r"^([0-9]+d )?[0-9]{2,}:[0-5][0-9](:[0-5][0-9](\.[0-9]{3})?)?$",
        examples: ["00:30", "01:00:30", "2d 01:00"],
        parse: moment,
    }
    /// A number of octets.
    Octets(u64) {
        name: "size",
        expected: "a size with its unit, such as \"512B\", \"8KiB\", \"2MiB\" or \"10MB\"",
        pattern: r"^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$",
        examples: ["512B", "8KiB", "2MiB", "10MB"],
        parse: octets,
    }
    /// How often, kept as the mean time between two.
    Rate(Duration) {
        name: "rate",
        expected: "a rate per unit of time, such as \"6/h\", \"30/m\" or \"1/s\"",
        pattern: r"^[0-9]+(\.[0-9]+)?/(s|m|h|d)$",
        examples: ["6/h", "30/m", "1/s"],
        parse: rate,
    }
    /// Octets per second.
    Bandwidth(u64) {
        name: "bandwidth",
        expected: "a bandwidth, such as \"10MiB/s\" or \"64KB/s\"",
        pattern: r"^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)/s$",
        examples: ["10MiB/s", "64KB/s"],
        parse: bandwidth,
    }
    /// A range of steps, both ends included.
    Steps(std::ops::RangeInclusive<u64>) {
        name: "steps",
        expected: "a range of steps counted from 1, such as \"1..120\"",
        pattern: r"^[0-9]+\.\.[0-9]+$",
        examples: ["1..120"],
        parse: steps,
    }
    /// Octets in hexadecimal.
    Hex(Vec<u8>) {
        name: "hex",
        expected: "octets in hexadecimal, such as \"2b 4f 4b 0d 0a\"",
        pattern: r"^([0-9a-fA-F]{2} ?)+$",
        examples: ["c3 28 0d 0a"],
        parse: hex,
    }
}

/// What a quantity of one kind looks like that was written as if it were of another, or as a bare
/// number.
pub(in crate::scenario) fn instead(kind: &Kind, text: &str) -> Option<String> {
    let is = |other: &Kind| kind.name == other.name;
    if is(&Moment::KIND) {
        let at = SimTime::from_duration(span(text).ok()?).to_string();
        let short = at.strip_suffix(".000").unwrap_or(&at);
        let short = short.strip_suffix(":00").unwrap_or(short);
        return Some(format!("did you mean \"{short}\"?"));
    }
    let is_duration = is(&Span::KIND) || is(&Cost::KIND);
    if is_duration && let Ok(at) = moment(text) {
        return Some(format!("did you mean \"{}\"?", in_units(at.since_start())));
    }
    if is_duration && text.parse::<f64>().is_ok() {
        return Some(format!("write \"{text}s\" if these are seconds"));
    }
    None
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

fn span(text: &str) -> Result<Duration, Malformed> {
    let nanos = nanos(text)?;
    if nanos % 1_000_000 != 0 {
        return Err("virtual time has a resolution of 1 ms; give whole milliseconds".into());
    }
    longest(nanos)
}

fn cost(text: &str) -> Result<Duration, Malformed> {
    longest(nanos(text)?)
}

fn longest(nanos: u128) -> Result<Duration, Malformed> {
    match u64::try_from(nanos).map(Duration::from_nanos) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        _ => Err("longer than ten years".into()),
    }
}

/// `1h30m` in nanoseconds: one or more numbers, each with its unit.
fn nanos(text: &str) -> Result<u128, Malformed> {
    if text.is_empty() {
        return Err("it is empty".into());
    }
    let mut sum = 0_u128;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = split_at_first(rest, |c| !c.is_ascii_digit() && c != '.');
        let (unit, after) = split_at_first(after, |c| c.is_ascii_digit());
        let scale = match unit {
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            "" => return Err("its unit is missing: ms, s, m, h or d".into()),
            _ => return Err(format!("`{unit}` is no unit: ms, s, m, h or d").into()),
        };
        sum = sum.saturating_add(scaled(number, scale)?);
        rest = after;
    }
    Ok(sum)
}

fn moment(text: &str) -> Result<SimTime, Malformed> {
    let (days, clock) = match text.split_once("d ") {
        Some((days, clock)) => (whole(days)?, clock),
        None => (0, text),
    };
    let mut parts = clock.split(':');
    let (Some(hours), Some(minutes)) = (parts.next(), parts.next()) else {
        return Err("hours and minutes are separated by a colon".into());
    };
    let (seconds, millis) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("0", "0"),
    };
    if parts.next().is_some() {
        return Err("it has too many colons".into());
    }
    let (hours, minutes, seconds) = (whole(hours)?, whole(minutes)?, whole(seconds)?);
    let thousandths = scaled(&format!("0.{millis}"), 1_000)?;
    if minutes > 59 || seconds > 59 {
        return Err("minutes and seconds end at 59".into());
    }
    let whole_seconds = u128::from(days) * 86_400
        + u128::from(hours) * 3_600
        + u128::from(minutes) * 60
        + u128::from(seconds);
    longest((whole_seconds * 1_000 + thousandths) * 1_000_000).map(SimTime::from_duration)
}

fn octets(text: &str) -> Result<u64, Malformed> {
    let (number, unit) = split_at_first(text, |c| !c.is_ascii_digit() && c != '.');
    let scale = match unit {
        "B" => 1,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "" => return Err("its unit is missing: B, KiB, MiB, GiB, KB, MB or GB".into()),
        _ => return Err(format!("`{unit}` is no unit: B, KiB, MiB, GiB, KB, MB or GB").into()),
    };
    match scaled(number, scale).map(u64::try_from)? {
        Ok(octets) if octets <= 1 << 40 => Ok(octets),
        _ => Err("more than a terabyte".into()),
    }
}

fn rate(text: &str) -> Result<Duration, Malformed> {
    let Some((number, unit)) = text.split_once('/') else {
        return Err("it has no slash before its unit of time: s, m, h or d".into());
    };
    let seconds = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(format!("`{unit}` is no unit of time: s, m, h or d").into()),
    };
    // In thousandths, so that "0.5/h" is exact.
    let thousandths = scaled(number, 1_000)?;
    if thousandths == 0 {
        return Err("a rate of nothing; leave it out instead".into());
    }
    let gap = longest(seconds * 1_000 * 1_000_000_000 / thousandths)?;
    if gap < Duration::from_millis(1) {
        return Err("more than one per millisecond, the resolution of virtual time".into());
    }
    Ok(gap)
}

fn bandwidth(text: &str) -> Result<u64, Malformed> {
    let Some(size) = text.strip_suffix("/s") else {
        return Err("it does not end in \"/s\"".into());
    };
    match octets(size)? {
        0 => Err("nothing would ever get through; use a partition".into()),
        octets => Ok(octets),
    }
}

fn steps(text: &str) -> Result<std::ops::RangeInclusive<u64>, Malformed> {
    let Some((first, last)) = text.split_once("..") else {
        return Err("the first and the last step are separated by two dots".into());
    };
    let (first, last) = (whole(first)?, whole(last)?);
    if first == 0 {
        return Err("steps are counted from 1".into());
    }
    if last < first {
        return Err("the last step comes before the first".into());
    }
    Ok(first..=last)
}

fn hex(text: &str) -> Result<Vec<u8>, Malformed> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| c.to_digit(16).ok_or(Malformed::from(format!("`{c}` is no hexadecimal digit"))))
        .collect::<Result<_, _>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return Err("an octet has two digits".into());
    }
    Ok(digits.chunks(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect())
}

fn split_at_first(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

fn whole(number: &str) -> Result<u64, Malformed> {
    if !number.bytes().all(|b| b.is_ascii_digit()) || number.is_empty() || number.len() > 12 {
        return Err(format!("`{number}` is no whole number").into());
    }
    number.parse().map_err(|_| Malformed::from(format!("`{number}` is no whole number")))
}

/// A decimal number times a scale, exactly.
fn scaled(number: &str, scale: u128) -> Result<u128, Malformed> {
    let malformed = || Malformed::from(format!("`{number}` is no number"));
    let (integer, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits =
        |s: &str| !s.is_empty() && s.len() <= 18 && s.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(integer) || !is_digits(fraction) {
        return Err(malformed());
    }
    let parse = |digits: &str| digits.parse::<u128>().map_err(|_| malformed());
    let one = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    let parts = (parse(integer)? * one + parse(fraction)?) * scale;
    if !parts.is_multiple_of(one) {
        return Err("finer than its resolution".into());
    }
    Ok(parts / one)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_add_up_their_parts() {
        assert_eq!(span("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(span("1.5s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(span("0s"), Ok(Duration::ZERO));
        assert_eq!(span("2d"), Ok(Duration::from_hours(48)));
        assert_eq!(cost("250us"), Ok(Duration::from_micros(250)));
    }

    #[test]
    fn what_virtual_time_cannot_tell_apart_is_refused() {
        for fine in ["300us", "1500us", "0.5ms"] {
            assert!(span(fine).unwrap_err().contains("1 ms"), "{fine}");
        }
        assert_eq!(span("2000us"), Ok(Duration::from_millis(2)));
    }

    #[test]
    fn a_missing_or_unknown_unit_is_named() {
        assert_eq!(span("300").unwrap_err(), "its unit is missing: ms, s, m, h or d");
        assert_eq!(span("5 min").unwrap_err(), "` min` is no unit: ms, s, m, h or d");
        assert_eq!(octets("8").unwrap_err(), "its unit is missing: B, KiB, MiB, GiB, KB, MB or GB");
        assert_eq!(rate("6").unwrap_err(), "it has no slash before its unit of time: s, m, h or d");
        assert_eq!(span("11y").unwrap_err(), "`y` is no unit: ms, s, m, h or d");
        assert_eq!(span("4000d").unwrap_err(), "longer than ten years");
    }

    #[test]
    fn clock_times_read_as_the_log_writes_them() {
        for text in ["01:00", "00:00:30", "26:15", "2d 01:00:30.250"] {
            let at = moment(text).unwrap();
            assert_eq!(moment(&at.to_string()), Ok(at), "{text}");
        }
        assert_eq!(moment("01:00"), Ok(SimTime(3_600_000)));
        for wrong in ["1h", "01:60", "01", "01:00:00:00", "-1:00", "01:00:00.0001", "24"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_rates_and_the_rest() {
        assert_eq!(octets("8KiB"), Ok(8_192));
        assert_eq!(octets("1.5KB"), Ok(1_500));
        assert_eq!(octets("0.3B").unwrap_err(), "finer than its resolution");
        assert_eq!(rate("6/h"), Ok(Duration::from_mins(10)));
        assert_eq!(rate("0.5/d"), Ok(Duration::from_hours(48)));
        assert_eq!(bandwidth("10MiB/s"), Ok(10 << 20));
        assert_eq!(steps("1..120"), Ok(1..=120));
        assert!(steps("0..3").is_err() && steps("3..1").is_err());
        assert_eq!(hex("c3 28"), Ok(vec![0xc3, 0x28]));
        assert!(hex("c").is_err() && hex("zz").is_err() && hex("").is_err());
    }

    #[test]
    fn a_time_in_the_wrong_clothes_is_recognised() {
        assert_eq!(instead(&Moment::KIND, "3h").unwrap(), "did you mean \"03:00\"?");
        assert_eq!(instead(&Moment::KIND, "90s").unwrap(), "did you mean \"00:01:30\"?");
        assert_eq!(instead(&Span::KIND, "01:30").unwrap(), "did you mean \"1h30m\"?");
        assert_eq!(instead(&Span::KIND, "300").unwrap(), "write \"300s\" if these are seconds");
        assert_eq!(instead(&Octets::KIND, "300"), None);
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
                let _ = instead(kind, &text);
            }
        }

        #[test]
        fn a_duration_in_units_reads_back(millis in 0_u64..400_000_000_000) {
            let duration = Duration::from_millis(millis).min(LONGEST);
            prop_assert_eq!(span(&in_units(duration)), Ok(duration));
        }
    }
}
