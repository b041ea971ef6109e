//! Draws the length of a delay from its distribution.

use std::time::Duration;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::Delay;

/// The 0.99 quantile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

impl Delay {
    /// Draws one delay. Bounds given the wrong way round are put right; a median of zero is always
    /// zero, and a `p99` not above the median makes every delay the median.
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Duration {
        match *self {
            Self::Fixed(delay) => delay,
            Self::Uniform(a, b) => uniform(a.min(b), a.max(b), rng),
            Self::LogNormal { p50, p99 } => log_normal_delay(p50, p99, rng),
        }
    }
}

fn uniform<R: Rng + ?Sized>(shortest: Duration, longest: Duration, rng: &mut R) -> Duration {
    // Whole nanoseconds, so that the result does not depend on how a machine rounds.
    let nanos = |d: Duration| u64::try_from(d.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(rng.random_range(nanos(shortest)..=nanos(longest)))
}

fn log_normal_delay<R: Rng + ?Sized>(p50: Duration, p99: Duration, rng: &mut R) -> Duration {
    let seconds = log_normal(p50.as_secs_f64(), p99.as_secs_f64(), rng);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// Draws from the log-normal distribution through these two quantiles, in whatever unit they are
/// in. One number is always taken from `rng`; where `p99` is not above `p50`, and where that is
/// zero, the result is `p50`.
pub fn log_normal<R: Rng + ?Sized>(p50: f64, p99: f64, rng: &mut R) -> f64 {
    let normal: f64 = StandardNormal.sample(rng);
    if p50 <= 0.0 || p99 <= p50 {
        return p50;
    }
    let sigma = (p99 / p50).ln() / Z99;
    p50 * (sigma * normal).exp()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn sorted_draws(delay: Delay) -> Vec<Duration> {
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        let mut draws: Vec<_> = (0..20_000).map(|_| delay.draw(&mut rng)).collect();
        draws.sort_unstable();
        draws
    }

    #[test]
    fn log_normal_goes_through_both_quantiles() {
        let draws = sorted_draws(Delay::LogNormal { p50: SECOND, p99: 10 * SECOND });
        let near = |at: usize, want: f64| {
            let got = draws[at].as_secs_f64();
            assert!((got / want - 1.0).abs() < 0.1, "draw {at}: {got} s, wanted about {want} s");
        };
        near(10_000, 1.0);
        near(19_800, 10.0);
    }

    #[test]
    fn uniform_stays_between_its_bounds_in_either_order() {
        let draws = sorted_draws(Delay::Uniform(3 * SECOND, SECOND));
        assert!(draws[0] >= SECOND && draws[0] < SECOND + SECOND / 100);
        assert!(draws[19_999] <= 3 * SECOND && draws[19_999] > SECOND * 299 / 100);
    }

    #[test]
    fn degenerate_distributions_are_constant() {
        for (p50, p99) in [(Duration::ZERO, SECOND), (SECOND, SECOND), (SECOND, Duration::ZERO)] {
            let draws = sorted_draws(Delay::LogNormal { p50, p99 });
            assert_eq!((draws[0], draws[19_999]), (p50, p50));
        }
    }
}
