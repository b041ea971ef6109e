//! From a text to a quantity, exactly: no number passes through a float on its way.

use std::ops::RangeInclusive;
use std::time::Duration;

use sync_engine::ApplicationVersion;

use super::Malformed;
use crate::time::SimTime;

/// The longest time anything may take: ten years.
pub(super) const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

pub(super) fn span(text: &str) -> Result<Duration, Malformed> {
    let nanos = nanos(text)?;
    if nanos % 1_000_000 != 0 {
        return Err("virtual time has a resolution of 1 ms; give whole milliseconds".into());
    }
    longest(nanos)
}

pub(super) fn cost(text: &str) -> Result<Duration, Malformed> {
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

pub(super) fn moment(text: &str) -> Result<SimTime, Malformed> {
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

pub(super) fn octets(text: &str) -> Result<u64, Malformed> {
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

pub(super) fn rate(text: &str) -> Result<Duration, Malformed> {
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

pub(super) fn bandwidth(text: &str) -> Result<u64, Malformed> {
    let Some(size) = text.strip_suffix("/s") else {
        return Err("it does not end in \"/s\"".into());
    };
    match octets(size)? {
        0 => Err("nothing would ever get through; use a partition".into()),
        octets => Ok(octets),
    }
}

pub(super) fn steps(text: &str) -> Result<RangeInclusive<u64>, Malformed> {
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

pub(super) fn hex(text: &str) -> Result<Vec<u8>, Malformed> {
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

pub(super) fn version(text: &str) -> Result<ApplicationVersion, Malformed> {
    let parts: Vec<u64> = text.split('.').map(whole).collect::<Result<_, _>>()?;
    let [major, minor, build, revision] = parts[..] else {
        return Err(format!("it has {} numbers", parts.len()).into());
    };
    let part = |number: u64| u32::try_from(number).map_err(|_| Malformed::from("it is too large"));
    Ok(ApplicationVersion(part(major)?, part(minor)?, part(build)?, part(revision)?))
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
}
