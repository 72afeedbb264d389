//! How a small deviation from equilibrium grows or decays.

use std::f64::consts::TAU;

use super::parameters::{Micromodules, STEP};

/// x(0), in 1/s.
pub(super) const SMALL: f64 = 1e-6;

/// Smaller residuals of a geometric sequence are of the second root or of rounding; either way the first one is known
/// better without the second.
const ONE_ROOT: f64 = 1e-8;

/// How a small deviation that all modules shared developed, without noise and before any olive cell falls silent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviation {
    /// Its factor per step.
    pub growth: f64,
    /// The period of its oscillation in seconds; `None` if it has none.
    pub period: Option<f64>,
}

/// Follows x ← x - a x(t - D) from x(0) = 1e-6 and 0 before, with a = h k step, and fits x(t + 1) = A x(t) + B x(t - 1)
/// by least squares over max(10 D, 40) ≤ t < max(14 D, 80): the largest root of z² = A z + B is the growth.
pub fn perturb(modules: &Micromodules) -> Deviation {
    let p = modules.parameters();
    let delay = modules.delay_steps();
    let gain = p.nuclear_step * p.nucleo_olivary_inhibition * STEP;
    let (first, end) = ((10 * delay).max(40), (14 * delay).max(80));
    let mut course = vec![0.0; delay];
    course.push(SMALL);
    while course.len() <= delay + end {
        let now = course.len() - 1;
        course.push(course[now] - gain * course[now - delay]);
    }
    // x(t) is at t + D.
    fit(&mut course[delay + first - 1..=delay + end])
}

/// The fit to all triples of successive values.
fn fit(values: &mut [f64]) -> Deviation {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if largest == 0.0 {
        return Deviation { growth: 0.0, period: None };
    }
    values.iter_mut().for_each(|value| *value /= largest);
    let (before, now, next) = (&values[..values.len() - 2], &values[1..values.len() - 1], &values[2..]);
    let ratio = dot(now, next) / dot(now, now);
    let rest = |left: &[f64]| -> Vec<f64> {
        let ratio = dot(now, left) / dot(now, now);
        left.iter().zip(now).map(|(left, now)| left - ratio * now).collect()
    };
    let (before, next) = (rest(before), rest(next));
    let residual = (dot(&next, &next) / dot(now, now)).sqrt();
    if residual <= ONE_ROOT * ratio.abs() || dot(&before, &before) == 0.0 {
        return of_root(ratio, 0.0);
    }
    // Orthogonal to the present value, only the coefficient of the previous one is left.
    let second = dot(&before, &next) / dot(&before, &before);
    let previous = &values[..values.len() - 2];
    let now = &values[1..values.len() - 1];
    let first = ratio - second * dot(now, previous) / dot(now, now);
    let discriminant = first * first + 4.0 * second;
    if discriminant < 0.0 {
        of_root(0.5 * first, 0.5 * (-discriminant).sqrt())
    } else {
        of_root(0.5 * (first.abs() + discriminant.sqrt()) * first.signum(), 0.0)
    }
}

fn of_root(real: f64, imaginary: f64) -> Deviation {
    let angle = libm::atan2(imaginary, real);
    let period = (angle > 0.0).then(|| TAU / angle * STEP);
    Deviation { growth: libm::hypot(real, imaginary), period }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
