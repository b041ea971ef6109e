//! Points in time as EWS writes them: always UTC and without fractions, because some clients read
//! nothing else (ews-clients.md). Read is what XML allows.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Reads `2024-01-02T03:04:05Z`, with a fraction, with an offset or without one (then it counts as
/// UTC), and a date alone (then its beginning is meant). Fractions of a second are dropped.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let date = parse_date(date)?;
    let (clock, offset) = match rest.strip_prefix('T') {
        Some(rest) => {
            let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
            (parse_clock(&rest[..zone])?, &rest[zone..])
        }
        None => (0, rest),
    };
    let local = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    let time = local.checked_add(SignedDuration::from_secs(clock - parse_offset(offset)?)).ok()?;
    // XML has no year 0, and an offset can lead there.
    (Offset::UTC.to_datetime(time).year() > 0).then_some(time)
}

/// Reads what says neither `Z` nor an offset, as what clocks show.
pub(crate) fn parse_local(text: &str) -> Option<DateTime> {
    let clock = text.trim().get(11..)?;
    if clock.contains(['Z', '+', '-']) {
        return None;
    }
    parse_time(text).map(|time| Offset::UTC.to_datetime(time))
}

/// Reads the `2024-01-02` at the beginning of a date, whatever zone follows.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.get(..10)?.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = i16::try_from(digits(&bytes[..4])?).ok()?;
    let month = i8::try_from(digits(&bytes[5..7])?).ok()?;
    let day = i8::try_from(digits(&bytes[8..10])?).ok()?;
    Date::new(year, month, day).ok()
}

/// Hands out a time as it is written.
pub(crate) fn with_time<R>(time: Timestamp, with: impl FnOnce(&str) -> R) -> R {
    let at = Offset::UTC.to_datetime(time);
    let mut text = *b"0000-00-00T00:00:00Z";
    // What was read has a year from 1 to 9999.
    let year = u32::try_from(at.year()).unwrap_or(0);
    for (from, to, number) in [
        (0, 4, year),
        (5, 7, at.month().unsigned_abs().into()),
        (8, 10, at.day().unsigned_abs().into()),
        (11, 13, at.hour().unsigned_abs().into()),
        (14, 16, at.minute().unsigned_abs().into()),
        (17, 19, at.second().unsigned_abs().into()),
    ] {
        let mut rest = number;
        for digit in text[from..to].iter_mut().rev() {
            *digit += u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
    }
    with(std::str::from_utf8(&text).unwrap_or_default())
}

/// `03:04:05` or `03:04:05.678`, in seconds. 24:00:00 is the next day's beginning.
fn parse_clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let bytes = whole.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    digits(fraction.as_bytes().get(..fraction.len().min(9))?)?;
    let (hour, minute, second) =
        (digits(&bytes[..2])?, digits(&bytes[3..5])?, digits(&bytes[6..])?);
    let seconds = hour * 3600 + minute * 60 + second;
    (minute < 60 && second < 60 && seconds <= 86_400).then(|| i64::from(seconds))
}

/// `Z`, nothing or `+01:00`, in seconds east.
fn parse_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes() {
        [] | b"Z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    if rest.len() != 5 || rest[2] != b':' {
        return None;
    }
    let (hours, minutes) = (digits(&rest[..2])?, digits(&rest[3..])?);
    (hours <= 14 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_and_written_in_one() {
        for text in [
            "2024-02-29T23:04:05Z",
            "2024-02-29T23:04:05",
            " 2024-02-29T23:04:05.123456789012Z ",
            "2024-03-01T00:04:05+01:00",
            "2024-02-29T17:34:05.9-05:30",
        ] {
            let time = parse_time(text).unwrap();
            with_time(time, |written| assert_eq!(written, "2024-02-29T23:04:05Z", "{text}"));
        }
        with_time(parse_time("2024-02-28T24:00:00Z").unwrap(), |written| {
            assert_eq!(written, "2024-02-29T00:00:00Z");
        });
        with_time(parse_time("0001-01-01").unwrap(), |written| {
            assert_eq!(written, "0001-01-01T00:00:00Z");
        });
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2024",
            "2024-02-30T00:00:00Z",
            "2024-02-28 00:00:00Z",
            "2024-02-28T00:00",
            "2024-02-28T25:00:00Z",
            "2024-02-28T00:60:00Z",
            "2024-02-28T00:00:00.Z",
            "2024-02-28T00:00:00+1:00",
            "2024-02-28T00:00:00+15:00",
            "2024-02-28TZ",
            "2024-02-2\u{e9}T00:00:00Z",
            "-024-02-28T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "0000-12-31T00:00:00Z",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in ".{0,40}") {
            parse_time(&text);
        }

        #[test]
        fn every_second_reads_back(second in -62_135_596_800_i64..=253_402_207_199) {
            let time = Timestamp::from_second(second).unwrap();
            with_time(time, |text| assert_eq!(parse_time(text), Some(time)));
        }
    }
}
