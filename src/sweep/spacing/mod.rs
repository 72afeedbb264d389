//! Evenly and geometrically spaced values.
//!
//! A value is a function of the exact number alone, which is rounded once: so a range that is extended, refined or
//! turned round has the values that it had.

mod decimal;
mod float;
#[cfg(test)]
mod tests;

pub(super) use decimal::{Decimal, Rounding};
use float::Float;
use num_bigint::{BigInt, BigUint, Sign};
use rayon::prelude::*;

/// The most significant digits that a value of a range has.
pub(super) const MOST_DIGITS: u32 = 12;

/// Values of a geometric range that are products of each other, before a power begins again.
const CHAIN: u64 = 4096;

/// `steps` values from `start` to `stop` inclusive, evenly spaced, each a fraction before it is rounded.
pub(super) fn linear(start: Decimal, stop: Decimal, steps: u64, rounding: Rounding) -> Vec<Decimal> {
    let (exponent, [start, stop]) = Decimal::aligned([start, stop]);
    let intervals = steps.max(2) - 1;
    let denominator = BigUint::from(intervals);
    let value = |step: u64| rounding.quotient(&(&start * (intervals - step) + &stop * step), &denominator, exponent);
    (0..steps).into_par_iter().map(value).collect()
}

/// `steps` values from `start` to `stop` inclusive with a constant ratio; both ends positive.
///
/// A value has at least 38 right digits before it is rounded, and none is halfway between two decimals: a root of
/// products of ends, which have no more digits than the decimals, is one of them or has many more digits.
pub(super) fn geometric(start: Decimal, stop: Decimal, steps: u64, rounding: Rounding) -> Vec<Decimal> {
    let (exponent, [start, stop]) = Decimal::aligned([start, stop]);
    let relative = Float::quotient(stop.magnitude(), start.magnitude());
    let ratio = relative.root(steps.max(2) - 1);
    let start = Float::quotient(start.magnitude(), &BigUint::from(1u32));
    let chains = (0..steps.div_ceil(CHAIN)).into_par_iter().flat_map_iter(|chain| {
        let first = start.times(&ratio.power(chain * CHAIN));
        let values = std::iter::successors(Some(first), |value| Some(value.times(&ratio)));
        values.take((steps - chain * CHAIN).min(CHAIN) as usize)
    });
    let value = |value: Float| {
        let (numerator, denominator) = value.fraction();
        rounding.quotient(&numerator.into(), &denominator, exponent)
    };
    chains.map(value).collect()
}

/// The result of walking a distance in equal steps.
#[derive(Debug, PartialEq)]
pub(super) enum Walk {
    /// The stop is reached after this many steps.
    Arrives(BigUint),
    /// It lies between these two, of which one may have too many digits.
    Misses([Option<Decimal>; 2]),
    /// It lies on the other side.
    LeadsAway,
}

/// Walks from `start` to `stop` by `step`, which is not 0.
pub(super) fn walk(start: Decimal, stop: Decimal, step: Decimal) -> Walk {
    let (exponent, [start, stop, step]) = Decimal::aligned([start, stop, step]);
    let distance = stop - &start;
    let (count, left): (BigInt, BigInt) = (&distance / &step, &distance % &step);
    if distance.sign() * step.sign() == Sign::Minus {
        return Walk::LeadsAway;
    }
    if left.sign() == Sign::NoSign {
        return Walk::Arrives(count.magnitude().clone());
    }
    Walk::Misses([count.clone(), count + 1].map(|count| Decimal::of_units(&(&start + &step * count), exponent)))
}
