//! When TCP repeats what was lost (RFC 6298): after 1 s, then after twice as long each time, up to
//! a minute. TCP's own give-up (after a quarter of an hour and more) is left to the time-outs of
//! the engine, which are shorter.

/// The first time-out: RFC 6298, 2.1 and 2.4.
const FIRST_MS: u64 = 1_000;
/// The longest: RFC 6298, 2.5 allows a bound of at least 60 s.
const LONGEST_MS: u64 = 60_000;
/// A chunk lost this often in a row breaks the connection (Linux's `tcp_retries2`).
pub(super) const MOST_LOSSES: u32 = 15;

/// How much later a chunk arrives that was lost `losses` times in a row, in milliseconds.
pub(super) fn delay(losses: u32) -> u64 {
    (0..losses).map(time_out).sum()
}

/// The first repetition, at or after `repaired`, of what was first sent at `sent`, both in
/// milliseconds since the start.
pub(super) fn first_at_or_after(sent: u64, repaired: u64) -> u64 {
    let mut at = sent;
    for losses in 0.. {
        if at >= repaired {
            break;
        }
        let step = time_out(losses);
        if step == LONGEST_MS {
            return at + (repaired - at).div_ceil(LONGEST_MS) * LONGEST_MS;
        }
        at += step;
    }
    at
}

/// The time-out before repetition `repetition`, counted from 0.
fn time_out(repetition: u32) -> u64 {
    FIRST_MS.checked_shl(repetition).filter(|ms| *ms > 0).unwrap_or(u64::MAX).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_outs_double_up_to_a_minute() {
        let steps: Vec<_> = (0..9).map(time_out).collect();
        assert_eq!(steps, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
        assert_eq!(time_out(200), LONGEST_MS);
        assert_eq!((delay(0), delay(1), delay(3)), (0, 1_000, 7_000));
    }

    #[test]
    fn a_repair_is_noticed_at_the_next_repetition() {
        assert_eq!(first_at_or_after(500, 500), 500);
        assert_eq!(first_at_or_after(500, 501), 1_500);
        assert_eq!(first_at_or_after(500, 1_501), 3_500);
        // 1 + 2 + 4 + 8 + 16 + 32 = 63 s, then every minute.
        assert_eq!(first_at_or_after(0, 63_001), 123_000);
        assert_eq!(first_at_or_after(0, 86_400_000), 63_000 + 1_439 * 60_000);
    }
}
