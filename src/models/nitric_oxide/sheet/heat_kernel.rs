//! The heat kernel of a row of domains: what diffusion does in one step.

use std::f64::consts::PI;

use super::line::{Boundary, Line};

/// How the Gaussian spread of one step is spelled in taps: C_x goes to w_0 C_x + Σ_n w_n (C_(x-n) + C_(x+n)).
///
/// Diffusion along a row multiplies a wave e^(iωx) by e^(-2dξ), with ξ = 1 - cos ω and d = D h / side². Taps up to a
/// radius R multiply it by a polynomial P(ξ) of degree R. Here P has the value and the slope of the exponential at ξ =
/// 0, so that the amount and the coefficient of diffusion are exact, and its remainder interpolates at Chebyshev
/// points; so the error is spread evenly over the other wavelengths. A kernel that is not stable has errors without
/// bound and is never chosen. (Explicit substeps are polynomials, too: s Euler steps are (1 - 2dξ/s)^s, with the same
/// reach R = s, but exact at ξ = 0 only.)
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeatKernel {
    /// w_0, w_1, …, w_R.
    pub taps: Vec<f64>,
}

/// Enough for the largest diffusion; the search for a radius ends here.
const LARGEST_RADIUS: usize = 128;

impl HeatKernel {
    /// The narrowest kernel whose error is at most `accuracy` times the largest concentration, by [`measured_error`].
    ///
    /// The errors along x and y at most add up, so each may use half of the accuracy.
    pub(super) fn narrowest(exchange: f64, accuracy: f64) -> Self {
        let within = |radius: &usize| measured_error(exchange, *radius) <= 0.5 * accuracy;
        Self::of_radius(exchange, (0..LARGEST_RADIUS).find(within).unwrap_or(LARGEST_RADIUS))
    }

    /// The kernel of a radius; `exchange` is d = D h / side².
    pub(super) fn of_radius(exchange: f64, radius: usize) -> Self {
        let polynomial = Polynomial::new(exchange, radius);
        if radius == 0 {
            return Self { taps: vec![1.0] };
        }
        // P(1 - cos ω) = Σ a_n cos nω is a cosine series of R + 1 terms, so R + 1 values give it exactly.
        let value = |j: usize| polynomial.value(1.0 - libm::cos(PI * j as f64 / radius as f64));
        let values: Vec<f64> = (0..=radius).map(value).collect();
        let end = |n: usize| if n == 0 || n == radius { 0.5 } else { 1.0 };
        let tap = |n: usize| {
            let wave = |j: usize| libm::cos(PI * (j * n % (2 * radius)) as f64 / radius as f64);
            let sum: f64 = (0..=radius).map(|j| end(j) * values[j] * wave(j)).sum();
            let coefficient = 2.0 / radius as f64 * end(n) * sum;
            if n == 0 { coefficient } else { 0.5 * coefficient }
        };
        Self { taps: (0..=radius).map(tap).collect() }
    }

    pub(super) fn radius(&self) -> usize {
        self.taps.len() - 1
    }

    /// The taps times `factor`, in single precision.
    ///
    /// The sum of all taps acts on the whole amount at every step, so that its rounding would pile up. Therefore the
    /// middle tap is kept as what it lacks to 1, and the outermost tap makes good what rounding did to the others: its
    /// own rounding is that of a much smaller number.
    pub(super) fn single_precision(&self, factor: f64) -> SingleTaps {
        let loss = (1.0 - factor * self.taps[0]) as f32;
        let mut outer: Vec<f32> = self.taps[1..].iter().map(|tap| (factor * tap) as f32).collect();
        if let Some((outermost, inner)) = outer.split_last_mut() {
            let others: f64 = inner.iter().map(|&tap| 2.0 * f64::from(tap)).sum();
            *outermost = (0.5 * (factor - (1.0 - f64::from(loss)) - others)) as f32;
        }
        SingleTaps { loss, outer }
    }
}

/// Taps in single precision: 1 - `loss` in the middle, then `outer` at distances 1, 2, …
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SingleTaps {
    pub loss: f32,
    pub outer: Vec<f32>,
}

/// P(ξ) = 1 - 2dξ + ξ² Q(ξ), Q interpolating at R - 1 Chebyshev points of [0, 2].
struct Polynomial {
    exchange: f64,
    radius: usize,
    points: Vec<f64>,
    remainders: Vec<f64>,
    weights: Vec<f64>,
}

impl Polynomial {
    fn new(exchange: f64, radius: usize) -> Self {
        let count = radius.saturating_sub(1);
        let angle = |j: usize| PI * (2 * j + 1) as f64 / (2 * count) as f64;
        let points: Vec<f64> = (0..count).map(|j| 1.0 - libm::cos(angle(j))).collect();
        let remainder =
            |&point: &f64| (libm::expm1(-2.0 * exchange * point) + 2.0 * exchange * point) / (point * point);
        let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
        Self {
            exchange,
            radius,
            remainders: points.iter().map(remainder).collect(),
            weights: (0..count).map(|j| sign(j) * libm::sin(angle(j))).collect(),
            points,
        }
    }

    /// P(ξ), with Q by the barycentric formula (Berrut & Trefethen 2004, SIAM Review 46:501, eq. 4.2).
    fn value(&self, xi: f64) -> f64 {
        if self.radius == 0 {
            return 1.0;
        }
        let linear = 1.0 - 2.0 * self.exchange * xi;
        if self.points.is_empty() {
            return linear;
        }
        if let Some(hit) = self.points.iter().position(|&point| point == xi) {
            return linear + xi * xi * self.remainders[hit];
        }
        let terms = || self.points.iter().zip(&self.weights).map(|(point, weight)| weight / (xi - point));
        let numerator: f64 = terms().zip(&self.remainders).map(|(term, remainder)| term * remainder).sum();
        let denominator: f64 = terms().sum();
        linear + xi * xi * (numerator / denominator)
    }
}

/// The error of the kernel of a radius on the hardest case there is: a single release over the narrowest site, 6
/// domains wide, and nothing else. Its concentration along a row of 54 domains is followed by exact factors and by
/// those of the kernel; the result is the largest difference over the largest concentration at that time, after 1, 2,
/// 4, … steps.
fn measured_error(exchange: f64, radius: usize) -> f64 {
    if exchange == 0.0 {
        return 0.0;
    }
    let polynomial = Polynomial::new(exchange, radius);
    let modes = TEST_ROW.modes();
    let mut factors: Vec<Factors> = (0..TEST_ROW.domains)
        .map(|mode| {
            let xi = 0.5 * TEST_ROW.eigenvalue(mode);
            let rate = 2.0 * exchange * xi;
            let site: f64 = modes[mode * TEST_ROW.domains..][TEST_SITE].iter().sum();
            let spread = if rate == 0.0 { 1.0 } else { -libm::expm1(-rate) / rate };
            Factors { exact: libm::exp(-rate), kernel: polynomial.value(xi), start: site * spread }
        })
        .collect();
    let mut largest: f64 = 0.0;
    for _ in 0..TEST_DOUBLINGS {
        largest = largest.max(error_of(&factors, &modes));
        factors.iter_mut().for_each(Factors::double);
    }
    largest
}

const TEST_ROW: Line = Line { domains: 54, boundary: Boundary::Closed };
const TEST_SITE: std::ops::Range<usize> = 24..30;

/// Up to 2²⁰ steps, an hour and a half.
const TEST_DOUBLINGS: usize = 21;

/// What some steps make of a mode, exactly and by the kernel, and what the mode is at the end of the release.
struct Factors {
    exact: f64,
    kernel: f64,
    start: f64,
}

impl Factors {
    /// Twice as many steps.
    fn double(&mut self) {
        self.exact *= self.exact;
        self.kernel *= self.kernel;
    }
}

fn error_of(factors: &[Factors], modes: &[f64]) -> f64 {
    let (mut exact, mut error) = (vec![0.0; TEST_ROW.domains], vec![0.0; TEST_ROW.domains]);
    for (factors, mode) in factors.iter().zip(modes.chunks_exact(TEST_ROW.domains)) {
        for ((exact, error), value) in exact.iter_mut().zip(&mut error).zip(mode) {
            *exact += factors.start * factors.exact * value;
            *error += factors.start * (factors.kernel - factors.exact) * value;
        }
    }
    let largest = |values: &[f64]| values.iter().map(|value| value.abs()).fold(0.0, f64::max);
    largest(&error) / largest(&exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// e^(-2d) I_n(2d), the exact taps, by the series of the Bessel function.
    fn exact_tap(exchange: f64, n: usize) -> f64 {
        let mut term: f64 = (1..=n).map(|m| exchange / m as f64).product();
        let mut sum = 0.0;
        for m in 1..400 {
            sum += term;
            term *= exchange * exchange / (m as f64 * (m + n) as f64);
        }
        (-2.0 * exchange).exp() * sum
    }

    #[test]
    fn taps_conserve_the_amount_and_spread_it_as_diffusion_does() {
        for exchange in [0.01, 0.4849, 3.0, 30.0] {
            for accuracy in [1e-2, 1e-3, 1e-4] {
                let kernel = HeatKernel::narrowest(exchange, accuracy);
                let amount = kernel.taps[0] + 2.0 * kernel.taps[1..].iter().sum::<f64>();
                let spread: f64 = kernel.taps.iter().enumerate().map(|(n, tap)| 2.0 * (n * n) as f64 * tap).sum();
                assert!((amount - 1.0).abs() < 1e-12, "{exchange}: {amount}");
                assert!((spread / (2.0 * exchange) - 1.0).abs() < 1e-9, "{exchange}: {spread}");
                let single = kernel.single_precision(0.9985);
                let outer: f64 = single.outer.iter().map(|&tap| 2.0 * f64::from(tap)).sum();
                let amount = 1.0 - f64::from(single.loss) + outer;
                assert!((amount - 0.9985).abs() < 5e-9, "{exchange}: {amount}");
            }
        }
        // Without diffusion the loss itself has the precision.
        let still = HeatKernel::narrowest(0.0, 1e-4).single_precision(0.9985);
        assert!((f64::from(still.loss) - 0.0015).abs() < 1e-10 && still.outer.is_empty());
    }

    #[test]
    fn taps_converge_to_the_bessel_functions() {
        for exchange in [0.1, 0.4849, 3.0] {
            let largest = |radius: usize| {
                let kernel = HeatKernel::of_radius(exchange, radius);
                let errors = kernel.taps.iter().enumerate().map(|(n, tap)| (tap - exact_tap(exchange, n)).abs());
                errors.fold(0.0, f64::max)
            };
            let radius = HeatKernel::narrowest(exchange, 1e-3).radius();
            // Faster than any power: another few taps gain a thousandfold.
            let errors = [0, 6, 9].map(|more| largest(radius + more));
            assert!(errors[0] < 0.03 && errors[1] < 1e-3 * errors[0] && errors[2] < 1e-7, "{exchange}: {errors:?}");
        }
    }

    #[test]
    fn the_radius_grows_with_the_root_of_diffusion_and_slowly_with_accuracy() {
        let radius = |exchange, accuracy| HeatKernel::narrowest(exchange, accuracy).radius();
        assert_eq!(radius(0.0, 1e-4), 0);
        // However slow diffusion is, in the end it spreads.
        assert!(radius(1e-5, 0.1) >= 1 && radius(1e-3, 1e-3) >= 1);
        assert!((3..=5).contains(&radius(0.4849, 1e-3)), "{}", radius(0.4849, 1e-3));
        assert!(radius(0.4849, 1e-4) <= radius(0.4849, 1e-3) + 2);
        let (narrow, wide) = (radius(4.0, 1e-3), radius(100.0, 1e-3));
        assert!((3 * narrow..=6 * narrow).contains(&wide), "{narrow}, {wide}");
        assert!(radius(150.0, 1e-4) < LARGEST_RADIUS, "the largest diffusion has a kernel");
    }
}
