//! Numbers as people read them: grouped digits, the two units that matter of a duration.

use std::time::Duration;

/// A whole number with its digits in groups of three: `1,234,567`.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and what is counted: `1 run`, `2 runs`.
#[must_use]
pub fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Simulated time: exact below a second, else the two largest units, cut off and not rounded so
/// that nothing ever looks longer than it was: `120ms`, `3.250s`, `5m10s`, `2h05m`, `7d03h`.
#[must_use]
pub fn duration(d: Duration) -> String {
    let (ms, s) = (d.as_millis(), d.as_secs());
    match s {
        0 => format!("{ms}ms"),
        1..60 if ms.is_multiple_of(1000) => format!("{s}s"),
        1..60 => format!("{s}.{:03}s", ms % 1000),
        60..3_600 => format!("{}m{:02}s", s / 60, s % 60),
        3_600..86_400 => format!("{}h{:02}m", s / 3_600, s / 60 % 60),
        _ => format!("{}d{:02}h", s / 86_400, s / 3_600 % 24),
    }
}

/// Machine time, always in seconds so that columns compare: `0.004 s`, `12.3 s`.
#[must_use]
pub fn seconds(d: Duration) -> String {
    let s = d.as_secs_f64();
    match s {
        ..10.0 => format!("{s:.3} s"),
        ..100.0 => format!("{s:.1} s"),
        _ => format!("{s:.0} s"),
    }
}

/// How many times faster than real time, to three digits: `18,300x`, `9.5x`.
#[must_use]
pub fn speed_up(simulated: Duration, wall: Duration) -> String {
    if wall.is_zero() {
        return "-".to_owned();
    }
    let ratio = simulated.as_secs_f64() / wall.as_secs_f64();
    if ratio < 100.0 {
        return format!("{ratio:.1}x");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Positive; casts saturate.
    let whole = ratio as u64;
    let cut = 10_u64.pow(whole.ilog10() - 2);
    format!("{}x", count(whole / cut * cut))
}

/// Ascending numbers as ranges: `1..3`, `1..3, 7`.
#[must_use]
pub fn ranges(ascending: &[u64]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for run in ascending.chunk_by(|a, b| b.checked_sub(*a) == Some(1)) {
        match run {
            [one] => parts.push(one.to_string()),
            [first, .., last] => parts.push(format!("{first}..{last}")),
            [] => {}
        }
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let seen = [0, 12, 999, 1_000, 1_234_567].map(count);
        assert_eq!(seen, ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "run"), "1 run");
        assert_eq!(counted(1_000, "run"), "1,000 runs");
    }

    #[test]
    fn durations_name_two_units() {
        let ms = [0, 120, 3_000, 3_250, 310_000, 7_500_000, 86_400_000, 615_599_999];
        let seen = ms.map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(seen, ["0ms", "120ms", "3s", "3.250s", "5m10s", "2h05m", "1d00h", "7d02h"]);
    }

    #[test]
    fn speed_up_has_three_digits() {
        let of = |ms| speed_up(Duration::from_hours(24), Duration::from_millis(ms));
        assert_eq!(of(7), "12,300,000x");
        assert_eq!(of(863_000), "100x");
        assert_eq!(of(20_000_000), "4.3x");
        assert_eq!(of(0), "-");
    }

    #[test]
    fn neighbours_join() {
        assert_eq!(ranges(&[1, 2, 3]), "1..3");
        assert_eq!(ranges(&[1, 2, 3, 7]), "1..3, 7");
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[u64::MAX - 1, u64::MAX]), format!("{}..{}", u64::MAX - 1, u64::MAX));
    }
}
