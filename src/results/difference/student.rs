//! How often chance alone gives a difference of this many estimated standard errors, with the same bits on every
//! machine.

use std::f64::consts::FRAC_2_PI;

/// With more degrees of freedom the distribution is that of a Gaussian within 3e-4.
const MANY: f64 = 1000.0;

/// The probability that |t| exceeds a number, for Student's t with at least one degree of freedom. Between whole
/// degrees, as Welch's test has them, it is on the straight line.
pub(super) fn probability_beyond(t: f64, degrees_of_freedom: f64) -> f64 {
    let degrees = degrees_of_freedom.clamp(1.0, MANY);
    let (whole, share) = (degrees.floor(), degrees.fract());
    (1.0 - share) * with_whole_degrees(t, whole) + share * with_whole_degrees(t, whole + 1.0)
}

/// Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
fn with_whole_degrees(t: f64, degrees: f64) -> f64 {
    let angle = libm::atan(t / degrees.sqrt());
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let squared = cosine * cosine;
    let is_odd = degrees % 2.0 == 1.0;
    // Each term of the series is the one before, times (k - 1) / k cos².
    let mut k = if is_odd { 3.0 } else { 2.0 };
    let mut term = if is_odd { cosine } else { 1.0 };
    let mut sum = if is_odd && degrees < 2.0 { 0.0 } else { term };
    while k < degrees {
        term *= (k - 1.0) / k * squared;
        sum += term;
        k += 2.0;
    }
    let within = if is_odd { FRAC_2_PI * (angle + sine * sum) } else { sine * sum };
    1.0 - within
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of the usual tables at 0.975, which leave 5 % on both sides.
    #[test]
    fn tails_are_those_of_tables() {
        let quantiles = [
            (1.0, 12.7062047362),
            (2.0, 4.3026527297),
            (3.0, 3.1824463053),
            (4.0, 2.7764451052),
            (5.0, 2.5705818356),
            (10.0, 2.2281388520),
            (11.0, 2.2009851601),
            (30.0, 2.0422724563),
            (999.0, 1.9623414611),
        ];
        for (degrees, quantile) in quantiles {
            assert!((probability_beyond(quantile, degrees) - 0.05).abs() < 1e-10, "{degrees}");
        }
        assert!((probability_beyond(1.959963985, f64::INFINITY) - 0.05).abs() < 3e-4);
        assert_eq!(probability_beyond(0.0, 7.0), 1.0);
    }

    /// Of three replicates on each side, Welch's test has hardly ever four whole degrees; with 2.99 the probability
    /// is nearly that of 3, which is 0.1393 beyond 2, and not that of 2, which is 0.1835.
    #[test]
    fn between_whole_degrees_the_probability_changes_gradually() {
        let beyond = |degrees| probability_beyond(2.0, degrees);
        assert!((beyond(2.99) - 0.1398).abs() < 1e-4, "{}", beyond(2.99));
        assert!((beyond(2.5) - 0.5 * (beyond(2.0) + beyond(3.0))).abs() < 1e-15);
        assert!(beyond(2.999_999) - beyond(3.0) < 1e-6);
    }
}
