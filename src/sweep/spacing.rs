//! Evenly and geometrically spaced values in canonical form.

/// `steps` values from `start` to `stop` inclusive, evenly spaced.
///
/// A value that rounding left next to a short decimal (0.30000000000000004) is that decimal (0.3), so that it is the
/// same point as when written out.
pub(super) fn linear(start: f64, stop: f64, steps: usize) -> Vec<f64> {
    let scale = start.abs().max(stop.abs());
    between(start, stop, steps, |fraction| snap(start + (stop - start) * fraction, scale))
}

/// `steps` values from `start` to `stop` inclusive with a constant ratio; both ends positive.
pub(super) fn geometric(start: f64, stop: f64, steps: usize) -> Vec<f64> {
    between(start, stop, steps, |fraction| {
        let value = libm::exp(libm::log(start) + libm::log(stop / start) * fraction);
        snap(value, value)
    })
}

fn between(start: f64, stop: f64, steps: usize, value: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..steps)
        .map(|step| match step {
            0 => start,
            step if step + 1 == steps => stop,
            step => value(step as f64 / (steps - 1) as f64),
        })
        .collect()
}

/// The decimal with 12 digits after the leading digit of `scale` if it lies within rounding error, else `value`.
fn snap(value: f64, scale: f64) -> f64 {
    if !value.is_finite() || value.fract() == 0.0 || !scale.is_finite() {
        return value + 0.0;
    }
    let leading = libm::floor(libm::log10(scale)) as i32;
    let decimals = (12 - leading).clamp(0, 300) as usize;
    let Ok(short) = format!("{value:.decimals$}").parse::<f64>() else { return value };
    let rounding_error = 16.0 * f64::EPSILON * scale;
    if (short - value).abs() <= rounding_error { short + 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_spacing_lands_on_the_decimals_a_user_writes() {
        assert_eq!(linear(0.0, 0.9, 10), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        assert_eq!(linear(-0.3, 0.3, 7), [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]);
        assert!(linear(-0.3, 0.3, 7)[3].is_sign_positive());
        assert_eq!(linear(0.0, 3300.0, 4), [0.0, 1100.0, 2200.0, 3300.0]);
        assert_eq!(linear(1e-7, 5e-7, 5), [1e-7, 2e-7, 3e-7, 4e-7, 5e-7]);
        assert_eq!(linear(5.0, 5.0, 1), [5.0]);
    }

    #[test]
    fn values_that_are_no_short_decimals_stay_as_they_are() {
        assert_eq!(linear(0.0, 1.0, 4), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
    }

    #[test]
    fn geometric_spacing_has_a_constant_ratio_and_lands_on_powers() {
        assert_eq!(geometric(0.001, 1000.0, 7), [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]);
        let values = geometric(0.25, 10.0, 5);
        assert!(values.windows(2).all(|pair| (pair[1] / pair[0] - 40f64.powf(0.25)).abs() < 1e-12));
    }
}
