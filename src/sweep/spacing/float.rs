//! Positive numbers of 192 bits, with any exponent.

use num_bigint::BigUint;

/// Bits of a mantissa.
const PRECISION: u64 = 192;
/// Each doubles the digits that are right, of which the first guess has at least 20 bits.
const ROOT_ROUNDS: usize = 5;

/// `mantissa` times 2 to the power of `exponent`.
#[derive(Clone, Debug)]
pub(super) struct Float {
    mantissa: BigUint,
    exponent: i64,
}

impl Float {
    /// The first 192 bits of `mantissa` times 2 to the power of `exponent`.
    fn new(mantissa: BigUint, exponent: i64) -> Self {
        let excess = mantissa.bits().saturating_sub(PRECISION);
        Self { mantissa: mantissa >> excess, exponent: exponent + excess as i64 }
    }

    pub(super) fn quotient(numerator: &BigUint, denominator: &BigUint) -> Self {
        let shift = PRECISION + denominator.bits();
        Self::new((numerator << shift) / denominator, -(shift as i64))
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self::new(&self.mantissa * &other.mantissa, self.exponent + other.exponent)
    }

    fn over(&self, other: &Self) -> Self {
        let Self { mantissa, exponent } = Self::quotient(&self.mantissa, &other.mantissa);
        Self { mantissa, exponent: exponent + self.exponent - other.exponent }
    }

    pub(super) fn power(&self, exponent: u64) -> Self {
        let bits = (0..u64::BITS - exponent.leading_zeros()).rev().map(|bit| exponent >> bit & 1 == 1);
        bits.fold(Self::new(1u32.into(), 0), |power, bit| {
            let square = power.times(&power);
            if bit { square.times(self) } else { square }
        })
    }

    /// The `degree`-th root, by Newton's rounds r ← r (n - 1 + x / rⁿ) / n.
    pub(super) fn root(&self, degree: u64) -> Self {
        let logarithm = self.logarithm() / degree as f64;
        let whole = libm::floor(logarithm);
        let guess = libm::exp2(logarithm - whole) * libm::exp2(52.0);
        let guess = Self::new(BigUint::from(guess as u64), whole as i64 - 52);
        (0..ROOT_ROUNDS).fold(guess, |root, _| {
            let near_one = self.over(&root.power(degree)).units(-(PRECISION as i64));
            let factor = (BigUint::from(degree - 1) << PRECISION) + near_one;
            Self::new(root.mantissa * factor / degree, root.exponent - PRECISION as i64)
        })
    }

    /// That to base 2, as a number of the machine.
    fn logarithm(&self) -> f64 {
        let excess = self.mantissa.bits().saturating_sub(63);
        let leading = u64::try_from(&self.mantissa >> excess).unwrap_or(u64::MAX);
        libm::log2(leading as f64) + (self.exponent + excess as i64) as f64
    }

    /// The whole part of the number over 2 to the power of `exponent`.
    fn units(&self, exponent: i64) -> BigUint {
        let shift = self.exponent - exponent;
        if shift < 0 { &self.mantissa >> shift.unsigned_abs() } else { &self.mantissa << shift.unsigned_abs() }
    }

    /// As a fraction, whose first 128 bits are right.
    pub(super) fn fraction(&self) -> (BigUint, BigUint) {
        let excess = self.mantissa.bits().saturating_sub(128);
        let (leading, exponent) = (&self.mantissa >> excess, self.exponent + excess as i64);
        let (one, shift) = (BigUint::from(1u32), exponent.unsigned_abs());
        if exponent < 0 { (leading, one << shift) } else { (leading << shift, one) }
    }
}
