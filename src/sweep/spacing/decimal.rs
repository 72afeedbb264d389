//! Decimal numbers, which are what people write and what the values of a range are.

use num_bigint::{BigInt, BigUint, Sign};

use crate::experiment::{Literal, canonical};

/// `mantissa` times 10 to the power of `exponent`, the mantissa without zeros at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::sweep) struct Decimal {
    pub(super) mantissa: i64,
    pub(super) exponent: i32,
}

impl Decimal {
    fn new(mut mantissa: i64, mut exponent: i32) -> Self {
        if mantissa == 0 {
            return Self { mantissa, exponent: 0 };
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        Self { mantissa, exponent }
    }

    /// The shortest decimal that names a number; none for what is not a finite number.
    pub(in crate::sweep) fn of(literal: &Literal) -> Option<Self> {
        let number = match literal {
            Literal::Integer(integer) => return Some(Self::new(*integer, 0)),
            Literal::Number(number) => format!("{:e}", canonical(*number)),
            Literal::Text(_) => return None,
        };
        let (digits, exponent) = number.split_once('e')?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().ok()?;
        Some(Self::new(mantissa, exponent.parse::<i32>().ok()? - fraction.len() as i32))
    }

    /// The number nearest to it.
    pub(in crate::sweep) fn literal(self) -> Literal {
        let Self { mantissa, exponent } = self;
        let whole =
            u32::try_from(exponent).ok().and_then(|exponent| mantissa.checked_mul(10i64.checked_pow(exponent)?));
        let number = || format!("{mantissa}e{exponent}").parse().unwrap_or(f64::NAN);
        whole.map_or_else(|| Literal::Number(number()), Literal::Integer)
    }

    /// How many significant digits it has.
    pub(in crate::sweep) fn digits(self) -> u32 {
        self.mantissa.unsigned_abs().checked_ilog10().map_or(1, |last| last + 1)
    }

    pub(in crate::sweep) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    pub(in crate::sweep) fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// The same with the other sign.
    pub(in crate::sweep) fn negated(self) -> Self {
        Self { mantissa: -self.mantissa, ..self }
    }

    /// The exponent, and the numbers as multiples of 10 to its power.
    pub(super) fn aligned<const COUNT: usize>(numbers: [Self; COUNT]) -> (i32, [BigInt; COUNT]) {
        let least = numbers.iter().map(|number| number.exponent).min().unwrap_or(0);
        (
            least,
            numbers.map(|number| {
                BigInt::from(number.mantissa) * BigInt::from(power_of_ten((number.exponent - least) as u32))
            }),
        )
    }

    /// `units` times 10 to the power of `exponent`, unless that has too many digits.
    pub(super) fn of_units(units: &BigInt, exponent: i32) -> Option<Self> {
        i64::try_from(units).ok().map(|mantissa| Self::new(mantissa, exponent))
    }
}

pub(super) fn power_of_ten(exponent: u32) -> BigUint {
    10u64.checked_pow(exponent).map_or_else(|| BigUint::from(10u32).pow(exponent), BigUint::from)
}

/// How the values of a range are rounded: to significant digits, and to whole numbers if the parameter takes no others.
#[derive(Clone, Copy, Debug)]
pub(in crate::sweep) struct Rounding {
    /// From 1 to 12.
    pub(in crate::sweep) digits: u32,
    pub(in crate::sweep) is_whole: bool,
}

impl Rounding {
    /// A decimal, rounded.
    pub(in crate::sweep) fn of(self, number: Decimal) -> Decimal {
        self.quotient(&number.mantissa.into(), &BigUint::from(1u32), number.exponent)
    }

    /// A quotient times 10 to the power of `exponent`, rounded once; halves away from zero.
    pub(super) fn quotient(self, numerator: &BigInt, denominator: &BigUint, exponent: i32) -> Decimal {
        let magnitude = numerator.magnitude();
        // The quotient lies between 2 to the power of this and four times as much, so that its first digit has this
        // place or the one before it.
        let binary = magnitude.bits() as f64 - denominator.bits() as f64 - 1.0;
        let first = libm::floor(binary * std::f64::consts::LOG10_2) as i32 + exponent;
        let least = if self.is_whole { 0 } else { i32::MIN };
        let rounded = |last: i32| (last, nearest(magnitude, denominator, exponent - last));
        let (last, digits) = match rounded((first + 1 - self.digits as i32).max(least)) {
            (last, digits) if digits >= 10i64.pow(self.digits) => rounded(last + 1),
            kept => kept,
        };
        Decimal::new(if numerator.sign() == Sign::Minus { -digits } else { digits }, last)
    }
}

/// The whole number nearest to a quotient times 10 to the power of `shift`, which has few digits.
fn nearest(numerator: &BigUint, denominator: &BigUint, shift: i32) -> i64 {
    let scale = power_of_ten(shift.unsigned_abs());
    let (numerator, denominator) =
        if shift < 0 { (numerator.clone(), denominator * scale) } else { (numerator * scale, denominator.clone()) };
    let doubled = (numerator << 1u32) + &denominator;
    i64::try_from(doubled / (denominator << 1u32)).unwrap_or(i64::MAX)
}
